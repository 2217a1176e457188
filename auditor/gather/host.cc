// SPDX-License-Identifier: MIT
#include "gather/host.h"

#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <climits>
#include <cstdlib>
#include <ctime>
#include <memory>
#include <optional>
#include <sstream>
#include <string_view>
#include <unordered_set>

#include "gather/fd.h"
#include "gather/look_ups.h"
#include "gather/path_resolver.h"
#include "gather/read_file.h"
#include "gather/selinux.h"

namespace sshaudit {
namespace {

using Services = std::unordered_set<std::string>;

// services(5): "NAME PORT/PROTOCOL ALIAS...".
Services read_services(const std::string& text) {
  Services services;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line.substr(0, line.find('#')));
    std::string name;
    std::string port;
    if (!(words >> name >> port) || !port.ends_with("/tcp")) continue;
    do services.insert(name);
    while (words >> name);
  }
  return services;
}

// A regular file of another system, found by its own links.
Fd open_below(const std::string& root, const std::string& path) {
  auto resolver = PathResolver::open(root);
  if (!resolver) return {};
  const auto found = resolver->resolve(path);
  const bool regular = found.end == WalkEnd::found && S_ISREG(found.node->component.status.mode);
  return regular ? open_for_reading(*found.node) : Fd();
}

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

// pam_nologin.c reads the first of these that it can open; sshd without PAM only the second.
HostState gather_host_state(const std::string& root) {
  constexpr std::size_t enough = 1000;
  HostState state;
  auto resolver = PathResolver::open(root);
  if (!resolver) return state;
  for (const auto* const path : {"/var/run/nologin", "/etc/nologin"}) {
    const auto found = resolver->resolve(path);
    if (found.end == WalkEnd::missing || found.end == WalkEnd::dangling) continue;
    NologinFile file{.path = path, .errnum = found.errnum};
    struct stat status {};
    const auto node = found.end == WalkEnd::found ? open_node(*found.node) : Fd();
    if (node && fstat(node.get(), &status) == 0) file.since = status.st_mtime;
    file.is_file = !node || S_ISREG(status.st_mode);
    const auto text = node && S_ISREG(status.st_mode) ? open_for_reading(*found.node) : Fd();
    if (text) read_to_end(text.get(), enough, enough, file.text);
    state.nologin.push_back(std::move(file));
  }
  if (root == "/") add_selinux_to(state);
  return state;
}

void add_host_to(KeyGrammar& grammar, const std::string& root) {
  constexpr std::size_t largest = 1024UL * 1024;
  const auto zone = root == "/" ? Fd() : open_below(root, "/etc/localtime");
  std::string name = ":/etc/localtime";
  if (root != "/") name = zone ? ":/proc/self/fd/" + std::to_string(zone.get()) : "UTC0";
  setenv("TZ", name.c_str(), 1);
  tzset();  // reads the zone, once
  std::shared_ptr<const Services> services;
  grammar.is_service = [root, services](const std::string& service) mutable {
    const auto listed = !services && root == "/" ? list_services() : std::nullopt;
    if (listed) services = std::make_shared<const Services>(listed->begin(), listed->end());
    if (!services && root == "/") return true;  // it may be one: who could tell is silent
    if (!services) {
      const auto file = open_below(root, "/etc/services");
      const auto text = file ? read_open_file(file.get(), "/etc/services", largest).value_or("") : std::string();
      services = std::make_shared<const Services>(read_services(text));
    }
    return services->contains(service);
  };
  grammar.local_time = seconds_of;
}

}  // namespace sshaudit
