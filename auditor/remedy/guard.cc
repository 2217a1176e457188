// SPDX-License-Identifier: MIT
#include "remedy/guard.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <sstream>

#include "gather/file_status.h"
#include "gather/look_ups.h"
#include "gather/read_file.h"
#include "parse/authorized_keys.h"

namespace sshaudit {
namespace {

constexpr std::size_t most_entries = 1000;
constexpr std::size_t largest_table = 1024UL * 1024;

// Of /etc/subuid, "NAME:FIRST:COUNT": whether users may own files with that uid, in containers of theirs.
bool is_lent_to_users(uid_t uid) {
  std::istringstream rows(read_file("/etc/subuid", largest_table).value_or(""));
  for (std::string row; std::getline(rows, row);) {
    const auto first_at = row.find(':');
    const auto count_at = row.find(':', std::min(first_at, row.size() - 1) + 1);
    if (count_at == std::string::npos) continue;
    const auto first = std::strtoull(row.c_str() + first_at + 1, nullptr, 10);
    const auto count = std::strtoull(row.c_str() + count_at + 1, nullptr, 10);
    if (uid >= first && uid - first < count) return true;
  }
  return false;
}

// Files of somebody who can still write somewhere may hold keys that he put there.
std::string why_owner_is_somebody(uid_t owner) {
  if (owner == 0) return {};
  const auto account = find_account(owner);
  if (!account || *account) return "it belongs to an account that is not listed: look at the keys in it first";
  return is_lent_to_users(owner) ? "its owner is a uid that /etc/subuid lends to users: look at the keys in it first"
                                 : "";
}

bool is_open_to(const Target& target, const Identity& account, int access, FileIdentity& identity) {
  if (!identity.become(account)) return false;
  const bool open = faccessat(target.fd.get(), "", access, AT_EMPTY_PATH | AT_EACCESS) == 0;
  identity.restore();
  return open;
}

bool holds_public_keys_only(const std::string& text, const KeyGrammar& grammar) {
  bool only_keys = text.find("PRIVATE KEY") == std::string::npos;
  std::size_t keys = 0;
  read_key_lines(text, grammar, [&](const AuthorizedKey& line) {
    only_keys = only_keys && !line.key.type.empty() && !line.shows_private_key;
    ++keys;
  });
  return only_keys && keys > 0;
}

std::string why_file_is_not_given(const Target& target, const KeyGrammar& grammar) {
  const auto text = read_target(target);
  if (!text) return "it cannot be read";
  return holds_public_keys_only(*text, grammar)
             ? std::string()
             : "there is more in it than public keys, which the account cannot read now: look at it first";
}

// Whether it means anything to the account once that can reach it: to read, to search, to write or to run.
bool is_open_to_others(const FileStatus& file) { return !S_ISLNK(file.mode) && (file.mode & (S_IRWXG | S_IRWXO)) != 0; }

// The files in there whose names say that they are for the account.
bool is_public(const std::string& name, const FileStatus& file) {
  const bool is_named = name == "authorized_keys" || name == "authorized_keys2" || name == "known_hosts" ||
                        name == "config" || name.ends_with(".pub");
  return is_named && S_ISREG(file.mode) && (file.mode & (S_ISUID | S_ISGID)) == 0;
}

// What the account could reach in it, if it could enter, is its own, or lets nobody else in either.
std::string why_directory_is_not_given(const Target& target, const Identity& account) {
  const int fd = open(path_of_descriptor(target.fd.get()).c_str(), O_RDONLY | O_DIRECTORY | O_NONBLOCK | O_CLOEXEC);
  const std::unique_ptr<DIR, int (*)(DIR*)> stream(fdopendir(fd), closedir);
  if (!stream) return "it cannot be read";
  std::size_t seen = 0;
  while (const auto* entry = readdir(stream.get())) {  // NOLINT(concurrency-mt-unsafe): the stream is this thread's own
    const std::string name = entry->d_name;
    if (name == "." || name == "..") continue;
    SeenFile file;
    if (++seen > most_entries) return "there is much in it that the account cannot reach now: look at it first";
    if (!look_at(dirfd(stream.get()), name.c_str(), AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT, file)) continue;
    if (file.status.uid != account.uid && is_open_to_others(file.status) && !is_public(name, file.status)) {
      return "there are files of others in it that the account cannot reach now: look at them first";
    }
  }
  return {};
}

}  // namespace

std::string why_not_given(const Target& target, const Identity& account, bool is_home, const KeyGrammar& grammar,
                          FileIdentity& identity) {
  if (auto why = why_owner_is_somebody(target.status.uid); !why.empty()) return why;
  const bool is_directory = S_ISDIR(target.status.mode);
  if (is_home || is_open_to(target, account, is_directory ? R_OK | X_OK : R_OK, identity)) return {};
  return is_directory ? why_directory_is_not_given(target, account) : why_file_is_not_given(target, grammar);
}

}  // namespace sshaudit
