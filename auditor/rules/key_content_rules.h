// SPDX-License-Identifier: MIT
// What key files of one account hold as a whole, and what lies beside them that was meant to be in them.
#pragma once

#include <span>

#include "rules/rule.h"
#include "sshaudit/evidence.h"
#include "sshaudit/report.h"

namespace sshaudit {

struct KeyFileContent {
  const AccountEvidence& evidence;
  const KeyFile& file;
  std::span<const KeyMention> mentions;  // of this file
};
std::span<const Rule<KeyFileContent>> key_content_rules();

struct AccountKeys {
  const AccountEvidence& evidence;
  std::span<const KeyMention> mentions;  // of all key files that sshd reads
};
std::span<const Rule<AccountKeys>> nearby_file_rules();

// The public keys that lie beside the key files.
std::vector<NearbyKey> nearby_keys(const AccountEvidence& evidence, const Context& context);

}  // namespace sshaudit
