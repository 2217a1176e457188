// SPDX-License-Identifier: MIT
#include "gather/state_directory.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>
#include <string>

#include "gather/read_file.h"

namespace sshaudit {
namespace {

Result<Fd> open_directory(int above, const char* name, const std::string& path) {
  Fd directory(openat(above, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  struct stat status {};
  if (!directory || fstat(directory.get(), &status) != 0) return tl::unexpected(errno_error("open", path));
  if (status.st_uid != 0 || (status.st_mode & (S_IWGRP | S_IWOTH)) != 0) {
    return tl::unexpected(Error{"the state directory has to belong to root, who alone may write it", path, 0});
  }
  return directory;
}

// Made where it is missing, and then root's alone.
Result<Fd> open_own_directory(int above, const char* name, const std::string& path) {
  if (mkdirat(above, name, 0700) != 0 && errno != EEXIST) return tl::unexpected(errno_error("make directory", path));
  return open_directory(above, name, path);
}

}  // namespace

Result<Fd> open_state() { return open_own_directory(AT_FDCWD, state_directory, state_directory); }

Result<Fd> open_state(const char* name) {
  const auto above = open_state();
  if (!above) return tl::unexpected(above.error());
  return open_own_directory(above->get(), name, std::string(state_directory) + "/" + name);
}

Result<std::optional<Fd>> find_state() {
  auto directory = open_directory(AT_FDCWD, state_directory, state_directory);
  if (!directory && directory.error().errnum == ENOENT) return std::optional<Fd>();
  if (!directory) return tl::unexpected(directory.error());
  return std::optional(std::move(*directory));
}

}  // namespace sshaudit
