// SPDX-License-Identifier: MIT
// `sshaudit enable`, `disable` and `status` on a Debian with a real sshd, a real libpam and the real pam-auth-update.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <system_error>

#include "cases.h"
#include "wired_system.h"

namespace sshaudit::e2e {
namespace {

const std::string drop_in = "/etc/ssh/sshd_config.d/50-sshaudit.conf";
const std::string outro = "\"sshaudit status\" says whether it works, \"sshaudit disable\" takes it out\n";

std::string text_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

// Until whatever a login or a killed run has started has ended. A look may miss a process that is started meanwhile by
// one that ends, so it takes several.
void settle(WiredSystem& wired) {
  constexpr int looks = 10;
  int empty = 0;
  for (int i = 0; i < 3000 && empty < looks; ++i) {
    empty = wired.space().visitors().empty() ? empty + 1 : 0;
    usleep(10'000);
  }
  ASSERT_EQ(empty, looks);
}

std::string enabled(const WiredSystem& wired) {
  return fmt::format(
      "sshd: {} is written; sshd ({}) has read it\nPAM: auth, account, session come to "
      "pam_sshaudit.so\n{}",
      drop_in, wired.pid(), outro);
}

std::string working(const WiredSystem&) {
  return fmt::format(
      "sshd: {}:3 runs the logger, for every connection\nsshd: the logger runs, finds reasons and reaches the log\n"
      "PAM: the service sshd comes to pam_sshaudit.so in auth, account, session\nPAM: libpam loads the module\n",
      drop_in);
}

const std::string nothing_wired =
    "sshd: AuthorizedKeysCommand does not run the logger\nPAM: the service sshd does not come to pam_sshaudit.so\n";

std::string refused_line() {
  return fmt::format(
      "sshaudit: key login refused: user=alice key=\"ED25519 {}\" from=127.0.0.1 rule=home-writable "
      "path=/home/alice: is 0777 alice:alice, writable by everyone; fix: chmod o-w /home/alice",
      ClientKeys::fingerprint("ed25519"));
}

TEST(WiringAsRoot, InAndOutAgain) {
  WiredSystem wired;
  const auto before = wired.etc();
  const auto effective = wired.effective();
  const auto image = wired.sshd_image();
  const auto at_first = wired.sshaudit("status");
  EXPECT_EQ(at_first.out, nothing_wired);
  EXPECT_EQ(at_first.exit_status, 1);
  const auto enable = wired.sshaudit("enable");
  EXPECT_EQ(enable.err, "");
  EXPECT_EQ(enable.out, enabled(wired));
  EXPECT_EQ(enable.exit_status, 0);
  const auto wired_image = wired.sshd_image();
  EXPECT_NE(wired_image, image);
  EXPECT_NE(wired.effective().find(fmt::format("\nauthorizedkeyscommand {}\n", wired.logger())), std::string::npos);
  EXPECT_EQ(wired.etc().at(drop_in).mode, static_cast<mode_t>(S_IFREG | 0644));
  const auto status = wired.sshaudit("status");
  EXPECT_EQ(status.out, working(wired));
  EXPECT_EQ(status.exit_status, 0);

  EXPECT_EQ(wired.log_in_as_alice(), "let in\n");
  wired.system().change_mode("/home/alice", 0777);
  EXPECT_EQ(wired.log_in_as_alice(), "alice@127.0.0.1: Permission denied (publickey,password).\r\n");
  settle(wired);

  const auto disable = wired.sshaudit("disable");
  EXPECT_EQ(disable.err, "");
  EXPECT_EQ(disable.out,
            fmt::format("sshd: {} is removed; sshd ({}) has read that\nPAM: pam_sshaudit.so is taken out\n", drop_in,
                        wired.pid()));
  EXPECT_EQ(disable.exit_status, 0);
  EXPECT_NE(wired.sshd_image(), wired_image);
  EXPECT_EQ(difference(before, wired.etc()), "");
  EXPECT_EQ(wired.effective(), effective);
  EXPECT_EQ(wired.sshaudit("status").out, nothing_wired);
  EXPECT_EQ(wired.log().lines(), std::vector<std::string>{refused_line()});
}

TEST(WiringAsRoot, TwiceIsOnce) {
  WiredSystem wired;
  const auto before = wired.etc();
  EXPECT_EQ(wired.sshaudit("disable").out, "nothing is wired\n");
  EXPECT_EQ(difference(before, wired.etc()), "");
  EXPECT_EQ(wired.sshaudit("enable").exit_status, 0);
  const auto after = wired.etc();
  const auto again = wired.sshaudit("enable");
  EXPECT_EQ(again.err, "");
  EXPECT_EQ(again.exit_status, 0);
  EXPECT_NE(again.out.find(drop_in + " was there already; "), std::string::npos) << again.out;
  EXPECT_EQ(difference(after, wired.etc()), "");
  EXPECT_EQ(wired.sshaudit("disable").exit_status, 0);
  EXPECT_EQ(wired.sshaudit("disable").out, "nothing is wired\n");
  EXPECT_EQ(difference(before, wired.etc()), "");
}

TEST(WiringAsRoot, WithoutTheModuleAndWithoutADaemon) {
  WiredSystem wired({.sshd = {}, .has_module = false});
  const auto before = wired.etc();
  const auto enable = wired.sshaudit("enable");
  EXPECT_EQ(enable.err, "");
  EXPECT_EQ(enable.out, fmt::format("sshd: {} is written; no sshd listens, and the next one that starts reads it\n"
                                    "PAM: left as it is: libpam finds no pam_sshaudit.so that it can load\n{}",
                                    drop_in, outro));
  EXPECT_EQ(enable.exit_status, 0);
  const auto status = wired.sshaudit("status");
  EXPECT_EQ(status.out, fmt::format("sshd: {}:3 runs the logger, for every connection\n"
                                    "sshd: the logger runs, finds reasons and reaches the log\n"
                                    "sshd: none listens now\n"
                                    "PAM: the service sshd does not come to pam_sshaudit.so\n",
                                    drop_in));
  EXPECT_EQ(status.exit_status, 1);
  const auto disable = wired.sshaudit("disable");
  EXPECT_EQ(disable.out, fmt::format("sshd: {} is removed\n", drop_in));
  EXPECT_EQ(disable.exit_status, 0);
  EXPECT_EQ(difference(before, wired.etc()), "");
}

// {LOGGER} and {PID} stand for what they are here.
struct Obstacle {
  std::string title;
  WiredSystemPlan plan;
  std::string err;
};

std::string filled(std::string text, const WiredSystem& wired) {
  const std::vector<std::pair<std::string, std::string>> marks = {
      {"{LOGGER}", wired.logger()}, {"{PID}", wired.pid()}, {"{PROGRAM}", wired.logger_program()}};
  for (const auto& [mark, by] : marks) {
    for (auto at = text.find(mark); at != std::string::npos; at = text.find(mark)) text.replace(at, mark.size(), by);
  }
  return text;
}

// Nothing is changed: not a file, not the daemon.
void check(const Obstacle& one) {
  SCOPED_TRACE(one.title);
  WiredSystem wired(one.plan);
  const auto before = wired.etc();
  const auto effective = wired.effective();
  const auto image = wired.sshd_image();
  const auto enable = wired.sshaudit("enable");
  EXPECT_EQ(enable.exit_status, 2);
  EXPECT_EQ(enable.err, "sshaudit: nothing is changed: " + filled(one.err, wired));
  EXPECT_EQ(enable.out, "");
  EXPECT_EQ(difference(before, wired.etc()), "");
  EXPECT_EQ(wired.effective(), effective);
  EXPECT_EQ(wired.sshd_image(), image);
}

std::string taken(const std::string& where, const std::string& command, const std::string& user,
                  const std::string& reload = "reload sshd") {
  return fmt::format(
      "AuthorizedKeysCommand is taken, {}:\n    AuthorizedKeysCommand {}\n"
      "The logger can stand before that command. Put these two lines in the place of that one and its\n"
      "AuthorizedKeysCommandUser, check with sshd -t, and {}:\n"
      "    AuthorizedKeysCommand {{LOGGER}} --then-user {} --then {}\n    AuthorizedKeysCommandUser root\n",
      where, command, reload, user, command);
}

const std::string two_lines =
    "Put these two lines into /etc/ssh/sshd_config, above the first Match, check with sshd -t, and reload sshd:\n"
    "    AuthorizedKeysCommand {LOGGER}\n    AuthorizedKeysCommandUser root\n";

void write(AuditedSystem& system, const std::string& path, const std::string& text) {
  system.make_file(path, text, root_owner, 0644);
}

TEST(WiringAsRoot, ATakenSlot) {
  const std::string sss = "/usr/bin/sss_ssh_authorizedkeys %u";
  check({"main file",
         {.settings = "AuthorizedKeysCommand " + sss + "\nAuthorizedKeysCommandUser nobody\n"},
         taken("/etc/ssh/sshd_config:2", sss, "nobody")});
  check({"drop-in",
         {.make =
              [&](AuditedSystem& s) {
                write(s, "/etc/ssh/sshd_config.d/90-sssd.conf",
                      "# sssd\nAuthorizedKeysCommand " + sss + "\nAuthorizedKeysCommandUser nobody\n");
              }},
         taken("/etc/ssh/sshd_config.d/90-sssd.conf:2", sss, "nobody")});
  check({"Match",
         {.make =
              [&](AuditedSystem& s) {
                std::ofstream(s.on_host("/etc/ssh/sshd_config"), std::ios::app)
                    << "Match User bob\n  AuthorizedKeysCommand " << sss << "\n  AuthorizedKeysCommandUser bob\n";
              }},
         taken("/etc/ssh/sshd_config:10 (Match User bob)", sss, "bob")});
  check(
      {"command line",
       {.sshd = {"/usr/sbin/sshd", "-o", "AuthorizedKeysCommand=/bin/true", "-o", "AuthorizedKeysCommandUser=nobody"}},
       taken("on the command line of sshd ({PID})", "/bin/true", "nobody", "start sshd anew")});
}

TEST(WiringAsRoot, AFileThatSshdDoesNotGoBy) {
  check({"no Include line",
         {.first_line = "# nothing\n"},
         "/etc/ssh/sshd_config has no Include that reads " + drop_in + "\n" + two_lines});
  check({"another pattern",
         {.first_line = "Include /etc/ssh/sshd_config.d/60-*.conf\n"},
         "/etc/ssh/sshd_config has no Include that reads " + drop_in + "\n" + two_lines});
  check({"below a Match",
         {.first_line = "Match User bob\nInclude /etc/ssh/sshd_config.d/*.conf\nMatch all\n"},
         "the Include that reads " + drop_in + " stands below \"Match User bob\" (/etc/ssh/sshd_config:1)\n" +
             two_lines});
  check(
      {"none before it",
       {.make =
            [](AuditedSystem& s) { write(s, "/etc/ssh/sshd_config.d/10-none.conf", "AuthorizedKeysCommand none\n"); }},
       "\"AuthorizedKeysCommand none\" (/etc/ssh/sshd_config.d/10-none.conf:1) comes before " + drop_in +
           ", and the first value wins\nTake that line out, and run this again.\n"});
  check({"another user before it",
         {.make =
              [](AuditedSystem& s) {
                write(s, "/etc/ssh/sshd_config.d/10-user.conf", "AuthorizedKeysCommandUser nobody\n");
              }},
         "\"AuthorizedKeysCommandUser nobody\" (/etc/ssh/sshd_config.d/10-user.conf:1) comes before " + drop_in +
             ", and the first value wins\nTake that line out, and run this again.\n"});
}

TEST(WiringAsRoot, WhatIsThereAlreadyUnderItsName) {
  check({"a file",
         {.make = [](AuditedSystem& s) { write(s, drop_in, "# mine\n"); }},
         drop_in + " is there, and is not as enable writes it: move it away first\n"});
  check({"a link",
         {.make = [](AuditedSystem& s) { s.make_link("/dev/null", drop_in); }},
         drop_in + ": not a regular file: move it away first\n"});
  check({"a directory",
         {.make = [](AuditedSystem& s) { s.make_directory(drop_in, root_owner, 0755); }},
         drop_in + ": not a regular file: move it away first\n"});
}

TEST(WiringAsRoot, AReadOnlyDirectory) {
  check({"read-only /etc/ssh",
         {.mounts =
              [] {
                const bool done = mount("/etc/ssh", "/etc/ssh", nullptr, MS_BIND, nullptr) == 0 &&
                                  mount(nullptr, "/etc/ssh", nullptr, MS_BIND | MS_REMOUNT | MS_RDONLY, nullptr) == 0;
                if (!done) throw std::system_error(errno, std::generic_category(), "mount /etc/ssh");
              }},
         drop_in + ": write: Read-only file system\n" + two_lines});
}

TEST(WiringAsRoot, AConfigurationThatSshdDoesNotTake) {
  WiredSystem wired;
  std::ofstream(wired.system().on_host("/etc/ssh/sshd_config"), std::ios::app) << "Permit\x1bRootLogin no\n";
  const auto before = wired.etc();
  const auto image = wired.sshd_image();
  const auto enable = wired.sshaudit("enable");
  EXPECT_EQ(enable.exit_status, 2);
  EXPECT_EQ(
      enable.err,
      "sshaudit: nothing is changed: sshd would not start with its configuration; mend that first. sshd -t says:\n"
      "    /etc/ssh/sshd_config: line 9: Bad configuration option: Permit\\\\033RootLogin\n"
      "    /etc/ssh/sshd_config: terminating, 1 bad configuration options\n");
  EXPECT_EQ(difference(before, wired.etc()), "");
  EXPECT_EQ(wired.sshd_image(), image);
}

TEST(WiringAsRoot, AnSshdThatDoesNotReload) {
  check(
      {"started by a relative name",
       {.sshd = {"sshd", "-r"}},
       "sshd ({PID}) cannot be reloaded: it was started as \"sshd\", which is no absolute path, and would end itself\n"
       "Start sshd anew, by its absolute path, and run this again.\n"});
  WiredSystem wired;
  const auto before = wired.etc();
  const auto effective = wired.effective();
  ASSERT_EQ(kill(wired.sshd(), SIGSTOP), 0);
  const auto enable = wired.sshaudit("enable");
  EXPECT_EQ(enable.exit_status, 2);
  EXPECT_EQ(enable.err, filled("sshaudit: nothing is changed: sshd ({PID}) was told to read its configuration anew and "
                               "did not within 10 s\nStart sshd anew, by its absolute path, and run this again.\n",
                               wired));
  EXPECT_EQ(difference(before, wired.etc()), "");
  EXPECT_EQ(wired.effective(), effective);
}

const std::string own = "/etc/ssh/sshd_config_sftp";

WiredSystemPlan with(const std::string& text) {
  WiredSystemPlan plan{.sshd = {"/usr/sbin/sshd", "-f", own}};
  plan.make = [text](AuditedSystem& system) { write(system, own, "ListenAddress 127.0.0.1\n" + text); };
  return plan;
}

// Also a file that no daemon of ours goes by is sshd's configuration when it includes the directory.
TEST(WiringAsRoot, AnSshdWithAFileOfItsOwn) {
  const std::string read =
      "sshd ({PID}) goes by " + own + ", and would read " + drop_in + " too, by its Include (" + own + ":2)\n" +
      "Have that Include name the files that it means, and run this again; or do it by hand:\n" + two_lines;
  check({"an Include", with("include sshd_config.d/*.conf\n"), read});
  check({"an Include in a Match", with("Match User alice\nInclude /etc/ssh/sshd_config.d/*.conf\n"),
         "sshd ({PID}) goes by " + own + ", and would read " + drop_in + " too, by its Include (" + own + ":3)\n" +
             "Have that Include name the files that it means, and run this again; or do it by hand:\n" + two_lines});
  for (const std::string text : {"",
                                 "AuthorizedKeysCommand /bin/true\nAuthorizedKeysCommandUser root\n"
                                 "Include /etc/ssh/sshd_config.d/*.conf\n"}) {
    WiredSystem wired(with(text));
    const auto image = wired.sshd_image();
    const auto enable = wired.sshaudit("enable");
    EXPECT_EQ(enable.err, "");
    EXPECT_TRUE(enable.out.starts_with(
        filled("sshd ({PID}) goes by another configuration: it is left as it is\nsshd: ", wired)))
        << enable.out;
    EXPECT_EQ(enable.exit_status, 0);
    EXPECT_EQ(wired.sshd_image(), image);
  }
}

// It may be older, and end each login for a token that it does not know.
TEST(WiringAsRoot, AnSshdThatIsAnotherProgram) {
  const std::string other = "/opt/other/sshd";
  const auto make = [=] {
    std::filesystem::create_directories("/opt/other");
    std::filesystem::copy_file("/usr/sbin/sshd", other);
  };
  const std::string why =
      "sshd ({PID}) is /opt/other/sshd, not /usr/sbin/sshd, and goes by /etc/ssh/sshd_config as well\n"
      "What enable writes is for the version of /usr/sbin/sshd. Have one of them go by a file of its own, and run this "
      "again.\n";
  check({"by its default", {.sshd = {other}, .program = other, .mounts = make}, why});
  check({"by -f", {.sshd = {other, "-f", "/etc/ssh/sshd_config"}, .program = other, .mounts = make}, why});
}

TEST(WiringAsRoot, PamThatWasChangedByHandIsLeftAlone) {
  WiredSystem wired;
  const auto path = wired.system().on_host("/etc/pam.d/common-auth");
  auto text = text_of(path);
  text.insert(text.find("# here's the fallback"), "auth\toptional\tpam_permit.so\n");
  std::ofstream(path) << text;
  const auto before = wired.etc();
  const auto enable = wired.sshaudit("enable");
  EXPECT_EQ(enable.exit_status, 0);
  EXPECT_EQ(enable.err, "");
  EXPECT_EQ(enable.out, fmt::format("sshd: {} is written; sshd ({}) has read it\n"
                                    "PAM: left as it is: /etc/pam.d/common-auth:18 is not as pam-auth-update has "
                                    "written it. Add these lines to /etc/pam.d/sshd, above all others:\n"
                                    "    -auth    optional pam_sshaudit.so\n    -account optional pam_sshaudit.so\n"
                                    "    -session optional pam_sshaudit.so\n{}",
                                    drop_in, wired.pid(), outro));
  EXPECT_EQ(wired.sshaudit("disable").exit_status, 0);
  EXPECT_EQ(difference(before, wired.etc()), "");
}

// Its first line asks for a password; behind a module of another profile it waits for one that was asked for.
void add_directory_profile() {
  std::ofstream("/usr/share/pam-configs/directory")
      << "Name: Directory\nDefault: yes\nPriority: 300\nAuth-Type: Primary\n"
         "Auth:\n\t[success=end default=ignore]\tpam_debug.so use_first_pass\n"
         "Auth-Initial:\n\t[success=end default=ignore]\tpam_debug.so\n";
  run_tool({"/usr/bin/env", "DEBIAN_FRONTEND=noninteractive", "/usr/sbin/pam-auth-update", "--package"});
}

TEST(WiringAsRoot, PamWhereAnotherProfileAsksForThePassword) {
  WiredSystem wired({.mounts = add_directory_profile});
  const auto before = wired.etc();
  const auto enable = wired.sshaudit("enable");
  EXPECT_EQ(enable.exit_status, 0);
  EXPECT_EQ(enable.err, "");
  EXPECT_EQ(enable.out, fmt::format("sshd: {} is written; sshd ({}) has read it\n"
                                    "PAM: left as it is: pam-auth-update would change another line of "
                                    "/etc/pam.d/common-auth with it, to \"auth [success=2 default=ignore] "
                                    "pam_debug.so use_first_pass\". Add these lines to /etc/pam.d/sshd, above all "
                                    "others:\n"
                                    "    -auth    optional pam_sshaudit.so\n    -account optional pam_sshaudit.so\n"
                                    "    -session optional pam_sshaudit.so\n{}",
                                    drop_in, wired.pid(), outro));
  EXPECT_EQ(wired.sshaudit("disable").exit_status, 0);
  EXPECT_EQ(difference(before, wired.etc()), "");
}

TEST(WiringAsRoot, WhatWasPutInByHandStays) {
  WiredSystem wired;
  std::ofstream(wired.system().on_host("/etc/ssh/sshd_config.d/20-mine.conf"))
      << "AuthorizedKeysCommand " << wired.logger() << "\nAuthorizedKeysCommandUser root\n";
  const auto pam = wired.system().on_host("/etc/pam.d/sshd");
  const auto text = "-auth optional pam_sshaudit.so\n" + text_of(pam);
  std::ofstream(pam) << text;
  const auto before = wired.etc();
  const auto disable = wired.sshaudit("disable");
  EXPECT_EQ(disable.exit_status, 2);
  EXPECT_EQ(disable.err,
            "sshaudit: left alone: /etc/ssh/sshd_config.d/20-mine.conf:1 runs the logger, and was not put there by "
            "enable: take it out by hand, and reload sshd\n"
            "sshaudit: left alone: /etc/pam.d/sshd:1 names pam_sshaudit.so, and was not put there by enable: take the "
            "line out by hand\n");
  EXPECT_EQ(disable.out, "");
  EXPECT_EQ(difference(before, wired.etc()), "");
}

TEST(WiringAsRoot, AChangedFileIsLeftAlone) {
  WiredSystem wired;
  EXPECT_EQ(wired.sshaudit("enable").exit_status, 0);
  std::ofstream(wired.system().on_host(drop_in), std::ios::app) << "# and a word of mine\n";
  const auto disable = wired.sshaudit("disable");
  EXPECT_EQ(disable.exit_status, 2);
  EXPECT_EQ(disable.err, "sshaudit: left alone: " + drop_in +
                             " has been changed since enable wrote it: take it out by hand, and reload sshd\n");
  EXPECT_EQ(disable.out, "PAM: pam_sshaudit.so is taken out\n");
}

// Somebody else has broken the configuration meanwhile: told to read it, sshd would end.
TEST(WiringAsRoot, DisableDoesNotTellSshdToReadWhatEndsIt) {
  WiredSystem wired;
  EXPECT_EQ(wired.sshaudit("enable").exit_status, 0);
  const auto image = wired.sshd_image();
  const auto path = wired.system().on_host("/etc/ssh/sshd_config");
  const auto text = text_of(path);
  std::ofstream(path, std::ios::app) << "Permit no\n";
  const auto disable = wired.sshaudit("disable");
  EXPECT_EQ(disable.exit_status, 2);
  EXPECT_EQ(disable.out, "sshd: " + drop_in + " is removed\nPAM: pam_sshaudit.so is taken out\n");
  EXPECT_EQ(disable.err,
            filled("sshaudit: " + drop_in +
                       " is removed; sshd ({PID}) is not told, because sshd -t says: /etc/ssh/sshd_config: line 9: Bad "
                       "configuration option: Permit; /etc/ssh/sshd_config: terminating, 1 bad configuration options\n"
                       "It runs the logger until it reads its configuration: see that sshd -t says nothing, and run "
                       "this again.\n",
                   wired));
  EXPECT_EQ(wired.sshd_image(), image);
  std::ofstream(path) << text;
  EXPECT_EQ(wired.log_in_as_alice(), "let in\n");
  settle(wired);
}

// A daemon that starts meanwhile may have found the directory, and needs it for every login.
TEST(WiringAsRoot, TheDirectoryOfSshdStays) {
  WiredSystem wired({.sshd = {}});
  wired.run({"/bin/rmdir", "/run/sshd"});
  EXPECT_EQ(wired.sshaudit("enable").exit_status, 0);
  EXPECT_EQ(wired.run({"/usr/bin/stat", "-c", "%A %U", "/run/sshd"}).out, "drwxr-xr-x root\n");
}

TEST(WiringAsRoot, KilledAtAnyMoment) {
  WiredSystem wired;
  const auto before = wired.etc();
  const auto effective = wired.effective();
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_EQ(wired.sshaudit("enable").exit_status, 0);
  const auto whole = std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - begin);
  EXPECT_EQ(wired.sshaudit("disable").exit_status, 0);
  constexpr int points = 12;
  for (int i = 0; i < points; ++i) {
    SCOPED_TRACE(i);
    const auto started = start_sshaudit({"enable"}, [&] { wired.space().join(); });
    usleep(static_cast<useconds_t>(whole.count() * i / points));
    kill(started.process, SIGKILL);
    finish(started);
    settle(wired);
    EXPECT_EQ(wired.run({"/usr/sbin/sshd", "-t"}).err, "");
    EXPECT_EQ(wired.log_in_as_alice(), "let in\n");
    settle(wired);
    if (i % 2 == 0) {
      EXPECT_EQ(wired.sshaudit("enable").exit_status, 0);
      EXPECT_EQ(wired.sshaudit("status").out, working(wired));
    }
    EXPECT_EQ(wired.sshaudit("disable").exit_status, 0);
    EXPECT_EQ(difference(before, wired.etc()), "");
    EXPECT_EQ(wired.effective(), effective);
  }
}

}  // namespace
}  // namespace sshaudit::e2e
