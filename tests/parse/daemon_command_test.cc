// SPDX-License-Identifier: MIT
#include "parse/daemon_command.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace sshaudit {
namespace {

using namespace std::string_literals;
using Lines = std::vector<std::string>;

std::string vector_of(const Lines& arguments) {
  std::string bytes;
  for (const auto& argument : arguments) bytes += argument + '\0';
  return bytes;
}

std::string title_of(const std::string& arguments) {
  return "sshd: " + arguments + " [listener] 0 of 10-100 startups" + std::string(20, '\0');
}

// The same words both ways.
void expect_command(const Lines& arguments, const DaemonCommand& expected) {
  EXPECT_EQ(parse_daemon_command(vector_of(arguments)), expected);
  std::string joined;
  for (const auto& argument : arguments) joined += (joined.empty() ? "" : " ") + argument;
  EXPECT_EQ(parse_daemon_command(title_of(joined)), expected) << joined;
}

void expect_no_listener(const std::string& cmdline) {
  const auto command = parse_daemon_command(cmdline);
  EXPECT_FALSE(command.has_value()) << testing::PrintToString(cmdline) << " -> " << command->program;
}

constexpr const char* sshd = "/usr/sbin/sshd";

TEST(DaemonCommand, OneOfNoConsequence) {
  expect_command({sshd}, {sshd, "", {}, {}, true});
  expect_command({sshd, "-D"}, {sshd, "", {}, {}, true});
  expect_command({sshd, "-De", "-u0", "-E", "/var/log/sshd", "-Q", "-b", "1024", "-k", "3600", "-q", "-r"},
                 {sshd, "", {}, {}, true});
  expect_command({sshd, "-ddd"}, {sshd, "", {}, {}, true});
}

TEST(DaemonCommand, ItsFileAndItsOptions) {
  expect_command({sshd, "-D", "-f", "/etc/ssh/other", "-o", "UsePAM=yes", "-o", "MaxAuthTries=3"},
                 {sshd, "/etc/ssh/other", {"UsePAM=yes", "MaxAuthTries=3"}, {}, true});
  expect_command({sshd, "-f/etc/x", "-oUsePAM=no", "-Dof=x"}, {sshd, "/etc/x", {"UsePAM=no", "f=x"}, {}, true});
  expect_command({sshd, "-f", "/a", "-f", "/b"}, {sshd, "/b", {}, {}, true});
}

TEST(DaemonCommand, AValueMayLookLikeAnOption) {
  expect_command({sshd, "-o", "-f", "-f", "-D", "-h", "-46"}, {sshd, "-D", {"-f", "HostKey -46"}, {}, true});
}

TEST(DaemonCommand, WhatOtherOptionsStandFor) {
  expect_command({sshd, "-p", "22", "-o", "UseDNS=yes", "-p2222", "-h/key", "-c", "/key-cert.pub"},
                 {sshd,
                  "",
                  {"Port 22", "UseDNS=yes", "Port 2222", "HostKey /key", "HostCertificate /key-cert.pub"},
                  {22, 2222},
                  true});
  expect_command({sshd, "-p", "ssh", "-p", "65535"}, {sshd, "", {"Port ssh", "Port 65535"}, {65535}, true});
  EXPECT_EQ(parse_daemon_command(vector_of({sshd, "-h", "/my key"}))->options, Lines{"HostKey \"/my key\""});
}

TEST(DaemonCommand, WhatOverridesAnOptionStandsInFront) {
  expect_command({sshd, "-o", "LoginGraceTime=1", "-g", "60", "-4", "-g", "2m", "-6"},
                 {sshd, "", {"AddressFamily inet6", "LoginGraceTime 2m", "LoginGraceTime=1"}, {}, true});
}

TEST(DaemonCommand, WordsOfAVectorAreExact) {
  EXPECT_EQ(parse_daemon_command(vector_of({"/opt/my ssh/sshd", "-o", "AllowUsers a b -D", "-f", "/a b", "-o", ""})),
            (DaemonCommand{"/opt/my ssh/sshd", "/a b", {"AllowUsers a b -D", ""}, {}, true}));
}

TEST(DaemonCommand, WordsOfATitleAreGuessed) {
  EXPECT_EQ(parse_daemon_command(title_of("/usr/sbin/sshd -o AllowUsers a  b -f /my file -D")),
            (DaemonCommand{sshd, "/my file", {"AllowUsers a  b"}, {}, false}));
  EXPECT_EQ(parse_daemon_command(title_of("/opt/my ssh/sshd -D")),
            (DaemonCommand{"/opt/my ssh/sshd", "", {}, {}, false}));
  EXPECT_EQ(parse_daemon_command(title_of("/usr/sbin/sshd -o  -D")), (DaemonCommand{sshd, "", {""}, {}, true}));
}

// sshd does not start with an argument that no option takes, nor does it listen with -t.
TEST(DaemonCommand, OnlyWhatSshdCanHaveBeenGivenEndsAValue) {
  const auto options_of = [](const std::string& value) {
    const auto command = parse_daemon_command(title_of("/usr/sbin/sshd -o " + value + " -p 22"));
    EXPECT_FALSE(command->exact) << value;
    EXPECT_EQ(command->ports, std::vector<int>{22}) << value;
    return command->options;
  };
  for (const auto* value : {"AuthorizedKeysCommand /bin/keys -D %u", "AuthorizedKeysCommand /bin/keys -t %u",
                            "AuthorizedKeysCommand /bin/keys --foo -x -", "ForceCommand run -De 4 -X"}) {
    EXPECT_EQ(options_of(value), (Lines{value, "Port 22"}));
  }
}

TEST(DaemonCommand, WordsThatNoKnownSshdTakesAreAGuess) {
  EXPECT_EQ(parse_daemon_command(title_of("/usr/sbin/sshd -Z more -f /x")), (DaemonCommand{sshd, "/x", {}, {}, false}));
  EXPECT_EQ(parse_daemon_command(title_of("/usr/sbin/sshd -D -o")), (DaemonCommand{sshd, "", {""}, {}, false}));
}

// As sshd 9.2 shows it.
TEST(DaemonCommand, ATitleIsVisuallyEncoded) {
  const auto options_of = [](const std::string& value) {
    return parse_daemon_command(title_of("/usr/sbin/sshd -o " + value))->options;
  };
  EXPECT_EQ(options_of(R"(AllowUsers=DOM\\user\tb\303\251)"), Lines{"AllowUsers=DOM\\user\tb\303\251"});
  EXPECT_EQ(options_of(R"(AllowUsers=DOM\user)"), Lines{R"(AllowUsers=DOM\user)"});
  EXPECT_EQ(options_of(R"(Banner=\30)"), Lines{R"(Banner=\30)"});
  EXPECT_EQ(options_of(R"(Banner=\777\)"), Lines{R"(Banner=\777\)"});
}

// The title has the room of the arguments and the environment, less two bytes; what was there shows behind it.
TEST(DaemonCommand, ATitleMayBeCutOff) {
  const auto cut = [](const std::string& title) { return parse_daemon_command("sshd: " + title + "\0d\0"s); };
  EXPECT_EQ(cut("/usr/s"), (DaemonCommand{"/usr/s", "", {}, {}, false}));
  EXPECT_EQ(cut("/usr/sbin/sshd -D -f /etc/ssh/ot"), (DaemonCommand{sshd, "/etc/ssh/ot", {}, {}, false}));
  EXPECT_EQ(cut("/usr/sbin/sshd -D -"), (DaemonCommand{sshd, "", {}, {}, false}));
  EXPECT_EQ(cut("/usr/sbin/sshd -D -R"), std::nullopt);
  const std::string end = " [listener] 0 of 10-100 startups";
  for (std::size_t n = 2; n < end.size(); ++n) {
    EXPECT_EQ(cut("/usr/sbin/sshd -o X=y" + end.substr(0, n)), (DaemonCommand{sshd, "", {"X=y"}, {}, true})) << n;
  }
}

TEST(DaemonCommand, AVectorMayBeCutOff) {
  const auto bytes = vector_of({sshd, "-f", "/etc/ssh/other"});
  EXPECT_EQ(parse_daemon_command(bytes.substr(0, bytes.size() - 2)),
            (DaemonCommand{sshd, "/etc/ssh/othe", {}, {}, false}));
}

TEST(DaemonCommand, WhoServesAConnectionDoesNotListen) {
  for (const auto* title : {"sshd: alice [priv]", "sshd: alice@pts/0", "sshd: alice@notty", "sshd: [accepted]",
                            "sshd: [net]", "sshd: [rexeced]", "sshd: unknown [priv]", "sshd-session: alice [priv]",
                            "sshd: /usr/sbin/sshd -D -R", "sshd: sshd [priv]", "sshd: sshd@pts/1"}) {
    expect_no_listener(title + "\0\0\0"s);
    expect_no_listener(title);
  }
  for (const auto* option : {"-i", "-R", "-T", "-t", "-G", "-V", "-Cuser=x", "-Di", "-DeR"}) {
    expect_no_listener(vector_of({sshd, "-D", option}));
  }
}

TEST(DaemonCommand, WhatSshdDoesNotStartWith) {
  expect_no_listener(vector_of({sshd, "-D", "extra"}));
  expect_no_listener(vector_of({sshd, "-Z"}));
  expect_no_listener(vector_of({sshd, "-D-"}));
  expect_no_listener(vector_of({sshd, "-"}));
  expect_no_listener(vector_of({sshd, "-o"}));
  expect_no_listener(vector_of({"sshd", "-D"}));
  EXPECT_EQ(parse_daemon_command(vector_of({"sshd", "-Dr"})), (DaemonCommand{"sshd", "", {}, {}, true}));
  EXPECT_EQ(parse_daemon_command(vector_of({sshd, "-D", "--", ""})), (DaemonCommand{sshd, "", {}, {}, true}));
}

TEST(DaemonCommand, OtherPrograms) {
  for (const auto& cmdline : {""s, "\0"s, "\0\0"s, "sshd: "s, "sshd:"s, "sshd: \0"s, "/usr/bin/ssh\0-D\0"s,
                              "sshd: /bin/x [listener] 0 of 10-100 startups\0"s, "sshd:  [listener] "s, "-f\0/x\0"s,
                              "sshd: -D [listener] 0 of 10-100 startups"s, "/\0"s}) {
    expect_no_listener(cmdline);
  }
}

TEST(DaemonCommand, LongAndHostileTitlesEnd) {
  for (const auto* piece : {" -o", " -", "-", " ", "\\", " -D", " -o -", " -oa b", " [listener]", "\\3"}) {
    std::string text = "/usr/sbin/sshd -o a";
    while (text.size() < 64UL * 1024) text += piece;
    EXPECT_TRUE(parse_daemon_command(title_of(text)).has_value()) << piece;
    parse_daemon_command("sshd: " + text);
    parse_daemon_command(text + '\0');
    std::ranges::replace(text, ' ', '\0');
    parse_daemon_command(text);
  }
}

TEST(DaemonCommand, ThePidFile) {
  const auto pid_file = [](const Lines& options) { return pid_file_of({sshd, "", options, {}, true}); };
  EXPECT_EQ(pid_file({}), "");
  EXPECT_EQ(pid_file({"UsePAM=no", "PidFile=/a", "PidFile /b"}), "/a");
  EXPECT_EQ(pid_file({" pidfile  =  /a"}), "/a");
  EXPECT_EQ(pid_file({"PIDFILE \"/a b\" x"}), "/a b");
  EXPECT_EQ(pid_file({"PidFile"}), "");
  EXPECT_EQ(pid_file({"PidFiles /a", "Banner pidfile"}), "");
}

}  // namespace
}  // namespace sshaudit
