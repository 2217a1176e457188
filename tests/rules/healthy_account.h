// SPDX-License-Identifier: MIT
// An account that is well, and the database that it lives in: tests change one thing of it.
#pragma once

#include <memory>
#include <string>

#include "parse/key_lines.h"
#include "rules/rule.h"
#include "sshaudit/evidence.h"

namespace sshaudit {

inline constexpr mode_t directory_type = 0040000;
inline constexpr mode_t file_type = 0100000;

inline constexpr auto alices_key_line =
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGXLgXaWQWXWmPLOfnJTkzG3Oqdm8RZVAOCOiZLW+0Xf alice@laptop\n";

inline void hold(KeyFile& file, std::string text) {
  file.key_lines = count_key_lines(text);
  file.text = std::move(text);
}

inline PathComponent component(std::string path, mode_t mode, uid_t uid = 0, gid_t gid = 0) {
  PathComponent result;
  result.path = std::move(path);
  result.status.mode = mode;
  result.status.uid = uid;
  result.status.gid = gid;
  return result;
}

inline PathWalk walk_to(std::vector<PathComponent> components) {
  PathWalk walk;
  walk.requested = components.back().path;
  walk.end = WalkEnd::found;
  walk.components = std::move(components);
  return walk;
}

inline PathWalk home_walk() {
  return walk_to({component("/", directory_type | 0755), component("/home", directory_type | 0755),
                  component("/home/alice", directory_type | 0755, 1000, 1000)});
}

// alice has one key file with one key in it, a private group, and bash.
inline AccountEvidence healthy_account() {
  AccountEvidence evidence;
  evidence.account = {"alice", 1000, 1000, "/home/alice", "/bin/bash"};
  evidence.identity = {1000, 1000, {}};
  evidence.home = home_walk();
  KeyFile file;
  file.path = "/home/alice/.ssh/authorized_keys";
  auto components = home_walk().components;
  components.push_back(component("/home/alice/.ssh", directory_type | 0700, 1000, 1000));
  components.push_back(component("/home/alice/.ssh/authorized_keys", file_type | 0600, 1000, 1000));
  file.walk = walk_to(std::move(components));
  hold(file, alices_key_line);
  evidence.key_files.push_back(file);
  evidence.shell = std::make_shared<const PathWalk>(
      walk_to({component("/", directory_type | 0755), component("/bin", directory_type | 0755),
               component("/bin/bash", file_type | 0755)}));
  return evidence;
}

inline UserDatabase healthy_database() {
  UserDatabase database;
  database.accounts = {{"root", 0, 0, "/root", "/bin/bash"},
                       {"alice", 1000, 1000, "/home/alice", "/bin/bash"},
                       {"bob", 1001, 1001, "/home/bob", "/bin/bash"}};
  database.groups = {{"root", 0, {}}, {"staff", 50, {"alice", "bob"}}, {"alice", 1000, {}}, {"bob", 1001, {}}};
  return database;
}

// Its configuration was read and confirmed by sshd, and nothing is wrong with it.
inline Server healthy_server() {
  Server server;
  server.program = "/usr/sbin/sshd";
  server.config = "/etc/ssh/sshd_config";
  server.self_check = SelfCheck::same;
  return server;
}

}  // namespace sshaudit
