// SPDX-License-Identifier: MIT
// A pipe to a program that is started.
#pragma once

#include <fcntl.h>
#include <unistd.h>

#include <array>

#include "gather/fd.h"
#include "gather/read_file.h"
#include "sshaudit/result.h"

namespace sshaudit {

struct Pipe {
  Fd read;
  Fd write;
};

// No program inherits its ends.
inline Result<Pipe> make_pipe() {
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) return tl::unexpected(errno_error("make a pipe", ""));
  return Pipe{Fd(ends[0]), Fd(ends[1])};
}

}  // namespace sshaudit
