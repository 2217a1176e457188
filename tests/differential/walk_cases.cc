// SPDX-License-Identifier: MIT
#include "differential/walk_cases.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <fstream>
#include <map>
#include <set>
#include <sstream>

#include "sshaudit/finding.h"

namespace sshaudit {
namespace {

using Kind = WalkObject::Kind;
using Words = std::vector<std::string>;

// Thrown by the reader's own functions and turned into an Error where the line number is known.
struct Bad {
  std::string what;
};

constexpr std::array<std::pair<std::string_view, Kind>, 8> kinds = {{{"dir", Kind::directory},
                                                                     {"key", Kind::key},
                                                                     {"empty", Kind::empty},
                                                                     {"fifo", Kind::fifo},
                                                                     {"socket", Kind::socket},
                                                                     {"null", Kind::null_device},
                                                                     {"link", Kind::link},
                                                                     {"absent", Kind::absent}}};

std::optional<Kind> kind_named(std::string_view name) {
  const auto* const row = std::ranges::find(kinds, name, &std::pair<std::string_view, Kind>::first);
  return row == kinds.end() ? std::nullopt : std::optional(row->second);
}

Words split(const std::string& text, char separator) {
  Words parts;
  std::istringstream stream(text + separator);
  for (std::string part; std::getline(stream, part, separator);) parts.push_back(part);
  return parts;
}

Words words_of(const std::string& text) {
  std::istringstream stream(text);
  Words words;
  for (std::string word; stream >> word;) words.push_back(word);
  return words;
}

unsigned number(const std::string& text, int base) {
  unsigned value = 0;
  const auto* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value, base);
  if (text.empty() || error != std::errc{} || stop != end) throw Bad{"\"" + text + "\" is no number"};
  return value;
}

bool is_digits(const std::string& text) { return !text.empty() && text.find_first_not_of("0123456789") == text.npos; }

// A name of the database, or a number that need not be in it.
uid_t uid_of(const std::string& name, const UserDatabase& database) {
  if (is_digits(name)) return number(name, 10);
  const auto found = std::ranges::find(database.accounts, name, &Account::name);
  if (found == database.accounts.end()) throw Bad{"no such account: " + name};
  return found->uid;
}

gid_t gid_of(const std::string& name, const UserDatabase& database) {
  if (is_digits(name)) return number(name, 10);
  const auto found = std::ranges::find(database.groups, name, &Group::name);
  if (found == database.groups.end()) throw Bad{"no such group: " + name};
  return found->gid;
}

gid_t login_group_of(const std::string& name, const UserDatabase& database) {
  const auto found = std::ranges::find(database.accounts, name, &Account::name);
  if (found == database.accounts.end()) throw Bad{"no such account: " + name};
  return found->gid;
}

void set_owner(const std::string& text, const UserDatabase& database, WalkObject& object) {
  const auto colon = text.find(':');
  const auto user = text.substr(0, colon);
  const auto group = text.substr(colon + 1);
  if (!user.empty()) object.uid = uid_of(user, database);
  object.gid = group.empty() ? login_group_of(user, database) : gid_of(group, database);
}

unsigned permissions_of(const std::string& letters) {
  constexpr std::string_view all = "rwx";
  if (letters.size() != all.size()) throw Bad{"\"" + letters + "\" are no permissions"};
  unsigned permissions = 0;
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (letters[i] != all[i] && letters[i] != '-') throw Bad{"\"" + letters + "\" are no permissions"};
    permissions = permissions << 1U | (letters[i] == all[i] ? 1U : 0U);
  }
  return permissions;
}

AclEntry acl_entry_of(const std::string& text, const UserDatabase& database) {
  const auto parts = split(text, ':');
  if (parts.size() != 3 || (parts[0] != "user" && parts[0] != "group")) throw Bad{"\"" + text + "\" is no ACL entry"};
  const auto permissions = permissions_of(parts[2]);
  if (parts[0] == "user") return {AclEntry::Kind::user, uid_of(parts[1], database), permissions};
  if (parts[1].empty()) return {AclEntry::Kind::owning_group, 0, permissions};
  return {AclEntry::Kind::group, gid_of(parts[1], database), permissions};
}

// One attribute: a mode, an owner, an ACL entry, a kind or the target of a link.
void apply(const std::string& word, const UserDatabase& database, WalkObject& object) {
  if (word.starts_with("->")) {
    object.kind = Kind::link;
    object.target = word.substr(2);
  } else if (word.starts_with('+')) {
    object.acl.push_back(acl_entry_of(word.substr(1), database));
  } else if (word.find(':') != word.npos) {
    set_owner(word, database, object);
  } else if (const auto kind = kind_named(word)) {
    object.kind = *kind;
  } else {
    object.mode = number(word, 8);
  }
}

// An object as a layout has it: who its owner is depends on the database of the row.
struct Placed {
  WalkObject object;
  Words attributes;
};

struct Layout {
  std::string login = "ann";
  std::string home;
  Settings settings;
  std::vector<Placed> objects = {{{Kind::directory, "root", "/"}, {"root:", "0755"}}};
};

class Reader {
 public:
  void read_line(const std::string& line, std::size_t number);
  std::vector<WalkCase> cases;

 private:
  void read_database_line(const Words& words);
  void read_layout_line(const Words& words);
  void read_case(const std::string& line, std::size_t number);
  WalkExpectation expectation_of(const std::string& text, const WalkCase& row) const;
  static void change(const std::string& word, WalkCase& row);

  std::map<std::string, UserDatabase> databases_;
  std::map<std::string, Layout> layouts_;
  std::set<std::string> names_;
  UserDatabase* database_ = nullptr;  // what indented lines are about
  Layout* layout_ = nullptr;
};

UserDatabase base_database() {
  return {{{"root", 0, 0, "/root", "/bin/sh"}, {"sshd", 100, 65534, "/run/sshd", "/bin/false"}},
          {{"root", 0, {}}, {"nogroup", 65534, {}}},
          {}};
}

void Reader::read_line(const std::string& line, std::size_t number) {
  const auto words = words_of(line);
  if (words.empty() || words.front().starts_with('#')) return;
  if (line.find('|') != line.npos) return read_case(line, number);
  const bool indented = line.starts_with(' ');
  if (indented && database_ != nullptr) return read_database_line(words);
  if (indented && layout_ != nullptr) return read_layout_line(words);
  database_ = nullptr;
  layout_ = nullptr;
  if (words.size() != 2) throw Bad{"neither a database, a layout nor a case"};
  const auto& name = words[1];
  if (words[0] == "database" && !databases_.contains(name)) {
    database_ = &databases_.emplace(name, base_database()).first->second;
  } else if (words[0] == "layout" && !layouts_.contains(name)) {
    layout_ = &layouts_[name];
  } else {
    throw Bad{"neither a new database nor a new layout: " + line};
  }
}

void Reader::read_database_line(const Words& words) {
  for (auto word = words.begin() + 1; word != words.end(); ++word) {
    const auto fields = split(*word, ':');
    if (fields.size() != 3) throw Bad{"\"" + *word + "\" does not have three fields"};
    if (words[0] == "passwd") {
      database_->accounts.push_back({fields[0], number(fields[1], 10), number(fields[2], 10), "/", "/bin/sh"});
    } else if (words[0] == "group") {
      const Group group{fields[0], number(fields[1], 10), fields[2].empty() ? Words{} : split(fields[2], ',')};
      const auto known = std::ranges::find(database_->groups, group.name, &Group::name);
      if (known == database_->groups.end()) {
        database_->groups.push_back(group);
      } else {
        *known = group;
      }
    } else {
      throw Bad{"a database has passwd and group, not " + words[0]};
    }
  }
}

void Reader::read_layout_line(const Words& words) {
  if (words[0] == "login" && words.size() == 2) {
    layout_->login = words[1];
  } else if (words[0] == "home" && words.size() <= 2) {
    layout_->home = words.size() == 2 ? words[1] : std::string();
  } else if (words[0] == "keys") {
    layout_->settings.authorized_keys_file.assign(words.begin() + 1, words.end());
  } else if (words[0] == "strictmodes" && words.size() == 2) {
    layout_->settings.strict_modes = words[1] != "no";
  } else if (const auto kind = kind_named(words[0]); kind && words.size() > 3) {
    layout_->objects.push_back({{*kind, words[1], words[2]}, Words(words.begin() + 3, words.end())});
  } else {
    throw Bad{"not a line of a layout"};
  }
}

void Reader::change(const std::string& word, WalkCase& row) {
  const auto equals = word.find('=');
  if (equals == word.npos) throw Bad{"\"" + word + "\" is no PLACE=ATTRIBUTES"};
  const auto place = word.substr(0, equals);
  if (place == "protected_symlinks") {
    row.protected_symlinks = word.substr(equals + 1) == "1";
    return;
  }
  const auto object = std::ranges::find(row.objects, place, &WalkObject::place);
  if (object == row.objects.end()) throw Bad{"the layout has no " + place};
  for (const auto& attribute : split(word.substr(equals + 1), ',')) apply(attribute, row.database, *object);
  const auto is_owning_group = [](const AclEntry& entry) { return entry.kind == AclEntry::Kind::owning_group; };
  if (!object->acl.empty() && std::ranges::none_of(object->acl, is_owning_group)) throw Bad{"the ACL lacks group::"};
}

WalkExpectation Reader::expectation_of(const std::string& text, const WalkCase& row) const {
  const auto words = words_of(text);
  if (words.empty() || words.size() % 2 == 0) throw Bad{"expected is VERDICT, and RULE PLACE as often as needed"};
  WalkExpectation expected;
  if (words[0] == "accepted") {
    expected.verdict = KeyLogin::accepted;
  } else if (words[0] == "refused" && words.size() == 3) {
    expected.verdict = KeyLogin::refused;
  } else if (words[0] != "none") {
    throw Bad{"\"" + words[0] + "\" is neither accepted, none nor refused RULE PLACE"};
  }
  for (std::size_t i = 1; i < words.size(); i += 2) {
    const auto object = std::ranges::find(row.objects, words[i + 1], [](const auto& one) { return "@" + one.place; });
    if (object == row.objects.end() && !words[i + 1].starts_with('/')) throw Bad{"no such place: " + words[i + 1]};
    expected.named.push_back({words[i], object == row.objects.end() ? words[i + 1] : object->path});
  }
  std::ranges::sort(expected.named);
  return expected;
}

void Reader::read_case(const std::string& line, std::size_t number) {
  const auto columns = split(line, '|');
  if (columns.size() != 6) throw Bad{"a case has six columns"};
  const auto word = [&](std::size_t column) { return words_of(columns[column]); };
  if (word(0).size() != 1 || word(1).size() != 1 || word(2).size() != 1) throw Bad{"one word in each first column"};
  const auto layout = layouts_.find(word(1).front());
  const auto database = databases_.find(word(2).front());
  if (layout == layouts_.end()) throw Bad{"no such layout: " + word(1).front()};
  if (database == databases_.end()) throw Bad{"no such database: " + word(2).front()};
  WalkCase row{.name = word(0).front(), .line = number, .database = database->second};
  if (!names_.insert(row.name).second) throw Bad{"a second case of that name"};
  row.settings = layout->second.settings;
  const auto account = std::ranges::find(row.database.accounts, layout->second.login, &Account::name);
  if (account == row.database.accounts.end()) throw Bad{"nobody there to log in"};
  account->home = layout->second.home;
  row.account = *account;
  for (const auto& [object, attributes] : layout->second.objects) {
    row.objects.push_back(object);
    for (const auto& attribute : attributes) apply(attribute, row.database, row.objects.back());
  }
  for (const auto& changed : word(3)) change(changed, row);
  row.debian = expectation_of(columns[4], row);
  row.upstream = word(5) == Words{"same"} ? row.debian : expectation_of(columns[5], row);
  cases.push_back(std::move(row));
}

std::string_view verdict_in_words(KeyLogin verdict) {
  constexpr std::array<std::string_view, 5> words = {"accepted", "refused", "closes", "none", "unknown"};
  return words.at(static_cast<std::size_t>(verdict));
}

// The walk lists every fault, in the order of its rules; only the one that sshd names has sshd's words with it.
bool is_later_fault(const Finding& finding) {
  const bool of_walk = finding.rule->id.ends_with("-owner") || finding.rule->id.ends_with("-writable");
  return of_walk && finding.detail.sshd_logs.empty();
}

}  // namespace

Result<std::vector<WalkCase>> read_walk_cases(const std::string& path) {
  std::ifstream file(path);
  if (!file) return tl::unexpected(Error{"cannot be read", path, 0});
  Reader reader;
  std::size_t number = 0;
  for (std::string line; std::getline(file, line);) {
    try {
      reader.read_line(line, ++number);
    } catch (const Bad& bad) {
      return tl::unexpected(Error{fmt::format("line {}: {}", number, bad.what), path, 0});
    }
  }
  return std::move(reader.cases);
}

WalkExpectation as_expectation(const AccountReport& report) {
  WalkExpectation seen{.verdict = report.key_login};
  const auto wanted = report.key_login == KeyLogin::refused ? Effect::refuses : Effect::endangers;
  for (const auto& finding : report.findings) {
    if (report.key_login == KeyLogin::none || finding.rule->effect != wanted) continue;
    if (wanted == Effect::refuses && is_later_fault(finding)) continue;
    seen.named.push_back({std::string(finding.rule->id), finding.detail.path});
    if (wanted == Effect::refuses) break;
  }
  std::ranges::sort(seen.named);
  const auto repeated = std::unique(seen.named.begin(), seen.named.end());  // one directory, two key files
  seen.named.erase(repeated, seen.named.end());
  return seen;
}

std::string in_words(const WalkExpectation& expectation) {
  std::string text(verdict_in_words(expectation.verdict));
  for (const auto& [rule, path] : expectation.named) text += " " + rule + " " + path;
  return text;
}

}  // namespace sshaudit
