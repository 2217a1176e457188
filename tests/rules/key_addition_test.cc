// SPDX-License-Identifier: MIT
// Where a key goes, and why it does not.
#include "key_addition.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "rules/healthy_account.h"

namespace sshaudit {
namespace {

const std::string key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIM0X/ZtCyNpeM3NH/AxRsEzPMCtcOQKO+bp9O2rJKlIo new";
const std::string path = "/home/alice/.ssh/authorized_keys";

class KeyAdditionTo : public ::testing::Test {
 protected:
  KeyAddition add(const std::string& line) { return plan_key_addition(evidence_, line, context_); }
  KeyFile& file() { return evidence_.key_files[0]; }
  void cut_walk_to(std::size_t components, const std::string& stopped_at) {
    file().walk.components.resize(components);
    file().walk.end = WalkEnd::missing;
    file().walk.stopped_at = stopped_at;
    hold(file(), "");
  }

  UserDatabase database_ = healthy_database();
  AccountIndex index_{database_};
  Context context_{.accounts = index_,
                   .facts = facts_of({"", 9, 2, Vendor::upstream}),
                   .grammar = key_grammar({"", 9, 2, Vendor::upstream})};
  AccountEvidence evidence_ = healthy_account();
};

TEST_F(KeyAdditionTo, ALineOfItsOwn) {
  const auto addition = add(key);
  EXPECT_EQ(addition.why_not, "");
  EXPECT_EQ(addition.path, path);
  EXPECT_EQ(addition.after, alices_key_line + key + "\n");
  hold(file(), std::string(alices_key_line, sizeof "ssh-ed25519" + 70));  // without its newline
  EXPECT_EQ(add(key).after, file().text + "\n" + key + "\n");
}

TEST_F(KeyAdditionTo, AFileThatIsMadeWithItsDirectory) {
  cut_walk_to(4, path);
  auto addition = add(key);
  EXPECT_EQ(addition.why_not, "");
  EXPECT_EQ(addition.new_directory, "");
  EXPECT_EQ(addition.path, path);
  EXPECT_EQ(addition.made, (FileStatus{S_IFREG | 0600, 1000, 1000}));
  cut_walk_to(3, "/home/alice/.ssh");
  addition = add(key);
  EXPECT_EQ(addition.why_not, "");
  EXPECT_EQ(addition.new_directory, "/home/alice/.ssh");
  EXPECT_EQ(addition.path, path);
}

TEST_F(KeyAdditionTo, ACentralFileThatIsNamedForTheAccount) {
  evidence_.settings.authorized_keys_file = {"/etc/keys/%u"};
  file().path = "/etc/keys/alice";
  file().walk = walk_to({component("/", directory_type | 0755), component("/etc", directory_type | 0755),
                         component("/etc/keys", directory_type | 0755)});
  file().walk.end = WalkEnd::missing;
  file().walk.stopped_at = file().path;
  EXPECT_EQ(add(key).why_not, "");
  EXPECT_EQ(add(key).made, (FileStatus{S_IFREG | 0644, 0, 0}));
  file().path = file().walk.stopped_at = "/etc/keys/everybody";
  EXPECT_EQ(add(key).why_not, "/etc/keys/everybody is not this account's alone: a key in it may let in others, too");
}

TEST_F(KeyAdditionTo, NothingTwice) {
  hold(file(), std::string(alices_key_line) + key + "\n");
  EXPECT_EQ(add(key).known_line, 2U);
  EXPECT_EQ(add("no-pty " + key).why_not,
            "the key is in line 2 of /home/alice/.ssh/authorized_keys already, with other options: edit that line");
  hold(file(), "no-pty " + key + "\n" + key + "\n");
  EXPECT_EQ(add(key).known_line, 2U);
  EXPECT_EQ(add(key).why_not, "");
}

TEST_F(KeyAdditionTo, NoFileThatOthersHaveAHandIn) {
  auto& status = file().walk.components.back().status;
  status.links = 2;
  EXPECT_EQ(add(key).why_not, path + " has 2 names (hard links): put a file of its own in its place");
  status.links = 1;
  status.uid = 1001;
  EXPECT_EQ(add(key).why_not, path + " belongs to somebody else");
  status.uid = 0;
  EXPECT_EQ(add(key).why_not, "");
  status.mode |= S_ISUID;
  EXPECT_EQ(add(key).why_not, path + " is a program that runs as somebody else");
}

TEST_F(KeyAdditionTo, NoDirectoryThatIsTwoAway) {
  file().path = "/home/alice/.config/ssh/authorized_keys";
  cut_walk_to(3, "/home/alice/.config");
  EXPECT_EQ(add(key).why_not, "/home/alice/.config is not there: make it first");
}

TEST_F(KeyAdditionTo, NothingBesideAPrivateKey) {
  hold(file(), std::string(alices_key_line) + "-----BEGIN OPENSSH PRIVATE KEY-----\n");
  EXPECT_EQ(add(key).why_not, "there is a PRIVATE key in " + path + ", which has to go first");
}

TEST_F(KeyAdditionTo, OnlyAKeyThatCanWork) {
  for (const auto& line : {key.substr(0, 60), "no-ptty " + key, "ssh-ed25520 " + key.substr(12),
                           "expiry-time=\"20200101\" " + key, std::string("hello")}) {
    context_.now = 1'800'000'000;
    EXPECT_EQ(add(line).why_not, "sshd could never accept this key") << line;
  }
}

TEST(NewKeyLine, IsOneLineAndNoSecret) {
  EXPECT_EQ(new_key_line("  " + key + "\r\n", "").line, key);
  EXPECT_EQ(new_key_line(key + "\n", "no-pty").line, "no-pty " + key);
  EXPECT_EQ(new_key_line("\n \n", "").why_not, "there is no key on standard input");
  const auto expected = "one public key is expected, on one line as it is in the .pub file";
  EXPECT_EQ(new_key_line(key + "\n" + key, "").why_not, expected);
  EXPECT_EQ(new_key_line(key + std::string(1, '\0') + "x", "").why_not, expected);
  for (const std::string control : {"\n", "\r", "\x1b", "\x7f"}) {
    EXPECT_EQ(new_key_line(key, "no-pty," + control).why_not, "there is a control character in it");
    EXPECT_FALSE(new_key_line(key + control + "x", "").why_not.empty());
  }
  EXPECT_EQ(new_key_line("cert-authority,principals=\"root\" " + key, "").why_not,
            "it does not begin with the type of a key, such as ssh-ed25519 (options are given with --options)");
  const auto secret = new_key_line("-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n", "");
  EXPECT_EQ(secret.line, "");
  EXPECT_EQ(secret.why_not.find("AAAA"), std::string::npos);
}

}  // namespace
}  // namespace sshaudit
