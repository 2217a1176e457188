// SPDX-License-Identifier: MIT
// Rows for what the state of an account does to its keys, on a Debian 12 with UsePAM.
#include <gtest/gtest.h>

#include <algorithm>
#include <cerrno>
#include <map>

#include "audit.h"
#include "parse/pam_files.h"
#include "parse/pam_service.h"
#include "rules/account_state.h"
#include "rules/healthy_account.h"
#include "rules/pam_sentences.h"
#include "rules/pam_unix.h"
#include "rules/rule_rows.h"

namespace sshaudit {
namespace {

constexpr std::int64_t today = 20500;  // 2026-02-16
constexpr auto debian_account =
    "account [success=1 new_authtok_reqd=done default=ignore] pam_unix.so\n"
    "account requisite pam_deny.so\n"
    "account required pam_permit.so\n";

using Files = std::map<std::string, std::string>;

PamSources sources_of(const Files& files) {
  PamSources sources;
  sources.directories = {"/etc/pam.d"};
  sources.is_debian = true;
  sources.open = [files](const std::string& path) -> PamText {
    const auto found = files.find(path);
    return found == files.end() ? PamText{ENOENT, path, {}} : PamText{0, path, found->second};
  };
  return sources;
}

void set_stack(HostState& host, const std::string& before) {
  const Files files = {{"/etc/pam.d/sshd", before + "@include common-account\n"},
                       {"/etc/pam.d/common-account", debian_account}};
  host.pam_stacks["sshd"] = read_pam_stack("sshd", sources_of(files));
}

void set_file(HostState& host, const PamFileUse& use, const std::string& text) {
  PamFile file;
  file.mode = file_type | 0644;
  take_content(use, text, file);
  host.pam_files[use] = file;
}

void set_access(HostState& host, const std::string& text) {
  set_stack(host, "account required pam_access.so\n");
  set_file(host, {PamReader::access, "/etc/security/access.conf", ":"}, text);
}

HostState debian_host() {
  HostState host;
  set_stack(host, "account required pam_nologin.so\n");
  return host;
}

AccountEvidence person() {
  auto evidence = healthy_account();
  evidence.settings.use_pam = true;
  evidence.groups = {"alice"};
  evidence.shadow = ShadowEntry{};
  evidence.shadow->last_change = today - 100;
  evidence.shadow->max = 99999;
  return evidence;
}

AccountReport judged(const AccountEvidence& evidence, const HostState& host) {
  const auto database = healthy_database();
  const AccountIndex index(database);
  auto server = healthy_server();
  server.version = {"OpenSSH_9.2p1 Debian-2", 9, 2, Vendor::debian};
  Context context{index, facts_of(server.version), &server};
  context.now = today * seconds_of_a_day + 3600;
  context.host = &host;
  return audit_account(evidence, context);
}

std::vector<std::string> rules_in(const AccountReport& report) {
  std::vector<std::string> ids;
  for (const auto& finding : report.findings) ids.emplace_back(finding.rule->id);
  return ids;
}

void add_nologin(HostState& host, const std::string& path) { host.nologin = {{.path = path, .text = "down\n"}}; }

}  // namespace

// Long because it is the table.
const std::vector<StateRow>& state_rows() {
  using E = AccountEvidence;
  using H = HostState;
  constexpr auto refused = KeyLogin::refused;
  static const std::vector<StateRow> rows = {
      {"account-expired", [](E& e, H&) { e.shadow->expire = today; }, refused},
      {"account-expired", [](E& e, H&) { e.shadow->expire = today + 100; }, {}},
      {"account-expired",
       [](E& e, H&) {
         e.settings.use_pam = false;
         e.shadow->expire = today - 1;
       },
       refused},
      {"account-expired",
       [](E& e, H&) {
         e.settings.use_pam = false;
         e.shadow->expire = 99999;
       },
       {}},
      {"account-locked",
       [](E& e, H&) {
         e.settings.use_pam = false;
         e.shadow->password = PasswordField::locked;
       },
       refused},
      {"account-locked", [](E& e, H&) { e.shadow->password = PasswordField::locked; }, {}},
      {"password-expired",
       [](E& e, H&) {
         e.shadow->max = 60;
         e.shadow->inactive = 30;
       },
       refused},
      {"password-expired", [](E& e, H&) { e.shadow->inactive = 30; }, {}},
      {"password-change-required", [](E& e, H&) { e.shadow->last_change = 0; }, KeyLogin::closes},
      {"password-change-required", [](E& e, H&) { e.shadow->max = 60; }, KeyLogin::closes},
      {"password-change-required",
       [](E& e, H& h) {
         e.shadow->max = 60;
         h.pam_stacks["sshd"].account[1].arguments = {"no_pass_expiry"};
       },
       {}},
      {"no-shadow-entry", [](E& e, H&) { e.shadow.reset(); }, refused},
      {"no-shadow-entry",
       [](E& e, H&) {
         e.shadow.reset();
         e.account.password = PasswordField::other;
       },
       {}},
      {"nologin-file", [](E&, H& h) { add_nologin(h, "/var/run/nologin"); }, refused},
      {"nologin-file",
       [](E&, H& h) {
         add_nologin(h, "/etc/nologin");
         set_stack(h, "");
       },
       {}},
      {"nologin-closes",
       [](E& e, H& h) {
         e.settings.use_pam = false;
         add_nologin(h, "/etc/nologin");
       },
       KeyLogin::closes},
      {"nologin-closes",
       [](E& e, H& h) {
         e.settings.use_pam = false;
         add_nologin(h, "/var/run/nologin");
       },
       {}},
      {"pam-access-refuses", [](E&, H& h) { set_access(h, "- : ALL EXCEPT root : ALL\n"); }, refused},
      {"pam-access-refuses", [](E&, H& h) { set_access(h, "+ : alice : ALL\n- : ALL : ALL\n"); }, {}},
      {"pam-module-refuses", [](E&, H& h) { set_stack(h, "account required pam_succeed_if.so user ingroup ssh\n"); },
       refused},
      {"pam-module-refuses",
       [](E&, H& h) { set_stack(h, "account required pam_succeed_if.so user ingroup alice\n"); },
       {}},
      {"pam-stack-unusable", [](E&, H& h) { set_stack(h, "@include common-acount\n"); }, refused},
      {"pam-stack-unusable", [](E&, H& h) { set_stack(h, "auth required nonsense\n"); }, {}},
      {"pam-stack-refuses",
       [](E&, H& h) {
         h.pam_stacks["sshd"] = read_pam_stack("sshd", sources_of({{"/etc/pam.d/sshd", "\n"}}));
       },
       refused},
      {"pam-stack-refuses", [](E&, H&) {}, {}},
      {"pam-may-refuse", [](E&, H& h) { set_stack(h, "account required pam_homemade.so\n"); }, KeyLogin::accepted},
      {"pam-may-refuse", [](E&, H& h) { set_stack(h, "account optional pam_homemade.so\n"); }, {}},
      {"account-state-unseen",
       [](E& e, H&) {
         e.shadow.reset();
         e.shadow_seen = false;
       },
       KeyLogin::unknown},
      {"account-state-unseen",
       [](E& e, H& h) {
         e.shadow_seen = false;
         h.pam_stacks["sshd"].account[1].module = "pam_permit.so";
       },
       {}},
      {"disabled-but-accepted",
       [](E& e, H&) {
         e.shadow->password = PasswordField::locked;
         e.shadow->has_hash = true;
       },
       KeyLogin::accepted},
      {"disabled-but-accepted", [](E& e, H&) { e.shadow->password = PasswordField::locked; }, {}},
      {"account-will-expire", [](E& e, H&) { e.shadow->expire = today + 9; }, KeyLogin::accepted},
      {"account-will-expire", [](E& e, H&) { e.shadow->expire = today + 15; }, {}},
      {"password-change-ahead", [](E& e, H&) { e.shadow->max = 105; }, KeyLogin::accepted},
      {"password-change-ahead", [](E& e, H&) { e.shadow->max = 200; }, {}},
      {"password-will-expire",
       [](E& e, H& h) {
         h.pam_stacks["sshd"].account[1].actions[static_cast<std::size_t>(PamCode::new_authtok_reqd)] =
             static_cast<PamAction>(1);
         e.shadow->max = 90;
         e.shadow->inactive = 13;
       },
       KeyLogin::accepted},
      {"password-will-expire",
       [](E& e, H&) {
         e.shadow->max = 990;
         e.shadow->inactive = 13;
       },
       {}},
  };
  return rows;
}

const std::vector<HostRow>& host_state_rows_of_tests() {
  static const std::vector<HostRow> rows = {{"nologin-present", {}, true}, {"nologin-present", {}, false}};
  return rows;
}

namespace {

TEST(AccountState, EveryRowFindsItsRuleAndNothingElse) {
  for (const auto& row : state_rows()) {
    auto evidence = person();
    auto host = debian_host();
    row.change(evidence, host);
    const auto report = judged(evidence, host);
    EXPECT_EQ(report.key_login, row.expected.value_or(KeyLogin::accepted)) << row.rule;
    EXPECT_EQ(rules_in(report), row.expected ? std::vector<std::string>{row.rule} : std::vector<std::string>{})
        << row.rule;
  }
}

TEST(AccountState, NologinIsSaidOnceOfTheHost) {
  const auto database = healthy_database();
  const AccountIndex index(database);
  auto server = healthy_server();
  server.settings.use_pam = true;
  auto host = debian_host();
  Context context{index, facts_of({}), &server};
  context.host = &host;
  context.now = today * seconds_of_a_day;
  EXPECT_TRUE(audit_host(server, database, context).empty());
  add_nologin(host, "/var/run/nologin");
  host.nologin[0].since = context.now - 3 * seconds_of_a_day - 7200;
  const auto findings = audit_host(server, database, context);
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].rule->id, "nologin-present");
  EXPECT_EQ(
      findings[0].detail.message,
      "only root can log in: /var/run/nologin exists since 2026-02-12T22:00Z (3 days, 2 hours), and says \"down\"");
}

TEST(AccountState, SaysWhenWhereAndWhatToDo) {
  auto evidence = person();
  evidence.shadow->expire = today + 9;
  const auto soon = judged(evidence, debian_host()).findings.at(0).detail;
  EXPECT_EQ(soon.message, "key logins will stop in 9 days (2026-02-25): the account expires (chage -E)");
  evidence.shadow->expire = today;
  const auto expired = judged(evidence, debian_host()).findings.at(0).detail;
  EXPECT_EQ(expired.message, "the account expired on 2026-02-16 (chage -E)");
  EXPECT_EQ(expired.sshd_logs, "Access denied for user alice by PAM account configuration [preauth]");
  EXPECT_EQ(expired.remedy.commands, (std::vector<std::vector<std::string>>{{"chage", "-E", "-1", "alice"}}));
  auto host = debian_host();
  set_access(host, "+ : root : ALL\n- : ALL : ALL\n+ : alice : ALL");
  const auto access = judged(person(), host).findings.at(0).detail;
  EXPECT_EQ(access.message,
            "pam_access (/etc/pam.d/sshd:1) refuses it: the rule \"- : ALL : ALL\" (/etc/security/access.conf:2) "
            "keeps it out; /etc/security/access.conf:3 is not read, because no newline ends it");
  EXPECT_EQ(access.path, "/etc/security/access.conf");
  EXPECT_EQ(access.line, 2U);
}

TEST(AccountState, EveryCauseIsSaid) {
  auto evidence = person();
  evidence.shadow->expire = 1;
  auto host = debian_host();
  add_nologin(host, "/etc/nologin");
  EXPECT_EQ(rules_in(judged(evidence, host)), (std::vector<std::string>{"account-expired", "nologin-file"}));
  evidence.account.uid = 0;
  EXPECT_EQ(rules_in(judged(evidence, host)).front(), "account-expired");
  EXPECT_EQ(std::ranges::count(rules_in(judged(evidence, host)), "nologin-file"), 0);
}

TEST(AccountState, LocalAccountsAreNoBusinessOfADirectory) {
  auto host = debian_host();
  set_stack(host, "account [default=bad success=ok user_unknown=ignore] pam_sss.so\n");
  EXPECT_EQ(rules_in(judged(person(), host)), (std::vector<std::string>{"pam-may-refuse"}));
  set_file(host, {PamReader::names, "/etc/passwd", {}}, "root:x:0:\nalice:x:1000:\n");
  EXPECT_TRUE(judged(person(), host).findings.empty());
}

TEST(AccountState, NobodyCaresForAnAccountWithoutKeys) {
  auto evidence = person();
  evidence.key_files.clear();
  evidence.shadow->expire = 1;
  EXPECT_TRUE(judged(evidence, debian_host()).findings.empty());
  evidence.asked_about = true;
  EXPECT_EQ(rules_in(judged(evidence, debian_host())), (std::vector<std::string>{"account-expired"}));
}

TEST(PamSentences, NameTheModuleThatIsTheReason) {
  const auto stack = debian_host().pam_stacks.at("sshd");
  std::vector<PamModuleRun> runs;
  for (const auto& entry : stack.account) runs.push_back({.entry = entry, .was_run = true});
  runs[0].code = PamCode::ignore;
  EXPECT_FALSE(summary_of(runs).refuses);
  runs[1].code = PamCode::acct_expired;
  runs[1].messages = {"Your account has expired"};
  runs[2].code = PamCode::auth_err;
  const auto summary = summary_of(runs);
  EXPECT_TRUE(summary.refuses);
  EXPECT_EQ(summary.sentences,
            (std::vector<std::string>{"pam_nologin does not decide: /etc/pam.d/sshd:1 (ignore)",
                                      "pam_unix refuses: /etc/pam.d/common-account:1 (acct_expired); it says \"Your "
                                      "account has expired\"",
                                      "pam_deny does not decide: /etc/pam.d/common-account:2 (auth_err)",
                                      "pam_permit agrees: /etc/pam.d/common-account:3"}));
}

// Linux-PAM before 1.6 and after: a password is as old as it may be for one more day, or not.
TEST(PamUnix, AgeingIsCountedByTheVersion) {
  ShadowEntry entry;
  entry.last_change = today - 60;
  entry.max = 60;
  EXPECT_EQ(shadow_state(entry, today, PamAge::before_1_6), PamCode::success);
  EXPECT_EQ(shadow_state(entry, today, PamAge::from_1_6), PamCode::new_authtok_reqd);
  EXPECT_EQ(shadow_state(entry, today + 1, PamAge::before_1_6), PamCode::new_authtok_reqd);
  entry.last_change.reset();
  EXPECT_EQ(shadow_state(entry, today, PamAge::before_1_6), PamCode::new_authtok_reqd);
  EXPECT_EQ(shadow_state(entry, today, PamAge::from_1_6), PamCode::success);
}

}  // namespace
}  // namespace sshaudit
