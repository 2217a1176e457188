// SPDX-License-Identifier: MIT
#include "remedy/pam_update.h"

#include <fmt/format.h>
#include <unistd.h>

#include <chrono>

#include "gather/subprocess.h"

namespace sshaudit {
namespace {

constexpr std::chrono::seconds patience{60};
constexpr auto program = "/usr/sbin/pam-auth-update";

// Questions of debconf are answered by what is in its database, without a terminal.
Result<void> run(const char* action) {
  const auto ran = run_program(
      {"/usr/bin/env", "DEBIAN_FRONTEND=noninteractive", program, "--package", action, pam_profile}, patience);
  if (!ran) return tl::unexpected(ran.error());
  if (ran->exit_status == 0) return {};
  auto said = ran->err;
  said.erase(said.find_last_not_of("\r\n") + 1);
  if (said.empty()) said = fmt::format("it ended with status {}, without a word", ran->exit_status);
  return tl::unexpected(Error{said.substr(said.find_last_of("\r\n") + 1), program, 0});
}

}  // namespace

bool has_pam_auth_update() { return access(program, X_OK) == 0; }

Result<void> enable_pam_profile() { return run("--enable"); }

Result<void> remove_pam_profile() { return run("--remove"); }

}  // namespace sshaudit
