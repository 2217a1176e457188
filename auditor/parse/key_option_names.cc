// SPDX-License-Identifier: MIT
#include "parse/key_option_names.h"

#include <array>
#include <vector>

#include "parse/near_word.h"

namespace sshaudit {
namespace {

constexpr std::array flags = {
    KeyFlag{"restrict", false, &KeyOptions::restricted},
    KeyFlag{"cert-authority", false, &KeyOptions::cert_authority},
    KeyFlag{"port-forwarding", true, &KeyOptions::port_forwarding},
    KeyFlag{"agent-forwarding", true, &KeyOptions::agent_forwarding},
    KeyFlag{"x11-forwarding", true, &KeyOptions::x11_forwarding},
    KeyFlag{"touch-required", true, &KeyOptions::touch_required, 802},
    KeyFlag{"verify-required", true, &KeyOptions::verify_required, 804},
    KeyFlag{"pty", true, &KeyOptions::pty},
    KeyFlag{"user-rc", true, &KeyOptions::user_rc},
};

constexpr std::array value_options = {
    KeyValueOption{"command", KeyValue::command},
    KeyValueOption{"principals", KeyValue::principals},
    KeyValueOption{"from", KeyValue::from},
    KeyValueOption{"expiry-time", KeyValue::expiry_time, 707},
    KeyValueOption{"environment", KeyValue::environment},
    KeyValueOption{"permitopen", KeyValue::permitopen},
    KeyValueOption{"permitlisten", KeyValue::permitlisten, 708},
    KeyValueOption{"tunnel", KeyValue::tunnel},
};

}  // namespace

std::span<const KeyFlag> key_flags() { return flags; }
std::span<const KeyValueOption> key_value_options() { return value_options; }

std::string nearest_key_option(std::string_view name, bool negated) {
  std::vector<std::string_view> names;
  for (const auto& one : flags) {
    if (one.can_be_negated || !negated) names.push_back(one.name);
  }
  for (const auto& one : value_options) {
    if (!negated) names.push_back(one.name);
  }
  // Word processors make dashes of hyphens.
  std::string plain(name);
  for (const std::string_view dash : {"\u2010", "\u2011", "\u2012", "\u2013", "\u2014", "\u2212"}) {
    for (auto at = plain.find(dash); at != std::string::npos; at = plain.find(dash, at)) plain.replace(at, 3, "-");
  }
  if (plain.starts_with("no-") && plain.size() != name.size()) return nearest_key_option(plain.substr(3), true);
  const auto found = nearest(plain, names);
  return found.empty() || !negated ? std::string(found) : "no-" + std::string(found);
}

}  // namespace sshaudit
