// SPDX-License-Identifier: MIT
// A file that is to be changed, held by a descriptor: what is judged, compared and changed is one and the same.
#pragma once

#include <memory>
#include <string>

#include "gather/fd.h"
#include "gather/path_resolver.h"
#include "remedy/record.h"
#include "sshaudit/path_walk.h"
#include "sshaudit/result.h"

namespace sshaudit {

struct Target {
  Fd fd;  // O_PATH: nothing happens to a FIFO or a device
  FileStatus status;
  FileMark mark;
  std::shared_ptr<const PathNode> directory;  // that it was found in; null for "/"
  std::string name;                           // in that directory
};

// Walks with the identity that the thread has, component by component, and through no link. An error says what is in
// the way; ENOENT when there is nothing of that name.
Result<Target> open_target(const std::string& path);

// As it is now.
FileState state_of(const Target& target);

// Whether nothing is mounted between the two. As root: others may not ask.
bool is_same_mount(int one, int other);

// A path that means exactly what the descriptor means.
std::string path_of_descriptor(int fd);

// All of a regular file, opened anew by its descriptor for reading, with the identity that the thread has.
Result<std::string> read_target(const Target& target);

}  // namespace sshaudit
