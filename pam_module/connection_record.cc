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
#include <initializer_list>

namespace sshaudit::logger {
namespace {

constexpr const char* directory_path = "/run/sshaudit";
constexpr int most_looked_through = 65536;
constexpr off_t largest_record = 64L * 1024;
constexpr std::size_t longest_key = 8192;  // of a longer one the fingerprint has to do
constexpr time_t well_for = 600;           // seconds

int open_directory() {
  if (mkdir(directory_path, 0700) != 0 && errno != EEXIST) return -1;
  const int fd = open(directory_path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  struct stat status {};
  if (fd >= 0 && fstat(fd, &status) == 0 && status.st_uid == 0 && (status.st_mode & 077) == 0) return fd;
  if (fd >= 0) close(fd);
  return -1;
}

bool well_name(const char* phase, uid_t user, char (&name)[64]) {
  const int size = std::snprintf(name, sizeof name, "well-%.16s-%u", phase, user);
  return size > 0 && std::strchr(name, '/') == nullptr;
}

void name_of(const Process& process, char (&name)[64]) {
  std::snprintf(name, sizeof name, "%d-%llu", static_cast<int>(process.pid), process.started);
}

// What an administrator changes before another attempt.
bool has_changed_since(time_t when) {
  for (const char* const path :
       {"/etc/passwd", "/etc/shadow", "/etc/group", "/etc/ssh/sshd_config", "/etc/pam.d/sshd"}) {
    struct stat status {};
    if (stat(path, &status) == 0 && status.st_mtime >= when) return true;
  }
  return false;
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

bool is_held(int directory, const char* name) {
  const int fd = openat(directory, name, O_WRONLY | O_NOFOLLOW | O_CLOEXEC);
  const bool held = fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) != 0;
  if (fd >= 0) close(fd);
  return held;
}

// A note, or a slot of an account (slot.h) that nobody holds.
bool is_old(int directory, const char* name) {
  struct stat status {};
  const bool is_slot = std::strncmp(name, "busy-account-", 13) == 0;
  const bool is_note = std::strncmp(name, "well-", 5) == 0;
  if (!(is_slot || is_note) || fstatat(directory, name, &status, AT_SYMLINK_NOFOLLOW) != 0) return false;
  const auto age = time(nullptr) - status.st_mtime;
  return (age < 0 || age >= well_for) && !(is_slot && is_held(directory, name));
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
  const bool is_kept = key != nullptr && std::strlen(key) <= longest_key;
  if (size() < largest_record) dprintf(fd_, "key %s %s %s\n", type, fingerprint, is_kept ? key : "-");
}

bool ConnectionRecord::lock() const {
  while (flock(fd_, LOCK_EX) != 0) {
    if (errno != EINTR) return false;
  }
  return true;
}

bool ConnectionRecord::try_lock() const { return flock(fd_, LOCK_EX | LOCK_NB) == 0; }

void ConnectionRecord::unlock() const { flock(fd_, LOCK_UN); }

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
}

int ConnectionRecord::sweep() const {
  const int fd = openat(directory_, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  DIR* const directory = fd < 0 ? nullptr : fdopendir(fd);
  if (directory == nullptr) {
    if (fd >= 0) close(fd);
    return 0;
  }
  int seen = 0;
  int kept = 0;
  while (const dirent* const entry = readdir(directory)) {
    if (++seen > most_looked_through) break;
    const bool is_record = entry->d_name[0] >= '0' && entry->d_name[0] <= '9';
    if (is_over(entry->d_name) || is_old(directory_, entry->d_name)) {
      unlinkat(directory_, entry->d_name, 0);
    } else if (is_record) {
      ++kept;
    }
  }
  closedir(directory);
  return kept;
}

bool has_record(const Process& process) {
  char name[64];
  name_of(process, name);
  const int directory = open_directory();
  const bool known = directory >= 0 && faccessat(directory, name, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
  if (directory >= 0) close(directory);
  return known;
}

bool was_well_lately(const char* phase, uid_t user) {
  char name[64];
  struct stat status {};
  const int directory = well_name(phase, user, name) ? open_directory() : -1;
  const bool known = directory >= 0 && fstatat(directory, name, &status, AT_SYMLINK_NOFOLLOW) == 0;
  if (directory >= 0) close(directory);
  const auto age = time(nullptr) - status.st_mtime;
  return known && age >= 0 && age < well_for && !has_changed_since(status.st_mtime);
}

void note_well(const char* phase, uid_t user) {
  char name[64];
  const int directory = well_name(phase, user, name) ? open_directory() : -1;
  const int fd =
      directory < 0 ? -1 : openat(directory, name, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
  if (fd >= 0) futimens(fd, nullptr);
  if (fd >= 0) close(fd);
  if (directory >= 0) close(directory);
}

}  // namespace sshaudit::logger
