// SPDX-License-Identifier: MIT
// Where the line goes to, and what stands behind the logger or comes without it.
#include <gtest/gtest.h>

#include "refusal_log.h"

namespace sshaudit::e2e {
namespace {

const std::string home = "/home/alice";
const std::string other = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8g other\n";

// A command behind ours: it lets its keys in, its exit status is sshd's to see, and what it does not supply is said.
TEST(RefusalLogAsRoot, BehindACommand) {
  const auto chain = [](const std::string& command) {
    return std::vector<std::string>{
        "AuthorizedKeysCommand=" + logger_command("--then-user nobody --then /opt/supplier " + command),
        "AuthorizedKeysCommandUser=root"};
  };
  const auto make = [](Scene& s) {
    s.system.make_file("/opt/supplier", "#!/bin/sh\n[ \"$1\" = keys ] && cat /etc/supplied\nexit $2\n", root_owner,
                       0755);
    s.system.make_file("/etc/supplied", s.own_line(), root_owner, 0644);
    s.write_keys(other);
  };
  const std::string line =
      "{R}key-not-listed path=/home/alice/.ssh/authorized_keys: the key in authorized_keys is another one, and the "
      "command behind --then does not supply it";
  check({"supplies it", make, "accepted", {}}, chain("keys 0"));
  check({"supplies nothing", make, "refused", {line}}, chain("nothing 0"));
  check({"fails", make, "refused", {line}}, chain("keys 3"));
}

// Without the command the module says what keeps the account's own keys out, once the client falls back to a password.
TEST(RefusalLogAsRoot, ByModuleAlone) {
  const auto make = [](Scene& scene) {
    scene.account_line = "auth optional " + module_path() + " deadline=30\n";
    scene.settings += "PasswordAuthentication yes\n";
    scene.client_options = {"BatchMode=no", "PreferredAuthentications=publickey,password", "NumberOfPasswordPrompts=1"};
    scene.system.make_file(askpass, "#!/bin/sh\necho wrong\n", root_owner, 0755);
  };
  const auto with_open_home = [&](Scene& scene) {
    make(scene);
    scene.system.change_mode(home, 0777);
  };
  check({"home 0777",
         with_open_home,
         "refused",
         {"pam_sshaudit(sshd:auth): key logins are refused: user=alice key={KEY} from=127.0.0.1 rule=home-writable "
          "path=/home/alice: is 0777 alice:alice, writable by everyone; fix: chmod o-w /home/alice"}},
        {});
  const auto with_other_key = [&](Scene& scene) {
    make(scene);
    scene.offered = {"ed25519 b"};
  };
  check({"another key", with_other_key, "refused", {}}, {});
}

// A busy host: the connection has been gone for a second when the logger gets to work.
TEST(RefusalLogAsRoot, AConnectionThatIsGoneFirstIsLoggedAllTheSame) {
  const auto late = [](Scene& s) {
    s.system.change_mode("/home/alice", 0777);
    s.system.make_file("/opt/sshaudit/late",
                       std::string("#!/bin/sh\nexec strace -D -f --seccomp-bpf -o /dev/null -e trace=setpriority -e "
                                   "inject=setpriority:delay_enter=1s ") +
                           logger_path + " --deadline=30 \"$@\" >/dev/null 2>&1\n",
                       root_owner, 0755);
  };
  check({"late",
         late,
         "refused",
         {"{R}home-writable path=/home/alice: is 0777 alice:alice, writable by everyone; fix: chmod o-w /home/alice"}},
        {"AuthorizedKeysCommand=/opt/sshaudit/late %u %U %h %t %f %k", "AuthorizedKeysCommandUser=root"});
}

// sshd would not start such a command either.
TEST(RefusalLogAsRoot, ACommandThatOthersCanWriteIsNotRun) {
  const auto make = [](Scene& s) {
    s.system.make_file("/opt/supplier", "#!/bin/sh\ncat /etc/supplied\n", root_owner, 0777);
    s.system.make_file("/etc/supplied", s.own_line(), root_owner, 0644);
    s.write_keys(other);
  };
  const Row row = {
      "0777",
      make,
      "refused",
      {"{R}key-not-listed path=/home/alice/.ssh/authorized_keys: the key in authorized_keys is another one, "
       "and the command behind --then does not supply it"}};
  check(row,
        {"AuthorizedKeysCommand=" + logger_command("--then-user nobody --then /opt/supplier"),
         "AuthorizedKeysCommandUser=root"},
        false, "<83>");
}

LoginEnd log_in_to(Scene& scene, LogCapture& capture, const std::vector<std::string>& options) {
  LoginAttempt attempt{.user = "alice", .keys = {ClientKeys::file("ed25519")}, .sshd_options = options};
  return log_in(attempt, [&] {
    enter_debian(scene.system, scene.mounts);
    capture.take_over();
    capture.take_over_journal();
  });
}

TEST(RefusalLogAsRoot, ExitStatusOfTheOtherCommandIsPassedOn) {
  const TemporaryDirectory directory;
  AuditedSystem system(directory.path());
  install_logger(system);
  Scene scene{system, system.person("alice", alice_id)};
  build(scene, [](Scene& s) { s.write_keys(other); });
  LogCapture capture(system);
  const auto command = logger_command("--then-user root --then /bin/sh -c 'exit 7'");
  const auto end = log_in_to(scene, capture, {"AuthorizedKeysCommand=" + command, "AuthorizedKeysCommandUser=root"});
  EXPECT_NE(end.log.find("failed, status 7"), std::string::npos) << end.log;
}

TEST(RefusalLogAsRoot, JournalGetsFields) {
  const TemporaryDirectory directory;
  AuditedSystem system(directory.path());
  install_logger(system);
  Scene scene{system, system.person("alice", alice_id)};
  build(scene, [](Scene& s) { s.system.change_mode(home, 0777); });
  LogCapture capture(system);
  log_in_to(scene, capture, by_command());
  const auto messages = capture.messages();
  ASSERT_EQ(messages.size(), 1U);
  for (const std::string& field :
       {filled("MESSAGE={R}home-writable path=/home/alice: is 0777 alice:alice, writable by everyone; fix: chmod o-w "
               "/home/alice"),
        std::string("PRIORITY=5"), std::string("SYSLOG_FACILITY=10"), std::string("SYSLOG_IDENTIFIER=sshaudit"),
        std::string("MESSAGE_ID=904b0de545894f248fd1a55de77fc162"), std::string("SSHAUDIT_USER=alice"),
        std::string("SSHAUDIT_RULE=home-writable"), std::string("SSHAUDIT_PATH=/home/alice"),
        "SSHAUDIT_FINGERPRINT=" + ClientKeys::fingerprint("ed25519")}) {
    EXPECT_NE(("\n" + messages[0]).find("\n" + field + "\n"), std::string::npos) << field << " in " << messages[0];
  }
  EXPECT_NE(messages[0].find("\nSSHAUDIT_SSHD_PID="), std::string::npos);
}

// With tell_user the client is shown the reason, once its key is verified.
TEST(RefusalLogAsRoot, UserIsToldWhenAsked) {
  for (const std::string argument : {"", " tell_user deadline=30"}) {
    const TemporaryDirectory directory;
    AuditedSystem system(directory.path());
    Scene scene{system, system.person("alice", alice_id)};
    build(scene, [&](Scene& s) {
      s.account_line = "account optional " + module_path() + argument + "\n";
      s.system.make_file("/etc/nologin", "\x1b[31mdown\n", root_owner, 0644);
    });
    LogCapture capture(system);
    const auto end = log_in_to(scene, capture, {});
    EXPECT_EQ(end.came, "refused");
    const bool told =
        end.told.find("sshaudit: /etc/nologin: exists, and pam_nologin (/etc/pam.d/sshd:3) lets only root in") !=
        std::string::npos;
    EXPECT_EQ(told, !argument.empty()) << end.told;
    EXPECT_EQ(capture.messages().empty(), false);
  }
}

// What an audit of alice alone finds, with the logger and the module wired in.
ReportLines audit_of_wired(const std::function<void(Scene&)>& make) {
  const TemporaryDirectory directory;
  AuditedSystem system(directory.path());
  install_logger(system);
  Scene scene{system, system.person("alice", alice_id)};
  build(scene, [&](Scene& s) {
    s.account_line += module_lines();
    s.settings += "AuthorizedKeysCommand " + logger_command() + "\nAuthorizedKeysCommandUser root\n";
  });
  make(scene);
  const auto run = run_sshaudit({"--format", "ndjson", "alice"}, [&] { enter_debian(system, scene.mounts); });
  return report_lines(run.out);
}

TEST(RefusalLogAsRoot, AnAuditKnowsIt) {
  const ReportLines well = {{"alice", "accepted", "", ""}};
  EXPECT_EQ(difference(well, audit_of_wired([](Scene&) {})), "");
  // Alone in its kind, as in a file that had no line of it.
  const auto alone = audit_of_wired([](Scene& s) {
    s.system.remove("/etc/pam.d/sshd");
    s.system.make_file("/etc/pam.d/sshd", "account optional " + module_path() + "\n", root_owner, 0644);
  });
  ASSERT_EQ(alone.size(), 1U);
  EXPECT_EQ(alone[0].key_login, "refused");
}

}  // namespace
}  // namespace sshaudit::e2e
