// SPDX-License-Identifier: MIT
// The notation of the tables of key lines. In a line "{ed}" stands for the type and base64 of the sample key "ed",
// "{ed.blob}" for its base64 alone, and "{ed@70}" for that with a newline behind every 70th character. What a line
// means is written as "OPTIONS KEY #COMMENT", what is wrong with it as
// "! FAULT COLUMN 'WORD' -> 'BETTER' (KEY)", each part only where it says something; KEY is the name of a sample key.
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "parse/authorized_keys.h"
#include "parse/key_blob.h"
#include "parse/key_grammar.h"
#include "parse/key_line.h"
#include "parse/sample_keys.h"
#include "sshaudit/authorized_key.h"

namespace sshaudit {

inline const SampleKey* find_sample(std::string_view name) {
  for (const auto& sample : sample_keys) {
    if (sample.name == name) return &sample;
  }
  return nullptr;
}

// What stands between the braces.
inline std::string expand_key(std::string_view name) {
  const auto at = name.find_first_of(".@");
  const auto* sample = find_sample(name.substr(0, at));
  if (sample == nullptr) return "no sample key " + std::string(name);
  if (at == std::string_view::npos) return fmt::format("{} {}", sample->type, sample->blob);
  std::string blob(sample->blob);
  if (name[at] == '.') return blob;
  const auto width = std::stoul(std::string(name.substr(at + 1)));
  for (auto end = width; end < blob.size(); end += width + 1) blob.insert(end, 1, '\n');
  return blob;
}

inline std::string expand(std::string_view row) {
  std::string text;
  for (auto open = row.find('{'); open != std::string_view::npos; open = row.find('{')) {
    const auto close = std::min(row.find('}', open), row.size() - 1);
    text += row.substr(0, open);
    text += expand_key(row.substr(open + 1, close - open - 1));
    row.remove_prefix(close + 1);
  }
  return text.append(row);
}

inline std::string printable(std::string_view text) {
  std::string shown;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    shown += byte < 0x20 || byte > 0x7e ? fmt::format("\\x{:02x}", byte) : std::string(1, c);
  }
  return shown;
}

inline std::string_view name_of(KeyLineFault fault) {
  constexpr std::array<std::string_view, 27> names = {"none",
                                                      "option_unknown",
                                                      "option_newer",
                                                      "option_value",
                                                      "option_repeated",
                                                      "option_unquoted",
                                                      "option_unterminated",
                                                      "option_blank",
                                                      "curly_quotes",
                                                      "type_missing",
                                                      "type_misspelt",
                                                      "type_mismatch",
                                                      "type_unsupported",
                                                      "separator",
                                                      "key_incomplete",
                                                      "key_malformed",
                                                      "key_too_short",
                                                      "certificate",
                                                      "keys_joined",
                                                      "key_wrapped",
                                                      "line_too_long",
                                                      "line_swallowed",
                                                      "byte_order_mark",
                                                      "utf16",
                                                      "rfc4716",
                                                      "private_key",
                                                      "no_key"};
  const auto index = static_cast<std::size_t>(fault);
  return index < names.size() ? names.at(index) : "a fault without a name";
}

inline std::string dump(const PublicKey& key) {
  const auto fingerprint = fingerprint_of(key);
  for (const auto& sample : sample_keys) {
    if (sample.fingerprint == fingerprint && sample.type == key.type && sample.bits == key.bits) {
      return std::string(sample.name);
    }
  }
  return fmt::format("{}/{}/{}", key.type, key.bits, fingerprint);
}

inline std::string dump(const KeyOptions& options) {
  std::string text;
  const auto flag = [&](bool shown, std::string_view name) { text += shown ? std::string(name) + ' ' : ""; };
  const auto value = [&](std::string_view name, std::string_view is) {
    text += fmt::format("{}=<{}> ", name, printable(is));
  };
  flag(options.cert_authority, "cert-authority");
  flag(options.restricted, "restrict");
  flag(!options.agent_forwarding, "no-agent-forwarding");
  flag(!options.port_forwarding, "no-port-forwarding");
  flag(!options.pty, "no-pty");
  flag(!options.user_rc, "no-user-rc");
  flag(!options.x11_forwarding, "no-x11-forwarding");
  flag(!options.touch_required, "no-touch-required");
  flag(options.verify_required, "verify-required");
  if (options.command) value("command", *options.command);
  if (options.principals) value("principals", *options.principals);
  for (const auto& list : options.from) value("from", list);
  if (options.expiry_time) text += fmt::format("expiry-time={} ", *options.expiry_time);
  for (const auto& one : options.environment) value("environment", one);
  for (const auto& one : options.permitopen) value("permitopen", one);
  for (const auto& one : options.permitlisten) value("permitlisten", one);
  if (options.tunnel == KeyOptions::any_tunnel) text += "tunnel=any ";
  if (options.tunnel && *options.tunnel != KeyOptions::any_tunnel) text += fmt::format("tunnel={} ", *options.tunnel);
  return text;
}

inline std::string dump(const AuthorizedKey& line) {
  std::string text;
  if (!line.key.type.empty()) {
    text = dump(line.options) + dump(line.key);
    if (!line.comment.empty()) text += " #" + printable(line.comment);
  }
  if (line.fault == KeyLineFault::none) return text;
  text += fmt::format("{}! {}", text.empty() ? "" : " ", name_of(line.fault));
  if (line.column != 0) text += fmt::format(" {}", line.column);
  if (!line.word.empty()) text += fmt::format(" '{}'", printable(line.word));
  if (!line.better.empty()) text += fmt::format(" -> '{}'", printable(line.better));
  if (!line.meant.type.empty()) text += fmt::format(" ({})", dump(line.meant));
  return text;
}

// The grammar of an sshd of this version (902 for 9.2) on a host in UTC with two services.
inline KeyGrammar grammar_of(unsigned version) {
  SshdVersion sshd;
  sshd.major = static_cast<int>(version / 100);
  sshd.minor = static_cast<int>(version % 100);
  auto grammar = key_grammar(sshd);
  grammar.is_service = [](const std::string& name) { return name == "ssh" || name == "http"; };
  return grammar;
}

inline std::string meaning_of(std::string_view row, unsigned version) {
  return dump(parse_key_line(expand(row), grammar_of(version)));
}

// What is visited in a file, "LINE: MEANING" or "FIRST-LAST: MEANING", a line for each.
inline std::string meaning_of_file(std::string_view text, unsigned version) {
  std::string visits;
  read_key_lines(expand(text), grammar_of(version), [&](const AuthorizedKey& line) {
    visits += std::to_string(line.line);
    if (line.last_line != line.line) visits += '-' + std::to_string(line.last_line);
    visits += ": " + dump(line) + '\n';
  });
  return visits;
}

}  // namespace sshaudit
