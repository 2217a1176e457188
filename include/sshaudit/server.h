// SPDX-License-Identifier: MIT
// The sshd of the audited system: which one it is, and the settings that bear on a key login.
#pragma once

#include <string>
#include <vector>

namespace sshaudit {

enum class Vendor { upstream, debian, ubuntu, rhel };

struct SshdVersion {
  std::string text;  // as the banner has it: "OpenSSH_9.2p1 Debian-2+deb12u3"; empty when unknown
  int major = 0;     // 0 when unknown: rules then assume the newest known behaviour
  int minor = 0;
  Vendor vendor = Vendor::upstream;

  bool operator==(const SshdVersion&) const = default;
};

// sshd_config(5) keywords that the audit needs, with the values compiled into every supported sshd.
struct Settings {
  bool strict_modes = true;
  bool use_pam = false;
  bool pubkey_authentication = true;
  std::vector<std::string> authorized_keys_file = {".ssh/authorized_keys", ".ssh/authorized_keys2"};
  std::string chroot_directory;  // empty for "none"
  std::string force_command;     // empty for "none"

  bool operator==(const Settings&) const = default;
};

enum class SettingsSource {
  sshd,       // sshd -T
  no_sshd,    // compiled-in defaults: this system has no sshd that could be asked
  not_asked,  // compiled-in defaults: an sshd is there, but it did not answer
};

struct Server {
  SshdVersion version;
  std::string program;  // path of sshd; empty when there is none
  SettingsSource source = SettingsSource::no_sshd;
  std::string reason;            // why sshd was not asked, or what it answered instead
  bool matches_user = false;     // a Match block exists: settings differ between accounts
  bool matches_address = false;  // a Match block asks for more than User and Group
  Settings settings;             // global: outside every Match block

  bool operator==(const Server&) const = default;
};

}  // namespace sshaudit
