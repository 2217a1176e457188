// SPDX-License-Identifier: MIT
#include "gather/accounts.h"

#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <shadow.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>

#include "gather/database_rows.h"
#include "gather/fd.h"
#include "gather/name_services.h"
#include "gather/path_resolver.h"
#include "gather/read_file.h"
#include "gather/subprocess.h"
#include "parse/account_row.h"
#include "parse/chage_list.h"

namespace sshaudit {
namespace {

constexpr std::size_t longest_row = 4UL * 1024 * 1024;  // a group of 100,000 members fits
constexpr off_t largest_database = 1024L * 1024 * 1024;
constexpr std::size_t most_malformed = 100;  // of one file; more say nothing new

// Calls visit(entry) for each that `next` returns; then 0, or why there was no further one. errno says something only
// of the call that returned nothing: one that returned a long row leaves ERANGE behind (glibc asks again with more
// room).
template <class Entry, class Visit>
int for_each_entry(Entry* (*next)(), Visit visit) {
  while (true) {
    errno = 0;
    const Entry* const entry = next();
    if (entry == nullptr) return errno == ENOENT ? 0 : errno;
    visit(*entry);
  }
}

// A row of nsswitch.conf's compat service ("+", "-"): the files service enumerates it, but no look-up returns it.
bool is_switch(const char* name) { return name != nullptr && (*name == '+' || *name == '-'); }

struct FileClose {
  void operator()(FILE* file) const { fclose(file); }
};
using File = std::unique_ptr<FILE, FileClose>;

// Calls visit(line, number) for each row; the memory in use is one row's. What was read, which may be the hash of a
// password, does not stay in memory.
template <class Visit>
Result<void> for_each_row(Fd fd, const std::string& path, Visit visit) {
  const File file(fdopen(dup(fd.get()), "re"));
  if (!file) return tl::unexpected(errno_error("read", path));
  std::array<char, 16384> buffer{};
  setvbuf(file.get(), buffer.data(), _IOFBF, buffer.size());
  std::size_t room = 64UL * 1024;                // a row that needs more is moved, and leaves a copy behind
  char* row = static_cast<char*>(malloc(room));  // NOLINT(cppcoreguidelines-no-malloc): getline may change it
  std::size_t number = 0;
  ssize_t size = 0;
  errno = 0;
  while ((size = getline(&row, &room, file.get())) >= 0) {
    std::string_view line(row, static_cast<std::size_t>(size));
    if (line.ends_with('\n')) line.remove_suffix(1);
    visit(line, ++number);
    errno = 0;
  }
  const int errnum = feof(file.get()) != 0 ? 0 : errno;
  explicit_bzero(buffer.data(), buffer.size());
  if (row != nullptr) explicit_bzero(row, room);
  free(row);  // NOLINT(cppcoreguidelines-no-malloc): getline allocates
  if (errnum != 0) return tl::unexpected(Error{"read", path, errnum});
  return {};
}

void note_malformed(UserDatabase& database, const std::string& file, std::size_t line, std::string_view reason) {
  const auto so_far = std::ranges::count(database.malformed, file, &MalformedRow::file);
  if (static_cast<std::size_t>(so_far) < most_malformed)
    database.malformed.push_back({file, line, std::string(reason)});
}

// Parses every row of a database file, keeps the entries in `entries` (when there is one) and notes what the C
// library would drop.
template <class T, class Parse>
Result<void> read_rows(Fd fd, const std::string& path, Parse parse, UserDatabase& database, std::vector<T>* entries) {
  return for_each_row(std::move(fd), path, [&](std::string_view line, std::size_t number) {
    if (line.size() > longest_row) return note_malformed(database, path, number, "the row is longer than 4 MiB");
    auto row = parse(line);
    if (const auto* error = std::get_if<RowError>(&row)) note_malformed(database, path, number, error->reason);
    if (entries != nullptr && std::holds_alternative<T>(row)) entries->push_back(std::move(std::get<T>(row)));
  });
}

// A file of the audited system, found inside its root however links in it point.
Result<Fd> open_database(PathResolver& resolver, const std::string& path) {
  const auto found = resolver.resolve(path);
  if (found.end != WalkEnd::found) {
    errno = found.errnum;
    return tl::unexpected(errno_error("open", path));
  }
  if (!S_ISREG(found.node->component.status.mode)) return tl::unexpected(Error{"not a regular file", path, 0});
  Fd fd = open_for_reading(*found.node);
  struct stat status {};
  if (!fd || fstat(fd.get(), &status) != 0) return tl::unexpected(errno_error("open", path));
  if (!S_ISREG(status.st_mode)) return tl::unexpected(Error{"not a regular file", path, 0});
  if (status.st_size > largest_database) return tl::unexpected(Error{"larger than 1 GiB", path, 0});
  return fd;
}

// What is kept of the files. The name service may have given the entries already; then rows are only looked at.
struct Kept {
  bool entries = true;  // of passwd and group
  bool shadow = true;
};

Result<void> read_database(const std::string& root, UserDatabase& database, Kept kept, ShadowRows shadow_rows) {
  auto resolver = PathResolver::open(root);
  if (!resolver) return tl::unexpected(resolver.error());
  auto passwd = open_database(*resolver, "/etc/passwd");
  if (!passwd) return tl::unexpected(passwd.error());
  auto* accounts = kept.entries ? &database.accounts : nullptr;
  auto* groups = kept.entries ? &database.groups : nullptr;
  if (auto done = read_rows(std::move(*passwd), "/etc/passwd", parse_passwd_row, database, accounts); !done)
    return done;
  if (auto group = open_database(*resolver, "/etc/group")) {
    if (auto done = read_rows(std::move(*group), "/etc/group", parse_group_row, database, groups); !done) return done;
  }
  if (shadow_rows == ShadowRows::left) return {};
  auto shadow = open_database(*resolver, "/etc/shadow");
  if (!shadow && shadow.error().errnum == ENOENT) database.shadow_seen = true;  // nobody has a row
  if (shadow) {
    std::vector<ShadowRow> rows;
    auto done = read_rows(std::move(*shadow), "/etc/shadow", parse_shadow_row, database, kept.shadow ? &rows : nullptr);
    if (!done) return done;
    for (auto& row : rows) database.shadow.try_emplace(std::move(row.name), row.entry);
    database.shadow_seen = database.shadow_seen || kept.shadow;
  }
  return {};
}

bool is_directory_asked() {
  const auto has_service = [](std::string_view database) { return !directory_services(database).empty(); };
  return std::ranges::any_of(std::array{"passwd", "group", "shadow"}, has_service);
}

}  // namespace

// Rows of nss-systemd(8) and the like come with the listing, those of a directory service do not.
Result<UserDatabase> gather_accounts(ShadowRows shadow, Listing listing) {
  UserDatabase database;
  if (listing == Listing::own) database.left_out = directory_services("passwd");
  if (listing == Listing::own && is_directory_asked()) {
    if (auto done = read_database("/", database, {}, shadow); !done) return tl::unexpected(done.error());
    return database;
  }
  setpwent();
  if (const int errnum = for_each_entry(getpwent, [&](const passwd& entry) {
        if (!is_switch(entry.pw_name)) database.accounts.push_back(account_of(entry));
      })) {
    return tl::unexpected(Error{"read accounts", "", errnum});
  }
  endpwent();
  setgrent();
  if (const int errnum = for_each_entry(getgrent, [&](const group& entry) {
        if (!is_switch(entry.gr_name)) database.groups.push_back(group_of(entry));
      })) {
    return tl::unexpected(Error{"read groups", "", errnum});
  }
  endgrent();
  int errnum = 0;
  const bool is_own_shadow = directory_services("shadow").empty();
  if (shadow == ShadowRows::read && !is_own_shadow) {
    setspent();
    errnum = for_each_entry(getspent, [&](const spwd& entry) {
      if (!is_switch(entry.sp_namp)) database.shadow.try_emplace(entry.sp_namp, shadow_of(entry));
    });
    endspent();
  }
  database.shadow_seen = errnum == 0 && (access("/etc/shadow", R_OK) == 0 || errno == ENOENT);
  // A host whose accounts all come from elsewhere may lack the files; then no row of theirs is malformed.
  if (access("/etc/passwd", F_OK) == 0) {
    if (auto done = read_database("/", database, {false, is_own_shadow}, shadow); !done)
      return tl::unexpected(done.error());
  }
  database.accounts.shrink_to_fit();
  database.groups.shrink_to_fit();
  return database;
}

Result<UserDatabase> gather_accounts_below(const std::string& root) {
  UserDatabase database;
  if (auto done = read_database(root, database, {}, ShadowRows::read); !done) return tl::unexpected(done.error());
  database.accounts.shrink_to_fit();
  database.groups.shrink_to_fit();
  return database;
}

std::optional<ShadowEntry> ask_chage(const std::string& name) {
  constexpr std::chrono::seconds patience{2};
  const auto told = run_program({"/usr/bin/chage", "-l", "--", name}, patience);
  if (!told || told->exit_status != 0) return std::nullopt;
  auto entry = parse_chage_list(told->out);
  if (entry) entry->has_hash = true;  // it is not told: nothing is to be said of an account without a password
  return entry;
}

}  // namespace sshaudit
