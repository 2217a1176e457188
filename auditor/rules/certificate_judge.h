// SPDX-License-Identifier: MIT
// The steps that both ways of trusting a certificate have in common, in sshd's order.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "rules/certificate_contents.h"
#include "rules/certificate_rows.h"
#include "rules/certificate_rules.h"
#include "rules/principals.h"

namespace sshaudit {

// What a refusal says beside its message.
struct RefusalWords {
  std::string path = {};
  std::string logs = {};
  std::string expected = {};
  std::string actual = {};
  std::string note = {};
  std::size_t line = 0;
};

class CertificateJudge {
 public:
  // `place` is the cert-authority line; empty for TrustedUserCAKeys.
  CertificateJudge(const Certificate& certificate, const AccountEvidence& evidence, const Context& context,
                   std::string place)
      : certificate_(certificate), evidence_(evidence), context_(context), place_(std::move(place)) {}

  // Always false. Only the first refusal counts.
  bool refuse(CertificateRow row, const std::string& what, RefusalWords words);

  // Nothing refuses, but this is not known.
  void leave_open(const std::string& why, const std::string& note);

  void check_sizes();
  void check_by_principals();
  void check_by_line(const KeyOptions& options);

  CertificateVerdict& verdict() { return verdict_; }
  CertificateVerdict absent();
  CertificateVerdict take();  // with what is worth knowing of a certificate that is accepted

 private:
  bool check_authority(std::optional<std::string_view> name, bool needs_principals);
  bool refuse_for(AuthorityFault fault);
  bool check_options();
  bool check_source();
  bool check_commands(const std::optional<std::string>& of_line);
  bool check_listed(const std::optional<std::string>& principals);
  bool check_principals_options(const ListedPrincipal& found);
  bool find_principal(PrincipalSearch& search);
  bool refuse_line(const ListedPrincipal& found, const std::string& what, std::string actual, std::string logs);
  void note_expiry();
  bool is_old() const { return !context_.facts.strict_options; }  // up to 7.6

  std::string logged(std::string_view reason) const;
  std::string name() const;

  const Certificate& certificate_;
  const AccountEvidence& evidence_;
  const Context& context_;
  std::string place_;
  CertificateRestrictions restrictions_;
  std::optional<std::int64_t> line_expiry_;
  CertificateVerdict verdict_;
};

// Why nothing can be said of a file; empty when it was seen.
std::string why_not_judged(const KeyFile& file);

}  // namespace sshaudit
