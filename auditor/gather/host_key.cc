// SPDX-License-Identifier: MIT
#include "gather/host_key.h"

#include <chrono>
#include <vector>

#include "gather/subprocess.h"

namespace sshaudit {

HostKey::HostKey() {
  if (directory_.path().empty()) return;
  const std::vector<std::string> argv = {"/usr/bin/ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", path()};
  const auto made = run_program(argv, std::chrono::seconds(10));
  good_ = made && made->exit_status == 0;
}

}  // namespace sshaudit
