// SPDX-License-Identifier: MIT
// A home full of traps for a root that repairs it, and what outside of it has to stay as it is.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "audited_system.h"

namespace sshaudit::e2e {

constexpr uid_t mallory_id = 2001;
constexpr uid_t neighbour_id = 2002;
constexpr auto mallory_home = "/home/mallory";

// What a directory entry is replaced by, all in the home itself: some in need of repair, some traps.
std::vector<std::string> directory_slots();
std::vector<std::string> file_slots();

// With mallory, whose home has all slots, and a neighbour. Hard links into the home are made here, since later the
// places are mounts of their own.
void build_arena(AuditedSystem& system);

// To be called in the namespace, after enter(): what is mounted in the home.
void mount_arena();

// Text for a key file that `fix --content` mends: two keys on one line.
std::string broken_text();

// All that a file has, by path: owner, mode, links, times, extended attributes with the ACLs, content.
using TreeState = std::map<std::string, std::string>;

// What does not belong to the account: everything outside the home, and secrets in it that the account moves about.
class Canaries {
 public:
  Canaries();  // in the namespace
  Canaries(const Canaries&) = delete;
  Canaries& operator=(const Canaries&) = delete;
  ~Canaries();

  // What is not as at the beginning, in words.
  std::vector<std::string> faults() const;

 private:
  struct Secret {
    std::string name;
    int fd;
    std::string state;
  };

  TreeState outside_;
  std::vector<Secret> secrets_;
};

// Runs `body` in a process and a mount namespace of its own, inside the system. Returns what it returned; what went
// wrong throws. Ended after `seconds`, which is a net.
std::string run_inside(const AuditedSystem& system, unsigned seconds, const std::function<std::string()>& body);

}  // namespace sshaudit::e2e
