// SPDX-License-Identifier: MIT
#include "gather/apart.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <stdexcept>

#include "gather/pipe.h"

namespace sshaudit {
namespace {

constexpr int seconds = 30;  // nobody waits that long here

[[noreturn]] void hang() {
  while (true) pause();
}

void expect_no_children() {
  errno = 0;
  EXPECT_EQ(waitpid(-1, nullptr, WNOHANG), -1);
  EXPECT_EQ(errno, ECHILD);
}

TEST(Apart, BytesComeBackAsTheyWereMade) {
  std::string large(300000, 'x');
  large += std::string("\0\n.", 3);
  for (const auto& bytes : {std::string(), std::string("\n"), std::string("..\n."), large}) {
    const auto made = made_apart(seconds, [&](const SignOfLife& sign) {
      for (int i = 0; i < 1000; ++i) sign();
      return bytes;
    });
    ASSERT_TRUE(made.has_value());
    EXPECT_EQ(*made, bytes);
  }
  expect_no_children();
}

TEST(Apart, NothingComesOfAFailure) {
  const auto failed = tl::expected<std::string, int>(tl::unexpect, ECHILD);
  EXPECT_EQ(made_apart(seconds, [](const SignOfLife&) -> std::string { throw std::runtime_error("odd"); }), failed);
  EXPECT_EQ(made_apart(seconds, [](const SignOfLife&) -> std::string { std::abort(); }), failed);
  EXPECT_EQ(made_apart(seconds,
                       [](const SignOfLife& sign) -> std::string {
                         sign();
                         _exit(0);
                       }),
            failed);
  expect_no_children();
}

TEST(Apart, SilenceIsGivenUp) {
  const auto silent = tl::expected<std::string, int>(tl::unexpect, ETIMEDOUT);
  EXPECT_EQ(made_apart(1, [](const SignOfLife&) -> std::string { hang(); }), silent);
  expect_no_children();
}

// A program that was started meanwhile may hold the pipe open.
TEST(Apart, WhatIsWholeIsNotWaitedFor) {
  auto life = make_pipe();
  ASSERT_TRUE(life.has_value());
  const auto made = made_apart(seconds, [&](const SignOfLife&) {
    if (fork() == 0) {
      life->write = Fd();  // it ends when the test has closed its own
      char none = 0;
      _exit(static_cast<int>(read(life->read.get(), &none, 1)));
    }
    return std::string("made");
  });
  ASSERT_TRUE(made.has_value());
  EXPECT_EQ(*made, "made");
}

// It has the end of a pipe, which is closed when it is gone.
TEST(Apart, NoneOutlivesWhoStartedIt) {
  auto life = make_pipe();
  ASSERT_TRUE(life.has_value());
  const pid_t middle = fork();
  if (middle == 0) {
    const int end = life->write.get();
    made_apart(seconds, [end](const SignOfLife&) -> std::string {
      const auto itself = getpid();
      if (write(end, &itself, sizeof itself) != sizeof itself) _exit(1);
      hang();
    });
    _exit(0);
  }
  life->write = Fd();
  pid_t last = 0;
  ASSERT_EQ(read(life->read.get(), &last, sizeof last), static_cast<ssize_t>(sizeof last));
  EXPECT_EQ(kill(last, 0), 0);
  kill(middle, SIGKILL);
  EXPECT_EQ(waitpid(middle, nullptr, 0), middle);
  char none = 0;
  EXPECT_EQ(read(life->read.get(), &none, 1), 0);
}

}  // namespace
}  // namespace sshaudit
