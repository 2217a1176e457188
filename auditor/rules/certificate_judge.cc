// SPDX-License-Identifier: MIT
#include "rules/certificate_judge.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "parse/key_blob.h"
#include "parse/key_option_values.h"
#include "parse/key_types.h"
#include "rules/settings_rules.h"
#include "rules/wording.h"

namespace sshaudit {
namespace {

using Row = CertificateRow;

constexpr std::int64_t a_day = 86400;
constexpr std::uint64_t end_of_dates = 253402300800;  // the year 10000

std::string date_of(std::uint64_t seconds) {
  return seconds >= end_of_dates ? "a day that never comes" : date_in_words(static_cast<std::int64_t>(seconds));
}

std::string principals_in_words(const Certificate& certificate) {
  std::vector<std::string> names;
  for (const auto& principal : certificate.principals) names.push_back(shown(principal));
  return names.empty() ? "nobody" : listed(names);
}

}  // namespace

std::string CertificateJudge::name() const {
  return certificate_.key_id.empty() ? "the certificate"
                                     : fmt::format("the certificate \"{}\"", shown(certificate_.key_id));
}

std::string CertificateJudge::logged(std::string_view reason) const {
  if (context_.grammar.version < 1001) return std::string(reason);
  return fmt::format("Refusing certificate ID \"{}\" serial={} signed by {} CA {}{}: {}", shown(certificate_.key_id),
                     certificate_.serial, short_name(certificate_.authority.type),
                     fingerprint_of(certificate_.authority), place_.empty() ? "" : " via " + place_, reason);
}

bool CertificateJudge::refuse(CertificateRow row, const std::string& what, RefusalWords words) {
  verdict_.result = StepResult::refused;
  verdict_.findings = {{&certificate_row(row),
                        {.path = std::move(words.path),
                         .message = fmt::format("{} is not accepted: {}", name(), what),
                         .sshd_logs = std::move(words.logs),
                         .expected = std::move(words.expected),
                         .actual = std::move(words.actual),
                         .remedy = {{}, std::move(words.note)},
                         .line = words.line},
                        {}}};
  return false;
}

void CertificateJudge::leave_open(const std::string& why, const std::string& note) {
  if (verdict_.result != StepResult::ok) return;
  verdict_.result = StepResult::unknown;
  verdict_.findings.push_back({&certificate_row(Row::unsettled),
                               {.path = {},
                                .message = fmt::format("{} may be accepted: {}", name(), why),
                                .expected = "an answer",
                                .actual = why,
                                .remedy = {{}, note}},
                               {}});
}

CertificateVerdict CertificateJudge::absent() {
  verdict_.result = StepResult::absent;
  return std::move(verdict_);
}

CertificateVerdict CertificateJudge::take() {
  if (verdict_.result == StepResult::ok) note_expiry();
  return std::move(verdict_);
}

// A certificate that was made for a day says nothing new when the day ends.
void CertificateJudge::note_expiry() {
  auto end = static_cast<std::int64_t>(std::min(certificate_.valid_before, end_of_dates));
  if (line_expiry_) end = std::min(end, *line_expiry_);
  const bool is_short = certificate_.valid_before - certificate_.valid_after <= static_cast<std::uint64_t>(a_day);
  if (is_short || end > context_.now + context_.forecast_days * a_day || verdict_.through.empty()) return;
  const auto days = (end - context_.now) / a_day;
  const auto when = days == 0 ? "in less than a day" : fmt::format("in {} day{}", days, days == 1 ? "" : "s");
  verdict_.findings.push_back({&certificate_row(Row::expires_soon),
                               {.path = {},
                                .message = fmt::format("{} will stop {} ({})", name(), when, date_in_words(end)),
                                .expected = "a later time",
                                .actual = fmt::format("until {}", date_in_words(end)),
                                .remedy = {{}, "get a new certificate in time"}},
                               {}});
}

// What is too short for any configuration is not even read.
void CertificateJudge::check_sizes() {
  const auto version = context_.grammar.version;
  const unsigned least = context_.facts.asks_rsa_size ? 1024 : 768;
  const auto required = std::max(least, evidence_.settings.required_rsa_size);
  const auto* parsing = version >= 805 ? "userauth_pubkey: parse key: " : "userauth_pubkey: could not parse key: ";
  const auto bits = certificate_.key.bits;
  const auto& authority = certificate_.authority;
  if (certificate_.key.type.starts_with("ssh-rsa-cert") && bits < required) {
    refuse(Row::key_too_small,
           fmt::format("its key is RSA with {} bits, and {} are required{}", bits, required,
                       required > least ? place_of(evidence_, "requiredrsasize") : ""),
           {.logs = bits < least ? fmt::format("{}Invalid key length", parsing)
                                 : "refusing RSA-CERT key: Invalid key length",
            .expected = fmt::format("{} bits or more", required),
            .actual = fmt::format("{} bits", bits),
            .note = "certify another key: ssh-keygen -t ed25519"});
  } else if (authority.type == "ssh-rsa" && authority.bits < least) {
    refuse(Row::key_too_small,
           fmt::format("its authority is RSA with {} bits, and {} are required", authority.bits, least),
           {.logs = fmt::format("{}invalid certificate signing key", parsing),
            .expected = fmt::format("{} bits or more", least),
            .actual = fmt::format("{} bits", authority.bits),
            .note = "have it signed by another authority"});
  }
}

bool CertificateJudge::refuse_for(AuthorityFault fault) {
  // Up to here sshd has not looked whom it is for, when it comes from a line of a key file.
  const bool by_options = fault == AuthorityFault::for_host && !place_.empty() && !is_old();
  const auto logs = logged(by_options ? "Invalid certificate options" : authority_reason(fault));
  const auto& account = evidence_.account.name;
  const auto sign = fmt::format("have a certificate signed for {0}: ssh-keygen -s CA -I ID -n {0} KEY.pub", account);
  switch (fault) {
    case AuthorityFault::none:
      return true;
    case AuthorityFault::for_host:
      return refuse(Row::for_host, "it is for a host, not for a user",
                    {.logs = logs,
                     .expected = "a certificate for users",
                     .actual = "a host certificate",
                     .note = "have it signed without -h"});
    case AuthorityFault::not_yet:
      return refuse(Row::not_yet_valid, fmt::format("it is valid from {} on", date_of(certificate_.valid_after)),
                    {.logs = logs,
                     .expected = "a time that has come",
                     .actual = fmt::format("valid from {} on", date_of(certificate_.valid_after)),
                     .note = "wait; or set the clocks of this host and of the authority right, if one is wrong"});
    case AuthorityFault::expired:
      return refuse(Row::expired, fmt::format("it expired on {}", date_of(certificate_.valid_before)),
                    {.logs = logs,
                     .expected = "a time to come",
                     .actual = fmt::format("expired on {}", date_of(certificate_.valid_before)),
                     .note = "get a new certificate"});
    case AuthorityFault::no_principals:
      return refuse(Row::no_principals, "it has no principals",
                    {.logs = logs, .expected = "a certificate with principals", .actual = "none", .note = sign});
    case AuthorityFault::wrong_principal:
      return refuse(Row::wrong_principal,
                    fmt::format("it is for {}, not for {}", principals_in_words(certificate_), account),
                    {.logs = logs, .expected = account, .actual = principals_in_words(certificate_), .note = sign});
  }
  return true;
}

bool CertificateJudge::check_authority(std::optional<std::string_view> name, bool needs_principals) {
  return refuse_for(authority_fault(certificate_, context_.now, name, needs_principals));
}

bool CertificateJudge::check_options() {
  auto judged = judge_certificate_options(certificate_, context_.grammar.version);
  if (const auto& fault = judged.fault) {
    const auto option = shown(fault->name);
    const auto* kind = fault->is_unknown ? "critical option" : "option";
    return refuse(fault->is_unknown ? Row::option_unknown : Row::option_malformed,
                  fmt::format("its {} \"{}\": {}", kind, option, fault->why),
                  {.logs = fault->log,
                   .expected = "options that this sshd knows, with values of their form",
                   .actual = fmt::format("{}: {}", option, fault->why),
                   .note = "have it signed without that option, or with a value of the right form"});
  }
  restrictions_ = std::move(judged.restrictions);
  verdict_.forced_command = restrictions_.force_command;
  return true;
}

bool CertificateJudge::check_source() {
  if (!restrictions_.source_address) return true;
  const auto& list = *restrictions_.source_address;
  if (context_.connection == nullptr || !context_.connection->address) {
    verdict_.conditions.push_back("only from " + shown(list));
    return true;
  }
  const auto& address = *context_.connection->address;
  if (is_in_networks(address, list)) return true;
  const auto& user = evidence_.account.name;
  const auto logs =
      is_old()
          ? fmt::format("Authentication tried for {} with valid certificate but not from a permitted host (ip={}).",
                        user, address)
          : fmt::format(
                "{}: Authentication tried for {} with valid certificate but not from a permitted source "
                "address ({}).",
                place_.empty() ? "cert" : place_, user, address);
  return refuse(Row::source_address, fmt::format("it is good from {} only, not from {}", shown(list), address),
                {.logs = logs,
                 .expected = "an address that source-address holds",
                 .actual = address,
                 .note = "connect from where the certificate says, or have it signed for that address as well"});
}

bool CertificateJudge::check_commands(const std::optional<std::string>& of_line) {
  const auto& of_certificate = restrictions_.force_command;
  if (of_line && !of_certificate) verdict_.forced_command = of_line;
  if (!of_line || !of_certificate || *of_line == *of_certificate) return true;
  const auto* reason =
      is_old() ? "certificate and key options forced command do not match" : "forced command options do not match";
  return refuse(Row::commands_differ,
                fmt::format("it forces the command {}, and the line {}", shown(*of_certificate), shown(*of_line)),
                {.logs = logged(reason),
                 .expected = "one command, or the same twice",
                 .actual = "two commands",
                 .note = "take command= out of the line, or have the certificate signed without force-command"});
}

}  // namespace sshaudit
