// SPDX-License-Identifier: MIT
// Bounded reads.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "sshaudit/result.h"

namespace sshaudit {

Error errno_error(std::string_view what, std::string_view path);  // takes errno as it is now

// Reads from `fd` to its end or to `limit` bytes, whichever comes first, into `bytes` (its old content is lost).
// `expected` is the size that fstat(2) gave; a file of that size is not asked for more. Returns 0 or an errno.
int read_to_end(int fd, std::size_t expected, std::size_t limit, std::string& bytes);

// The first `limit` bytes of a regular file of the host. Only for files that root controls: it follows links.
Result<std::string> read_file(const std::string& path, std::size_t limit);

// The same of a file that is open already; `path` is for the error.
Result<std::string> read_open_file(int fd, const std::string& path, std::size_t limit);

}  // namespace sshaudit
