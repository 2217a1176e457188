// SPDX-License-Identifier: MIT
#include <csignal>
#include <cstdio>
#include <cstring>
#include <exception>
#include <string>

#include "cli/arguments.h"
#include "cli/run.h"
#include "render/visible_text.h"

namespace {

constexpr int could_not_run = 2;

int fail(const std::string& message) {
  std::fprintf(stderr, "sshaudit: %s\n", sshaudit::visible(message).c_str());
  return could_not_run;
}

std::string in_words(const sshaudit::Error& error) {
  std::string text = error.what;
  if (!error.path.empty()) text += ": " + error.path;
  if (error.errnum != 0) text += std::string(": ") + std::strerror(error.errnum);
  return text;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    std::signal(SIGPIPE, SIG_IGN);  // a reader that went away is an error like any other
    const auto parsed = sshaudit::parse_arguments(argc, argv);
    if (parsed.exit_status) return *parsed.exit_status;
    const auto status = sshaudit::run(parsed.arguments);
    return status ? *status : fail(in_words(status.error()));
  } catch (const std::exception& error) {
    return fail(std::string("internal error: ") + error.what());
  }
}
