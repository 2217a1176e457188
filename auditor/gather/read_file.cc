// SPDX-License-Identifier: MIT
#include "gather/read_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "gather/fd.h"

namespace sshaudit {

Error errno_error(std::string_view what, std::string_view path) {
  return Error{std::string(what), std::string(path), errno};
}

int read_to_end(int fd, std::size_t expected, std::size_t limit, std::string& bytes) {
  constexpr std::size_t chunk = 64UL * 1024;
  const auto first = expected > 0 ? expected : chunk;
  std::size_t size = 0;
  ssize_t got = 1;
  while (got != 0 && size < limit && (size == 0 || size != expected)) {
    const auto room = std::min(size == 0 ? first : chunk, limit - size);
    bytes.resize(size + room);
    got = read(fd, bytes.data() + size, room);
    if (got < 0 && errno != EINTR) break;
    size += static_cast<std::size_t>(std::max<ssize_t>(got, 0));
  }
  bytes.resize(size);
  return got < 0 ? errno : 0;
}

Result<std::string> read_file(const std::string& path, std::size_t limit) {
  const Fd fd(open(path.c_str(), O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
  if (!fd) return tl::unexpected(errno_error("open", path));
  return read_open_file(fd.get(), path, limit);
}

Result<std::string> read_open_file(int fd, const std::string& path, std::size_t limit) {
  struct stat status {};
  if (fstat(fd, &status) != 0) return tl::unexpected(errno_error("stat", path));
  if (!S_ISREG(status.st_mode)) return tl::unexpected(Error{"not a regular file", path, 0});
  std::string bytes;
  errno = read_to_end(fd, static_cast<std::size_t>(status.st_size), limit, bytes);
  if (errno != 0) return tl::unexpected(errno_error("read", path));
  return bytes;
}

}  // namespace sshaudit
