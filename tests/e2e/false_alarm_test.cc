// SPDX-License-Identifier: MIT
// Systems as they come, and trees as services and containers make them: the nightly job writes nothing about them, and
// whoever has a key there gets in, as `explain` says.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <ostream>

#include "debian_etc.h"
#include "folklore.h"
#include "real_login.h"

namespace sshaudit::e2e {
namespace {

// A system in the making, and those who have a key of their own there: "ed25519".
struct Yard {
  AuditedSystem& system;
  std::vector<std::string> users = {};
  std::string settings = {};  // of sshd_config

  void add_account(const Person& person) {
    system.add_row(person);
    system.add_group(person.name, person.gid);
  }
  void add_home(const std::string& path, Owner owner, mode_t mode) { system.make_directory(path, owner, mode); }
  void add_keys(const Person& person) {
    system.make_directory(person.ssh(), person.owner(), 0700);
    system.make_file(person.key_file(), ClientKeys::line("ed25519"), person.owner(), 0600);
    users.push_back(person.name);
  }
};

struct Stock {
  const char* name;
  void (*make)(Yard&);
};
void PrintTo(const Stock& stock, std::ostream* out) { *out << stock.name; }

void expect_silence(const AuditedSystem& system) {
  const auto inside = run_sshaudit({"--all-users"}, [&] { enter_debian(system, {}); });
  EXPECT_EQ(inside.out, "");
  EXPECT_EQ(inside.err, "");
  EXPECT_EQ(inside.exit_status, 0);
  const auto outside = audit_below(system, {"--all-users", "--sshd-version", debian_12_sshd});
  EXPECT_EQ(outside.out, "");
  EXPECT_EQ(outside.err, "");
  EXPECT_EQ(outside.exit_status, 0);
}

void expect_login(const AuditedSystem& system, const std::string& user) {
  const auto key = ClientKeys::file("ed25519");
  const auto run = run_sshaudit({"explain", user, "--key", key + ".pub", "--from", client_address, "--format", "json"},
                                [&] { enter_debian(system, {}); });
  EXPECT_EQ(run.exit_status, 0) << run.out << run.err;
  const auto json = nlohmann::json::parse(run.out, nullptr, false);
  ASSERT_TRUE(json.is_object() && json.contains("logins") && json.at("logins").size() == 1) << run.out << run.err;
  EXPECT_EQ(json.at("logins").front().at("outcome"), "accepted") << run.out;
  const auto login = log_in({.user = user, .keys = {key}}, [&] { enter_debian(system, {}); });
  EXPECT_EQ(login.came, "accepted") << user << ": " << login.log << login.told;
}

const Stock services[] = {
    {"GitWithHomeInRoot",
     [](Yard& y) {
       y.add_account({"git", 110, 115, "/", "/usr/bin/git-shell", "", "!"});
     }},
    {"GitWithKeys",
     [](Yard& y) {
       y.system.make_directory("/opt/git", root_owner, 0755);
       y.system.make_file("/opt/git/git-shell", "#!/bin/sh\nexec /bin/sh \"$@\"\n", root_owner, 0755);
       const Person git{"git", 110, 115, "/srv/git", "/opt/git/git-shell", "", "!"};
       y.add_account(git);
       y.add_home("/srv/git", git.owner(), 0755);
       y.add_keys(git);
     }},
    {"NfsNobody",
     [](Yard& y) {
       y.add_account({"nfsnobody", 65533, 65533, "/var/lib/nfs", "/sbin/nologin", "", "!!"});
     }},
    {"NfsNobodyAsLargestUid",
     [](Yard& y) {
       y.add_account({"nfsnobody", 4294967294U, 4294967294U, "/var/lib/nfs", "/sbin/nologin", "", "!!"});
     }},
    {"WwwDataOwnsItsTree",
     [](Yard& y) {
       y.system.change_owner("/var/www", {33, 33});
       y.system.change_mode("/var/www", 02775);
     }},
    {"SsmUser",
     [](Yard& y) {
       const Person ssm{"ssm-user", 1001, 1001, "/home/ssm-user", "/bin/sh", "", "!"};
       y.add_account(ssm);
       y.add_home(ssm.home, ssm.owner(), 0755);
     }},
    {"ServicesWithoutHomes",
     [](Yard& y) {
       y.add_account({"redis", 108, 113, "/var/lib/redis", "/usr/sbin/nologin", "", "!"});
       y.add_account({"tss", 109, 114, "/var/lib/tpm", "/bin/false", "", "!"});
       y.add_account({"mysql", 111, 116, "/nonexistent", "/bin/false", "", "!"});
       y.add_account({"jenkins", 112, 117, "/var/lib/jenkins", "/bin/bash", "", "*"});
     }},
};

const Stock containers[] = {
    {"NodeOfAnImage",
     [](Yard& y) {
       const Person node{"node", 1000, 1000, "/home/node", "/bin/bash", "", "!"};
       y.add_account(node);
       y.add_home(node.home, node.owner(), 0755);
     }},
    {"AccountWithALoginShellAndNoHome",  // adduser --system, or useradd -r in a Dockerfile
     [](Yard& y) {
       y.add_account({"app", 999, 999, "/home/app", "/bin/sh", "", "!"});
     }},
    {"HomeSharedWithUsersGroup",
     [](Yard& y) {
       y.system.add_row({"jovyan", 1000, 100, "/home/jovyan", "/bin/bash", "", "!"});
       y.add_home("/home/jovyan", {1000, 100}, 02775);
     }},
    {"ArbitraryUidInGroupOfRoot",
     [](Yard& y) {
       y.system.make_directory("/opt/app-root", {1001, 0}, 0775);
       y.system.make_directory("/opt/app-root/src", {1001, 0}, 0775);
       y.system.add_row({"default", 1001, 0, "/opt/app-root/src", "/sbin/nologin", "", "!"});
     }},
    {"HomeIsTheWorkingDirectory",
     [](Yard& y) {
       y.add_home("/srv/app", root_owner, 0777);
       y.add_account({"app", 1000, 1000, "/srv/app", "/bin/sh", "", "!"});
     }},
};

const Stock images[] = {
    {"CloudUserWithoutPassword",
     [](Yard& y) {
       y.system.make_directory("/etc/ssh/sshd_config.d", root_owner, 0755);
       y.system.make_file("/etc/ssh/sshd_config.d/60-cloudimg-settings.conf", "PasswordAuthentication no\n", root_owner,
                          0644);
       const Person ubuntu{"ubuntu", 1000, 1000, "/home/ubuntu", "/bin/bash", "Ubuntu", "!"};
       y.add_account(ubuntu);
       y.add_home(ubuntu.home, ubuntu.owner(), 0750);
       y.add_keys(ubuntu);
     }},
    {"CloudImageThatSendsRootAway",
     [](Yard& y) {
       const Person admin{"admin", 1000, 1000, "/home/admin", "/bin/bash", "Debian", "!"};
       y.add_account(admin);
       y.add_home(admin.home, admin.owner(), 0755);
       y.add_keys(admin);
       y.system.make_directory("/root/.ssh", root_owner, 0700);
       y.system.make_file("/root/.ssh/authorized_keys",
                          "no-port-forwarding,no-agent-forwarding,no-X11-forwarding,command=\"echo 'Please login as "
                          "the user \\\"admin\\\" rather than the user \\\"root\\\".';echo;sleep 10;exit 142\" " +
                              ClientKeys::line("ed25519"),
                          root_owner, 0600);
     }},
    {"PersonsOfAServer",
     [](Yard& y) {
       for (const uid_t uid : {1000U, 1001U}) {
         const auto person = y.system.person("person" + std::to_string(uid), uid);
         y.add_account(person);
         y.add_home(person.home, person.owner(), 0700);
         if (uid == 1000) y.add_keys(person);
       }
     }},
    {"LockedPasswordAndAKey",  // worth a notice, which the nightly job does not write
     [](Yard& y) {
       auto person = y.system.person("carol", 1000);
       person.password = "!$y$j9T$salt$hash";
       y.add_account(person);
       y.add_home(person.home, person.owner(), 0755);
       y.add_keys(person);
     }},
    {"RootWithKeys",
     [](Yard& y) {
       Person root{"root", 0, 0, "/root"};
       y.add_keys(root);
     }},
};

class FalseAlarmAsRoot : public ::testing::TestWithParam<Stock> {};

TEST_P(FalseAlarmAsRoot, NothingIsReported) {
  const TemporaryDirectory directory;
  AuditedSystem system(directory.path());
  Yard yard{system};
  GetParam().make(yard);
  system.write_databases();
  add_debian_etc(system, yard.settings, "", "");
  expect_silence(system);
  for (const auto& user : yard.users) expect_login(system, user);
}

const auto name_of = [](const auto& info) { return std::string(info.param.name); };
INSTANTIATE_TEST_SUITE_P(Services, FalseAlarmAsRoot, ::testing::ValuesIn(services), name_of);
INSTANTIATE_TEST_SUITE_P(Containers, FalseAlarmAsRoot, ::testing::ValuesIn(containers), name_of);
INSTANTIATE_TEST_SUITE_P(Images, FalseAlarmAsRoot, ::testing::ValuesIn(images), name_of);

// A key that somebody has in place of the one that was made up, byte for byte as long.
void put_real_key(const AuditedSystem& system) {
  const auto base64 = [](const std::string& line) { return line.substr(line.find(' ') + 1, 68); };
  const auto real = base64(ClientKeys::line("ed25519"));
  for (const auto* place : {"/home", "/srv"}) {
    for (const auto& entry : std::filesystem::recursive_directory_iterator(system.on_host(place))) {
      if (!entry.is_regular_file() || entry.is_symlink()) continue;
      std::fstream file(entry.path(), std::ios::in | std::ios::out | std::ios::binary);
      const std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
      const auto found = text.find("AAAAC3NzaC1lZDI1NTE5AAAAI");
      if (found == std::string::npos) continue;
      file.clear();
      file.seekp(static_cast<std::streamoff>(found));
      file << real;
    }
  }
}

class BeliefAsRoot : public ::testing::TestWithParam<Belief> {};

TEST_P(BeliefAsRoot, KeepsNobodyOut) {
  const TemporaryDirectory directory;
  AuditedSystem system(directory.path());
  auto alice = system.person("alice", 1000);
  system.add_usual_home(alice);
  GetParam().make(system, alice);
  system.add_row(alice);
  system.add_group(alice.name, alice.gid);
  system.write_databases();
  add_debian_etc(system, "", "", "");
  put_real_key(system);
  expect_silence(system);
  expect_login(system, alice.name);
}

std::vector<Belief> beliefs_with_keys() {
  auto with_keys = beliefs();
  std::erase_if(with_keys, [](const auto& belief) { return std::string_view(belief.key_login) != "accepted"; });
  return with_keys;
}
INSTANTIATE_TEST_SUITE_P(Beliefs, BeliefAsRoot, ::testing::ValuesIn(beliefs_with_keys()), name_of);

// passwd, group and shadow as base-passwd and the packages of a small installation write them.
constexpr auto stock_passwd =
    "root:x:0:0:root:/root:/bin/bash\ndaemon:x:1:1:daemon:/usr/sbin:/usr/sbin/nologin\n"
    "bin:x:2:2:bin:/bin:/usr/sbin/nologin\nsys:x:3:3:sys:/dev:/usr/sbin/nologin\n"
    "sync:x:4:65534:sync:/bin:/bin/sync\ngames:x:5:60:games:/usr/games:/usr/sbin/nologin\n"
    "man:x:6:12:man:/var/cache/man:/usr/sbin/nologin\nlp:x:7:7:lp:/var/spool/lpd:/usr/sbin/nologin\n"
    "mail:x:8:8:mail:/var/mail:/usr/sbin/nologin\nnews:x:9:9:news:/var/spool/news:/usr/sbin/nologin\n"
    "uucp:x:10:10:uucp:/var/spool/uucp:/usr/sbin/nologin\nproxy:x:13:13:proxy:/bin:/usr/sbin/nologin\n"
    "www-data:x:33:33:www-data:/var/www:/usr/sbin/nologin\nbackup:x:34:34:backup:/var/backups:/usr/sbin/nologin\n"
    "list:x:38:38:Mailing List Manager:/var/list:/usr/sbin/nologin\nirc:x:39:39:ircd:/run/ircd:/usr/sbin/nologin\n"
    "_apt:x:42:65534::/nonexistent:/usr/sbin/nologin\nnobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin\n"
    "systemd-network:x:998:998:systemd Network Management:/:/usr/sbin/nologin\n"
    "systemd-timesync:x:997:997:systemd Time Synchronization:/:/usr/sbin/nologin\n"
    "messagebus:x:100:102::/nonexistent:/usr/sbin/nologin\nsshd:x:101:65534::/run/sshd:/usr/sbin/nologin\n";
constexpr auto stock_groups =
    "root:x:0:\ndaemon:x:1:\nbin:x:2:\nsys:x:3:\nadm:x:4:\ntty:x:5:\ndisk:x:6:\nlp:x:7:\nmail:x:8:\nnews:x:9:\n"
    "uucp:x:10:\nman:x:12:\nproxy:x:13:\nkmem:x:15:\ndialout:x:20:\nfax:x:21:\nvoice:x:22:\ncdrom:x:24:\n"
    "floppy:x:25:\ntape:x:26:\nsudo:x:27:\naudio:x:29:\ndip:x:30:\nwww-data:x:33:\nbackup:x:34:\noperator:x:37:\n"
    "list:x:38:\nirc:x:39:\nsrc:x:40:\nshadow:x:42:\nutmp:x:43:\nvideo:x:44:\nsasl:x:45:\nplugdev:x:46:\n"
    "staff:x:50:\ngames:x:60:\nusers:x:100:\nnogroup:x:65534:\nsystemd-journal:x:999:\nsystemd-network:x:998:\n"
    "systemd-timesync:x:997:\ninput:x:101:\nmessagebus:x:102:\n_ssh:x:103:\n";

// systemd-sysusers and dpkg scripts lock what they add, and leave the ageing fields empty.
std::string stock_shadow() {
  const std::string passwd = stock_passwd;
  std::string shadow;
  for (std::size_t at = 0; at < passwd.size(); at = passwd.find('\n', at) + 1) {
    const auto name = passwd.substr(at, passwd.find(':', at) - at);
    const bool is_added = name.starts_with("systemd-") || name == "messagebus" || name == "sshd";
    shadow += name + (is_added ? ":!:20263::::::\n" : ":*:20228:0:99999:7:::\n");
  }
  return shadow;
}

TEST(StockDebianAsRoot, NothingIsReported) {
  const TemporaryDirectory directory;
  AuditedSystem system(directory.path());
  system.make_file("/etc/passwd", stock_passwd, root_owner, 0644);
  system.make_file("/etc/group", stock_groups, root_owner, 0644);
  system.make_file("/etc/shadow", stock_shadow(), {0, 42}, 0640);
  system.change_owner("/var/mail", {0, 8});
  system.change_mode("/var/mail", 02775);
  add_debian_etc(system, "", "", "");
  expect_silence(system);
}

// As in the nightly service, which has no network: sshd is asked, and cannot ask for the address.
TEST(StockDebianAsRoot, ANameInListenAddressIsNoFault) {
  const TemporaryDirectory directory;
  AuditedSystem system(directory.path());
  Yard yard{system};
  const auto alice = system.person("alice", 2001);
  yard.add_account(alice);
  yard.add_home("/home/alice", alice.owner(), 0755);
  yard.add_keys(alice);
  system.write_databases();
  add_debian_etc(system, "ListenAddress ssh.example.com\n", "", "");
  system.remove("/etc/nsswitch.conf");
  system.make_file("/etc/nsswitch.conf", "hosts: dns\n", root_owner, 0644);
  const auto run = run_sshaudit({"--all-users", "-v"}, [&] { enter_debian(system, {}); });
  EXPECT_EQ(run.out.find("config-invalid"), std::string::npos) << run.out;
  EXPECT_NE(run.out.find("Temporary failure in name resolution"), std::string::npos) << run.out;
}

}  // namespace
}  // namespace sshaudit::e2e
