// SPDX-License-Identifier: MIT
#include "cli/arguments.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>
#include <iostream>
#include <utility>
#include <vector>

#include "cli/choices.h"
#include "cli/version.h"
#include "render/visible_text.h"

namespace sshaudit {
namespace {

constexpr int usage_error = 2;

constexpr auto description =
    "Audits homes, ~/.ssh, authorized_keys and login shells for everything that makes sshd refuse a key login.\n"
    "Without USER it audits your own account, for which no privilege is needed.";

constexpr auto footer =
    "Exit status: 0 nothing found, 1 findings at or above --fail-on, 2 wrong usage or something could not be seen.\n"
    "Text is empty when all is well; every finding names what to do.\n\n"
    "Examples:\n"
    "  sshaudit                       your own account\n"
    "  sshaudit alice bob             two accounts (as root)\n"
    "  sshaudit --all-users           every account (as root); what a nightly job runs\n"
    "  sshaudit explain alice         why alice's login is refused, step by step\n"
    "  sshaudit config alice          sshd's settings for alice, each with its file and line\n"
    "  sshaudit fix alice             the least change that lets sshd accept (as root), after one question\n"
    "  sshaudit keys --all-users      who can log in where: every key, and whether sshd lets it in\n"
    "  sshaudit rules home-writable   what a finding means\n";

constexpr auto config_footer =
    "--from, --lport, --sshd-config, --sshd-version, --root and --output go with it as with an audit.\n"
    "Exit status: 0 listed, 1 sshd would not start with the configuration, 2 wrong usage, or a part could not be "
    "read.\n\n"
    "Examples:\n"
    "  sshaudit config                              what holds outside of Match blocks\n"
    "  sshaudit config alice --from 10.1.2.3        for alice when she connects from there\n"
    "  sshaudit config --why PermitRootLogin root   every line that sets it, and which one counts\n";

constexpr auto keys_footer =
    "One row a key: account, type, bits, fingerprint, whether sshd lets it in or why not, what its options restrict,\n"
    "comment, file and line. --from, --root, --sshd-config, --sshd-version and --output go with it as with an audit.\n"
    "Exit status: as of an audit of the same accounts.\n\n"
    "Examples:\n"
    "  sshaudit keys alice                         the keys in her key files\n"
    "  sshaudit keys --all-users --by key          a key that is used in several places stands together\n"
    "  sshaudit keys --all-users --format csv -o keys.csv\n";

constexpr auto explain_footer =
    "Every step in sshd's order with its result; the first that refuses decides. Without --key each key in the key\n"
    "files is tried, without --from each kind of connection that Match blocks distinguish.\n"
    "--root, --sshd-config, --sshd-version, --lport and --run-keys-command go with it as with an audit.\n"
    "Exit status: 0 one of the logins would succeed, 1 none would, 2 wrong usage or something could not be seen.\n\n"
    "Examples:\n"
    "  sshaudit explain alice                                   each of her keys\n"
    "  sshaudit explain alice --key alice.pub --from 192.0.2.7  one login\n"
    "  sshaudit explain alice --key SHA256:KXh...               by the fingerprint that ssh -v or the log shows\n";

constexpr auto fix_footer =
    "The plan is shown first: what, before, after, why, and which keys it lets in. On a terminal one question is\n"
    "asked; elsewhere --yes has to be given, and then nobody looks at the keys that are let in. Each file is opened\n"
    "as the audit opens it and changed by its descriptor, when it is still what was judged. Nothing is done to what\n"
    "others share; that is advice. Every change is recorded first, and sshaudit undo takes it back.\n"
    "--from, --sshd-config and --sshd-version go with it as with an audit.\n"
    "Exit status: as of an audit of the accounts afterwards (with --dry-run and --script: now), 2 also when something\n"
    "could not be changed.\n\n"
    "Examples:\n"
    "  sshaudit fix --dry-run alice       what would be done\n"
    "  sshaudit fix alice                 do it, after one question\n"
    "  sshaudit fix --yes --all-users     without a question\n"
    "  sshaudit fix --content alice       mend the lines of her key files, too\n"
    "  sshaudit fix --script alice        modes and ACLs as a shell script, to be read and run\n";

constexpr auto undo_footer =
    "Undoes the steps of a record, the last one first, wherever nothing has changed since. Without RECORD the records\n"
    "are listed.\n"
    "Exit status: 0 all is as it was, 2 something was left, or wrong usage.\n";

constexpr auto add_key_footer =
    "Reads one public key from standard input and adds it to the file that sshd reads for USER. Directory and file "
    "are\n"
    "made when they are not there. A key that sshd could never accept is refused, with the reason; one that is there\n"
    "already is not added again. sshaudit undo takes it back.\n"
    "Exit status: 0 the key lets USER in, 1 it does not, 2 it was not added, or it is not known.\n\n"
    "Examples:\n"
    "  sshaudit add-key alice < alice.pub\n"
    "  sshaudit add-key backup --options 'restrict,command=\"/usr/bin/backup\"' < backup.pub\n";

template <class Value>
using Choices = std::vector<std::pair<std::string, Value>>;

const Choices<Format> formats = {{"text", Format::text}, {"json", Format::json}, {"ndjson", Format::ndjson}};
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
  app.add_flag("-q,--quiet", arguments.quiet, "No progress and no summary on standard error");
  app.add_flag("-v,--verbose", arguments.verbose,
               "Notices with --all-users, too, and a summary on standard error even without a terminal");
}

int report_usage_error(const std::string& text) {
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

std::string contradiction_in(const Arguments& arguments) {
  if (arguments.all_users && !arguments.users.empty()) return "--all-users takes no USER";
  if (arguments.root.empty()) return "--root: DIR is empty";
  if (!arguments.from.empty() && !connection_of(arguments))
    return "--from: " + arguments.from + " is not ADDRESS or ADDRESS,HOST, such as 10.1.2.3";
  if (std::ranges::find(arguments.users, "") != arguments.users.end()) return "USER is empty";
  if (arguments.verb == Verb::explain && (arguments.all_users || arguments.users.size() != 1))
    return "explain takes one USER";
  if (arguments.verb == Verb::config) return contradiction_in_config(arguments);
  if (arguments.verb == Verb::fix || arguments.verb == Verb::undo || arguments.verb == Verb::add_key) {
    return contradiction_in_change(arguments);
  }
  if (arguments.root != "/" && arguments.users.empty() && !arguments.all_users) {
    return "--root needs USER or --all-users";
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

}  // namespace

Parsed parse_arguments(int argc, const char* const* argv) {
  Parsed parsed;
  CLI::App app(description, "sshaudit");
  app.footer(footer);
  app.set_version_flag("-V,--version", std::string("sshaudit ") + version);
  add_audit_options(app, parsed.arguments);
  const auto* config = add_config(app, parsed.arguments);
  const auto* keys = add_keys(app, parsed.arguments);
  const auto* explain = add_explain(app, parsed.arguments);
  const auto* fix = add_fix(app, parsed.arguments);
  const auto* undo = add_undo(app, parsed.arguments);
  const auto* add_key = add_add_key(app, parsed.arguments);
  auto* rules = app.add_subcommand("rules", "List the rules, or show one in full");
  rules->add_option("ID", parsed.arguments.rule, "The rule to show")->option_text(" ");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) {
      parsed.exit_status = app.exit(error);  // help or version
    } else {
      parsed.exit_status = report_usage_error(error.what());
    }
    return parsed;
  }
  if (parsed.arguments.output == "-") parsed.arguments.output.clear();
  std::error_code error;
  if (std::filesystem::equivalent(parsed.arguments.root, "/", error)) parsed.arguments.root = "/";
  if (config->parsed()) parsed.arguments.verb = Verb::config;
  if (keys->parsed()) parsed.arguments.verb = Verb::keys;
  if (explain->parsed()) parsed.arguments.verb = Verb::explain;
  if (fix->parsed()) parsed.arguments.verb = Verb::fix;
  if (undo->parsed()) parsed.arguments.verb = Verb::undo;
  if (add_key->parsed()) parsed.arguments.verb = Verb::add_key;
  if (rules->parsed()) parsed.arguments.verb = Verb::rules;
  if (const auto text = contradiction_in(parsed.arguments); !text.empty()) {
    parsed.exit_status = report_usage_error(text);
  }
  return parsed;
}

}  // namespace sshaudit
