// SPDX-License-Identifier: MIT
#include "remedy/placed_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "gather/read_file.h"

namespace sshaudit {
namespace {

constexpr std::size_t largest = 64UL * 1024;

bool write_all(int file, std::string_view text) {
  while (!text.empty()) {
    const auto done = ::write(file, text.data(), text.size());
    if (done < 0 && errno == EINTR) continue;
    if (done < 0) return false;
    text.remove_prefix(static_cast<std::size_t>(done));
  }
  return true;
}

}  // namespace

PlacedFile::PlacedFile(std::string directory, std::string name, Fd fd)
    : path_(std::move(directory) + "/" + name),
      name_(std::move(name)),
      temporary_("." + name_ + ".new"),
      directory_(std::move(fd)) {}

Error PlacedFile::failed(const char* what) const { return errno_error(what, path_); }

Result<PlacedFile> PlacedFile::open(const std::string& directory, const std::string& name) {
  Fd fd(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  struct stat status {};
  if (!fd || fstat(fd.get(), &status) != 0) return tl::unexpected(errno_error("open", directory));
  if (status.st_uid != 0 || (status.st_mode & 022U) != 0) {
    return tl::unexpected(Error{"others than root may write there", directory, 0});
  }
  return PlacedFile(directory, name, std::move(fd));
}

Result<std::optional<std::string>> PlacedFile::text() const {
  struct stat status {};
  if (fstatat(directory_.get(), name_.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0) {
    if (errno == ENOENT) return std::nullopt;
    return tl::unexpected(failed("stat"));
  }
  if (!S_ISREG(status.st_mode)) return tl::unexpected(Error{"not a regular file", path_, 0});
  if (status.st_uid != 0) return tl::unexpected(Error{"does not belong to root", path_, 0});
  const Fd file(openat(directory_.get(), name_.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
  if (!file) return tl::unexpected(failed("open"));
  auto text = read_open_file(file.get(), path_, largest);
  if (!text) return tl::unexpected(text.error());
  return std::move(*text);
}

Result<void> PlacedFile::write(const std::string& text) const {
  constexpr mode_t mode = S_IRUSR | S_IWUSR | S_IRGRP | S_IROTH;
  remove_left_over();
  const int directory = directory_.get();
  const Fd file(
      openat(directory, temporary_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, S_IRUSR | S_IWUSR));
  const bool is_written = file && write_all(file.get(), text) && fchown(file.get(), 0, 0) == 0 &&
                          fchmod(file.get(), mode) == 0 && fsync(file.get()) == 0;
  if (is_written && renameat(directory, temporary_.c_str(), directory, name_.c_str()) == 0) {
    fsync(directory);
    return {};
  }
  auto error = failed("write");
  remove_left_over();
  return tl::unexpected(std::move(error));
}

Result<void> PlacedFile::remove() const {
  if (unlinkat(directory_.get(), name_.c_str(), 0) != 0 && errno != ENOENT) return tl::unexpected(failed("remove"));
  fsync(directory_.get());
  return {};
}

void PlacedFile::remove_left_over() const { unlinkat(directory_.get(), temporary_.c_str(), 0); }

}  // namespace sshaudit
