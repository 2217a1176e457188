// SPDX-License-Identifier: MIT
#include "history/history_file.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>

#include "gather/read_file.h"
#include "gather/state_directory.h"

namespace sshaudit {
namespace {

constexpr std::string_view name = "history.db";
constexpr mode_t root_only = 0600;

std::string path_of(std::string_view file) { return std::string(state_directory) + "/" + std::string(file); }

// SQLite follows links and believes whatever it finds, so all three files are looked at first. Only root could put
// something else there meanwhile.
Result<void> check(int directory, std::string_view suffix) {
  const auto file = std::string(name) + std::string(suffix);
  struct stat status {};
  if (fstatat(directory, file.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0) {
    if (errno == ENOENT) return {};
    return tl::unexpected(errno_error("open", path_of(file)));
  }
  if (S_ISREG(status.st_mode) && status.st_uid == 0 && (status.st_mode & (S_IWGRP | S_IWOTH)) == 0) return {};
  return tl::unexpected(
      Error{"not believed: the history has to be a regular file of root's, who alone may write it", path_of(file), 0});
}

Result<void> check_all(int directory) {
  for (const std::string_view suffix : {"", "-wal", "-shm"}) {
    if (auto done = check(directory, suffix); !done) return done;
  }
  return {};
}

}  // namespace

// An empty file is an empty database. It is made here for its mode, which SQLite gives to the files beside it, too; and
// the log for the error, which SQLite does not tell.
Result<std::string> make_history_file() {
  const auto directory = open_state();
  if (!directory) return tl::unexpected(directory.error());
  if (auto done = check_all(directory->get()); !done) return tl::unexpected(done.error());
  for (const std::string_view suffix : {"", "-wal"}) {
    const auto made = std::string(name) + std::string(suffix);
    const Fd file(openat(directory->get(), made.c_str(), O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, root_only));
    if (!file) return tl::unexpected(errno_error("open", path_of(made)));
  }
  return path_of(name);
}

Result<std::optional<std::string>> find_history_file() {
  const auto directory = find_state();
  if (!directory) return tl::unexpected(directory.error());
  if (!*directory) return std::nullopt;
  if (auto done = check_all((*directory)->get()); !done) return tl::unexpected(done.error());
  struct stat status {};
  if (fstatat((*directory)->get(), std::string(name).c_str(), &status, AT_SYMLINK_NOFOLLOW) == 0) return path_of(name);
  if (errno == ENOENT) return std::nullopt;
  return tl::unexpected(errno_error("open", path_of(name)));
}

}  // namespace sshaudit
