// SPDX-License-Identifier: MIT
// sshd_config(5) read as sshd reads it: once when it starts, and once more for each connection. Source: OpenSSH
// servconf.c, 7.4 to 10.5.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sshaudit/result.h"
#include "sshaudit/server.h"
#include "sshaudit/sshd_config.h"

namespace sshaudit {

struct ConfigFile {
  std::string path;
  std::string bytes;
};

// What the text refers to on its host. Every function may be left empty: nothing is found then.
struct ConfigHost {
  std::string directory = "/etc/ssh";  // what relative names of Include start from
  // The files that a pattern of Include stands for, in the order of glob(7). No match is no error.
  std::function<Result<std::vector<ConfigFile>>(const std::string& pattern)> include;
  std::function<std::optional<std::string>(const std::string& user)> home_of;  // "" is root, who runs sshd
  std::function<std::optional<int>(const std::string& service)> port_of;       // of services(5)
};

// What comes before the file: sshd's own command line.
struct ConfigOverrides {
  std::vector<std::string> options;  // of -o
  std::vector<int> ports;            // of -p; then the file's own count for nothing
};

// A Match line, or the part before the first one.
struct ConfigSection {
  ConfigPlace place;
  std::string text;        // of the Match line, without the keyword; empty for the part before the first
  std::size_t parent = 0;  // the section whose Include led here; section 0 is its own
  bool at_start = false;   // takes effect already when sshd starts: section 0, and "Match all" in it
  std::vector<std::pair<std::string, std::string>> criteria;  // (lower case name, argument), all of which must hold
};

// A line with a known keyword.
struct ConfigLine {
  ConfigPlace place;
  std::size_t keyword = 0;  // row of config_keywords()
  std::vector<std::string> words;
  std::string rest;     // all that is behind the keyword
  std::string written;  // the keyword as written
  std::size_t section = 0;
};

struct SshdConfig {
  SshdVersion version;
  ConfigHost host;
  ConfigOverrides overrides;
  std::vector<ConfigSection> sections;
  std::vector<ConfigLine> lines;
  std::vector<ConfigFault> faults;             // at start: with any of them sshd does not run
  std::vector<ConfigFault> connection_faults;  // sshd runs, and ends every connection
  std::vector<std::string> files;              // everything that was read, in order
  std::optional<Error> unread;                 // what sshd reads and we could not: from there on nothing is known
};

// Reads the text with everything that it includes.
SshdConfig parse_sshd_config(const ConfigFile& file, const ConfigOverrides& overrides, const ConfigHost& host,
                             const SshdVersion& version);

// Which sections a connection reaches, by section number.
std::vector<bool> reached_sections(const SshdConfig& config, const Connection& connection);

// What takes effect when these sections are reached; none at all (an empty vector) is what holds when sshd starts.
// Faults end the connection.
struct Evaluation {
  EffectiveConfig settings;
  std::vector<ConfigFault> faults;
};
Evaluation evaluate(const SshdConfig& config, const std::vector<bool>& reached);

// The values of a keyword that is shown, by its name in lower case; none when this sshd does not have it.
const std::vector<ConfigValue>& values_of(const EffectiveConfig& settings, std::string_view keyword);

}  // namespace sshaudit
