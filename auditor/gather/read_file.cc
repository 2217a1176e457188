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

int read_to_end(int fd, std::size_t limit, std::string& bytes) {
  constexpr std::size_t chunk = 64UL * 1024;
  std::size_t size = 0;
  while (size < limit) {
    const auto room = std::min(chunk, limit - size);
    if (bytes.size() < size + room) bytes.resize(size + room);
    const auto got = read(fd, bytes.data() + size, room);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) {
      bytes.resize(size);
      return got < 0 ? errno : 0;
    }
    size += static_cast<std::size_t>(got);
  }
  bytes.resize(size);
  return 0;
}

Result<std::string> read_file(int at, const std::string& path, std::size_t limit) {
  const Fd fd(openat(at, path.c_str(), O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
  if (!fd) return tl::unexpected(errno_error("open", path));
  struct stat status {};
  if (fstat(fd.get(), &status) != 0) return tl::unexpected(errno_error("stat", path));
  if (!S_ISREG(status.st_mode)) return tl::unexpected(Error{"not a regular file", path, 0});
  std::string bytes;
  errno = read_to_end(fd.get(), limit, bytes);
  if (errno != 0) return tl::unexpected(errno_error("read", path));
  return bytes;
}

}  // namespace sshaudit
