// SPDX-License-Identifier: MIT
// A file system in user space (FUSE) with many homes in it, as a file server is on a bad day: slow, or silent.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <set>
#include <string>
#include <vector>

#include "audited_system.h"

namespace sshaudit::e2e {

enum class Silence {
  none,
  unread,  // requests are not even read: whoever waits can be killed
  taken,   // they are read and never answered: whoever waits cannot be killed before the server has ended
};

struct ManyHomes {
  std::vector<Person> homes;           // a directory each, by name, with .ssh and the key file of a usual home
  std::chrono::milliseconds delay{0};  // before each answer; many requests are under way at once
  Silence silence = Silence::none;     // of the whole mount, its root included
  std::set<std::string> silent_homes;  // requests about these, by name, are taken and never answered
  uid_t mounted_by = 0;
  bool is_for_all = true;  // else only for processes that are wholly those of `mounted_by`
};

// Behind enter_debian(). Nothing is remembered by the kernel: each operation asks. Returns the process that serves; it
// ends with its parent.
pid_t mount_many_homes(const std::string& path, const ManyHomes& homes);

}  // namespace sshaudit::e2e
