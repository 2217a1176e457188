// SPDX-License-Identifier: MIT
#include "rules/strict_modes.h"

#include <sys/stat.h>

namespace sshaudit {
namespace {

bool is_trusted(uid_t owner, const Account& account) { return owner == 0 || owner == account.uid; }

// The enumerated accounts from `position` on whose primary group is `gid`: how many come before the first stranger,
// and whether there is one, where the scan then stops.
struct Scan {
  std::size_t members = 0;
  bool stranger = false;
};

Scan scan_accounts(gid_t gid, uid_t user, const AccountIndex& accounts, ScanPosition& position) {
  Scan scan;
  for (const auto at : accounts.primary_members(gid)) {
    if (at < position) continue;
    ++scan.members;
    if (accounts.database().accounts[at].uid == user) continue;
    scan.stranger = true;
    position = at + 1;
    return scan;
  }
  position = 0;
  return scan;
}

// secure_permissions() of the patch, from the point where only group write is left to judge.
bool is_private_group(const FileStatus& status, uid_t owner, const Account& account, const AccountIndex& accounts,
                      ScanPosition& position) {
  const auto* group = accounts.group(status.gid);
  if (group == nullptr) return false;
  auto scan = scan_accounts(status.gid, account.uid, accounts, position);
  if (scan.stranger) return false;
  const auto* owner_account = accounts.account(owner);
  if (owner_account == nullptr) return false;
  if (!group->members.empty()) {
    ++scan.members;
    if (group->members.size() > 1 || group->members.front() != owner_account->name) return false;
  }
  return scan.members > 0;
}

bool group_write_is_forgiven(const Fault& fault, const Account& account, const Context& context,
                             ScanPosition& position) {
  if (!context.facts.private_groups) return false;
  const auto& status = fault.component->status;
  if (!fault.owner && !fault.others_write) {
    return is_private_group(status, status.uid, account, context.accounts, position);
  }
  ScanPosition untouched = 0;  // sshd has refused already; this asks what would be left when that is mended
  const auto owner = fault.owner ? account.uid : status.uid;
  return is_private_group(status, owner, account, context.accounts, untouched);
}

Place place_of(const PathComponent& component, const PathComponent& file, const AccountEvidence& evidence) {
  if (component.path == file.path) return Place::key_file;
  if (evidence.home.end != WalkEnd::found || evidence.home.components.empty()) return Place::outside;
  const auto& home = evidence.home.components.back().path;
  if (component.path == home) return Place::home;
  const auto prefix = home == "/" ? home : home + "/";
  return component.path.starts_with(prefix) ? Place::ssh_directory : Place::outside;
}

}  // namespace

std::vector<const PathComponent*> strict_modes_path(const KeyFile& file, const AccountEvidence& evidence) {
  std::vector<const PathComponent*> path;
  if (file.walk.end != WalkEnd::found) return path;
  const bool has_home = evidence.home.end == WalkEnd::found && !evidence.home.components.empty();
  for (auto component = file.walk.components.rbegin(); component != file.walk.components.rend(); ++component) {
    path.push_back(&*component);
    const bool is_file = path.size() == 1;
    if (!is_file && has_home && component->path == evidence.home.components.back().path) break;
  }
  return path;
}

std::vector<Fault> strict_modes_faults(const KeyFile& file, const AccountEvidence& evidence, const Context& context,
                                       ScanPosition& position) {
  std::vector<Fault> faults;
  if (file.walk.end != WalkEnd::found || !S_ISREG(file.walk.components.back().status.mode)) return faults;
  const bool sshd_walks = file.open_errnum == 0;
  for (const auto* component : strict_modes_path(file, evidence)) {
    Fault fault{component};
    fault.owner = !is_trusted(component->status.uid, evidence.account);
    fault.others_write = (component->status.mode & S_IWOTH) != 0;
    ScanPosition untouched = 0;
    auto& scan = sshd_walks && faults.empty() ? position : untouched;
    const bool group_write = (component->status.mode & S_IWGRP) != 0;
    fault.group_writes = group_write && !group_write_is_forgiven(fault, evidence.account, context, scan);
    if (!fault.owner && !fault.group_writes && !fault.others_write) continue;
    fault.place = place_of(*component, file.walk.components.back(), evidence);
    fault.first = sshd_walks && faults.empty();
    faults.push_back(fault);
  }
  return faults;
}

bool others_may_write(const PathComponent& component, const Account& account) {
  constexpr mode_t writable = S_IWGRP | S_IWOTH;
  return !is_trusted(component.status.uid, account) || (component.status.mode & writable) != 0;
}

}  // namespace sshaudit
