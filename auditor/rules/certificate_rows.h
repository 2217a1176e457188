// SPDX-License-Identifier: MIT
// The rows of what is said of one certificate.
#pragma once

#include "sshaudit/finding.h"

namespace sshaudit {

enum class CertificateRow {
  type_not_accepted,
  authority_algorithm,
  key_too_small,
  not_trusted,
  wrong_principal,
  no_principals,
  expired,
  not_yet_valid,
  for_host,
  option_unknown,
  option_malformed,
  source_address,
  principals_line_refuses,
  commands_differ,
  expires_soon,
  unsettled,
};

// Static storage.
const RuleInfo& certificate_row(CertificateRow row);

}  // namespace sshaudit
