// SPDX-License-Identifier: MIT
// As the plugins of Nagios and its relatives write: one line with the state, the worst findings behind it.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "render/renderer.h"

namespace sshaudit {

enum class PluginState { ok, warning, critical, unknown };  // the exit status of a plugin

// Critical for errors, warning for less; below fail_on, nothing counts. What could not be seen is unknown, unless what
// was seen is critical.
PluginState plugin_state(const Summary& summary, std::optional<Severity> fail_on);

std::unique_ptr<Renderer> make_nagios_renderer(std::optional<Severity> fail_on);

// The line of a run that came to nothing, with its end.
std::string nagios_failure(std::string_view message);

}  // namespace sshaudit
