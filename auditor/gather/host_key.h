// SPDX-License-Identifier: MIT
// A key of our own for an sshd that cannot load one: without any it refuses to print its settings.
#pragma once

#include <string>

namespace sshaudit {

// Serves nobody, and goes with this object.
class HostKey {
 public:
  HostKey();
  HostKey(const HostKey&) = delete;
  HostKey& operator=(const HostKey&) = delete;
  ~HostKey();

  bool good() const { return good_; }
  std::string path() const { return directory_ + "/key"; }

 private:
  std::string directory_;
  bool good_ = false;
};

}  // namespace sshaudit
