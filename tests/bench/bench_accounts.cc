// SPDX-License-Identifier: MIT
// Processor time and memory of a whole audit, as ratios to the bare loop of system calls, in one run on one warm cache.
// Root only: the accounts live in a mount namespace of this process.
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
  for (unsigned i = 0; i < count; ++i) {
    const auto id = first_uid + i;
    const auto name = "user" + std::to_string(id);
    const auto home = "/home/" + name;
    passwd << name << ":x:" << id << ':' << id << "::" << home << ":/bin/bash\n";
    group << name << ":x:" << id << ":\n";
    shadow << name << ":*:20000:0:99999:7:::\n";
    make_directory(home, id, 0755);
    make_directory(home + "/.ssh", id, 0700);
    write_key_file(home + "/.ssh/authorized_keys", id);
  }
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

void compare(const std::vector<std::string>& audit, const std::vector<std::string>& bare, int rounds) {
  run(bare);
  run(audit);
  std::vector<double> ratios;
  std::vector<double> audit_times;
  std::vector<double> bare_times;
  long memory = 0;
  for (int round = 0; round < rounds; ++round) {
    const auto base = run(bare);
    const auto whole = run(audit);
    ratios.push_back(whole.processor / base.processor);
    audit_times.push_back(whole.processor);
    bare_times.push_back(base.processor);
    memory = std::max(memory, whole.memory);
  }
  std::printf("bare loop  %.3f s of processor time (median of %d)\n", median(bare_times), rounds);
  std::printf("sshaudit   %.3f s of processor time, %.1f MiB resident at most\n", median(audit_times),
              static_cast<double>(memory) / 1024);
  std::printf("ratio      %.2f (median; %.2f to %.2f)\n", median(ratios), *std::ranges::min_element(ratios),
              *std::ranges::max_element(ratios));
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
  compare({argv[1], "--all-users", "--format", "ndjson"}, {argv[2], "/etc/passwd"}, rounds);
  return 0;
}
