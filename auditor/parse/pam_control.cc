// SPDX-License-Identifier: MIT
#include <algorithm>
#include <array>

#include "parse/pam_service.h"
#include "parse/pattern.h"

namespace sshaudit {
namespace {

constexpr auto undefined = static_cast<PamAction>(-6);
constexpr std::string_view blanks = " \t\n\v\f\r";
constexpr int longest_jump = 1000000;  // more than there are modules

// In the order in which libpam compares their beginnings; the last stands for all others.
constexpr std::array<std::string_view, pam_code_count + 1> code_names = {"success",
                                                                         "open_err",
                                                                         "symbol_err",
                                                                         "service_err",
                                                                         "system_err",
                                                                         "buf_err",
                                                                         "perm_denied",
                                                                         "auth_err",
                                                                         "cred_insufficient",
                                                                         "authinfo_unavail",
                                                                         "user_unknown",
                                                                         "maxtries",
                                                                         "new_authtok_reqd",
                                                                         "acct_expired",
                                                                         "session_err",
                                                                         "cred_unavail",
                                                                         "cred_expired",
                                                                         "cred_err",
                                                                         "no_module_data",
                                                                         "conv_err",
                                                                         "authtok_err",
                                                                         "authtok_recover_err",
                                                                         "authtok_lock_busy",
                                                                         "authtok_disable_aging",
                                                                         "try_again",
                                                                         "ignore",
                                                                         "abort",
                                                                         "authtok_expired",
                                                                         "module_unknown",
                                                                         "bad_item",
                                                                         "conv_again",
                                                                         "incomplete",
                                                                         "default"};
constexpr std::array<std::string_view, 6> action_names = {"ignore", "ok", "done", "bad", "die", "reset"};

PamAction& action_for(PamActions& actions, PamCode code) { return actions.at(static_cast<std::size_t>(code)); }

void set_others(PamActions& actions, PamAction action) { std::ranges::replace(actions, undefined, action); }

void skip_blanks(std::string_view& text) { text.remove_prefix(std::min(text.find_first_not_of(blanks), text.size())); }

template <std::size_t size>
std::optional<std::size_t> take_name(std::string_view& text, const std::array<std::string_view, size>& names) {
  const auto found = std::ranges::find_if(names, [&](auto name) { return text.starts_with(name); });
  if (found == names.end()) return std::nullopt;
  text.remove_prefix(found->size());
  return static_cast<std::size_t>(found - names.begin());
}

// The number of modules to jump over; nothing when it is none, or 0.
std::optional<PamAction> take_jump(std::string_view& text) {
  int jump = 0;
  while (!text.empty() && text.front() >= '0' && text.front() <= '9') {
    jump = std::min(jump * 10 + (text.front() - '0'), longest_jump);
    text.remove_prefix(1);
  }
  if (jump == 0) return std::nullopt;
  return static_cast<PamAction>(jump);
}

std::optional<PamAction> take_action(std::string_view& text) {
  if (const auto name = take_name(text, action_names)) return static_cast<PamAction>(-static_cast<int>(*name));
  return take_jump(text);
}

// "CODE = ACTION", with blanks anywhere between. False when it is wrong.
bool take_pair(std::string_view& text, PamActions& actions) {
  const auto code = take_name(text, code_names);
  skip_blanks(text);
  if (!code || !text.starts_with('=')) return false;
  text.remove_prefix(1);
  skip_blanks(text);
  const auto action = take_action(text);
  if (!action) return false;
  if (*code == pam_code_count) {
    set_others(actions, *action);
  } else {
    actions.at(*code) = *action;
  }
  return true;
}

// The words that stand for a whole control.
bool is_word(std::string_view control, PamActions& actions) {
  const auto word = lower_case(control);
  const bool is_required = word == "required" || word == "requisite";
  if (!is_required && word != "optional" && word != "sufficient") return false;
  const auto success = word == "sufficient" ? PamAction::done : PamAction::ok;
  action_for(actions, PamCode::success) = success;
  action_for(actions, PamCode::new_authtok_reqd) = success;
  if (is_required) action_for(actions, PamCode::ignore) = PamAction::ignore;
  const auto failure = word == "required" ? PamAction::bad : PamAction::die;
  set_others(actions, is_required ? failure : PamAction::ignore);
  return true;
}

}  // namespace

std::optional<std::string> take_pam_token(std::string_view& rest) {
  constexpr std::string_view between = " \t\n";
  rest.remove_prefix(std::min(rest.find_first_not_of(between), rest.size()));
  if (rest.empty()) return std::nullopt;
  if (!rest.starts_with('[')) {
    const auto end = std::min(rest.find_first_of(between), rest.size());
    std::string token(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
    return token;
  }
  std::string token;
  std::size_t at = 1;
  for (; at < rest.size() && rest[at] != ']'; ++at) {
    if (rest[at] == '\\' && at + 1 < rest.size() && rest[at + 1] == ']') ++at;
    token += rest[at];
  }
  rest.remove_prefix(std::min(at + 1, rest.size()));
  return token;
}

PamActions parse_pam_control(std::string_view control) {
  PamActions actions;
  actions.fill(undefined);
  if (is_word(control, actions)) return actions;
  for (skip_blanks(control); !control.empty(); skip_blanks(control)) {
    if (take_pair(control, actions)) continue;
    actions.fill(PamAction::bad);
    return actions;
  }
  set_others(actions, PamAction::bad);
  return actions;
}

std::string_view pam_code_name(PamCode code) { return code_names.at(static_cast<std::size_t>(code)); }

std::optional<PamCode> pam_code_by_name(std::string_view name) {
  const auto found = std::ranges::find(code_names, name);
  if (found == code_names.end() || *found == "default") return std::nullopt;
  return static_cast<PamCode>(found - code_names.begin());
}

}  // namespace sshaudit
