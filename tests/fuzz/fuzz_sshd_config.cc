// SPDX-License-Identifier: MIT
// Feeds arbitrary bytes to the reader of sshd_config: as the main file, as the file that Include finds, and as Match
// arguments, for an older and a newer sshd. It has to come back, and what it says has to hold together.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "parse/config_classes.h"
#include "parse/config_mentions.h"
#include "parse/sshd_config.h"
#include "parse/sshd_settings.h"

namespace {

using sshaudit::ConfigFile;
using sshaudit::Result;

constexpr std::size_t largest_input = 64UL * 1024;
constexpr std::string_view files_apart = "\n===\n";  // what stands between the main file and the included one

void require(bool holds) {
  if (!holds) std::abort();
}

// Evaluated for one connection: every keyword has its values, each from the text or compiled in.
void evaluate_for(const sshaudit::SshdConfig& config, const sshaudit::Connection& connection) {
  const auto reached = sshaudit::reached_sections(config, connection);
  require(reached.size() == config.sections.size() && !reached[0]);
  const auto evaluation = sshaudit::evaluate(config, reached);
  const auto settings = sshaudit::settings_of(evaluation.settings);
  require(settings.permit_root_login != "without-password");
  for (const auto& setting : evaluation.settings) {
    std::size_t counting = 0;
    for (const auto& mention : sshaudit::mentions_of(config, setting.keyword, evaluation.settings, reached)) {
      if (mention.fate == sshaudit::MentionFate::counts) ++counting;
    }
    const bool from_text = !setting.values.empty() && !setting.values.front().place.file.empty();
    require(!from_text || counting > 0);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0 || size > largest_input) return 0;
  const bool old = (data[0] & 1U) != 0;
  const sshaudit::SshdVersion version{old ? "OpenSSH_8.4p1" : "OpenSSH_10.5p1", old ? 8 : 10, old ? 4 : 5,
                                      (data[0] & 2U) != 0 ? sshaudit::Vendor::debian : sshaudit::Vendor::upstream};
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  const auto apart = text.find(files_apart);
  const ConfigFile included{
      "/included", apart == std::string_view::npos ? "" : std::string(text.substr(apart + files_apart.size()))};
  sshaudit::ConfigHost host;
  host.include = [&](const std::string&) -> Result<std::vector<ConfigFile>> { return {{included}}; };
  host.home_of = [](const std::string&) { return std::string("/root"); };
  const auto config = sshaudit::parse_sshd_config({"/main", std::string(text.substr(0, apart))}, {}, host, version);
  evaluate_for(config, {});
  const sshaudit::SectionMatcher matcher(config, nullptr);
  require(!matcher.classes().empty());
  auto connection = matcher.classes().back().sample;
  connection.user = "alice";
  connection.groups = {"staff", "sftp"};
  evaluate_for(config, connection);
  require(matcher.reached(matcher.fitting("alice", connection.groups)).back() ==
          sshaudit::reached_sections(config, connection));
  return 0;
}
