// SPDX-License-Identifier: MIT
// undo and add-key: what is added, taken back, left alone and said.
#include <filesystem>

#include "fix_scene.h"

namespace sshaudit::e2e {
namespace {

class UndoAsRoot : public FixScene {};

TEST_F(UndoAsRoot, UndoesNothingThatHasChangedSince) {
  make([](Scene& s) {
    s.system.change_mode("/home/alice", 0777);
    s.system.change_mode("/home/alice/.ssh", 0777);
    s.system.change_mode(key_file, 0666);
  });
  EXPECT_EQ(run({"fix", "--yes", "alice"}).exit_status, 0);
  const auto record = record_;
  system_.change_mode("/home/alice/.ssh", 0700);
  const auto text = text_of(system_.on_host(key_file));
  system_.remove(key_file);
  system_.make_file(key_file, text, scene_.person.owner(), 0664);
  const auto one = run({"undo", record});
  EXPECT_EQ(one.exit_status, 2);
  EXPECT_EQ(one.out, "alice: /home/alice: 0775 2001:2001 -> 0777 2001:2001\n");
  EXPECT_EQ(one.err,
            "sshaudit: alice: /home/alice/.ssh: left alone: it has changed since\n"
            "sshaudit: alice: /home/alice/.ssh/authorized_keys: left alone: it is another file by now\n");
  EXPECT_EQ(state_of("/home/alice/.ssh"), "2001:2001 " + std::to_string(0700));
  EXPECT_EQ(state_of(key_file), "2001:2001 " + std::to_string(0664));
}

TEST_F(UndoAsRoot, BelievesNoRecordButItsOwn) {
  make(open_home);
  EXPECT_EQ(run({"fix", "--yes", "alice"}).exit_status, 0);
  const auto record = record_;
  EXPECT_EQ(run({"undo", "nothing"}).err, "sshaudit: no such record (see sshaudit undo): nothing\n");
  EXPECT_EQ(run({"undo", "../undo/" + record}).err,
            "sshaudit: not the name of a record (see sshaudit undo): ../undo/RECORD\n");
  const auto path = "/var/lib/sshaudit/undo/" + record;
  EXPECT_EQ(state_of(path), "0:0 " + std::to_string(0600));
  system_.change_mode(path, 0660);
  EXPECT_EQ(
      run({"undo", record}).err,
      "sshaudit: not believed: a record belongs to root, who alone may write it: /var/lib/sshaudit/undo/RECORD\n");
  system_.change_mode(path, 0600);
  std::ofstream(system_.on_host(path), std::ios::app) << "{\"step\":\"mode\",\"user\":\"ali";  // cut off
  EXPECT_EQ(run({"undo", record}).exit_status, 0);
  system_.change_mode("/var/lib/sshaudit/undo", 0777);
  EXPECT_EQ(run({"undo", record}).err,
            "sshaudit: the state directory has to belong to root, who alone may write it: /var/lib/sshaudit/undo\n");
}

TEST_F(UndoAsRoot, AddsAKeyOnceAndTakesItBack) {
  make([](Scene& s) { s.system.remove("/home/alice/.ssh"); });
  const auto key = ClientKeys::file("ed25519") + ".pub";
  auto one = run({"add-key", "alice"}, key);
  const auto record = record_;
  EXPECT_EQ(one.exit_status, 0) << one.err;
  EXPECT_EQ(one.out,
            "alice: ED25519 SHA256:KEY added to /home/alice/.ssh/authorized_keys\nto undo: sshaudit undo RECORD\n");
  EXPECT_EQ(state_of("/home/alice/.ssh"), "2001:2001 " + std::to_string(0700));
  EXPECT_EQ(state_of(key_file), "2001:2001 " + std::to_string(0600));
  EXPECT_EQ(text_of(system_.on_host(key_file)), text_of(key));
  EXPECT_EQ(came(), "accepted");
  one = run({"add-key", "alice"}, key);
  EXPECT_EQ(one.exit_status, 0);
  EXPECT_EQ(one.out, "alice: ED25519 SHA256:KEY is in /home/alice/.ssh/authorized_keys:1 already\n");
  EXPECT_EQ(run({"undo", record}).exit_status, 0);
  EXPECT_EQ(state_of("/home/alice/.ssh"), "-");
}

TEST_F(UndoAsRoot, SaysWhyAnAddedKeyDoesNotLetHerIn) {
  make(open_home);
  const auto one = run({"add-key", "alice", "--options", "no-pty"}, ClientKeys::file("ed25519 of bob") + ".pub");
  EXPECT_EQ(one.exit_status, 1);
  EXPECT_NE(one.out.find("added to /home/alice/.ssh/authorized_keys\n"), std::string::npos) << one.out;
  EXPECT_NE(one.out.find("home-writable"), std::string::npos) << one.out;
}

TEST_F(UndoAsRoot, AddsNothingThatIsNoPublicKey) {
  make([](Scene&) {});
  const auto before = text_of(system_.on_host(key_file));
  auto one = run({"add-key", "alice"}, ClientKeys::file("ed25519"));
  EXPECT_EQ(one.exit_status, 2);
  EXPECT_EQ(
      one.err,
      "sshaudit: not added: that is a PRIVATE key, which stays with its owner: the public key is in the .pub file "
      "beside it\n");
  one = run({"add-key", "alice", "--options", "no-ptty"}, ClientKeys::file("ed25519 of bob") + ".pub");
  EXPECT_EQ(one.exit_status, 2);
  EXPECT_EQ(
      one.err,
      "  error  option-unknown  standard input:1 is ignored (ED25519 key SHA256:KEY): \"no-ptty\" is no option, at "
      "column 1\n"
      "         advice: write no-pty for no-ptty\n"
      "sshaudit: not added: sshd could never accept this key\n");
  EXPECT_EQ(text_of(system_.on_host(key_file)), before);
  EXPECT_EQ(state_of("/var/lib/sshaudit"), "-");
}

TEST_F(UndoAsRoot, AddsNoKeyToOtherFilesOfRoots) {
  constexpr auto script = "/home/alice/deploy/run.sh";
  const std::string text = "#!/bin/sh\nexec true\n";
  make([&](Scene& s) {
    s.system.make_directory("/home/alice/deploy", root_owner, 0755);
    s.system.make_file(script, text, root_owner, 0755);
    s.system.remove(key_file);
    s.system.make_link("../deploy/run.sh", key_file, {alice_id, alice_id});
  });
  const auto key = ClientKeys::file("ed25519") + ".pub";
  auto one = run({"add-key", "alice"}, key);
  EXPECT_EQ(one.exit_status, 2);
  EXPECT_EQ(one.err,
            "sshaudit: not added: /home/alice/deploy/run.sh is root's, and there is more in it than keys: look "
            "at it first\n");
  system_.make_file("/home/alice/deploy/keys", "", root_owner, 0644);
  system_.remove(key_file);
  system_.make_link("../deploy/keys", key_file, {alice_id, alice_id});
  one = run({"add-key", "alice"}, key);
  EXPECT_EQ(one.exit_status, 2);
  EXPECT_EQ(one.err,
            "sshaudit: not added: /home/alice/deploy/keys is root's, and a link leads there that the account "
            "may have made: the key can be put there by hand\n");
  system_.remove(key_file);
  system_.make_file(key_file, text, root_owner, 0644);
  one = run({"add-key", "alice"}, key);
  EXPECT_EQ(one.exit_status, 2);
  EXPECT_EQ(text_of(system_.on_host(script)), text);
  EXPECT_EQ(text_of(system_.on_host(key_file)), text);
}

TEST_F(UndoAsRoot, TakesANewDirectoryBackFromASetGroupIdHome) {
  make([](Scene& s) {
    s.system.remove("/home/alice/.ssh");
    s.system.change_mode("/home/alice", 02755);
  });
  EXPECT_EQ(run({"add-key", "alice"}, ClientKeys::file("ed25519") + ".pub").exit_status, 0);
  EXPECT_EQ(state_of("/home/alice/.ssh"), "2001:2001 " + std::to_string(02700));
  EXPECT_EQ(run({"undo", record_}).exit_status, 0);
  EXPECT_EQ(state_of("/home/alice/.ssh"), "-");
}

TEST_F(UndoAsRoot, DoesNotMakeHerTextRoots) {
  make([](Scene& s) { s.system.change_owner(key_file, root_owner); });
  EXPECT_EQ(run({"fix", "--yes", "alice"}).exit_status, 0);
  const auto given = state_of(key_file);
  std::ofstream(system_.on_host(key_file), std::ios::app) << "# hers\n";
  const auto one = run({"undo", record_});
  EXPECT_EQ(one.exit_status, 2);
  EXPECT_NE(one.err.find("left alone: it has changed since"), std::string::npos) << one.err;
  EXPECT_EQ(state_of(key_file), given);
}

// It may be mounted again, and the key with it.
TEST_F(UndoAsRoot, DoesNotTakeWhatLiesInAHomeThatIsAwayForGone) {
  make([](Scene& s) { s.system.remove("/home/alice/.ssh"); });
  EXPECT_EQ(run({"add-key", "alice"}, ClientKeys::file("ed25519") + ".pub").exit_status, 0);
  const auto record = record_;
  system_.move("/home/alice", "/srv/alice");
  auto one = run({"undo", record});
  EXPECT_EQ(one.exit_status, 2);
  EXPECT_EQ(
      one.err,
      "sshaudit: alice: /home/alice/.ssh/authorized_keys: left alone: cannot be reached: No such file or directory\n"
      "sshaudit: alice: /home/alice/.ssh: left alone: cannot be reached: No such file or directory\n");
  system_.move("/srv/alice", "/home/alice");
  system_.remove("/home/alice/.ssh");
  one = run({"undo", record});
  EXPECT_EQ(one.exit_status, 0) << one.err;
}

// The key still lets in by another way.
TEST_F(UndoAsRoot, DoesNotTakeAFileBehindALinkForGone) {
  make([](Scene& s) { s.system.remove("/home/alice/.ssh"); });
  EXPECT_EQ(run({"add-key", "alice"}, ClientKeys::file("ed25519") + ".pub").exit_status, 0);
  std::filesystem::rename(system_.on_host("/home/alice/.ssh"), system_.on_host("/home/alice/moved"));
  system_.make_link("moved", "/home/alice/.ssh", {alice_id, alice_id});
  EXPECT_EQ(came(), "accepted");
  auto one = run({"undo", record_});
  EXPECT_EQ(one.exit_status, 2);
  EXPECT_EQ(one.out, "");
  EXPECT_EQ(one.err,
            "sshaudit: alice: /home/alice/.ssh/authorized_keys: left alone: a link is on the way now\n"
            "sshaudit: alice: /home/alice/.ssh: left alone: a link is on the way now\n");
  EXPECT_EQ(came(), "accepted");
}

}  // namespace
}  // namespace sshaudit::e2e
