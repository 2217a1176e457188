// SPDX-License-Identifier: MIT
// The keys of all accounts of a run, compared.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "rules/rule.h"
#include "sshaudit/report.h"

namespace sshaudit {

class KeyCensus {
 public:
  struct Entry {
    KeyDigest digest{};
    std::uint32_t account = 0;  // position in accounts()
    bool usable = false;        // and the account lets it in
  };
  struct Owner {
    std::string name;
    uid_t uid = 0;
  };
  struct Uninstalled {
    NearbyKey key;
    std::uint32_t account = 0;
  };

  void add(const AccountReport& report);

  // To be called after the last account: entries() are then sorted by key, and by account within a key.
  void finish();

  std::span<const Entry> entries() const { return entries_; }
  std::span<const Owner> accounts() const { return accounts_; }
  std::span<const Uninstalled> uninstalled() const { return uninstalled_; }

  // The entries of one key.
  std::span<const Entry> of(const KeyDigest& digest) const;

 private:
  std::vector<Entry> entries_;
  std::vector<Owner> accounts_;
  std::vector<Uninstalled> uninstalled_;
};

std::span<const Rule<KeyCensus>> key_census_rules();

}  // namespace sshaudit
