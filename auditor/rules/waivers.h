// SPDX-License-Identifier: MIT
// Findings that the administrator knows of and accepts until a date.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "rules/rule.h"
#include "sshaudit/policy.h"
#include "sshaudit/report.h"

namespace sshaudit {

class Waivers {
 public:
  // Keeps a reference to the waivers, and so do the findings that they cover. `now` in seconds since 1970.
  Waivers(std::span<const Waiver> waivers, std::int64_t now);

  // Marks the findings that a waiver covers; where several do, the first. The verdict stays as it is.
  void apply(AccountReport& report);
  void apply(std::vector<Finding>& of_host);

  // After the last account, when all of the host were audited as it is: only then an unused waiver is worth a word.
  void see_all() { all_seen_ = true; }

  std::span<const Waiver> all() const { return waivers_; }
  bool is_expired(const Waiver& waiver) const { return waiver.until < today_; }
  bool is_unused(const Waiver& waiver) const;

 private:
  void apply(std::vector<Finding>& findings, const std::string* account);
  std::size_t position_of(const Waiver& waiver) const;

  std::span<const Waiver> waivers_;
  std::string today_;
  std::vector<bool> used_;
  bool all_seen_ = false;
};

// What is to be said of the waivers themselves, at the end.
std::span<const Rule<Waivers>> waiver_rules();

}  // namespace sshaudit
