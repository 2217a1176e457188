// SPDX-License-Identifier: MIT
// SELinux: sshd runs as sshd_t, and what that may read is up to the policy. What is judged is what is known of all
// targeted policies.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>

#include "rules/environment_rules.h"
#include "rules/wording.h"

namespace sshaudit {
namespace {

using Details = std::vector<Detail>;

// "ssh_home_t" of "unconfined_u:object_r:ssh_home_t:s0"; the whole of what is no context.
std::string_view type_of(std::string_view context) {
  const auto role = context.find(':');
  const auto type = role == std::string_view::npos ? role : context.find(':', role + 1);
  if (type == std::string_view::npos) return context;
  return context.substr(type + 1, context.find(':', type + 1) - type - 1);
}

// Types of places that the policy knows nothing of, or that belong to something else.
bool is_strange(std::string_view type) {
  constexpr std::array<std::string_view, 9> types = {"default_t", "unlabeled_t", "file_t", "var_t",           "mnt_t",
                                                     "tmp_t",     "user_tmp_t",  "usr_t",  "public_content_t"};
  return std::ranges::find(types, type) != types.end();
}

// "/srv/git(/.*)?" is what semanage(8) takes.
std::string equivalence_advice(const AccountEvidence& evidence, std::string_view path) {
  const auto& home = evidence.home.components.empty() ? evidence.account.home : evidence.home.components.back().path;
  if (path != home && !path.starts_with(home + "/")) {
    return fmt::format("tell the policy what it is: semanage fcontext -a -t ssh_home_t '{}', then restorecon -v on it",
                       path);
  }
  const auto parent = home.substr(0, std::max<std::size_t>(home.rfind('/'), 1));
  return fmt::format(
      "tell the policy that homes are there: semanage fcontext -a -e /home {}, then restorecon -v on "
      "the home, .ssh and the key file",
      parent);
}

Detail about_label(const FileLabel& label, std::string expected, Remedy remedy, const Context& context) {
  const bool enforcing = context.host != nullptr && context.host->selinux_enforcing;
  const auto actual = type_of(label.actual);
  return {.path = label.path,
          .message = fmt::format("{} has the SELinux type {}{}, which sshd {}", label.path, shown(actual),
                                 expected.empty() ? std::string() : fmt::format(" instead of {}", expected),
                                 enforcing ? "may not be allowed to read" : "could not read if SELinux were enforcing"),
          .expected = expected.empty() ? "ssh_home_t, or the type of a home" : std::move(expected),
          .actual = std::string(actual),
          .remedy = std::move(remedy)};
}

Details selinux_label(const AccountEvidence& evidence, const Context& context) {
  Details details;
  if (!has_keys(evidence)) return details;
  for (const auto& label : evidence.labels) {
    const auto actual = type_of(label.actual);
    const auto expected = type_of(label.expected);
    const bool is_known_place = !label.expected.empty() && !is_strange(expected);
    if (is_known_place && actual != expected) {
      details.push_back(about_label(label, std::string(expected), {{{"restorecon", "-v", label.path}}, {}}, context));
    } else if (!is_known_place && is_strange(actual)) {
      details.push_back(about_label(label, "", {{}, equivalence_advice(evidence, label.path)}, context));
    }
  }
  return details;
}

Details selinux_nfs_home(const AccountEvidence& evidence, const Context& context) {
  const bool is_off = context.host != nullptr && context.host->nfs_homes && !*context.host->nfs_homes;
  if (!is_off || !has_keys(evidence) || evidence.home.components.empty()) return {};
  const auto& home = evidence.home.components.back();
  if (home.file_system.type != "nfs") return {};
  return {{.path = home.path,
           .message = fmt::format("the home {} is on NFS, and the SELinux boolean use_nfs_home_dirs is off{}",
                                  home.path, context.host->selinux_enforcing ? "" : " (SELinux is not enforcing now)"),
           .expected = "use_nfs_home_dirs on",
           .actual = "off",
           .remedy = {{{"setsebool", "-P", "use_nfs_home_dirs", "on"}}, {}}}};
}

using A = Rule<AccountEvidence>;
const std::array rows = {
    A{{"selinux-label", Subject::account, Effect::endangers, Severity::warning,
       "The SELinux label of a home, .ssh or key file is not the one that sshd may read.",
       "sshd (sshd_t) may read what has the types of homes and of .ssh; what is copied from elsewhere or lies in a "
       "place "
       "that the policy does not know has another one. (sshd_selinux(8))",
       "Restore the label: restorecon -v PATH", LoginStep::key_file},
      selinux_label},
    A{{"selinux-nfs-home", Subject::account, Effect::endangers, Severity::warning,
       "The home is on NFS, and SELinux keeps sshd from it.",
       "Files on NFS have the type nfs_t, which sshd may read only with the boolean use_nfs_home_dirs. "
       "(sshd_selinux(8))",
       "Switch it on: setsebool -P use_nfs_home_dirs on", LoginStep::key_file},
      selinux_nfs_home},
};

}  // namespace

std::span<const Rule<AccountEvidence>> label_rules() { return rows; }

}  // namespace sshaudit
