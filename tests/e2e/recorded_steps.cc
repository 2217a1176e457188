// SPDX-License-Identifier: MIT
#include "recorded_steps.h"

#include <fstream>
#include <string_view>

namespace sshaudit::e2e {

using Json = nlohmann::json;

std::string bytes_of(const Json& json) {
  if (json.is_string()) return json.get<std::string>();
  constexpr std::string_view digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string bytes;
  unsigned bits = 0;
  int held = 0;
  for (const char digit : json.at("base64").get<std::string>()) {
    if (digit == '=') break;
    bits = (bits << 6U) | static_cast<unsigned>(digits.find(digit));
    held += 6;
    if (held < 8) continue;
    held -= 8;
    bytes += static_cast<char>((bits >> static_cast<unsigned>(held)) & 0xFFU);
  }
  return bytes;
}

std::vector<Json> steps_in(const std::string& record) {
  std::ifstream file(record);
  std::vector<Json> lines;
  for (std::string line; std::getline(file, line) && !file.eof();) lines.push_back(Json::parse(line));
  if (!lines.empty()) lines.erase(lines.begin());
  return lines;
}

void take(Picture& picture, const Json& step) {
  const auto word = step.at("step").get<std::string>();
  auto& entry = picture[bytes_of(step.at("path"))];
  const auto& after = step.at("after");
  const auto mode = static_cast<mode_t>(std::stoul(after.at("mode").get<std::string>(), nullptr, 8));
  if (word == "owner" || word.starts_with("new_")) {
    entry.uid = after.at("uid").get<uid_t>();
    entry.gid = after.at("gid").get<gid_t>();
  }
  if (word == "mode" || word == "acl" || word.starts_with("new_")) entry.mode = mode;
  if (word == "acl") entry.acl = after.at("acl").get<std::string>();
  if (word == "content" || word == "new_file") entry.content = bytes_of(step.at("text_after"));
  if (word == "new_file") entry.links = 1;
}

}  // namespace sshaudit::e2e
