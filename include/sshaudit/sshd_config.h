// SPDX-License-Identifier: MIT
// sshd_config(5) as it takes effect: values with the places they come from, and the connection they hold for.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace sshaudit {

// Where a value or a fault stands. A line of 0 has no number: a whole file, or an option of sshd's command line.
struct ConfigPlace {
  std::string file;  // as sshd names it; "command line" for its options; empty for a compiled-in default
  std::size_t line = 0;

  bool operator==(const ConfigPlace&) const = default;
};

struct ConfigValue {
  std::string text;  // as `sshd -T` prints it
  ConfigPlace place;

  bool operator==(const ConfigValue&) const = default;
};

// One keyword and what it is set to. Lists have a value for each word.
struct ConfigSetting {
  std::string keyword;  // as `sshd -T` prints it
  std::vector<ConfigValue> values;
  bool one_line = true;     // all values on one line; otherwise a line for each
  bool from_match = false;  // set by a Match block, where "none" does not always mean none

  bool operator==(const ConfigSetting&) const = default;
};

// The keywords that bear on a login, in the order of `sshd -T`.
using EffectiveConfig = std::vector<ConfigSetting>;

// What makes sshd refuse the file ("terminating, 1 bad configuration options"), or end a connection.
struct ConfigFault {
  ConfigPlace place;
  std::string message;

  bool operator==(const ConfigFault&) const = default;
};

// What Match asks about. What is not given matches nothing, as with `sshd -T -C`.
struct Connection {
  std::optional<std::string> user;
  std::vector<std::string> groups;  // names of the groups the user is in; empty when there is no such user
  bool user_exists = true;
  std::optional<std::string> host;  // the address, unless UseDNS finds a name
  std::optional<std::string> address;
  std::optional<std::string> local_address;
  std::optional<int> local_port;
  std::optional<std::string> rdomain;
};

}  // namespace sshaudit
