// SPDX-License-Identifier: MIT
#include "gather/name_services.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <iterator>
#include <sstream>

#include "gather/read_file.h"

namespace sshaudit {
namespace {

constexpr std::size_t largest = 64UL * 1024;
constexpr std::array<std::string_view, 4> own_services = {"files", "compat", "systemd", "db"};

LookUpLimit limit_in_force;

// write(2) and _exit(2) may be called whatever was interrupted.
void give_up(int) {
  const auto& said = limit_in_force.said;
  [[maybe_unused]] const auto written = write(limit_in_force.descriptor, said.data(), said.size());
  _exit(limit_in_force.exit_status);
}

}  // namespace

std::optional<std::vector<std::string>> switch_words(std::string_view database) {
  std::istringstream lines(read_file("/etc/nsswitch.conf", largest).value_or(""));
  for (std::string line; std::getline(lines, line);) {
    line.resize(std::min(line.find('#'), line.size()));
    const auto colon = line.find(':');
    if (colon == std::string::npos) continue;
    std::string word;
    std::istringstream(line.substr(0, colon)) >> word;
    if (word != database) continue;
    std::istringstream words(line.substr(colon + 1));
    return std::vector<std::string>(std::istream_iterator<std::string>(words), {});
  }
  return std::nullopt;
}

std::vector<std::string> directory_services(std::string_view database) {
  auto words = switch_words(database).value_or(std::vector<std::string>());
  std::erase_if(words, [](const std::string& word) {
    const bool is_action = word.starts_with('[') || word.ends_with(']');
    return is_action || std::ranges::find(own_services, word) != own_services.end();
  });
  return words;
}

void limit_look_ups(const LookUpLimit& limit) {
  limit_in_force = limit;
  std::signal(SIGALRM, limit.seconds > 0 ? give_up : SIG_DFL);
  sigset_t alarm_only;  // whoever started this may have blocked it
  sigemptyset(&alarm_only);
  sigaddset(&alarm_only, SIGALRM);
  sigprocmask(SIG_UNBLOCK, &alarm_only, nullptr);
}

LimitedLookUp::LimitedLookUp() {
  if (limit_in_force.seconds > 0) alarm(static_cast<unsigned>(limit_in_force.seconds));
}

LimitedLookUp::~LimitedLookUp() {
  if (limit_in_force.seconds > 0) alarm(0);
}

}  // namespace sshaudit
