// SPDX-License-Identifier: MIT
// What key lines mean depends on the sshd that reads them and on its host.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "parse/sshd_version.h"
#include "sshaudit/server.h"

namespace sshaudit {

// A date and a time of day as they are written, in no particular zone.
struct WrittenTime {
  int year = 0;
  int month = 1;  // 1 to 12
  int day = 1;    // 1 to 31; the 31st of a shorter month is in the next one
  int hour = 0;
  int minute = 0;
  int second = 0;
};

struct KeyGrammar {
  SshdFacts facts;
  unsigned version = 1005;  // a version_number()

  // What the text refers to on its host. Without them there are no services, and local time is UTC.
  std::function<bool(const std::string& name)> is_service;  // of services(5), tcp

  // Seconds since 1970, by the zone of sshd's host and never by its summer time, which sshd does not ask for. Nothing
  // when there is no such time.
  std::function<std::optional<std::int64_t>(const WrittenTime&)> local_time;
};

KeyGrammar key_grammar(const SshdVersion& version);

}  // namespace sshaudit
