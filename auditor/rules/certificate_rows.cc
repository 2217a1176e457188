// SPDX-License-Identifier: MIT
#include "rules/certificate_rows.h"

#include <array>

#include "rules/certificate_rules.h"

namespace sshaudit {
namespace {

constexpr auto account = Subject::account;
constexpr auto refuses = Effect::refuses;
constexpr auto error = Severity::error;
constexpr auto by_algorithm = LoginStep::algorithm;
constexpr auto by_authority = LoginStep::trusted_ca;

constexpr std::string_view principals_why =
    "A certificate is good for an account when one of its principals is listed in AuthorizedPrincipalsFile, printed by "
    "AuthorizedPrincipalsCommand or, without these, the name of the account; for a cert-authority line it is "
    "principals= or the name. (OpenSSH auth2-pubkey.c: user_cert_trusted_ca)";
constexpr std::string_view validity_why =
    "A certificate is valid from one second up to another. (OpenSSH sshkey.c: sshkey_cert_check_authority)";
constexpr std::string_view options_why =
    "What is critical in a certificate has to be understood, or it is refused. (PROTOCOL.certkeys; OpenSSH "
    "auth-options.c: cert_option_list)";

// In the order of CertificateRow.
const std::array rows = {
    RuleInfo{"certificate-type-not-accepted", account, refuses, error, "The type of a certificate is not accepted.",
             "PubkeyAcceptedAlgorithms (sshd_config(5)) has names for certificates of their own. (OpenSSH "
             "auth2-pubkey.c: userauth_pubkey)",
             "Certify a key of an accepted type.", by_algorithm},
    RuleInfo{"certificate-authority-algorithm", account, refuses, error,
             "A certificate is signed with an algorithm that is not accepted.",
             "CASignatureAlgorithms (sshd_config(5), from 7.9); ssh-rsa, which is RSA with SHA-1, is no default since "
             "8.2. (OpenSSH auth2-pubkey.c: userauth_pubkey)",
             "Sign it anew with an accepted algorithm: ssh-keygen -t rsa-sha2-512 -s CA", by_algorithm},
    RuleInfo{"certificate-key-too-small", account, refuses, error, "An RSA key in a certificate is too short.",
             "RequiredRSASize (sshd_config(5), from 9.1) counts for the key that is certified, and 1,024 bits are the "
             "least for it and for the authority. (OpenSSH auth2-pubkey.c: userauth_pubkey)",
             "Certify another key: ssh-keygen -t ed25519", by_algorithm},
    RuleInfo{"certificate-not-trusted", account, refuses, error, "The authority of a certificate is not trusted.",
             "TrustedUserCAKeys (sshd_config(5)) does not list the key that signed it, or not before a line that sshd "
             "cannot read. (OpenSSH auth2-pubkey.c: user_cert_trusted_ca)",
             "Add the public key of the authority, if it is to be trusted.", by_authority},
    RuleInfo{"certificate-wrong-principal", account, refuses, error, "A certificate is not for the account.",
             principals_why, "Sign a certificate for the account: ssh-keygen -s CA -n NAME", by_authority},
    RuleInfo{"certificate-no-principals", account, refuses, error, "A certificate has no principals.",
             "Through TrustedUserCAKeys it is of no use, and from OpenSSH 10.3 on nowhere. (OpenSSH sshkey.c: "
             "sshkey_cert_check_authority)",
             "Sign a certificate for the account: ssh-keygen -s CA -n NAME", by_authority},
    RuleInfo{"certificate-expired", account, refuses, error, "A certificate has expired.", validity_why,
             "Get a new one.", by_authority},
    RuleInfo{"certificate-not-yet-valid", account, refuses, error, "A certificate is not valid yet.", validity_why,
             "Wait, or compare the clocks of this host and of the authority.", by_authority},
    RuleInfo{"certificate-for-host", account, refuses, error, "A certificate is for a host, not for a user.",
             "Host certificates (ssh-keygen -h) show clients who a server is. (OpenSSH sshkey.c: "
             "sshkey_cert_check_authority)",
             "Sign it without -h.", by_authority},
    RuleInfo{"certificate-option-unknown", account, refuses, error,
             "A certificate has a critical option that this sshd does not know.", options_why,
             "Sign it without that option.", by_authority},
    RuleInfo{"certificate-option-malformed", account, refuses, error, "An option of a certificate makes no sense.",
             options_why, "Correct the option.", by_authority},
    RuleInfo{"certificate-source-address", account, refuses, error,
             "A certificate is not good from where the client connects.",
             "source-address holds networks and addresses, no patterns and no names. (OpenSSH auth2-pubkeyfile.c: "
             "auth_authorise_keyopts; addrmatch.c: addr_match_cidr_list)",
             "Connect from where the certificate says.", by_authority},
    RuleInfo{"principals-line-refuses", account, refuses, error, "The line that lists a principal refuses it.",
             "The first line with one of the principals decides: its from=, expiry-time and the like count, and "
             "cert-authority and principals= refuse there. (OpenSSH auth2-pubkeyfile.c: auth_authorise_keyopts)",
             "Change the options of the line.", by_authority},
    RuleInfo{"certificate-commands-differ", account, refuses, error,
             "A certificate and the line that lets it in force different commands.",
             "Two forced commands have to be the same, byte for byte. (OpenSSH auth-options.c: sshauthopt_merge)",
             "Leave one of the commands out.", by_authority},
    RuleInfo{"certificate-expires-soon", account, Effect::endangers, Severity::warning,
             "A certificate expires within the days that are looked ahead.", validity_why, "Get a new one.",
             by_authority},
    RuleInfo{"certificate-unsettled", account, Effect::unknown, Severity::notice,
             "It is not known whether a certificate is accepted.",
             "AuthorizedPrincipalsCommand is not run, and not every file can be seen. (OpenSSH auth2-pubkey.c: "
             "user_cert_trusted_ca)",
             "Run sshaudit as root; ask the command what it prints.", by_authority},
};

}  // namespace

const RuleInfo& certificate_row(CertificateRow row) { return rows.at(static_cast<std::size_t>(row)); }

std::span<const RuleInfo> certificate_rows() { return rows; }

}  // namespace sshaudit
