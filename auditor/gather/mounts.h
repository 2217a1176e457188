// SPDX-License-Identifier: MIT
// What the kernel says about mounts, without mounting anything.
#pragma once

#include <string>
#include <string_view>

#include "sshaudit/file_environment.h"

namespace sshaudit {

enum class FileSystem {
  ordinary,
  automounter,  // autofs: looking up a name may mount
  kernel,       // procfs: what is there depends on who looks
};

struct Mount {
  FileSystem place = FileSystem::ordinary;
  FileSystemState state;
};
Mount look_at_mount(int fd);

// Whether links on the file system of `fd` are never followed (mount option nosymfollow).
bool forbids_links(int fd);
// Whether no program is started from the file system that an open file is on ("noexec").
bool forbids_programs(int fd);

// Whether something is mounted at the absolute host path right now.
bool is_mount_point(const std::string& path);

// The mount point that the absolute host path lies below, by its components alone: links in it are not followed.
std::string mount_of(std::string_view path);

}  // namespace sshaudit
