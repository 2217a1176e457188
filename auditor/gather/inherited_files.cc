// SPDX-License-Identifier: MIT
#include "gather/inherited_files.h"

#include <fcntl.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <system_error>
#include <vector>

namespace sshaudit {

void leave_inherited_files() {
  std::error_code error;
  std::vector<int> inherited;
  for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd", error)) {
    const auto fd = static_cast<int>(std::strtol(entry.path().filename().c_str(), nullptr, 10));
    if (fd > STDERR_FILENO && fcntl(fd, F_GETFD) == 0) inherited.push_back(fd);
  }
  for (const int fd : inherited) close(fd);
  const int null = open("/dev/null", O_RDWR);
  for (const int fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) dup2(null, fd);
  if (null > STDERR_FILENO) close(null);
}

}  // namespace sshaudit
