// SPDX-License-Identifier: MIT
#include "rules/certificate_rules.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "parse/authority_file.h"
#include "parse/key_blob.h"
#include "parse/key_types.h"
#include "parse/pattern.h"
#include "rules/certificate_judge.h"
#include "rules/key_line_rules.h"
#include "rules/settings_rules.h"
#include "rules/wording.h"

namespace sshaudit {
namespace {

using Row = CertificateRow;

std::string accepted_log(std::string_view type, unsigned version) {
  if (plain_type(*find_key_type(type)).family == KeyFamily::rsa) return {};  // it depends on the client
  if (version >= 900)
    return fmt::format("userauth_pubkey: signature algorithm {} not in PubkeyAcceptedAlgorithms", type);
  return fmt::format("userauth_pubkey: key type {} not in PubkeyAccepted{}", type,
                     version >= 805 ? "Algorithms" : "KeyTypes");
}

// Whether the key in the file counts as the certificate's authority: options in a key file do not change it.
std::string missing_authority(const Certificate& certificate, const AuthorityFile& known, const std::string& path) {
  const auto is_it = [&](const Authority& one) { return one.key.digest == certificate.authority.digest; };
  const auto hidden = std::ranges::find_if(known.hidden, is_it);
  if (hidden == known.hidden.end()) return fmt::format("is not listed in {}", path);
  if (hidden->line == known.faulty_line)
    return fmt::format("stands in {}:{} with something around it that sshd cannot read", path, hidden->line);
  return fmt::format("stands in {}:{}, but sshd stops reading at line {}, which is no key", path, hidden->line,
                     known.faulty_line);
}

// Why the list of authorities says nothing; empty when it was seen as sshd sees it.
std::string why_unseen(const KeyFile& file, const AccountEvidence& evidence) {
  const bool hidden = !evidence.by_root && (file.walk.end == WalkEnd::not_searchable || file.open_errnum == EACCES);
  if (hidden) return fmt::format("TrustedUserCAKeys {} cannot be read without the rights of root", file.path);
  return why_not_judged(file);
}

// What a line of a key file asks of everybody who uses it.
bool line_lets_in(const KeyLineSubject& subject, const Context& context, CertificateVerdict& verdict) {
  std::vector<Finding> findings;
  judge(key_restriction_rules(), subject, context, findings);
  const auto refuses = [](const Finding& one) { return one.rule->effect == Effect::refuses; };
  const auto refusal = std::ranges::find_if(findings, refuses);
  if (refusal == findings.end()) return true;
  verdict.result = StepResult::refused;
  verdict.findings = {*refusal};
  return false;
}

}  // namespace

CertificateVerdict judge_certificate_algorithms(const Certificate& certificate, const AccountEvidence& evidence,
                                                const Context& context) {
  CertificateJudge judge(certificate, evidence, context, {});
  const auto& settings = evidence.settings;
  const auto version = context.grammar.version;
  const auto& accepted = settings.pubkey_accepted_algorithms;
  const auto& type = certificate.key.type;
  if (!accepted.empty() && !may_sign(type, accepted)) {
    const auto* keyword = version >= 805 ? "PubkeyAcceptedAlgorithms" : "PubkeyAcceptedKeyTypes";
    const auto place = place_of(evidence, version >= 805 ? "pubkeyacceptedalgorithms" : "pubkeyacceptedkeytypes");
    judge.refuse(Row::type_not_accepted, fmt::format("{} is not in {}{}", type, keyword, place),
                 {.logs = accepted_log(type, version),
                  .expected = "a certificate of an accepted type",
                  .actual = fmt::format("{} is not accepted", type),
                  .note = "certify a key of another type, such as ssh-ed25519, or add this one to the list"});
    return judge.take();
  }
  const auto& by = settings.ca_signature_algorithms;
  const auto is_listed = [&](std::string_view list) {
    return matches_pattern_list(certificate.signature_algorithm, list, false) == 1;
  };
  if (!by.empty() && !is_listed(by)) {
    const auto& algorithm = certificate.signature_algorithm;
    judge.refuse(Row::authority_algorithm,
                 fmt::format("it is signed with {}, which is not in CASignatureAlgorithms{}", shown(algorithm),
                             place_of(evidence, "casignaturealgorithms")),
                 {.logs = fmt::format("userauth_pubkey: certificate signature algorithm {}: signature algorithm not "
                                      "supported",
                                      algorithm),
                  .expected = "an accepted signature algorithm",
                  .actual = fmt::format("signed with {}", algorithm),
                  .note = algorithm == "ssh-rsa" ? "have it signed anew: ssh-keygen -t rsa-sha2-512 -s CA ..."
                                                 : "have it signed by an authority with another type of key"});
    return judge.take();
  }
  judge.check_sizes();
  return judge.take();
}

CertificateVerdict judge_by_trusted_authority(const Certificate& certificate, const AccountEvidence& evidence,
                                              const Context& context) {
  CertificateJudge judge(certificate, evidence, context, {});
  if (!evidence.authorities) return judge.absent();
  const auto& file = *evidence.authorities;
  if (const auto why = why_unseen(file, evidence); !why.empty()) {
    judge.leave_open(why, "run sshaudit as root");
    return judge.take();
  }
  const auto known = parse_authority_file(file.text, context.grammar);
  const auto is_it = [&](const Authority& one) { return one.key.digest == certificate.authority.digest; };
  if (std::ranges::none_of(known.authorities, is_it)) {
    judge.refuse(Row::not_trusted,
                 fmt::format("its authority, the {}, {}", key_in_words(certificate.authority),
                             missing_authority(certificate, known, file.path)),
                 {.path = file.path,
                  .expected = "an authority that TrustedUserCAKeys lists",
                  .actual = fmt::format("signed by {}", fingerprint_of(certificate.authority)),
                  .note = known.faulty_line == 0
                              ? "add the public key of the authority there, if it is to be trusted"
                              : fmt::format("correct or remove line {}: a line is a key without options, or a comment "
                                            "that begins with #",
                                            known.faulty_line),
                  .line = known.faulty_line});
    return judge.absent();
  }
  judge.check_by_principals();
  return judge.take();
}

CertificateVerdict judge_by_authority_line(const Certificate& certificate, const AuthorizedKey& line,
                                           const KeyFile& file, const AccountEvidence& evidence,
                                           const Context& context) {
  const auto place = fmt::format("{}:{}", file.path, line.line);
  CertificateJudge judge(certificate, evidence, context, place);
  const bool is_it =
      !line.key.type.empty() && line.options.cert_authority && line.key.digest == certificate.authority.digest;
  if (!is_it) return judge.absent();
  if (!line_lets_in({evidence, file, line}, context, judge.verdict())) return judge.take();
  judge.check_by_line(line.options);
  return judge.take();
}

}  // namespace sshaudit
