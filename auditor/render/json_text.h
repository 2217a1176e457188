// SPDX-License-Identifier: MIT
// Strings of this program as JSON.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace sshaudit {

using Json = nlohmann::ordered_json;

// Names and paths are bytes: those that are not UTF-8 are given whole, as {"base64": ...}, not approximately.
Json bytes_json(const std::string& bytes);

// Words of ours, which may quote such bytes.
Json text_json(const std::string& text);

// One line. Everything beyond ASCII is escaped, so the text is safe on a terminal too.
std::string line_of(const Json& json);

}  // namespace sshaudit
