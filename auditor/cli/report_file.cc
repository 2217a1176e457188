// SPDX-License-Identifier: MIT
#include "cli/report_file.h"

#include <fcntl.h>
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
  if (lstat(path.c_str(), &there) == 0 && !S_ISREG(there.st_mode)) {
    return tl::unexpected(Error{"write: exists, and is no regular file", path, 0});
  }
  output.path_ = path;
  output.mode_ = mode;
  std::string temporary = directory_of(path) + "/.sshaudit-XXXXXX";
  output.file_ = Fd(mkostemp(temporary.data(), O_CLOEXEC));  // 0600
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
  const Fd directory(::open(directory_of(path_).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (directory) fsync(directory.get());  // the name too, where the file system has that
  return {};
}

}  // namespace sshaudit
