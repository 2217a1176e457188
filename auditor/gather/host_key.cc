// SPDX-License-Identifier: MIT
#include "gather/host_key.h"

#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <vector>

#include "gather/subprocess.h"

namespace sshaudit {

HostKey::HostKey() {
  std::string directory = "/tmp/sshaudit-XXXXXX";
  if (mkdtemp(directory.data()) == nullptr) return;
  directory_ = directory;
  const std::vector<std::string> argv = {"/usr/bin/ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", path()};
  const auto made = run_program(argv, std::chrono::seconds(10));
  good_ = made && made->exit_status == 0;
}

HostKey::~HostKey() {
  if (directory_.empty()) return;
  unlink(path().c_str());
  unlink((path() + ".pub").c_str());
  rmdir(directory_.c_str());
}

}  // namespace sshaudit
