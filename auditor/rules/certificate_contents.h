// SPDX-License-Identifier: MIT
// What a certificate asks for, and what sshd finds wrong in it, whoever has signed it. Source: OpenSSH sshkey.c,
// sshkey_cert_check_authority; auth-options.c, cert_option_list (auth_cert_options up to 7.6); addrmatch.c,
// addr_match_cidr_list.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "parse/key_grammar.h"
#include "sshaudit/certificate.h"

namespace sshaudit {

enum class AuthorityFault { none, for_host, not_yet, expired, no_principals, wrong_principal };

// In sshd's order. `name` has to be a principal, if it is given; with `needs_principals` there has to be one at all.
AuthorityFault authority_fault(const Certificate& certificate, std::int64_t now, std::optional<std::string_view> name,
                               bool needs_principals);

// sshd's words for it.
std::string_view authority_reason(AuthorityFault fault);

bool has_principal(const Certificate& certificate, std::string_view name);

// Whether principals= of a key line names one of the certificate's. Nothing when it depends on what a vendor has
// mended.
std::optional<bool> has_listed_principal(const Certificate& certificate, std::string_view list, const SshdFacts& facts);

struct CertificateRestrictions {
  std::optional<std::string> force_command;
  std::optional<std::string> source_address;
};

// The first option that makes sshd refuse the certificate.
struct CertificateOptionFault {
  std::string name;
  bool is_unknown = false;  // otherwise its contents are wrong
  std::string why;
  std::string log;
};

struct CertificateOptions {
  CertificateRestrictions restrictions;
  std::optional<CertificateOptionFault> fault;
};
CertificateOptions judge_certificate_options(const Certificate& certificate, unsigned version);

// A list with commas of networks and addresses. False for one that is wrong, as for one that does not match.
bool is_network_list(std::string_view list);
bool is_in_networks(std::string_view address, std::string_view list);

}  // namespace sshaudit
