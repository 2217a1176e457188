// SPDX-License-Identifier: MIT
// One certificate that a client offers, judged as sshd does; and what is wrong with the files that certificates need.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "rules/rule.h"
#include "sshaudit/authorized_key.h"
#include "sshaudit/certificate.h"
#include "sshaudit/evidence.h"
#include "sshaudit/explanation.h"
#include "sshaudit/finding.h"

namespace sshaudit {

struct CertificateVerdict {
  StepResult result = StepResult::ok;         // or absent, refused, unknown
  std::vector<Finding> findings;              // the first thing that refuses; what is worth knowing when nothing does
  std::string through;                        // what has let it in: "/etc/ssh/principals/alice:3", "the login name"
  std::optional<std::string> forced_command;  // of the certificate or of the line; PermitRootLogin may ask for one
  std::vector<std::string> conditions;        // what it depends on where no client is known: "only from 10.0.0.0/8"
};

// PubkeyAcceptedAlgorithms, CASignatureAlgorithms and RequiredRSASize, before anything is looked up. Source: OpenSSH
// auth2-pubkey.c, userauth_pubkey.
CertificateVerdict judge_certificate_algorithms(const Certificate& certificate, const AccountEvidence& evidence,
                                                const Context& context);

// TrustedUserCAKeys and what goes with it. Absent when the authority is not among them, which a finding says, or when
// none are set. Source: auth2-pubkey.c, user_cert_trusted_ca.
CertificateVerdict judge_by_trusted_authority(const Certificate& certificate, const AccountEvidence& evidence,
                                              const Context& context);

// A cert-authority line of a key file that sshd reads; whether it does is another question. Absent when the line is not
// the certificate's authority. Source: auth2-pubkeyfile.c, auth_check_authkey_line.
CertificateVerdict judge_by_authority_line(const Certificate& certificate, const AuthorizedKey& line,
                                           const KeyFile& file, const AccountEvidence& evidence,
                                           const Context& context);

// What these three find.
std::span<const RuleInfo> certificate_rows();

// AuthorizedPrincipalsFile of an account, and TrustedUserCAKeys.
std::span<const Rule<AccountEvidence>> principals_rules();
std::span<const Rule<Server>> authority_file_rules();

}  // namespace sshaudit
