// SPDX-License-Identifier: MIT
// Where the principals of a certificate are looked for.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "parse/principals_file.h"
#include "rules/rule.h"
#include "sshaudit/certificate.h"
#include "sshaudit/evidence.h"

namespace sshaudit {

// The first line that names one of them.
struct ListedPrincipal {
  std::string path;
  PrincipalsLine line;
};

struct PrincipalSearch {
  std::optional<ListedPrincipal> found;
  std::vector<std::string> passed_over;  // files that sshd does not read, and why
  std::string unknown;                   // why something may be there that was not seen
};

enum class PrincipalsCommand { none, fails, runs };

// AuthorizedPrincipalsCommand: one that sshd cannot run prints nothing.
PrincipalsCommand principals_command(const Settings& settings);

// Whether principals are listed anywhere; otherwise the name of the account is the one.
bool lists_principals(const Settings& settings);

// All files in sshd's order.
PrincipalSearch search_principals(const Certificate& certificate, const AccountEvidence& evidence,
                                  const Context& context);

// Whether each list of from= admits the client; yes, with a condition, where none is known.
bool admits(const KeyOptions& options, const AccountEvidence& evidence, const Context& context,
            std::vector<std::string>* conditions);

}  // namespace sshaudit
