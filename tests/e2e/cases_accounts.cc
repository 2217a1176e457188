// SPDX-License-Identifier: MIT
// Faults of accounts: what passwd, shadow, group and PAM say of them.
#include <fstream>
#include <string>

#include "cases.h"

namespace sshaudit::e2e {
namespace {

constexpr auto denied_by_pam = "Access denied for user alice by PAM account configuration [preauth]";

long days_since_1970(const char* when) { return std::stol(run_tool({"/bin/date", "-u", "-d", when, "+%s"})) / 86400; }

std::string days(const char* when) { return std::to_string(days_since_1970(when)); }

void restrict_access(Scene& scene) {
  scene.account_line = "account required pam_access.so\n";
  scene.system.make_directory("/etc/security", root_owner, 0755);
  scene.system.make_file("/etc/security/access.conf", "+:root:ALL\n-:ALL:ALL\n", root_owner, 0644);
}

std::vector<Case> shells() {
  return {
      {"C15",
       "shell is gone",
       [](Scene& s) { s.person.shell = "/opt/zsh/bin/zsh"; },
       {"refused", {{"shell-missing", "/opt/zsh/bin/zsh"}}, {}},
       {"refused", "account", "shell-missing"},
       {"refused", "User alice not allowed because shell /opt/zsh/bin/zsh does not exist"},
       ""},
      {"C15",
       "shell with a blank behind",
       [](Scene& s) { s.person.shell = "/bin/bash "; },
       {"refused", {{"shell-missing", "/bin/bash "}}, {}},
       {"refused", "account", "shell-missing"},
       {"refused", "User alice not allowed because shell /bin/bash  does not exist"},
       ""},
      {"C15",
       "shell is a directory",
       [](Scene& s) { s.person.shell = "/opt"; },
       {"refused", {{"shell-not-executable", "/opt"}}, {}},
       {"refused", "account", "shell-not-executable"},
       {"refused", "User alice not allowed because shell /opt is not executable"},
       ""},
      {"C27",
       "shell is nologin",
       [](Scene& s) { s.person.shell = "/usr/sbin/nologin"; },
       {"closes", {{"shell-ends-session", "/usr/sbin/nologin"}}, {}},
       {"closes", "session", "shell-ends-session"},
       {"closes", ""},
       "P"},
      {"C27",
       "shell is false",
       [](Scene& s) { s.person.shell = "/bin/false"; },
       {"closes", {{"shell-ends-session", "/bin/false"}}, {}},
       {"closes", "session", "shell-ends-session"},
       {"closes", ""},
       "P"},
  };
}

// Long because it is a table.
std::vector<Case> locked_and_expired() {
  return {
      {"C02",
       "locked in shadow, UsePAM no",
       [](Scene& s) {
         s.person.password = "!";
         s.settings = "UsePAM no\n";
       },
       {"refused", {{"account-locked", ""}}, {}},
       {"refused", "account", "account-locked"},
       {"refused", "User alice not allowed because account is locked"},
       ""},
      {"C43",
       "account expired, UsePAM yes",
       [](Scene& s) { s.shadow_rest = "19700:0:99999:7::" + days("-3 days") + ":"; },
       {"refused", {{"account-expired", ""}}, {}},
       {"refused", "pam", "account-expired"},
       {"refused", denied_by_pam},
       "P"},
      {"C43",
       "account expired, UsePAM no",
       [](Scene& s) {
         s.shadow_rest = "19700:0:99999:7::" + days("-3 days") + ":";
         s.settings = "UsePAM no\n";
       },
       {"refused", {{"account-expired", ""}}, {}},
       {"refused", "account", "account-expired"},
       {"refused", "Account alice has expired"},
       ""},
      {"C43",
       "account expires in 5 days",
       [](Scene& s) { s.shadow_rest = "19700:0:99999:7::" + days("+5 days") + ":"; },
       {"accepted", {{"account-will-expire", ""}}, {}},
       {"accepted", "", ""},
       {"accepted", ""},
       ""},
      {"C64",
       "disabled in shadow, the key still works",
       [](Scene& s) { s.person.password = "!$y$j9T$salt$hash"; },
       {"accepted", {{"disabled-but-accepted", ""}}, {}},
       {"accepted", "", ""},
       {"accepted", ""},
       "P"},
  };
}

// Long because it is a table.
std::vector<Case> aged() {
  return {
      {"C08",
       "password too old",
       [](Scene& s) { s.shadow_rest = days("-100 days") + ":0:60:7:::"; },
       {"closes", {{"password-change-required", ""}}, {}},
       {"closes", "session", "password-change-required"},
       {"closes", ""},
       "P"},
      {"C08",
       "password too old, and inactive",
       [](Scene& s) { s.shadow_rest = days("-100 days") + ":0:60:7:14::"; },
       {"refused", {{"password-expired", ""}}, {}},
       {"refused", "pam", "password-expired"},
       {"refused", denied_by_pam},
       "P"},
      {"C08",
       "password to be changed at first login",
       [](Scene& s) { s.shadow_rest = "0:0:99999:7:::"; },
       {"closes", {{"password-change-required", ""}}, {}},
       {"closes", "session", "password-change-required"},
       {"closes", ""},
       "P"},
      {"C08",
       "password ages in 9 days",
       [](Scene& s) { s.shadow_rest = days("-51 days") + ":0:60:7:::"; },
       {"accepted", {{"password-change-ahead", ""}}, {}},
       {"accepted", "", ""},
       {"accepted", ""},
       ""},
      {"C08",
       "password ages in 5 days, inactive 4 days later",
       [](Scene& s) { s.shadow_rest = days("-55 days") + ":0:60:7:4::"; },
       {"accepted", {{"password-change-ahead", ""}, {"password-will-expire", ""}}, {}},
       {"accepted", "", ""},
       {"accepted", ""},
       ""},
      {"C08",
       "password too old, UsePAM no",
       [](Scene& s) {
         s.shadow_rest = days("-100 days") + ":0:60:7:14::";
         s.settings = "UsePAM no\n";
       },
       {"accepted", {}, {}},
       {"accepted", "", ""},
       {"accepted", ""},
       ""},
  };
}

// Long because it is a table.
std::vector<Case> pam() {
  return {
      {"C19",
       "pam_access denies",
       restrict_access,
       {"refused", {{"pam-access-refuses", "/etc/security/access.conf"}}, {}},
       {"refused", "pam", "pam-access-refuses"},
       {"refused", denied_by_pam},
       "P"},
      {"C19",
       "pam_listfile denies",
       [](Scene& s) {
         s.account_line = "account required pam_listfile.so item=user sense=deny file=/etc/denied onerr=fail\n";
         s.system.make_file("/etc/denied", "alice\n", root_owner, 0644);
       },
       {"refused", {{"pam-module-refuses", "/etc/pam.d/sshd"}}, {}},
       {"refused", "pam", "pam-module-refuses"},
       {"refused", denied_by_pam},
       "P"},
      {"C19",
       "not in shadow",
       [](Scene& s) { s.shadow_rest = "no entry"; },
       {"refused", {{"no-shadow-entry", "/etc/shadow"}}, {}},
       {"refused", "pam", "no-shadow-entry"},
       {"refused", denied_by_pam},
       "P"},
      {"C20",
       "/run/nologin",
       [](Scene& s) { s.mounts.push_back([] { std::ofstream("/run/nologin") << "System is booting up.\n"; }); },
       {"refused", {{"nologin-file", "/var/run/nologin"}}, {{"nologin-present", "/var/run/nologin"}}},
       {"refused", "pam", "nologin-file"},
       {"refused", denied_by_pam},
       "P"},
      {"C20",
       "/etc/nologin, UsePAM no",
       [](Scene& s) {
         s.system.make_file("/etc/nologin", "Closed today.\n", root_owner, 0644);
         s.settings = "UsePAM no\n";
       },
       {"closes", {{"nologin-closes", "/etc/nologin"}}, {{"nologin-present", "/etc/nologin"}}},
       {"closes", "session", "nologin-closes"},
       {"closes", "User alice not allowed because /etc/nologin exists"},
       ""},
  };
}

// Long because it is a table.
std::vector<Case> lists() {
  return {
      {"C23",
       "in no group of AllowGroups",
       [](Scene& s) { s.settings = "AllowGroups ssh.main root\n"; },
       {"refused", {{"not-in-allowgroups", ""}}, {}},
       {"refused", "lists", "not-in-allowgroups"},
       {"refused", "User alice from 127.0.0.1 not allowed because none of user's groups are listed in AllowGroups"},
       ""},
      {"C23",
       "not in AllowUsers",
       [](Scene& s) { s.settings = "AllowUsers root bob\n"; },
       {"refused", {{"not-in-allowusers", ""}}, {}},
       {"refused", "lists", "not-in-allowusers"},
       {"refused", "User alice from 127.0.0.1 not allowed because not listed in AllowUsers"},
       ""},
      {"C23",
       "denied by DenyUsers",
       [](Scene& s) { s.settings = "DenyUsers ali*\n"; },
       {"refused", {{"denied-by-denyusers", ""}}, {}},
       {"refused", "lists", "denied-by-denyusers"},
       {"refused", "User alice from 127.0.0.1 not allowed because listed in DenyUsers"},
       ""},
      {"C23",
       "denied by DenyGroups",
       [](Scene& s) { s.settings = "DenyGroups class\nAllowGroups alice\n"; },
       {"refused", {{"denied-by-denygroups", ""}}, {}},
       {"refused", "lists", "denied-by-denygroups"},
       {"refused", "User alice from 127.0.0.1 not allowed because a group is listed in DenyGroups"},
       ""},
      {"C23",
       "AllowUsers with commas",
       [](Scene& s) { s.settings = "AllowUsers alice,bob\n"; },
       {"refused", {{"not-in-allowusers", ""}}, {}},
       {"refused", "lists", "not-in-allowusers"},
       {"refused", "User alice from 127.0.0.1 not allowed because not listed in AllowUsers"},
       ""},
      {"C17",
       "name of another cloud image",
       [](Scene& s) { s.login_name = "ec2-user"; },
       {"accepted", {}, {}},
       {"refused", "account", ""},
       {"refused", "Invalid user ec2-user from 127.0.0.1"},
       ""},
  };
}

}  // namespace

std::vector<Case> account_cases() {
  std::vector<Case> cases;
  for (const auto& part : {shells(), locked_and_expired(), aged(), pam(), lists()}) {
    cases.insert(cases.end(), part.begin(), part.end());
  }
  return cases;
}

}  // namespace sshaudit::e2e
