// SPDX-License-Identifier: MIT
// How an sshd that listens was started, read from what it shows as its command line. Until OpenSSH 8.1 that is its
// argument vector. From 8.2 on it is a title that joins the arguments with blanks, so that words have to be guessed:
//   sshd: /usr/sbin/sshd -D -o AllowUsers alice bob [listener] 0 of 10-100 startups
// A title that would be too long (1 KiB) is not set, and the vector stays; one that does not fit into the room of
// arguments and environment is cut off. Source: sshd.c and openbsd-compat/setproctitle.c, 7.4 to 10.5, and sshd 9.2.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sshaudit {

struct DaemonCommand {
  std::string program;      // its argument 0
  std::string config_file;  // -f; empty for the default. "none" is no file; a relative one starts where sshd did
  // Lines that take effect before those of the file: what -o says, as written and in order, with the keyword of -p
  // ("Port 22"), -h ("HostKey") and -c ("HostCertificate") among them. The last of -4 and -6 ("AddressFamily") and
  // the last -g ("LoginGraceTime") override any -o and so stand in front. -d and -q have no line.
  std::vector<std::string> options;
  // The numbers of -p (a name of services(5) is only in `options`). With any -p, sshd ignores what Port says in the
  // file, and in every -o after the first -p.
  std::vector<int> ports;
  bool exact = true;  // otherwise words had to be guessed, or the end is cut off

  bool operator==(const DaemonCommand&) const = default;
};

// `cmdline` is what proc_pid_cmdline(5) says. Nothing when this is no sshd that listens: one that serves a connection
// or answers a question (-t, -T, -G, -V), or another program. Anybody can give a process of theirs any title.
std::optional<DaemonCommand> parse_daemon_command(std::string_view cmdline);

// The file that an -o PidFile names; empty without one.
std::string pid_file_of(const DaemonCommand& command);

}  // namespace sshaudit
