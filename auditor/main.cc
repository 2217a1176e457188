// SPDX-License-Identifier: MIT
#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <exception>
#include <string>

#include "cli/policy.h"
#include "cli/run.h"
#include "render/nagios.h"
#include "render/visible_text.h"

namespace {

constexpr int could_not_run = 2;

int fail(const std::string& message, bool for_nagios) {
  if (for_nagios) {
    std::fputs(sshaudit::nagios_failure(message).c_str(), stdout);
    return static_cast<int>(sshaudit::PluginState::unknown);
  }
  std::fprintf(stderr, "sshaudit: %s\n", sshaudit::visible(message).c_str());
  return could_not_run;
}

// One that is closed would be the number of the next file that is opened, which then gets what is printed.
void open_standard_files() {
  int fd = 0;
  while (fd >= 0 && fd <= STDERR_FILENO) fd = open("/dev/null", O_RDWR | O_CLOEXEC);
  if (fd > STDERR_FILENO) close(fd);
  for (const int standard : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) fcntl(standard, F_SETFD, 0);
}

// A deep directory is walked with a descriptor for each level.
void allow_descriptors() {
  constexpr rlim_t enough = 4096;
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= enough) return;
  limit.rlim_cur = std::min(enough, limit.rlim_max);
  setrlimit(RLIMIT_NOFILE, &limit);
}

std::string in_words(const sshaudit::Error& error) {
  std::string text = error.what;
  if (!error.path.empty()) text += ": " + error.path;
  if (error.errnum != 0) text += std::string(": ") + std::strerror(error.errnum);
  return text;
}

}  // namespace

int main(int argc, char** argv) {
  const bool for_nagios = sshaudit::asks_for_nagios(argc, argv);
  try {
    open_standard_files();
    std::signal(SIGPIPE, SIG_IGN);  // a reader that went away is an error like any other
    std::signal(SIGCHLD, SIG_DFL);  // whoever started this may have ignored it, and then nobody can be waited for
    allow_descriptors();
    const auto parsed = sshaudit::parse_with_policy(argc, argv);
    if (!parsed) return fail(in_words(parsed.error()), for_nagios);
    if (parsed->exit_status) return *parsed->exit_status;
    const auto status = sshaudit::run(parsed->arguments);
    return status ? *status : fail(in_words(status.error()), for_nagios);
  } catch (const std::exception& error) {
    return fail(std::string("internal error: ") + error.what(), for_nagios);
  }
}
