// SPDX-License-Identifier: MIT
// Has a running sshd read its configuration anew, and sees that it does. Root only.
#pragma once

#include <string>
#include <string_view>

#include "gather/daemons.h"
#include "sshaudit/result.h"

namespace sshaudit {

// Why this daemon is not sent a signal that it would end itself by: sshd starts itself anew by the name that it was
// started by, which has to be a path. Empty when nothing is known to be in the way.
std::string why_not_reloaded(const Daemon& daemon);

// Whether it does not run any more, though its parent may not have waited for it.
bool has_ended(const Daemon& daemon);

// By systemd(1), where it runs and the daemon is a service of its own, and by SIGHUP elsewhere. Returns when the same
// process has executed itself anew and listens again, which is waited for 10 s. An error says how far it came.
Result<void> reload_sshd(const Daemon& daemon);

// The unit that the process is the main one of, by proc_pid_cgroup(5): "ssh.service"; empty for none.
std::string service_in_cgroup(std::string_view cgroup);

// Whether the two paths are the same for that process as for this one, whatever is mounted.
bool sees_same_file(const Daemon& daemon, const std::string& path);

}  // namespace sshaudit
