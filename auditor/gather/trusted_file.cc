// SPDX-License-Identifier: MIT
#include "gather/trusted_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "gather/fd.h"
#include "gather/read_file.h"

namespace sshaudit {

Result<std::optional<std::string>> read_trusted_file(const std::string& path, std::size_t limit) {
  const Fd file(open(path.c_str(), O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
  const bool is_for_others = errno == EACCES && geteuid() != 0;
  struct stat status {};
  if (!file) {
    auto error = errno_error("open", path);
    const bool is_missing = error.errnum == ENOENT && lstat(path.c_str(), &status) != 0;  // no link that leads nowhere
    if (is_missing || is_for_others) return std::nullopt;
    return tl::unexpected(std::move(error));
  }
  if (fstat(file.get(), &status) != 0) return tl::unexpected(errno_error("stat", path));
  const auto refuse = [&](const char* why) { return tl::unexpected(Error{why, path, 0}); };
  if (!S_ISREG(status.st_mode)) return refuse("not a regular file");
  if (status.st_uid != 0 && status.st_uid != geteuid()) return refuse("belongs neither to root nor to the caller");
  if ((status.st_mode & 022U) != 0) return refuse("can be written by group or others");
  auto text = read_open_file(file.get(), path, limit + 1);
  if (!text) return tl::unexpected(text.error());
  if (text->size() > limit) return refuse("too large");
  return std::move(*text);
}

}  // namespace sshaudit
