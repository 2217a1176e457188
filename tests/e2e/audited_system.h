// SPDX-License-Identifier: MIT
// A system that is made up below a directory, the auditor run on it, and what the auditor said of it.
#pragma once

#include <sys/types.h>

#include <compare>
#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace sshaudit::e2e {

// A directory of its own, removed with all that is in it.
class TemporaryDirectory {
 public:
  TemporaryDirectory();
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
  ~TemporaryDirectory();

  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

struct Owner {
  uid_t uid = 0;
  gid_t gid = 0;
};
constexpr Owner root_owner{};

// A row of passwd. The directories that belong to it are made by AuditedSystem::add_usual_home.
struct Person {
  std::string name;
  uid_t uid = 0;
  gid_t gid = 0;
  std::string home;
  std::string shell = "/bin/bash";
  std::string gecos;
  std::string password = "*";  // in shadow

  Owner owner() const { return {uid, gid}; }
  std::string ssh() const { return home + "/.ssh"; }
  std::string key_file() const { return home + "/.ssh/authorized_keys"; }
};

// Paths are those of the audited system; every function throws std::system_error when the kernel refuses.
class AuditedSystem {
 public:
  // `root` is an empty directory, which becomes a Debian 12 without any account but its own.
  explicit AuditedSystem(std::string root);

  // The names of the accounts that it begins with. None of them has a key.
  static std::vector<std::string> own_accounts();

  const std::string& root() const { return root_; }
  std::string on_host(std::string_view path) const { return root_ + std::string(path); }

  void make_directory(const std::string& path, Owner owner, mode_t mode);
  void make_file(const std::string& path, std::string_view content, Owner owner, mode_t mode);
  void make_link(const std::string& target, const std::string& path, Owner owner = root_owner);
  void make_fifo(const std::string& path, Owner owner, mode_t mode);
  void change_mode(const std::string& path, mode_t mode);
  void change_owner(const std::string& path, Owner owner);  // of a link itself
  void move(const std::string& from, const std::string& to);
  void set_acl(const std::string& path, const std::string& text);  // acl_from_text(3)
  void remove(const std::string& path);                            // with everything below it

  void add_row(const Person& person);
  void add_group(std::string_view name, gid_t gid, const std::vector<std::string>& members = {});
  void add_line(std::string_view database, std::string_view line);  // "passwd", "group" or "shadow", as it is
  void write_databases();  // at the end: passwd, group and shadow as rows were added

  // An account as useradd(8) makes it (private group, home in /home) with one key in its key file. No row yet.
  Person person(const std::string& name, uid_t uid) const;
  void add_usual_home(const Person& person);
  // Both, with its rows.
  Person add_usual_person(const std::string& name, uid_t uid);

 private:
  std::string root_;
  std::string passwd_;
  std::string group_;
  std::string shadow_;
};

// A line of authorized_keys with an ed25519 key, different for each number.
std::string key_line(std::size_t number, std::string_view comment);

// One finding of the report, or the verdict alone of an account without findings. The host's own have the user "-".
struct ReportLine {
  std::string user;
  std::string key_login;
  std::string rule;
  std::string path;

  auto operator<=>(const ReportLine&) const = default;
};
using ReportLines = std::vector<ReportLine>;

struct AuditRun {
  int exit_status = 0;  // 128 + the signal's number when one ended it
  std::string out;
  std::string err;
};

// Runs sshaudit with these arguments after `prepare`, which is called in the new process. Killed after 60 seconds.
AuditRun run_sshaudit(const std::vector<std::string>& arguments, const std::function<void()>& prepare = {});

// The same in two steps: one that has been started has to be finished, which waits for its end.
struct StartedAudit {
  pid_t process = -1;
  int out = -1;
  int err = -1;
};
StartedAudit start_sshaudit(const std::vector<std::string>& arguments, const std::function<void()>& prepare = {});
AuditRun finish(const StartedAudit& started);

// sshaudit --root of the system, with these arguments behind.
AuditRun audit_below(const AuditedSystem& system, std::vector<std::string> arguments);

// What --sshd-version takes, so that a test means the same on every host.
constexpr auto debian_12_sshd = "OpenSSH_9.2p1 Debian-2+deb12u7";

// Takes this process into a mount namespace of its own, where the system's /etc, /home, /opt, /root, /srv and /var are
// the host's. Programs, devices and /tmp stay those of the host.
void enter(const AuditedSystem& system);

// The lines of a report in ndjson, sorted, with the bytes of names that are not UTF-8. Throws when it is no such
// report.
ReportLines report_lines(const std::string& ndjson);

// What one has and the other has not, at most 20 lines of each; empty when they are the same.
std::string difference(ReportLines expected, ReportLines actual);

}  // namespace sshaudit::e2e
