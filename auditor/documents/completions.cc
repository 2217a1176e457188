// SPDX-License-Identifier: MIT
#include "documents/completions.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <sstream>

namespace sshaudit {
namespace {

// For single quotes: of the shell, and with `special` (which gets a backslash) of what reads the word then.
std::string quoted(std::string_view text, std::string_view special, std::string_view quote) {
  std::string result;
  for (const char letter : text) {
    if (special.find(letter) != std::string_view::npos) result += '\\';
    if (letter == '\'') {
      result += quote;
    } else {
      result += letter;
    }
  }
  return result;
}

std::string for_zsh(std::string_view text) { return quoted(text, "[]:\\", "'\\''"); }
std::string for_fish(std::string_view text) { return quoted(text, "\\", "\\'"); }

// --- bash

std::string bash_action(const ValueWords& values) {
  std::string action;
  if (!values.words.empty()) action = fmt::format("_sshaudit_words '{}'", fmt::join(values.words, " "));
  if (values.files) action += action.empty() ? "_sshaudit_files -f" : "; _sshaudit_files -f";
  if (values.directories) action += "_sshaudit_files -d";
  return action.empty() ? ":" : action;
}

std::string bash_values(const VerbWords& verb) {
  std::string text;
  for (const auto& option : verb.options) {
    if (option.value.empty()) continue;
    std::vector<std::string> patterns;
    patterns.reserve(option.names.size());
    for (const auto& name : option.names) patterns.push_back((verb.name.empty() ? "*" : verb.name) + ":" + name);
    text += fmt::format("      {}) {} ;;\n", fmt::join(patterns, " | "), bash_action(values_of(option)));
  }
  return text;
}

std::string bash_operand(const VerbWords& verb) {
  if (verb.operand == "USER") return "_sshaudit_users";
  if (verb.operand == "RECORD") return "_sshaudit_records";
  return verb.operand == "ID" ? "_sshaudit_rules" : ":";
}

// --- zsh

std::string zsh_action(const OptionWords& option) {
  const auto values = values_of(option);
  if (values.directories) return "_directories";
  if (values.words.empty()) return values.files ? "_files" : "";
  const auto words = fmt::to_string(fmt::join(values.words, " "));
  return values.files ? " _sshaudit_words_or_files " + words : "(" + words + ")";
}

// '(-o --output)'{-o,--output=}'[...]:FILE:_files': the value may be the next word, or stand behind "=".
std::string zsh_option(const OptionWords& option) {
  auto names = option.names;
  if (!option.value.empty() && names.back().starts_with("--")) names.back() += "=";
  std::string text = names.front();
  if (names.size() > 1) text = fmt::format("'({})'{{{}}}", fmt::join(option.names, " "), fmt::join(names, ","));
  text += fmt::format("'[{}]", for_zsh(option.description));
  if (!option.value.empty()) text += fmt::format(":{}:{}", for_zsh(option.value), zsh_action(option));
  return text + "'";
}

std::string zsh_operand(const VerbWords& verb) {
  if (verb.operand == "USER") return " '*:user:_users'";
  if (verb.operand == "RECORD") return " '1:record:_sshaudit_records'";
  return verb.operand == "ID" ? " '1:rule:_sshaudit_rules'" : "";
}

std::string zsh_verb(const VerbWords& verb) {
  auto text = fmt::format("    {})\n      _arguments -s", verb.name);
  if (verb.takes_audit_options) {
    std::vector<std::string> own;  // which take the place of those of the audit
    for (const auto& option : verb.options) {
      for (const auto& name : option.names) own.push_back(name + "(|=)\\[*");
    }
    text += fmt::format(" \"${{(@)audit:#*({})}}\"", fmt::join(own, "|"));
  }
  for (const auto& option : verb.options) text += " \\\n        " + zsh_option(option);
  return text + zsh_operand(verb) + " && ret=0\n      ;;\n";
}

// --- fish

std::string fish_option(const OptionWords& option, const std::string& condition) {
  std::string text = "complete -c sshaudit";
  if (!condition.empty()) text += fmt::format(" -n '{}'", condition);
  for (const auto& name : option.names)
    text += name.starts_with("--") ? " -l " + name.substr(2) : " -s " + name.substr(1);
  if (!option.value.empty()) {
    const auto values = values_of(option);
    text += values.files ? " -r -F" : " -x";
    if (!values.words.empty()) text += fmt::format(" -a '{}'", fmt::join(values.words, " "));
    if (values.directories) text += " -a '(__fish_complete_directories)'";
  }
  return fmt::format("{} -d '{}'\n", text, for_fish(option.description));
}

bool has_own(const VerbWords& verb, const OptionWords& option) {
  return std::ranges::find(verb.options, option.names, &OptionWords::names) != verb.options.end();
}

// Where an option of the audit means what it means there.
std::string fish_condition(const std::vector<VerbWords>& verbs, const OptionWords& option) {
  std::string others;
  for (const auto& verb : verbs) {
    if (verb.name.empty()) continue;
    if (!verb.takes_audit_options || has_own(verb, option)) others += " " + verb.name;
  }
  return others.empty() ? "" : "not __fish_seen_subcommand_from" + others;
}

std::string fish_verb(const VerbWords& verb) {
  const auto condition = "__fish_seen_subcommand_from " + verb.name;
  std::string text;
  for (const auto& option : verb.options) text += fish_option(option, condition);
  if (verb.operand == "RECORD")
    text += fmt::format("complete -c sshaudit -n '{}' -a '(__sshaudit_records)'\n", condition);
  if (verb.operand == "ID") text += fmt::format("complete -c sshaudit -n '{}' -a '(__sshaudit_rules)'\n", condition);
  return text;
}

}  // namespace

ValueWords values_of(const OptionWords& option) {
  ValueWords values;
  std::istringstream parts(option.value);
  for (std::string part; std::getline(parts, part, '|');) {
    if (part == "FILE") {
      values.files = true;
    } else if (part == "DIR") {
      values.directories = true;
    } else if (!part.empty() && std::islower(static_cast<unsigned char>(part.front())) != 0) {
      values.words.push_back(part);
    }
  }
  return values;
}

Fillings bash_fillings(const std::vector<VerbWords>& verbs, const RuleRows& rules) {
  std::string names;
  std::string with_value;
  std::string values;
  std::string options;
  std::string operands;
  const auto& audit = verbs.front();
  for (const auto& verb : verbs) {
    std::string words;
    for (const auto& option : options_of(verb, audit)) {
      words += (words.empty() ? "" : " ") + option.names.back();
      if (option.names.front().size() == 2 && option.names.size() > 1) words += " " + option.names.front();
    }
    options += fmt::format("      '{}') _sshaudit_words '{}' ;;\n", verb.name, words);
    for (const auto& option : verb.options) {
      if (!option.value.empty()) with_value += fmt::format(" {} ", fmt::join(option.names, " "));
    }
    if (verb.name.empty()) continue;
    names += (names.empty() ? "" : " ") + verb.name;
    operands += fmt::format("    {}) {} ;;\n", verb.name, bash_operand(verb));
    values += bash_values(verb);
  }
  std::string ids;
  for (const auto* rule : rules) ids += (ids.empty() ? "" : " ") + std::string(rule->id);
  return {{"VERBS", names},     {"WITH_VALUE", with_value}, {"VALUES", values + bash_values(audit)},
          {"OPTIONS", options}, {"OPERANDS", operands},     {"RULES", ids}};
}

Fillings zsh_fillings(const std::vector<VerbWords>& verbs, const RuleRows& rules) {
  std::string names;
  std::string bodies;
  std::string audit;
  for (const auto& option : verbs.front().options) audit += "    " + zsh_option(option) + "\n";
  for (const auto& verb : verbs) {
    if (verb.name.empty()) continue;
    names += fmt::format("    '{}:{}'\n", verb.name, for_zsh(verb.description));
    bodies += zsh_verb(verb);
  }
  std::string rows;
  for (const auto* rule : rules) rows += fmt::format("    '{}:{}'\n", rule->id, for_zsh(rule->summary));
  return {{"VERBS", names}, {"AUDIT", audit}, {"BODIES", bodies}, {"RULES", rows}};
}

Fillings fish_fillings(const std::vector<VerbWords>& verbs, const RuleRows& rules) {
  std::string names;
  std::string without_user;
  std::string text;
  for (const auto& option : verbs.front().options) text += fish_option(option, fish_condition(verbs, option));
  for (const auto& verb : verbs) {
    if (verb.name.empty()) continue;
    names += " " + verb.name;
    if (verb.operand != "USER") without_user += " " + verb.name;
    text += fish_verb(verb);
  }
  for (const auto& verb : verbs) {
    if (verb.name.empty()) continue;
    text += fmt::format("complete -c sshaudit -n 'not __fish_seen_subcommand_from{}' -a {} -d '{}'\n", names, verb.name,
                        for_fish(verb.description));
  }
  text += fmt::format("complete -c sshaudit -n 'not __fish_seen_subcommand_from{}' -a '(__fish_complete_users)'\n",
                      without_user);
  std::string rows;
  for (const auto* rule : rules) rows += fmt::format("    echo '{}'\\t'{}'\n", rule->id, for_fish(rule->summary));
  return {{"COMPLETIONS", text}, {"RULES", rows}};
}

}  // namespace sshaudit
