// SPDX-License-Identifier: MIT
#include "parse/account_row.h"

#include <gmock/gmock.h>
#include <grp.h>
#include <gtest/gtest.h>
#include <pwd.h>

#include <cstdio>
#include <optional>
#include <string>
#include <vector>

namespace sshaudit {
namespace {

// Rows of all shapes. What they mean is what the C library says they mean, so that is what they are compared with.
const std::vector<std::string> passwd_rows = {
    "root:x:0:0:root:/root:/bin/bash",
    "alice:x:1000:1000:Alice,,,:/home/alice:/bin/bash",
    "no-shell:x:1000:1000::/home/a:",
    "six:x:1000:1000::/home/a",
    "five:x:1000:1000:gecos",
    "four:x:1000:1000",
    "three:x:1000",
    "two:x",
    "one",
    "",
    "   ",
    "# comment:x:1:1:::",
    "  # indented comment",
    "  blanks-before:x:7:7::/h:/s",
    "\ttab-before:x:7:7::/h:/s",
    ":x:1000:1000::/home/a:/bin/sh",
    "no-uid:x::1000::/home/a:/bin/sh",
    "bad-uid:x:abc:1000::/home/a:/bin/sh",
    "trailing:x:1000x:1000::/home/a:/bin/sh",
    "hex:x:0x10:1000::/home/a:/bin/sh",
    "octal:x:010:1000::/home/a:/bin/sh",
    "plus:x:+5:+6::/home/a:/bin/sh",
    "blank-uid:x: 5: 6::/home/a:/bin/sh",
    "blank-after:x:5 :6::/home/a:/bin/sh",
    "minus:x:-1:-2::/home/a:/bin/sh",
    "largest:x:4294967295:4294967295::/h:/s",
    "too-large:x:4294967296:1::/h:/s",
    "huge:x:99999999999999999999999:1::/h:/s",
    "colon-in-shell:x:1:1::/h:/bin/sh:more",
    "blank-shell:x:1:1::/h:/bin/sh ",
    "utf\xc3\xa9:x:1:1::/h:/s",
    "cr:x:1:1::/h:/bin/sh\r",
};

// fgetpwent(3) on this one row.
std::optional<Account> by_c_library(const std::string& row) {
  std::string text = row + "\n";
  FILE* file = fmemopen(text.data(), text.size(), "r");
  const passwd* entry = fgetpwent(file);
  std::optional<Account> account;
  if (entry != nullptr)
    account = Account{entry->pw_name, entry->pw_uid,   entry->pw_gid,
                      entry->pw_dir,  entry->pw_shell, passwd_field(entry->pw_passwd)};
  fclose(file);
  return account;
}

TEST(PasswdRow, IsReadAsTheCLibraryReadsIt) {
  for (const auto& row : passwd_rows) {
    const auto ours = parse_passwd_row(row);
    const auto theirs = by_c_library(row);
    ASSERT_EQ(std::holds_alternative<Account>(ours), theirs.has_value()) << row;
    if (theirs) {
      EXPECT_EQ(std::get<Account>(ours), *theirs) << row;
    }
  }
}

std::optional<Group> group_by_c_library(const std::string& row) {
  std::string text = row + "\n";
  FILE* file = fmemopen(text.data(), text.size(), "r");
  const group* entry = fgetgrent(file);
  std::optional<Group> result;
  if (entry != nullptr) {
    result = Group{entry->gr_name, entry->gr_gid, {}};
    for (char** member = entry->gr_mem; *member != nullptr; ++member) result->members.emplace_back(*member);
  }
  fclose(file);
  return result;
}

TEST(GroupRow, IsReadAsTheCLibraryReadsIt) {
  const std::vector<std::string> rows = {
      "staff:x:50:alice,bob",
      "staff:x:50:",
      "staff:x:50",
      "staff:x",
      "staff",
      "staff:x:50:alice",
      "g:x:50:,,a,",
      "g:x:50: a, b",
      "g:x:50:a b",
      "g:x:x:a",
      "g:x::a",
      ":x:1:a",
      "  g:x:1:a",
      "#g:x:1:a",
      "g:x:1:a:b",
      "g:x:1:a,b ",
      "g:x:-1:",
      "g:x:4294967296:a",
      "g:x:1:a,,,b,,c",
      "g:x:1:,",
  };
  for (const auto& row : rows) {
    const auto ours = parse_group_row(row);
    const auto theirs = group_by_c_library(row);
    ASSERT_EQ(std::holds_alternative<Group>(ours), theirs.has_value()) << row;
    if (theirs) {
      EXPECT_EQ(std::get<Group>(ours), *theirs) << row;
    }
  }
}

TEST(PasswdRow, NamesWhatIsWrong) {
  EXPECT_EQ(std::get<RowError>(parse_passwd_row("bad-uid:x:abc:1::/h:/s")).reason, "the uid is not a number");
  EXPECT_EQ(std::get<RowError>(parse_passwd_row("bad-gid:x:1:abc::/h:/s")).reason, "the gid is not a number");
  EXPECT_EQ(std::get<RowError>(parse_passwd_row("one")).reason, "there is no ':' in it");
}

TEST(PasswdRow, CompatRowsAreNone) {
  EXPECT_TRUE(std::holds_alternative<NoRow>(parse_passwd_row("+::::::")));
  EXPECT_TRUE(std::holds_alternative<NoRow>(parse_passwd_row("-@netgroup")));
}

TEST(GroupRow, OfAnyLengthIsRead) {
  std::string row = "big:x:7:";
  for (int i = 0; i < 20000; ++i) row += (i == 0 ? "m" : ",m") + std::to_string(i);
  ASSERT_GT(row.size(), 64U * 1024);
  EXPECT_EQ(std::get<Group>(parse_group_row(row)).members.size(), 20000U);
}

TEST(ShadowRow, HasNoPassword) {
  const auto whole = std::get<ShadowRow>(parse_shadow_row("alice:$6$salt$hash:20000:0:99999:7:30:20500:"));
  EXPECT_EQ(whole.name, "alice");
  EXPECT_EQ(whole.entry, (ShadowEntry{PasswordField::other, 20000, 0, 99999, 7, 30, 20500}));
  const auto short_row = std::get<ShadowRow>(parse_shadow_row("alice:!"));
  EXPECT_EQ(short_row.entry, ShadowEntry{PasswordField::locked});
  EXPECT_EQ(std::get<ShadowRow>(parse_shadow_row("alice:*:0::4294967295::::")).entry,
            (ShadowEntry{PasswordField::other, 0}));
  EXPECT_TRUE(std::holds_alternative<RowError>(parse_shadow_row("alice:*:-1:::::")));
  EXPECT_EQ(std::get<RowError>(parse_shadow_row("alice:!:soon:0:99999:7:::")).reason,
            "a field that must be a number is not");
  EXPECT_TRUE(std::holds_alternative<RowError>(parse_shadow_row("alice")));
}

}  // namespace
}  // namespace sshaudit
