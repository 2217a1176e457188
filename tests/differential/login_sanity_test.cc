// SPDX-License-Identifier: MIT
// Logins whose outcome is known: what login_desk.h makes of sshd's log and of what the client saw has to be right
// before generated ones mean anything.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <iostream>

#include "differential/key_stage.h"
#include "differential/login_desk.h"
#include "differential/login_draft.h"
#include "gather/host.h"

namespace sshaudit::differential {
namespace {

using Kind = StageNode::Kind;
using enum LoginOutcome;

struct KnownLogin {
  const char* name;
  LoginOutcome outcome;
  void (*change)(Draft&);
};

void jail(Draft& draft, const std::string& path, mode_t mode, bool has_shell) {
  draft.before.push_back({path, Kind::directory, mode});
  if (has_shell) {
    draft.before.push_back({path + "/usr", Kind::bind, 0755, 0, 0, "/usr"});
    for (const std::string name : {"bin", "lib", "lib64"}) {
      draft.before.push_back({path + "/" + name, Kind::link, 0777, 0, 0, "usr/" + name});
    }
  }
  draft.set("ChrootDirectory", path);
}

void days(std::string& field, const Draft& draft, std::int64_t from_today) {
  field = std::to_string(draft.world.today + from_today);
}

// Without PAM, where nothing else is said.
const KnownLogin known_logins[] = {
    {"a login", accepted, [](Draft&) {}},
    {"a login with PAM", accepted, [](Draft& d) { d.use_pam = true; }},
    {"another key", refused, [](Draft& d) { d.has_key_line = false; }},
    {"home writable by all", refused, [](Draft& d) { d.house->mode = 0777; }},
    {"no such shell", refused, [](Draft& d) { d.shell = "/bin/none"; }},
    {"nologin", closes, [](Draft& d) { d.shell = "/usr/sbin/nologin"; }},
    {"false, with PAM", closes,
     [](Draft& d) {
       d.shell = "/bin/false";
       d.use_pam = true;
     }},
    {"a shell of root", closes,
     [](Draft& d) {
       d.before.push_back({"/srv/own", Kind::file, 0700, 0, 0, "#!/bin/sh\nexec /bin/sh \"$@\"\n"});
       d.shell = "/srv/own";
     }},
    {"a shell of its own", accepted,
     [](Draft& d) {
       d.before.push_back({"/srv/own", Kind::file, 0755, 0, 0, "#!/bin/sh\nexec /bin/sh \"$@\"\n"});
       d.shell = "/srv/own";
     }},
    {"locked", refused, [](Draft& d) { d.shadow->password = "!"; }},
    {"locked, with PAM", accepted,
     [](Draft& d) {
       d.shadow->password = "!";
       d.use_pam = true;
     }},
    {"expires today", accepted, [](Draft& d) { days(d.shadow->expire, d, 0); }},
    {"expired", refused, [](Draft& d) { days(d.shadow->expire, d, -1); }},
    {"expires today, with PAM", refused,
     [](Draft& d) {
       days(d.shadow->expire, d, 0);
       d.use_pam = true;
     }},
    {"password to be changed", accepted, [](Draft& d) { d.shadow->last_change = "0"; }},
    {"password to be changed, with PAM", closes,
     [](Draft& d) {
       d.shadow->last_change = "0";
       d.use_pam = true;
     }},
    {"password too old, with PAM", closes,
     [](Draft& d) {
       days(d.shadow->last_change, d, -40);
       d.shadow->max = "30";
       d.use_pam = true;
     }},
    {"password much too old, with PAM", refused,
     [](Draft& d) {
       days(d.shadow->last_change, d, -60);
       d.shadow->max = "30";
       d.shadow->inactive = "10";
       d.use_pam = true;
     }},
    {"no row in shadow, with PAM", refused,
     [](Draft& d) {
       d.shadow.reset();
       d.use_pam = true;
     }},
    {"no row in shadow", accepted, [](Draft& d) { d.shadow.reset(); }},
    {"/etc/nologin", closes,
     [](Draft& d) {
       d.after.push_back({"/etc/nologin", Kind::file, 0644, 0, 0, "no\n"});
     }},
    {"/etc/nologin, with PAM", refused,
     [](Draft& d) {
       d.after.push_back({"/etc/nologin", Kind::file, 0644, 0, 0, "no\n"});
       d.use_pam = true;
     }},
    {"/run/nologin", accepted,
     [](Draft& d) {
       d.after.push_back({"/run/nologin", Kind::file, 0644, 0, 0, "no\n"});
     }},
    {"a root with a shell", accepted, [](Draft& d) { jail(d, "/srv/jail", 0755, true); }},
    {"a root without a shell", closes, [](Draft& d) { jail(d, "/srv/jail", 0755, false); }},
    {"a root that others write to", closes, [](Draft& d) { jail(d, "/srv/jail", 0777, true); }},
    {"sftp in a root without a shell", accepted,
     [](Draft& d) {
       jail(d, "/srv/jail", 0755, false);
       d.set("ForceCommand", "internal-sftp");
       d.shell = "/usr/sbin/nologin";
     }},
    {"sftp only", accepted, [](Draft& d) { d.set("ForceCommand", "internal-sftp"); }},
    {"a forced command", accepted, [](Draft& d) { d.set("ForceCommand", "/srv/bin/forced"); }},
    {"no such command", closes, [](Draft& d) { d.set("ForceCommand", "/srv/bin/none"); }},
    {"a command of the key", accepted, [](Draft& d) { d.options = "command=\"/srv/bin/forced\""; }},
    {"no such command of the key", closes, [](Draft& d) { d.options = "command=\"/srv/bin/none\""; }},
    {"a password too", refused, [](Draft& d) { d.set("AuthenticationMethods", "publickey,password"); }},
    {"not root", refused,
     [](Draft& d) {
       d.name = "toor";
       d.uid = 0;
       d.set("PermitRootLogin", "no");
     }},
    {"root with a command", accepted,
     [](Draft& d) {
       d.name = "toor";
       d.uid = 0;
       for (auto* node : {&*d.house, &d.parents[0], &*d.file}) node->uid = 0;
       d.options = "command=\"/srv/bin/forced\"";
       d.set("PermitRootLogin", "forced-commands-only");
     }},
    {"PAM denies", refused,
     [](Draft& d) {
       d.account_stack.insert(d.account_stack.begin(), "account required pam_deny.so");
       d.use_pam = true;
     }},
    {"a command supplies the key", accepted,
     [](Draft& d) {
       d.has_key_line = false;
       d.add_file("/srv/bin/keys", "#!/bin/sh\necho '" + d.key_words() + "'\n", 0755);
       d.set("AuthorizedKeysCommand", "/srv/bin/keys %u");
       d.set("AuthorizedKeysCommandUser", "nobody");
       d.scenario.has_keys_command = d.scenario.runs_keys_command = true;
     }},
    {"a certificate", accepted,
     [](Draft& d) {
       d.scenario.certificate = d.world.certificates.front().file;
       d.has_key_line = false;
       d.add_file("/srv/authorities", d.world.authority + "\n");
       d.set("TrustedUserCAKeys", "/srv/authorities");
     }},
    {"a configuration that sshd does not take", refused, [](Draft& d) { d.add("NoSuchKeyword", "yes"); }},
};

int try_all() {
  auto world = make_login_world();
  world.today = seconds_now() / (24 * 60 * 60);
  LoginDesk desk(world, 0);
  int wrong = 0;
  for (const auto& one : known_logins) {
    Draft draft(1, world);
    draft.scenario.key = 0;
    draft.scenario.client = "127.0.0.1";
    draft.use_pam = false;
    one.change(draft);
    const auto scenario = draft.finish();
    desk.show(scenario);
    const auto trial = desk.log_in(scenario);
    const auto differs = difference(scenario, trial, desk.judge(scenario));
    const std::string outcome = outcome_words[static_cast<int>(trial.outcome)];
    const bool is_right = trial.outcome == one.outcome && differs.empty();
    std::cout << fmt::format("{:>40}: {}{}{}\n", one.name, outcome, is_right ? "" : "   WRONG ", differs);
    if (trial.outcome != one.outcome)
      std::cout << describe(scenario) << shown(trial.output) << '\n' << trial.log << '\n';
    wrong += is_right ? 0 : 1;
  }
  std::cout << std::flush;
  return wrong == 0 ? 0 : 1;
}

TEST(LoginSanityAsRoot, SeesWhatSshdDid) {
  ASSERT_EQ(geteuid(), 0U) << "this needs root";
  EXPECT_EQ(status_of(in_child(try_all)), 0) << "1: wrong; 2: it could not be tried";
}

}  // namespace
}  // namespace sshaudit::differential
