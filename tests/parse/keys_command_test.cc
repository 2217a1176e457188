// SPDX-License-Identifier: MIT
#include "parse/keys_command.h"

#include <gtest/gtest.h>

namespace sshaudit {
namespace {

SshdFacts openssh(int major, int minor) { return facts_of({"", major, minor, Vendor::upstream}); }

std::string bracketed(const std::optional<CommandWords>& words) {
  if (!words) return "none";
  std::string text;
  for (const auto& word : *words) text += "[" + word + "]";
  return text;
}

struct SplitRow {
  std::string text;
  std::string now;   // 8.7 and later
  std::string then;  // 8.5 and before
};

const std::vector<SplitRow> split_rows = {
    {"/bin/x", "[/bin/x]", "[/bin/x]"},
    {"/bin/x %u\t -v ", "[/bin/x][%u][-v]", "[/bin/x][%u][-v]"},
    {"/bin/x # said", "[/bin/x][#][said]", "[/bin/x][#][said]"},
    {"/bin/x \"a b\" 'c d'", "[/bin/x][a b][c d]", "[/bin/x][a b][c d]"},
    {"/bin/x a\"b c\"d", "[/bin/x][ab cd]", "[/bin/x][a\"b][c\"d]"},
    {"/bin/x \"a\"b", "[/bin/x][ab]", "[/bin/x][a][b]"},
    {"/bin/x a\\ b", "[/bin/x][a b]", "[/bin/x][a\\][b]"},
    {"/bin/x \\\"a b\\\"", "[/bin/x][\"a][b\"]", "[/bin/x][\"a][b\"]"},
    {"/bin/x \\\\\"a", "none", "[/bin/x][\"a]"},
    {"/bin/x \"\" y", "[/bin/x][][y]", "[/bin/x][][y]"},
    {"/bin/x \"a", "none", "none"},
    {"/bin/x 'a\"", "none", "none"},
    {"/bin/x \\n", "[/bin/x][\\n]", "[/bin/x][\\n]"},
    {" ", "", ""},
};

TEST(KeysCommand, IsSplitAsEachVersionDoes) {
  for (const auto& row : split_rows) {
    EXPECT_EQ(bracketed(split_command(row.text, openssh(9, 2))), row.now) << row.text;
    EXPECT_EQ(bracketed(split_command(row.text, openssh(8, 0))), row.then) << row.text;
  }
  EXPECT_EQ(bracketed(split_command("/x a\"b c\"d a\\ b", openssh(8, 6))), "[/x][ab cd][a\\][b]");
}

struct TokenRow {
  CommandWords words;
  int major;
  int minor;
  bool key;
  bool connection;
  std::string unknown;
};

const std::vector<TokenRow> token_rows = {
    {{"/x", "%u", "%h", "%%"}, 7, 4, false, false, ""},
    {{"/x", "-%t"}, 7, 4, true, false, ""},
    {{"/x", "%f"}, 9, 2, true, false, ""},
    {{"/x", "a%kb"}, 9, 2, true, false, ""},
    {{"/x", "%U"}, 7, 8, false, false, ""},
    {{"/x", "%U"}, 7, 7, false, false, "%U"},
    {{"/x", "%C"}, 9, 4, false, true, ""},
    {{"/x", "%D"}, 9, 4, false, true, ""},
    {{"/x", "%C"}, 9, 3, false, false, "%C"},
    {{"/x", "%k", "%z", "%y"}, 9, 2, true, false, "%z"},
    {{"/x", "100%"}, 9, 2, false, false, "%"},
    {{"/x%z", "%%z"}, 9, 2, false, false, ""},
};

TEST(KeysCommand, TellsWhatItsTokensAskFor) {
  for (const auto& row : token_rows) {
    const auto tokens = tokens_of(row.words, openssh(row.major, row.minor));
    const auto where = row.words[1] + " of " + std::to_string(row.major) + "." + std::to_string(row.minor);
    EXPECT_EQ(tokens.key, row.key) << where;
    EXPECT_EQ(tokens.connection, row.connection) << where;
    EXPECT_EQ(tokens.unknown, row.unknown) << where;
  }
  EXPECT_EQ(unknown_token_of_user("keys-%u%%"), "");
  EXPECT_EQ(unknown_token_of_user("keys-%h"), "%h");
}

TEST(KeysCommand, IsExpandedForAnAccountAndAKey) {
  const Account alice{"alice", 1000, 1000, "/home/alice", "/bin/sh"};
  const CommandWords words = {"/x%u", "%u:%h:%U", "%t %f", "%k", "50%%"};
  EXPECT_EQ(bracketed(expand_command(words, alice, {"ssh-ed25519", "SHA256:x", "AAAA"})),
            "[/x%u][alice:/home/alice:1000][ssh-ed25519 SHA256:x][AAAA][50%]");
  EXPECT_EQ(bracketed(expand_command({"/x"}, alice)), "[/x][alice]");
  EXPECT_EQ(expand_command_user("keys-%u", alice), "keys-alice");
}

TEST(KeysCommand, IsLoggedInWordsThatCanBeReadBack) {
  EXPECT_EQ(command_in_log({"/x", "a b", "c\"d", ""}), "/x \"a b\" c\\\"d ");
}

TEST(KeysCommand, WellKnownProgramsAreKnownByNameAndArgument) {
  const auto name_of = [](const CommandWords& words) {
    const auto* const known = known_command(words);
    return known == nullptr ? std::string() : std::string(known->name);
  };
  EXPECT_EQ(name_of({"/usr/bin/sss_ssh_authorizedkeys", "%u"}), "SSSD");
  EXPECT_EQ(name_of({"/usr/share/ec2-instance-connect/eic_run_authorized_keys", "%u", "%f"}), "EC2 Instance Connect");
  EXPECT_EQ(name_of({"/usr/bin/google_authorized_keys"}), "Google OS Login");
  EXPECT_EQ(name_of({"/usr/bin/userdbctl", "ssh-authorized-keys", "%u"}), "systemd");
  EXPECT_EQ(name_of({"/usr/bin/userdbctl", "user"}), "");
  EXPECT_EQ(name_of({"/usr/local/bin/opkssh", "verify", "%u", "%k", "%t"}), "opkssh");
  EXPECT_EQ(name_of({"/usr/libexec/openssh/ssh-keycat"}), "ssh-keycat");
  EXPECT_EQ(name_of({"/opt/keys"}), "");
  EXPECT_EQ(name_of({}), "");
}

TEST(KeysCommand, TheLoggerSuppliesWhatItIsChainedTo) {
  const std::string logger = "/usr/libexec/sshaudit/sshaudit-log-refusal";
  EXPECT_TRUE(supplying_words({logger, "%u"}).empty());
  EXPECT_EQ(supplying_words({logger, "%u", "--then-user", "nobody", "--then", "/opt/keys", "%u"}),
            (CommandWords{"/opt/keys", "%u"}));
  EXPECT_TRUE(supplying_words({logger, "%u", "--then", "/opt/keys", "%u"}).empty());
  EXPECT_EQ(supplying_user({logger, "%u", "--then-user", "nobody", "--then", "/opt/keys"}, "root"), "nobody");
  EXPECT_EQ(supplying_user({logger, "%u", "--then", "/opt/keys", "--then-user", "nobody"}, "root"), "root");
  EXPECT_EQ(supplying_user({"/opt/keys", "--then-user", "nobody", "--then", "x"}, "root"), "root");
  EXPECT_EQ(supplying_words({"/opt/keys", "--then", "x"}), (CommandWords{"/opt/keys", "--then", "x"}));
}

}  // namespace
}  // namespace sshaudit
