// SPDX-License-Identifier: MIT
// One certificate judged in both ways, in tables; what sshd logs in its versions; and that each row finds something.
#include "rules/certificate_rules.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "parse/certificate.h"
#include "parse/certificate_builder.h"
#include "parse/key_line.h"
#include "rules/healthy_account.h"
#include "rules/rule_rows.h"

namespace sshaudit {
namespace {

constexpr std::int64_t now = 1800000000;  // 2027-01-15T08:00Z
constexpr std::int64_t a_day = 86400;

// Of the account alice, signed by "ca", good for a year around now.
Certificate good_certificate() {
  CertificateParts parts;
  parts.valid_after = static_cast<std::uint64_t>(now - 180 * a_day);
  parts.valid_before = static_cast<std::uint64_t>(now + 180 * a_day);
  return *parse_certificate(certificate_blob(parts), {});
}

std::string line_of(std::string_view name) {
  const auto found = std::ranges::find(sample_keys, name, &SampleKey::name);
  return std::string(found->type) + " " + std::string(found->blob) + "\n";
}

KeyFile file_of_root(const std::string& path, std::string text) {
  KeyFile file;
  file.path = path;
  file.walk = walk_to({component("/", directory_type | 0755), component("/etc", directory_type | 0755),
                       component(path, file_type | 0644)});
  hold(file, std::move(text));
  return file;
}

AccountEvidence trusting_account() {
  auto evidence = healthy_account();
  evidence.settings.trusted_user_ca_keys = "/etc/ca";
  evidence.authorities = std::make_shared<const KeyFile>(file_of_root("/etc/ca", line_of("ca")));
  return evidence;
}

void list_principals(AccountEvidence& evidence, const std::string& text) {
  evidence.settings.authorized_principals_file = "/etc/principals";
  evidence.principals_files = {file_of_root("/etc/principals", text)};
}

struct Case {
  Certificate certificate = good_certificate();
  AccountEvidence evidence = trusting_account();
  KeyOptions options;  // of the cert-authority line
  SshdVersion version = {"", 9, 2, Vendor::upstream};
  std::optional<std::string> address = "192.0.2.7";
};

CertificateVerdict judge_case(const Case& one, bool by_line) {
  const auto database = healthy_database();
  const AccountIndex index(database);
  const auto grammar = key_grammar(one.version);
  Connection connection{.host = one.address, .address = one.address};
  Context context{index, grammar.facts};
  context.grammar = grammar;
  context.now = now;
  context.connection = &connection;
  auto first = judge_certificate_algorithms(one.certificate, one.evidence, context);
  if (first.result != StepResult::ok) return first;
  if (!by_line) return judge_by_trusted_authority(one.certificate, one.evidence, context);
  auto line = parse_key_line("cert-authority " + line_of("ca").substr(0, line_of("ca").size() - 1), grammar);
  line.line = 3;
  const bool is_authority = one.options.cert_authority;
  line.options = one.options;
  line.options.cert_authority = !is_authority;
  return judge_by_authority_line(one.certificate, line, one.evidence.key_files[0], one.evidence, context);
}

std::string summary_of(const CertificateVerdict& verdict) {
  constexpr std::array words = {"ok", "absent", "refused", "closes", "unknown", "skipped"};
  std::string text = words.at(static_cast<std::size_t>(verdict.result));
  for (const auto& finding : verdict.findings) text += " " + std::string(finding.rule->id);
  return text;
}

using Change = std::function<void(Case&)>;

struct CertificateRowCase {
  std::string what;
  Change change;
  std::string trusted;  // what the way by TrustedUserCAKeys says
  std::string line;     // and that by a cert-authority line
};

void add_critical(Case& one, const std::string& name, const std::string& value,
                  CertificateOption::Data data = CertificateOption::Data::text) {
  one.certificate.critical_options.push_back({name, value, data});
}

// Long because it is the table.
const std::vector<CertificateRowCase>& cases() {
  using Data = CertificateOption::Data;
  static const std::vector<CertificateRowCase> rows = {
      {"good", [](Case&) {}, "ok", "ok"},
      {"type", [](Case& c) { c.evidence.settings.pubkey_accepted_algorithms = "ssh-ed25519"; },
       "refused certificate-type-not-accepted", "refused certificate-type-not-accepted"},
      {"type listed",
       [](Case& c) { c.evidence.settings.pubkey_accepted_algorithms = "ssh-ed25519-cert-v01@openssh.com"; }, "ok",
       "ok"},
      {"signature", [](Case& c) { c.evidence.settings.ca_signature_algorithms = "rsa-sha2-512"; },
       "refused certificate-authority-algorithm", "refused certificate-authority-algorithm"},
      {"signature listed", [](Case& c) { c.evidence.settings.ca_signature_algorithms = "ssh-ed25519"; }, "ok", "ok"},
      {"size",
       [](Case& c) {
         c.certificate.key = {"ssh-rsa-cert-v01@openssh.com", 2048, {}, true, false};
         c.evidence.settings.required_rsa_size = 3072;
       },
       "refused certificate-key-too-small", "refused certificate-key-too-small"},
      {"size of the authority",
       [](Case& c) {
         c.certificate.authority = {"ssh-rsa", 1023};
       },
       "refused certificate-key-too-small", "refused certificate-key-too-small"},
      {"other authority", [](Case& c) { c.certificate.authority.digest[0] ^= 1U; }, "absent certificate-not-trusted",
       "absent"},
      {"no authorities", [](Case& c) { c.evidence.authorities = nullptr; }, "absent", "ok"},
      {"no cert-authority", [](Case& c) { c.options.cert_authority = true; }, "ok", "absent"},
      {"authorities unseen",
       [](Case& c) {
         auto file = *c.evidence.authorities;
         file.read_errnum = EIO;
         c.evidence.authorities = std::make_shared<const KeyFile>(file);
       },
       "unknown certificate-unsettled", "ok"},
      {"name",
       [](Case& c) {
         c.certificate.principals = {"bob", "alice2"};
       },
       "refused certificate-wrong-principal", "refused certificate-wrong-principal"},
      {"no principals", [](Case& c) { c.certificate.principals.clear(); }, "refused certificate-no-principals", "ok"},
      {"no principals, 10.3",
       [](Case& c) {
         c.certificate.principals.clear();
         c.version = {"", 10, 3, Vendor::upstream};
       },
       "refused certificate-no-principals", "refused certificate-no-principals"},
      {"expired", [](Case& c) { c.certificate.valid_before = now; }, "refused certificate-expired",
       "refused certificate-expired"},
      {"last second", [](Case& c) { c.certificate.valid_before = now + 1; }, "ok certificate-expires-soon",
       "ok certificate-expires-soon"},
      {"soon", [](Case& c) { c.certificate.valid_before = now + 9 * a_day; }, "ok certificate-expires-soon",
       "ok certificate-expires-soon"},
      {"of a day",
       [](Case& c) {
         c.certificate.valid_after = now - 10;
         c.certificate.valid_before = now + 100;
       },
       "ok", "ok"},
      {"later", [](Case& c) { c.certificate.valid_after = now + 1; }, "refused certificate-not-yet-valid",
       "refused certificate-not-yet-valid"},
      {"from now", [](Case& c) { c.certificate.valid_after = now; }, "ok", "ok"},
      {"never", [](Case& c) { c.certificate.valid_after = ~std::uint64_t{0}; }, "refused certificate-not-yet-valid",
       "refused certificate-not-yet-valid"},
      {"host", [](Case& c) { c.certificate.is_for_user = false; }, "refused certificate-for-host",
       "refused certificate-for-host"},
      {"unknown option", [](Case& c) { add_critical(c, "new", "x"); }, "refused certificate-option-unknown",
       "refused certificate-option-unknown"},
      {"unknown extension",
       [](Case& c) {
         c.certificate.extensions.push_back({"new", "", Data::other});
       },
       "ok", "ok"},
      {"verify-required", [](Case& c) { add_critical(c, "verify-required", "", Data::none); }, "ok", "ok"},
      {"verify-required, 8.3",
       [](Case& c) {
         add_critical(c, "verify-required", "", Data::none);
         c.version = {"", 8, 3, Vendor::upstream};
       },
       "refused certificate-option-unknown", "refused certificate-option-unknown"},
      {"verify-required with a value", [](Case& c) { add_critical(c, "verify-required", "x"); },
       "refused certificate-option-malformed", "refused certificate-option-malformed"},
      {"flag with a value",
       [](Case& c) {
         c.certificate.extensions.push_back({"permit-pty", "x", Data::text});
       },
       "refused certificate-option-malformed", "refused certificate-option-malformed"},
      {"two commands",
       [](Case& c) {
         add_critical(c, "force-command", "a");
         add_critical(c, "force-command", "a");
       },
       "refused certificate-option-malformed", "refused certificate-option-malformed"},
      {"more behind a value", [](Case& c) { add_critical(c, "force-command", "a", Data::surplus); },
       "refused certificate-option-malformed", "refused certificate-option-malformed"},
      {"host bits", [](Case& c) { add_critical(c, "source-address", "192.0.2.7/24"); },
       "refused certificate-option-malformed", "refused certificate-option-malformed"},
      {"blank in the list", [](Case& c) { add_critical(c, "source-address", "192.0.2.7, 10.0.0.1"); },
       "refused certificate-option-malformed", "refused certificate-option-malformed"},
      {"elsewhere", [](Case& c) { add_critical(c, "source-address", "10.0.0.0/8,192.0.2.8"); },
       "refused certificate-source-address", "refused certificate-source-address"},
      {"here", [](Case& c) { add_critical(c, "source-address", "10.0.0.0/8,192.0.2.0/24"); }, "ok", "ok"},
      {"anywhere",
       [](Case& c) {
         add_critical(c, "source-address", "10.0.0.0/8");
         c.address.reset();
       },
       "ok", "ok"},
      {"commands differ",
       [](Case& c) {
         add_critical(c, "force-command", "a");
         c.options.command = "b";
         list_principals(c.evidence, "command=\"b\" alice\n");
       },
       "refused certificate-commands-differ", "refused certificate-commands-differ"},
      {"same command",
       [](Case& c) {
         add_critical(c, "force-command", "a");
         c.options.command = "a";
         list_principals(c.evidence, "command=\"a\" alice\n");
       },
       "ok", "ok"},
      {"listed",
       [](Case& c) {
         c.certificate.principals = {"www", "deploy"};
         c.options.principals = "x,deploy";
         list_principals(c.evidence, "x\ndeploy\n");
       },
       "ok", "ok"},
      {"not listed",
       [](Case& c) {
         c.options.principals = "x, alice";
         list_principals(c.evidence, "x\n");
       },
       "refused certificate-wrong-principal", "refused certificate-wrong-principal"},
      {"ends at an empty element", [](Case& c) { c.options.principals = "x,,alice"; }, "ok",
       "refused certificate-wrong-principal"},
      {"in parts",
       [](Case& c) {
         c.certificate.principals = {"alice,root"};
         c.options.principals = "root";
       },
       "refused certificate-wrong-principal", "ok"},
      {"in parts, 10.3",
       [](Case& c) {
         c.certificate.principals = {"alice,root"};
         c.options.principals = "root";
         c.version = {"", 10, 3, Vendor::upstream};
       },
       "refused certificate-wrong-principal", "refused certificate-wrong-principal"},
      {"in parts, who knows",
       [](Case& c) {
         c.certificate.principals = {"alice,root"};
         c.options.principals = "root";
         c.version = {"", 8, 7, Vendor::rhel};
       },
       "refused certificate-wrong-principal", "unknown certificate-unsettled"},
      {"line expired",
       [](Case& c) {
         c.options.expiry_time = now - 1;
         list_principals(c.evidence, "expiry-time=\"20200101\" alice\n");
       },
       "refused principals-line-refuses", "refused key-expired"},
      {"line from elsewhere",
       [](Case& c) {
         c.options.from = {"10.0.0.0/8"};
         list_principals(c.evidence, "from=\"10.0.0.0/8\" alice\nalice\n");
       },
       "refused principals-line-refuses", "refused from-refuses"},
      {"line from elsewhere, 7.4",
       [](Case& c) {
         list_principals(c.evidence, "from=\"10.0.0.0/8\" alice\nalice\n");
         c.version = {"", 7, 4, Vendor::upstream};
       },
       "ok", "ok"},
      {"cert-authority in principals", [](Case& c) { list_principals(c.evidence, "cert-authority alice\n"); },
       "refused principals-line-refuses", "ok"},
      {"cert-authority in principals, 7.4",
       [](Case& c) {
         list_principals(c.evidence, "cert-authority alice\n");
         c.version = {"", 7, 4, Vendor::upstream};
       },
       "ok", "ok"},
      {"bad modes",
       [](Case& c) {
         list_principals(c.evidence, "alice\n");
         c.evidence.principals_files[0].walk.components.back().status.mode |= 0020;
       },
       "refused certificate-wrong-principal", "ok"},
      {"bad modes, not strict",
       [](Case& c) {
         list_principals(c.evidence, "alice\n");
         c.evidence.principals_files[0].walk.components.back().status.mode |= 0020;
         c.evidence.settings.strict_modes = false;
       },
       "ok", "ok"},
      {"command",
       [](Case& c) {
         list_principals(c.evidence, "x\n");
         c.evidence.settings.authorized_principals_command = "/opt/p %u";
         c.evidence.settings.authorized_principals_command_user = "nobody";
       },
       "unknown certificate-unsettled", "ok"},
      {"command, expired",
       [](Case& c) {
         c.certificate.valid_before = now;
         c.evidence.settings.authorized_principals_command = "/opt/p %u";
         c.evidence.settings.authorized_principals_command_user = "nobody";
       },
       "refused certificate-expired", "refused certificate-expired"},
      {"command none", [](Case& c) { c.evidence.settings.authorized_principals_command = "none"; },
       "refused certificate-wrong-principal", "ok"},
      {"name of a file that sshd cannot make",
       [](Case& c) {
         c.evidence.settings.authorized_principals_file = "%x";
         c.evidence.principals_name_error = "%x: sshd does not know the token %x";
       },
       "refused certificate-wrong-principal", "ok"},
  };
  return rows;
}

TEST(CertificateRules, JudgeAsSshdDoes) {
  for (const auto& row : cases()) {
    Case one;
    row.change(one);
    EXPECT_EQ(summary_of(judge_case(one, false)), row.trusted) << row.what;
    EXPECT_EQ(summary_of(judge_case(one, true)), row.line) << row.what;
  }
}

TEST(CertificateRules, SayWhatLetsACertificateIn) {
  Case one;
  EXPECT_EQ(judge_case(one, false).through, "the login name");
  EXPECT_EQ(judge_case(one, true).through, "/home/alice/.ssh/authorized_keys:3");
  list_principals(one.evidence, "# x\ncommand=\"ls\" alice\n");
  add_critical(one, "source-address", "10.0.0.0/8");
  one.address.reset();
  const auto verdict = judge_case(one, false);
  EXPECT_EQ(verdict.through, "/etc/principals:2");
  EXPECT_EQ(verdict.forced_command, "ls");
  EXPECT_EQ(verdict.conditions, std::vector<std::string>{"only from 10.0.0.0/8"});
}

std::string log_of(const Change& change, bool by_line, int major, int minor) {
  Case one;
  one.version = {"", major, minor, Vendor::upstream};
  change(one);
  const auto verdict = judge_case(one, by_line);
  return verdict.findings.empty() ? "nothing" : verdict.findings[0].detail.sshd_logs;
}

TEST(CertificateRules, KnowWhatEachVersionLogs) {
  const auto ca = std::string("SHA256:lPEu6AZxocRVZRKe8H/KHktKchmqxl+a0n3WcmUVIM8");
  const Change expired = [](Case& c) { c.certificate.valid_before = now; };
  EXPECT_EQ(log_of(expired, false, 9, 2), "Certificate invalid: expired");
  EXPECT_EQ(log_of(expired, false, 10, 1),
            "Refusing certificate ID \"id\" serial=5 signed by ED25519 CA " + ca + ": Certificate invalid: expired");
  EXPECT_EQ(log_of(expired, true, 10, 1), "Refusing certificate ID \"id\" serial=5 signed by ED25519 CA " + ca +
                                              " via /home/alice/.ssh/authorized_keys:3: Certificate invalid: expired");
  const Change host = [](Case& c) { c.certificate.is_for_user = false; };
  EXPECT_EQ(log_of(host, false, 9, 2), "Certificate invalid: not a user certificate");
  EXPECT_EQ(log_of(host, true, 9, 2), "Invalid certificate options");
  EXPECT_EQ(log_of(host, true, 7, 6), "Certificate invalid: not a user certificate");
  const Change source = [](Case& c) { add_critical(c, "source-address", "10.0.0.0/8"); };
  EXPECT_EQ(log_of(source, false, 9, 2),
            "cert: Authentication tried for alice with valid certificate but not from a permitted source address "
            "(192.0.2.7).");
  EXPECT_EQ(log_of(source, true, 7, 6),
            "Authentication tried for alice with valid certificate but not from a permitted host (ip=192.0.2.7).");
  const Change type = [](Case& c) { c.evidence.settings.pubkey_accepted_algorithms = "ssh-rsa"; };
  EXPECT_EQ(log_of(type, false, 8, 4),
            "userauth_pubkey: key type ssh-ed25519-cert-v01@openssh.com not in PubkeyAcceptedKeyTypes");
  EXPECT_EQ(log_of([](Case& c) { c.certificate.authority.digest[0] ^= 1U; }, false, 9, 2), "");
}

TEST(CertificateRules, SayWhereAnAuthorityStandsInVain) {
  Case one;
  one.evidence.authorities =
      std::make_shared<const KeyFile>(file_of_root("/etc/ca", line_of("ed") + "\r\n" + line_of("ca")));
  auto finding = judge_case(one, false).findings.at(0);
  EXPECT_EQ(finding.detail.message,
            "the certificate \"id\" is not accepted: its authority, the ED25519 key "
            "SHA256:lPEu6AZxocRVZRKe8H/KHktKchmqxl+a0n3WcmUVIM8, stands in /etc/ca:3, but sshd stops reading at line "
            "2, which is no key");
  EXPECT_EQ(finding.detail.line, 2U);
}

void with_principals(Evidence& evidence, const std::string& text) {
  evidence.settings.trusted_user_ca_keys = "/etc/ca";
  list_principals(evidence, text);
}

}  // namespace

std::map<std::string, std::pair<int, int>> certificate_row_counts() {
  std::map<std::string, std::pair<int, int>> counts;
  std::size_t all = 0;
  for (const auto& row : cases()) {
    Case one;
    row.change(one);
    for (const bool by_line : {false, true}) {
      ++all;
      for (const auto& finding : judge_case(one, by_line).findings) ++counts[std::string(finding.rule->id)].first;
    }
  }
  for (auto& [rule, count] : counts) count.second = static_cast<int>(all) - count.first;
  return counts;
}

// Long because it is the table.
const std::vector<Row>& principals_rows() {
  static const std::vector<Row> rows = {
      {"principals-file-refused",
       [](Evidence& e, Database&) {
         with_principals(e, "alice\n");
         e.principals_files[0].walk.components[2].status.mode |= 0002;
       },
       Expected{"principals-file-refused", "/etc/principals", KeyLogin::accepted}},
      {"principals-file-refused",
       [](Evidence& e, Database&) {
         with_principals(e, "# nobody\n");
         e.principals_files[0].walk.components[2].status.mode |= 0002;
       },
       {}},
      {"principals-file-unreadable",
       [](Evidence& e, Database&) {
         with_principals(e, "");
         e.principals_files[0].open_errnum = EACCES;
       },
       Expected{"principals-file-unreadable", "/etc/principals", KeyLogin::accepted}},
      {"principals-file-unreadable",
       [](Evidence& e, Database&) {
         with_principals(e, "");
         e.principals_files[0].walk.end = WalkEnd::missing;
       },
       {}},
      {"principals-line-crlf", [](Evidence& e, Database&) { with_principals(e, "# x\r\nalice\r\nbob\r\n"); },
       Expected{"principals-line-crlf", "/etc/principals", KeyLogin::accepted}},
      {"principals-line-crlf", [](Evidence& e, Database&) { with_principals(e, "alice\n"); }, {}},
      {"principals-line-options", [](Evidence& e, Database&) { with_principals(e, "web admins\n"); },
       Expected{"principals-line-options", "/etc/principals", KeyLogin::accepted}},
      {"principals-line-options", [](Evidence& e, Database&) { with_principals(e, "cert-authority alice\n"); },
       Expected{"principals-line-options", "/etc/principals", KeyLogin::accepted}},
      {"principals-line-options", [](Evidence& e, Database&) { with_principals(e, "command=\"a b\"\talice\n"); },
       Expected{"principals-line-options", "/etc/principals", KeyLogin::accepted}},
      {"principals-line-options", [](Evidence& e, Database&) { with_principals(e, "no-pty alice\n"); }, {}},
      {"principals-file-none-in-match",
       [](Evidence& e, Database&) {
         with_principals(e, "");
         e.settings.authorized_principals_file = "none";
         e.principals_files[0].walk.end = WalkEnd::missing;
       },
       Expected{"principals-file-none-in-match", "", KeyLogin::accepted}},
      {"principals-file-none-in-match",
       [](Evidence& e, Database&) { e.settings.authorized_principals_file = "none"; },
       {}},
  };
  return rows;
}

const std::vector<HostRow>& authority_rows() {
  const auto authorities = [](Server& server, std::size_t faulty_line, std::size_t hidden) {
    NamedFile file{"trustedusercakeys", "/etc/ca", {"/etc/ssh/sshd_config", 7}, {}, 0};
    file.walk = walk_to({component("/", directory_type | 0755), component("/etc/ca", file_type | 0644)});
    file.faulty_line = faulty_line;
    file.hidden_keys = hidden;
    server.named_files = {file};
  };
  static const std::vector<HostRow> rows = {
      {"authority-file-stops", [=](Server& s, Database&) { authorities(s, 3, 2); }, true},
      {"authority-file-stops", [=](Server& s, Database&) { authorities(s, 3, 0); }, false},
      {"principals-command-none",
       [](Server& s, Database&) {
         s.settings.trusted_user_ca_keys = "/etc/ca";
         s.settings.authorized_principals_command = "none";
       },
       true},
      {"principals-command-none", [](Server& s, Database&) { s.settings.authorized_principals_command = "none"; },
       false},
  };
  return rows;
}

}  // namespace sshaudit
