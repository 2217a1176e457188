// SPDX-License-Identifier: MIT
#include "undo_record.h"

#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "parse/base64.h"

namespace sshaudit::e2e {
namespace {

using Json = nlohmann::json;

std::string directory_of_records(const AuditedSystem& system) {
  return system.on_host(state_directory_in_system) + "/undo";
}

std::string bytes_of(const Json& json) {
  if (json.is_string()) return json.get<std::string>();
  std::string bytes;
  const auto outcome = decode_base64(json.at("base64").get_ref<const std::string&>(), bytes);
  if (outcome.fault != Base64Fault::none) throw std::runtime_error("no base64 in a record");
  return bytes;
}

DoneStep::State state_of(const Json& json) {
  return {static_cast<mode_t>(std::stoul(json.at("mode").get<std::string>(), nullptr, 8)), json.at("uid").get<uid_t>(),
          json.at("gid").get<gid_t>(), json.at("acl").get<std::string>()};
}

DoneStep step_of(const Json& json) {
  DoneStep step{.kind = json.at("step").get<std::string>(),
                .user = bytes_of(json.at("user")),
                .path = bytes_of(json.at("path")),
                .before = state_of(json.at("before")),
                .after = state_of(json.at("after"))};
  if (json.contains("text_before")) step.text_before = bytes_of(json.at("text_before"));
  if (json.contains("text_after")) step.text_after = bytes_of(json.at("text_after"));
  return step;
}

DoneStep::State state_of(const PicturedFile& file) { return {file.mode, file.uid, file.gid, file.acl}; }

void set_state(PicturedFile& file, const DoneStep::State& state) {
  file.mode = state.mode;
  file.uid = state.uid;
  file.gid = state.gid;
  file.acl = state.acl;
}

// A step of a kind changes what the kind is about, and nothing else.
bool changes_its_own(const DoneStep& step) {
  const auto& [mode, uid, gid, acl] = step.before;
  const auto& then = step.after;
  if (gid != then.gid || (mode & S_IFMT) != (then.mode & S_IFMT)) return false;
  if (step.kind == "owner") return uid != then.uid && mode == then.mode && acl == then.acl;
  if (uid != then.uid) return false;
  if (step.kind == "mode") return mode != then.mode && acl.empty() && then.acl.empty();
  if (step.kind == "acl") return acl != then.acl && !acl.empty() && !then.acl.empty();
  return step.kind == "content" && mode == then.mode && acl == then.acl && step.text_before != step.text_after;
}

bool shows(const DoneStep& step, const PicturedFile& before, const PicturedFile& after) {
  if (step.kind == "owner") return before.uid != after.uid;
  if (step.kind == "mode") return before.mode != after.mode;
  if (step.kind == "acl") return before.acl != after.acl;
  return before.content != after.content;
}

// All names of the file, since what is done to one shows at all of them.
void apply(const DoneStep& step, TreePicture& picture, std::vector<std::string>& faults) {
  const auto found = picture.find(step.path);
  const auto fault = [&](const std::string& what) { faults.push_back(step.path + ": " + step.kind + ": " + what); };
  if (found == picture.end()) return fault("is not there");
  const auto inode = found->second.inode;
  if (!changes_its_own(step)) fault("changes something else, or nothing");
  if (state_of(found->second) != step.before) fault("was not as the record says");
  if (step.kind == "content") {
    if (found->second.content != step.text_before) fault("had another text");
    if (found->second.links != 1) fault("has more names");
    found->second.content = step.text_after;
    return;
  }
  if (S_ISDIR(found->second.mode) || found->second.links == 1) return set_state(found->second, step.after);
  for (auto& [path, file] : picture) {
    if (file.inode == inode) set_state(file, step.after);
  }
}

}  // namespace

std::string in_words(const DoneStep& step) {
  const auto state = [](const DoneStep::State& one) {
    std::array<char, 64> numbers{};
    std::snprintf(numbers.data(), numbers.size(), "%06o %u:%u ", one.mode, one.uid, one.gid);
    return numbers.data() + one.acl;
  };
  const auto text = [](const std::string& one) {
    return one.empty() ? "" : " " + Json(one).dump(-1, ' ', true, Json::error_handler_t::replace);
  };
  return step.user + " " + step.kind + " " + step.path + ": " + state(step.before) + " -> " + state(step.after) +
         text(step.text_before) + text(step.text_after);
}

std::vector<std::string> record_names(const AuditedSystem& system) {
  std::vector<std::string> names;
  if (!std::filesystem::exists(directory_of_records(system))) return names;
  for (const auto& entry : std::filesystem::directory_iterator(directory_of_records(system))) {
    const auto name = entry.path().filename().string();
    if (!name.starts_with('.')) names.push_back(name);
  }
  std::ranges::sort(names);
  return names;
}

std::vector<DoneStep> read_steps(const AuditedSystem& system, const std::string& record) {
  std::ifstream file(directory_of_records(system) + "/" + record);
  std::string line;
  if (!std::getline(file, line) || Json::parse(line).at("schema") != "sshaudit-undo/1") {
    throw std::runtime_error("no record: " + record);
  }
  std::vector<DoneStep> steps;
  while (std::getline(file, line)) steps.push_back(step_of(Json::parse(line)));
  return steps;
}

TreePicture with_steps(const TreePicture& before, const std::vector<DoneStep>& steps,
                       std::vector<std::string>& faults) {
  auto picture = before;
  for (const auto& step : steps) apply(step, picture, faults);
  for (const auto& step : steps) {
    const auto then = before.find(step.path);
    if (then == before.end() || shows(step, then->second, picture.at(step.path))) continue;
    faults.push_back(step.path + ": " + step.kind + ": is undone by another step");
  }
  return picture;
}

}  // namespace sshaudit::e2e
