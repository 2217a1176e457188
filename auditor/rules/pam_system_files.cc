// SPDX-License-Identifier: MIT
// Modules that go by a file of the system's policy: pam_usertype(8), pam_time(8), pam_sepermit(8). Source: Linux-PAM
// 1.5, modules/*.
#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>

#include "parse/access_conf.h"
#include "parse/pam_files.h"
#include "parse/pattern.h"
#include "rules/pam_modules.h"

namespace sshaudit {
namespace {

constexpr std::string_view blanks = " \t\n\v\f\r";

std::string_view trimmed(std::string_view text) {
  text.remove_prefix(std::min(text.find_first_not_of(blanks), text.size()));
  const auto last = text.find_last_not_of(blanks);
  return last == std::string_view::npos ? std::string_view() : text.substr(0, last + 1);
}

std::string_view take_line(std::string_view& text) {
  const auto line = text.substr(0, text.find('\n'));
  text.remove_prefix(std::min(line.size() + 1, text.size()));
  return line;
}

// A number of login.defs(5).
uid_t number_in(std::string_view text, std::string_view name, uid_t otherwise) {
  while (!text.empty()) {
    auto line = trimmed(take_line(text));
    line = trimmed(line.substr(0, line.find('#')));
    if (take_word(line, " \t=") != name) continue;
    const auto value = trimmed(line.substr(std::min(line.find_first_not_of(" \t=\""), line.size())));
    uid_t number = 0;
    const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
    const bool is_whole = error == std::errc{} && end == value.data() + value.size();
    return is_whole && number != static_cast<uid_t>(-1) ? number : otherwise;
  }
  return otherwise;
}

bool is_system_account(uid_t uid, std::string_view login_defs) {
  constexpr uid_t last_reserved = 99;
  constexpr uid_t nobody = 65534;
  constexpr uid_t usual_uid_min = 1000;
  constexpr uid_t usual_system_min = 101;
  if (uid <= last_reserved || uid == nobody) return true;
  const auto uid_min = number_in(login_defs, "UID_MIN", usual_uid_min);
  const auto first = number_in(login_defs, "SYS_UID_MIN", usual_system_min);
  return uid >= first && uid <= number_in(login_defs, "SYS_UID_MAX", uid_min - 1);
}

// A field of time.conf(5) that is one plain word, and another one than is asked for.
bool is_surely_another(std::string_view field, std::string_view value) {
  field = trimmed(field);
  return field.find_first_of("*!&|@ \t") == std::string_view::npos && lower_case(field) != lower_case(value);
}

// Whether a line of time.conf(5) may bear on the login; what does not have four fields is passed over.
bool may_bear_on(std::string_view line, const PamQuestion& question) {
  line = trimmed(line.substr(0, line.find('#')));
  if (std::ranges::count(line, ';') < 3) return false;
  const std::array<std::string_view, 3> values = {question.evidence.settings.pam_service_name, "ssh",
                                                  question.evidence.account.name};
  for (const auto value : values) {
    const auto field = line.substr(0, line.find(';'));
    line.remove_prefix(field.size() + 1);
    if (is_surely_another(field, value)) return false;
  }
  return true;
}

}  // namespace

PamAnswer pam_usertype(const PamEntry& entry, const PamQuestion& question) {
  std::optional<bool> wants_system;
  for (const auto& argument : entry.arguments) {
    if (argument == "issystem") wants_system = true;
    if (argument == "isregular") wants_system = false;
  }
  if (!wants_system) return certain(PamCode::service_err, "it says neither issystem nor isregular");
  const auto* login_defs = file_of(question, {PamReader::login_defs, "/etc/login.defs", {}});
  const auto uid = has_argument(entry, "use_uid") ? uid_t{0} : question.evidence.account.uid;
  const bool is_system = is_system_account(uid, login_defs == nullptr ? "" : login_defs->text);
  if (is_system == *wants_system) return certain(PamCode::success);
  return certain(PamCode::auth_err, is_system ? "it is a system account" : "it is no system account");
}

PamAnswer pam_time(const PamEntry& entry, const PamQuestion& question) {
  const auto use = files_read_by(entry).front();
  const auto* file = file_of(question, use);
  if (file == nullptr) return anything();
  std::string_view text = file->text;
  while (!text.empty()) {
    if (may_bear_on(take_line(text), question))
      return one_of({PamCode::success, PamCode::perm_denied}, use.path + " has hours for it");
  }
  return certain(PamCode::success);
}

// Without SELinux everybody in the list is kept out.
PamAnswer pam_sepermit(const PamEntry& entry, const PamQuestion& question) {
  const auto use = files_read_by(entry).front();
  const auto* file = file_of(question, use);
  if (file == nullptr) return anything();
  if (file->errnum != 0) return certain(PamCode::service_err, use.path + " cannot be opened");
  std::string_view text = file->text;
  while (!text.empty()) {
    const auto line = trimmed(take_line(text));
    if (line.empty() || line.starts_with('#')) continue;
    auto rest = line;
    const auto who = take_word(rest, ":");
    const bool may_be = who.starts_with('%') || (who.starts_with('@') && is_in_group(question, who.substr(1)));
    if (may_be || who == question.evidence.account.name)
      return one_of({PamCode::success, PamCode::ignore, PamCode::auth_err}, use.path + " names it");
  }
  return certain(PamCode::ignore);
}

}  // namespace sshaudit
