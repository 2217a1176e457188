// SPDX-License-Identifier: MIT
#include "gather/trusted_file.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <functional>
#include <optional>
#include <string>

#include "gather/scratch_directory.h"

namespace sshaudit {
namespace {

constexpr uid_t somebody = 65534;

class TrustedFileAsRoot : public testing::Test {
 protected:
  void SetUp() override { ASSERT_EQ(geteuid(), 0U) << "this test has to be run by root"; }

  std::string path() const { return scratch_.path("sshaudit.toml"); }
  Result<std::optional<std::string>> read() const { return read_trusted_file(path(), 10); }
  void expect_error(const std::string& what) const {
    const auto text = read();
    ASSERT_FALSE(text.has_value()) << what;
    EXPECT_EQ(text.error(), (Error{what, path(), 0}));
  }

  // What `check` finds as an account without rights, in a process of its own.
  static void as_somebody(const std::function<bool()>& check) {
    const pid_t child = fork();
    if (child == 0) _exit(setgid(somebody) == 0 && setuid(somebody) == 0 && check() ? 0 : 1);
    int status = 0;
    ASSERT_EQ(waitpid(child, &status, 0), child);
    EXPECT_EQ(status, 0);
  }

  ScratchDirectory scratch_;
};

TEST_F(TrustedFileAsRoot, IsReadToItsLimit) {
  scratch_.file("sshaudit.toml", "0123456789", 0644);
  EXPECT_EQ(read().value(), "0123456789");
  scratch_.file("sshaudit.toml", "0123456789\n", 0600);
  expect_error("too large");
  scratch_.file("sshaudit.toml", "", 0644);
  EXPECT_EQ(read().value(), "");
}

TEST_F(TrustedFileAsRoot, MayBeMissing) {
  EXPECT_EQ(read().value(), std::nullopt);
  EXPECT_EQ(read_trusted_file(scratch_.path("no/such"), 10).value(), std::nullopt);
  scratch_.link("sshaudit.toml", "nowhere");
  EXPECT_EQ(read().error(), (Error{"open", path(), ENOENT}));
}

TEST_F(TrustedFileAsRoot, IsNobodyElses) {
  scratch_.file("sshaudit.toml", "text", 0664);
  expect_error("can be written by group or others");
  scratch_.file("sshaudit.toml", "text", 0602);
  expect_error("can be written by group or others");
  scratch_.file("sshaudit.toml", "text", 0644);
  ASSERT_EQ(chown(path().c_str(), somebody, somebody), 0);
  expect_error("belongs neither to root nor to the caller");
  as_somebody([&] { return read().value_or("") == "text"; });
}

TEST_F(TrustedFileAsRoot, IsAFile) {
  scratch_.directory("sshaudit.toml");
  expect_error("not a regular file");
  ASSERT_EQ(rmdir(path().c_str()), 0);
  ASSERT_EQ(mkfifo(path().c_str(), 0644), 0);
  expect_error("not a regular file");
  ASSERT_EQ(unlink(path().c_str()), 0);
  scratch_.link("sshaudit.toml", "/dev/zero");
  expect_error("not a regular file");
}

// It may say what is weak here: whoever may not read it goes without.
TEST_F(TrustedFileAsRoot, IsNothingForThoseWhoMayNotReadIt) {
  scratch_.file("sshaudit.toml", "text", 0600);
  as_somebody([&] { return read().value_or("unread") == std::nullopt; });
  EXPECT_EQ(read().value(), "text");
}

}  // namespace
}  // namespace sshaudit
