// SPDX-License-Identifier: MIT
// A host with one account that is well and one whose home everybody may write, and what sshaudit.toml says there.
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <climits>
#include <functional>
#include <string>
#include <vector>

#include "audited_system.h"
#include "debian_etc.h"

namespace sshaudit::e2e {

inline std::string name_of_host() {
  std::array<char, HOST_NAME_MAX + 1> name{};
  return gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "";
}

constexpr auto carols_block =
    "carol: key login is refused\n"
    "  error  home-writable  /home/carol is 0757 carol:carol, writable by everyone\n"
    "         sshd logs: Authentication refused: bad ownership or modes for directory /home/carol\n"
    "         fix: chmod o-w /home/carol\n";

class PolicySystem : public testing::Test {
 protected:
  PolicySystem() : system_(directory_.path()) {
    system_.add_usual_person("alice", 2001);
    const auto carol = system_.add_usual_person("carol", 2003);
    system_.change_mode(carol.home, 0757);
    system_.write_databases();
    add_debian_etc(system_, "", "", "");
    system_.make_directory("/etc/sshaudit", root_owner, 0755);
  }

  static std::string accounts() { return std::to_string(AuditedSystem::own_accounts().size() + 2); }

  void write_policy(const std::string& text, mode_t mode = 0644, Owner owner = root_owner) {
    system_.remove(path_);
    system_.make_file(path_, text, owner, mode);
  }

  // One that covers what is wrong with carol.
  static std::string waiver(const std::string& until = "9999-12-31", const std::string& account = "ca*") {
    return "[[waiver]]\nrule = \"home-writable\"\naccount = \"" + account + "\"\nreason = \"known\"\nuntil = " + until +
           "\n";
  }

  AuditRun run(const std::vector<std::string>& arguments, const std::function<void()>& prepare = {}) const {
    return run_sshaudit(arguments, [&] {
      enter_debian(system_, {});
      if (prepare) prepare();
    });
  }

  static constexpr auto path_ = "/etc/sshaudit/sshaudit.toml";
  TemporaryDirectory directory_;
  AuditedSystem system_;
};

}  // namespace sshaudit::e2e
