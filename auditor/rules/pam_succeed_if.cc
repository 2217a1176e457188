// SPDX-License-Identifier: MIT
// pam_succeed_if(8). Source: Linux-PAM 1.5, modules/pam_succeed_if/pam_succeed_if.c.
#include <fmt/format.h>
#include <fnmatch.h>

#include <algorithm>
#include <array>

#include "parse/access_conf.h"
#include "parse/c_number.h"
#include "parse/pattern.h"
#include "rules/pam_modules.h"
#include "rules/wording.h"

namespace sshaudit {
namespace {

constexpr std::array<std::string_view, 6> flags = {"debug", "use_uid", "quiet", "quiet_fail", "quiet_success", "audit"};

struct Condition {
  std::string attribute;
  std::string test;
  std::string value;
};

// What an attribute comes to: nothing when there is no such, and not known when it depends on the client.
struct Attribute {
  std::optional<std::string> text;
  bool is_known = true;
  std::string user;  // for the tests of groups
};

PamCodes verdict(bool holds) { return only(holds ? PamCode::success : PamCode::auth_err); }
PamCodes either_way() { return any_of({PamCode::success, PamCode::auth_err}); }

// The name of the user may itself be the name of an attribute, and is then taken for that one.
Attribute attribute_of(std::string_view name, const PamQuestion& question, const Account& account) {
  auto word = lower_case(name);
  Attribute result{std::nullopt, true, account.name};
  const auto is = [&](std::initializer_list<std::string_view> names) {
    return std::ranges::find(names, word) != names.end();
  };
  const auto becomes = [&](std::string text) {
    word = lower_case(text);
    result.text = std::move(text);
  };
  if (is({"login", "name", "user"})) becomes(account.name);
  if (is({"uid"})) becomes(std::to_string(account.uid));
  if (is({"gid"})) becomes(std::to_string(account.gid));
  if (is({"shell"})) becomes(account.shell);
  if (is({"home", "dir", "homedir"})) becomes(account.home);
  if (is({"service"})) becomes(lower_case(question.evidence.settings.pam_service_name));
  if (is({"ruser"})) {
    becomes("");
    result.user.clear();
  }
  if (is({"rhost"})) {
    result.is_known = question.rhost.has_value();
    becomes(question.rhost.value_or(""));
  }
  if (is({"tty"})) becomes("ssh");
  return result;
}

std::optional<PamCodes> compare_numbers(std::string_view test, const std::string& left, const std::string& right) {
  constexpr std::array<std::string_view, 10> tests = {"<", "lt", "<=", "le", ">", "gt", ">=", "ge", "eq", "ne"};
  if (std::ranges::find(tests, test) == tests.end()) return std::nullopt;
  const auto a = c_number(left);
  const auto b = c_number(right);
  if (!a || !b) return only(PamCode::service_err);
  if (test == "eq") return verdict(*a == *b);
  if (test == "ne") return verdict(*a != *b);
  if (test == "<" || test == "lt") return verdict(*a < *b);
  if (test == "<=" || test == "le") return verdict(*a <= *b);
  if (test == ">" || test == "gt") return verdict(*a > *b);
  return verdict(*a >= *b);
}

// evaluate_inlist(): the text as a whole element between colons, wherever strstr(3) first finds it.
bool is_in_list(const std::string& text, std::string_view list) {
  while (true) {
    auto at = list.find(text);
    if (at == std::string_view::npos) return false;
    if (at == 0 || list[at - 1] == ':') {
      at += text.size();
      if (at == list.size() || list[at] == ':') return true;
    }
    const auto next = list.find(':', at);
    if (next == std::string_view::npos) return false;
    list.remove_prefix(next + 1);
  }
}

bool is_in_any_group(const PamQuestion& question, const std::string& user, std::string_view groups) {
  if (user != question.evidence.account.name) return false;
  for (auto group = take_word(groups, ":"); !group.empty(); group = take_word(groups, ":")) {
    if (is_in_group(question, group)) return true;
  }
  return false;
}

std::optional<PamCodes> compare_texts(std::string_view test, const std::string& left, const std::string& right) {
  if (test == "=") return verdict(left == right);
  if (test == "!=") return verdict(left != right);
  if (test == "=~" || test == "glob") return verdict(fnmatch(right.c_str(), left.c_str(), 0) == 0);
  if (test == "!~" || test == "noglob") return verdict(fnmatch(right.c_str(), left.c_str(), 0) != 0);
  if (test == "in") return verdict(is_in_list(left, right));
  if (test == "notin") return verdict(!is_in_list(left, right));
  return std::nullopt;
}

PamCodes evaluate(const Condition& condition, const PamQuestion& question, const Account& account) {
  const auto attribute = attribute_of(condition.attribute, question, account);
  if (!attribute.text) return only(PamCode::service_err);
  const auto test = lower_case(condition.test);
  const bool is_group = test == "ingroup" || test == "notingroup";
  if (is_group && account.uid != question.evidence.account.uid) return either_way();
  if (is_group) return verdict(is_in_any_group(question, attribute.user, condition.value) == (test == "ingroup"));
  if (test == "innetgr" || test == "notinnetgr") return either_way();
  auto codes = compare_numbers(test, *attribute.text, condition.value);
  if (!codes) codes = compare_texts(test, *attribute.text, condition.value);
  if (!codes) return only(PamCode::service_err);
  if (attribute.is_known) return *codes;
  return any_of({PamCode::success, PamCode::auth_err, PamCode::service_err});
}

}  // namespace

// Conditions are tried until one does not hold.
PamAnswer pam_succeed_if(const PamEntry& entry, const PamQuestion& question) {
  std::vector<std::string> words;
  const auto is_flag = [](const std::string& word) { return std::ranges::find(flags, word) != flags.end(); };
  std::ranges::remove_copy_if(entry.arguments, std::back_inserter(words), is_flag);
  const bool of_caller = std::ranges::find(entry.arguments, "use_uid") != entry.arguments.end();
  const auto* root = of_caller ? question.context.accounts.account(uid_t{0}) : nullptr;
  if (of_caller && (root == nullptr || words.empty())) return anything();
  const auto& account = of_caller ? *root : question.evidence.account;
  PamAnswer answer;
  for (std::size_t at = 0; at + 2 < words.size(); at += 3) {
    const Condition condition{words[at], words[at + 1], words[at + 2]};
    const auto codes = evaluate(condition, question, account);
    const auto failures = codes & ~only(PamCode::success);
    answer.possible |= failures;
    if (failures.any() && answer.why.empty()) {
      answer.why = fmt::format("\"{} {} {}\" does not hold", shown(condition.attribute), shown(condition.test),
                               shown(condition.value));
    }
    answer.usual = answer.possible;
    if (!has(codes, PamCode::success)) return answer;
  }
  const bool is_complete = words.size() % 3 == 0;
  answer.possible |= only(is_complete ? PamCode::success : PamCode::service_err);
  answer.usual = answer.possible;
  if (!is_complete && answer.why.empty()) answer.why = "its last condition is not complete";
  return answer;
}

}  // namespace sshaudit
