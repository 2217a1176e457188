// SPDX-License-Identifier: MIT
#include <fmt/format.h>

#include <array>

#include "parse/key_blob.h"
#include "parse/key_option_values.h"
#include "parse/key_types.h"
#include "rules/key_line_rules.h"

namespace sshaudit {
namespace {

struct Taken {
  bool KeyOptions::*permission;
  std::string_view name;
};
constexpr std::array permissions = {
    Taken{&KeyOptions::pty, "pty"}, Taken{&KeyOptions::port_forwarding, "port forwarding"},
    Taken{&KeyOptions::agent_forwarding, "agent forwarding"}, Taken{&KeyOptions::x11_forwarding, "X11 forwarding"},
    Taken{&KeyOptions::user_rc, "user rc"}};

void add(std::string& text, const std::string& piece) { text += (text.empty() ? "" : ", ") + piece; }

void add_permissions(std::string& text, const KeyOptions& options) {
  if (options.restricted) add(text, "restricted");
  for (const auto& one : permissions) {
    const bool allowed = options.*one.permission;
    if (allowed == options.restricted) add(text, fmt::format("{}{}", allowed ? "but with " : "no ", one.name));
  }
}

}  // namespace

std::string place_of_line(const KeyLineSubject& subject) {
  const auto& line = subject.line;
  if (line.last_line == line.line) return fmt::format("{}:{}", subject.file.path, line.line);
  return fmt::format("{}:{}-{}", subject.file.path, line.line, line.last_line);
}

std::string key_in_words(const PublicKey& key) {
  return fmt::format("{} key {}", short_name(key.type), fingerprint_of(key));
}

std::string conditions_in_words(const KeyOptions& options) {
  std::string text;
  if (options.cert_authority) add(text, "for certificates that it has signed");
  for (const auto& list : options.from) add(text, "only from " + list);
  if (options.expiry_time && *options.expiry_time != never) add(text, "until " + date_in_words(*options.expiry_time));
  return text;
}

std::string restrictions_in_words(const KeyOptions& options) {
  std::string text;
  if (options.cert_authority) add(text, "certificate authority");
  if (options.principals) add(text, "principals " + *options.principals);
  if (options.command) add(text, "command " + (options.command->empty() ? "\"\"" : *options.command));
  add_permissions(text, options);
  for (const auto& permit : options.permitopen) add(text, "opens " + permit);
  for (const auto& permit : options.permitlisten) add(text, "listens on " + permit);
  if (options.tunnel) add(text, "tunnel");
  if (options.verify_required) add(text, "verification required");
  if (!options.touch_required) add(text, "no touch required");
  for (const auto& setting : options.environment) add(text, "environment " + setting);
  return text;
}

bool is_read(const KeyLineSubject& subject) { return !subject.line.key.type.empty(); }

std::vector<Detail> about_key(const KeyLineSubject& subject, const std::string& what, std::string expected,
                              std::string actual, std::string logs, std::string note) {
  return {{.path = subject.file.path,
           .message = subject.line.line == 0
                          ? fmt::format("{} {}", key_in_words(subject.line.key), what)
                          : fmt::format("{} ({}) {}", place_of_line(subject), key_in_words(subject.line.key), what),
           .sshd_logs = std::move(logs),
           .expected = std::move(expected),
           .actual = std::move(actual),
           .remedy = {{}, std::move(note)},
           .line = subject.line.line}};
}

}  // namespace sshaudit
