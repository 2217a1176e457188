// SPDX-License-Identifier: MIT
#include "cli/text_style.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdlib>

namespace sshaudit {
namespace {

std::size_t terminal_columns() {
  winsize size{};
  return isatty(STDOUT_FILENO) == 1 && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

}  // namespace

TextStyle text_style(const Arguments& arguments) {
  const bool to_terminal = arguments.output.empty() && isatty(STDOUT_FILENO) == 1;
  const char* const no_color = std::getenv("NO_COLOR");
  const bool wanted = to_terminal && (no_color == nullptr || *no_color == '\0');
  return {.color = arguments.color == When::always || (arguments.color == When::automatic && wanted),
          .columns = to_terminal ? terminal_columns() : 0,
          .headline = arguments.all_users && !arguments.changes && !arguments.quiet && !to_terminal,
          .notices = arguments.verbose || !arguments.all_users || arguments.fail_on == Severity::notice};
}

}  // namespace sshaudit
