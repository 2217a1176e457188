// SPDX-License-Identifier: MIT
#include "gather/look_ups.h"

#include <grp.h>
#include <netdb.h>
#include <netinet/in.h>
#include <pwd.h>
#include <shadow.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <functional>
#include <initializer_list>
#include <map>
#include <string_view>
#include <type_traits>

#include "gather/apart.h"
#include "gather/database_rows.h"
#include "gather/name_services.h"

namespace sshaudit {
namespace {

int limit = 0;                       // seconds
constexpr int usual_limit = 30;      // of what is asked apart though nobody has set a limit
constexpr std::size_t row_size = 6;  // fields of an account
constexpr char failed = 'e';         // before an errno

// Answers are bytes that another process may have made: fields, each with a NUL behind it, which none has in it.
std::string joined(std::initializer_list<std::string> fields) {
  std::string text;
  for (const auto& field : fields) text.append(field).push_back('\0');
  return text;
}

std::vector<std::string> fields_of(std::string_view text) {
  std::vector<std::string> fields;
  for (auto end = text.find('\0'); end != std::string_view::npos; end = text.find('\0')) {
    fields.emplace_back(text.substr(0, end));
    text.remove_prefix(end + 1);
  }
  return fields;
}

template <class Number>
Number number_of(const std::string& text) {
  Number number{};
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

// A database that was silent is not asked again: each question would take as long.
std::map<std::string, Error, std::less<>>& silent_databases() {
  static std::map<std::string, Error, std::less<>> silent;
  return silent;
}

// `ask` makes the answer: here, or where a service may be silent in another process.
template <class Ask>
Result<std::string> answer_of(std::initializer_list<std::string_view> databases, Ask ask) {
  const auto has_service = [](std::string_view one) { return !directory_services(one).empty(); };
  if (limit == 0 || std::ranges::none_of(databases, has_service)) return ask();
  auto& silent = silent_databases();
  if (const auto known = silent.find(*databases.begin()); known != silent.end()) return tl::unexpected(known->second);
  auto answer = made_apart(limit, [&](const SignOfLife&) { return ask(); });
  if (answer) return std::move(*answer);
  auto error = no_answer_of_name_service(limit, answer.error());
  silent.emplace(*databases.begin(), error);
  return tl::unexpected(std::move(error));
}

// Nothing for no account, "e" and errno, or its fields.
std::string told_of(const passwd* entry) {
  const bool is_absent = errno == 0 || errno == ENOENT || errno == ESRCH;  // getpwnam(3): what services return
  if (entry == nullptr) return is_absent ? "" : joined({std::string(1, failed), std::to_string(errno)});
  const auto account = account_of(*entry);
  return joined({account.name, std::to_string(account.uid), std::to_string(account.gid), account.home, account.shell,
                 std::to_string(static_cast<int>(account.password))});
}

Result<std::optional<Account>> account_in(const Result<std::string>& answer, const std::string& what) {
  if (!answer) return tl::unexpected(answer.error());
  const auto fields = fields_of(*answer);
  if (fields.empty()) return std::nullopt;
  if (fields.size() != row_size) {
    const auto errnum = fields.size() == 2 ? number_of<int>(fields[1]) : EIO;
    return tl::unexpected(Error{"look up account", what, errnum});
  }
  return Account{fields[0],
                 number_of<uid_t>(fields[1]),
                 number_of<gid_t>(fields[2]),
                 fields[3],
                 fields[4],
                 static_cast<PasswordField>(number_of<int>(fields[5]))};
}

// As the other process, which is this same program, has it in memory.
struct ShadowAnswer {
  int errnum = 0;
  bool is_there = false;
  ShadowEntry entry;
};
static_assert(std::is_trivially_copyable_v<ShadowAnswer>);

template <class Value>
std::string bytes_of(const Value* values, std::size_t count) {
  return {reinterpret_cast<const char*>(values), count * sizeof(Value)};
}

std::string ask_shadow(const std::string& name) {
  errno = 0;
  ShadowAnswer answer;
  if (const spwd* const entry = getspnam(name.c_str()); entry != nullptr) {
    answer.is_there = true;
    answer.entry = shadow_of(*entry);
    return bytes_of(&answer, 1);
  }
  const bool is_absent = errno == 0 || errno == ENOENT || errno == ESRCH;
  const bool is_read = is_absent && access("/etc/shadow", R_OK) == 0;
  if (!is_read) answer.errnum = is_absent ? EACCES : errno;
  return bytes_of(&answer, 1);
}

Result<std::optional<ShadowEntry>> shadow_in(const Result<std::string>& bytes, const std::string& name) {
  if (!bytes) return tl::unexpected(bytes.error());
  ShadowAnswer answer{.errnum = EIO};
  if (bytes->size() == sizeof answer) std::memcpy(&answer, bytes->data(), sizeof answer);
  if (answer.errnum != 0) return tl::unexpected(Error{"look up password ageing", name, answer.errnum});
  return answer.is_there ? std::optional(answer.entry) : std::nullopt;
}

std::vector<gid_t> ask_groups(const Account& account) {
  int count = 64;
  std::vector<gid_t> groups(static_cast<std::size_t>(count));
  while (getgrouplist(account.name.c_str(), account.gid, groups.data(), &count) < 0) {
    const auto needed = static_cast<std::size_t>(std::max(count, 0));
    if (needed <= groups.size()) break;
    groups.resize(needed);
  }
  groups.resize(std::min(groups.size(), static_cast<std::size_t>(std::max(count, 0))));
  std::erase(groups, account.gid);
  return groups;
}

std::string ask_group_names(const Account& account) {
  static std::map<gid_t, std::string> known;  // by gid; empty for one without a name
  std::string names;
  auto gids = ask_groups(account);
  gids.insert(gids.begin(), account.gid);
  for (const gid_t gid : gids) {
    const auto [entry, is_new] = known.try_emplace(gid);
    if (is_new) {
      const group* const found = getgrgid(gid);
      if (found != nullptr) entry->second = text_of(found->gr_name);
    }
    if (!entry->second.empty()) names += joined({entry->second});
  }
  return names;
}

// All at once: a user may write millions of names into a line, and each question reads the whole list.
std::string ask_services() {
  std::string names;
  setservent(1);
  while (const servent* const entry = getservent()) {
    if (std::string_view(entry->s_proto) != "tcp") continue;
    names += joined({entry->s_name});
    for (char** alias = entry->s_aliases; *alias != nullptr; ++alias) names += joined({*alias});
  }
  endservent();
  return names;
}

const std::string& or_throw(const Result<std::string>& answer) {
  if (!answer) throw NoAnswer(answer.error());
  return *answer;
}

}  // namespace

void limit_look_ups(int seconds) { limit = seconds; }

Error no_answer_of_name_service(int seconds, int errnum) {
  if (errnum != ETIMEDOUT) return {"the name service could not be asked", "", errnum};
  return {"the name service did not answer in " + std::to_string(seconds) + " s", "", 0};
}

Result<std::optional<Account>> find_account(const std::string& name) {
  return account_in(answer_of({"passwd"},
                              [&] {
                                errno = 0;
                                return told_of(getpwnam(name.c_str()));
                              }),
                    name);
}

Result<std::optional<Account>> find_account(uid_t uid) {
  return account_in(answer_of({"passwd"},
                              [&] {
                                errno = 0;
                                return told_of(getpwuid(uid));
                              }),
                    std::to_string(uid));
}

Result<std::optional<ShadowEntry>> find_shadow(const std::string& name) {
  return shadow_in(answer_of({"shadow"}, [&] { return ask_shadow(name); }), name);
}

Result<std::optional<ShadowEntry>> find_shadow_apart(const std::string& name) {
  const int seconds = limit > 0 ? limit : usual_limit;
  auto bytes = made_apart(seconds, [&](const SignOfLife&) { return ask_shadow(name); });
  if (!bytes) return tl::unexpected(no_answer_of_name_service(seconds, bytes.error()));
  return shadow_in(std::move(*bytes), name);
}

std::vector<std::string> look_up_group_names(const Account& account) {
  return fields_of(or_throw(answer_of({"group", "initgroups"}, [&] { return ask_group_names(account); })));
}

std::vector<gid_t> supplementary_groups_of(const Account& account) {
  const auto answer = answer_of({"group", "initgroups"}, [&] {
    const auto groups = ask_groups(account);
    return bytes_of(groups.data(), groups.size());
  });
  const auto& bytes = or_throw(answer);
  std::vector<gid_t> groups(bytes.size() / sizeof(gid_t));
  if (!groups.empty()) std::memcpy(groups.data(), bytes.data(), groups.size() * sizeof(gid_t));
  return groups;
}

std::optional<std::vector<std::string>> list_services() {
  const auto answer = answer_of({"services"}, ask_services);
  return answer ? std::optional(fields_of(*answer)) : std::nullopt;
}

// What is only known to a service that is silent may be any port.
std::optional<int> find_port(const std::string& service) {
  constexpr int some_port = 65535;
  static std::map<std::string, std::optional<int>> known;
  const auto [entry, is_new] = known.try_emplace(service);
  if (!is_new) return entry->second;
  const auto answer = answer_of({"services"}, [&] {
    const servent* const found = getservbyname(service.c_str(), "tcp");
    return found == nullptr ? std::string() : std::to_string(ntohs(static_cast<std::uint16_t>(found->s_port)));
  });
  if (!answer) {
    entry->second = some_port;
  } else if (!answer->empty()) {
    entry->second = number_of<int>(*answer);
  }
  return entry->second;
}

}  // namespace sshaudit
