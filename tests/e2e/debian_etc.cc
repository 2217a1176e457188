// SPDX-License-Identifier: MIT
#include "debian_etc.h"

#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <system_error>

#include "gather/subprocess.h"

namespace sshaudit::e2e {
namespace {

constexpr auto sshd_config_begin = "Include /etc/ssh/sshd_config.d/*.conf\n";
struct SettingLine {
  const char* keyword;
  const char* value;
};
constexpr std::array sshd_config_lines = {
    SettingLine{"KbdInteractiveAuthentication", "no"},
    SettingLine{"UsePAM", "yes"},
    SettingLine{"X11Forwarding", "yes"},
    SettingLine{"PrintMotd", "no"},
    SettingLine{"AcceptEnv", "LANG LC_*"},
    SettingLine{"Subsystem", "sftp\t/usr/lib/openssh/sftp-server"},
};

struct PamFile {
  const char* name;
  const char* text;
};
constexpr std::array pam_files = {
    PamFile{"sshd",
            "@include common-auth\n"
            "account    required     pam_nologin.so\n"
            "@include common-account\n"
            "session [success=ok ignore=ignore module_unknown=ignore default=bad]        pam_selinux.so close\n"
            "session    required     pam_loginuid.so\n"
            "session    optional     pam_keyinit.so force revoke\n"
            "@include common-session\n"
            "session    optional     pam_motd.so  motd=/run/motd.dynamic\n"
            "session    optional     pam_motd.so noupdate\n"
            "session    optional     pam_mail.so standard noenv # [1]\n"
            "session    required     pam_limits.so\n"
            "session    required     pam_env.so # [1]\n"
            "session    required     pam_env.so user_readenv=1 envfile=/etc/default/locale\n"
            "session [success=ok ignore=ignore module_unknown=ignore default=bad]        pam_selinux.so open\n"
            "@include common-password\n"},
    PamFile{"common-auth",
            "auth\t[success=1 default=ignore]\tpam_unix.so nullok\nauth\trequisite\t\t\tpam_deny.so\n"
            "auth\trequired\t\t\tpam_permit.so\n"},
    PamFile{"common-account",
            "account\t[success=1 new_authtok_reqd=done default=ignore]\tpam_unix.so \n"
            "account\trequisite\t\t\tpam_deny.so\naccount\trequired\t\t\tpam_permit.so\n"},
    PamFile{"common-session",
            "session\t[default=1]\t\t\tpam_permit.so\nsession\trequisite\t\t\tpam_deny.so\n"
            "session\trequired\t\t\tpam_permit.so\nsession\trequired\tpam_unix.so \n"},
    PamFile{"common-password",
            "password\t[success=1 default=ignore]\tpam_unix.so obscure yescrypt\n"
            "password\trequisite\t\t\tpam_deny.so\npassword\trequired\t\t\tpam_permit.so\n"},
    PamFile{"other",
            "@include common-auth\n@include common-account\n@include common-password\n@include common-session\n"},
};

void require(bool done, const std::string& what) {
  if (!done) throw std::system_error(errno, std::generic_category(), what);
}

std::string text_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return std::move(text).str();
}

// Without the stock lines that `settings` change, as an administrator edits the file.
std::string sshd_config(const std::string& settings, const std::string& matches) {
  auto text = sshd_config_begin + settings;
  for (const auto& line : sshd_config_lines) {
    const auto keyword = std::string(line.keyword) + " ";
    if (("\n" + settings).find("\n" + keyword) == std::string::npos) text += keyword + line.value + "\n";
  }
  return text + matches;
}

const std::string& keys_directory() {
  static const TemporaryDirectory directory;
  return directory.path();
}

}  // namespace

std::string run_tool(const std::vector<std::string>& words) {
  const auto ran = run_program(words, std::chrono::seconds(60));
  if (!ran) throw std::runtime_error(words.front() + ": " + ran.error().what);
  if (ran->exit_status != 0) throw std::runtime_error(words.front() + ": " + ran->err);
  return ran->out;
}

void add_debian_etc(AuditedSystem& system, const std::string& settings, const std::string& matches,
                    const std::string& account_line) {
  for (const auto* path : {"/etc/pam.d", "/etc/security", "/etc/default", "/etc/ssh/sshd_config.d"}) {
    if (!std::filesystem::exists(system.on_host(path))) system.make_directory(path, root_owner, 0755);
  }
  for (const auto& file : pam_files) {
    const auto path = std::string("/etc/pam.d/") + file.name;
    const bool is_sshd = std::string_view(file.name) == "sshd";
    system.remove(path);
    system.make_file(path, (is_sshd ? account_line : "") + file.text, root_owner, 0644);
  }
  for (const auto* name : {"access.conf", "limits.conf", "pam_env.conf", "time.conf", "group.conf"}) {
    const auto path = std::string("/etc/security/") + name;
    if (!std::filesystem::exists(system.on_host(path))) system.make_file(path, "# nothing\n", root_owner, 0644);
  }
  system.make_file("/etc/default/locale", "LANG=C\n", root_owner, 0644);
  system.make_file("/etc/environment", "", root_owner, 0644);
  system.make_file("/etc/login.defs", "PASS_MAX_DAYS 99999\nUID_MIN 1000\nUID_MAX 60000\n", root_owner, 0644);
  system.make_file("/etc/ssh/ssh_host_ed25519_key", text_of(ClientKeys::file("ed25519 of the host")), root_owner, 0600);
  system.remove("/etc/ssh/sshd_config");
  system.make_file("/etc/ssh/sshd_config", sshd_config(settings, matches), root_owner, 0644);
  system.make_link("/run", "/var/run");
}

void enter_debian(const AuditedSystem& system, const std::vector<std::function<void()>>& mounts) {
  enter(system);
  require(mount("tmpfs", "/run", "tmpfs", 0, "mode=0755") == 0, "mount a tmpfs on /run");
  require(mkdir("/run/sshd", 0755) == 0, "make /run/sshd");
  require(chdir("/") == 0, "chdir");
  umask(022);
  for (const auto& make : mounts) make();
}

std::string ClientKeys::file(const std::string& name) {
  auto path = name;
  std::ranges::replace(path, ' ', '-');
  path = keys_directory() + "/" + path;
  if (std::filesystem::exists(path)) return path;
  std::istringstream words(name);
  std::string type;
  unsigned bits = 0;
  words >> type;
  std::vector<std::string> command = {"/usr/bin/ssh-keygen", "-q", "-t", type, "-N", "", "-C", name, "-f", path};
  if (words >> bits) command.insert(command.end(), {"-b", std::to_string(bits)});
  run_tool(command);
  return path;
}

std::string ClientKeys::line(const std::string& name) { return text_of(file(name) + ".pub"); }

std::string ClientKeys::fingerprint(const std::string& name) {
  std::istringstream told(run_tool({"/usr/bin/ssh-keygen", "-l", "-E", "sha256", "-f", file(name) + ".pub"}));
  std::string bits;
  std::string print;
  told >> bits >> print;
  return print;
}

}  // namespace sshaudit::e2e
