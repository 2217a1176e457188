// SPDX-License-Identifier: MIT
// Rows for AuthorizedKeysCommand and for what lies beneath key files. Other findings may stand beside the expected one.
#include <gtest/gtest.h>

#include <algorithm>
#include <cerrno>

#include "audit.h"
#include "rules/healthy_account.h"
#include "rules/keys_command_rules.h"
#include "rules/rule_rows.h"

namespace sshaudit {
namespace {

PathComponent& home_of(Evidence& evidence) { return evidence.key_files[0].walk.components[2]; }
PathComponent& ssh_of(Evidence& evidence) { return evidence.key_files[0].walk.components[3]; }
PathComponent& file_of(Evidence& evidence) { return evidence.key_files[0].walk.components[4]; }

constexpr auto home_path = "/home/alice";
constexpr auto file_path = "/home/alice/.ssh/authorized_keys";

void open_home(Evidence& evidence) { home_of(evidence).status.mode |= 0022; }

void set_command(Evidence& evidence, const std::string& command = "/opt/keys %u") {
  evidence.settings.authorized_keys_command = command;
  evidence.settings.authorized_keys_command_user = "nobody";
}

KeysCommandRun& run_command(Evidence& evidence, int status, const std::string& printed) {
  set_command(evidence);
  evidence.keys_command = KeysCommandRun{"/opt/keys alice", "nobody", KeysCommandEnd::exited, status};
  evidence.keys_command->printed = printed;
  evidence.keys_command->key_lines = count_key_lines(printed);
  return *evidence.keys_command;
}

void lose_keys(Evidence& evidence) { hold(evidence.key_files[0], ""); }

void lose_ssh_directory(Evidence& evidence) {
  auto& walk = evidence.key_files[0].walk;
  walk.components.resize(3);
  walk.end = WalkEnd::missing;
  walk.errnum = ENOENT;
  lose_keys(evidence);
}

void lock_home(Evidence& evidence, HomeLock::Kind kind) {
  lose_ssh_directory(evidence);
  evidence.home_lock = {kind, "/home/alice/Access-Your-Private-Data.desktop"};
}

void label(Evidence& evidence, const std::string& actual, const std::string& expected) {
  evidence.labels = {{file_path, "system_u:object_r:" + actual + ":s0", "system_u:object_r:" + expected + ":s0"}};
}

}  // namespace

// Long because it is the table.
const std::vector<Row>& environment_rows() {
  static const std::vector<Row> rows = {
      {"chmod-has-no-effect",
       [](Evidence& e, Database&) {
         open_home(e);
         home_of(e).file_system.type = "vfat";
       },
       Expected{"chmod-has-no-effect", home_path, KeyLogin::refused}},
      {"chmod-has-no-effect", [](Evidence& e, Database&) { home_of(e).file_system.type = "vfat"; }, {}},
      {"read-only-mount",
       [](Evidence& e, Database&) {
         open_home(e);
         home_of(e).file_system.read_only = true;
       },
       Expected{"read-only-mount", home_path, KeyLogin::refused}},
      {"read-only-mount", [](Evidence& e, Database&) { home_of(e).file_system.read_only = true; }, {}},
      {"key-file-immutable", [](Evidence& e, Database&) { file_of(e).attributes.immutable = true; },
       Expected{"key-file-immutable", file_path, KeyLogin::accepted}},
      {"key-file-immutable", [](Evidence& e, Database&) { ssh_of(e).attributes.append_only = true; },
       Expected{"key-file-immutable", "/home/alice/.ssh", KeyLogin::accepted}},
      {"key-file-immutable", [](Evidence& e, Database&) { home_of(e).attributes.immutable = true; }, {}},
      {"home-is-volume",
       [](Evidence& e, Database&) {
         open_home(e);
         home_of(e).attributes.mount_root = true;
       },
       Expected{"home-is-volume", home_path, KeyLogin::refused}},
      {"home-is-volume", [](Evidence& e, Database&) { home_of(e).attributes.mount_root = true; }, {}},
      {"home-locked", [](Evidence& e, Database&) { lock_home(e, HomeLock::Kind::ecryptfs); },
       Expected{"home-locked", home_path, KeyLogin::refused}},
      {"home-locked", [](Evidence& e, Database&) { lock_home(e, HomeLock::Kind::fscrypt); },
       Expected{"home-locked", home_path, KeyLogin::refused}},
      {"home-locked",
       [](Evidence& e, Database&) {
         e.home_lock = {HomeLock::Kind::homed, "/home/alice.home"};
       },
       {}},
      {"disk-full",
       [](Evidence& e, Database&) {
         lose_keys(e);
         file_of(e).file_system.full = true;
       },
       Expected{"disk-full", file_path, KeyLogin::none}},
      {"disk-full", [](Evidence& e, Database&) { file_of(e).file_system.full = true; }, {}},
      {"selinux-label", [](Evidence& e, Database&) { label(e, "default_t", "ssh_home_t"); },
       Expected{"selinux-label", file_path, KeyLogin::accepted}},
      {"selinux-label", [](Evidence& e, Database&) { label(e, "default_t", "default_t"); },
       Expected{"selinux-label", file_path, KeyLogin::accepted}},
      {"selinux-label", [](Evidence& e, Database&) { label(e, "ssh_home_t", "ssh_home_t"); }, {}},
      {"selinux-label", [](Evidence& e, Database&) { label(e, "ssh_home_t", "default_t"); }, {}},
      {"selinux-nfs-home", [](Evidence& e, Database&) { e.home.components[2].file_system.type = "nfs"; },
       Expected{"selinux-nfs-home", home_path, KeyLogin::accepted}},
      {"selinux-nfs-home", [](Evidence&, Database&) {}, {}},
  };
  return rows;
}

// Long because it is the table.
const std::vector<Row>& keys_command_rows() {
  static const std::vector<Row> rows = {
      {"keys-command-unasked",
       [](Evidence& e, Database&) {
         set_command(e);
         open_home(e);
       },
       Expected{"keys-command-unasked", "", KeyLogin::unknown}},
      {"keys-command-unasked",
       [](Evidence& e, Database&) {
         set_command(e);
         lose_keys(e);
         e.asked_about = true;
       },
       Expected{"keys-command-unasked", "", KeyLogin::unknown}},
      {"keys-command-unasked", [](Evidence& e, Database&) { set_command(e); }, {}},
      {"keys-command-failed",
       [](Evidence& e, Database&) {
         open_home(e);
         run_command(e, 1, "");
       },
       Expected{"keys-command-failed", "", KeyLogin::refused}},
      {"keys-command-failed",
       [](Evidence& e, Database&) {
         lose_keys(e);
         run_command(e, 1, alices_key_line);
       },
       Expected{"keys-command-failed", "", KeyLogin::refused}},
      {"keys-command-failed", [](Evidence& e, Database&) { run_command(e, 9, "").end = KeysCommandEnd::signalled; },
       Expected{"keys-command-failed", "", KeyLogin::accepted}},
      {"keys-command-failed",
       [](Evidence& e, Database&) {
         lose_keys(e);
         run_command(e, 127, "");
       },
       Expected{"keys-command-failed", "", KeyLogin::refused}},
      {"keys-command-failed", [](Evidence& e, Database&) { run_command(e, 22, ""); }, {}},
      {"keys-command-failed",
       [](Evidence& e, Database&) {
         lose_keys(e);
         run_command(e, 0, alices_key_line);
       },
       {}},
  };
  return rows;
}

// Long because it is the table.
const std::vector<HostRow>& keys_command_host_rows() {
  static const std::vector<HostRow> rows = {
      {"keys-command-foreign",
       [](Server& s, Database&) {
         s.keys_commands = {{"/usr/bin/sss_ssh_authorizedkeys %u", "nobody", {"/x", 3}}};
       },
       true},
      {"keys-command-foreign",
       [](Server& s, Database&) {
         s.keys_commands = {{"/opt/keys %u", "nobody", {"/x", 3}}};
       },
       false},
      {"keys-command-token",
       [](Server& s, Database&) {
         s.keys_commands = {{"/opt/keys %C", "nobody", {"/x", 3}}};
       },
       true},
      {"keys-command-token",
       [](Server& s, Database&) {
         s.keys_commands = {{"/opt/keys %%C", "nobody", {"/x", 3}}};
       },
       false},
      {"keys-command-user-missing",
       [](Server& s, Database&) {
         s.keys_commands = {{"/opt/keys", "gone", {"/x", 3}, false}};
       },
       true},
      {"keys-command-user-missing",
       [](Server& s, Database&) {
         s.keys_commands = {{"/opt/keys", "bob", {"/x", 3}, true}};
       },
       false},
      {"keys-command-quotes",
       [](Server& s, Database&) {
         s.keys_commands = {{"/opt/keys 'x", "bob", {"/x", 3}}};
       },
       true},
      {"keys-command-quotes",
       [](Server& s, Database&) {
         s.keys_commands = {{"/opt/keys 'x'", "bob", {"/x", 3}}};
       },
       false},
  };
  return rows;
}

namespace {

struct Judged {
  AccountReport report;
  KeysCommandAnswer answer;  // about alice's own key
};

Judged judged(const std::function<void(Evidence&, Database&)>& change, int minor = 2, int major = 9) {
  auto evidence = healthy_account();
  auto database = healthy_database();
  change(evidence, database);
  const AccountIndex index(database);
  const SshdVersion version{"", major, minor, Vendor::upstream};
  HostState host;
  host.selinux_enforcing = true;
  host.nfs_homes = false;
  Context context{index, facts_of(version)};
  context.grammar = key_grammar(version);
  context.host = &host;
  context.list_keys = true;
  auto report = audit_account(evidence, context);
  KeyDigest alices{};
  auto healthy = healthy_account();
  for (const auto& mention : judge_key_lines(healthy, healthy.key_files[0], 0, context).mentions)
    alices = mention.digest;
  return {std::move(report), ask_keys_command(evidence, alices, context)};
}

void check_rows(const std::vector<Row>& rows) {
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const auto& row = rows[i];
    const auto where = row.rule + ", row " + std::to_string(i);
    const auto report = judged(row.change).report;
    EXPECT_EQ(report.key_login, row.expected ? row.expected->key_login : KeyLogin::accepted) << where;
    const auto count = std::ranges::count_if(report.findings, [&](const Finding& one) {
      return one.rule->id == row.rule && (!row.expected || one.detail.path == row.expected->path);
    });
    EXPECT_EQ(count, row.expected ? 1 : 0) << where;
    if (!row.expected) {
      EXPECT_TRUE(report.findings.empty()) << where;
    }
  }
}

TEST(EnvironmentRules, FindWhatLiesBeneathKeyFiles) { check_rows(environment_rows()); }
TEST(KeysCommandRules, FindWhatBecomesOfIt) { check_rows(keys_command_rows()); }

Remedy remedy_of_open_home(const std::function<void(PathComponent&)>& change) {
  const auto change_both = [&](Evidence& e, Database&) {
    open_home(e);
    change(home_of(e));
    change(e.home.components[2]);
  };
  const auto report = judged(change_both).report;
  const auto found = std::ranges::find_if(report.findings, [](auto& one) { return one.rule->id == "home-writable"; });
  return found == report.findings.end() ? Remedy{{{"?"}}, {}} : found->detail.remedy;
}

TEST(EnvironmentRules, NoCommandIsGivenThatWouldFail) {
  EXPECT_EQ(remedy_of_open_home([](PathComponent&) {}).commands.size(), 1U);
  EXPECT_EQ(remedy_of_open_home([](PathComponent& home) { home.file_system.type = "fuse"; }).commands.size(), 1U);
  for (const auto* const type : {"vfat", "exfat", "ntfs3", "cifs", "9p"}) {
    const auto remedy = remedy_of_open_home([&](PathComponent& home) { home.file_system.type = type; });
    EXPECT_TRUE(remedy.commands.empty()) << type;
    EXPECT_NE(remedy.note.find("no effect on /home/alice"), std::string::npos) << type;
  }
  EXPECT_TRUE(remedy_of_open_home([](PathComponent& home) { home.file_system.read_only = true; }).commands.empty());
  EXPECT_TRUE(remedy_of_open_home([](PathComponent& home) { home.attributes.immutable = true; }).commands.empty());
}

TEST(KeysCommandRules, WhatItPrintsIsOneMoreSourceOfKeys) {
  const auto accepted = judged([](Evidence& e, Database&) {
    open_home(e);
    run_command(e, 0, std::string("# said\n") + alices_key_line);
  });
  EXPECT_EQ(accepted.report.key_login, KeyLogin::accepted);
  EXPECT_EQ(accepted.report.usable_keys, 1U);
  ASSERT_EQ(accepted.report.keys.size(), 2U);
  EXPECT_EQ(accepted.report.keys[1].file, "/opt/keys %u");
  EXPECT_EQ(accepted.report.keys[1].line, 2U);
  EXPECT_EQ(accepted.report.keys[1].use, KeyUse::usable);
  const auto nothing = judged([](Evidence& e, Database&) {
    lose_keys(e);
    run_command(e, 0, "");
  });
  EXPECT_EQ(nothing.report.key_login, KeyLogin::none);
  const auto faulty = judged([](Evidence& e, Database&) {
    lose_keys(e);
    run_command(e, 0, std::string("no-such-option ") + alices_key_line);
  });
  EXPECT_EQ(faulty.report.key_login, KeyLogin::refused);
}

TEST(KeysCommandRules, AnswersForOneKey) {
  const auto printed = [](int status, std::string text) {
    return judged([&](Evidence& e, Database&) { run_command(e, status, text); }).answer;
  };
  EXPECT_EQ(printed(0, alices_key_line).fate, KeysCommandFate::printed);
  EXPECT_EQ(printed(0, alices_key_line).lines.fates.usable, 1U);
  EXPECT_EQ(printed(0, "").lines.fates, LineFates());
  const auto two = printed(0, std::string("x\nno-such-option ") + alices_key_line + alices_key_line);
  EXPECT_EQ(two.lines.fates.usable, 1U);
  EXPECT_EQ(two.lines.fates.unusable, 1U);
  ASSERT_EQ(two.lines.keys.size(), 2U);
  EXPECT_EQ(two.lines.keys[1].line, 3U);
  EXPECT_EQ(printed(1, alices_key_line).fate, KeysCommandFate::failed);
  EXPECT_EQ(judged([](Evidence& e, Database&) { set_command(e); }).answer.fate, KeysCommandFate::not_run);
  EXPECT_EQ(judged([](Evidence&, Database&) {}).answer.fate, KeysCommandFate::none);
}

// What the account is refused for does not depend on where its keys come from.
TEST(KeysCommandRules, SettingsCountForItsKeysToo) {
  const auto change = [](Evidence& e, Database&) {
    lose_keys(e);
    run_command(e, 0, alices_key_line);
    e.settings.pubkey_authentication = false;
  };
  EXPECT_EQ(judged(change).report.key_login, KeyLogin::refused);
}

// Up to 8.0 it comes before the files, and sshd dies before it looks into them.
TEST(KeysCommandRules, AnUnknownTokenEndsWhatComesAfterIt) {
  const auto with_token = [](Evidence& e, Database&) { set_command(e, "/opt/keys %C"); };
  EXPECT_EQ(judged(with_token, 0, 8).report.key_login, KeyLogin::refused);
  EXPECT_EQ(judged(with_token, 1, 8).report.key_login, KeyLogin::accepted);
  EXPECT_EQ(judged(with_token, 1, 8).answer.fate, KeysCommandFate::ends_connection);
  EXPECT_EQ(judged(with_token, 4).answer.fate, KeysCommandFate::not_run);
}

bool is_silent_with_sssd(const std::function<void(Evidence&)>& change) {
  const auto change_all = [&](Evidence& e, Database&) {
    set_command(e, "/usr/bin/sss_ssh_authorizedkeys %u");
    change(e);
  };
  const auto report = judged(change_all).report;
  return report.findings.empty() && report.key_login == KeyLogin::none;
}

TEST(KeysCommandRules, AHostWithoutTroubleStaysSilent) {
  EXPECT_TRUE(is_silent_with_sssd(lose_ssh_directory));
  EXPECT_TRUE(is_silent_with_sssd([](Evidence& e) {
    lose_ssh_directory(e);
    e.home.end = WalkEnd::missing;
    e.home.components.pop_back();
  }));
}

// The logger of this project supplies nothing by itself.
TEST(KeysCommandRules, TheLoggerIsNoSource) {
  const auto fate = [](const std::string& command) {
    return judged([&](Evidence& e, Database&) { set_command(e, command); }).answer.fate;
  };
  EXPECT_EQ(fate("/usr/libexec/sshaudit/sshaudit-log-refusal %u"), KeysCommandFate::none);
  EXPECT_EQ(fate("/usr/libexec/sshaudit/sshaudit-log-refusal %u --then-user nobody --then /opt/keys"),
            KeysCommandFate::not_run);
}

}  // namespace
}  // namespace sshaudit
