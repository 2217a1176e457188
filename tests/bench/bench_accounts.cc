// SPDX-License-Identifier: MIT
// Processor time and memory of a whole audit, as ratios in one run on one warm cache: to the bare loop of system calls,
// and of a configuration with 50 Match blocks to one without any. Root only: the accounts live in a mount namespace of
// this process.
#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>
#include <vector>

#include "private_mounts.h"

namespace {

constexpr unsigned first_uid = 20000;
constexpr auto key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f bench@example\n";

[[noreturn]] void fail(const std::string& what) {
  std::perror(what.c_str());
  std::exit(2);
}

void must(int result, const std::string& what) {
  if (result != 0) fail(what);
}

void replace_file(const std::string& mine, const char* hosts) {
  must(mount(mine.c_str(), hosts, nullptr, MS_BIND, nullptr), std::string("mount over ") + hosts);
}

void write_key_file(const std::string& path, unsigned id) {
  const int fd = open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (fd < 0) fail(path);
  const std::string text = key;
  if (write(fd, text.data(), text.size()) != static_cast<ssize_t>(text.size())) fail(path);
  must(fchown(fd, id, id), path);
  close(fd);
}

void make_directory(const std::string& path, unsigned id, mode_t mode) {
  must(mkdir(path.c_str(), mode), path);
  must(chown(path.c_str(), id, id), path);
}

// `count` accounts with a private group each, and below /home what sshd looks at.
void make_accounts(unsigned count) {
  if (!sshaudit::enter_private_mounts()) fail("make a mount namespace");
  must(mount("bench", "/home", "tmpfs", 0, "mode=0755,nr_inodes=0,size=80%"), "mount /home");
  std::ofstream passwd("/home/.passwd");
  std::ofstream group("/home/.group");
  std::ofstream shadow("/home/.shadow");
  passwd << "root:x:0:0:root:/root:/bin/bash\n";
  group << "root:x:0:\n";
  shadow << "root:*:20000:0:99999:7:::\n";
  std::vector<std::string> teams(10);
  for (unsigned i = 0; i < count; ++i) {
    const auto id = first_uid + i;
    const auto name = "user" + std::to_string(id);
    const auto home = "/home/" + name;
    passwd << name << ":x:" << id << ':' << id << "::" << home << ":/bin/bash\n";
    group << name << ":x:" << id << ":\n";
    teams.at(i % teams.size()) += (i < teams.size() ? "" : ",") + name;
    shadow << name << ":*:20000:0:99999:7:::\n";
    make_directory(home, id, 0755);
    make_directory(home + "/.ssh", id, 0700);
    write_key_file(home + "/.ssh/authorized_keys", id);
  }
  for (std::size_t i = 0; i < teams.size(); ++i) group << "team" << i << ":x:" << 10000 + i << ':' << teams[i] << '\n';
  passwd.close();
  group.close();
  shadow.close();
  replace_file("/home/.passwd", "/etc/passwd");
  replace_file("/home/.group", "/etc/group");
  replace_file("/home/.shadow", "/etc/shadow");
}

struct Cost {
  double processor = 0;  // seconds, user and system
  long memory = 0;       // KiB, largest resident set
};

Cost run(const std::vector<std::string>& command) {
  std::vector<char*> argv;
  for (const auto& word : command) argv.push_back(const_cast<char*>(word.c_str()));
  argv.push_back(nullptr);
  const pid_t child = fork();
  if (child < 0) fail("fork");
  if (child == 0) {
    if (std::freopen("/dev/null", "w", stdout) == nullptr) _exit(126);
    execv(argv[0], argv.data());
    _exit(127);
  }
  int status = 0;
  rusage usage{};
  if (wait4(child, &status, 0, &usage) != child) fail("wait");
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
    std::fprintf(stderr, "%s ended with status %d\n", command[0].c_str(), status);
    std::exit(2);
  }
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return {seconds(usage.ru_utime) + seconds(usage.ru_stime), usage.ru_maxrss};
}

template <class Value>
Value median(std::vector<Value> values) {
  std::ranges::sort(values);
  return values[values.size() / 2];
}

struct Candidate {
  std::string name;
  std::vector<std::string> command;
};

void compare(const Candidate& base, const Candidate& other, int rounds) {
  run(base.command);
  run(other.command);
  std::vector<double> ratios;
  std::vector<double> base_times;
  std::vector<double> other_times;
  long memory = 0;
  for (int round = 0; round < rounds; ++round) {
    const auto first = run(base.command);
    const auto second = run(other.command);
    ratios.push_back(second.processor / first.processor);
    base_times.push_back(first.processor);
    other_times.push_back(second.processor);
    memory = std::max(memory, second.memory);
  }
  std::printf("%-12s %.3f s of processor time (median of %d)\n", base.name.c_str(), median(base_times), rounds);
  std::printf("%-12s %.3f s of processor time, %.1f MiB resident at most\n", other.name.c_str(), median(other_times),
              static_cast<double>(memory) / 1024);
  std::printf("%-12s %.2f (median; %.2f to %.2f)\n", "ratio", median(ratios), *std::ranges::min_element(ratios),
              *std::ranges::max_element(ratios));
  std::fflush(stdout);
}

// Blocks for single users, lists, patterns, groups and networks. Each account reaches one or two of them.
void write_match_blocks(const std::string& path) {
  std::ofstream config(path);
  config << "UsePAM yes\n";
  for (unsigned i = 0; i < 10; ++i) {
    const auto name = "user" + std::to_string(first_uid + i);
    config << "Match User " << name << "\n  PermitTTY no\n";
    config << "Match User *" << i << "77,!" << name << "\n  X11Forwarding no\n";
    config << "Match Group team" << i << "\n  AllowTcpForwarding no\n";
    config << "Match Group !" << name << ",team" << i << " User user*" << i << "\n  PermitTunnel no\n";
    config << "Match Address 10." << i << ".0.0/16 User user" << i << "\n  PasswordAuthentication no\n";
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3 || geteuid() != 0) {
    std::fputs("usage, as root: bench_accounts SSHAUDIT BARE_LOOP [ACCOUNTS [ROUNDS]]\n", stderr);
    return 2;
  }
  const auto count = argc > 3 ? static_cast<unsigned>(std::stoul(argv[3])) : 100000U;
  const int rounds = argc > 4 ? std::stoi(argv[4]) : 5;
  umask(0);
  make_accounts(count);
  std::printf("accounts   %u with home, .ssh and key file, warm cache\n", count);
  std::fflush(stdout);
  // Another version than the one that is installed: then sshd itself is not asked, which takes what it takes.
  const auto with = [&](const std::string& config) {
    return std::vector<std::string>{argv[1],         "--all-users", "--format",       "ndjson",
                                    "--sshd-config", config,        "--sshd-version", "OpenSSH_8.9p1"};
  };
  std::ofstream("/home/.plain") << "UsePAM yes\n";
  write_match_blocks("/home/.match");
  compare({"bare loop", {argv[2], "/etc/passwd"}}, {"sshaudit", with("/home/.plain")}, rounds);
  compare({"no Match", with("/home/.plain")}, {"50 Match", with("/home/.match")}, rounds);
  return 0;
}
