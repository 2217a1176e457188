// SPDX-License-Identifier: MIT
#include "cli/report_file.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <utility>

#include "gather/read_file.h"

namespace sshaudit {
namespace {

constexpr std::size_t buffer_size = 64UL * 1024;

std::string directory_of(const std::string& path) {
  const auto slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

constexpr std::string_view temporary_name = ".sshaudit-report-XXXXXX";
constexpr std::string_view temporary_beginning = ".sshaudit-report-";

// Held as long as somebody writes the file. Where there are no locks nobody gets one, and nothing is removed.
bool lock(int fd) { return flock(fd, LOCK_EX | LOCK_NB) == 0; }

// If it is the temporary file of a run that was killed. The lock is held until it is gone.
void remove_if_left_behind(int directory, const char* name) {
  struct stat status {};
  if (fstatat(directory, name, &status, AT_SYMLINK_NOFOLLOW) != 0) return;
  constexpr mode_t may_be_read = S_IRGRP | S_IROTH;  // that for prometheus
  if ((status.st_mode & ~may_be_read) != (S_IFREG | S_IRUSR | S_IWUSR)) return;
  if (status.st_uid != geteuid() || status.st_nlink != 1) return;
  const Fd file(openat(directory, name, O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
  if (file && lock(file.get())) unlinkat(directory, name, 0);
}

void remove_what_was_left_behind(const std::string& directory) {
  DIR* const list = opendir(directory.c_str());
  if (list == nullptr) return;
  while (const auto* const entry = readdir(list)) {
    const std::string_view name = entry->d_name;
    const bool is_temporary = name.starts_with(temporary_beginning) && name.size() == temporary_name.size();
    if (is_temporary) remove_if_left_behind(dirfd(list), entry->d_name);
  }
  closedir(list);
}

// Between its making and the lock, another run may take it for one that was left behind; where the directory is
// somebody else's, so may he, for ever.
Fd make_temporary(std::string& path) {
  constexpr int most_tries = 100;
  for (int tries = 0; tries < most_tries; ++tries) {
    std::string name = path;
    Fd file(mkostemp(name.data(), O_CLOEXEC));  // 0600
    if (!file) return file;
    struct stat status {};
    if (!lock(file.get()) && errno == EWOULDBLOCK) continue;
    if (fstat(file.get(), &status) == 0 && status.st_nlink == 0) continue;
    path = name;
    return file;
  }
  errno = EAGAIN;
  return {};
}

}  // namespace

ReportFile::ReportFile(ReportFile&& other) noexcept
    : path_(std::move(other.path_)),
      temporary_(std::exchange(other.temporary_, {})),
      file_(std::move(other.file_)),
      mode_(other.mode_),
      buffer_(std::move(other.buffer_)) {}

ReportFile::~ReportFile() {
  if (!temporary_.empty()) unlink(temporary_.c_str());
}

Result<ReportFile> ReportFile::open(const std::string& path, mode_t mode) {
  ReportFile output;
  if (path.empty()) return output;
  struct stat there {};
  const bool is_there = lstat(path.c_str(), &there) == 0;
  if (!is_there && errno != ENOENT) return tl::unexpected(errno_error("write", path));
  if (is_there && !S_ISREG(there.st_mode)) {
    return tl::unexpected(Error{"write: exists, and is no regular file", path, 0});
  }
  output.path_ = path;
  output.mode_ = mode;
  const auto directory = directory_of(path);
  remove_what_was_left_behind(directory);
  auto temporary = directory + "/" + std::string(temporary_name);
  output.file_ = make_temporary(temporary);
  if (!output.file_) return tl::unexpected(errno_error("write", path));
  output.temporary_ = temporary;
  return output;
}

Result<void> ReportFile::write(std::string_view text) {
  buffer_ += text;
  return buffer_.size() < buffer_size ? Result<void>{} : flush();
}

Result<void> ReportFile::flush() {
  const int to = file_ ? file_.get() : STDOUT_FILENO;
  std::string_view rest = buffer_;
  while (!rest.empty()) {
    const auto done = ::write(to, rest.data(), rest.size());
    if (done < 0 && errno == EINTR) continue;
    if (done < 0) return tl::unexpected(errno_error("write", path_.empty() ? "standard output" : path_));
    rest.remove_prefix(static_cast<std::size_t>(done));
  }
  buffer_.clear();
  return {};
}

Result<void> ReportFile::finish() {
  if (auto done = flush(); !done || path_.empty()) return done;
  if (fchmod(file_.get(), mode_) != 0) return tl::unexpected(errno_error("write", path_));
  if (fsync(file_.get()) != 0) return tl::unexpected(errno_error("write", path_));
  if (rename(temporary_.c_str(), path_.c_str()) != 0) return tl::unexpected(errno_error("write", path_));
  temporary_.clear();
  // The name too, where the file system has that.
  const Fd directory(::open(directory_of(path_).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  const bool is_lost = directory && fsync(directory.get()) != 0 && errno != EINVAL && errno != ENOSYS;
  if (is_lost) return tl::unexpected(errno_error("write", path_));
  return {};
}

}  // namespace sshaudit
