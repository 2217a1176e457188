// SPDX-License-Identifier: MIT
#include "cli/arguments.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>
#include <iostream>

#include "cli/choices.h"
#include "cli/help_texts.h"
#include "cli/version.h"
#include "render/nagios.h"
#include "render/visible_text.h"

namespace sshaudit {
namespace {

constexpr int usage_error = 2;

template <class Value>
using Choices = std::vector<std::pair<std::string, Value>>;

const Choices<Format> formats = {{"text", Format::text},
                                 {"json", Format::json},
                                 {"ndjson", Format::ndjson},
                                 {"prometheus", Format::prometheus},
                                 {"nagios", Format::nagios}};
const Choices<Format> explain_formats = {{"text", Format::text}, {"json", Format::json}};
const Choices<Format> key_list_formats = {
    {"text", Format::text}, {"json", Format::json}, {"ndjson", Format::ndjson}, {"csv", Format::csv}};
const Choices<bool> key_orders = {{"account", false}, {"key", true}};
const Choices<When> whens = {{"auto", When::automatic}, {"always", When::always}, {"never", When::never}};
const Choices<std::optional<Severity>> severities = {
    {"error", Severity::error}, {"warning", Severity::warning}, {"notice", Severity::notice}, {"never", std::nullopt}};

// An option whose value is one of the words of `choices`.
template <class Value>
void add_choice(CLI::App& app, const std::string& name, const Choices<Value>& choices, Value& target,
                const std::string& help) {
  std::string words;
  for (const auto& choice : choices) words += (words.empty() ? "" : "|") + choice.first;
  const auto take = [&choices, &target, words](const std::string& text) {
    const auto chosen = std::ranges::find(choices, text, &std::pair<std::string, Value>::first);
    if (chosen == choices.end()) throw CLI::ValidationError(text + " is none of " + words);
    target = chosen->second;
  };
  app.add_option_function<std::string>(name, take, help)->option_text(words);
}

void add_audit_options(CLI::App& app, Arguments& arguments) {
  app.add_option("USER", arguments.users, "Accounts to audit")->option_text(" ");
  app.add_flag("--all-users", arguments.all_users, "Audit every account");
  add_choice(app, "--format", formats, arguments.format, "What is written (default text)");
  app.add_option("-o,--output", arguments.output,
                 "Write to FILE, which appears complete or not at all; - is standard output")
      ->option_text("FILE");
  app.add_flag("--changes", arguments.changes, "Only what is new, mended or still open since the last such run");
  app.add_option("--users", arguments.user_source,
                 "Which accounts --all-users means: local, nss (all that can be listed), seen (local, and whoever has "
                 "been here; the default), or FILE with a name a line")
      ->option_text("local|nss|seen|FILE");
  app.add_option("--jobs", arguments.jobs, "Accounts that are looked at at once (default: as many as it takes)")
      ->option_text("N")
      ->check(CLI::Range(1, 256));
  app.add_option("--deadline", arguments.deadline, "Seconds that one account may take (default 10)")
      ->option_text("SECONDS")
      ->check(CLI::Range(1, 3600));
  app.add_flag("--automount", arguments.automount, "Look at homes that an automounter has to mount first, too");
  app.add_option("--root", arguments.root, "Audit the system that is mounted at DIR, by its own files")
      ->option_text("DIR");
  app.add_option("--sshd-config", arguments.sshd_config, "Another configuration than the one that sshd has")
      ->option_text("FILE");
  app.add_option("--sshd-version", arguments.sshd_version, "Judge as this sshd would; TEXT as ssh -V prints it")
      ->option_text("TEXT");
  app.add_option("--from", arguments.from, "The connection to judge Match blocks by: ADDRESS, or ADDRESS,HOST")
      ->option_text("ADDR[,HOST]");
  app.add_option("--lport", arguments.lport, "The port it comes to")->option_text("N")->check(CLI::Range(1, 65535));
  app.add_option("--forecast", arguments.forecast_days, "Say what will refuse within DAYS (default 14)")
      ->option_text("DAYS")
      ->check(CLI::Range(0, 3650));
  app.add_flag("--run-keys-command", arguments.run_keys_command,
               "Run AuthorizedKeysCommand for each account, as its user, and judge what it prints");
  add_choice(app, "--fail-on", severities, arguments.fail_on,
             "Severity from which the exit status is 1 (default warning)");
  add_choice(app, "--color", whens, arguments.color, "Colours in text (default auto; NO_COLOR is honoured)");
  app.add_flag("-q,--quiet", arguments.quiet, "No progress and no summary, on standard error and before the text");
  app.add_flag("-v,--verbose", arguments.verbose,
               "Notices with --all-users, too, and a summary on standard error even without a terminal");
}

int report_usage_error(const std::string& text, bool for_nagios) {
  if (for_nagios) {
    std::cout << nagios_failure(text);
    return static_cast<int>(PluginState::unknown);
  }
  std::cerr << "sshaudit: " << visible(text) << "\nRun with --help for more information.\n";
  return usage_error;
}

std::string contradiction_in_config(const Arguments& arguments) {
  if (arguments.users.size() > 1) return "config takes one USER";
  if (arguments.all_users) return "config takes one USER, not --all-users";
  if (arguments.format != Format::text) return "config writes text only";
  return {};
}

std::string contradiction_in_change(const Arguments& arguments) {
  if (arguments.root != "/") return "--root: another system is audited, but not changed";
  if (arguments.format != Format::text) return "fix, undo and add-key write text only";
  if (!arguments.output.empty()) return "fix, undo and add-key write to standard output only";
  if (arguments.verb == Verb::undo) return {};
  if (arguments.verb == Verb::add_key) {
    return arguments.users.size() == 1 && !arguments.all_users ? "" : "add-key takes one USER";
  }
  if (arguments.users.empty() && !arguments.all_users) return "fix needs USER or --all-users";
  if (arguments.dry_run && arguments.script) return "--dry-run and --script exclude each other";
  return {};
}

std::string contradiction_in_history(const Arguments& arguments) {
  if (arguments.root != "/") return "--root: the history is this system's alone";
  if (arguments.format != Format::text) return "history writes text only";
  return {};
}

std::string contradiction_in_wiring(const Arguments& arguments) {
  if (arguments.root != "/") return "--root: enable, disable and status are for this system alone";
  if (!arguments.users.empty() || arguments.all_users) return "enable, disable and status take no USER";
  return arguments.format == Format::text && arguments.output.empty() ? ""
                                                                      : "enable, disable and status write text only";
}

std::string contradiction_in(const Arguments& arguments) {
  if (arguments.all_users && !arguments.users.empty()) return "--all-users takes no USER";
  const bool is_for_monitoring = arguments.format == Format::prometheus || arguments.format == Format::nagios;
  if (arguments.changes && is_for_monitoring) return "--changes goes with text, json and ndjson";
  if (!arguments.all_users && arguments.user_source != "seen") return "--users goes with --all-users";
  if (arguments.root.empty()) return "--root: DIR is empty";
  if (!arguments.from.empty() && !connection_of(arguments))
    return "--from: " + arguments.from + " is not ADDRESS or ADDRESS,HOST, such as 10.1.2.3";
  if (std::ranges::find(arguments.users, "") != arguments.users.end()) return "USER is empty";
  if (arguments.verb == Verb::explain && (arguments.all_users || arguments.users.size() != 1))
    return "explain takes one USER";
  if (arguments.verb == Verb::config) return contradiction_in_config(arguments);
  const bool is_wiring =
      arguments.verb == Verb::enable || arguments.verb == Verb::disable || arguments.verb == Verb::status;
  if (is_wiring) return contradiction_in_wiring(arguments);
  if (arguments.verb == Verb::fix || arguments.verb == Verb::undo || arguments.verb == Verb::add_key) {
    return contradiction_in_change(arguments);
  }
  if (arguments.changes && arguments.verb != Verb::audit) return "--changes goes with an audit only";
  if (arguments.changes && arguments.root != "/") return "--root: the history of --changes is this system's alone";
  if (arguments.verb == Verb::history) return contradiction_in_history(arguments);
  if (arguments.root != "/" && arguments.users.empty() && !arguments.all_users) {
    return "--root needs USER or --all-users";
  }
  if (arguments.verb != Verb::audit && arguments.format >= Format::prometheus) {
    return "--format prometheus and nagios go with an audit only";
  }
  return {};
}

CLI::App* add_config(CLI::App& app, Arguments& arguments) {
  auto* config = app.add_subcommand("config", "Show sshd's settings as sshd -T does, each with its file and line");
  config->fallthrough();
  config->add_option("USER", arguments.users, "The user to apply Match blocks for")->option_text(" ");
  config->footer(config_footer);
  config->add_option("--why", arguments.why, "Show every line that sets KEYWORD, and what became of it")
      ->option_text("KEYWORD");
  return config;
}

CLI::App* add_keys(CLI::App& app, Arguments& arguments) {
  auto* keys = app.add_subcommand("keys", "List who can log in where: every key in every key file");
  keys->fallthrough();
  keys->add_option("USER", arguments.users, "Accounts whose keys to list")->option_text(" ");
  add_choice(*keys, "--format", key_list_formats, arguments.format, "What is written (default text)");
  add_choice(*keys, "--by", key_orders, arguments.by_key, "What the rows are sorted by (default account)");
  keys->footer(keys_footer);
  return keys;
}

CLI::App* add_explain(CLI::App& app, Arguments& arguments) {
  auto* explain = app.add_subcommand("explain", "Explain one login, step by step as sshd takes them");
  explain->fallthrough();
  explain->add_option("USER", arguments.users, "Who logs in")->option_text(" ");
  explain->add_option("--key", arguments.key, "The key that is offered: its .pub file or certificate, or SHA256:...")
      ->option_text("FILE|FINGERPRINT");
  explain->add_flag("--pam", arguments.run_pam, "Run the modules of PAM's account stack that have no side effects");
  add_choice(*explain, "--format", explain_formats, arguments.format, "What is written (default text)");
  explain->footer(explain_footer);
  return explain;
}

CLI::App* add_fix(CLI::App& app, Arguments& arguments) {
  auto* fix = app.add_subcommand("fix", "Make the least change that lets sshd accept, with a record to undo it");
  fix->fallthrough();
  fix->add_option("USER", arguments.users, "Accounts to fix")->option_text(" ");
  fix->add_flag("--dry-run", arguments.dry_run, "Show the plan and change nothing");
  fix->add_flag("--script", arguments.script,
                "Write the plan as a shell script, but for owners and text, and change nothing");
  fix->add_flag("-y,--yes", arguments.yes, "Do not ask");
  fix->add_flag("--content", arguments.content,
                "Also mend the text of key files: joined keys, byte order mark, carriage returns, dead lines");
  fix->footer(fix_footer);
  return fix;
}

CLI::App* add_undo(CLI::App& app, Arguments& arguments) {
  auto* undo = app.add_subcommand("undo", "Take a recorded change back, or list the records");
  undo->fallthrough();
  undo->add_option("RECORD", arguments.record, "As fix and add-key name it")->option_text(" ");
  undo->footer(undo_footer);
  return undo;
}

CLI::App* add_add_key(CLI::App& app, Arguments& arguments) {
  auto* add_key = app.add_subcommand("add-key", "Add a public key to the file that sshd reads");
  add_key->fallthrough();
  add_key->add_option("USER", arguments.users, "Whom the key lets in")->option_text(" ");
  add_key->add_option("--options", arguments.key_options, "Options of the key, as in authorized_keys")
      ->option_text("TEXT");
  add_key->footer(add_key_footer);
  return add_key;
}

CLI::App* add_history(CLI::App& app, Arguments& arguments) {
  auto* history = app.add_subcommand("history", "Show what was found and mended, run by run");
  history->fallthrough();
  history->add_option("USER", arguments.users, "Accounts whose history to show")->option_text(" ");
  history->footer(history_footer);
  return history;
}

CLI::App* add_rules(CLI::App& app, Arguments& arguments) {
  auto* rules = app.add_subcommand("rules", "List the rules, or show one in full");
  rules->add_option("ID", arguments.rule, "The rule to show")->option_text(" ");
  return rules;
}

CLI::App* add_bare(CLI::App& app, const char* name, const char* help, const char* footer_text) {
  return app.add_subcommand(name, help)->footer(footer_text);
}

}  // namespace

bool asks_for_nagios(int argc, const char* const* argv) {
  bool asks = false;
  for (int i = 1; i < argc; ++i) {
    const std::string_view before = argv[i - 1];
    const std::string_view word = argv[i];
    asks = asks || word == "--format=nagios" || (word == "nagios" && before == "--format");
  }
  return asks;
}

Verbs declare_arguments(CLI::App& app, Arguments& arguments) {
  app.footer(footer);
  app.set_version_flag("-V,--version", std::string("sshaudit ") + version, "Print the version and exit");
  add_audit_options(app, arguments);
  return {
      {add_config(app, arguments), Verb::config},
      {add_keys(app, arguments), Verb::keys},
      {add_explain(app, arguments), Verb::explain},
      {add_fix(app, arguments), Verb::fix},
      {add_undo(app, arguments), Verb::undo},
      {add_add_key(app, arguments), Verb::add_key},
      {add_history(app, arguments), Verb::history},
      {add_rules(app, arguments), Verb::rules},
      {add_bare(app, "enable", "Have the log say why sshd refuses a key login", enable_footer), Verb::enable},
      {add_bare(app, "disable", "Take out what enable has put in", disable_footer), Verb::disable},
      {add_bare(app, "status", "Say what enable has put in, and whether it works", status_footer), Verb::status},
  };
}

Parsed parse_arguments(int argc, const char* const* argv, Arguments start) {
  Parsed parsed{std::move(start), {}};
  CLI::App app(description, "sshaudit");
  const auto verbs = declare_arguments(app, parsed.arguments);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    const bool is_answered = error.get_exit_code() == 0;  // help or version
    parsed.exit_status = is_answered ? app.exit(error) : report_usage_error(error.what(), asks_for_nagios(argc, argv));
    return parsed;
  }
  if (parsed.arguments.output == "-") parsed.arguments.output.clear();
  std::error_code error;
  if (std::filesystem::equivalent(parsed.arguments.root, "/", error)) parsed.arguments.root = "/";
  for (const auto& [app_of_verb, verb] : verbs) {
    if (app_of_verb->parsed()) parsed.arguments.verb = verb;
  }
  if (const auto text = contradiction_in(parsed.arguments); !text.empty()) {
    parsed.exit_status = report_usage_error(text, asks_for_nagios(argc, argv));
  }
  return parsed;
}

}  // namespace sshaudit
