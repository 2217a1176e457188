// SPDX-License-Identifier: MIT
// The command line.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "sshaudit/account.h"
#include "sshaudit/finding.h"
#include "sshaudit/policy.h"

namespace CLI {  // NOLINT(readability-identifier-naming): not ours
class App;
}

namespace sshaudit {

enum class Verb { audit, add_key, config, disable, enable, explain, fix, history, keys, rules, status, undo };

struct Arguments {
  Verb verb = Verb::audit;
  std::vector<std::string> users;  // empty: the caller's own account
  bool all_users = false;
  std::string user_source = "seen";  // with all_users: "local", "nss", "seen", or a file with a name a line
  bool changes = false;              // only what differs from the run before
  int jobs = 0;                      // accounts at once; 0: as many as it takes
  int deadline = 10;                 // seconds for one account
  bool automount = false;
  bool by_key = false;   // of `keys`: sorted by key instead of by account
  std::string key;       // of `explain`: a file, or "SHA256:..."; empty: every key of the account
  bool run_pam = false;  // of `explain`
  bool run_keys_command = false;
  bool dry_run = false;     // of `fix`
  bool script = false;      // of `fix`
  bool yes = false;         // of `fix` and `undo`: nobody is asked
  bool content = false;     // of `fix`: the text of key files, too
  std::string record;       // of `undo`; empty: list them
  std::string key_options;  // of `add-key`
  std::int64_t forecast_days = 14;
  std::string rule;  // of `rules`; empty: all
  Format format = Format::text;
  std::string output;  // empty: standard output
  std::string root = "/";
  std::string sshd_config;
  std::string sshd_version;
  std::string from;                                     // ADDRESS or ADDRESS,HOST; empty: not given
  int lport = 0;                                        // 0: not given
  std::string local_address;                            // of that connection; empty: not known
  ShadowRows shadow = ShadowRows::read;                 // left by who asks for one entry later
  int daemon = 0;                                       // the sshd that is meant, by its process; 0: none in particular
  std::string why;                                      // of `config`: the keyword to explain; empty: list all
  std::optional<Severity> fail_on = Severity::warning;  // nothing: never
  When color = When::automatic;
  bool quiet = false;
  bool verbose = false;
  std::vector<Waiver> waivers;  // of the configuration file, none with --root
};

// What the command line may say: options of the audit in `app`, each verb below it. Both arguments have to outlive it.
using Verbs = std::vector<std::pair<const CLI::App*, Verb>>;
Verbs declare_arguments(CLI::App& app, Arguments& arguments);

// `start` is what holds where the command line says nothing. Either the arguments, or the exit status of a run that
// ends here (help, version, usage error), which has been reported on standard output or standard error already.
struct Parsed {
  Arguments arguments;
  std::optional<int> exit_status;
};
Parsed parse_arguments(int argc, const char* const* argv, Arguments start = {});

// Whether errors, too, have to be told as Nagios wants them. It looks at the words alone, since they may be what is
// wrong.
bool asks_for_nagios(int argc, const char* const* argv);

}  // namespace sshaudit
