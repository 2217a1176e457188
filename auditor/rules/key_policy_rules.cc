// SPDX-License-Identifier: MIT
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "parse/key_blob.h"
#include "parse/key_types.h"
#include "rules/key_line_rules.h"
#include "rules/settings_rules.h"

namespace sshaudit {
namespace {

using Details = std::vector<Detail>;

// What a client that has this key would make sshd log; for RSA it depends on the client.
std::string algorithm_log(std::string_view type, unsigned version) {
  if (type == "ssh-rsa") return {};
  if (version >= 900)
    return fmt::format("userauth_pubkey: signature algorithm {} not in PubkeyAcceptedAlgorithms", type);
  return fmt::format("userauth_pubkey: key type {} not in PubkeyAccepted{}", type,
                     version >= 805 ? "Algorithms" : "KeyTypes");
}

std::string_view accepted_keyword(unsigned version) {
  return version >= 805 ? "PubkeyAcceptedAlgorithms" : "PubkeyAcceptedKeyTypes";
}

std::string place_of_accepted(const KeyLineSubject& subject, unsigned version) {
  return place_of(subject.evidence, version >= 805 ? "pubkeyacceptedalgorithms" : "pubkeyacceptedkeytypes");
}

// The first of the usual types that the list takes.
std::string replacement(std::string_view accepted) {
  if (may_sign("ssh-ed25519", accepted)) return "replace it: ssh-keygen -t ed25519";
  if (may_sign("ecdsa-sha2-nistp256", accepted))
    return "replace it, as long as the policy is meant: ssh-keygen -t ecdsa -b 256";
  if (may_sign("ssh-rsa", accepted)) return "replace it, as long as the policy is meant: ssh-keygen -t rsa -b 3072";
  return "replace it by a key of an accepted type, or add its type to the list";
}

Details algorithm_refused(const KeyLineSubject& subject, const Context& context) {
  const auto& accepted = subject.evidence.settings.pubkey_accepted_algorithms;
  const auto& key = subject.line.key;
  if (!is_read(subject) || accepted.empty() || subject.line.options.cert_authority || may_sign(key.type, accepted))
    return {};
  const auto version = context.grammar.version;
  const bool is_dsa = key.type == "ssh-dss";
  return about_key(
      subject,
      fmt::format("is not accepted: {} is not in {}{}{}", key.type, accepted_keyword(version),
                  place_of_accepted(subject, version), is_dsa ? "; DSA is off by default since OpenSSH 7.0" : ""),
      "a key of an accepted type", fmt::format("{} is not accepted", key.type), algorithm_log(key.type, version),
      replacement(accepted));
}

Details rsa_too_small(const KeyLineSubject& subject, const Context&) {
  const auto& key = subject.line.key;
  const auto required = subject.evidence.settings.required_rsa_size;
  if (!is_read(subject) || key.type != "ssh-rsa" || key.bits >= required || subject.line.options.cert_authority)
    return {};
  return about_key(subject,
                   fmt::format("is not accepted: RSA with {} bits, and RequiredRSASize is {}{}", key.bits, required,
                               place_of(subject.evidence, "requiredrsasize")),
                   fmt::format("{} bits or more", required), fmt::format("{} bits, {} required", key.bits, required),
                   "refusing RSA key: Invalid key length",
                   "replace it by a longer one, or by another type: ssh-keygen -t ed25519");
}

Details key_revoked(const KeyLineSubject& subject, const Context&) {
  const auto& revocations = subject.evidence.revocations;
  const auto& key = subject.line.key;
  if (!is_read(subject) || !std::ranges::binary_search(revocations.revoked, key.digest)) return {};
  const auto& files = subject.evidence.settings.revoked_keys;
  const auto list = fmt::format("{}", fmt::join(files, " or "));
  return about_key(
      subject, fmt::format("is revoked: it is in RevokedKeys {}{}", list, place_of(subject.evidence, "revokedkeys")),
      "a key that is not revoked", "revoked",
      files.size() == 1
          ? fmt::format("Authentication key {} {} revoked by file {}", short_name(key.type), fingerprint_of(key), list)
          : std::string(),
      "take the key out of the key files, and leave RevokedKeys as it is; whoever needs access wants a new key");
}

Details revocation_unknown(const KeyLineSubject& subject, const Context&) {
  const auto& revocations = subject.evidence.revocations;
  const auto& digest = subject.line.key.digest;
  const bool known = std::ranges::binary_search(revocations.revoked, digest) ||
                     !std::ranges::binary_search(revocations.unsure, digest);
  if (!is_read(subject) || known) return {};
  return about_key(subject, "may be revoked: " + revocations.reason, "a list that can be asked", revocations.reason, {},
                   "run sshaudit as root where ssh-keygen is installed");
}

bool is_accepted_authority(const KeyLineSubject& subject) {
  const auto& accepted = subject.evidence.settings.ca_signature_algorithms;
  return accepted.empty() || may_sign(subject.line.key.type, accepted);
}

Details authority_refused(const KeyLineSubject& subject, const Context&) {
  const auto& line = subject.line;
  if (!is_read(subject) || !line.options.cert_authority || is_accepted_authority(subject)) return {};
  return about_key(subject,
                   fmt::format("lets nobody in: certificates that a key of the type {} has signed are not accepted, by "
                               "CASignatureAlgorithms{}",
                               line.key.type, place_of(subject.evidence, "casignaturealgorithms")),
                   "an authority with an accepted type of key", fmt::format("{} is not accepted", line.key.type), {},
                   "use an authority with another type of key");
}

Details authority(const KeyLineSubject& subject, const Context&) {
  const auto& line = subject.line;
  if (!is_read(subject) || !line.options.cert_authority || !is_accepted_authority(subject)) return {};
  const auto whom = line.options.principals ? fmt::format("for {}", *line.options.principals)
                                            : fmt::format("for {}", subject.evidence.account.name);
  return about_key(subject, fmt::format("lets in everybody whose certificate it has signed {}", whom),
                   "an authority that is trusted", "cert-authority", {}, "nothing to do if this is meant");
}

Details root_without_command(const KeyLineSubject& subject, const Context&) {
  const auto& evidence = subject.evidence;
  const bool forced_only = evidence.account.uid == 0 && evidence.settings.permit_root_login == "forced-commands-only";
  if (!is_read(subject) || !forced_only || subject.line.options.command || subject.line.options.cert_authority)
    return {};
  return about_key(subject,
                   fmt::format("is not accepted: it has no command=, and PermitRootLogin is forced-commands-only{}",
                               place_of(evidence, "permitrootlogin")),
                   "command=\"...\"", "no forced command", {},
                   "put command=\"...\" in front of the key; ForceCommand does not count");
}

using R = Rule<KeyLineSubject>;
constexpr auto on_key = Subject::authorized_key;
constexpr auto warning = Severity::warning;

const std::array rules = {
    R{{"key-algorithm-refused", on_key, Effect::refuses, warning, "The type of a key is not accepted.",
       "PubkeyAcceptedAlgorithms (sshd_config(5); PubkeyAcceptedKeyTypes up to OpenSSH 8.4), as the version, the "
       "vendor, "
       "a crypto policy or FIPS mode has set it. (OpenSSH auth2-pubkey.c: userauth_pubkey)",
       "Replace the key by one of an accepted type.", LoginStep::algorithm},
      algorithm_refused},
    R{{"rsa-key-too-small", on_key, Effect::refuses, warning, "An RSA key has fewer bits than RequiredRSASize.",
       "RequiredRSASize (sshd_config(5), from 9.1) counts for keys of users. (OpenSSH auth2-pubkey.c: userauth_pubkey)",
       "Replace the key: ssh-keygen -t ed25519", LoginStep::algorithm},
      rsa_too_small},
    R{{"key-revoked", on_key, Effect::refuses, warning, "A key is revoked.",
       "It is in RevokedKeys (sshd_config(5)), which sshd asks before any key file. (OpenSSH auth.c: "
       "auth_key_is_revoked)",
       "Remove the line.", LoginStep::revoked},
      key_revoked},
    R{{"revocation-unknown", on_key, Effect::unknown, Severity::notice, "It is not known whether a key is revoked.",
       "RevokedKeys is a revocation list that ssh-keygen(1) has to be asked about (-Q), and it did not answer.",
       "Run sshaudit as root where ssh-keygen is installed.", LoginStep::revoked},
      revocation_unknown},
    R{{"authority-refused", on_key, Effect::refuses, warning, "No certificate of an authority is accepted.",
       "CASignatureAlgorithms (sshd_config(5), from 7.9) has no algorithm of its key. (OpenSSH auth2-pubkey.c: "
       "userauth_pubkey)",
       "Use an authority with another type of key.", LoginStep::algorithm},
      authority_refused},
    R{{"authority-in-key-file", on_key, Effect::informs, Severity::notice, "A key line is a certificate authority.",
       "Whoever has a certificate of it for the right principal is let in. (sshd(8), cert-authority)",
       "Nothing to do if this is meant."},
      authority},
    R{{"root-forced-commands-only", on_key, Effect::refuses, warning, "A key of root has no forced command.",
       "PermitRootLogin forced-commands-only asks for command= in the key line; ForceCommand does not count. (OpenSSH "
       "auth.c: auth_root_allowed)",
       "Put command=\"...\" in front of the key.", LoginStep::root_login},
      root_without_command},
};

}  // namespace

std::span<const Rule<KeyLineSubject>> key_policy_rules() { return rules; }

}  // namespace sshaudit
