// SPDX-License-Identifier: MIT
#include "gather/subprocess.h"

#include <gtest/gtest.h>

#include <cerrno>

namespace sshaudit {
namespace {

using namespace std::chrono_literals;

TEST(Subprocess, KeepsWhatAProgramSays) {
  const auto output = run_program({"/bin/sh", "-c", "echo out; echo err >&2; exit 3"}, 30s);
  ASSERT_TRUE(output.has_value());
  EXPECT_EQ(output->out, "out\n");
  EXPECT_EQ(output->err, "err\n");
  EXPECT_EQ(output->exit_status, 3);
}

TEST(Subprocess, GivesACleanEnvironmentAndNoInput) {
  const auto output = run_program({"/bin/sh", "-c", "cat; echo \"$HOME$LC_ALL\""}, 30s);
  ASSERT_TRUE(output.has_value());
  EXPECT_EQ(output->out, "C\n");
}

TEST(Subprocess, ASignalIsAnExitStatus) {
  EXPECT_EQ(run_program({"/bin/sh", "-c", "kill -9 $$"}, 30s).value().exit_status, 128 + 9);
}

TEST(Subprocess, DoesNotWaitForever) {
  EXPECT_EQ(run_program({"/bin/sleep", "600"}, 100ms).error(), (Error{"no answer in time", "/bin/sleep", ETIMEDOUT}));
  const std::vector<std::string> closes_its_output = {"/bin/sh", "-c", "exec >&- 2>&-; exec sleep 600"};
  EXPECT_EQ(run_program(closes_its_output, 100ms).error().errnum, ETIMEDOUT);
}

TEST(Subprocess, DoesNotReadForever) {
  const auto output =
      run_program({"/bin/sh", "-c", "while :; do echo 0123456789012345678901234567890123456789; done"}, 60s);
  EXPECT_EQ(output.error(), (Error{"too much output", "/bin/sh", 0}));
}

TEST(Subprocess, AProgramThatIsNotThereIsAnError) {
  EXPECT_EQ(run_program({"/no/such/program"}, 30s).error(), (Error{"run", "/no/such/program", ENOENT}));
}

}  // namespace
}  // namespace sshaudit
