// SPDX-License-Identifier: MIT
// The host as enable, disable and status see it: the sshd processes that go by /etc/ssh/sshd_config, and what that
// says.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "gather/daemons.h"
#include "gather/sshd.h"
#include "sshaudit/result.h"
#include "sshaudit/sshd_config.h"
#include "wiring/slot.h"

namespace sshaudit {

inline constexpr auto sshd_program = "/usr/sbin/sshd";
inline constexpr auto sshd_main_file = "/etc/ssh/sshd_config";

// The logger as it is installed.
std::string logger_path();

// Why sshd would not run the logger: it is not there, or others than root could put another in its place. Empty when it
// would.
std::string why_logger_is_not_run();

// The configuration with the options of one sshd that runs, or of one that would be started.
struct SshdView {
  std::optional<Daemon> daemon;
  std::string other_program;  // that the daemon runs; empty when it is the one at /usr/sbin
  std::unique_ptr<Sshd> sshd;

  const SshdConfig& config() const { return sshd->config(); }
};

struct SshdViews {
  std::vector<SshdView> views;   // at least one, unless no sshd is installed
  std::vector<SshdView> others;  // that go by other files ("none" also for one that is not known), and are left alone
};
SshdViews look_at_sshd();

// Not without /proc: then views has the one without a daemon, and no more is known.
bool can_see_daemons();

// The configuration that a view would have with this text as our file.
Result<SshdConfig> with_drop_in(const SshdView& view, const std::string& text);

// Where the Include stands by which a daemon of `others` would have another AuthorizedKeysCommand with this text as our
// file; nothing when it would not.
Result<std::optional<ConfigPlace>> reached_by_drop_in(const SshdView& view, const std::string& text);

// What `sshd -t` says against the configuration. Its directory in /run is made when it is missing, and stays. Empty
// when it would start.
Result<std::string> complaint_of(const SshdView& view);

// Has the daemon of the view read its configuration anew. Not with one that `sshd -t` complains of: sshd would end.
Result<void> reload(const SshdView& view);

// Holds the configuration against `sshd -T`: every kind of connection that Match blocks distinguish gets the
// AuthorizedKeysCommand that the file says. An error names the one that does not, or says why sshd cannot be asked.
Result<void> check_command(const SshdView& view);

// From here on no signal of a terminal or of a service that is stopped ends this process half way, nor pam-auth-update,
// which it starts: they end soon by themselves.
void finish_what_is_begun();

// Words of a program of the host, each line escaped and set in.
std::string quoted_lines(const std::string& text);

}  // namespace sshaudit
