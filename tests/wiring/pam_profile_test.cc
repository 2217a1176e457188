// SPDX-License-Identifier: MIT
#include "wiring/pam_profile.h"

#include <gtest/gtest.h>

#include <map>

namespace sshaudit {
namespace {

const std::string head = "# /etc/pam.d/common-auth\n# here are the per-package modules (the \"Primary\" block)\n";
const std::string middle =
    "# here's the fallback if no module succeeds\nauth\trequisite\t\t\tpam_deny.so\nauth\trequired\tpam_mine.so\n"
    "# and here are more per-package modules (the \"Additional\" block)\n";
const std::string tail = "# end of pam-auth-update config\n";
const std::string saved =
    "Module: unix\n[success=end default=ignore]\tpam_unix.so nullok\nModule: cap\noptional\t\t\tpam_cap.so\n";

std::string file_of(const std::string& primary, const std::string& additional) {
  return head + primary + middle + additional + tail;
}

TEST(PamProfile, WhatPamAuthUpdateWouldWriteAsItIs) {
  const std::string unix = "auth\t[success=1 default=ignore]\tpam_unix.so nullok\n";
  const std::string cap = "auth\toptional\t\t\tpam_cap.so \n";
  const auto foreign = [](const std::string& primary, const std::string& additional) {
    return foreign_pam_line("auth", file_of(primary, additional), saved);
  };
  EXPECT_EQ(foreign(unix, cap), std::nullopt);
  EXPECT_EQ(foreign("auth\t[success=2 default=ignore]\tpam_unix.so nullok\n", cap), std::nullopt);
  EXPECT_EQ(foreign("auth\t[success=1 default=ignore]\tpam_unix.so \n", cap), std::nullopt);
  EXPECT_EQ(foreign("auth\t[success=1 default=ignore]\tpam_unix.so nullok a b\n", cap), std::nullopt);
  // It would write the options in another order, so that they would not be as before when it is done.
  EXPECT_EQ(foreign("auth\t[success=1 default=ignore]\tpam_unix.so nullok b a\n", cap), 3U);
  EXPECT_EQ(foreign("auth\t[success=1 default=ignore]\tpam_unix.so a nullok\n", cap), 3U);
  EXPECT_EQ(foreign("auth\t[success=ok default=ignore]\tpam_unix.so nullok\n", cap), 3U);
  EXPECT_EQ(foreign("auth [success=1 default=ignore] pam_unix.so nullok\n", cap), 3U);
  EXPECT_EQ(foreign(unix + "auth\toptional\tpam_mine.so\n", cap), 4U);
  EXPECT_EQ(foreign(unix + "\n", cap), 4U);
  EXPECT_EQ(foreign("", cap), 7U);
  EXPECT_EQ(foreign(unix, ""), 0U);
  EXPECT_EQ(foreign_pam_line("auth", "auth required pam_unix.so\n", saved), 0U);
  EXPECT_EQ(foreign_pam_line("auth", file_of(unix, cap), ""), 3U);
}

TEST(PamProfile, ALineForNoModuleAndTheKindOfANoninteractiveSession) {
  const std::string none = "Module: null\n[default=1]\t\t\tpam_permit.so\nModule: unix\nrequired\tpam_unix.so\n";
  const auto text = file_of("session\t[default=1]\t\t\tpam_permit.so\n", "session\trequired\tpam_unix.so \n");
  EXPECT_EQ(foreign_pam_line("session-noninteractive", text, none), std::nullopt);
  EXPECT_EQ(foreign_pam_line("auth", text, none), 3U);
}

TEST(PamProfile, WhatBecomesOfTheOtherLines) {
  const std::string ours = "auth\toptional\tpam_sshaudit.so \n";
  const std::string one = "auth\t[success=1 default=ignore]\tpam_unix.so nullok\n";
  EXPECT_EQ(changed_pam_line("# x\n" + one, ours + one), std::nullopt);
  EXPECT_EQ(changed_pam_line(one, ours + "auth\t[success=2 default=ignore]\tpam_unix.so nullok try_first_pass\n"),
            std::nullopt);
  EXPECT_EQ(changed_pam_line(one, "auth\t[success=1 default=ignore]\tpam_unix.so nullok use_first_pass\n"),
            "auth [success=1 default=ignore] pam_unix.so nullok use_first_pass");
  EXPECT_EQ(changed_pam_line("auth required pam_a.so try_first_pass\n", "auth required pam_a.so\n"),
            "auth required pam_a.so");
  EXPECT_EQ(changed_pam_line(one, "auth\t[success=1 default=die]\tpam_unix.so nullok\n"),
            "auth [success=1 default=die] pam_unix.so nullok");
  EXPECT_EQ(changed_pam_line(one, one + "auth required pam_a.so\n"), "auth required pam_a.so");
  EXPECT_EQ(changed_pam_line(one, ours), "auth [success=1 default=ignore] pam_unix.so nullok");
}

std::string lines_with(const std::map<std::string, std::string>& files) {
  std::string text;
  const auto read = [&](const std::string& path) {
    const auto found = files.find(path);
    return found == files.end() ? std::nullopt : std::optional<std::string>(found->second);
  };
  for (const auto& line : pam_module_lines("sshd", read)) {
    text += line.kind + " " + line.place.file + ":" + std::to_string(line.place.line) + "\n";
  }
  return text;
}

TEST(PamProfile, WhereAServiceComesToTheModule) {
  EXPECT_EQ(lines_with({}), "");
  EXPECT_EQ(lines_with({{"/etc/pam.d/sshd", "# x\n-auth optional pam_sshaudit.so debug\nauth required pam_unix.so\n"}}),
            "auth /etc/pam.d/sshd:2\n");
  EXPECT_EQ(lines_with({{"/etc/pam.d/sshd", "@include common-auth\nsession include all\naccount substack all\n"},
                        {"/etc/pam.d/common-auth", "auth\toptional\tpam_sshaudit.so \n"},
                        {"/etc/pam.d/all",
                         "auth optional pam_sshaudit.so\nsession [default=ignore] "
                         "/lib/security/pam_sshaudit.so\n"}}),
            "auth /etc/pam.d/common-auth:1\nsession /etc/pam.d/all:2\n");
  EXPECT_EQ(lines_with({{"/etc/pam.d/sshd", "@include sshd\nauth optional pam_sshaudit.so\n"}}).size(),
            17 * std::string("auth /etc/pam.d/sshd:2\n").size());
}

}  // namespace
}  // namespace sshaudit
