// SPDX-License-Identifier: MIT
#include "cli/question.h"

#include <unistd.h>

#include <cstdio>
#include <cstring>

#include "gather/read_file.h"
#include "render/visible_text.h"

namespace sshaudit {

Result<void> require_root(const std::string& what) {
  if (geteuid() == 0) return {};
  return tl::unexpected(Error{what + " has to run as root", "", 0});
}

Result<bool> is_wanted(const Arguments& arguments, const std::string& question) {
  if (arguments.yes) return true;
  if (isatty(STDIN_FILENO) != 1 || isatty(STDOUT_FILENO) != 1) {
    return tl::unexpected(Error{"nothing is changed: there is no terminal to ask on (--yes does it without)", "", 0});
  }
  std::printf("%s [y/N] ", question.c_str());
  std::fflush(stdout);
  std::string answer;
  for (int letter = std::getchar(); letter != EOF && letter != '\n'; letter = std::getchar()) {
    answer += static_cast<char>(letter);
  }
  return answer == "y" || answer == "Y" || answer == "yes" || answer == "YES" || answer == "Yes";
}

Result<void> tell(const std::string& text) {
  if (std::fputs(text.c_str(), stdout) >= 0 && std::fflush(stdout) == 0) return {};
  return tl::unexpected(errno_error("write", "standard output"));
}

std::string in_words(const Error& error) {
  auto text = error.path.empty() ? error.what : error.path + ": " + error.what;
  if (error.errnum != 0) text += std::string(": ") + std::strerror(error.errnum);
  return visible(text);
}

}  // namespace sshaudit
