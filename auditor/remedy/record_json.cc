// SPDX-License-Identifier: MIT
#include "remedy/record_json.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string_view>
#include <utility>

#include "parse/base64.h"

namespace sshaudit {
namespace {

using Json = nlohmann::json;
using Kind = RecordedStep::Kind;

constexpr std::string_view schema = "sshaudit-undo/1";
constexpr std::array kinds = {std::pair{Kind::owner, "owner"},       std::pair{Kind::mode, "mode"},
                              std::pair{Kind::acl, "acl"},           std::pair{Kind::content, "content"},
                              std::pair{Kind::new_file, "new_file"}, std::pair{Kind::new_directory, "new_directory"}};

// Names and texts may hold any byte.
Json bytes_json(const std::string& bytes) {
  const bool is_plain = std::ranges::all_of(bytes, [](char byte) { return byte >= 0x20 && byte < 0x7f; });
  return is_plain ? Json(bytes) : Json{{"base64", encode_base64(bytes)}};
}

std::string bytes_of(const Json& json) {
  if (json.is_string()) return json.get<std::string>();
  std::string bytes;
  const auto outcome = decode_base64(json.at("base64").get_ref<const std::string&>(), bytes);
  if (outcome.fault != Base64Fault::none) throw std::invalid_argument("base64");
  return bytes;
}

Json state_json(const FileState& state) {
  return {{"mode", fmt::format("{:06o}", state.mode)}, {"uid", state.uid}, {"gid", state.gid}, {"acl", state.acl}};
}

FileState state_of(const Json& json) {
  const auto mode = std::stoul(json.at("mode").get<std::string>(), nullptr, 8);
  return {static_cast<mode_t>(mode), json.at("uid").get<uid_t>(), json.at("gid").get<gid_t>(),
          json.at("acl").get<std::string>()};
}

Json mark_json(const FileMark& mark) { return {{"device", mark.device}, {"inode", mark.inode}, {"born", mark.born}}; }

FileMark mark_of(const Json& json) {
  return {json.at("device").get<dev_t>(), json.at("inode").get<ino_t>(), json.at("born").get<std::int64_t>()};
}

RecordedStep step_of(const Json& json) {
  RecordedStep step;
  const auto word = json.at("step").get<std::string>();
  const auto* const kind = std::ranges::find(kinds, std::string_view(word), [](auto& one) { return one.second; });
  if (kind == kinds.end()) throw std::invalid_argument("step");
  step.kind = kind->first;
  step.user = bytes_of(json.at("user"));
  step.identity = {json.at("uid").get<uid_t>(), json.at("gid").get<gid_t>(),
                   json.at("groups").get<std::vector<gid_t>>()};
  step.path = bytes_of(json.at("path"));
  step.file = mark_of(json.at("file"));
  step.before = state_of(json.at("before"));
  step.after = state_of(json.at("after"));
  if (json.contains("text_before")) step.text_before = bytes_of(json.at("text_before"));
  if (json.contains("text_after")) step.text_after = bytes_of(json.at("text_after"));
  if (json.contains("temporary")) step.temporary = bytes_of(json.at("temporary"));
  return step;
}

}  // namespace

std::string step_line(const RecordedStep& step) {
  Json json = {
      {"step", std::ranges::find(kinds, step.kind, [](auto& one) { return one.first; })->second},
      {"user", bytes_json(step.user)},
      {"uid", step.identity.uid},
      {"gid", step.identity.gid},
      {"groups", step.identity.supplementary},
      {"path", bytes_json(step.path)},
      {"file", mark_json(step.file)},
      {"before", state_json(step.before)},
      {"after", state_json(step.after)},
  };
  if (step.kind == Kind::content || step.kind == Kind::owner) json["text_before"] = bytes_json(step.text_before);
  if (step.kind == Kind::content || step.kind == Kind::new_file) json["text_after"] = bytes_json(step.text_after);
  if (!step.temporary.empty()) json["temporary"] = bytes_json(step.temporary);
  return json.dump() + '\n';
}

std::optional<RecordedStep> parse_step(const std::string& line) {
  try {
    return step_of(Json::parse(line));
  } catch (const std::exception&) {
    return std::nullopt;
  }
}

std::string not_done_line() { return Json{{"step", "not_done"}}.dump() + '\n'; }

bool is_not_done(const std::string& line) { return line + '\n' == not_done_line(); }

std::string stand_in_line(const StandIn& stand_in) {
  return Json{{"of", mark_json(stand_in.of)}, {"is", mark_json(stand_in.is)}}.dump() + '\n';
}

std::optional<StandIn> parse_stand_in(const std::string& line) {
  try {
    const auto json = Json::parse(line);
    return StandIn{mark_of(json.at("of")), mark_of(json.at("is"))};
  } catch (const std::exception&) {
    return std::nullopt;
  }
}

std::string header_line(const std::string& verb, const std::string& started) {
  return Json{{"schema", schema}, {"verb", verb}, {"started", started}}.dump() + '\n';
}

std::optional<RecordSummary> parse_header(const std::string& line) {
  try {
    const auto json = Json::parse(line);
    if (json.at("schema") != schema) return std::nullopt;
    return RecordSummary{"", json.at("verb").get<std::string>(), json.at("started").get<std::string>(), 0};
  } catch (const std::exception&) {
    return std::nullopt;
  }
}

}  // namespace sshaudit
