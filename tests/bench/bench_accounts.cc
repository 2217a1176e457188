// SPDX-License-Identifier: MIT
// What a whole audit costs, as ratios in one run on one warm cache: wall and processor time to the bare loop of system
// calls, memory of all processes together, growth with the number of accounts, a configuration with 50 Match blocks to
// one without any, and beside it what people write themselves. Root only: the accounts live in a mount namespace of
// this process.
#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
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

// Homes of `count` accounts, with what sshd looks at.
void make_homes(unsigned count) {
  if (!sshaudit::enter_private_mounts()) fail("make a mount namespace");
  must(mount("bench", "/home", "tmpfs", 0, "mode=0755,nr_inodes=0,size=80%"), "mount /home");
  for (unsigned id = first_uid; id < first_uid + count; ++id) {
    const auto home = "/home/user" + std::to_string(id);
    make_directory(home, id, 0755);
    make_directory(home + "/.ssh", id, 0700);
    write_key_file(home + "/.ssh/authorized_keys", id);
  }
  for (const std::string name : {"passwd", "group", "shadow"}) {
    std::ofstream("/home/." + name).flush();
    must(mount(("/home/." + name).c_str(), ("/etc/" + name).c_str(), nullptr, MS_BIND, nullptr), "mount " + name);
  }
}

// The first `count` of them are accounts, with a private group each.
void use_accounts(unsigned count) {
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
    passwd << name << ":x:" << id << ':' << id << "::/home/" << name << ":/bin/bash\n";
    group << name << ":x:" << id << ":\n";
    teams.at(i % teams.size()) += (i < teams.size() ? "" : ",") + name;
    shadow << name << ":*:20000:0:99999:7:::\n";
  }
  for (std::size_t i = 0; i < teams.size(); ++i) group << "team" << i << ":x:" << 10000 + i << ':' << teams[i] << '\n';
}

struct Cost {
  double wall = 0;       // seconds
  double processor = 0;  // seconds, user and system, of all processes
  double memory = 0;     // MiB, of all processes together at most; each shared page once. 0: not asked for
};

// Of a process and all that it has started.
double memory_of(pid_t process) {
  const auto directory = "/proc/" + std::to_string(process);
  double kilobytes = 0;
  std::ifstream rollup(directory + "/smaps_rollup");
  for (std::string word; rollup >> word;) {
    if (word == "Pss:") rollup >> kilobytes;
  }
  std::ifstream children(directory + "/task/" + std::to_string(process) + "/children");
  for (pid_t child = 0; children >> child;) kilobytes += 1024 * memory_of(child);
  return kilobytes / 1024;
}

Cost run(const std::vector<std::string>& command, bool with_memory = false) {
  std::vector<char*> argv;
  for (const auto& word : command) argv.push_back(const_cast<char*>(word.c_str()));
  argv.push_back(nullptr);
  const auto start = std::chrono::steady_clock::now();
  std::fflush(stdout);
  const pid_t child = fork();
  if (child < 0) fail("fork");
  if (child == 0) {
    if (std::freopen("/dev/null", "w", stdout) == nullptr) _exit(126);
    execv(argv[0], argv.data());
    _exit(127);
  }
  int status = 0;
  rusage usage{};
  Cost cost;
  while (with_memory && wait4(child, &status, WNOHANG, &usage) == 0) {
    cost.memory = std::max(cost.memory, memory_of(child));
    usleep(20000);
  }
  if (!with_memory && wait4(child, &status, 0, &usage) != child) fail("wait");
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
    std::fprintf(stderr, "%s ended with status %d\n", command[0].c_str(), status);
    std::exit(2);
  }
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  cost.wall = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  cost.processor = seconds(usage.ru_utime) + seconds(usage.ru_stime);
  return cost;
}

double median(std::vector<double> values) {
  std::ranges::sort(values);
  return values[values.size() / 2];
}

struct Candidate {
  std::string name;
  std::vector<std::string> command;
};

// Medians of both, which take turns, and of the ratios.
void compare(const Candidate& base, const Candidate& other, int rounds) {
  run(base.command);
  run(other.command);
  std::vector<double> wall[3];  // of the one, of the other, ratio
  std::vector<double> processor[3];
  const auto note = [](std::vector<double>* lists, double one, double two) {
    lists[0].push_back(one);
    lists[1].push_back(two);
    lists[2].push_back(two / one);
  };
  for (int round = 0; round < rounds; ++round) {
    const auto first = run(base.command);
    const auto second = run(other.command);
    note(wall, first.wall, second.wall);
    note(processor, first.processor, second.processor);
  }
  std::printf("%-34s %7.3f s  %7.3f s of processors\n", base.name.c_str(), median(wall[0]), median(processor[0]));
  std::printf("%-34s %7.3f s  %7.3f s of processors\n", other.name.c_str(), median(wall[1]), median(processor[1]));
  std::printf("%-34s %7.2f    %7.2f    (medians of %d; wall %.2f to %.2f)\n", "  ratio", median(wall[2]),
              median(processor[2]), rounds, *std::ranges::min_element(wall[2]), *std::ranges::max_element(wall[2]));
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

// As hardening guides have it: find(1) and stat(1) for each home.
constexpr auto shell_loop = R"sh(while IFS=: read -r user _ uid _ _ home _; do
  [ "$uid" -ge 1000 ] || continue
  [ "$(stat -L -c %U "$home")" = "$user" ] || echo "$home: owner"
  find "$home" -maxdepth 0 -perm /022
  find "$home/.ssh" -maxdepth 1 -perm /077
done </etc/passwd)sh";

constexpr auto python_loop = R"py(import os, pwd
for user in pwd.getpwall():
    for name in ("", "/.ssh", "/.ssh/authorized_keys"):
        try:
            status = os.stat(user.pw_dir + name)
        except OSError:
            continue
        if status.st_mode & 0o022 or status.st_uid not in (0, user.pw_uid):
            print(user.pw_name, name)
    try:
        with open(user.pw_dir + "/.ssh/authorized_keys") as file:
            for line in file:
                line.split()
    except OSError:
        pass
)py";

void print_memory(const std::vector<std::string>& sshaudit, unsigned count) {
  double memory[2] = {};
  for (const unsigned times : {1U, 2U}) {
    use_accounts(times * count);
    memory[times - 1] = run(sshaudit, true).memory;
    std::printf("memory, %u accounts %20.1f MiB of all processes together\n", times * count, memory[times - 1]);
  }
  std::printf("%-34s %7.2f\n", "  ratio", memory[1] / memory[0]);
}

// For each account, as a multiple of what it takes where there are few; of the bare loop too, for caches grow no
// larger.
void print_growth(const std::vector<Candidate>& candidates, unsigned count, int rounds) {
  for (const auto& candidate : candidates) {
    std::vector<double> few;
    std::vector<double> many;
    for (int round = 0; round < rounds; ++round) {
      use_accounts(count / 4);
      if (round == 0) run(candidate.command);
      few.push_back(run(candidate.command).wall / (count / 4));
      use_accounts(2 * count);
      if (round == 0) run(candidate.command);
      many.push_back(run(candidate.command).wall / (2 * count));
    }
    std::printf("%-34s %7.2f    for each, %u accounts to %u (1 is linear; medians of %d)\n", candidate.name.c_str(),
                median(many) / median(few), 2 * count, count / 4, rounds);
  }
}

void print_others(const std::vector<std::string>& sshaudit, unsigned count) {
  use_accounts(count);
  const auto ours = run(sshaudit).wall / count;
  const unsigned few = std::min(count, 1000U);
  use_accounts(few);
  const auto shell = run({"/bin/sh", "-c", shell_loop}).wall / few;
  std::printf("%-34s %7.1f times as long for each (%u accounts)\n", "find and stat in a shell", shell / ours, few);
  use_accounts(count);
  if (access("/usr/bin/python3", X_OK) != 0) return std::puts("python3 is not here"), void();
  const auto python = run({"/usr/bin/python3", "-c", python_loop}).wall / count;
  std::printf("%-34s %7.2f times as long, for modes and owners alone\n", "Python", python / ours);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3 || geteuid() != 0) {
    std::fputs("usage, as root: bench_accounts SSHAUDIT BARE_LOOP [ACCOUNTS [ROUNDS]]\n", stderr);
    return 2;
  }
  const auto count = argc > 3 ? static_cast<unsigned>(std::stoul(argv[3])) : 100000U;
  const int rounds = argc > 4 ? std::stoi(argv[4]) : 5;
  setvbuf(stdout, nullptr, _IOLBF, 0);
  umask(0);
  make_homes(2 * count);
  std::printf("%u accounts with home, .ssh and key file, warm cache, %ld processors\n", count,
              sysconf(_SC_NPROCESSORS_ONLN));
  // Another version than the one that is installed: then sshd itself is not asked, which takes what it takes.
  const auto with = [&](const std::string& config) {
    return std::vector<std::string>{argv[1],         "--all-users", "--format",       "ndjson",
                                    "--sshd-config", config,        "--sshd-version", "OpenSSH_8.9p1"};
  };
  std::ofstream("/home/.plain") << "UsePAM yes\n";
  write_match_blocks("/home/.match");
  use_accounts(count);
  compare({"bare loop of system calls", {argv[2], "/etc/passwd"}}, {"sshaudit", with("/home/.plain")}, rounds);
  compare({"no Match", with("/home/.plain")}, {"50 Match", with("/home/.match")}, rounds);
  print_memory(with("/home/.plain"), count);
  print_growth({{"bare loop, growth", {argv[2], "/etc/passwd"}}, {"sshaudit, growth", with("/home/.plain")}}, count,
               rounds);
  print_others(with("/home/.plain"), count);
  return 0;
}
