// SPDX-License-Identifier: MIT
#include "parse/pam_service.h"

#include <gtest/gtest.h>

#include <cerrno>
#include <map>

#include "parse/pam_files.h"

namespace sshaudit {
namespace {

using Files = std::map<std::string, std::string>;

PamSources sources_of(const Files& files, bool is_debian = true) {
  PamSources sources;
  sources.directories = {"/etc/pam.d"};
  sources.is_debian = is_debian;
  sources.open = [files](const std::string& path) -> PamText {
    const auto found = files.find(path);
    if (found == files.end()) return {ENOENT, path, {}};
    return found->second == "unreadable" ? PamText{EACCES, path, {}} : PamText{0, path, found->second};
  };
  return sources;
}

// "0 required pam_unix.so(a,b) @sshd:3", with the level in front; a line that must fail has a !.
std::string shown_entry(const PamEntry& entry) {
  std::string arguments;
  for (const auto& argument : entry.arguments) arguments += (arguments.empty() ? "" : ",") + argument;
  const auto* const kind = entry.kind == PamEntry::Kind::must_fail ? "!" : "";
  return kind + std::to_string(entry.level) + " " + entry.control + " " + entry.module + "(" + arguments + ") @" +
         entry.place.file.substr(entry.place.file.rfind('/') + 1) + ":" + std::to_string(entry.place.line);
}

std::vector<std::string> account_of(const Files& files, const std::string& service = "sshd") {
  std::vector<std::string> lines;
  for (const auto& entry : read_pam_stack(service, sources_of(files)).account) lines.push_back(shown_entry(entry));
  return lines;
}

using Lines = std::vector<std::string>;

TEST(PamService, ReadsDebiansSshd) {
  const Files files = {{"/etc/pam.d/sshd",
                        "# PAM configuration for the Secure Shell service\n@include common-auth\n\n"
                        "account    required     pam_nologin.so\n@include common-account\nsession required x.so\n"},
                       {"/etc/pam.d/common-auth", "auth required pam_unix.so nullok\n"},
                       {"/etc/pam.d/common-account",
                        "account\t[success=1 new_authtok_reqd=done default=ignore]\tpam_unix.so \n"
                        "account requisite pam_deny.so\n"}};
  EXPECT_EQ(account_of(files),
            (Lines{"0 required pam_nologin.so() @sshd:4",
                   "0 success=1 new_authtok_reqd=done default=ignore pam_unix.so() @common-account:1",
                   "0 requisite pam_deny.so() @common-account:2"}));
  EXPECT_EQ(read_pam_stack("sshd", sources_of(files)).fault, "");
}

TEST(PamService, LinesGoOnBehindABackslashPastCommentsAndEmptyLines) {
  EXPECT_EQ(
      account_of({{"/etc/pam.d/sshd", "account required \\\n# no\n\n pam_x.so a [b c] # [d\naccount optional y.so\n"}}),
      (Lines{"0 required pam_x.so(a,b c) @sshd:1", "0 optional y.so() @sshd:5"}));
  const auto stack = read_pam_stack("sshd", sources_of({{"/etc/pam.d/sshd", "account required \\\n"}}));
  EXPECT_NE(stack.fault, "");
}

TEST(PamService, IncludesAndSubstacks) {
  const Files files = {{"/etc/pam.d/sshd", "account include a\naccount substack b\naccount include nowhere\n"},
                       {"/etc/pam.d/a", "auth required no.so\naccount required a.so\n"},
                       {"/etc/pam.d/b", "account required b.so\naccount substack a\n"}};
  EXPECT_EQ(account_of(files),
            (Lines{"0 required a.so() @a:2", "0 substack b() @sshd:2", "1 required b.so() @b:1", "1 substack a() @b:2",
                   "2 required a.so() @a:2", "!0 include nowhere() @sshd:3"}));
}

TEST(PamService, AMissingIncludeOfDebiansKindEndsItAll) {
  const auto stack = read_pam_stack("sshd", sources_of({{"/etc/pam.d/sshd", "@include nowhere\n"}}));
  EXPECT_EQ(stack.fault, "nowhere cannot be included");
  EXPECT_EQ(stack.fault_place, (ConfigPlace{"/etc/pam.d/sshd", 1}));
  // Elsewhere the line is one of an unknown type, which spoils the auth stack only.
  const Files files = {{"/etc/pam.d/sshd", "@include nowhere\naccount required a.so\n"}};
  const auto upstream = read_pam_stack("sshd", sources_of(files, false));
  EXPECT_EQ(upstream.fault, "");
  EXPECT_EQ(upstream.account.size(), 1U);
}

TEST(PamService, OtherStandsInForAMissingServiceOrOneWithoutAccountLines) {
  const std::string other = "account required other.so\n";
  EXPECT_EQ(account_of({{"/etc/pam.d/other", other}}), (Lines{"0 required other.so() @other:1"}));
  EXPECT_EQ(account_of({{"/etc/pam.d/other", other}, {"/etc/pam.d/sshd", "auth required a.so\n"}}),
            (Lines{"0 required other.so() @other:1"}));
  EXPECT_NE(read_pam_stack("sshd", sources_of({})).fault, "");
}

TEST(PamService, VendorsDirectoryAndPamConf) {
  auto sources = sources_of({{"/usr/lib/pam.d/sshd", "account required a.so\n"}});
  EXPECT_EQ(read_pam_stack("SSHD", sources).account.size(), 1U);
  sources = sources_of(
      {{"/etc/pam.conf", "sshd account required a.so\nlogin account required b.so\nOTHER account required c.so\n"}});
  sources.directories.clear();
  const auto stack = read_pam_stack("sshd", sources);
  ASSERT_EQ(stack.account.size(), 1U);
  EXPECT_EQ(stack.account[0].module, "a.so");
}

TEST(PamService, WrongLinesFail) {
  EXPECT_EQ(
      account_of({{"/etc/pam.d/sshd", "account\naccount required\n-account optional x.so\nacount required y.so\n"}}),
      (Lines{"!0  () @sshd:1", "!0 required () @sshd:2", "0 optional x.so() @sshd:3"}));
}

TEST(PamService, WhatCannotBeReadIsUnread) {
  EXPECT_EQ(read_pam_stack("sshd", sources_of({{"/etc/pam.d/sshd", "unreadable"}})).unread,
            "/etc/pam.d/sshd could not be read");
}

TEST(PamService, LoopsAndManifoldIncludesEnd) {
  const Files loop = {{"/etc/pam.d/sshd", "account include sshd\naccount required a.so\n"}};
  const auto stack = read_pam_stack("sshd", sources_of(loop));
  EXPECT_LT(stack.account.size(), 100U);
  EXPECT_EQ(stack.account.front().kind, PamEntry::Kind::must_fail);
  const Files bomb = {{"/etc/pam.d/sshd", "account include sshd\naccount include sshd\naccount required a.so\n"}};
  EXPECT_NE(read_pam_stack("sshd", sources_of(bomb)).unread, "");
}

TEST(PamControl, MirrorsLibpam) {
  const auto action = [](const char* control, PamCode code) {
    return parse_pam_control(control).at(static_cast<std::size_t>(code));
  };
  EXPECT_EQ(action("required", PamCode::ignore), PamAction::ignore);
  EXPECT_EQ(action("Sufficient", PamCode::new_authtok_reqd), PamAction::done);
  EXPECT_EQ(action("optional", PamCode::auth_err), PamAction::ignore);
  EXPECT_EQ(action(" success = 3  default=die", PamCode::success), static_cast<PamAction>(3));
  EXPECT_EQ(action("success=3 default=die", PamCode::abort), PamAction::die);
  EXPECT_EQ(action("default=ok success=bad", PamCode::success), PamAction::bad);
  EXPECT_EQ(action("success=ok", PamCode::ignore), PamAction::bad);
  for (const auto* wrong : {"success", "success=0", "success=ok,default=ok", "x=ok", "success=okay?"})
    EXPECT_EQ(action(wrong, PamCode::success), PamAction::bad) << wrong;
}

TEST(PamFiles, AreTakenApartAsTheirModulesDo) {
  PamFile list;
  take_content({PamReader::list, "/x", {}}, "a\r\n\n" + std::string(300, 'b') + "\nlast", list);
  EXPECT_EQ(list.lines, (std::unordered_set<std::string>{"a", std::string(255, 'b'), std::string(45, 'b'), "last"}));
  PamFile names;
  take_content({PamReader::names, "/etc/passwd", {}}, "root:x:0\nno colon\nalice:x:1", names);
  EXPECT_EQ(names.lines, (std::unordered_set<std::string>{"root", "alice"}));
}

}  // namespace
}  // namespace sshaudit
