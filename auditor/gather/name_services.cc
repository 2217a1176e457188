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

namespace {

std::optional<std::vector<std::string>> words_of_line(std::string_view database) {
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

}  // namespace

// Without a line of its own shadow has that of passwd, as glibc has it.
std::optional<std::vector<std::string>> switch_words(std::string_view database) {
  auto words = words_of_line(database);
  return words || database != "shadow" ? words : words_of_line("passwd");
}

// "sss[NOTFOUND=return]" is a service and an action; "compat" has a line of its own for where "+" leads.
std::vector<std::string> directory_services(std::string_view database) {
  std::vector<std::string> services;
  bool is_action = false;
  const auto words = switch_words(database).value_or(std::vector<std::string>());
  for (const auto& word : words) {
    const auto name = is_action ? std::string() : word.substr(0, word.find('['));
    is_action = (is_action || name.size() < word.size()) && !word.ends_with(']');
    if (name == "compat") {
      const auto behind = words_of_line(std::string(database) + "_compat").value_or(std::vector<std::string>());
      services.insert(services.end(), behind.begin(), behind.end());
    } else if (!name.empty()) {
      services.push_back(name);
    }
  }
  std::erase_if(services, [](const std::string& name) {
    return name.starts_with('[') || std::ranges::find(own_services, name) != own_services.end();
  });
  return services;
}

}  // namespace sshaudit
