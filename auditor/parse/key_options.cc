// SPDX-License-Identifier: MIT
#include "parse/key_options.h"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_set>

#include "parse/config_values.h"
#include "parse/key_option_names.h"
#include "parse/key_option_values.h"
#include "parse/pattern.h"

namespace sshaudit {
namespace {

constexpr std::size_t most_permits = 4096;
constexpr std::size_t most_environment = 1024;
constexpr long largest_tunnel = KeyOptions::any_tunnel - 2;

bool starts_with(std::string_view text, std::string_view lower) {
  return lower_case(text.substr(0, lower.size())) == lower;
}

void set_flag(KeyOptions& options, const KeyFlag& flag, bool value) {
  options.*flag.target = value;
  if (flag.target != &KeyOptions::restricted) return;
  options.agent_forwarding = options.port_forwarding = options.pty = options.user_rc = options.x11_forwarding = false;
}

class OptionParser {
 public:
  OptionParser(std::string_view text, const KeyGrammar& grammar) : text_(text), grammar_(grammar) {}

  ParsedOptions parse() {
    while (!parsed_.fault && !at_end()) {
      start_ = at_;
      word_ = {};
      if (!take_flag()) take_value();
      if (parsed_.fault || at_end()) break;
      if (text_[at_] != ',') return fail_at_word();
      ++at_;
      if (at_ == text_.size()) fail(KeyLineFault::option_value, "nothing stands behind the last comma");
    }
    return std::move(parsed_);
  }

 private:
  bool at_end() const { return at_ >= text_.size() || text_[at_] == ' ' || text_[at_] == '\t'; }
  std::string_view rest() const { return text_.substr(at_); }

  void fail(KeyLineFault fault, std::string better) {
    if (!parsed_.fault) parsed_.fault = OptionsFault{fault, start_, std::string(word_), std::move(better)};
  }

  bool take_flag() {
    for (const auto& flag : key_flags()) {
      if (grammar_.version < flag.since) continue;
      const bool negated = flag.can_be_negated && starts_with(rest(), "no-");
      const std::size_t skipped = negated ? 3 : 0;
      if (!starts_with(rest().substr(skipped), flag.name)) continue;
      at_ += skipped + flag.name.size();
      set_flag(parsed_.options, flag, !negated);
      return true;
    }
    return false;
  }

  void take_value() {
    for (const auto& option : key_value_options()) {
      const auto after = at_ + option.name.size();
      if (grammar_.version < option.since || !starts_with(rest(), option.name) || after >= text_.size() ||
          text_[after] != '=')
        continue;
      word_ = option.name;
      at_ = after + 1;
      if (auto value = unquote()) set_value(option.value, std::move(*value));
      return;
    }
  }

  std::optional<std::string> unquote() {
    if (at_ >= text_.size() || text_[at_] != '"') {
      fail(KeyLineFault::option_unquoted, {});
      return std::nullopt;
    }
    std::string value;
    for (++at_; at_ < text_.size() && text_[at_] != '"'; ++at_) {
      if (text_[at_] == '\\' && at_ + 1 < text_.size() && text_[at_ + 1] == '"') ++at_;
      value += text_[at_];
    }
    if (at_ == text_.size()) {
      fail(KeyLineFault::option_unterminated, {});
      return std::nullopt;
    }
    ++at_;
    return value;
  }

  void set_once(std::optional<std::string>& target, std::string value) {
    if (target && grammar_.facts.strict_options) return fail(KeyLineFault::option_repeated, {});
    target = std::move(value);
  }

  void set_value(KeyValue option, std::string value) {
    auto& options = parsed_.options;
    const bool strict = grammar_.facts.strict_options;
    switch (option) {
      case KeyValue::command:
        return set_once(options.command, std::move(value));
      case KeyValue::principals:
        return set_once(options.principals, std::move(value));
      case KeyValue::from:
        if (strict && !options.from.empty()) return fail(KeyLineFault::option_repeated, {});
        options.from.push_back(std::move(value));
        return;
      case KeyValue::expiry_time:
        return set_expiry(value);
      case KeyValue::environment:
        return add_environment(std::move(value));
      case KeyValue::permitopen:
        return add_permit(options.permitopen, std::move(value), false);
      case KeyValue::permitlisten:
        return add_permit(options.permitlisten, std::move(value), true);
      case KeyValue::tunnel:
        return set_tunnel(value);
    }
  }

  void set_expiry(const std::string& value) {
    const auto time = parse_expiry_time(value, grammar_);
    if (!time) return fail(KeyLineFault::option_value, "YYYYMMDD or YYYYMMDDHHMM[SS] is what it takes");
    auto& expiry = parsed_.options.expiry_time;
    expiry = expiry ? std::min(*expiry, *time) : *time;
  }

  void add_environment(std::string value) {
    auto& known = parsed_.options.environment;
    const auto name = std::string_view(value).substr(0, value.find('='));
    if (grammar_.facts.limits_environment && known.size() > most_environment)
      return fail(KeyLineFault::option_value, "there are more than 1024 of them");
    if (grammar_.facts.strict_options) {
      const bool good = name.size() < value.size() && is_environment_name(name, grammar_);
      if (!good) return fail(KeyLineFault::option_value, "NAME=value, with letters, digits and _, is what it takes");
    }
    if (grammar_.facts.limits_environment && !names_.insert(std::string(name)).second) return;
    known.push_back(std::move(value));
  }

  void add_permit(std::vector<std::string>& permits, std::string value, bool bare_port) {
    if (grammar_.facts.limits_permits && permits.size() > most_permits)
      return fail(KeyLineFault::option_value, "there are more than 4096 of them");
    if (bare_port && value.find(':') == std::string::npos) value.insert(0, "*:");
    if (!is_permit(value, grammar_)) {
      return fail(KeyLineFault::option_value,
                  bare_port ? "[HOST:]PORT is what it takes" : "HOST:PORT is what it takes");
    }
    permits.push_back(std::move(value));
  }

  void set_tunnel(const std::string& value) {
    const bool any = lower_case(value) == "any";
    const auto number = any ? std::optional<long>(KeyOptions::any_tunnel) : parse_integer(value);
    if (!number || (!any && *number > largest_tunnel))
      return fail(KeyLineFault::option_value, "a number or \"any\" is what it takes");
    parsed_.options.tunnel = number;
  }

  // What sshd calls an unknown option: an unknown word, or something behind a known one.
  ParsedOptions fail_at_word() {
    const auto from_start = text_.substr(start_);
    const auto end = std::min(from_start.find_first_of(",= \t\""), from_start.size());
    const auto word = from_start.substr(0, end);
    const char next = end < from_start.size() ? from_start[end] : ' ';
    auto name = lower_case(word);
    if (name.starts_with("no-")) name.erase(0, 3);
    const auto flag = std::ranges::find(key_flags(), name, &KeyFlag::name);
    const auto option = std::ranges::find(key_value_options(), name, &KeyValueOption::name);
    const unsigned since = flag != key_flags().end()             ? flag->since
                           : option != key_value_options().end() ? option->since
                                                                 : 0;
    if (word_.empty()) word_ = word.empty() ? from_start.substr(0, from_start.find_first_of(", \t")) : word;
    const bool negated = lower_case(word).starts_with("no-");
    const bool is_option = flag != key_flags().end() || option != key_value_options().end();
    if (since > grammar_.version) {
      fail(KeyLineFault::option_newer, fmt::format("{}.{}", since / 100, since % 100));
    } else if (flag != key_flags().end() && next == '=') {
      fail(KeyLineFault::option_value, "it takes no value");
    } else if (is_option && negated) {
      fail(KeyLineFault::option_unknown, name);  // no-restrict, no-command="..."
    } else if (option != key_value_options().end() && at_ == start_) {
      fail(KeyLineFault::option_value, "it takes a value: " + std::string(option->name) + "=\"...\"");
    } else if (option != key_value_options().end()) {
      const bool quote_inside =
          text_[at_] != '"' && text_[at_ - 1] == '"' && rest().find('"') != std::string_view::npos;
      fail(KeyLineFault::option_value,
           quote_inside ? "a quote inside its value needs a backslash: \\\"" : "no comma stands behind its value");
    } else {
      fail(KeyLineFault::option_unknown, nearest_key_option(name, negated));
    }
    return std::move(parsed_);
  }

  std::string_view text_;
  const KeyGrammar& grammar_;
  std::size_t at_ = 0;
  std::size_t start_ = 0;                  // of the option that is being read
  std::string_view word_;                  // its name, as far as it is known
  std::unordered_set<std::string> names_;  // of environment=
  ParsedOptions parsed_;
};

void print_value(std::string& text, std::string_view name, std::string_view value) {
  text += fmt::format("{}{}=\"", text.empty() ? "" : ",", name);
  for (const char c : value) text += c == '"' ? std::string("\\\"") : std::string(1, c);
  text += '"';
}

}  // namespace

ParsedOptions parse_key_options(std::string_view text, const KeyGrammar& grammar) {
  return OptionParser(text, grammar).parse();
}

std::optional<std::size_t> end_of_options(std::string_view text) {
  bool quoted = false;
  std::size_t at = 0;
  for (; at < text.size() && (quoted || (text[at] != ' ' && text[at] != '\t')); ++at) {
    if (text[at] == '\\' && at + 1 < text.size() && text[at + 1] == '"') {
      ++at;
    } else if (text[at] == '"') {
      quoted = !quoted;
    }
  }
  return at >= text.size() && quoted ? std::nullopt : std::optional(at);
}

std::string print_key_options(const KeyOptions& options) {
  std::string text;
  KeyOptions shown;
  for (const auto& flag : key_flags()) {
    const bool value = options.*flag.target;
    if (value != shown.*flag.target)
      text += fmt::format("{}{}{}", text.empty() ? "" : ",", value ? "" : "no-", flag.name);
    if (value != shown.*flag.target) set_flag(shown, flag, value);
  }
  if (options.command) print_value(text, "command", *options.command);
  if (options.principals) print_value(text, "principals", *options.principals);
  for (const auto& list : options.from) print_value(text, "from", list);
  if (options.expiry_time) print_value(text, "expiry-time", print_expiry_time(*options.expiry_time));
  for (const auto& one : options.environment) print_value(text, "environment", one);
  for (const auto& one : options.permitopen) print_value(text, "permitopen", one);
  for (const auto& one : options.permitlisten) print_value(text, "permitlisten", one);
  const bool any = options.tunnel == KeyOptions::any_tunnel;
  if (options.tunnel) print_value(text, "tunnel", any ? "any" : std::to_string(*options.tunnel));
  return text;
}

}  // namespace sshaudit
