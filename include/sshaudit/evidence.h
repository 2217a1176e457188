// SPDX-License-Identifier: MIT
// All that was seen of one account: input of the rules, output of gather.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sshaudit/account.h"
#include "sshaudit/file_environment.h"
#include "sshaudit/keys_command.h"
#include "sshaudit/path_walk.h"
#include "sshaudit/public_key.h"
#include "sshaudit/server.h"

namespace sshaudit {

// A file that AuthorizedKeysFile names, after expansion, opened and read with the rights of the account.
struct KeyFile {
  std::string path;  // as sshd opens it
  PathWalk walk;
  int open_errnum = 0;        // why open(2) failed, or would, though the walk got there
  int read_errnum = 0;        // why reading stopped early
  bool changed = false;       // what was opened is not what was judged
  bool truncated = false;     // larger than is read (16 MiB)
  bool hidden_exists = true;  // not searchable for the account: false when root sees that nothing is there
  std::size_t key_lines = 0;  // lines that are neither empty nor a comment
  std::string text;           // as far as it was read

  bool operator==(const KeyFile&) const = default;
};

// A file beside the key files whose name looks like one of theirs, or like that of a public key.
struct NearbyFile {
  std::string path;
  std::string text;

  bool operator==(const NearbyFile&) const = default;
};

// What RevokedKeys says of the keys of an account.
struct Revocations {
  std::vector<KeyDigest> revoked;  // sorted
  std::vector<KeyDigest> unsure;   // sorted: those of which it could not be told
  std::string reason;              // why

  bool operator==(const Revocations&) const = default;
};

// What stands behind the settings of an account.
struct SettingsOrigin {
  ConfigPlaces places;
  std::vector<NamedFile> named_files;
  std::vector<ConfigFault> faults;  // sshd ends the connection
  std::string unread;               // why a part of the configuration is not known; empty when all of it is
};

// One step of sshd's own walk to ChrootDirectory: what stat(2) says of the path so far, links followed.
struct ChrootComponent {
  std::string path;  // as sshd writes it: "/", "/srv/", "/srv/sftp"
  FileStatus status;
  int errnum = 0;          // why it could not be looked at; 0 when it could
  bool is_unseen = false;  // an automounter's, or for a reason that sshd may not meet

  bool operator==(const ChrootComponent&) const = default;
};

struct ChrootEvidence {
  std::string path;                         // expanded
  std::string error;                        // why it cannot be expanded, which ends the session; empty when it can
  std::vector<ChrootComponent> components;  // to the first that is not there
  PathWalk shell;                           // inside it, as the account sees it
  bool has_shell = false;                   // which it may execute

  bool operator==(const ChrootEvidence&) const = default;
};

// The program of a forced command that begins with a path.
struct ForcedCommand {
  std::string path;
  PathWalk walk;               // with the rights of the account
  bool is_executable = false;  // for the account

  bool operator==(const ForcedCommand&) const = default;
};

// All that was seen of an account for connections that sshd treats alike.
struct AccountEvidence {
  Account account;
  Identity identity;
  Settings settings;                             // for this account, Match blocks applied
  std::shared_ptr<const SettingsOrigin> origin;  // null: compiled-in defaults
  std::string name_error;                  // why an AuthorizedKeysFile entry cannot be expanded; empty when all can
  PathWalk home;                           // seen by the account
  std::vector<KeyFile> key_files;          // in the order in which sshd reads them
  std::vector<KeyFile> ignored_key_files;  // with keys in them, where sshd reads other files
  std::vector<NearbyFile> nearby_files;    // looked for only when no key file holds a line
  Revocations revocations;
  std::shared_ptr<const PathWalk> shell;       // as root sees it; many accounts share one
  std::vector<std::string> groups;             // names, the primary one first; gids without a name are left out
  std::optional<ShadowEntry> shadow;           // nothing when it has none
  bool shadow_seen = true;                     // false: shadow(5) is out of the caller's sight
  std::shared_ptr<const KeyFile> authorities;  // TrustedUserCAKeys, read by root; null when it is not set
  std::vector<KeyFile> principals_files;       // AuthorizedPrincipalsFile, read with the rights of the account
  std::optional<ChrootEvidence> chroot;        // nothing when ChrootDirectory is not set
  std::vector<ForcedCommand> commands;         // of ForceCommand and of key lines, where they name a file
  bool has_sftp_keys = false;                  // a key line has the command internal-sftp, which needs no shell
  std::string principals_name_error;           // why its name cannot be expanded; empty when it can
  std::optional<KeysCommandRun> keys_command;  // nothing when nobody asked to run it, or sshd does not run it either
  HomeLock home_lock;                          // looked for only when no key file was found
  std::vector<FileLabel> labels;               // of the home and what leads from there to key files; SELinux only
  bool asked_about = false;  // somebody wants to log in: what refuses is said even where there are no keys
  bool by_root = true;       // seen by root, who will get the advice
  bool as_user = true;       // seen with the rights of the account, not those of somebody else
};

}  // namespace sshaudit
