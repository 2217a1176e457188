// SPDX-License-Identifier: MIT
#include "parse/connection_notes.h"

#include <algorithm>
#include <string>

#include "parse/base64.h"
#include "parse/certificate.h"

namespace sshaudit {
namespace {

constexpr std::size_t most_keys = 100;  // sshd's MaxAuthTries ends it much sooner
constexpr std::string_view fingerprint_prefix = "SHA256:";

std::string_view take_until(std::string_view& rest, char end) {
  const auto at = std::min(rest.find(end), rest.size());
  const auto taken = rest.substr(0, at);
  rest.remove_prefix(std::min(at + 1, rest.size()));
  return taken;
}

void add_key(OfferedKey key, ConnectionNotes& notes) {
  const auto is_it = [&](const OfferedKey& other) {
    return other.key.digest == key.key.digest && other.certificate.has_value() == key.certificate.has_value();
  };
  const auto known = std::ranges::find_if(notes.keys, is_it);
  if (known != notes.keys.end()) {
    notes.is_signed[static_cast<std::size_t>(known - notes.keys.begin())] = true;
  } else if (notes.keys.size() < most_keys) {
    notes.keys.push_back(std::move(key));
    notes.is_signed.push_back(false);
  }
}

}  // namespace

std::optional<OfferedKey> key_of_fingerprint(std::string_view text) {
  if (!text.starts_with(fingerprint_prefix)) return std::nullopt;
  OfferedKey offered;
  std::string digest;
  const auto padding = text.ends_with('=') ? "" : "=";
  const auto decoded = decode_base64(std::string(text.substr(fingerprint_prefix.size())) + padding, digest);
  if (decoded.fault != Base64Fault::none || digest.size() != offered.key.digest.size()) return std::nullopt;
  std::ranges::transform(digest, offered.key.digest.begin(), [](char c) { return static_cast<std::uint8_t>(c); });
  return offered;
}

ConnectionNotes parse_connection_notes(std::string_view text) {
  ConnectionNotes notes;
  while (!text.empty()) {
    auto line = take_until(text, '\n');
    const auto kind = take_until(line, ' ');
    if (kind == "logged") notes.logged.emplace(line);
    if (kind != "key") continue;
    const auto type = take_until(line, ' ');
    const auto fingerprint = take_until(line, ' ');
    auto key = parse_offered_key(std::string(type) + ' ' + std::string(line));
    if (key) {
      add_key(std::move(*key), notes);
    } else if (auto by_fingerprint = key_of_fingerprint(fingerprint)) {
      add_key(std::move(*by_fingerprint), notes);
    }
  }
  return notes;
}

std::vector<OfferedKey> parse_auth_info(std::string_view text) {
  constexpr std::string_view method = "publickey ";
  std::vector<OfferedKey> keys;
  while (!text.empty()) {
    const auto line = take_until(text, '\n');
    if (!line.starts_with(method)) continue;
    if (auto key = parse_offered_key(line.substr(method.size()))) keys.push_back(std::move(*key));
  }
  return keys;
}

}  // namespace sshaudit
