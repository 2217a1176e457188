// SPDX-License-Identifier: MIT
// Rows for the rules of sshd's configuration, and what becomes of findings that hold for some connections only.
#include <gtest/gtest.h>

#include <cerrno>

#include "audit.h"
#include "rules/healthy_account.h"
#include "rules/rule_rows.h"

namespace sshaudit {
namespace {

using Evidence = AccountEvidence;
using Database = UserDatabase;

void become_root(Evidence& evidence) {
  evidence.account.uid = 0;
  evidence.identity.uid = 0;
  for (auto& component : evidence.key_files[0].walk.components) component.status.uid = 0;
}

NamedFile named_file(const std::string& keyword, std::vector<PathComponent> components) {
  NamedFile file{keyword, components.back().path, {"/etc/ssh/sshd_config", 7}, {}, 0};
  file.walk = walk_to(std::move(components));
  return file;
}

NamedFile missing_file(const std::string& keyword) {
  auto file = named_file(keyword, {component("/", directory_type | 0755), component("/etc/ssh/x", file_type | 0644)});
  file.walk.end = WalkEnd::missing;
  file.walk.errnum = ENOENT;
  file.walk.components.pop_back();
  return file;
}

NamedFile program(mode_t directory_mode, uid_t owner) {
  return named_file("authorizedkeyscommand",
                    {component("/", directory_type | 0755), component("/opt", directory_type | directory_mode),
                     component("/opt/keys", file_type | 0755, owner)});
}

SettingsOrigin& origin_of(Evidence& evidence) {
  const auto origin = std::make_shared<SettingsOrigin>();
  evidence.origin = origin;
  return *origin;
}

void lose_keys(Evidence& evidence) { hold(evidence.key_files[0], ""); }

}  // namespace

// Long because it is the table.
const std::vector<Row>& settings_rows() {
  static const std::vector<Row> rows = {
      {"settings-unknown", [](Evidence& e, Database&) { origin_of(e).unread = "/etc/ssh/sshd_config: open"; },
       Expected{"settings-unknown", "", KeyLogin::unknown}},
      {"settings-unknown", [](Evidence& e, Database&) { origin_of(e); }, {}},
      {"match-ends-connection",
       [](Evidence& e, Database&) {
         origin_of(e).faults = {{{"/x", 3}, "is wrong"}};
       },
       Expected{"match-ends-connection", "/x", KeyLogin::refused}},
      {"match-ends-connection", [](Evidence& e, Database&) { origin_of(e); }, {}},
      {"connection-refused", [](Evidence& e, Database&) { e.settings.refuse_connection = true; },
       Expected{"connection-refused", "", KeyLogin::refused}},
      {"connection-refused", [](Evidence&, Database&) {}, {}},
      {"root-login-off",
       [](Evidence& e, Database&) {
         become_root(e);
         e.settings.permit_root_login = "no";
       },
       Expected{"root-login-off", "", KeyLogin::refused}},
      {"root-login-off", [](Evidence& e, Database&) { e.settings.permit_root_login = "no"; }, {}},
      {"keys-never-asked", [](Evidence& e, Database&) { e.settings.authentication_methods = {"password"}; },
       Expected{"keys-never-asked", "", KeyLogin::refused}},
      {"keys-never-asked",
       [](Evidence& e, Database&) {
         e.settings.authentication_methods = {"password", "publickey"};
       },
       {}},
      {"methods-switched-off",
       [](Evidence& e, Database&) {
         e.settings.authentication_methods = {"publickey,password"};
         e.settings.no_method_left = true;
       },
       Expected{"methods-switched-off", "", KeyLogin::refused}},
      {"methods-switched-off", [](Evidence& e, Database&) { e.settings.authentication_methods = {"publickey"}; }, {}},
      {"key-not-enough", [](Evidence& e, Database&) { e.settings.authentication_methods = {"publickey,password"}; },
       Expected{"key-not-enough", "", KeyLogin::accepted}},
      {"methods-switched-off",
       [](Evidence& e, Database&) {
         e.settings.authentication_methods = {"publickey,password"};
         e.settings.no_method_left = true;
       },
       Expected{"methods-switched-off", "", KeyLogin::refused}},
      {"methods-switched-off", [](Evidence& e, Database&) { e.settings.authentication_methods = {"publickey"}; }, {}},
      {"key-not-enough", [](Evidence& e, Database&) { e.settings.authentication_methods = {"publickey"}; }, {}},
      {"own-revoked-keys-unusable",
       [](Evidence& e, Database&) { origin_of(e).named_files = {missing_file("revokedkeys")}; },
       Expected{"own-revoked-keys-unusable", "/etc/ssh/x", KeyLogin::refused}},
      {"own-revoked-keys-unusable",
       [](Evidence& e, Database&) { origin_of(e).named_files = {missing_file("trustedusercakeys")}; },
       {}},
      {"keys-command-without-user", [](Evidence& e, Database&) { e.settings.authorized_keys_command = "/opt/keys"; },
       Expected{"keys-command-without-user", "", KeyLogin::accepted}},
      {"keys-command-without-user",
       [](Evidence& e, Database&) {
         e.settings.authorized_keys_command = "/opt/keys";
         e.settings.authorized_keys_command_user = "nobody";
       },
       {}},
  };
  return rows;
}

// Long because it is the table.
const std::vector<HostRow>& config_rows() {
  static const std::vector<HostRow> rows = {
      {"config-invalid",
       [](Server& s, Database&) {
         s.faults = {{{"/etc/ssh/sshd_config", 3}, "is wrong"}};
       },
       true},
      {"config-invalid", [](Server&, Database&) {}, false},
      {"config-ends-connections",
       [](Server& s, Database&) {
         s.connection_faults = {{{"/x", 3}, "is wrong"}};
       },
       true},
      {"config-ends-connections", [](Server&, Database&) {}, false},
      {"config-unread",
       [](Server& s, Database&) {
         s.unread = Error{"open", "/etc/ssh/sshd_config", EACCES};
       },
       true},
      {"config-unread", [](Server&, Database&) {}, false},
      {"config-directory", [](Server& s, Database&) { s.directories = {"/etc/ssh/sshd_config"}; }, true},
      {"config-directory", [](Server&, Database&) {}, false},
      {"self-check-different",
       [](Server& s, Database&) {
         s.differences = {{"usepam", "no", "yes", "root"}};
         s.self_check = SelfCheck::different;
       },
       true},
      {"self-check-different", [](Server&, Database&) {}, false},
      {"self-check-missing", [](Server& s, Database&) { s.self_check = SelfCheck::not_possible; }, true},
      {"self-check-missing", [](Server&, Database&) {}, false},
      {"settings-assumed", [](Server& s, Database&) { s.config.clear(); }, true},
      {"settings-assumed", [](Server&, Database&) {}, false},
      {"config-newer", [](Server& s, Database&) { s.newer_file = "/etc/ssh/sshd_config.d/x.conf"; }, true},
      {"config-newer",
       [](Server& s, Database&) {
         s.running = RunningSshd{4, "", {}};
       },
       false},
      {"daemon-options",
       [](Server& s, Database&) {
         s.running = RunningSshd{4, "", {"UsePAM=no"}};
       },
       true},
      {"daemon-options",
       [](Server& s, Database&) {
         s.running = RunningSshd{4, "", {}};
       },
       false},
      {"daemons-differ",
       [](Server& s, Database&) {
         s.other_daemons = {{5, "/etc/ssh/other", {}}};
       },
       true},
      {"daemons-differ", [](Server&, Database&) {}, false},
      {"setting-shadowed",
       [](Server& s, Database&) {
         s.shadowed = {{{"/a", 9}, "PermitRootLogin", "no", {"/b", 1}, "yes"}};
       },
       true},
      {"setting-shadowed", [](Server&, Database&) {}, false},
      {"daemon-options",
       [](Server& s, Database&) {
         s.running = RunningSshd{4, "", {"Ciphers=aes256-ctr"}};
       },
       false},
      {"key-never-enough", [](Server& s, Database&) { s.settings.authentication_methods = {"publickey,password"}; },
       true},
      {"key-never-enough",
       [](Server& s, Database&) {
         s.settings.authentication_methods = {"publickey,password", "publickey"};
       },
       false},
      {"revoked-keys-unusable",
       [](Server& s, Database&) {
         s.named_files = {
             named_file("revokedkeys", {component("/", directory_type | 0755), component("/dev/null", 0020666)})};
       },
       false},
      {"classes-left-out", [](Server& s, Database&) { s.all_classes = false; }, true},
      {"classes-left-out", [](Server&, Database&) {}, false},
      {"revoked-keys-unusable", [](Server& s, Database&) { s.named_files = {missing_file("revokedkeys")}; }, true},
      {"revoked-keys-unusable",
       [](Server& s, Database&) {
         s.named_files = {missing_file("revokedkeys")};
         s.named_files[0].walk.errnum = EACCES;
         s.named_files[0].walk.end = WalkEnd::not_searchable;
         s.by_root = false;
       },
       false},
      {"trusted-ca-missing", [](Server& s, Database&) { s.named_files = {missing_file("trustedusercakeys")}; }, true},
      {"trusted-ca-missing", [](Server&, Database&) {}, false},
      {"keys-command-unsafe", [](Server& s, Database&) { s.named_files = {program(0775, 0)}; }, true},
      {"keys-command-unsafe", [](Server& s, Database&) { s.named_files = {program(0755, 1000)}; }, true},
      {"keys-command-unsafe", [](Server& s, Database&) { s.named_files = {program(0755, 0)}; }, false},
      {"no-key-files", [](Server& s, Database&) { s.settings.authorized_keys_file = {"none"}; }, true},
      {"no-key-files",
       [](Server& s, Database&) {
         s.settings.authorized_keys_file = {"none", "x"};
       },
       false},
  };
  return rows;
}

namespace {

AccountReport judged(const std::function<void(Evidence&)>& change, const Server& server) {
  auto evidence = healthy_account();
  change(evidence);
  const auto database = healthy_database();
  const AccountIndex index(database);
  return audit_account(evidence, {index, facts_of({"", 9, 2, Vendor::upstream}), &server});
}

TEST(SettingsRules, WhatHitsEverybodyIsSaidOnceAndRefusesAllWithKeys) {
  auto server = healthy_server();
  server.named_files = {missing_file("revokedkeys")};
  const auto with_keys = judged([&](Evidence& e) { origin_of(e).named_files = server.named_files; }, server);
  EXPECT_EQ(with_keys.key_login, KeyLogin::refused);
  EXPECT_TRUE(with_keys.findings.empty());
  EXPECT_EQ(judged(lose_keys, server).key_login, KeyLogin::none);
}

TEST(SettingsRules, FindingsOfSomeConnectionsNameThem) {
  const auto server = healthy_server();
  const auto fine = judged([](Evidence&) {}, server);
  const auto off = judged([](Evidence& e) { e.settings.pubkey_authentication = false; }, server);
  const auto merged = merge_reports({{"Address 10.0.0.0/8", fine}, {"all other connections", off}});
  EXPECT_EQ(merged.key_login, KeyLogin::accepted);
  ASSERT_EQ(merged.findings.size(), 1U);
  EXPECT_EQ(merged.findings[0].connections, "all other connections");
  EXPECT_EQ(merged.findings[0].severity(), Severity::notice);
  const auto both = merge_reports({{"Address 10.0.0.0/8", off}, {"all other connections", off}});
  EXPECT_EQ(both.key_login, KeyLogin::refused);
  ASSERT_EQ(both.findings.size(), 1U);
  EXPECT_EQ(both.findings[0].connections, "");
  EXPECT_EQ(both.findings[0].severity(), Severity::error);
}

}  // namespace
}  // namespace sshaudit
