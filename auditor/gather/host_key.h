// SPDX-License-Identifier: MIT
// A key of our own for an sshd that cannot load one: without any it refuses to print its settings.
#pragma once

#include <string>

#include "gather/temporary_files.h"

namespace sshaudit {

// Serves nobody, and goes with this object.
class HostKey {
 public:
  HostKey();

  bool good() const { return good_; }
  std::string path() const { return directory_.path() + "/key"; }

 private:
  TemporaryFiles directory_;
  bool good_ = false;
};

}  // namespace sshaudit
