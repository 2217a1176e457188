// SPDX-License-Identifier: MIT
// Explained logins, as text and as JSON (schema sshaudit-explain/1).
#pragma once

#include <string>
#include <vector>

#include "render/renderer.h"
#include "sshaudit/explanation.h"

namespace sshaudit {

std::string render_explanations(const std::vector<Explanation>& explanations, const TextStyle& style);
std::string render_explanations_json(const std::string& user, const std::vector<Explanation>& explanations);

}  // namespace sshaudit
