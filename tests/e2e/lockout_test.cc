// SPDX-License-Identifier: MIT
// Nobody is locked out: every login that works without the logger and the PAM module works with them, whatever is
// broken.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "cases.h"
#include "fuse_device.h"
#include "log_capture.h"

namespace sshaudit::e2e {
namespace {

constexpr auto broken = "/opt/broken";
constexpr auto wrapper = "/opt/wrapper";
constexpr auto supplier = "/opt/supplier";
const std::string other = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8g other\n";

struct Fault {
  std::string title;
  std::string script;  // of the program that is broken
  mode_t mode = 0755;
};

const std::vector<Fault> faults = {
    {"crashes at start", "#!/bin/sh\nkill -SEGV $$\n"},
    {"writes garbage", "#!/bin/sh\nhead -c 300000 /dev/urandom\nhead -c 300000 /dev/urandom >&2\n"},
    {"exits with 1", "#!/bin/sh\nexit 1\n"},
    {"hangs", "#!/bin/sh\ntrap '' TERM\nexec sleep 600\n"},
    {"is no program", "this is no program\n"},
    {"is not executable", "#!/bin/sh\nexit 0\n", 0644},
};

void bind_over(const std::string& source, const std::string& target) {
  if (mount(source.c_str(), target.c_str(), nullptr, MS_BIND, nullptr) != 0) {
    throw std::system_error(errno, std::generic_category(), "bind " + target);
  }
}

std::string finder_path() { return FINDER_PATH; }

struct Login {
  std::vector<std::string> options;  // of sshd
  std::vector<std::string> keys = {"ed25519 b", "ed25519"};
};

std::vector<std::string> by(const std::string& command) {
  return {"AuthorizedKeysCommand=" + command, "AuthorizedKeysCommandUser=root"};
}

// The key stands in the file.
Login by_file(const std::string& command) { return {by(command)}; }

// The key comes from a command behind ours.
Login by_chain(const std::string& command) {
  return {by(command + " --then-user nobody --then " + supplier + " %u %f"), {"ed25519 b", "ed25519"}};
}

void add_module(Scene& scene, const std::string& more = {}) {
  for (const auto* kind : {"account", "session"}) {
    scene.account_line += std::string(kind) + " optional " + module_path() + more + "\n";
  }
}

// What the supplier is told and who it is has to be as if sshd had started it, or it supplies nothing.
void add_supplier(Scene& scene) {
  scene.write_keys(other);
  scene.system.make_file(supplier,
                         "#!/bin/sh\n[ \"$1:$(id -un):$USER:$LOGNAME\" = alice:nobody:nobody:nobody ] || exit 0\n"
                         "case $2 in SHA256:*) cat /etc/supplied ;; esac\n",
                         root_owner, 0755);
  scene.system.make_file("/etc/supplied", scene.own_line(), root_owner, 0644);
}

void expect_accepted(const std::string& title, const Login& login, const std::function<void(Scene&)>& make,
                     const std::string& came = "accepted", bool log_listens = true) {
  SCOPED_TRACE(title);
  const TemporaryDirectory directory;
  AuditedSystem system(directory.path());
  install_logger(system);
  Scene scene{system, system.person("alice", alice_id)};
  build(scene, make);
  const LogCapture capture(system, log_listens);
  LoginAttempt attempt{.user = "alice", .sshd_options = login.options};
  for (const auto& key : login.keys) attempt.keys.push_back(ClientKeys::file(key));
  const auto end = log_in(attempt, [&] {
    enter_debian(system, scene.mounts);
    capture.take_over();
  });
  EXPECT_EQ(end.came, came) << end.log << end.told;
}

TEST(LockoutAsRoot, LoggerIsBroken) {
  for (const auto& fault : faults) {
    if (fault.title == "hangs")
      continue;  // sshd waits for its command for good: that of ours starts no wait, see below
    expect_accepted(fault.title, by_file(std::string(broken) + " %u"), [&](Scene& s) {
      add_module(s);
      s.system.make_file(broken, fault.script, root_owner, fault.mode);
    });
  }
  expect_accepted("is missing", by_file("/opt/missing %u"), [](Scene& s) { add_module(s); });
}

TEST(LockoutAsRoot, ReasonFinderIsBroken) {
  for (const auto& fault : faults) {
    const auto make = [&](Scene& s) {
      add_module(s, " deadline=1");
      s.system.make_file(broken, fault.script, root_owner, fault.mode);
      s.mounts.push_back([] { bind_over(broken, finder_path()); });
    };
    const auto command = std::string(logger_path) + " --deadline=1 %u %U %h %t %f %k";
    expect_accepted(fault.title, by_file(command), make);
    expect_accepted(fault.title + ", chained", by_chain(command), [&](Scene& s) {
      make(s);
      add_supplier(s);
    });
  }
}

// The module waits for its logger with tell_user alone, and not longer than it may.
TEST(LockoutAsRoot, ModuleTellsUser) {
  for (const auto& fault : faults) {
    expect_accepted(fault.title, {}, [&](Scene& s) {
      s.account_line += "account optional " + module_path() + " tell_user deadline=1\n";
      s.system.make_file(broken, fault.script, root_owner, fault.mode);
      s.mounts.push_back([] { bind_over(broken, module_logger_path()); });
    });
  }
}

TEST(LockoutAsRoot, WithoutMemoryOrDescriptors) {
  for (const std::string limit : {"-v 6000", "-v 20000", "-n 4", "-u 0", "-f 0", "-s 64"}) {
    const auto make = [&](Scene& s) {
      s.system.make_file(wrapper, "#!/bin/bash\nulimit " + limit + "\nexec " + logger_path + " \"$@\"\n", root_owner,
                         0755);
    };
    const auto command = std::string(wrapper) + " --deadline=1 %u %U %h %t %f %k";
    expect_accepted("ulimit " + limit, by_file(command), make);
    const Login login = {by(command + " --then-user root --then /bin/cat /etc/supplied")};
    expect_accepted("ulimit " + limit + ", chained", login, [&](Scene& s) {
      make(s);
      add_supplier(s);
    });
  }
}

// A log that takes nothing any more. Modules of PAM would hang with it without us too.
TEST(LockoutAsRoot, SyslogIsDead) {
  const auto fill_log = [] {
    const int sender = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::string("/var/log-socket").copy(address.sun_path, sizeof address.sun_path - 1);
    const std::string junk(1000, 'x');
    int sent = 0;
    while (sendto(sender, junk.data(), junk.size(), 0, reinterpret_cast<sockaddr*>(&address), sizeof address) > 0)
      ++sent;
    close(sender);
    if (sent == 0 || errno != EAGAIN) throw std::system_error(errno, std::generic_category(), "fill the log");
  };
  const auto command = std::string(logger_path) + " --deadline=1 %u %U %h %t %f %k";
  for (auto login : {by_file(command), by_chain(command)}) {
    login.options.push_back("UsePAM=no");
    const auto make = [&](Scene& s) {
      s.mounts.push_back(fill_log);
      if (login.options[0].find("--then") != std::string::npos) add_supplier(s);
    };
    expect_accepted("dead syslog", login, make, "accepted", false);
  }
}

// A file system in user space whose program never answers. The session is one that needs no home.
TEST(LockoutAsRoot, HomeIsHung) {
  if (!kernel_has_fuse()) GTEST_SKIP() << "this kernel has no FUSE";
  const auto hang = [] {
    const int fuse = open_fuse();
    const auto options = "fd=" + std::to_string(fuse) + ",rootmode=40000,user_id=0,group_id=0,allow_other";
    if (fuse < 0 || mount("hung", "/home/alice", "fuse", 0, options.c_str()) != 0) {
      throw std::system_error(errno, std::generic_category(), "mount fuse");
    }
  };
  const auto command = std::string(logger_path) + " --deadline=1 %u %U %h %t %f %k";
  for (auto login : {by_file(command), by_chain(command), by_file("/bin/true")}) {
    login.options.push_back("UsePAM=no");
    const auto make = [&](Scene& s) {
      const bool chained = login.options[0].find("--then") != std::string::npos;
      if (chained) add_supplier(s);
      s.move_keys_to("/etc/ssh/keys/alice", root_owner, 0644);
      s.system.make_directory("/srv/jail", root_owner, 0755);
      s.settings += "ChrootDirectory /srv/jail\nForceCommand internal-sftp\n";
      s.mounts.push_back(hang);
    };
    expect_accepted(login.options[0], login, make, "closes");
  }
}

}  // namespace
}  // namespace sshaudit::e2e
