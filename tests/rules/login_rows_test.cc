// SPDX-License-Identifier: MIT
// Rows for the rules of Allow and Deny lists and of what ends a session, and the answers of those lists one by one.
#include <gtest/gtest.h>

#include <cerrno>

#include "audit.h"
#include "rules/account_rules.h"
#include "rules/healthy_account.h"
#include "rules/rule_rows.h"

namespace sshaudit {
namespace {

using Words = std::vector<std::string>;
using Change = std::function<void(Evidence&, Database&)>;

Change with_settings(const std::function<void(Settings&)>& set) {
  return [set](Evidence& e, Database&) {
    e.groups = {"alice", "staff"};
    set(e.settings);
  };
}

Expected refused(const std::string& rule) { return {rule, "", KeyLogin::refused}; }

ChrootComponent directory(std::string path, mode_t mode = 0755, uid_t owner = 0) {
  return {std::move(path), component("", directory_type | mode, owner).status};
}

// ChrootDirectory /srv/sftp, with the shell in it.
Change with_chroot(const std::function<void(ChrootEvidence&)>& change) {
  return [change](Evidence& e, Database&) {
    e.settings.chroot_directory = "/srv/sftp";
    ChrootEvidence chroot;
    chroot.path = "/srv/sftp";
    chroot.components = {directory("/"), directory("/srv/"), directory("/srv/sftp")};
    chroot.shell = walk_to({component("/", directory_type | 0755), component("/bin/bash", file_type | 0755)});
    chroot.has_shell = true;
    change(chroot);
    e.chroot = chroot;
  };
}

Expected closes(const std::string& rule, const std::string& path) { return {rule, path, KeyLogin::closes}; }

ForcedCommand program(bool is_executable) {
  return {"/opt/run", walk_to({component("/", directory_type | 0755), component("/opt/run", file_type | 0644)}),
          is_executable};
}

Change with_command(const std::string& line, const std::string& setting, bool is_executable) {
  return [=](Evidence& e, Database&) {
    hold(e.key_files[0], line + alices_key_line);
    e.settings.force_command = setting;
    e.commands = {program(is_executable)};
  };
}

}  // namespace

// Long because it is a table.
const std::vector<Row>& login_rows() {
  static const std::vector<Row> rows = {
      {"denied-by-denyusers", with_settings([](Settings& s) {
         s.deny_users = {"bob", "al*"};
       }),
       refused("denied-by-denyusers")},
      {"denied-by-denyusers",
       with_settings([](Settings& s) {
         s.deny_users = {"bob", "alice,bob", "!alice"};
       }),
       {}},
      {"not-in-allowusers", with_settings([](Settings& s) {
         s.allow_users = {"alice,bob", "bob"};
       }),
       refused("not-in-allowusers")},
      {"not-in-allowusers",
       with_settings([](Settings& s) {
         s.allow_users = {"bob", "?lice"};
       }),
       {}},
      {"in-no-group", [](Evidence& e, Database&) { e.settings.deny_groups = {"nobody"}; }, refused("in-no-group")},
      {"in-no-group", [](Evidence&, Database&) {}, {}},
      {"denied-by-denygroups", with_settings([](Settings& s) { s.deny_groups = {"st*"}; }),
       refused("denied-by-denygroups")},
      {"denied-by-denygroups",
       with_settings([](Settings& s) {
         s.deny_groups = {"!staff", "wheel"};
       }),
       {}},
      {"not-in-allowgroups", with_settings([](Settings& s) {
         s.allow_groups = {"wheel", "staff,alice"};
       }),
       refused("not-in-allowgroups")},
      {"not-in-allowgroups",
       with_settings([](Settings& s) {
         s.allow_groups = {"wheel", "staff"};
       }),
       {}},
      {"lists-depend-on-address", with_settings([](Settings& s) { s.allow_users = {"alice@10.0.0.0/8"}; }),
       Expected{"lists-depend-on-address", "", KeyLogin::accepted}},
      {"lists-depend-on-address",
       with_settings([](Settings& s) {
         s.allow_users = {"bob@10.0.0.0/8", "alice"};
       }),
       {}},
      {"chroot-unsafe", with_chroot([](ChrootEvidence& c) { c.components[1] = directory("/srv/", 0775); }),
       closes("chroot-unsafe", "/srv/")},
      {"chroot-unsafe", with_chroot([](ChrootEvidence& c) { c.components[2] = directory("/srv/sftp", 0755, 1000); }),
       closes("chroot-unsafe", "/srv/sftp")},
      {"chroot-unsafe",
       with_chroot([](ChrootEvidence& c) { c.components[2].status = component("", file_type | 0644).status; }),
       closes("chroot-unsafe", "/srv/sftp")},
      {"chroot-unsafe", with_chroot([](ChrootEvidence&) {}), {}},
      {"chroot-missing", with_chroot([](ChrootEvidence& c) {
         c.components[2] = {"/srv/sftp", {}, ENOENT, false};
       }),
       closes("chroot-missing", "/srv/sftp")},
      {"chroot-missing", with_chroot([](ChrootEvidence& c) { c.path = "srv"; }), closes("chroot-missing", "srv")},
      {"chroot-missing", with_chroot([](ChrootEvidence&) {}), {}},
      {"chroot-unseen", with_chroot([](ChrootEvidence& c) {
         c.components[2] = {"/srv/sftp", {}, 0, true};
       }),
       Expected{"chroot-unseen", "/srv/sftp", KeyLogin::unknown}},
      {"chroot-unseen", with_chroot([](ChrootEvidence&) {}), {}},
      {"chroot-without-shell", with_chroot([](ChrootEvidence& c) {
         c.shell.end = WalkEnd::missing;
         c.has_shell = false;
       }),
       closes("chroot-without-shell", "/srv/sftp/bin/bash")},
      {"chroot-without-shell",
       [](Evidence& e, Database& d) {
         with_chroot([](ChrootEvidence& c) {
           c.shell.end = WalkEnd::missing;
           c.has_shell = false;
         })(e, d);
         e.settings.force_command = "internal-sftp -d /in";
       },
       {}},
      {"force-command-broken", with_command("", "/opt/run now", false), closes("force-command-broken", "/opt/run")},
      {"force-command-broken", with_command("", "/opt/run now", true), {}},
      {"force-command-broken", with_command("", "/opt/run || /bin/sh", false), {}},
      {"key-without-shell",
       [](Evidence& e, Database&) {
         e.account.shell = "/usr/sbin/nologin";
         e.has_sftp_keys = true;
       },
       closes("key-without-shell", "/home/alice/.ssh/authorized_keys")},
      {"key-without-shell",
       [](Evidence& e, Database&) {
         e.account.shell = "/usr/sbin/nologin";
         e.has_sftp_keys = true;
         hold(e.key_files[0], std::string("command=\"internal-sftp -R\" ") + alices_key_line);
       },
       {}},
      {"forced-command-broken", with_command("command=\"/opt/run now\" ", "", false),
       closes("forced-command-broken", "/home/alice/.ssh/authorized_keys")},
      {"forced-command-broken", with_command("command=\"/opt/run now\" ", "", true), {}},
      {"forced-command-broken", with_command("command=\"/opt/run now\" ", "/bin/true", false), {}},
  };
  return rows;
}

namespace {

struct ListCase {
  std::string what;
  Words deny_users;
  Words allow_users;
  Words deny_groups;
  Words allow_groups;
  std::string rule;  // the first that refuses; empty for none
};

// alice comes from 192.0.2.7 (client.example) and is in alice and staff.
std::string first_refusal(const ListCase& one, int minor) {
  const auto database = healthy_database();
  const AccountIndex index(database);
  auto evidence = healthy_account();
  evidence.groups = {"alice", "staff"};
  evidence.settings.deny_users = one.deny_users;
  evidence.settings.allow_users = one.allow_users;
  evidence.settings.deny_groups = one.deny_groups;
  evidence.settings.allow_groups = one.allow_groups;
  Connection client;
  client.address = "192.0.2.7";
  client.host = "Client.Example";
  Context context{index, facts_of({"", 9, minor, Vendor::upstream})};
  context.connection = &client;
  std::vector<Finding> findings;
  judge(list_rules(), evidence, context, findings);
  return findings.empty() ? "" : std::string(findings.front().rule->id);
}

TEST(Lists, AreAskedAsSshdDoes) {
  const std::vector<ListCase> cases = {
      {"no list", {}, {}, {}, {}, ""},
      {"deny beats allow", {"alice"}, {"alice"}, {}, {}, "denied-by-denyusers"},
      {"users and groups both have to allow", {}, {"alice"}, {}, {"wheel"}, "not-in-allowgroups"},
      {"host by network", {}, {"alice@192.0.2.0/24"}, {}, {}, ""},
      {"host by another network", {}, {"alice@198.51.100.0/24"}, {}, {}, "not-in-allowusers"},
      {"host by name, in any case", {}, {"alice@client.*"}, {}, {}, ""},
      {"hosts are a list with negation", {}, {"alice@!192.0.2.7,*"}, {}, {}, "not-in-allowusers"},
      {"denied from there", {"*@192.0.2.7"}, {}, {}, {}, "denied-by-denyusers"},
      {"denied from elsewhere", {"*@192.0.2.8"}, {}, {}, {}, ""},
      {"case counts", {}, {"Alice"}, {}, {}, "not-in-allowusers"},
      {"any group may be denied", {}, {}, {"staff"}, {"alice"}, "denied-by-denygroups"},
      {"numbers are names", {}, {"1000"}, {}, {}, "not-in-allowusers"},
      {"a negation is a name", {}, {}, {}, {"!wheel"}, "not-in-allowgroups"},
      {"a star is everybody", {}, {"*"}, {}, {"*"}, ""},
  };
  for (const auto& one : cases) EXPECT_EQ(first_refusal(one, 2), one.rule) << one.what;
}

// Up to 9.8 the first @ divides, from 9.9 on the last.
TEST(Lists, AreSplitAtAnAtSign) {
  const ListCase one{"", {}, {"al?ce@192.0.2.7@192.0.2.7"}, {}, {}, ""};
  EXPECT_EQ(first_refusal(one, 8), "not-in-allowusers");
  EXPECT_EQ(first_refusal(one, 9), "not-in-allowusers");
  auto database = healthy_database();
  const AccountIndex index(database);
  auto evidence = healthy_account();
  evidence.account.name = "alice@corp";
  evidence.settings.allow_users = {"alice@corp@192.0.2.7"};
  Connection client;
  client.address = "192.0.2.7";
  for (const int minor : {8, 9}) {
    Context context{index, facts_of({"", 9, minor, Vendor::upstream})};
    context.connection = &client;
    std::vector<Finding> findings;
    judge(list_rules(), evidence, context, findings);
    EXPECT_EQ(findings.empty(), minor == 9) << minor;
  }
}

TEST(Lists, SayWhatSshdLogs) {
  const auto database = healthy_database();
  const AccountIndex index(database);
  auto evidence = healthy_account();
  evidence.settings.allow_users = {"bob,alice"};
  std::vector<Finding> findings;
  judge(list_rules(), evidence, Context{index, {}}, findings);
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].detail.sshd_logs, "User alice from ADDRESS not allowed because not listed in AllowUsers");
  EXPECT_EQ(
      findings[0].detail.message,
      "sshd refuses it: AllowUsers has no entry for it: bob,alice; names are separated by blanks, \"bob,alice\" is "
      "one name");
}

}  // namespace
}  // namespace sshaudit
