// SPDX-License-Identifier: MIT
#include "differential/login_stage.h"

#include <fmt/format.h>
#include <sys/acl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <filesystem>
#include <optional>

#include "differential/key_stage.h"
#include "gather/host.h"
#include "gather/subprocess.h"
#include "private_mounts.h"

namespace sshaudit::differential {
namespace {

namespace fs = std::filesystem;
using Kind = StageNode::Kind;

constexpr std::chrono::seconds patience{60};

void generate(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), "/usr/bin/ssh-keygen");
  const auto ran = run_program(arguments, patience);
  if (!ran || ran->exit_status != 0) give_up(fmt::format("{}", fmt::join(arguments, " ")));
}

struct CertificateForm {
  const char* words;
  std::vector<std::string> arguments;
};

std::vector<CertificateForm> certificate_forms() {
  return {{"for alice", {"-n", "alice"}},
          {"for alice too", {"-n", "carol,alice,bob"}},
          {"for bob", {"-n", "bob"}},
          {"for nobody", {}},
          {"expired", {"-n", "alice", "-V", "20200101:20210101"}},
          {"not yet valid", {"-n", "alice", "-V", "20900101:20910101"}},
          {"valid now", {"-n", "alice", "-V", "20200101:20900101"}},
          {"of a host", {"-n", "alice", "-h"}},
          {"with a forced command", {"-n", "alice", "-O", "force-command=/srv/bin/forced"}},
          {"with a missing command", {"-n", "alice", "-O", "force-command=/srv/bin/missing"}},
          {"from here", {"-n", "alice", "-O", "source-address=127.0.0.0/8"}},
          {"from the other address", {"-n", "alice", "-O", "source-address=127.0.0.2/32"}},
          {"with an unknown critical option", {"-n", "alice", "-O", "critical:of@example.org=x"}},
          {"with an unknown extension", {"-n", "alice", "-O", "extension:of@example.org=x"}},
          {"without permissions", {"-n", "alice", "-O", "clear"}}};
}

void make_certificates(LoginWorld& world) {
  constexpr std::array keys = {0UL, 4UL, 5UL};  // ed25519, rsa, ecdsa
  const fs::path directory = world.directory;
  std::size_t number = 0;
  for (const auto& form : certificate_forms()) {
    const auto key = keys.at(number % keys.size());
    const auto place = directory / fmt::format("certificate-{}", number++);
    fs::create_directory(place);
    fs::copy_file(directory / (world.keys.keys[key].name + ".pub"), place / "key.pub");
    std::vector<std::string> arguments = {"-q", "-s", directory / "authority", "-I", "test"};
    arguments.insert(arguments.end(), form.arguments.begin(), form.arguments.end());
    arguments.push_back(place / "key.pub");
    generate(arguments);
    world.certificates.push_back({form.words, place / "key-cert.pub", key});
  }
}

void make_revoked_lists(LoginWorld& world) {
  const fs::path directory = world.directory;
  for (const auto& key : world.keys.keys) {
    const auto list = directory / ("revoked-" + key.name);
    generate({"-q", "-k", "-f", list, directory / (key.name + ".pub")});
    world.revoked_lists.push_back(read_text(list));
  }
}

void mount_tmpfs(const char* path, const char* options) {
  must(mount("tmpfs", path, "tmpfs", 0, options) == 0, std::string("mount tmpfs on ") + path);
}

std::vector<StageNode> usual_files() {
  std::vector<StageNode> files = {
      {"/etc/nsswitch.conf", Kind::file, 0644, 0, 0,
       "passwd: files\ngroup: files\nshadow: files\nhosts: files\nservices: files\n"},
      {"/etc/hosts", Kind::file, 0644, 0, 0, "127.0.0.1 localhost\n"},
      {"/etc/shells", Kind::file, 0644, 0, 0, "/bin/sh\n/usr/bin/sh\n/bin/bash\n/usr/bin/bash\n/bin/dash\n"},
      {"/etc/environment", Kind::file, 0644, 0, 0, ""},
      {"/etc/security/limits.conf", Kind::file, 0644, 0, 0, ""},
      {"/etc/security/pam_env.conf", Kind::file, 0644, 0, 0, ""}};
  for (const std::string name : {"/etc/ld.so.cache", "/etc/ld.so.conf", "/etc/os-release", "/etc/ssl/openssl.cnf",
                                 "/etc/services", "/etc/protocols", "/etc/login.defs", "/etc/localtime"}) {
    if (fs::exists(name)) files.push_back({name, Kind::file, 0644, 0, 0, read_text(name)});
  }
  return files;
}

void set_list(const StageNode& node) {
  const auto list = acl_from_text(node.acl.c_str());
  must(list != nullptr, node.acl);
  must(acl_set_file(node.path.c_str(), ACL_TYPE_ACCESS, list) == 0, "ACL of " + node.path);
  acl_free(list);
}

// Directories on the way that nobody asked for are root's. Twists may want two things in one place: the first stays.
bool has_room(const StageNode& node) {
  std::error_code error;
  const fs::path path = node.path;
  fs::create_directories(path.parent_path(), error);
  if (!fs::is_directory(path.parent_path(), error)) return false;
  const auto there = fs::symlink_status(path, error).type();
  return there == fs::file_type::not_found || (there == fs::file_type::directory && node.kind == Kind::directory);
}

void make(const StageNode& node) {
  if (!has_room(node)) return;
  const auto* const path = node.path.c_str();
  if (node.kind == Kind::link) {
    must(symlink(node.text.c_str(), path) == 0, node.path);
    must(lchown(path, node.uid, node.gid) == 0, node.path);
    return;
  }
  if (node.kind == Kind::fifo) must(mkfifo(path, 0600) == 0, node.path);
  if (node.kind == Kind::file) write_file(node.path, node.text, 0600);
  if (node.kind == Kind::directory || node.kind == Kind::bind) fs::create_directory(path);
  if (node.kind == Kind::bind) {
    must(mount(node.text.c_str(), path, nullptr, MS_BIND, nullptr) == 0, node.path);
    return;
  }
  must(chown(path, node.uid, node.gid) == 0 && chmod(path, node.mode) == 0, node.path);
  if (!node.acl.empty()) set_list(node);
}

}  // namespace

LoginWorld make_login_world() {
  const auto auditor = read_text(SSHAUDIT_PROGRAM);  // where it lies may soon be covered
  must(enter_private_mounts(), "make a mount namespace");
  umask(022);
  mount_tmpfs(stage.c_str(), "mode=0755");
  write_file(staged_auditor, auditor, 0755);
  must(chdir("/") == 0, "chdir");
  LoginWorld world;
  world.directory = stage;
  world.keys = make_keys(stage);
  const auto authority = read_text(stage / "authority.pub");
  world.authority = authority.substr(0, authority.find(' ', authority.find(' ') + 1));
  while (world.authority.ends_with('\n')) world.authority.pop_back();
  make_certificates(world);
  make_revoked_lists(world);
  return world;
}

LoginStage::LoginStage() {
  usual_ = usual_files();
  must(enter_private_mounts(), "make a mount namespace");
}

void LoginStage::show(const LoginScenario& scenario) {
  for (const auto* const place : {"/etc", "/home", "/root", "/run", "/srv"}) {
    umount2(place, MNT_DETACH);  // what is mounted in it goes too
    mount_tmpfs(place, std::string_view(place) == "/root" ? "mode=0700" : "mode=0755");
  }
  for (const auto& node : usual_) make(node);
  make({"/run/sshd"});
  make({"/etc/passwd", Kind::file, 0644, 0, 0, scenario.passwd});
  make({"/etc/group", Kind::file, 0644, 0, 0, scenario.group});
  make({"/etc/shadow", Kind::file, 0600, 0, 0, scenario.shadow});
  for (const auto& node : scenario.nodes) make(node);
}

}  // namespace sshaudit::differential
