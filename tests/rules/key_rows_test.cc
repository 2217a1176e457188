// SPDX-License-Identifier: MIT
// Rows for the rules of key lines and key files, and of keys that several accounts have.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "audit.h"
#include "parse/key_line.h"
#include "parse/sample_keys.h"
#include "rules/healthy_account.h"
#include "rules/rule_rows.h"

namespace sshaudit {
namespace {

constexpr auto file_path = "/home/alice/.ssh/authorized_keys";
using Change = std::function<void(Evidence&, Database&)>;

std::string key(std::string_view name) {
  const auto found = std::ranges::find(sample_keys, name, &SampleKey::name);
  return std::string(found->type) + " " + std::string(found->blob);
}

std::string blob(std::string_view name) {
  return std::string(std::ranges::find(sample_keys, name, &SampleKey::name)->blob);
}

KeyDigest digest_of(std::string_view name) {
  return parse_key_line(key(name), key_grammar({"", 9, 2, Vendor::upstream})).key.digest;
}

Change with(const std::string& text) {
  return [text](Evidence& e, Database&) { hold(e.key_files[0], text); };
}

Change with(const std::string& text, const std::function<void(Settings&)>& set) {
  return [text, set](Evidence& e, Database&) {
    hold(e.key_files[0], text);
    set(e.settings);
  };
}

Expected refused(const std::string& rule) { return {rule, file_path, KeyLogin::refused}; }
Expected accepted(const std::string& rule) { return {rule, file_path, KeyLogin::accepted}; }

// What is wrong with the line itself, and the same line without the fault.
// Long because it is a table.
std::vector<Row> fault_rows() {
  const auto ed = key("ed");
  const auto nul = std::string("\0", 1);
  return {
      {"private-key-in-key-file",
       with("-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----\n"),
       refused("private-key-in-key-file")},
      {"private-key-in-key-file",
       with(ed + " -----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----\n"),
       accepted("private-key-in-key-file")},
      {"private-key-in-key-file", with(ed + " PRIVATE KEY\n"), {}},
      {"keys-joined", with(ed + " a@b" + key("rsa") + "\n"), accepted("keys-joined")},
      {"keys-joined", with(ed + " a@b\n" + key("rsa") + "\n"), {}},
      {"key-wrapped", with(ed.substr(0, 40) + "\n" + ed.substr(40) + "\n"), refused("key-wrapped")},
      {"key-wrapped", with("# key\n" + ed), {}},
      {"byte-order-mark", with("\xEF\xBB\xBF" + ed + "\n"), refused("byte-order-mark")},
      {"byte-order-mark", with("\xEF\xBB\xBF# keys\n" + ed + "\n"), {}},
      {"utf-sixteen", with("\xFF\xFEs" + nul + "s" + nul + "h" + nul + "\n" + nul), refused("utf-sixteen")},
      {"utf-sixteen", with(ed + "\r\n"), {}},
      {"foreign-key-format", with("---- BEGIN SSH2 PUBLIC KEY ----\nAAAA\n---- END SSH2 PUBLIC KEY ----\n"),
       refused("foreign-key-format")},
      {"foreign-key-format", with("# ---- BEGIN SSH2 PUBLIC KEY ----\n" + ed), {}},
      {"key-type-missing", with(blob("ed") + " a\n"), refused("key-type-missing")},
      {"key-type-missing", with(ed + " AAAA\n"), {}},
      {"key-type-misspelt", with(ed.substr(1) + "\n"), refused("key-type-misspelt")},
      {"key-type-misspelt", with("  " + ed + "\n"), {}},
      {"key-type-mismatch", with("ssh-rsa " + blob("ed") + "\n"), refused("key-type-mismatch")},
      {"key-type-mismatch", with("rsa-sha2-256 " + blob("rsa") + "\n"), {}},
      {"key-type-unsupported", with(key("mldsa") + "\n"), refused("key-type-unsupported")},
      {"key-type-unsupported", with(key("sked") + "\n"), {}},
      {"key-separator", with("ssh-ed25519\r" + blob("ed") + "\n"), refused("key-separator")},
      {"key-separator", with("ssh-ed25519 \t " + blob("ed") + "\n"), {}},
      {"key-incomplete", with(ed.substr(0, 60) + "\n"), refused("key-incomplete")},
      {"key-incomplete", with(ed), {}},
      {"key-malformed", with(ed.substr(0, 60) + "*" + ed.substr(60) + "\n"), refused("key-malformed")},
      {"key-malformed", with(ed + "\v\n"), {}},
      {"key-too-short", with(key("rsa1023") + "\n"), refused("key-too-short")},
      {"key-too-short", with(key("rsa1024") + "\n"), {}},
      {"certificate-as-key", with(key("ed-cert") + "\n"), refused("certificate-as-key")},
      {"certificate-as-key", with(ed + " ssh-ed25519-cert-v01@openssh.com\n"), {}},
      {"no-key-in-line", with("hello world\n"), Expected{"no-key-in-line", file_path, KeyLogin::none}},
      {"no-key-in-line", with("# hello world\n" + ed), {}},
  };
}

// Long because it is a table.
std::vector<Row> option_rows() {
  const auto ed = " " + key("ed") + "\n";
  return {
      {"option-unknown", with("no-ptty" + ed), refused("option-unknown")},
      {"option-unknown", with("NO-PTY,,restrict," + ed), {}},
      {"option-value", with("tunnel=\"x\"" + ed), refused("option-value")},
      {"option-value", with("tunnel=\"any\"" + ed), {}},
      {"option-repeated", with("command=\"a\",command=\"b\"" + ed), refused("option-repeated")},
      {"option-repeated", with("environment=\"A=1\",environment=\"A=2\"" + ed), {}},
      {"option-unquoted", with("command=ls" + ed), refused("option-unquoted")},
      {"option-unquoted", with("command=\"ls\"" + ed), {}},
      {"option-unterminated", with("command=\"ls" + ed), refused("option-unterminated")},
      {"option-unterminated", with("command=\"ls \\\"\"" + ed), {}},
      {"option-blank", with("no-pty, restrict" + ed), refused("option-blank")},
      {"option-blank", with("command=\"a, b\",restrict \t" + ed), {}},
      {"option-curly-quotes", with("from=\u201C192.0.2.7\u201D" + ed), refused("option-curly-quotes")},
      {"option-curly-quotes", with("command=\"echo \u201Ca\u201D >x\"" + ed), {}},
  };
}

// Long because it is a table.
std::vector<Row> policy_rows() {
  const auto ed = key("ed") + "\n";
  const auto forced_only = [](Evidence& e) {
    e.account.uid = e.identity.uid = 0;
    for (auto& component : e.key_files[0].walk.components) component.status.uid = 0;
    e.settings.permit_root_login = "forced-commands-only";
  };
  return {
      {"key-algorithm-refused", with(ed, [](Settings& s) { s.pubkey_accepted_algorithms = "rsa-sha2-256"; }),
       refused("key-algorithm-refused")},
      {"key-algorithm-refused",
       with(key("rsa"), [](Settings& s) { s.pubkey_accepted_algorithms = "rsa-sha2-256"; }),
       {}},
      {"rsa-key-too-small", with(key("rsa"), [](Settings& s) { s.required_rsa_size = 3072; }),
       refused("rsa-key-too-small")},
      {"rsa-key-too-small", with(ed, [](Settings& s) { s.required_rsa_size = 3072; }), {}},
      {"key-revoked",
       [](Evidence& e, Database&) {
         hold(e.key_files[0], key("ed"));
         e.settings.revoked_keys = {"/etc/ssh/revoked"};
         e.revocations.revoked = {digest_of("ed")};
       },
       refused("key-revoked")},
      {"key-revoked", [](Evidence& e, Database&) { e.revocations.revoked = {digest_of("rsa")}; }, {}},
      {"revocation-unknown",
       [](Evidence& e, Database&) {
         hold(e.key_files[0], key("ed"));
         e.revocations.unsure = {digest_of("ed")};
         e.revocations.reason = "no ssh-keygen";
       },
       Expected{"revocation-unknown", file_path, KeyLogin::unknown}},
      {"revocation-unknown", [](Evidence& e, Database&) { e.revocations.unsure = {digest_of("rsa")}; }, {}},
      {"authority-in-key-file", with("cert-authority " + ed), accepted("authority-in-key-file")},
      {"authority-in-key-file", with(ed), {}},
      {"authority-refused",
       with("cert-authority " + key("rsa"), [](Settings& s) { s.ca_signature_algorithms = "ssh-ed25519"; }),
       refused("authority-refused")},
      {"authority-refused", with(key("rsa"), [](Settings& s) { s.ca_signature_algorithms = "ssh-ed25519"; }), {}},
      {"root-forced-commands-only", [=](Evidence& e, Database&) { forced_only(e); },
       refused("root-forced-commands-only")},
      {"root-forced-commands-only",
       [=](Evidence& e, Database&) {
         forced_only(e);
         hold(e.key_files[0], "command=\"rsync\" " + ed);
       },
       {}},
  };
}

// Long because it is a table.
std::vector<Row> restriction_rows() {
  const auto ed = " " + key("ed") + "\n";
  return {
      {"key-expired", with("expiry-time=\"20200101Z\"" + ed), refused("key-expired")},
      {"key-expired", with("expiry-time=\"20990101\"" + ed), {}},
      {"key-expires-soon", with("expiry-time=\"20270120Z\"" + ed), accepted("key-expires-soon")},
      {"key-expires-soon", with("expiry-time=\"20270201Z\"" + ed), {}},
      {"principals-without-authority", with("principals=\"a\"" + ed), refused("principals-without-authority")},
      {"principals-without-authority", with("command=\"principals=x\"" + ed), {}},
      {"from-never-matches", with("from=\"192.0.2.7/24\"" + ed), refused("from-never-matches")},
      {"from-never-matches", with("from=\"192.0.2.0/24\"" + ed), {}},
      {"from-element-dead", with("from=\"192.0.2.7, 10.0.0.1\"" + ed), accepted("from-element-dead")},
      {"from-element-dead", with("from=\"192.0.2.7,10.0.0.1\"" + ed), {}},
      {"from-refuses", with("from=\"10.0.0.0/8\"" + ed), refused("from-refuses")},
      {"from-refuses", with("from=\"192.0.2.?\"" + ed), {}},
      {"forced-message", with("no-port-forwarding,command=\"echo 'Use ubuntu.';sleep 10;exit 142\"" + ed),
       Expected{"forced-message", file_path, KeyLogin::closes}},
      {"forced-message", with("command=\"echo 'tunnels only'\",no-pty" + ed), {}},
      {"options-behind-key", with(key("ed") + " no-pty,command=\"x\"\n"), accepted("options-behind-key")},
      {"options-behind-key", with(key("ed") + " alice@laptop no-pty\n"), {}},
      {"forced-message", with("command=\"echo $SSH_ORIGINAL_COMMAND | sh\"" + ed), {}},
  };
}

// Long because it is a table.
std::vector<Row> content_rows() {
  const auto ed = key("ed") + "\n";
  return {
      {"key-file-empty", with(""), Expected{"key-file-empty", file_path, KeyLogin::none}},
      {"key-file-empty", with(ed), {}},
      {"key-file-cut",
       [](Evidence& e, Database&) {
         hold(e.key_files[0], "# much\n");
         e.key_files[0].truncated = true;
       },
       Expected{"key-file-cut", file_path, KeyLogin::unknown}},
      {"key-file-cut", with("\n" + ed), {}},
      {"key-file-large", [](Evidence& e, Database&) { e.key_files[0].truncated = true; }, accepted("key-file-large")},
      {"key-file-large", with("# much\n" + ed), {}},
      {"key-repeated", with(ed + ed), accepted("key-repeated")},
      {"key-repeated", with(ed + key("rsa")), {}},
      {"key-file-not-read",
       [](Evidence& e, Database&) {
         e.ignored_key_files = {e.key_files[0]};
         e.ignored_key_files[0].path = "/home/alice/.ssh/authorized_keys2";
         hold(e.key_files[0], "");
         e.key_files[0].walk.end = WalkEnd::missing;
       },
       Expected{"key-file-not-read", "/home/alice/.ssh/authorized_keys2", KeyLogin::none}},
      {"key-file-not-read", [](Evidence& e, Database&) { e.ignored_key_files = {e.key_files[0]}; }, {}},
      {"key-file-left-over",
       [](Evidence& e, Database&) {
         e.ignored_key_files = {e.key_files[0]};
         e.ignored_key_files[0].path = "/home/alice/.ssh/authorized_keys2";
         hold(e.ignored_key_files[0], key("rsa"));
       },
       Expected{"key-file-left-over", "/home/alice/.ssh/authorized_keys2", KeyLogin::accepted}},
      {"key-file-left-over", [](Evidence& e, Database&) { e.ignored_key_files = {e.key_files[0]}; }, {}},
      {"key-file-misnamed",
       [](Evidence& e, Database&) {
         e.key_files[0].walk = e.home;
         e.key_files[0].walk.end = WalkEnd::missing;
         hold(e.key_files[0], "");
         e.nearby_files = {{"/home/alice/.ssh/authorized_key", alices_key_line}};
       },
       Expected{"key-file-misnamed", "/home/alice/.ssh/authorized_key", KeyLogin::none}},
      {"key-file-misnamed",
       [](Evidence& e, Database&) {
         e.nearby_files = {{"/home/alice/.ssh/authorized_keys.bak", alices_key_line}};
       },
       {}},
      {"public-key-not-installed",
       [](Evidence& e, Database&) {
         e.key_files[0].walk = e.home;
         e.key_files[0].walk.end = WalkEnd::missing;
         hold(e.key_files[0], "");
         e.nearby_files = {{"/home/alice/.ssh/id_ed25519.pub", alices_key_line}};
       },
       Expected{"public-key-not-installed", "/home/alice/.ssh/id_ed25519.pub", KeyLogin::none}},
      {"public-key-not-installed",
       [](Evidence& e, Database&) {
         e.nearby_files = {{"/home/alice/.ssh/id_ed25519.pub", alices_key_line}};
       },
       {}},
  };
}

AccountReport report_of(const std::string& name, uid_t uid, std::vector<KeyMention> mentions) {
  AccountReport report;
  report.account = {name, uid, uid, "/home/" + name, "/bin/sh"};
  report.key_login = KeyLogin::accepted;
  report.mentions = std::move(mentions);
  return report;
}

KeyMention mention(std::uint8_t first_byte, bool usable = true) {
  KeyMention made;
  made.digest[0] = first_byte;
  made.line = 1;
  made.usable = usable;
  return made;
}

AccountReport with_public_key(AccountReport report, std::uint8_t first_byte) {
  report.nearby_keys.push_back({mention(first_byte).digest, "/home/x/.ssh/id_rsa.pub"});
  return report;
}

TEST(Rules, OfKeysOfSeveralAccounts) {
  const auto database = healthy_database();
  const AccountIndex index(database);
  for (const auto& row : census_rows()) {
    KeyCensus census;
    for (const auto& report : row.reports) census.add(report);
    const auto findings = audit_keys(census, {index, SshdFacts{}});
    ASSERT_EQ(findings.size(), row.found ? 1U : 0U) << row.rule;
    if (row.found) {
      EXPECT_EQ(findings[0].rule->id, row.rule);
    }
  }
}

// A line that a later sshd knows, and faults of lines that only an older one has.
TEST(Rules, OfKeysByVersion) {
  const auto database = healthy_database();
  const AccountIndex index(database);
  for (const auto& one : version_rows()) {
    for (const bool old : {true, false}) {
      auto evidence = healthy_account();
      hold(evidence.key_files[0], one.text);
      Context context{index, SshdFacts{}};
      context.grammar = key_grammar(old ? SshdVersion{"", 7, one.minor} : SshdVersion{"", 9, 2});
      context.facts = context.grammar.facts;
      const auto report = audit_account(evidence, context);
      ASSERT_EQ(report.findings.size(), old ? 1U : 0U) << one.rule;
      if (old) {
        EXPECT_EQ(report.findings[0].rule->id, one.rule);
      }
      EXPECT_EQ(report.key_login, old ? KeyLogin::refused : KeyLogin::accepted) << one.rule;
    }
  }
}

}  // namespace

const std::vector<Row>& key_rows() {
  static const auto rows = [] {
    std::vector<Row> all;
    for (auto part : {fault_rows(), option_rows(), policy_rows(), restriction_rows(), content_rows()}) {
      std::ranges::move(part, std::back_inserter(all));
    }
    return all;
  }();
  return rows;
}

const std::vector<VersionRow>& version_rows() {
  static const std::vector<VersionRow> rows = {
      {"option-newer", "expiry-time=\"20990101\" " + key("ed"), 4},
      {"key-separator", "ssh-ed25519  " + blob("ed"), 4},
      {"key-line-too-long", key("ed") + " " + std::string(17000, 'x') + "\n", 7},
      {"key-line-nul", key("ed") + std::string("\0", 1) + "\n\n", 7},
  };
  return rows;
}

const std::vector<CensusRow>& census_rows() {
  static const std::vector<CensusRow> rows = {
      {"key-shared", {report_of("a", 1000, {mention(1)}), report_of("b", 1001, {mention(1)})}, true},
      {"key-shared", {report_of("a", 1000, {mention(1), mention(1)}), report_of("b", 1001, {mention(2)})}, false},
      {"key-shared-with-root", {report_of("root", 0, {mention(1)}), report_of("b", 1001, {mention(1)})}, true},
      {"key-shared-with-root", {report_of("root", 0, {mention(1)}), report_of("b", 1001, {mention(2)})}, false},
      {"key-useless", {report_of("a", 1000, {mention(1, false), mention(1, false)})}, true},
      {"key-useless", {report_of("a", 1000, {mention(1, false), mention(1)})}, false},
      {"public-key-elsewhere",
       {with_public_key(report_of("a", 1000, {}), 1), report_of("b", 1001, {mention(1)})},
       true},
      {"public-key-elsewhere",
       {with_public_key(report_of("a", 1000, {}), 2), report_of("b", 1001, {mention(1)})},
       false},
  };
  return rows;
}

}  // namespace sshaudit
