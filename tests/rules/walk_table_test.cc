// SPDX-License-Identifier: MIT
// Every row of the table of the StrictModes walk, judged without a file system: a small model of one gives the
// evidence. That real sshds do what the rows say is for differential/confirm_walk.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <map>
#include <set>

#include "audit.h"
#include "differential/walk_cases.h"
#include "parse/key_file_name.h"
#include "rules/account_index.h"
#include "rules/healthy_account.h"

namespace sshaudit {
namespace {

using Kind = WalkObject::Kind;

mode_t type_of(Kind kind) {
  if (kind == Kind::directory) return S_IFDIR;
  if (kind == Kind::fifo) return S_IFIFO;
  if (kind == Kind::socket) return S_IFSOCK;
  if (kind == Kind::null_device) return S_IFCHR;
  return kind == Kind::link ? S_IFLNK : S_IFREG;
}

bool is_in(gid_t gid, const Identity& identity) {
  return gid == identity.gid || std::ranges::find(identity.supplementary, gid) != identity.supplementary.end();
}

// acl(5), "ACCESS CHECK ALGORITHM". `wanted` is one of 4 (read) and 1 (search).
bool group_class_allows(const WalkObject& object, const Identity& identity, unsigned wanted, bool& matches) {
  const unsigned mask = object.mode >> 3U & 7U;
  bool allows = false;
  for (const auto& entry : object.acl) {
    if (entry.kind == AclEntry::Kind::user && entry.id == identity.uid) {
      matches = true;
      return (entry.permissions & mask & wanted) != 0;
    }
  }
  for (const auto& entry : object.acl) {
    const bool owning = entry.kind == AclEntry::Kind::owning_group;
    if (entry.kind == AclEntry::Kind::user || !is_in(owning ? object.gid : entry.id, identity)) continue;
    matches = true;
    allows = allows || (entry.permissions & mask & wanted) != 0;
  }
  if (object.acl.empty() && is_in(object.gid, identity)) {
    matches = true;
    return (mask & wanted) != 0;
  }
  return allows;
}

bool may(const WalkObject& object, const Identity& identity, unsigned wanted) {
  if (identity.uid == 0) return true;
  if (identity.uid == object.uid) return (object.mode >> 6U & wanted) != 0;
  bool matches = false;
  const bool allows = group_class_allows(object, identity, wanted, matches);
  return matches ? allows : (object.mode & wanted) != 0;
}

// The files of a case, and how the kernel finds its way among them (path_resolution(7)).
class Files {
 public:
  explicit Files(const WalkCase& row) : protected_symlinks_(row.protected_symlinks.value_or(false)) {
    for (const auto& object : row.objects) {
      const auto above = object.path.substr(0, std::max<std::size_t>(object.path.rfind('/'), 1));
      const bool reachable = object.path == "/" || objects_.contains(above);
      if (object.kind != Kind::absent && reachable) objects_.emplace(object.path, object);
    }
  }

  PathWalk resolve(const std::string& path, const Identity& identity) const;
  const WalkObject& at(const std::string& path) const { return objects_.at(path); }

 private:
  void advance(PathWalk& walk, std::string pending, const Identity& identity) const;
  void step(PathWalk& walk, const std::string& name, std::string& pending, const Identity& identity) const;
  void follow(PathWalk& walk, const WalkObject& link, std::string& pending, const Identity& identity) const;
  PathComponent component_at(const std::string& path) const;

  bool protected_symlinks_;
  std::map<std::string, WalkObject> objects_;
};

PathComponent Files::component_at(const std::string& path) const {
  const auto& object = objects_.at(path);
  PathComponent component{path, {.mode = type_of(object.kind) | object.mode, .uid = object.uid, .gid = object.gid}, {}};
  if ((object.mode & S_IWGRP) != 0) component.acl = object.acl;
  return component;
}

void stop(PathWalk& walk, WalkEnd end, int errnum, const std::string& at) {
  walk.end = end;
  walk.errnum = errnum;
  walk.stopped_at = at;
}

PathWalk Files::resolve(const std::string& path, const Identity& identity) const {
  const auto slash = path.rfind('/');
  PathWalk walk;
  if (slash == 0) {
    walk.components = {component_at("/")};
    walk.end = WalkEnd::found;
  } else {
    walk = resolve(path.substr(0, slash), identity);
  }
  walk.requested = path;
  const auto links = walk.links.size();
  if (walk.end != WalkEnd::found) return walk;
  const auto last = path.substr(slash + 1);
  advance(walk, last.empty() ? "." : last, identity);
  if (walk.end == WalkEnd::missing && walk.links.size() > links) walk.end = WalkEnd::dangling;
  return walk;
}

void Files::advance(PathWalk& walk, std::string pending, const Identity& identity) const {
  while (!pending.empty() && walk.end == WalkEnd::found) {
    const auto slash = pending.find('/');
    const auto name = pending.substr(0, slash);
    pending = slash == std::string::npos ? "" : pending.substr(slash + 1);
    if (!name.empty()) step(walk, name, pending, identity);
  }
}

void Files::step(PathWalk& walk, const std::string& name, std::string& pending, const Identity& identity) const {
  const auto& here = objects_.at(walk.components.back().path);
  const bool is_dots = name == "." || name == "..";
  const auto path = is_dots ? here.path : (here.path == "/" ? "" : here.path) + "/" + name;
  if (here.kind != Kind::directory) return stop(walk, WalkEnd::not_directory, ENOTDIR, path);
  if (!may(here, identity, 1)) return stop(walk, WalkEnd::not_searchable, EACCES, path);
  if (name == ".." && walk.components.size() > 1) walk.components.pop_back();
  if (is_dots) return;
  const auto found = objects_.find(path);
  if (found == objects_.end()) return stop(walk, WalkEnd::missing, ENOENT, path);
  if (found->second.kind == Kind::link) return follow(walk, found->second, pending, identity);
  walk.components.push_back(component_at(path));
}

void Files::follow(PathWalk& walk, const WalkObject& link, std::string& pending, const Identity& identity) const {
  constexpr std::size_t most_links = 40;
  constexpr mode_t shared = S_ISVTX | S_IWOTH;
  const auto& holder = walk.components.back().status;
  if (walk.links.size() == most_links) return stop(walk, WalkEnd::unresolvable, ELOOP, link.path);
  const bool guarded = protected_symlinks_ && (holder.mode & shared) == shared;
  if (guarded && link.uid != holder.uid && link.uid != identity.uid) {
    return stop(walk, WalkEnd::not_searchable, EACCES, link.path);
  }
  walk.links.push_back({link.path, link.target, walk.components});
  pending = pending.empty() ? link.target : link.target + "/" + pending;
  if (link.target.starts_with('/')) walk.components.resize(1);
}

KeyFile observe(const std::string& path, const Files& files, const Identity& identity) {
  KeyFile file{.path = path, .walk = files.resolve(path, identity)};
  if (file.walk.end == WalkEnd::not_searchable) {
    const auto end = files.resolve(path, Identity{}).end;
    file.hidden_exists = end != WalkEnd::missing && end != WalkEnd::dangling;
  }
  if (file.walk.end != WalkEnd::found) return file;
  const auto& object = files.at(file.walk.components.back().path);
  if (object.kind == Kind::socket) file.open_errnum = ENXIO;
  if (!may(object, identity, 4)) file.open_errnum = EACCES;
  if (file.open_errnum == 0 && object.kind == Kind::key) hold(file, alices_key_line);
  return file;
}

AccountEvidence observe(const WalkCase& row, const AccountIndex& accounts, const SshdFacts& facts) {
  const Files files(row);
  AccountEvidence evidence{.account = row.account, .settings = row.settings};
  evidence.identity = accounts.identity_of(row.account);
  if (!row.account.home.empty()) evidence.home = files.resolve(row.account.home, evidence.identity);
  for (const auto& entry : row.settings.authorized_keys_file) {
    const auto path = expand_key_file_name(entry, row.account, facts);
    evidence.key_files.push_back(observe(path.value(), files, evidence.identity));
  }
  return evidence;
}

WalkExpectation judge(const WalkCase& row, Vendor vendor) {
  const AccountIndex accounts(row.database);
  const Context context{accounts, facts_of({.major = 9, .minor = 2, .vendor = vendor})};
  return as_expectation(audit_account(observe(row, accounts, context.facts), context));
}

class WalkTable : public testing::Test {
 protected:
  static void SetUpTestSuite() { table() = read_walk_cases(SOURCE_DIR "/tests/differential/walk_cases.txt"); }

  static Result<std::vector<WalkCase>>& table() {
    static Result<std::vector<WalkCase>> cases;
    return cases;
  }

  void SetUp() override { ASSERT_TRUE(table()) << table().error().path << ": " << table().error().what; }
};

TEST_F(WalkTable, IsLargeAndNamesEachCaseOnce) {
  std::set<std::string> names;
  for (const auto& row : *table()) names.insert(row.name);
  EXPECT_GE(table()->size(), 300U);
  EXPECT_EQ(names.size(), table()->size());
}

TEST_F(WalkTable, ListsWhatIsAboveAFileBeforeTheFile) {
  for (const auto& row : *table()) {
    std::set<std::string> seen = {""};
    for (const auto& object : row.objects) {
      EXPECT_TRUE(seen.contains(object.path.substr(0, object.path.rfind('/')))) << row.name << ": " << object.path;
      seen.insert(object.path == "/" ? "" : object.path);
    }
  }
}

TEST_F(WalkTable, DebianJudgesAsTheRowsSay) {
  for (const auto& row : *table()) {
    EXPECT_EQ(in_words(judge(row, Vendor::debian)), in_words(row.debian)) << "line " << row.line << ": " << row.name;
  }
}

TEST_F(WalkTable, UpstreamJudgesAsTheRowsSay) {
  for (const auto& row : *table()) {
    EXPECT_EQ(in_words(judge(row, Vendor::upstream)), in_words(row.upstream))
        << "line " << row.line << ": " << row.name;
  }
}

}  // namespace
}  // namespace sshaudit
