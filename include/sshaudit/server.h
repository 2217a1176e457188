// SPDX-License-Identifier: MIT
// The sshd of the audited system: which one it is, and the settings that bear on a key login.
#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sshaudit/keys_command.h"
#include "sshaudit/path_walk.h"
#include "sshaudit/result.h"
#include "sshaudit/sshd_config.h"

namespace sshaudit {

enum class Vendor { upstream, debian, ubuntu, rhel };

struct SshdVersion {
  std::string text;  // as the banner has it: "OpenSSH_9.2p1 Debian-2+deb12u3"; empty when unknown
  int major = 0;     // 0 when unknown: rules then assume the newest known behaviour
  int minor = 0;
  Vendor vendor = Vendor::upstream;

  bool operator==(const SshdVersion&) const = default;
};

// sshd_config(5) keywords that the audit needs, with the values compiled into every supported sshd. Where "none" means
// none, the string is empty.
struct Settings {
  bool strict_modes = true;
  bool use_pam = false;
  bool pubkey_authentication = true;
  std::string permit_root_login = "prohibit-password";  // never "without-password"
  std::vector<std::string> authorized_keys_file = {".ssh/authorized_keys", ".ssh/authorized_keys2"};
  std::string authorized_keys_command;
  std::string authorized_keys_command_user;
  std::vector<std::string> authentication_methods;  // empty for "any"; without those that need what is switched off
  bool no_method_left = false;                      // nothing of AuthenticationMethods is possible
  std::vector<std::string> revoked_keys;
  std::string pubkey_accepted_algorithms;  // names with commas, as `sshd -T` prints them; empty when it is not known
  std::string ca_signature_algorithms;     // likewise; empty, too, for an sshd without it (before 7.9)
  unsigned required_rsa_size = 0;          // bits; 0 for an sshd without RequiredRSASize
  bool use_dns = false;
  std::vector<std::string> allow_users;
  std::vector<std::string> deny_users;
  std::vector<std::string> allow_groups;
  std::vector<std::string> deny_groups;
  std::string trusted_user_ca_keys;
  std::string authorized_principals_file;     // "none" in a Match block is the name of a file
  std::string authorized_principals_command;  // "none" where that is written out: sshd tries to run it
  std::string authorized_principals_command_user;
  std::string pam_service_name = "sshd";
  std::string chroot_directory;
  std::string force_command;
  bool refuse_connection = false;

  bool operator==(const Settings&) const = default;
};

// Where each value stands, by keyword in lower case.
using ConfigPlaces = std::map<std::string, ConfigPlace, std::less<>>;

// A line of the configuration that never takes effect, because an earlier one says something else.
struct ShadowedLine {
  ConfigPlace place;
  std::string keyword;
  std::string text;
  ConfigPlace winner;
  std::string winning_text;

  bool operator==(const ShadowedLine&) const = default;
};

// A value that the reader and sshd itself see differently.
struct ConfigDifference {
  std::string keyword;
  std::string read;  // by us
  std::string told;  // by sshd -T
  std::string user;  // for whom sshd was asked

  bool operator==(const ConfigDifference&) const = default;
};

// A file that settings name and that sshd reads or runs, whoever logs in.
struct NamedFile {
  std::string keyword;  // in lower case
  std::string path;
  ConfigPlace place;
  PathWalk walk;                // as the caller sees it
  int open_errnum = 0;          // why it cannot be read, though the walk got there
  std::size_t faulty_line = 0;  // of a list of keys: one that sshd cannot read; 0 for none
  std::size_t hidden_keys = 0;  // of TrustedUserCAKeys: in that line and behind it, where sshd does not look

  bool operator==(const NamedFile&) const = default;
};

// An sshd that listens on this host, as far as it was started differently from the one that is judged.
struct RunningSshd {
  int pid = 0;
  std::string config;                // of -f; empty for the default
  std::vector<std::string> options;  // of -o and what stands for one
  bool exact = true;                 // otherwise words were guessed from the title of the process

  bool operator==(const RunningSshd&) const = default;
};

enum class SelfCheck {
  same,          // sshd -T says the same wherever it was asked
  different,     // it does not; what it says is used
  not_possible,  // it could not be asked
};

struct Server {
  SshdVersion version;
  std::string program;                     // path of sshd; empty when there is none
  std::string config;                      // path of the configuration; empty when there is none: compiled-in defaults
  std::optional<RunningSshd> running;      // the daemon whose options are in effect
  std::vector<RunningSshd> other_daemons;  // that were started with another configuration or other options
  std::string newer_file;                  // a configuration file that changed after the daemon had read it
  SelfCheck self_check = SelfCheck::not_possible;
  std::string reason;  // why sshd could not be asked
  std::vector<ConfigDifference> differences;
  std::vector<ConfigFault> faults;             // sshd would not start
  std::vector<ConfigFault> connection_faults;  // sshd ends every connection
  std::vector<std::string> directories;        // where a file should be: sshd reads nothing from them
  std::optional<Error> unread;                 // a part of the configuration could not be read
  std::vector<ShadowedLine> shadowed;
  std::vector<NamedFile> named_files;          // of the global settings
  std::vector<KeysCommand> keys_commands;      // of the global settings, then of Match blocks
  bool by_root = true;                         // seen by root, who may read what sshd reads
  bool all_classes = true;                     // every class of connections was judged
  Settings settings;                           // global: outside every Match block
  std::shared_ptr<const ConfigPlaces> places;  // of the global settings; null for none

  bool operator==(const Server&) const = default;
};

}  // namespace sshaudit
