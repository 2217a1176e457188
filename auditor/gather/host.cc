// SPDX-License-Identifier: MIT
#include "gather/host.h"

#include <netdb.h>
#include <unistd.h>

#include <array>
#include <climits>
#include <cstdlib>
#include <ctime>
#include <optional>

namespace sshaudit {
namespace {

bool is_tcp_service(const std::string& name) { return getservbyname(name.c_str(), "tcp") != nullptr; }

// sshd leaves tm_isdst at 0, so that its summer is an hour off; mktime(3) says with tm_wday whether -1 is a time.
std::optional<std::int64_t> seconds_of(const WrittenTime& time) {
  std::tm parts{};
  parts.tm_year = time.year - 1900;
  parts.tm_mon = time.month - 1;
  parts.tm_mday = time.day;
  parts.tm_hour = time.hour;
  parts.tm_min = time.minute;
  parts.tm_sec = time.second;
  parts.tm_wday = -1;
  const std::time_t seconds = std::mktime(&parts);
  if (seconds == -1 && parts.tm_wday == -1) return std::nullopt;
  return seconds;
}

}  // namespace

std::string utc_now() {
  const std::time_t now = std::time(nullptr);
  std::tm parts{};
  gmtime_r(&now, &parts);
  std::array<char, 32> text{};
  const auto size = std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%SZ", &parts);
  return {text.data(), size};
}

std::int64_t seconds_now() { return std::time(nullptr); }

std::string host_name() {
  std::array<char, HOST_NAME_MAX + 1> name{};
  return gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "";
}

void add_host_to(KeyGrammar& grammar, const std::string& root) {
  const auto zone = ":" + (root == "/" ? std::string() : root) + "/etc/localtime";
  setenv("TZ", zone.c_str(), 1);
  tzset();
  grammar.is_service = is_tcp_service;
  grammar.local_time = seconds_of;
}

}  // namespace sshaudit
