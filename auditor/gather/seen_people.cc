// SPDX-License-Identifier: MIT
#include "gather/seen_people.h"

#include <dirent.h>
#include <fcntl.h>
#include <grp.h>
#include <lastlog.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utmp.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <memory>
#include <string_view>

#include "gather/database_rows.h"
#include "gather/fd.h"
#include "gather/look_ups.h"

namespace sshaudit {
namespace {

constexpr std::size_t most_people = 100000;
constexpr std::size_t most_entries = 1000000;  // of one directory

struct DirectoryClose {
  void operator()(DIR* directory) const { closedir(directory); }
};

bool is_enough(const SeenPeople& people) { return people.names.size() + people.uids.size() >= most_people; }

template <class Visit>
void for_each_name(const std::string& path, Visit visit) {
  const std::unique_ptr<DIR, DirectoryClose> directory(opendir(path.c_str()));
  if (!directory) return;
  std::size_t left = most_entries;
  for (const dirent* entry = readdir(directory.get()); entry != nullptr && left > 0; --left) {
    const std::string_view name(entry->d_name);
    if (name != "." && name != "..") visit(dirfd(directory.get()), entry->d_name);
    entry = readdir(directory.get());
  }
}

void add_owners(const std::string& path, SeenPeople& people) {
  for_each_name(path, [&](int directory, const char* name) {
    struct statx status {};
    if (is_enough(people)) return;
    people.names.insert(name);  // a link, or a home that still belongs to somebody else
    // What the kernel knows is enough: a file system of a user's own may never answer.
    constexpr int flags = AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT | AT_STATX_DONT_SYNC;
    const bool is_seen = statx(directory, name, flags, STATX_TYPE | STATX_UID, &status) == 0;
    if (is_seen && S_ISDIR(status.stx_mode)) people.uids.insert(status.stx_uid);
  });
}

// "/etc/ssh/keys/%u.pub", "/srv/keys/%u/authorized_keys": what stands for %u there.
void add_namesakes(std::string_view file_name, SeenPeople& people) {
  const auto at = file_name.find("%u");
  if (!file_name.starts_with('/') || at == std::string_view::npos) return;
  const auto slash = file_name.rfind('/', at);
  const auto directory = file_name.substr(0, slash);
  const auto before = file_name.substr(slash + 1, at - slash - 1);
  const auto end = std::min(file_name.find('/', at), file_name.size());
  const auto behind = file_name.substr(at + 2, end - at - 2);
  if (directory.find('%') != std::string_view::npos || before.find('%') != std::string_view::npos) return;
  for_each_name(std::string(directory), [&](int, const char* entry) {
    std::string_view name(entry);
    if (!name.starts_with(before) || !name.ends_with(behind) || name.size() <= before.size() + behind.size()) return;
    if (!is_enough(people))
      people.names.emplace(name.substr(before.size(), name.size() - before.size() - behind.size()));
  });
}

// The file has a row for each uid, and is mostly holes.
void add_last_logins(SeenPeople& people) {
  const Fd file(open("/var/log/lastlog", O_RDONLY | O_CLOEXEC));
  constexpr auto size = static_cast<off_t>(sizeof(lastlog));
  std::array<lastlog, 512> rows{};
  for (off_t data = file ? lseek(file.get(), 0, SEEK_DATA) : -1; data >= 0 && !is_enough(people);) {
    const off_t first = data / size;
    const auto got = pread(file.get(), rows.data(), sizeof rows, first * size);
    if (got < size) return;
    const auto count = got / size;
    for (ssize_t i = 0; i < count; ++i) {
      if (rows.at(static_cast<std::size_t>(i)).ll_time != 0) people.uids.insert(static_cast<uid_t>(first + i));
    }
    data = lseek(file.get(), (first + count) * size, SEEK_DATA);
  }
}

void add_sessions(SeenPeople& people) {
  const Fd file(open("/var/log/wtmp", O_RDONLY | O_CLOEXEC));
  std::array<utmp, 64> rows{};
  while (file && !is_enough(people)) {
    const auto got = read(file.get(), rows.data(), sizeof rows);
    if (got < static_cast<ssize_t>(sizeof rows[0])) return;
    for (std::size_t i = 0; i < static_cast<std::size_t>(got) / sizeof rows[0]; ++i) {
      const auto& row = rows.at(i);
      if (row.ut_type == USER_PROCESS) people.names.emplace(row.ut_user, strnlen(row.ut_user, sizeof row.ut_user));
    }
  }
}

class Directory {
 public:
  explicit Directory(UserDatabase& database) : database_(database) {
    for (const auto& account : database_.accounts) {
      names_.insert(account.name);
      uids_.insert(account.uid);
    }
    for (const auto& group : database_.groups) gids_.insert(group.gid);
  }

  void add(const std::string& name) {
    if (!names_.contains(name)) add(find_account(name));
  }
  void add(uid_t uid) {
    if (!uids_.contains(uid)) add(find_account(uid));
  }

 private:
  void add(const Result<std::optional<Account>>& found) {
    if (!found) database_.not_listed = "the name service failed";
    if (!found || !*found || !names_.insert((*found)->name).second) return;
    const auto& account = **found;
    uids_.insert(account.uid);
    database_.accounts.push_back(account);
    const auto entry = find_shadow(account.name);
    if (entry && *entry) database_.shadow.try_emplace(account.name, **entry);
    add_group(account.gid);
    for (const gid_t gid : supplementary_groups_of(account)) add_group(gid);
  }

  void add_group(gid_t gid) {
    if (!gids_.insert(gid).second) return;
    const group* const entry = getgrgid(gid);
    if (entry == nullptr) return;
    database_.groups.push_back(group_of(*entry));
  }

  UserDatabase& database_;
  std::set<std::string> names_;
  std::set<uid_t> uids_;
  std::set<gid_t> gids_;
};

}  // namespace

SeenPeople find_seen_people(const std::vector<std::string>& home_directories,
                            const std::vector<std::string>& key_file_names) {
  SeenPeople people;
  for (const auto& path : home_directories) add_owners(path, people);
  for (const auto& name : key_file_names) add_namesakes(name, people);
  add_last_logins(people);
  add_sessions(people);
  return people;
}

void add_people(const SeenPeople& people, UserDatabase& database, const std::function<void()>& after_each) {
  Directory directory(database);
  for (const auto& name : people.names) {
    directory.add(name);
    after_each();
  }
  for (const auto uid : people.uids) {
    directory.add(uid);
    after_each();
  }
}

}  // namespace sshaudit
