// SPDX-License-Identifier: MIT
// A system below a directory, and the program that audits it.
#pragma once

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <string>
#include <vector>

#include "cli/program.h"
#include "gather/scratch_directory.h"

namespace sshaudit {

inline constexpr auto persons_key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGXLgXaWQWXWmPLOfnJTkzG3Oqdm8RZVAOCOiZLW+0Xf";

// A system with two accounts of persons: one is well, and one has a home that everybody may write.
class SmallSystem : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_EQ(geteuid(), 0U) << "this test has to be run by root";
    system_.directory("etc");
    system_.directory("bin");
    system_.file("bin/sh", "#!\n", 0755);
    system_.file("etc/os-release", "ID=debian\nVERSION_ID=\"12\"\n");
    system_.file("etc/passwd",
                 "root:x:0:0::/root:/bin/sh\n"
                 "well:x:1000:1000::/home/well:/bin/sh\n"
                 "open:x:1001:1001::/home/open:/bin/sh\n"
                 "raw:x:1002:1002::/home/r\xff\x1b[2J:/bin/sh\n");
    system_.file("etc/group", "root:x:0:\nwell:x:1000:\nopen:x:1001:\n");
    make_home("well", 1000, 0755);
    make_home("open", 1001, 0757);
  }

  void make_home(const std::string& name, uid_t uid, mode_t mode) {
    system_.directory("home/" + name + "/.ssh");
    system_.file("home/" + name + "/.ssh/authorized_keys", std::string(persons_key) + " a\n");
    for (const std::string part : {"", "/.ssh", "/.ssh/authorized_keys"}) {
      ASSERT_EQ(chown(system_.path("home/" + name + part).c_str(), uid, uid), 0);
    }
    ASSERT_EQ(chmod(system_.path("home/" + name).c_str(), mode), 0);
  }

  ProgramOutput run(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {"--root", system_.path()});
    return run_sshaudit(arguments);
  }

  ScratchDirectory system_;
};

}  // namespace sshaudit
