// SPDX-License-Identifier: MIT
// fix, undo and add-key as their user meets them: what is shown, asked, done and said.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <pty.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>

#include "cases.h"

namespace sshaudit::e2e {
namespace {

constexpr auto key_file = "/home/alice/.ssh/authorized_keys";

std::string text_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

// The name of the record and the fingerprint of the key are other ones each time.
std::string steady(std::string text) {
  text = std::regex_replace(text, std::regex("[0-9]{8}T[0-9]{6}Z(-[0-9]+)?"), "RECORD");
  return std::regex_replace(text, std::regex("SHA256:[A-Za-z0-9+/]{43}"), "SHA256:KEY");
}

class FixAsRoot : public ::testing::Test {
 protected:
  void make(const std::function<void(Scene&)>& change) { build(scene_, change); }

  AuditRun run(const std::vector<std::string>& arguments, const std::string& input = "/dev/null") {
    auto run = run_sshaudit(arguments, [&] {
      enter_debian(system_, scene_.mounts);
      const int file = open(input.c_str(), O_RDONLY);
      dup2(file, STDIN_FILENO);
      close(file);
    });
    record_ = record_in(run.out);
    run.out = steady(run.out);
    run.err = steady(run.err);
    return run;
  }

  static std::string record_in(const std::string& text) {
    constexpr std::string_view before = "to undo: sshaudit undo ";
    const auto at = text.find(before);
    return at == std::string::npos ? "" : text.substr(at + before.size(), text.find('\n', at) - at - before.size());
  }

  // On a terminal, where `answer` is typed.
  std::string run_on_terminal(
      const std::vector<std::string>& arguments, const std::string& answer,
      const std::function<void()>& meanwhile = [] {}) {
    const int program = open(SSHAUDIT_PROGRAM, O_PATH | O_CLOEXEC);  // it may lie where the system is put
    int terminal = -1;
    const auto child = forkpty(&terminal, nullptr, nullptr, nullptr);
    if (child == 0) {
      enter_debian(system_, scene_.mounts);
      std::vector<const char*> words = {SSHAUDIT_PROGRAM};
      for (const auto& argument : arguments) words.push_back(argument.c_str());
      words.push_back(nullptr);
      setenv("NO_COLOR", "1", 1);
      fexecve(program, const_cast<char**>(words.data()), environ);
      _exit(127);
    }
    std::string shown;
    for (char letter = 0; read(terminal, &letter, 1) == 1;) {
      shown += letter;
      const bool asks = shown.ends_with("[y/N] ");
      if (asks) meanwhile();
      if (asks && write(terminal, answer.data(), answer.size()) < 0) break;
    }
    close(terminal);
    close(program);
    waitpid(child, &status_, 0);
    std::erase(shown, '\r');
    return steady(shown);
  }

  std::string state_of(const std::string& path) const {
    struct stat status {};
    if (lstat(system_.on_host(path).c_str(), &status) != 0) return "-";
    return std::to_string(status.st_uid) + ":" + std::to_string(status.st_gid) + " " +
           std::to_string(status.st_mode & 07777U);
  }

  std::string came() {
    return log_in({.user = "alice", .keys = {ClientKeys::file("ed25519")}, .on_pipe = true},
                  [&] { enter_debian(system_, scene_.mounts); })
        .came;
  }

  TemporaryDirectory directory_;
  AuditedSystem system_{directory_.path()};
  Scene scene_{system_, system_.person("alice", alice_id)};
  std::string record_;
  int status_ = 0;
};

constexpr auto open_home_plan =
    "alice: key login is refused; with these changes it is accepted\n"
    "  change  /home/alice: 0777 alice:alice -> 0775 alice:alice\n"
    "          home-writable: /home/alice is 0777 alice:alice, writable by everyone\n"
    "  lets in  ssh-ed25519 SHA256:KEY by /home/alice/.ssh/authorized_keys:1 \"ed25519\"\n"
    "  look     others could write there until now: see that these keys belong to it\n";

void open_home(Scene& scene) { scene.system.change_mode("/home/alice", 0777); }

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

TEST_F(FixAsRoot, UndoesNothingThatHasChangedSince) {
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

TEST_F(FixAsRoot, BelievesNoRecordButItsOwn) {
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

TEST_F(FixAsRoot, AddsAKeyOnceAndTakesItBack) {
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

TEST_F(FixAsRoot, SaysWhyAnAddedKeyDoesNotLetHerIn) {
  make(open_home);
  const auto one = run({"add-key", "alice", "--options", "no-pty"}, ClientKeys::file("ed25519 of bob") + ".pub");
  EXPECT_EQ(one.exit_status, 1);
  EXPECT_NE(one.out.find("added to /home/alice/.ssh/authorized_keys\n"), std::string::npos) << one.out;
  EXPECT_NE(one.out.find("home-writable"), std::string::npos) << one.out;
}

TEST_F(FixAsRoot, AddsNothingThatIsNoPublicKey) {
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

// A link of hers may lead to any file of root's in the home, and she may put one in the place of her key file.
TEST_F(FixAsRoot, AddsNoKeyToOtherFilesOfRoots) {
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

TEST_F(FixAsRoot, TakesANewDirectoryBackFromASetGroupIdHome) {
  make([](Scene& s) {
    s.system.remove("/home/alice/.ssh");
    s.system.change_mode("/home/alice", 02755);
  });
  EXPECT_EQ(run({"add-key", "alice"}, ClientKeys::file("ed25519") + ".pub").exit_status, 0);
  EXPECT_EQ(state_of("/home/alice/.ssh"), "2001:2001 " + std::to_string(02700));
  EXPECT_EQ(run({"undo", record_}).exit_status, 0);
  EXPECT_EQ(state_of("/home/alice/.ssh"), "-");
}

TEST_F(FixAsRoot, DoesNotMakeHerTextRoots) {
  make([](Scene& s) { s.system.change_owner(key_file, root_owner); });
  EXPECT_EQ(run({"fix", "--yes", "alice"}).exit_status, 0);
  const auto given = state_of(key_file);
  std::ofstream(system_.on_host(key_file), std::ios::app) << "# hers\n";
  const auto one = run({"undo", record_});
  EXPECT_EQ(one.exit_status, 2);
  EXPECT_NE(one.err.find("left alone: it has changed since"), std::string::npos) << one.err;
  EXPECT_EQ(state_of(key_file), given);
}

}  // namespace
}  // namespace sshaudit::e2e
