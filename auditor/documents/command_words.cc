// SPDX-License-Identifier: MIT
#include "documents/command_words.h"

#include <CLI/CLI.hpp>
#include <algorithm>

#include "cli/arguments.h"

namespace sshaudit {
namespace {

VerbWords words_of(const CLI::App& app, const std::string& name) {
  VerbWords words{name, app.get_description(), {}, {}, app.get_fallthrough()};
  for (const CLI::Option* option : app.get_options()) {
    if (option->get_positional()) {
      words.operand = option->get_name(true);
      continue;
    }
    OptionWords one{{}, option->get_option_text(), option->get_description()};
    for (const auto& letter : option->get_snames()) one.names.push_back("-" + letter);
    for (const auto& word : option->get_lnames()) one.names.push_back("--" + word);
    words.options.push_back(one);
  }
  return words;
}

}  // namespace

std::vector<VerbWords> command_words() {
  CLI::App app("", "sshaudit");
  Arguments arguments;
  declare_arguments(app, arguments);
  std::vector<VerbWords> verbs = {words_of(app, "")};
  for (const CLI::App* verb : app.get_subcommands({})) verbs.push_back(words_of(*verb, verb->get_name()));
  return verbs;
}

std::vector<OptionWords> options_of(const VerbWords& verb, const VerbWords& audit) {
  auto options = verb.options;
  if (!verb.takes_audit_options) return options;
  for (const auto& option : audit.options) {
    const bool has_own = std::ranges::find(verb.options, option.names, &OptionWords::names) != verb.options.end();
    if (!has_own) options.push_back(option);
  }
  return options;
}

}  // namespace sshaudit
