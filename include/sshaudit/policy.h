// SPDX-License-Identifier: MIT
// What /etc/sshaudit/sshaudit.toml says: defaults of options, and findings that are known and accepted for a time.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sshaudit/finding.h"

namespace sshaudit {

enum class Format { text, json, ndjson, csv, prometheus, nagios };
enum class When { automatic, always, never };

struct Waiver {
  std::string rule;     // an id of the catalogue
  std::string account;  // a pattern list as in ssh_config(5), "PATTERNS"; empty for findings of the server and the host
  std::string path;     // one pattern; empty: any path, or none
  std::string reason;
  std::string until;     // the last day that it covers, in UTC: "2026-12-31"
  std::size_t line = 0;  // of the file, 1-based

  bool operator==(const Waiver&) const = default;
};

// Options as without the file where it does not name them.
struct Policy {
  Format format = Format::text;
  std::optional<Severity> fail_on = Severity::warning;  // nothing: never
  std::int64_t forecast = 14;                           // days
  int jobs = 0;                                         // 0: as many as it takes
  int deadline = 10;                                    // seconds
  std::string users = "seen";
  bool automount = false;
  When color = When::automatic;
  std::vector<Waiver> waivers;

  bool operator==(const Policy&) const = default;
};

}  // namespace sshaudit
