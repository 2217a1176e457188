// SPDX-License-Identifier: MIT
#include "render/history.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "render/visible_text.h"

namespace sshaudit {
namespace {

constexpr std::array<std::string_view, 4> states = {"new", "mended", "key added", "key removed"};

std::string event_text(const std::string& at, const PastEvent& event) {
  auto text = fmt::format("{}  {}  {}  {}", at, event.of_host ? "-" : visible(event.user),
                          states.at(static_cast<std::size_t>(event.state)), visible(event.what));
  const bool has_line = event.line != 0 && (event.state == PastState::found || event.state == PastState::key_added);
  if (!event.path.empty()) text += "  " + visible(event.path);
  if (has_line) text += fmt::format(":{}", event.line);
  return text + '\n';
}

}  // namespace

std::string render_past_run(const PastRun& run, const std::vector<std::string>& users, bool notices) {
  std::string text;
  if (users.empty()) {
    text = fmt::format("{}  run  {} account{}, {} finding{}\n", run.at, run.accounts, run.accounts == 1 ? "" : "s",
                       run.findings, run.findings == 1 ? "" : "s");
  }
  for (const auto& event : run.events) {
    const bool is_asked_for = users.empty() || (!event.of_host && std::ranges::find(users, event.user) != users.end());
    if (is_asked_for && (notices || !event.is_quiet)) text += event_text(run.at, event);
  }
  return text;
}

}  // namespace sshaudit
