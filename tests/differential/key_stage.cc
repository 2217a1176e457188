// SPDX-License-Identifier: MIT
#include "differential/key_stage.h"

#include <fmt/format.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iostream>
#include <sstream>
#include <vector>

#include "gather/host.h"
#include "gather/subprocess.h"
#include "private_mounts.h"

namespace sshaudit::differential {
namespace {

namespace fs = std::filesystem;

constexpr std::chrono::seconds patience{60};
constexpr const char* key_generator = "/usr/bin/ssh-keygen";

void cover(const fs::path& mine, const char* hosts) {
  if (!fs::exists(hosts)) return;
  must(mount(mine.c_str(), hosts, nullptr, MS_BIND, nullptr) == 0, std::string("mount over ") + hosts);
}

void write_accounts() {
  auto passwd =
      fmt::format("root:x:0:0::{}/root:/bin/sh\nsshd:x:101:65534::/run/sshd:/usr/sbin/nologin\n", stage.string());
  std::string shadow = "root:*:19000::::::\nsshd:*:19000::::::\n";
  std::string group = "root:x:0:\nnogroup:x:65534:\n";
  for (const auto& one : stage_accounts) {
    passwd += fmt::format("{0}:x:{1}:{1}::{2}/{0}:/bin/sh\n", one.name, one.id, stage.string());
    shadow += fmt::format("{}:*:19000::::::\n", one.name);
    group += fmt::format("{}:x:{}:\n", one.name, one.id);
  }
  write_file(stage / "passwd", passwd);
  write_file(stage / "shadow", shadow, 0600);
  write_file(stage / "group", group);
  write_file(stage / "nsswitch.conf", "passwd: files\ngroup: files\nshadow: files\nhosts: files\nservices: files\n");
  for (const std::string name : {"passwd", "shadow", "group", "nsswitch.conf"}) {
    cover(stage / name, ("/etc/" + name).c_str());
  }
}

void make_homes() {
  fs::create_directory(stage / "root");
  for (const auto& one : stage_accounts) {
    const auto home = stage / one.name;
    fs::create_directories(home / ".ssh");
    for (const auto& path : {home, home / ".ssh"}) must(chown(path.c_str(), one.id, one.id) == 0, path);
  }
}

// A zone with summer time, if the host has any.
void set_time_zone() { cover("/usr/share/zoneinfo/America/New_York", "/etc/localtime"); }

bool run_key_generator(std::vector<std::string> arguments, std::string* output = nullptr) {
  arguments.insert(arguments.begin(), key_generator);
  const auto ran = run_program(arguments, patience);
  if (!ran) give_up(std::string(key_generator) + ": " + ran.error().what);
  if (output != nullptr) *output = ran->out;
  return ran->exit_status == 0;
}

struct Wanted {
  const char* type;
  const char* bits;
  bool is_optional = false;
};
constexpr std::array wanted_keys = {
    Wanted{"ed25519", ""},  Wanted{"ed25519", ""},  Wanted{"rsa", "1024"},
    Wanted{"rsa", "2048"},  Wanted{"rsa", "3072"},  Wanted{"ecdsa", "256"},
    Wanted{"ecdsa", "384"}, Wanted{"ecdsa", "521"}, Wanted{"dsa", "", true},
};

// Nothing when this ssh-keygen knows no such key.
bool make_key(const fs::path& directory, const Wanted& wanted, TestKey& key) {
  const auto path = directory / key.name;
  std::vector<std::string> arguments = {"-q", "-t", wanted.type, "-N", "", "-C", "", "-f", path};
  if (*wanted.bits != '\0') arguments.insert(arguments.end(), {"-b", wanted.bits});
  if (!run_key_generator(arguments)) {
    if (!wanted.is_optional) give_up("ssh-keygen makes no key " + key.name);
    return false;
  }
  std::istringstream(read_text(path.string() + ".pub")) >> key.type >> key.base64;
  std::string told;
  if (!run_key_generator({"-l", "-E", "sha256", "-f", path.string() + ".pub"}, &told)) give_up("ssh-keygen -l");
  std::string bits;
  std::istringstream(told) >> bits >> key.fingerprint;
  return true;
}

// In a directory of its own: beside the key, the client would offer it.
void add_certificate(const fs::path& directory, TestKey& key) {
  const auto copy = directory / "certified" / (key.name + ".pub");
  fs::create_directories(copy.parent_path());
  fs::copy_file(directory / (key.name + ".pub"), copy);
  if (!run_key_generator({"-q", "-s", directory / "authority", "-I", "test", "-n", "alice", copy})) {
    give_up("ssh-keygen certifies no " + key.name);
  }
  std::string base64;
  std::istringstream(read_text(directory / "certified" / (key.name + "-cert.pub"))) >> key.certificate >> base64;
  key.certificate += " " + base64;
}

void add_blocks(const fs::path& directory, const TestKey& key, std::vector<std::string>& blocks) {
  const auto file = directory / key.name;
  for (const char* format : {"RFC4716", "PKCS8", "PEM"}) {
    std::string text;
    if (run_key_generator({"-e", "-m", format, "-f", file.string() + ".pub"}, &text)) blocks.push_back(text);
  }
  blocks.push_back(read_text(file));
  const auto half = key.base64.size() / 2;
  blocks.push_back(
      fmt::format("PuTTY-User-Key-File-3: {}\nEncryption: none\nComment: test\nPublic-Lines: 2\n{}\n{}\n"
                  "Private-Lines: 1\nAAAAIA==\nPrivate-MAC: 00\n",
                  key.type, key.base64.substr(0, half), key.base64.substr(half)));
}

}  // namespace

void write_file(const fs::path& path, const std::string& text, mode_t mode) {
  std::ofstream(path, std::ios::binary) << text;
  must(chmod(path.c_str(), mode) == 0, path);
}

std::string read_text(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return std::move(text).str();
}

std::string shown(const std::string& text) {
  std::string made;
  std::size_t same = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    same = i > 0 && text[i] == text[i - 1] ? same + 1 : 0;
    if (same > 60) continue;
    if (same == 60) {
      made += fmt::format("[... {} bytes in all]", text.size());
    } else if (byte == '\n') {
      made += "\\n\n    ";
    } else if (byte < ' ' || byte > '~') {
      made += fmt::format("\\x{:02x}", byte);
    } else {
      made += text[i];
    }
  }
  return made;
}

void enter_stage() {
  must(enter_private_mounts(), "make a mount namespace");
  umask(022);
  must(mount("tmpfs", stage.c_str(), "tmpfs", 0, "mode=0755") == 0, "mount tmpfs");
  must(mount("tmpfs", "/run", "tmpfs", 0, "mode=0755") == 0, "mount tmpfs");
  fs::create_directory("/run/sshd");
  write_accounts();
  make_homes();
  set_time_zone();
  must(chdir("/") == 0, "chdir");
}

KeyWorld make_keys(const fs::path& directory) {
  KeyWorld world;
  world.now = seconds_now();
  TestKey authority{.name = "authority"};
  make_key(directory, {"ed25519", ""}, authority);
  for (const auto& wanted : wanted_keys) {
    TestKey key;
    key.name = fmt::format("{}-{}{}", world.keys.size(), wanted.type, wanted.bits);
    if (!make_key(directory, wanted, key)) continue;
    if (world.keys.size() % 3 == 0) add_certificate(directory, key);
    if (world.keys.size() % 4 == 0) add_blocks(directory, key, world.blocks);
    world.keys.push_back(key);
  }
  return world;
}

}  // namespace sshaudit::differential
