// SPDX-License-Identifier: MIT
// Large key files, of honest and of hostile shapes: wall time of an audit of one account with such a file,
// and that as a ratio to that of sha256sum, which has to look at every byte, too. (ssh-keygen -lf takes minutes for
// some.) Run as any user: bench_key_files SSHAUDIT.
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "parse/base64.h"

namespace {

namespace fs = std::filesystem;
constexpr std::size_t limit = 16UL * 1024 * 1024;
constexpr int rounds = 5;

// RFC 8709: any 32 bytes are a key.
std::string key_line(std::size_t number) {
  std::string blob("\0\0\0\x0bssh-ed25519\0\0\0\x20", 19);
  for (int i = 0; i < 4; ++i) blob.append(reinterpret_cast<const char*>(&number), sizeof number);
  return "ssh-ed25519 " + sshaudit::encode_base64(blob);
}

std::string keys(std::size_t lines, const std::string& before, const std::string& behind) {
  std::string text;
  for (std::size_t i = 0; i < lines; ++i) text += before + key_line(i) + behind + "\n";
  return text;
}

std::string repeated(const std::string& piece) {
  std::string text;
  while (text.size() + piece.size() < limit) text += piece;
  return text;
}

std::string many(const std::string& piece, std::size_t times) {
  std::string text;
  for (std::size_t i = 0; i < times; ++i) text += piece;
  return text;
}

struct Shape {
  std::string name;
  std::string text;
};

std::vector<Shape> shapes() {
  return {
      {"200,000 keys", keys(200000, "", " user@host")},
      {"16 MiB of keys", keys(200000, "", "").append(limit, '\n').substr(0, limit)},
      {"keys with options",
       keys(80000, "restrict,from=\"10.0.0.0/8,192.0.2.*\",command=\"rsync --server\" ", " backup")},
      {"larger than is read", keys(210000, "", "")},
      {"options that nobody knows", keys(120000, "no-ptty ", "")},
      {"8 million lines of garbage", repeated("x\n")},
      {"keys broken off", repeated("ssh-rsa AAAA\n" + many("AAAA\n", 150))},
      {"blocks without an end", repeated("-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA BBBB\n")},
      {"one line of one word", std::string(limit - 1, 'a')},
      {"one line of quotes", std::string(limit - 1, '"')},
      {"one line of options", repeated("environment=\"A=b\",") + " " + key_line(1)},
  };
}

double run(const std::vector<std::string>& argv) {
  const auto start = std::chrono::steady_clock::now();
  const pid_t child = fork();
  if (child == 0) {
    const int null = open("/dev/null", O_RDWR | O_CLOEXEC);
    dup2(null, STDOUT_FILENO);
    dup2(null, STDERR_FILENO);
    std::vector<char*> arguments;
    for (const auto& one : argv) arguments.push_back(const_cast<char*>(one.c_str()));
    arguments.push_back(nullptr);
    execv(arguments[0], arguments.data());
    _exit(127);
  }
  int status = 0;
  if (child < 0 || waitpid(child, &status, 0) != child || !WIFEXITED(status) || WEXITSTATUS(status) == 127) {
    std::fprintf(stderr, "bench_key_files: %s cannot be run\n", argv[0].c_str());
    std::exit(2);
  }
  const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - start;
  return taken.count();
}

double median(const std::vector<std::string>& argv) {
  std::vector<double> costs;
  for (int i = 0; i < rounds; ++i) costs.push_back(run(argv));
  std::ranges::sort(costs);
  return costs[rounds / 2];
}

// A system with one account, which is the caller's.
void make_system(const fs::path& root) {
  fs::create_directories(root / "etc");
  fs::create_directories(root / "bin");
  fs::create_directories(root / "home/alice/.ssh");
  std::ofstream(root / "bin/sh") << "#!\n";
  std::ofstream(root / "etc/passwd") << "alice:x:" << getuid() << ":" << getgid() << "::/home/alice:/bin/sh\n";
  std::ofstream(root / "etc/group") << "alice:x:" << getgid() << ":\n";
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: bench_key_files SSHAUDIT\n");
    return 2;
  }
  std::string scratch = fs::temp_directory_path() / "sshaudit-bench-XXXXXX";
  if (mkdtemp(scratch.data()) == nullptr) return 2;
  make_system(scratch);
  const auto file = fs::path(scratch) / "home/alice/.ssh/authorized_keys";
  std::printf("%-28s %8s %10s %8s\n", "medians of 5", "MiB", "seconds", "ratio");
  for (const auto& shape : shapes()) {
    std::ofstream(file, std::ios::binary | std::ios::trunc) << shape.text;
    const auto ours = median({argv[1], "--root", scratch, "alice", "--sshd-version", "OpenSSH_9.2p1"});
    const auto theirs = median({"/usr/bin/sha256sum", file});
    std::printf("%-28s %8.1f %10.3f %8.2f\n", shape.name.c_str(),
                static_cast<double>(shape.text.size()) / (1024 * 1024), ours, ours / theirs);
  }
  fs::remove_all(scratch);
  return 0;
}
