// SPDX-License-Identifier: MIT
#include "documented_host.h"

#include <pty.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>
#include <stdexcept>

#include "debian_etc.h"

namespace sshaudit::e2e {
namespace {

namespace fs = std::filesystem;
constexpr unsigned patience = 60;  // seconds; a net for what hangs
constexpr gid_t staff = 50;
constexpr std::string_view host_name = "web1";

void enter_shell(const AuditedSystem& system, const std::string& command) {
  if (unshare(CLONE_NEWUTS) != 0 || sethostname(host_name.data(), host_name.size()) != 0) _exit(127);
  enter_debian(system, {[&] {
                 // Another system, for --root: the same one.
                 if (mount(system.root().c_str(), "/mnt", nullptr, MS_BIND, nullptr) != 0) _exit(127);
               }});
  if (chdir("/root") != 0) _exit(127);
  setenv("PATH", "/opt/sshaudit:/usr/sbin:/usr/bin:/sbin:/bin", 1);
  setenv("NO_COLOR", "1", 1);
  alarm(patience);
  execl("/bin/bash", "bash", "--norc", "-c", command.c_str(), nullptr);
  _exit(127);
}

// Everything that comes, with an answer where one is asked for.
std::string talk(int fd, std::string_view answer) {
  std::string shown;
  for (char letter = 0; read(fd, &letter, 1) == 1;) {
    shown += letter;
    if (shown.ends_with("[y/N] ") && write(fd, answer.data(), answer.size()) < 0) break;
  }
  std::erase(shown, '\r');
  return shown;
}

}  // namespace

DocumentedHost::DocumentedHost() {
  system_.add_usual_person("alice", 2001);
  system_.add_usual_person("bob", 2002);
  system_.write_databases();
  run_tool({"/bin/sed", "-i", "s/^staff:.*/&alice,bob/", system_.on_host("/etc/group")});
  add_debian_etc(system_, "", "", "");
  for (const auto* path : {"/opt/sshaudit", "/var/lib/prometheus", "/var/lib/prometheus/node-exporter"})
    system_.make_directory(path, root_owner, 0755);
  fs::copy_file(SSHAUDIT_PROGRAM, system_.on_host("/opt/sshaudit/sshaudit"));
  put_key("/root/alice.pub", "ed25519 of alice", "alice laptop", root_owner);
  put_key("/root/new.pub", "ed25519 new", "new laptop", root_owner);
  put_key("/root/backup.pub", "ed25519 backup", "backup", root_owner);
  renew();
}

void DocumentedHost::put_key(const std::string& path, const std::string& name, const std::string& comment,
                             Owner owner) {
  const auto line = ClientKeys::line(name);
  const auto key = line.substr(0, line.find(' ', line.find(' ') + 1));
  system_.remove(path);
  system_.make_file(path, key + " " + comment + "\n", owner, 0600);
}

void DocumentedHost::renew() {
  system_.remove("/var/lib/sshaudit");
  put_key("/home/alice/.ssh/authorized_keys", "ed25519 of alice", "alice laptop", {2001, 2001});
  put_key("/home/bob/.ssh/authorized_keys", "ed25519 of bob", "bob@desk", {2002, 2002});
  system_.change_owner("/home/alice", {2001, staff});
  system_.change_mode("/home/alice", 0775);
}

AuditRun DocumentedHost::run(const std::string& command, bool terminal) {
  std::array<int, 2> ends{};
  int fd = -1;
  if (!terminal && pipe(ends.data()) != 0) throw std::runtime_error("pipe");
  const auto child = terminal ? forkpty(&fd, nullptr, nullptr, nullptr) : fork();
  if (child < 0) throw std::runtime_error("fork");
  if (child == 0) {
    if (!terminal) {
      dup2(ends[1], STDOUT_FILENO);
      dup2(ends[1], STDERR_FILENO);
      close(ends[0]);
      close(ends[1]);
    }
    enter_shell(system_, command);
  }
  if (!terminal) {
    close(ends[1]);
    fd = ends[0];
  }
  AuditRun run;
  run.out = talk(fd, "y\n");
  close(fd);
  int status = 0;
  waitpid(child, &status, 0);
  run.exit_status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return run;
}

std::string DocumentedHost::newest_record() const {
  const auto records = system_.on_host("/var/lib/sshaudit/undo");
  std::string newest;
  if (!fs::exists(records)) return newest;
  for (const auto& entry : fs::directory_iterator(records)) {
    const auto name = entry.path().filename().string();
    if (!name.starts_with('.')) newest = std::max(newest, name);
  }
  return newest;
}

}  // namespace sshaudit::e2e
