// SPDX-License-Identifier: MIT
#include "gather/name_services.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <sstream>

#include "gather/read_file.h"

namespace sshaudit {
namespace {

constexpr std::size_t largest = 64UL * 1024;
constexpr std::array<std::string_view, 4> own_services = {"files", "compat", "systemd", "db"};

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

}  // namespace sshaudit
