// SPDX-License-Identifier: MIT
// Every rule as rows: a healthy account with one thing changed, and the finding that has to come of it, or none.
#include <gtest/gtest.h>

#include <cerrno>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "audit.h"
#include "rules/catalogue.h"
#include "rules/healthy_account.h"
#include "rules/rule_rows.h"

namespace sshaudit {
namespace {

PathComponent& file_of(Evidence& evidence) { return evidence.key_files[0].walk.components.back(); }
PathComponent& ssh_of(Evidence& evidence) { return evidence.key_files[0].walk.components[3]; }
PathComponent& home_of(Evidence& evidence) { return evidence.key_files[0].walk.components[2]; }

constexpr auto file_path = "/home/alice/.ssh/authorized_keys";
constexpr auto ssh_path = "/home/alice/.ssh";
constexpr auto home_path = "/home/alice";

// The key file lies where a link leads: below /srv, which root owns.
void move_outside(Evidence& evidence) {
  auto& file = evidence.key_files[0];
  const auto through = std::vector<PathComponent>(file.walk.components.begin(), file.walk.components.end() - 1);
  file.walk.links = {{file_path, "/srv/keys/alice", through}};
  file.walk.components = {component("/", directory_type | 0755), component("/srv", directory_type | 0755),
                          component("/srv/keys", directory_type | 0755),
                          component("/srv/keys/alice", file_type | 0644, 1000, 1000)};
}

void set_shell(Evidence& evidence, const std::string& shell, WalkEnd end, mode_t mode) {
  evidence.account.shell = shell;
  auto walk = walk_to({component("/", directory_type | 0755), component("/opt", directory_type | 0755)});
  walk.requested = shell;
  walk.end = end;
  walk.errnum = end == WalkEnd::found ? 0 : ENOENT;
  if (end == WalkEnd::found) walk.components.push_back(component(shell, mode));
  evidence.shell = std::make_shared<const PathWalk>(walk);
}

void lose_home(Evidence& evidence) {
  evidence.home.end = WalkEnd::missing;
  evidence.home.components.pop_back();
  evidence.home.errnum = ENOENT;
  evidence.key_files[0].walk = evidence.home;
  hold(evidence.key_files[0], "");
}

void stop_at(Evidence& evidence, WalkEnd end, int errnum) {
  auto& walk = evidence.key_files[0].walk;
  walk.end = end;
  walk.errnum = errnum;
  walk.stopped_at = file_path;
  walk.components.pop_back();
  hold(evidence.key_files[0], "");
}

const std::vector<Row> walk_rows = {
    {"key-file-owner", [](Evidence& e, Database&) { file_of(e).status.uid = 1001; },
     Expected{"key-file-owner", file_path, KeyLogin::refused}},
    {"key-file-owner", [](Evidence& e, Database&) { file_of(e).status.uid = 0; }, {}},
    {"key-file-writable", [](Evidence& e, Database&) { file_of(e).status.mode |= 0002; },
     Expected{"key-file-writable", file_path, KeyLogin::refused}},
    {"key-file-writable", [](Evidence& e, Database&) { file_of(e).status.mode = file_type | 0644; }, {}},
    {"ssh-dir-owner", [](Evidence& e, Database&) { ssh_of(e).status.uid = 14; },
     Expected{"ssh-dir-owner", ssh_path, KeyLogin::refused}},
    {"ssh-dir-owner", [](Evidence& e, Database&) { ssh_of(e).status.uid = 0; }, {}},
    {"ssh-dir-writable", [](Evidence& e, Database&) { ssh_of(e).status.mode |= 0020; },
     Expected{"ssh-dir-writable", ssh_path, KeyLogin::refused}},
    {"ssh-dir-writable", [](Evidence& e, Database&) { ssh_of(e).status.mode = directory_type | 0755; }, {}},
    {"home-owner", [](Evidence& e, Database&) { home_of(e).status.uid = 1001; },
     Expected{"home-owner", home_path, KeyLogin::refused}},
    {"home-owner", [](Evidence& e, Database&) { home_of(e).status.uid = 0; }, {}},
    {"home-writable", [](Evidence& e, Database&) { home_of(e).status.mode |= 0022; },
     Expected{"home-writable", home_path, KeyLogin::refused}},
    {"home-writable", [](Evidence& e, Database&) { e.key_files[0].walk.components[1].status.mode |= 0022; }, {}},
    {"parent-owner",
     [](Evidence& e, Database&) {
       move_outside(e);
       e.key_files[0].walk.components[2].status.uid = 1001;
     },
     Expected{"parent-owner", "/srv/keys", KeyLogin::refused}},
    {"parent-owner", [](Evidence& e, Database&) { move_outside(e); }, {}},
    {"parent-writable",
     [](Evidence& e, Database&) {
       move_outside(e);
       e.key_files[0].walk.components[1].status.mode |= 01002;
     },
     Expected{"parent-writable", "/srv", KeyLogin::refused}},
    {"parent-writable", [](Evidence& e, Database&) { move_outside(e); }, {}},
    {"path-hijackable",
     [](Evidence& e, Database&) {
       move_outside(e);
       e.key_files[0].walk.links[0].through[3].status.mode |= 0002;
     },
     Expected{"path-hijackable", ssh_path, KeyLogin::accepted}},
    {"path-hijackable",
     [](Evidence& e, Database&) {
       e.settings.strict_modes = false;
       home_of(e).status.mode |= 0002;
     },
     Expected{"path-hijackable", home_path, KeyLogin::accepted}},
    {"path-hijackable",
     [](Evidence& e, Database&) {
       move_outside(e);
       e.key_files[0].walk.links[0].through[1].status.mode |= 0022;  // /home, above the home
     },
     {}},
};

const std::vector<Row> open_rows = {
    {"path-unsearchable",
     [](Evidence& e, Database&) {
       stop_at(e, WalkEnd::not_searchable, EACCES);
       ssh_of(e).status.mode = directory_type | 0600;
     },
     Expected{"path-unsearchable", ssh_path, KeyLogin::refused}},
    {"path-unsearchable",
     [](Evidence& e, Database&) {
       stop_at(e, WalkEnd::not_searchable, EACCES);
       e.key_files[0].hidden_exists = false;
       e.key_files.push_back(healthy_account().key_files[0]);
     },
     {}},
    {"key-file-unreadable",
     [](Evidence& e, Database&) {
       e.key_files[0].open_errnum = EACCES;
       file_of(e).status.uid = 0;
     },
     Expected{"key-file-unreadable", file_path, KeyLogin::refused}},
    {"key-file-unreadable", [](Evidence&, Database&) {}, {}},
    {"key-file-not-regular", [](Evidence& e, Database&) { file_of(e).status.mode = 0010600; },
     Expected{"key-file-not-regular", file_path, KeyLogin::refused}},
    {"key-file-not-regular", [](Evidence&, Database&) {}, {}},
    {"key-file-dangling-link",
     [](Evidence& e, Database&) {
       stop_at(e, WalkEnd::dangling, ENOENT);
       e.key_files[0].walk.links = {{file_path, "/nowhere", {}}};
     },
     Expected{"key-file-dangling-link", file_path, KeyLogin::refused}},
    {"key-file-dangling-link",
     [](Evidence& e, Database&) {
       stop_at(e, WalkEnd::missing, ENOENT);
       e.key_files.push_back(healthy_account().key_files[0]);
     },
     {}},
    {"path-not-directory",
     [](Evidence& e, Database&) {
       stop_at(e, WalkEnd::not_directory, ENOTDIR);
       ssh_of(e).status.mode = file_type | 0600;
     },
     Expected{"path-not-directory", ssh_path, KeyLogin::refused}},
    {"path-not-directory", [](Evidence&, Database&) {}, {}},
    {"path-unresolvable", [](Evidence& e, Database&) { stop_at(e, WalkEnd::unresolvable, ELOOP); },
     Expected{"path-unresolvable", file_path, KeyLogin::refused}},
    {"path-unresolvable", [](Evidence&, Database&) {}, {}},
    {"path-unseen", [](Evidence& e, Database&) { stop_at(e, WalkEnd::unseen, EIO); },
     Expected{"path-unseen", file_path, KeyLogin::unknown}},
    {"path-unseen", [](Evidence& e, Database&) { stop_at(e, WalkEnd::automount, 0); },
     Expected{"path-unseen", file_path, KeyLogin::unknown}},
    {"path-unseen",
     [](Evidence& e, Database&) {
       hold(e.key_files[0], "");
       e.key_files[0].changed = true;
     },
     Expected{"path-unseen", file_path, KeyLogin::unknown}},
    {"path-unseen", [](Evidence&, Database&) {}, {}},
};

const std::vector<Row> account_rows = {
    {"not-seen-as-user", [](Evidence& e, Database&) { e.as_user = false; },
     Expected{"not-seen-as-user", "", KeyLogin::unknown}},
    {"not-seen-as-user", [](Evidence&, Database&) {}, {}},
    {"shell-unseen", [](Evidence& e, Database&) { set_shell(e, "/opt/zsh", WalkEnd::unseen, 0); },
     Expected{"shell-unseen", "/opt/zsh", KeyLogin::unknown}},
    {"shell-unseen",
     [](Evidence& e, Database&) {
       set_shell(e, "/opt/zsh", WalkEnd::unseen, 0);
       e.settings.chroot_directory = "/srv/jail";
     },
     {}},
    {"shell-missing", [](Evidence& e, Database&) { set_shell(e, "/opt/zsh", WalkEnd::missing, 0); },
     Expected{"shell-missing", "/opt/zsh", KeyLogin::refused}},
    {"shell-missing",
     [](Evidence& e, Database&) {
       set_shell(e, "/opt/zsh", WalkEnd::missing, 0);
       e.settings.chroot_directory = "/srv/jail";
     },
     {}},
    {"shell-not-executable", [](Evidence& e, Database&) { set_shell(e, "/opt/sh", WalkEnd::found, file_type | 0644); },
     Expected{"shell-not-executable", "/opt/sh", KeyLogin::refused}},
    {"shell-not-executable",
     [](Evidence& e, Database&) { set_shell(e, "/opt/sh", WalkEnd::found, directory_type | 0755); },
     Expected{"shell-not-executable", "/opt/sh", KeyLogin::refused}},
    {"shell-not-executable",
     [](Evidence& e, Database&) { set_shell(e, "/opt/sh", WalkEnd::found, file_type | 0755); },
     {}},
    {"shell-not-runnable", [](Evidence& e, Database&) { set_shell(e, "/opt/sh", WalkEnd::found, file_type | 0700); },
     Expected{"shell-not-runnable", "/opt/sh", KeyLogin::closes}},
    {"shell-not-runnable",
     [](Evidence& e, Database&) { set_shell(e, "/opt/sh", WalkEnd::found, file_type | 0711); },
     {}},
    {"shell-ends-session",
     [](Evidence& e, Database&) { set_shell(e, "/opt/nologin", WalkEnd::found, file_type | 0755); },
     Expected{"shell-ends-session", "/opt/nologin", KeyLogin::closes}},
    {"shell-ends-session",
     [](Evidence& e, Database&) {
       set_shell(e, "/opt/nologin", WalkEnd::found, file_type | 0755);
       e.settings.force_command = "internal-sftp";
     },
     {}},
    {"pubkey-authentication-off", [](Evidence& e, Database&) { e.settings.pubkey_authentication = false; },
     Expected{"pubkey-authentication-off", "", KeyLogin::refused}},
    {"pubkey-authentication-off", [](Evidence&, Database&) {}, {}},
    {"key-file-name-invalid", [](Evidence& e, Database&) { e.name_error = "%x: sshd does not know the token %x"; },
     Expected{"key-file-name-invalid", "", KeyLogin::refused}},
    {"key-file-name-invalid", [](Evidence&, Database&) {}, {}},
    {"home-missing", [](Evidence& e, Database&) { lose_home(e); },
     Expected{"home-missing", home_path, KeyLogin::refused}},
    {"home-missing",
     [](Evidence& e, Database&) {
       lose_home(e);
       move_outside(e);  // a key file that does not need the home
       e.key_files[0].walk.links.clear();
       e.key_files[0].walk.end = WalkEnd::found;
       e.key_files[0].path = "/srv/keys/alice";
       hold(e.key_files[0], alices_key_line);
     },
     {}},
    {"home-not-directory",
     [](Evidence& e, Database&) {
       e.home.components.back().status.mode = file_type | 0600;
       stop_at(e, WalkEnd::not_directory, ENOTDIR);
     },
     Expected{"home-not-directory", home_path, KeyLogin::refused}},
    {"home-not-directory", [](Evidence&, Database&) {}, {}},
    {"home-orphaned",
     [](Evidence& e, Database&) {
       e.home.components.back().status.uid = 4711;
       e.key_files.clear();
     },
     Expected{"home-orphaned", home_path, KeyLogin::none}},
    {"home-orphaned", [](Evidence& e, Database&) { e.home.components.back().status.uid = 1001; }, {}},
    {"home-is-root",
     [](Evidence& e, Database&) {
       e.account.home = "/";
       e.home = walk_to({component("/", directory_type | 0755)});
     },
     Expected{"home-is-root", "/", KeyLogin::accepted}},
    {"home-is-root", [](Evidence&, Database&) {}, {}},
};

// Debian's private group: an ACL entry writes, the group is alice's own.
void add_acl(Evidence& evidence, uid_t uid) {
  ssh_of(evidence).status.mode |= 0020;
  ssh_of(evidence).acl = {{AclEntry::Kind::owning_group, 0, 5}, {AclEntry::Kind::user, uid, 7}};
}

const std::vector<Row> debian_rows = {
    {"acl-writable", [](Evidence& e, Database&) { add_acl(e, 1001); },
     Expected{"acl-writable", ssh_path, KeyLogin::accepted}},
    {"acl-writable", [](Evidence& e, Database&) { add_acl(e, 1000); }, {}},
    {"ssh-dir-writable", [](Evidence& e, Database&) { ssh_of(e).status.mode |= 0020; }, {}},
    {"ssh-dir-writable",
     [](Evidence& e, Database& d) {
       ssh_of(e).status.mode |= 0020;
       d.groups[2].members = {"alice", "bob"};
     },
     Expected{"ssh-dir-writable", ssh_path, KeyLogin::refused}},
};

void check(const std::vector<Row>& rows, const SshdFacts& facts) {
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const auto& row = rows[i];
    const auto where = row.rule + ", row " + std::to_string(i);
    auto evidence = healthy_account();
    auto database = healthy_database();
    row.change(evidence, database);
    const AccountIndex index(database);
    Context context{index, facts};
    context.grammar = key_grammar({"", 9, 2, Vendor::upstream});
    context.now = 1800000000;  // 2027-01-15
    const Connection connection{.host = "192.0.2.7", .address = "192.0.2.7"};
    context.connection = row.rule == "lists-depend-on-address" ? nullptr : &connection;
    const auto report = audit_account(evidence, context);
    EXPECT_EQ(report.key_login, row.expected ? row.expected->key_login : KeyLogin::accepted) << where;
    ASSERT_EQ(report.findings.size(), row.expected ? 1U : 0U) << where;
    if (!row.expected) continue;
    EXPECT_EQ(report.findings[0].rule->id, row.expected->rule) << where;
    EXPECT_EQ(report.findings[0].detail.path, row.expected->path) << where;
  }
}

SshdFacts upstream() { return facts_of({"", 9, 2, Vendor::upstream}); }
SshdFacts debian() { return facts_of({"", 9, 2, Vendor::debian}); }

TEST(Rules, OfTheWalk) { check(walk_rows, upstream()); }
TEST(Rules, OfOpening) { check(open_rows, upstream()); }
TEST(Rules, OfTheAccount) { check(account_rows, upstream()); }
TEST(Rules, OfSettings) { check(settings_rows(), upstream()); }
TEST(Rules, OfLogins) { check(login_rows(), upstream()); }
TEST(Rules, OfKeys) { check(key_rows(), upstream()); }
TEST(Rules, OfPrincipals) { check(principals_rows(), upstream()); }
TEST(Rules, OfDebian) { check(debian_rows, debian()); }

const std::vector<HostRow> host_rows = {
    {"strict-modes-off", [](Server& s, Database&) { s.settings.strict_modes = false; }, true},
    {"strict-modes-off", [](Server&, Database&) {}, false},
    {"row-malformed",
     [](Server&, Database& d) {
       d.malformed = {{"/etc/passwd", 3, "the uid is not a number"}};
     },
     true},
    {"row-malformed", [](Server&, Database&) {}, false},
    {"name-repeated",
     [](Server&, Database& d) {
       d.accounts.push_back({"alice", 1009, 1009, "/x", "/bin/sh"});
     },
     true},
    {"name-repeated", [](Server&, Database&) {}, false},
    {"uid-shared",
     [](Server&, Database& d) {
       d.accounts.push_back({"al", 1000, 1009, "/x", "/bin/sh"});
     },
     true},
    {"uid-shared", [](Server&, Database&) {}, false},
    {"accounts-left-out", [](Server&, Database& d) { d.left_out = {"sss"}; }, true},
    {"accounts-left-out", [](Server&, Database&) {}, false},
    {"accounts-not-listed",
     [](Server&, Database& d) {
       d.left_out = {"sss"};
       d.not_listed = "the name service did not answer in 30 s";
     },
     true},
    {"accounts-not-listed", [](Server&, Database&) {}, false},
    {"home-shared",
     [](Server&, Database& d) {
       d.accounts.push_back({"c", 1009, 1009, "/home/bob", "/bin/sh"});
     },
     true},
    {"home-shared",
     [](Server&, Database& d) {
       d.accounts.push_back({"c", 109, 109, "/home/bob", "/bin/sh"});
     },
     false},
};

void check_host(const std::vector<HostRow>& rows) {
  for (const auto& row : rows) {
    auto server = healthy_server();
    auto database = healthy_database();
    row.change(server, database);
    const AccountIndex index(database);
    const auto findings = audit_host(server, database, {index, upstream()});
    ASSERT_EQ(findings.size(), row.found ? 1U : 0U) << row.rule;
    if (row.found) {
      EXPECT_EQ(findings[0].rule->id, row.rule);
    }
  }
}

TEST(Rules, OfServerAndHost) { check_host(host_rows); }
TEST(Rules, OfConfiguration) { check_host(config_rows()); }
TEST(Rules, OfAuthorities) { check_host(authority_rows()); }
TEST(Rules, OfKeysCommands) { check_host(keys_command_host_rows()); }

TEST(Rules, EveryOneHasARowThatFindsAndARowThatDoesNot) {
  std::map<std::string_view, int> found;
  std::map<std::string_view, int> silent;
  for (const auto* rows : {&walk_rows, &open_rows, &account_rows, &debian_rows, &settings_rows(), &login_rows(),
                           &key_rows(), &principals_rows(), &environment_rows(), &keys_command_rows()}) {
    for (const auto& row : *rows) ++(row.expected ? found : silent)[row.rule];
  }
  for (const auto* rows : {&host_rows, &config_rows(), &authority_rows(), &keys_command_host_rows()}) {
    for (const auto& row : *rows) ++(row.found ? found : silent)[row.rule];
  }
  for (const auto& row : state_rows()) ++(row.expected ? found : silent)[row.rule];
  for (const auto& row : host_state_rows_of_tests()) ++(row.found ? found : silent)[row.rule];
  for (const auto& row : waiver_rows()) ++(row.found ? found : silent)[row.rule];
  for (const auto& row : census_rows()) ++(row.found ? found : silent)[row.rule];
  for (const auto& row : lost_account_rows()) ++(row.message.empty() ? silent : found)[row.rule];
  for (const auto& row : version_rows()) {
    ++found[row.rule];
    ++silent[row.rule];
  }
  const auto of_certificates = certificate_row_counts();
  for (const auto& [rule, counts] : of_certificates) {
    found[rule] += counts.first;
    silent[rule] += counts.second;
  }
  for (const auto* rule : catalogue()) {
    EXPECT_GT(found[rule->id], 0) << rule->id;
    EXPECT_GT(silent[rule->id], 0) << rule->id;
  }
}

}  // namespace
}  // namespace sshaudit
