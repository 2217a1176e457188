// SPDX-License-Identifier: MIT
#include "rules/principals.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <cerrno>

#include "parse/address_list.h"
#include "parse/pattern.h"
#include "rules/certificate_contents.h"
#include "rules/certificate_judge.h"
#include "rules/client_list.h"
#include "rules/strict_modes.h"
#include "rules/wording.h"

namespace sshaudit {
namespace {

constexpr unsigned files_first = 801;  // key files come before TrustedUserCAKeys

// Why sshd does not read the file, in sshd's order; empty when it does, or when there is none.
std::string why_passed_over(const KeyFile& file, const std::vector<Fault>& faults, bool strict_modes) {
  const auto& walk = file.walk;
  if (walk.end == WalkEnd::missing || walk.end == WalkEnd::dangling) return {};
  if (walk.end != WalkEnd::found) return errno_in_words(walk.errnum);
  if (file.open_errnum != 0) return errno_in_words(file.open_errnum);
  if (!S_ISREG(walk.components.back().status.mode)) return "it is no regular file";
  if (!strict_modes || faults.empty()) return {};
  return fmt::format("bad ownership or modes for {}", faults.front().component->path);
}

std::optional<ListedPrincipal> find_in(const KeyFile& file, const Certificate& certificate,
                                       const AccountEvidence& evidence, const Context& context) {
  std::optional<ListedPrincipal> found;
  read_principals(file.text, context.grammar, [&](const PrincipalsLine& line) {
    if (found || line.fault || !has_principal(certificate, line.principal)) return;
    // Up to 7.6 a line that does not admit the client is passed over.
    if (!context.facts.strict_options && !admits(line.options, evidence, context, nullptr)) return;
    found = ListedPrincipal{file.path, line};
  });
  return found;
}

// The key files are walked first, and Debian's scan goes on from there.
ScanPosition position_behind_key_files(const AccountEvidence& evidence, const Context& context) {
  ScanPosition position = 0;
  if (context.grammar.version < files_first || !evidence.settings.strict_modes) return position;
  for (const auto& file : evidence.key_files) strict_modes_faults(file, evidence, context, position);
  return position;
}

}  // namespace

std::string why_not_judged(const KeyFile& file) {
  constexpr int socket_errnum = ENXIO;
  const auto about = [&](std::string_view why) { return fmt::format("{} could not be looked at: {}", file.path, why); };
  if (file.walk.end == WalkEnd::automount) return about("an automounter would have to mount it");
  if (file.walk.end == WalkEnd::unseen)
    return about(file.walk.errnum == 0 ? "it lies in /proc" : errno_in_words(file.walk.errnum));
  if (file.changed) return about("it changed while it was looked at");
  const auto errnum = file.open_errnum;
  if (errnum != 0 && errnum != EACCES && errnum != EPERM && errnum != socket_errnum)
    return about(errno_in_words(errnum));
  if (file.read_errnum != 0) return about(errno_in_words(file.read_errnum));
  return file.truncated ? about("it is larger than the 16 MiB that are read") : std::string();
}

PrincipalsCommand principals_command(const Settings& settings) {
  if (settings.authorized_principals_command.empty()) return PrincipalsCommand::none;
  const bool can_run =
      settings.authorized_principals_command.starts_with('/') && !settings.authorized_principals_command_user.empty();
  return can_run ? PrincipalsCommand::runs : PrincipalsCommand::fails;
}

bool lists_principals(const Settings& settings) {
  return !settings.authorized_principals_file.empty() || principals_command(settings) != PrincipalsCommand::none;
}

PrincipalSearch search_principals(const Certificate& certificate, const AccountEvidence& evidence,
                                  const Context& context) {
  PrincipalSearch search;
  const bool strict_modes = evidence.settings.strict_modes;
  if (!evidence.as_user && !evidence.settings.authorized_principals_file.empty())
    search.unknown = "AuthorizedPrincipalsFile was not looked at with the rights of the account";
  auto position = position_behind_key_files(evidence, context);
  for (const auto& file : evidence.principals_files) {
    if (search.found) break;
    if (auto why = why_not_judged(file); !why.empty()) {
      search.unknown = std::move(why);
      continue;
    }
    const auto faults = strict_modes_faults(file, evidence, context, position);
    const auto why = why_passed_over(file, faults, strict_modes);
    if (!why.empty()) search.passed_over.push_back(fmt::format("{} is passed over: {}", file.path, why));
    if (why.empty()) search.found = find_in(file, certificate, evidence, context);
  }
  return search;
}

bool admits(const KeyOptions& options, const AccountEvidence& evidence, const Context& context,
            std::vector<std::string>* conditions) {
  const bool known = context.connection != nullptr && context.connection->address;
  const bool use_dns = evidence.settings.use_dns;
  for (const auto& list : options.from) {
    if (!known && !why_nobody_matches(list, use_dns).empty()) return false;
    if (!known && conditions != nullptr) conditions->push_back("only from " + shown(list));
    if (!known) continue;
    const auto& address = *context.connection->address;
    const auto host = use_dns ? context.connection->host.value_or(address) : address;
    if (matches_client(host, address, list) != 1) return false;
  }
  return true;
}

}  // namespace sshaudit
