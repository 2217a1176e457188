// SPDX-License-Identifier: MIT
// Faults of sshd's configuration, of what it runs, and of clients.
#include <string>

#include "cases.h"

namespace sshaudit::e2e {
namespace {

const std::string key_file = "/home/alice/.ssh/authorized_keys";
constexpr auto sshd_config = "/etc/ssh/sshd_config";

void add_command(Scene& scene, const std::string& script) {
  scene.system.remove(scene.person.ssh());
  scene.system.make_file("/opt/get-keys", "#!/bin/sh\n" + script + "\n", root_owner, 0755);
  scene.settings = "AuthorizedKeysCommand /opt/get-keys %u\nAuthorizedKeysCommandUser nobody\n";
}

std::string print_key(const Scene& scene) {
  return "echo '" + scene.own_line().substr(0, scene.own_line().size() - 1) + "'";
}

void add_drop_in(Scene& scene, const std::string& text) {
  scene.system.make_directory("/etc/ssh/sshd_config.d", root_owner, 0755);
  scene.system.make_file("/etc/ssh/sshd_config.d/50-cloud-init.conf", text, root_owner, 0644);
}

std::vector<Case> clients() {
  return {
      {"C01",
       "RSA key with a client of today",
       [](Scene& s) {
         s.offered = {"rsa 2048"};
         s.write_keys(ClientKeys::line("rsa 2048"));
       },
       {"accepted", {}, {}},
       {"accepted", "", ""},
       {"accepted", ""},
       ""},
      {"C01",
       "RSA key with SHA-1 signatures only",  // the client believes that they are accepted, as old ones do
       [](Scene& s) {
         s.offered = {"rsa 2048"};
         s.write_keys(ClientKeys::line("rsa 2048"));
         s.client_options = {"PubkeyAcceptedAlgorithms=ssh-rsa"};
         s.settings = "PubkeyAcceptedAlgorithms +ssh-rsa\n";
         s.matches = "Match User alice\n PubkeyAcceptedAlgorithms -ssh-rsa\n";
       },
       {"accepted", {}, {}},
       {"accepted", "", ""},
       {"refused", "userauth_pubkey: signature algorithm ssh-rsa not in PubkeyAcceptedAlgorithms [preauth]"},
       ""},
      {"C04",
       "too many other keys first",
       [](Scene& s) {
         s.settings = "MaxAuthTries 2\n";
         s.offered = {"ed25519 of work", "ed25519 of bob", "ed25519"};
       },
       {"accepted", {}, {}},
       {"accepted", "", ""},
       {"refused", "maximum authentication attempts exceeded for alice from 127.0.0.1"},
       "K"},
      not_here("C25", "penalty for the source",
               "PerSourcePenalties came with OpenSSH 9.8; it is about the address alone"),
  };
}

// Long because it is a table.
std::vector<Case> settings() {
  return {
      {"C03",
       "key files in a central directory",
       [](Scene& s) { s.matches = "Match Group class\n AuthorizedKeysFile /etc/ssh/authorized_keys/%u\n"; },
       {"none", {{"key-file-not-read", key_file}}, {}},
       {"refused", "key-file", ""},
       {"refused", ""},
       "K"},
      {"C16",
       "drop-in before sshd_config",
       [](Scene& s) {
         add_drop_in(s, "PubkeyAuthentication no\n");
         s.settings = "PubkeyAuthentication yes\n";
       },
       {"refused", {{"pubkey-authentication-off", ""}}, {{"setting-shadowed", sshd_config}}},
       {"refused", "methods", "pubkey-authentication-off"},
       {"refused", ""},
       ""},
      {"C48",
       "list of revoked keys is missing",
       [](Scene& s) { s.settings = "RevokedKeys /etc/ssh/revoked_keys\n"; },
       {"refused", {}, {{"revoked-keys-unusable", "/etc/ssh/revoked_keys"}}},
       {"refused", "revoked", "revoked-keys-unusable"},
       {"refused", "in revoked keys file /etc/ssh/revoked_keys: No such file or directory"},
       ""},
      {"C60",
       "root with keys, PermitRootLogin no",
       [](Scene& s) {
         s.person = {"root", 0, 0, "/root", "/bin/bash", ""};
         s.system.make_directory("/root/.ssh", root_owner, 0700);
         s.write_keys(s.own_line());
         s.settings = "PermitRootLogin no\n";
       },
       {"refused", {{"root-login-off", ""}}, {}},
       {"refused", "root-login", "root-login-off"},
       {"refused", "ROOT LOGIN REFUSED FROM 127.0.0.1"},
       ""},
      {"C60",
       "root with keys, forced commands only",
       [](Scene& s) {
         s.person = {"root", 0, 0, "/root", "/bin/bash", ""};
         s.system.make_directory("/root/.ssh", root_owner, 0700);
         s.write_keys(s.own_line());
         s.settings = "PermitRootLogin forced-commands-only\n";
       },
       {"refused", {{"root-forced-commands-only", "/root/.ssh/authorized_keys"}}, {}},
       {"refused", "root-login", "root-forced-commands-only"},
       {"refused", "ROOT LOGIN REFUSED FROM 127.0.0.1"},
       ""},
      {"C61",
       "a password as well as a key",
       [](Scene& s) { s.settings = "AuthenticationMethods publickey,password\n"; },
       {"accepted", {}, {{"key-never-enough", ""}}},
       {"refused", "methods", ""},
       {"refused", ""},
       ""},
      {"C61",
       "a password as well as a key, for alice",
       [](Scene& s) { s.matches = "Match User alice\n AuthenticationMethods publickey,password\n"; },
       {"accepted", {{"key-not-enough", ""}}, {}},
       {"refused", "methods", "key-not-enough"},
       {"refused", ""},
       ""},
      {"C61",
       "a method that is switched off",
       [](Scene& s) {
         s.settings = "PasswordAuthentication no\n";
         s.matches = "Match User alice\n AuthenticationMethods publickey,password\n";
       },
       {"refused", {{"methods-switched-off", ""}}, {}},
       {"refused", "methods", "methods-switched-off"},
       {"refused", "No AuthenticationMethods left after eliminating disabled methods"},
       ""},
  };
}

// Long because it is a table.
std::vector<Case> commands() {
  return {
      {"C09",
       "AuthorizedKeysCommand fails",
       [](Scene& s) {
         add_command(s, print_key(s) + "\nexit 22");
         s.audit_options = s.explain_options = {"--run-keys-command"};
       },
       {"refused", {{"keys-command-failed", ""}}, {}},
       {"refused", "keys-command", "keys-command-failed"},
       {"refused", "AuthorizedKeysCommand /opt/get-keys alice failed, status 22"},
       ""},
      {"C09",
       "AuthorizedKeysCommand gives the key",
       [](Scene& s) {
         add_command(s, print_key(s));
         s.audit_options = s.explain_options = {"--run-keys-command"};
       },
       {"accepted", {}, {}},
       {"accepted", "", ""},
       {"accepted", ""},
       ""},
      {"C09",
       "AuthorizedKeysCommand is not asked",
       [](Scene& s) { add_command(s, print_key(s)); },
       {"none", {}, {}},
       {"unknown", "keys-command", "keys-command-unasked"},
       {"accepted", ""},
       ""},
      {"C30",
       "AuthorizedKeysCommand of a drop-in",
       [](Scene& s) {
         add_command(s, "exit 0");
         s.system.make_file("/opt/eic_run_authorized_keys", "#!/bin/sh\n", root_owner, 0755);
         add_drop_in(s, "AuthorizedKeysCommand /opt/eic_run_authorized_keys %u %f\nAuthorizedKeysCommandUser nobody\n");
       },
       {"none", {}, {{"keys-command-foreign", ""}, {"setting-shadowed", sshd_config}}},
       {"unknown", "keys-command", "keys-command-unasked"},
       {"refused", ""},
       ""},
      {"C38",
       "keys of a cloud's own service",
       [](Scene& s) {
         s.system.remove(s.person.ssh());
         s.system.make_file("/opt/google_authorized_keys", "#!/bin/sh\n", root_owner, 0755);
         s.settings = "AuthorizedKeysCommand /opt/google_authorized_keys\nAuthorizedKeysCommandUser root\n";
       },
       {"none", {}, {{"keys-command-foreign", ""}}},
       {"unknown", "keys-command", "keys-command-unasked"},
       {"refused", ""},
       ""},
      {"C44",
       "AuthorizedKeysCommand below a writable directory",
       [](Scene& s) {
         add_command(s, print_key(s));
         s.system.change_owner("/opt", {0, class_group});
         s.system.change_mode("/opt", 0775);
       },
       {"none", {}, {{"keys-command-unsafe", "/opt/get-keys"}}},
       {"refused", "keys-command", "keys-command-unsafe"},
       {"refused", "Unsafe AuthorizedKeysCommand \"/opt/get-keys\": bad ownership or modes for directory /opt"},
       ""},
      {"C59",
       "host key 0777",
       [](Scene& s) { s.mounts.push_back([] {
                        run_tool({"/bin/chmod", "0777", "/etc/ssh/ssh_host_ed25519_key"});
                      }); },
       {"refused", {}, {{"config-invalid", "/etc/ssh/ssh_host_ed25519_key"}}},
       {"refused", "server", "config-invalid"},
       {"refused", "no hostkeys available -- exiting."},
       ""},
  };
}

}  // namespace

std::vector<Case> server_cases() {
  std::vector<Case> cases;
  for (const auto& part : {clients(), settings(), commands()}) cases.insert(cases.end(), part.begin(), part.end());
  return cases;
}

}  // namespace sshaudit::e2e
