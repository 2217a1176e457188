// SPDX-License-Identifier: MIT
#include "differential/attempt.h"

#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <iostream>

#include "gather/read_file.h"
#include "parse/sshd_version.h"

namespace sshaudit::differential {

void give_up(const std::string& what) {
  std::cout << "not possible: " << what << std::endl;
  _exit(2);
}

void must(bool done, const std::string& what) {
  if (!done) give_up(what + ": " + std::strerror(errno));
}

std::string setting_of(const char* name, const std::string& otherwise) {
  const char* const value = std::getenv(name);
  return value == nullptr || *value == '\0' ? otherwise : value;
}

TriedSshd tried_sshd() {
  constexpr std::size_t largest_program = 64UL * 1024 * 1024;
  const auto sshd = setting_of("SSHAUDIT_SSHD", "/usr/sbin/sshd");
  const auto program = read_file(sshd, largest_program);
  if (!program) give_up("there is no " + sshd);
  const auto text = setting_of("SSHAUDIT_SSHD_VERSION", "");
  const auto version = text.empty() ? find_sshd_version(*program) : parse_sshd_version(text);
  if (!version) give_up("no version of sshd: " + (text.empty() ? sshd : text));
  return {sshd, *version};
}

pid_t in_child(const std::function<int()>& work) {
  std::cout.flush();
  const pid_t child = fork();
  if (child != 0) return child;
  try {
    const int status = work();
    std::cout.flush();
    _exit(status);
  } catch (const std::exception& error) {
    give_up(error.what());
  }
}

int status_of(pid_t child) {
  int status = 0;
  return child > 0 && waitpid(child, &status, 0) == child && WIFEXITED(status) ? WEXITSTATUS(status) : 3;
}

}  // namespace sshaudit::differential
