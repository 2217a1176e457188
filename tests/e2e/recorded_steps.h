// SPDX-License-Identifier: MIT
// The record of a change, read by what is written about it and not by the program that wrote it.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "home_picture.h"

namespace sshaudit::e2e {

// Of the record in this file, without a last line that was cut off.
std::vector<nlohmann::json> steps_in(const std::string& record);

// A field that may hold any byte: text, or else base64.
std::string bytes_of(const nlohmann::json& json);

// The picture as it is when a step is done.
void take(Picture& picture, const nlohmann::json& step);

}  // namespace sshaudit::e2e
