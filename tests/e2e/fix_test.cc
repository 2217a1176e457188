// SPDX-License-Identifier: MIT
// fix: what is shown, asked, done and said.
#include <filesystem>

#include "fix_scene.h"

namespace sshaudit::e2e {
namespace {

class FixAsRoot : public FixScene {};

constexpr auto open_home_plan =
    "alice: key login is refused; with these changes it is accepted\n"
    "  change  /home/alice: 0777 alice:alice -> 0775 alice:alice\n"
    "          home-writable: /home/alice is 0777 alice:alice, writable by everyone\n"
    "  lets in  ssh-ed25519 SHA256:KEY by /home/alice/.ssh/authorized_keys:1 \"ed25519\"\n"
    "  look     others could write there until now: see that these keys belong to it\n";

TEST_F(FixAsRoot, ShowsThePlanAndChangesNothingWithoutAnAnswer) {
  make(open_home);
  auto one = run({"fix", "alice"});
  EXPECT_EQ(one.exit_status, 2);
  EXPECT_EQ(one.out, open_home_plan);
  EXPECT_EQ(one.err, "sshaudit: nothing is changed: there is no terminal to ask on (--yes does it without)\n");
  one = run({"fix", "--dry-run", "alice"});
  EXPECT_EQ(one.exit_status, 1);
  EXPECT_EQ(one.out, open_home_plan);
  EXPECT_EQ(one.err, "");
  EXPECT_EQ(run_on_terminal({"fix", "alice"}, "\n"),
            std::string(open_home_plan) + "1 change to 1 account: go on? [y/N] \nnothing is changed\n");
  EXPECT_EQ(WEXITSTATUS(status_), 1);
  EXPECT_EQ(state_of("/home/alice"), "2001:2001 " + std::to_string(0777));
  EXPECT_EQ(state_of("/var/lib/sshaudit"), "-");
}

TEST_F(FixAsRoot, LetsHerInAndOutAgain) {
  make(open_home);
  EXPECT_EQ(came(), "refused");
  const std::string done =
      "alice: changed: /home/alice: 0777 alice:alice -> 0775 alice:alice\n"
      "to undo: sshaudit undo RECORD\n"
      "alice: key login is accepted\n";
  EXPECT_EQ(run_on_terminal({"fix", "alice"}, "y\n"),
            std::string(open_home_plan) + "1 change to 1 account: go on? [y/N] y\n" + done);
  EXPECT_EQ(WEXITSTATUS(status_), 0);
  EXPECT_EQ(came(), "accepted");
  const auto records = run({"undo"});
  EXPECT_EQ(records.out, "RECORD  fix  1 step\n");
  const auto name = std::filesystem::directory_iterator(system_.on_host("/var/lib/sshaudit/undo"));
  std::string record;
  for (const auto& entry : name) {
    if (!entry.path().filename().string().starts_with('.')) record = entry.path().filename();
  }
  const auto undone = run({"undo", record});
  EXPECT_EQ(undone.exit_status, 0);
  EXPECT_EQ(undone.out, "alice: /home/alice: 0775 2001:2001 -> 0777 2001:2001\n");
  EXPECT_EQ(came(), "refused");
  EXPECT_EQ(run({"undo", record}).out, "alice: /home/alice: is as it was\n");
}

TEST_F(FixAsRoot, HasNothingToSayWhenAllIsWell) {
  make([](Scene&) {});
  const auto one = run({"fix", "alice"});
  EXPECT_EQ(one.exit_status, 0);
  EXPECT_EQ(one.out + one.err, "");
  EXPECT_EQ(state_of("/var/lib/sshaudit"), "-");
}

TEST_F(FixAsRoot, SaysWhatWasDoneWhenNobodyReadsIt) {
  make(open_home);
  const auto one = run_sshaudit({"fix", "--yes", "alice"}, [&] {
    enter_debian(system_, scene_.mounts);
    dup2(open("/dev/full", O_WRONLY | O_CLOEXEC), STDOUT_FILENO);
  });
  EXPECT_EQ(one.exit_status, 2);
  EXPECT_EQ(one.err, "sshaudit: write: standard output: No space left on device\n");
  EXPECT_EQ(state_of("/home/alice"), "2001:2001 " + std::to_string(0777));  // nobody has seen the plan
}

TEST_F(FixAsRoot, AdvisesNothingAboutWhatALinkOfHersLeadsTo) {
  make([](Scene& s) {
    s.system.remove(key_file);
    s.system.make_link("/etc/shadow", key_file, s.person.owner());
  });
  const auto one = run({"fix", "--yes", "alice"});
  EXPECT_EQ(one.exit_status, 1);
  EXPECT_NE(
      one.out.find("advice: put a file of the account's own in place of the link " + std::string(key_file) + "\n"),
      std::string::npos)
      << one.out;
}

TEST_F(FixAsRoot, ExplainsItsExitStatus) {
  make([](Scene& s) { s.system.add_line("passwd", "no row at all"); });
  const auto one = run({"fix", "alice", "alice"});
  EXPECT_EQ(one.exit_status, 1);
  EXPECT_EQ(one.out, "");
  EXPECT_EQ(one.err, "sshaudit: nothing here that fix changes; 1 finding, which sshaudit shows\n");
}

TEST_F(FixAsRoot, LooksAgainAtWhatWasClosed) {
  make([](Scene& s) {
    s.system.change_owner("/home/alice/.ssh", root_owner);
    s.system.change_owner(key_file, root_owner);
    s.system.change_mode("/home/alice/.ssh", 0700);
  });
  const auto one = run({"fix", "--yes", "alice"});
  EXPECT_EQ(one.exit_status, 0) << one.err;
  EXPECT_EQ(
      one.out,
      "alice: key login is refused; what is closed now is looked at when it is open\n"
      "  change  /home/alice/.ssh: 0700 root:root -> 0700 alice:root\n"
      "          path-unsearchable: /home/alice/.ssh is 0700 root:root, and alice may not search it, so sshd cannot "
      "reach /home/alice/.ssh/authorized_keys\n"
      "alice: changed: /home/alice/.ssh: 0700 root:root -> 0700 alice:root\n"
      "alice: key login is refused; what is closed now is looked at when it is open\n"
      "  change  /home/alice/.ssh/authorized_keys: 0600 root:root -> 0600 alice:root\n"
      "          key-file-unreadable: /home/alice/.ssh/authorized_keys is 0600 root:root, and alice may not read "
      "it\n"
      "alice: changed: /home/alice/.ssh/authorized_keys: 0600 root:root -> 0600 alice:root\n"
      "alice: lets in ssh-ed25519 SHA256:KEY by /home/alice/.ssh/authorized_keys:1 \"ed25519\"\n"
      "to undo: sshaudit undo RECORD\n"
      "alice: key login is accepted\n");
  EXPECT_EQ(came(), "accepted");
}

TEST_F(FixAsRoot, NamesAKeyThatCameWhileThePlanWasRead) {
  make([](Scene& s) { s.system.change_mode(key_file, 0666); });
  const auto shown = run_on_terminal({"fix", "alice"}, "y\n", [&] {
    std::ofstream(system_.on_host(key_file), std::ios::app) << ClientKeys::line("ed25519 of bob") << '\n';
  });
  EXPECT_EQ(WEXITSTATUS(status_), 2);
  EXPECT_NE(shown.find("sshaudit: alice: lets in a key that was not there before: ssh-ed25519 SHA256:KEY by "
                       "/home/alice/.ssh/authorized_keys:2 \"ed25519 of bob\": look at it, or undo\n"),
            std::string::npos)
      << shown;
}

TEST_F(FixAsRoot, LeavesToAPersonWhatSomebodyElseMayHavePlanted) {
  make([](Scene& s) {
    s.system.change_mode("/home/alice", 0777);
    s.system.change_owner(key_file, {stranger_id, stranger_id});
    s.system.change_mode(key_file, 0644);
  });
  const auto one = run({"fix", "--yes", "alice"});
  EXPECT_EQ(one.exit_status, 1);
  EXPECT_NE(one.out.find("  advice  key-file-owner: /home/alice/.ssh/authorized_keys belongs to bob"),
            std::string::npos)
      << one.out;
  EXPECT_EQ(state_of(key_file), "2002:2002 " + std::to_string(0644));
  EXPECT_EQ(state_of("/home/alice"), "2001:2001 " + std::to_string(0775));
  EXPECT_EQ(came(), "refused");
}

// One message a line, and nothing that a terminal obeys.
TEST_F(FixAsRoot, EscapesNamesAndComments) {
  const std::string odd = "/home/alice/\x1b[2J\n'$(touch x)";
  make([&](Scene& s) {
    s.write_keys(ClientKeys::line("ed25519").substr(0, 81) + "\x1b[31mred\n");
    s.system.move("/home/alice/.ssh", odd);
    s.system.make_link(odd, "/home/alice/.ssh", s.person.owner());
    s.system.change_mode(odd, 0777);
  });
  const auto script = run({"fix", "--script", "alice"});
  EXPECT_NE(script.out.find(": left to sshaudit fix alice: its name is no plain text\n"), std::string::npos)
      << script.out;
  const auto one = run({"fix", "--yes", "alice"});
  EXPECT_EQ(one.exit_status, 0) << one.err;
  EXPECT_EQ((script.out + one.out + one.err).find('\x1b'), std::string::npos);
  EXPECT_NE(one.out.find("alice: changed: /home/alice/\\x1b[2J\\n'$(touch x): 0777 alice:alice -> 0775 alice:alice\n"),
            std::string::npos)
      << one.out;
  EXPECT_EQ(came(), "accepted");
  EXPECT_EQ(run({"undo", record_}).exit_status, 0);
}

TEST_F(FixAsRoot, WritesAScriptThatDoesTheSame) {
  const auto faults = [](Scene& s) {
    s.system.change_owner("/home/alice", {s.person.uid, class_group});
    s.system.set_acl("/home/alice", "u::rwx,u:2002:rwx,g::r-x,m::rwx,o::rwx");
    s.system.change_mode("/home/alice/.ssh", 0757);
    s.system.change_mode(key_file, 0646);
  };
  make(faults);
  const auto script = run({"fix", "--script", "alice"});
  EXPECT_EQ(script.exit_status, 1);
  system_.make_file("/opt/fix.sh", script.out, root_owner, 0700);
  const auto child = fork();
  if (child == 0) {
    enter_debian(system_, scene_.mounts);
    execl("/bin/sh", "sh", "-c", "exec sh /opt/fix.sh >/opt/fix.out", nullptr);
    _exit(127);
  }
  waitpid(child, &status_, 0);
  EXPECT_EQ(WEXITSTATUS(status_), 0);
  EXPECT_EQ(text_of(system_.on_host("/opt/fix.out")),
            "changed: /home/alice/.ssh/authorized_keys\n"
            "changed: /home/alice/.ssh\nchanged: /home/alice\nchanged: /home/alice\n");
  EXPECT_EQ(state_of("/home/alice"), "2001:5000 " + std::to_string(0755));
  EXPECT_EQ(state_of("/home/alice/.ssh"), "2001:2001 " + std::to_string(0755));
  EXPECT_EQ(state_of(key_file), "2001:2001 " + std::to_string(0644));
  EXPECT_EQ(came(), "accepted");
  EXPECT_EQ(run({"fix", "--dry-run", "alice"}).out, "");
}

TEST_F(FixAsRoot, LeavesOwnersOutOfTheScript) {
  make([](Scene& s) { s.system.change_owner(key_file, {4711, 4711}); });
  const auto script = run({"fix", "--script", "alice"});
  EXPECT_NE(script.out.find("# /home/alice/.ssh/authorized_keys: left to sshaudit fix alice: what is in it has to be "
                            "looked at before it gets another owner\n"),
            std::string::npos)
      << script.out;
  EXPECT_EQ(script.out.find("\nchange '"), std::string::npos) << script.out;
}

TEST_F(FixAsRoot, MendsTextWhenAsked) {
  std::string second;
  make([&](Scene& s) {
    second = s.own_line();
    s.write_keys("\xEF\xBB\xBFno-ptty ssh-rsa AAAA\n" + ClientKeys::line("ed25519 of bob").substr(0, 80) + " bob" +
                 second);
  });
  EXPECT_EQ(came(), "refused");
  const auto before = text_of(system_.on_host(key_file));
  EXPECT_EQ(run({"fix", "--yes", "alice"}).exit_status, 1);
  EXPECT_EQ(text_of(system_.on_host(key_file)), before);
  const auto one = run({"fix", "--yes", "--content", "alice"});
  EXPECT_EQ(one.exit_status, 0) << one.out << one.err;
  const auto after = text_of(system_.on_host(key_file));
  EXPECT_TRUE(
      std::regex_match(after, std::regex("# 20[0-9-]{8} sshaudit: no key that sshd reads: no-ptty ssh-rsa AAAA\n"
                                         "ssh-ed25519 [^ ]+ bob\nssh-ed25519 [^ ]+ ed25519\n")))
      << after;
  EXPECT_EQ(state_of(key_file), "2001:2001 " + std::to_string(0600));
  EXPECT_EQ(came(), "accepted");
  EXPECT_EQ(run({"undo", record_}).exit_status, 0);
  EXPECT_EQ(text_of(system_.on_host(key_file)), before);
}

// A link of hers may lead to any file of root's in the home, and she may put one in the place of her key file.
// One after the other, in one primary group: what the group may read is hers to read, and stays root's.
TEST_F(FixAsRoot, GivesNothingAwayThatTheGroupOfTheAccountMayRead) {
  constexpr gid_t students = 3000;
  make([](Scene& s) {
    s.system.add_group("students", students);
    for (const auto* name : {"carol", "dave", "erin"}) {
      auto person = s.system.person(name, 3001 + static_cast<uid_t>(*name));
      person.gid = students;
      s.system.add_usual_home(person);
      s.system.add_row(person);
      s.system.change_owner(person.key_file(), {0, students});
      s.system.change_mode(person.key_file(), 0640);
      s.system.change_mode(person.home, 0777);
    }
  });
  const auto one = run({"fix", "--yes", "--content", "--all-users"});
  for (const std::string home : {"/home/carol", "/home/dave", "/home/erin"}) {
    EXPECT_TRUE(state_of(home).ends_with(" " + std::to_string(0755))) << one.out << one.err;
    EXPECT_EQ(state_of(home + "/.ssh/authorized_keys"), "0:3000 " + std::to_string(0640)) << one.out;
  }
}

// passwd says "/home/alice" of what lies at /data/alice, and has a home in it.
TEST_F(FixAsRoot, LeavesAHomeWithOtherHomesAloneWhateverItIsCalled) {
  make([](Scene& s) {
    s.system.change_mode("/home/alice", 0777);
    s.system.make_directory("/data", root_owner, 0755);
    std::filesystem::rename(s.system.on_host("/home/alice"), s.system.on_host("/data/alice"));
    s.system.make_link("/data/alice", "/home/alice");
    s.system.add_line("passwd", "site:x:2050:2050::/home/alice/site:/bin/sh");
  });
  const auto one = run({"fix", "--yes", "alice"});
  EXPECT_EQ(one.exit_status, 1) << one.out;
  EXPECT_EQ(record_, "");
  EXPECT_EQ(state_of("/data/alice"), "2001:2001 " + std::to_string(0777));
}

}  // namespace
}  // namespace sshaudit::e2e
