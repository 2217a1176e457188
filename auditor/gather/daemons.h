// SPDX-License-Identifier: MIT
// The sshd processes of this host that listen. Who else is there may call itself what it likes: a process counts when
// the kernel says that it is root's, not a set-user-id program of somebody, and runs a program named sshd.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "parse/daemon_command.h"

namespace sshaudit {

struct Daemon {
  pid_t pid = 0;
  DaemonCommand command;
  // When it last read its configuration, in seconds since 1970: its start, which may come out up to two seconds early,
  // or its last reload where a pid file shows it (/run/sshd.pid, /var/run/sshd.pid, or the PidFile of an -o).
  std::int64_t loaded = 0;
  // It has a mount namespace of its own (a systemd unit with PrivateTmp=, or we run in one; ip-netns(8)): with the
  // same root directory, but its configuration may be mounted over.
  bool own_mounts = false;
};

// In order of pid. Those with another root directory are left out: they are of containers, or of the system around
// ours. What the caller may not see of a process is taken to be as here. A process that ends meanwhile is no error,
// and nothing is touched that could block. `proc` is where proc(5) is mounted.
std::vector<Daemon> gather_daemons(const std::string& proc = "/proc");

// When a pid file that holds this pid was last written; nothing when it holds another, or cannot be read.
std::optional<std::int64_t> pid_file_written(const std::string& pid_file, pid_t pid);

}  // namespace sshaudit
