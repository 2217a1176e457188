// SPDX-License-Identifier: MIT
#include "render/refusal_line.h"

#include <fmt/format.h>

#include <algorithm>

#include "render/visible_text.h"

namespace sshaudit {
namespace {

constexpr std::size_t longest_value = 200;
constexpr std::size_t longest_told = 400;
constexpr std::size_t least_message = 120;

std::string quoted(const std::string& value) {
  auto text = cut_to(visible(value), longest_value);
  if (!text.empty() && text.find_first_of(" \"=\\") == std::string::npos) return text;
  std::string result = "\"";
  for (const char c : text) {
    if (c == '"') result += '\\';
    result += c;
  }
  return result + '"';
}

std::string fields_of(const Refusal& refusal) {
  auto text = fmt::format("user={}", quoted(refusal.user));
  if (!refusal.key.empty()) text += fmt::format(" key={}", quoted(refusal.key));
  if (refusal.keys > 1) text += fmt::format(" keys={}", refusal.keys);
  if (!refusal.from.empty()) text += fmt::format(" from={}", quoted(refusal.from));
  text += fmt::format(" rule={}", refusal.rule);
  if (!refusal.path.empty()) text += fmt::format(" path={}", quoted(refusal.path));
  return text;
}

const char* what_happens(const Refusal& refusal) {
  if (refusal.outcome == Outcome::closes) return "key login ended";
  if (refusal.kind == Refusal::Kind::login) return "login refused";
  return refusal.kind == Refusal::Kind::key_logins ? "key logins are refused" : "key login refused";
}

std::string remedy_of(const Refusal& refusal) {
  std::string commands;
  for (const auto& command : refusal.commands) commands += (commands.empty() ? "" : "; ") + shell_line(command);
  if (!commands.empty()) {
    return "; fix: " + commands + (refusal.note.empty() ? "" : fmt::format(" ({})", visible(refusal.note)));
  }
  return refusal.note.empty() ? "" : "; advice: " + visible(refusal.note);
}

}  // namespace

std::string render_refusal(const Refusal& refusal, const std::string& before) {
  const auto* const what = what_happens(refusal);
  const auto head = fmt::format("{}{}: {}: ", before, what, fields_of(refusal));
  auto remedy = remedy_of(refusal);
  const auto message = visible(refusal.message);
  const auto needed = std::min(message.size(), least_message);
  if (head.size() + needed + remedy.size() > longest_refusal_line) {
    remedy = refusal.commands.empty() ? "" : "; fix: see sshaudit explain";
  }
  const auto room = longest_refusal_line - std::min(longest_refusal_line, head.size() + remedy.size());
  return cut_to(head + cut_to(message, room) + remedy, longest_refusal_line);
}

std::string render_refusal_for_user(const Refusal& refusal) {
  const auto path = refusal.path.empty() ? "" : visible(refusal.path) + ": ";
  return cut_to(fmt::format("sshaudit: {}{}", path, visible(refusal.message)), longest_told);
}

}  // namespace sshaudit
