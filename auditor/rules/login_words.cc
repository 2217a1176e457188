// SPDX-License-Identifier: MIT
#include "rules/login_words.h"

#include <fmt/format.h>

#include "parse/key_types.h"
#include "rules/settings_rules.h"
#include "rules/wording.h"

namespace sshaudit {

std::string account_in_words(const AccountEvidence& evidence) {
  const auto& account = evidence.account;
  const auto shell = account.shell.empty() ? std::string("/bin/sh") : account.shell;
  if (!evidence.settings.chroot_directory.empty()) return fmt::format("account {} (uid {})", account.name, account.uid);
  return fmt::format("account {} (uid {}), shell {}", account.name, account.uid, shell);
}

std::string lists_in_words(const AccountEvidence& evidence) {
  const auto& settings = evidence.settings;
  std::string text;
  const auto add_list = [&](const std::vector<std::string>& list, std::string_view name, std::string_view keyword) {
    if (list.empty()) return;
    text += fmt::format("{}{}{}", text.empty() ? "" : ", ", name, place_of(evidence, keyword));
  };
  add_list(settings.deny_users, "DenyUsers", "denyusers");
  add_list(settings.allow_users, "AllowUsers", "allowusers");
  add_list(settings.deny_groups, "DenyGroups", "denygroups");
  add_list(settings.allow_groups, "AllowGroups", "allowgroups");
  return text.empty() ? "no DenyUsers, AllowUsers, DenyGroups or AllowGroups" : text;
}

std::string algorithm_in_words(const AccountEvidence& evidence, const OfferedKey& offered, const Context& context) {
  const bool is_new = context.grammar.version >= 805;
  const std::string_view keyword = is_new ? "PubkeyAcceptedAlgorithms" : "PubkeyAcceptedKeyTypes";
  const auto place = place_of(evidence, is_new ? "pubkeyacceptedalgorithms" : "pubkeyacceptedkeytypes");
  const auto& type = offered.key.type;
  const auto& accepted = evidence.settings.pubkey_accepted_algorithms;
  if (type.empty()) return "the type of the key is not known from its fingerprint";
  if (accepted.empty() || !may_sign(type, accepted)) return fmt::format("{}{}", keyword, place);
  if (type != "ssh-rsa") return fmt::format("{} is in {}{}", type, keyword, place);
  std::string missing;
  for (const std::string_view name : {"rsa-sha2-512", "rsa-sha2-256", "ssh-rsa"}) {
    const auto in_list = fmt::format(",{},", accepted).find(fmt::format(",{},", name)) != std::string::npos;
    if (!in_list) missing += fmt::format("{}{}", missing.empty() ? "" : " or ", name);
  }
  const auto unless = missing.empty() ? std::string() : fmt::format(", unless the client signs with {}", missing);
  return fmt::format("RSA is in {}{}{}", keyword, place, unless);
}

std::string session_in_words(const AccountEvidence& evidence, const std::optional<std::string>& command) {
  const auto& account = evidence.account;
  if (!evidence.settings.force_command.empty())
    return fmt::format("ForceCommand {}{}", shown(evidence.settings.force_command), place_of(evidence, "forcecommand"));
  if (command) return fmt::format("the command of the key line: {}", shown(*command));
  const auto shell = account.shell.empty() ? std::string("/bin/sh") : account.shell;
  if (!evidence.chroot) return fmt::format("the shell {}", shell);
  return fmt::format("the shell {} inside ChrootDirectory {}{}", shell, evidence.chroot->path,
                     place_of(evidence, "chrootdirectory"));
}

}  // namespace sshaudit
