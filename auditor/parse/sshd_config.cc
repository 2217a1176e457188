// SPDX-License-Identifier: MIT
#include "parse/sshd_config.h"

#include <fmt/format.h>

#include <algorithm>

#include "parse/config_arguments.h"
#include "parse/config_keywords.h"
#include "parse/config_match.h"
#include "parse/config_words.h"

namespace sshaudit {
namespace {

constexpr int deepest_include = 16;
constexpr std::size_t longest_line = 4095;  // up to 7.7, its newline counted
constexpr std::size_t most_bytes = 16UL * 1024 * 1024;
constexpr std::size_t most_lines = 200'000;
constexpr std::size_t most_faults = 100;
constexpr auto command_line = "command line";

class Reader {
 public:
  Reader(const ConfigHost& host, SshdConfig& config) : host_(host), config_(config) {}

  void read_options() {
    for (const auto& option : config_.overrides.options) {
      std::size_t section = 0;
      is_option_ = true;
      read_line(option, {command_line, 0}, section, 0);
      is_option_ = false;
    }
  }

  // Lines before the first Match of the file belong to `section`.
  void read_file(const ConfigFile& file, std::size_t section, int depth) {
    if (stopped_) return;
    if (depth > deepest_include) return stop({file.path, 0}, "is included from too deep: files include each other");
    config_.files.push_back(file.path);
    bytes_ += file.bytes.size();
    if (bytes_ > most_bytes) return give_up(file.path);
    const auto number = version_number(config_.version);
    if (number < 708) check_lengths(file);
    std::size_t line_number = 0;
    for (const auto& line : config_lines(file.bytes, number < 807)) {
      if (stopped_) return;
      if (++lines_ > most_lines) return give_up(file.path);
      read_line(line, {file.path, ++line_number}, section, depth);
    }
  }

  bool is_stopped() const { return stopped_; }

 private:
  void fault(const ConfigPlace& place, std::string message) {
    if (config_.faults.size() < most_faults) config_.faults.push_back({place, std::move(message)});
  }

  void stop(const ConfigPlace& place, std::string message) {
    fault(place, std::move(message));
    stopped_ = true;
  }

  void give_up(const std::string& path) {
    if (!config_.unread) config_.unread = Error{"the configuration is larger than is read", path, 0};
    stopped_ = true;
  }

  void check_lengths(const ConfigFile& file) {
    std::string_view bytes = file.bytes;
    for (std::size_t line = 1; !bytes.empty(); ++line) {
      const auto end = std::min(bytes.find('\n'), bytes.size() - 1) + 1;
      if (std::min(bytes.find('\0'), end) >= longest_line) fault({file.path, line}, "is too long for this sshd");
      bytes.remove_prefix(end);
    }
  }

  void read_line(std::string_view text, const ConfigPlace& place, std::size_t& section, int depth) {
    if (version_number(config_.version) >= 705) text = without_trailing_blanks(text);
    if (text.empty()) return;
    OldWords source(text);
    auto keyword = source.next();
    if (keyword && keyword->empty()) keyword = source.next();
    if (!keyword || keyword->empty() || keyword->starts_with('#')) return;
    const bool new_words = reads_new_words(config_.version);
    ConfigLine line{.place = place, .written = *keyword, .section = section};
    line.rest = source.rest().value_or("");
    if (new_words && line.rest.empty()) return fault(place, fmt::format("{} has no argument", *keyword));
    const auto row = find_config_keyword(*keyword, config_.version);
    if (!row) return fault(place, fmt::format("{} is no keyword that this sshd knows", *keyword));
    line.keyword = *row;
    if (!take_words(source, new_words, line)) return fault(place, fmt::format("{}: a quote has no end", *keyword));
    const auto argument = config_keywords()[*row].argument;
    if (argument == ConfigArgument::match) return begin_section(line, section);
    if (argument == ConfigArgument::include) return include(line, depth);
    config_.lines.push_back(std::move(line));
  }

  static bool take_words(OldWords& source, bool new_words, ConfigLine& line) {
    if (new_words) {
      auto words = split_words(line.rest);
      if (!words) return false;
      line.words = std::move(*words);
      return true;
    }
    const bool is_environment = config_keywords()[line.keyword].argument == ConfigArgument::set_env;
    if (is_environment) source = OldWords(source.rest().value_or(""), false);
    while (auto word = source.next()) line.words.push_back(std::move(*word));
    return true;
  }

  void begin_section(const ConfigLine& line, std::size_t& section) {
    if (is_option_) return fault(line.place, "Match is no option for the command line");
    auto match = parse_match(line.rest, line.words, config_.version, host_);
    if (!match.fault.empty()) return fault(line.place, fmt::format("{} {}", line.written, match.fault));
    if (!match.connection_fault.empty()) {
      config_.connection_faults.push_back({line.place, fmt::format("{} {}", line.written, match.connection_fault)});
    }
    // A section begins where a file or an earlier Match of the same file ends: both belong to the same parent.
    const auto parent = file_section_;
    const bool at_start = match.at_start && config_.sections[parent].at_start;
    config_.sections.push_back({line.place, line.rest, parent, at_start, std::move(match.criteria)});
    section = config_.sections.size() - 1;
  }

  void include(const ConfigLine& line, int depth) {
    if (is_option_) return fault(line.place, "Include is no option for the command line");
    bool any = false;
    const bool new_words = reads_new_words(config_.version);
    for (std::size_t i = 0; i < line.words.size(); ++i) {
      const auto& word = line.words[i];
      const bool surplus = i + 1 < line.words.size() && !line.words[i + 1].empty();
      if (word.empty() && !new_words && surplus) return fault(line.place, "Include has more arguments than it takes");
      if (word.empty() && !new_words) break;
      if (word.empty()) return fault(line.place, "Include has an empty argument");
      any = true;
      const bool absolute = word.front() == '/' || word.front() == '~';
      read_included(line, absolute ? word : host_.directory + "/" + word, depth);
    }
    if (!any) fault(line.place, "Include has no argument");
  }

  void read_included(const ConfigLine& line, const std::string& pattern, int depth) {
    if (stopped_ || !host_.include) return;
    const auto files = host_.include(pattern);
    if (!files) {
      if (!config_.unread) config_.unread = files.error();
      return;
    }
    const auto outer = file_section_;
    for (const auto& file : *files) {
      file_section_ = line.section;
      read_file(file, line.section, depth + 1);
    }
    file_section_ = outer;
  }

  const ConfigHost& host_;
  SshdConfig& config_;
  std::size_t file_section_ = 0;  // the section whose Include led to the file that is read
  std::size_t bytes_ = 0;
  std::size_t lines_ = 0;
  bool is_option_ = false;
  bool stopped_ = false;
};

}  // namespace

SshdConfig parse_sshd_config(const ConfigFile& file, const ConfigOverrides& overrides, const ConfigHost& host,
                             const SshdVersion& version) {
  SshdConfig config;
  config.version = version;
  config.host = host;
  config.overrides = overrides;
  config.sections.push_back({.place = {file.path, 0}, .at_start = true});
  if (version_number(version) < 709) config.host.port_of = nullptr;  // names of services came later
  Reader reader(config.host, config);
  reader.read_options();
  reader.read_file(file, 0, 0);
  if (reader.is_stopped()) return config;
  for (auto& fault : evaluate(config, {}).faults) {
    const bool is_new = std::ranges::find(config.faults, fault) == config.faults.end();
    if (is_new && config.faults.size() < most_faults) config.faults.push_back(std::move(fault));
  }
  return config;
}

std::vector<bool> reached_sections(const SshdConfig& config, const Connection& connection) {
  std::vector<bool> reached(config.sections.size());
  for (std::size_t i = 1; i < config.sections.size(); ++i) {
    const auto& section = config.sections[i];
    if (section.parent != 0 && !reached[section.parent]) continue;
    reached[i] = std::ranges::all_of(section.criteria, [&](const auto& criterion) {
      return holds(criterion, connection, config.version, config.host);
    });
  }
  return reached;
}

}  // namespace sshaudit
