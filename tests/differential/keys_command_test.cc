// SPDX-License-Identifier: MIT
// AuthorizedKeysCommand against a real sshd: what a command does, who it runs as and what is wrong with it, and our
// verdict on an account whose key comes from it. As root only, in a mount namespace of a child of this process.
// SSHAUDIT_SSHD and SSHAUDIT_SSHD_VERSION try another build.
#include "gather/keys_command.h"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <functional>
#include <iostream>
#include <vector>

#include "audit.h"
#include "differential/key_login.h"
#include "differential/key_stage.h"
#include "gather/accounts.h"
#include "gather/evidence.h"
#include "gather/read_file.h"
#include "parse/sshd_config.h"
#include "parse/sshd_settings.h"
#include "rules/keys_command_rules.h"

namespace sshaudit::differential {
namespace {

// The script has KEY (type and base64), BASE64 and TYPE of the key that is offered in it.
struct Case {
  std::string name;
  std::string command;
  std::string script = "echo KEY";
  std::string user = "sshd";
  bool in_file = false;  // the account's own file has the key
  bool open_home = false;
  mode_t program_mode = 0755;
  mode_t directory_mode = 0755;
};

// Long because it is the table.
std::vector<Case> cases() {
  const std::string program = "/mnt/commands/keys";
  return {
      {.name = "prints the key", .command = program},
      {.name = "prints nothing", .command = program, .script = "true"},
      {.name = "prints another line first", .command = program, .script = "echo x; echo '# y'; echo KEY"},
      {.name = "prints much first", .command = program, .script = "yes '# 123456789' | head -c 200000; echo; echo KEY"},
      {.name = "prints a line that is refused", .command = program, .script = "echo no-such-option KEY"},
      {.name = "prints one that is refused, then one that is not",
       .command = program,
       .script = "echo 'from=\"192.0.2.1\"' KEY; echo restrict KEY"},
      {.name = "fails behind the key", .command = program, .script = "echo KEY; exit 1"},
      {.name = "fails, and the file has the key", .command = program, .script = "echo KEY; exit 1", .in_file = true},
      {.name = "is killed behind the key", .command = program, .script = "echo KEY; kill -9 $$"},
      {.name = "is no program", .command = program, .script = "echo KEY", .program_mode = 0644},
      {.name = "can be written by others", .command = program, .program_mode = 0757},
      {.name = "lies where others write", .command = program, .directory_mode = 0777},
      {.name = "lies where its user may not go", .command = program, .directory_mode = 0700},
      {.name = "runs as root there", .command = program, .user = "root", .directory_mode = 0700},
      {.name = "has a user that is not there", .command = program, .user = "gone"},
      {.name = "runs as the account", .command = program, .script = "[ `id -un` = alice ] && echo KEY", .user = "%u"},
      {.name = "has the account's name", .command = program, .script = "[ \"$*\" = alice ] && echo KEY"},
      {.name = "has arguments only", .command = program + " -v", .script = "[ \"$*\" = -v ] && echo KEY"},
      {.name = "has a comment behind", .command = program + " %u # said", .script = "[ $# = 3 ] && echo KEY"},
      {.name = "has words in quotes", .command = program + " 'a b' \"c d\"", .script = "[ $# = 2 ] && echo KEY"},
      {.name = "has a quote in a word", .command = program + " a' 'b", .script = "[ \"$1\" = 'a b' ] && echo KEY"},
      {.name = "has a blank that is escaped", .command = program + " a\\ b", .script = "[ $# = 1 ] && echo KEY"},
      {.name = "has an open quote in what is no comment", .command = program + " # it's"},
      {.name = "asks for the key", .command = program + " %t %k", .script = "[ \"$*\" = 'KEY' ] && echo KEY"},
      {.name = "asks for home and uid", .command = program + " %h%U", .script = "[ $1 = /mnt/alice2001 ] && echo KEY"},
      {.name = "has an unknown token", .command = program + " %z"},
      {.name = "has an unknown token, and the file the key", .command = program + " %z", .in_file = true},
      {.name = "asks for the connection", .command = program + " %C", .script = "echo KEY", .in_file = true},
      {.name = "has sshd's environment",
       .command = program,
       .script = "[ \"$USER $LOGNAME $HOME `pwd` `env | grep -v -c -e ^PWD= -e ^SHLVL= -e ^_= -e ^LANG=`\" = "
                 "'sshd sshd /run/sshd / 4' ] && echo KEY"},
      {.name = "has its user's groups alone", .command = program, .script = "[ \"`id -G`\" = 65534 ] && echo KEY"},
      {.name = "has nothing to read", .command = program, .script = "read x || echo KEY"},
      {.name = "has the key where the home is open", .command = program, .in_file = true, .open_home = true},
      {.name = "is the second chance", .command = program, .script = "true", .in_file = true, .open_home = true},
  };
}

class Stage {
 public:
  Stage(std::string sshd, SshdVersion version)
      : sshd_(std::move(sshd)), version_(std::move(version)), world_(make_keys(stage)) {
    std::filesystem::create_directory(stage / "commands");
  }

  // The number of differences.
  int run() {
    int differences = 0;
    for (const auto& one : cases()) differences += compare(one) ? 0 : 1;
    std::cout << sshd_ << ' ' << version_.text << ": " << accepted_ << " accepted, " << refused_ << " refused\n";
    return differences + (accepted_ < 5 || refused_ < 5 ? 100 : 0);
  }

 private:
  const TestKey& key() const { return world_.keys[0]; }
  std::string config() const { return (stage / "config").string(); }
  void prepare(const Case& one) const;
  AccountReport judge() const;
  bool compare(const Case& one);

  std::string sshd_;
  SshdVersion version_;
  KeyWorld world_;
  LoginDoor door_;
  int accepted_ = 0;
  int refused_ = 0;
};

std::string replace_all(std::string text, const std::string& from, const std::string& to) {
  for (auto at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
  return text;
}

void Stage::prepare(const Case& one) const {
  const auto line = key().type + " " + key().base64;
  write_file(stage / "commands/keys", "#!/bin/sh\n" + replace_all(one.script, "KEY", line) + "\n", one.program_mode);
  must(chmod((stage / "commands").c_str(), one.directory_mode) == 0, "chmod");
  must(chmod((stage / "alice").c_str(), one.open_home ? 0777 : 0755) == 0, "chmod");
  write_file(stage / "alice/.ssh/authorized_keys", one.in_file ? line + "\n" : "");
  const bool has_penalties = key_grammar(version_).version >= 908;
  write_file(config(),
             fmt::format("HostKey {}/authority\nPidFile none\nLogLevel DEBUG2\nUseDNS no\nMaxSessions 0\n{}"
                         "AuthorizedKeysCommand {}\nAuthorizedKeysCommandUser {}\n",
                         stage.string(), has_penalties ? "PerSourcePenalties no\n" : "", one.command, one.user));
}

AccountReport Stage::judge() const {
  const auto parsed = parse_sshd_config({config(), read_text(config())}, {}, {}, version_);
  if (!parsed.faults.empty()) give_up(parsed.faults.front().message);
  const auto effective = evaluate(parsed, reached_sections(parsed, {})).settings;
  const auto settings = settings_of(effective);
  const auto database = gather_accounts();
  const AccountIndex accounts(*database);
  Server server;
  server.version = version_;
  server.settings = settings;
  note_keys_command(server, settings, places_of(effective),
                    [&](const std::string& user) { return accounts.account(std::string_view(user)) != nullptr; });
  const Connection connection{.host = "127.0.0.1", .address = "127.0.0.1"};
  Context context{accounts, facts_of(version_), &server, key_grammar(version_), world_.now, &connection, true};
  auto observer = AccountObserver::open("/", context.grammar);
  const auto& alice = *accounts.account(std::string_view("alice"));
  auto evidence = observer->observe(alice, accounts.identity_of(alice), settings, {});
  KeysCommandRunner runner("/", context.facts, server,
                           [&](const PathWalk& program) { return why_program_is_unsafe(program, context); });
  evidence.keys_command = runner.run(alice, settings, KeyTokens{key().type, key().fingerprint, key().base64});
  return audit_account(evidence, context);
}

bool Stage::compare(const Case& one) {
  prepare(one);
  const auto login = door_.log_in(
      {sshd_, config(), (stage / "log").string(), "alice", (stage / key().name).string(), "+ssh-rsa", "127.0.0.1"});
  const auto report = judge();
  ++(login.accepted ? accepted_ : refused_);
  std::vector<std::string> logs;
  for (const auto& finding : report.findings) {
    const auto& line = finding.detail.sshd_logs;
    const bool of_command = finding.rule->step == LoginStep::keys_command;
    if (!login.accepted && of_command && !line.empty() && login.log.find(line) == std::string::npos)
      logs.push_back(line);
  }
  const bool is_accepted = report.key_login == KeyLogin::accepted;
  if (is_accepted == login.accepted && report.key_login != KeyLogin::unknown && logs.empty()) return true;
  std::cout << fmt::format("DIFFERENCE: {}: {} (user {})\n  sshd {} it, we say {}; not in the log: {}\n  {}\n",
                           one.name, one.command, one.user, login.accepted ? "accepts" : "refuses",
                           static_cast<int>(report.key_login), fmt::join(logs, " | "), shown(login.log))
            << std::flush;
  return false;
}

int compare_all() {
  const auto [sshd, version] = tried_sshd();
  enter_stage();
  return Stage(sshd, version).run() == 0 ? 0 : 1;
}

TEST(KeysCommandDifferentialAsRoot, LetsInWhomSshdLetsIn) {
  ASSERT_EQ(geteuid(), 0U) << "this needs root";
  EXPECT_EQ(status_of(in_child(compare_all)), 0) << "1: differences; 2: it could not be tried";
}

}  // namespace
}  // namespace sshaudit::differential
