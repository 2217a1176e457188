// SPDX-License-Identifier: MIT
#include "gather/directory_names.h"

#include <dirent.h>
#include <fcntl.h>

#include <algorithm>
#include <memory>
#include <string_view>

namespace sshaudit {
namespace {

struct CloseDirectory {
  void operator()(DIR* stream) const { closedir(stream); }
};

}  // namespace

std::vector<std::string> names_in(const PathNode& directory, std::size_t most) {
  std::vector<std::string> names;
  const int fd = openat(fd_of(directory), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return names;
  const std::unique_ptr<DIR, CloseDirectory> stream(fdopendir(fd));
  while (stream && names.size() < most) {
    const dirent* const entry = readdir(stream.get());
    if (entry == nullptr) break;
    const std::string_view name = entry->d_name;
    if (name != "." && name != "..") names.emplace_back(name);
  }
  std::ranges::sort(names);
  return names;
}

}  // namespace sshaudit
