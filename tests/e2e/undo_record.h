// SPDX-License-Identifier: MIT
// What a record of `sshaudit fix` says was done, read from its file without the program's own reader, and what a tree
// looks like when exactly that was done.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include "audited_system.h"
#include "tree_picture.h"

namespace sshaudit::e2e {

constexpr auto state_directory_in_system = "/var/lib/sshaudit";

struct DoneStep {
  struct State {
    mode_t mode = 0;
    uid_t uid = 0;
    gid_t gid = 0;
    std::string acl;

    bool operator==(const State&) const = default;
  };
  std::string kind;  // "owner", "mode", "acl", "content"
  std::string user;
  std::string path;
  State before;
  State after;
  std::string text_before;
  std::string text_after;
};

// All of it, in one line.
std::string in_words(const DoneStep& step);

// Names of the records there are, in order.
std::vector<std::string> record_names(const AuditedSystem& system);

// Throws when it is no record.
std::vector<DoneStep> read_steps(const AuditedSystem& system, const std::string& record);

// The picture when the steps are done. What does not fit, or shows no difference in the end, is told in `faults`.
TreePicture with_steps(const TreePicture& before, const std::vector<DoneStep>& steps, std::vector<std::string>& faults);

}  // namespace sshaudit::e2e
