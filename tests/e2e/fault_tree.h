// SPDX-License-Identifier: MIT
// A system with thousands of accounts, of which a known few have exactly one fault each: the auditor has to name those
// and be silent about the others. What it has to say is worked out here from what was made, never from the auditor.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "audited_system.h"

namespace sshaudit::e2e {

// Accounts and groups that every such system has, for faults to refer to.
struct Stranger {
  static constexpr uid_t uid = 9001;
  static constexpr auto name = "stranger";
};
constexpr gid_t shared_group = 5000;      // "crowd": a row of 64 KiB, with most accounts in it
constexpr gid_t unknown_group = 4999999;  // no row has it
constexpr uid_t unknown_owner = 4999998;

// One account in the making. It begins as useradd(8) makes it, with a key; what the kind does to it has to be told
// here as well. `person` is written to passwd when the kind is done with it.
struct Site {
  AuditedSystem& system;
  Person person;
  std::vector<std::string> listed_members = {};  // of the private group
  std::string key_login = "accepted";
  ReportLines findings = {};

  void change(std::string_view key_login_then) { key_login = key_login_then; }
  void find(std::string_view rule, const std::string& path);    // leaves the verdict as it is
  void refuse(std::string_view rule, const std::string& path);  // and the verdict is "refused"

  // The account of a second person whose primary group is this one's private group.
  void add_mate();

  // Puts the key file elsewhere, and a link in its place. `target` is what the link says.
  void move_key_file(const std::string& to, Owner owner, mode_t mode, const std::string& target);
  // The same with all of .ssh.
  void move_ssh(const std::string& to);
};

struct Kind {
  std::string_view name;
  void (*make)(Site&);
};
std::vector<Kind> broken_kinds();
std::vector<Kind> healthy_kinds();

struct FaultTreeSize {
  std::size_t accounts = 2000;
  std::uint64_t seed = 1;
};

// Fills the system, and returns all that `sshaudit --root --all-users` has to say of it. Throws when there are too few
// accounts for every kind to occur.
ReportLines make_fault_tree(AuditedSystem& system, const FaultTreeSize& size);

}  // namespace sshaudit::e2e
