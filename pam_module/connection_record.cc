// SPDX-License-Identifier: MIT
#include "connection_record.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <ctime>

namespace sshaudit::logger {
namespace {

constexpr const char* directory_path = "/run/sshaudit";
constexpr int most_swept = 256;  // entries at a time
constexpr off_t largest_record = 256L * 1024;
constexpr time_t well_for = 600;  // seconds

int open_directory() {
  if (mkdir(directory_path, 0700) != 0 && errno != EEXIST) return -1;
  const int fd = open(directory_path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  struct stat status {};
  if (fd >= 0 && fstat(fd, &status) == 0 && status.st_uid == 0 && (status.st_mode & 077) == 0) return fd;
  if (fd >= 0) close(fd);
  return -1;
}

// "well-PHASE-NAME"; false for names that are not fit for a file.
bool well_name(const char* phase, const char* user, char (&name)[288]) {
  if (std::strchr(user, '/') != nullptr || std::strchr(phase, '/') != nullptr) return false;
  const int size = std::snprintf(name, sizeof name, "well-%s-%s", phase, user);
  return size > 0 && size < 256;
}

void name_of(const Process& process, char (&name)[64]) {
  std::snprintf(name, sizeof name, "%d-%llu", static_cast<int>(process.pid), process.started);
}

off_t size_of(int fd) {
  struct stat status {};
  return fstat(fd, &status) == 0 ? status.st_size : 0;
}

bool is_over(const char* name) {
  int pid = 0;
  unsigned long long started = 0;
  if (std::sscanf(name, "%d-%llu", &pid, &started) != 2) return false;
  return !is_running({pid, started});
}

}  // namespace

ConnectionRecord::ConnectionRecord(const Process& process) : directory_(open_directory()) {
  if (directory_ < 0 || process.started == 0) return;
  name_of(process, name_);
  std::snprintf(done_name_, sizeof done_name_, "%s.done", name_);
  std::snprintf(logged_name_, sizeof logged_name_, "%s.logged", name_);
  constexpr int flags = O_RDWR | O_APPEND | O_CREAT | O_NOFOLLOW | O_CLOEXEC;
  fd_ = openat(directory_, name_, flags, 0600);
  logged_fd_ = openat(directory_, logged_name_, flags, 0600);
}

ConnectionRecord::~ConnectionRecord() {
  if (fd_ >= 0) close(fd_);
  if (logged_fd_ >= 0) close(logged_fd_);
  if (directory_ >= 0) close(directory_);
}

void ConnectionRecord::add_key(const char* type, const char* fingerprint, const char* key) const {
  if (size() < largest_record) dprintf(fd_, "key %s %s %s\n", type, fingerprint, key == nullptr ? "-" : key);
}

bool ConnectionRecord::lock() const {
  while (flock(fd_, LOCK_EX) != 0) {
    if (errno != EINTR) return false;
  }
  return true;
}

off_t ConnectionRecord::size() const { return size_of(fd_); }

bool ConnectionRecord::is_empty() const { return size() == 0 && size_of(logged_fd_) == 0; }

bool ConnectionRecord::has_news() const {
  off_t seen = 0;
  const int done = openat(directory_, done_name_, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
  const bool known = done >= 0 && read(done, &seen, sizeof seen) == static_cast<ssize_t>(sizeof seen);
  if (done >= 0) close(done);
  return !known || size() != seen;
}

void ConnectionRecord::look_done(off_t size) const {
  const int done = openat(directory_, done_name_, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
  if (done < 0) return;
  [[maybe_unused]] const auto written = write(done, &size, sizeof size);
  close(done);
}

void ConnectionRecord::remove() const {
  unlinkat(directory_, name_, 0);
  unlinkat(directory_, done_name_, 0);
  unlinkat(directory_, logged_name_, 0);
  sweep();
}

// What is left of connections that ended while nobody looked.
void ConnectionRecord::sweep() const {
  const int fd = openat(directory_, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  DIR* const directory = fd < 0 ? nullptr : fdopendir(fd);
  if (directory == nullptr) {
    if (fd >= 0) close(fd);
    return;
  }
  int seen = 0;
  while (const dirent* const entry = readdir(directory)) {
    if (++seen > most_swept) break;
    if (is_over(entry->d_name)) unlinkat(directory_, entry->d_name, 0);
  }
  closedir(directory);
}

bool has_record(const Process& process) {
  char name[64];
  name_of(process, name);
  const int directory = open_directory();
  const bool known = directory >= 0 && faccessat(directory, name, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
  if (directory >= 0) close(directory);
  return known;
}

bool was_well_lately(const char* phase, const char* user) {
  char name[288];
  struct stat status {};
  const int directory = well_name(phase, user, name) ? open_directory() : -1;
  const bool known = directory >= 0 && fstatat(directory, name, &status, AT_SYMLINK_NOFOLLOW) == 0;
  if (directory >= 0) close(directory);
  const auto age = time(nullptr) - status.st_mtime;
  return known && age >= 0 && age < well_for;
}

void note_well(const char* phase, const char* user) {
  char name[288];
  const int directory = well_name(phase, user, name) ? open_directory() : -1;
  const int fd =
      directory < 0 ? -1 : openat(directory, name, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
  if (fd >= 0) futimens(fd, nullptr);
  if (fd >= 0) close(fd);
  if (directory >= 0) close(directory);
}

}  // namespace sshaudit::logger
