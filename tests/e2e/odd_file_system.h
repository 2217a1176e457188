// SPDX-License-Identifier: MIT
// A file system in user space (FUSE) with a home in it, that answers as real ones do which cannot be had here.
#pragma once

#include <sys/types.h>

#include <string>

#include "cases.h"

namespace sshaudit::e2e {

enum class Oddity {
  keeps_modes,  // a change of owner or mode succeeds and has no effect, as on some network file systems
  over_quota,   // nothing new can be written: EDQUOT
  all_quota,    // whatever is asked of what lies in the home: EDQUOT, and nothing is free
};

struct OddHome {
  Oddity oddity = Oddity::keeps_modes;
  std::string key_text;  // of .ssh/authorized_keys, which is there as soon as it is not empty
  mode_t key_mode = 0100600;
  uid_t owner = alice_id;  // and group, of all
};

// Behind enter_debian(). It is served until this process, or the program that it becomes, has ended.
void mount_odd_home(const std::string& path, const OddHome& home);

}  // namespace sshaudit::e2e
