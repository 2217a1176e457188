// SPDX-License-Identifier: MIT
#include "gather/pam.h"

#include <gtest/gtest.h>

#include <cerrno>

#include "gather/pam_run.h"
#include "gather/scratch_directory.h"
#include "parse/pam_service.h"

namespace sshaudit {
namespace {

TEST(PamObserver, ReadsTheServiceAndItsFilesBelowARoot) {
  const ScratchDirectory root;
  for (const auto* name : {"etc/pam.d", "etc/security/access.d", "usr/lib/x86_64-linux-gnu/security"})
    root.directory(name);
  root.file("usr/lib/x86_64-linux-gnu/security/pam_access.so");
  root.file("usr/lib/x86_64-linux-gnu/security/pam_listfile.so");
  root.file("etc/pam.d/sshd",
            "account required pam_access.so\naccount required pam_listfile.so file=/etc/list\naccount required "
            "pam_gone.so\n");
  root.file("etc/security/access.conf", "+ : ALL : ALL\n");
  root.file("etc/security/access.d/b.conf", "- : b : ALL\n");
  root.file("etc/security/access.d/.c.conf", "- : c : ALL\n");
  root.file("etc/names", "alice\n");
  root.link("etc/list", "names");
  HostState state;
  add_pam_to(state, root.path(), "sshd");
  const auto& stack = state.pam_stacks.at("sshd");
  ASSERT_EQ(stack.account.size(), 3U);
  EXPECT_FALSE(stack.account[0].is_missing);
  EXPECT_TRUE(stack.account[2].is_missing);
  EXPECT_EQ(state.access_files, (std::vector<std::string>{"/etc/security/access.d/b.conf"}));
  EXPECT_EQ(state.pam_files.at({PamReader::access, "/etc/security/access.conf", ":"}).rules.size(), 1U);
  const auto& list = state.pam_files.at({PamReader::list, "/etc/list", {}});
  EXPECT_TRUE(list.is_link);
  EXPECT_TRUE(list.lines.contains("alice"));
}

TEST(PamObserver, OpensNoFifo) {
  const ScratchDirectory root;
  root.directory("etc/pam.d");
  ASSERT_EQ(mkfifo(root.path("etc/pam.d/sshd").c_str(), 0644), 0);
  HostState state;
  add_pam_to(state, root.path(), "sshd");
  EXPECT_EQ(state.pam_stacks.at("sshd").unread, "/etc/pam.d/sshd could not be read");
}

PamStack stack_of(const std::string& text) {
  PamSources sources;
  sources.directories = {"/etc/pam.d"};
  sources.open = [&](const std::string& path) { return PamText{path.ends_with("/sshd") ? 0 : ENOENT, path, text}; };
  return read_pam_stack("sshd", sources);
}

TEST(PamRun, AsksEachModuleAndKeepsWhatItSays) {
  const auto runs = run_pam_modules(
      stack_of("account required pam_debug.so acct=acct_expired\naccount required pam_exec.so /bin/true\n"
               "account sufficient pam_permit.so\naccount required pam_debug.so acct=ignore\n"),
      {"root", "192.0.2.7"}, std::chrono::seconds(60));
  ASSERT_EQ(runs.size(), 4U);
  EXPECT_EQ(runs[0].code, PamCode::acct_expired);
  EXPECT_EQ(runs[0].messages, (std::vector<std::string>{"acct=acct_expired"}));
  EXPECT_FALSE(runs[1].was_run);
  EXPECT_EQ(runs[1].skipped, "it runs a program");
  EXPECT_EQ(runs[2].code, PamCode::success);
  EXPECT_EQ(runs[3].code, PamCode::ignore);
}

TEST(PamRun, DoesNotWaitLongerThanToTheDeadline) {
  const auto runs =
      run_pam_modules(stack_of("account required pam_permit.so\n"), {"root", {}}, std::chrono::seconds(0));
  ASSERT_EQ(runs.size(), 1U);
  EXPECT_FALSE(runs[0].was_run);
  EXPECT_EQ(runs[0].skipped, "it did not answer in time");
}

TEST(PamRun, WritesNoLineThatLibpamWouldReadDifferently) {
  auto stack = stack_of("account required pam_access.so [accessfile=/etc/a b]\n");
  EXPECT_EQ(why_not_run(stack.account[0]), "");
  stack.account[0].arguments = {"a\nb"};
  EXPECT_EQ(why_not_run(stack.account[0]), "its arguments cannot be written down again");
  stack.account[0].arguments = {"a#b"};
  EXPECT_NE(why_not_run(stack.account[0]), "");
  EXPECT_NE(why_not_run(stack_of("account required pam_mine.so\n").account[0]), "");
}

}  // namespace
}  // namespace sshaudit
