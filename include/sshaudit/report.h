// SPDX-License-Identifier: MIT
// The result of an audit, ready to be rendered.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "sshaudit/account.h"
#include "sshaudit/finding.h"
#include "sshaudit/public_key.h"
#include "sshaudit/server.h"

namespace sshaudit {

enum class KeyLogin { accepted, refused, closes, none, unknown };

// Whether sshd lets a key in that a line names.
enum class KeyUse { usable, unusable, unknown };

// One key of one line, for the inventory of keys. Strings may hold bytes that a user controls.
struct ListedKey {
  std::string file;
  std::size_t line = 0;      // 1-based
  std::string type;          // "ssh-ed25519"; empty when nobody can tell what key it is
  unsigned bits = 0;         // as `ssh-keygen -l` prints it
  std::string fingerprint;   // "SHA256:..."
  std::string options;       // as a key line has them; empty for none
  std::string restrictions;  // what they take away or ask for, in words
  std::string comment;
  KeyUse use = KeyUse::usable;
  std::string why;  // it is not usable; of a usable key: "only from ...", "until ..."

  bool operator==(const ListedKey&) const = default;
};

// A key that stands in a key file, as short as can be: all of a host are compared.
struct KeyMention {
  KeyDigest digest{};
  std::uint32_t file = 0;  // position in AccountReport::key_files
  std::uint32_t line = 0;
  bool usable = false;      // or may be
  bool restricted = false;  // has a forced command

  bool operator==(const KeyMention&) const = default;
};

// A public key that lies about and is in no key file of its account.
struct NearbyKey {
  KeyDigest digest{};
  std::string path;

  bool operator==(const NearbyKey&) const = default;
};

struct AccountReport {
  Account account;
  KeyLogin key_login = KeyLogin::none;
  std::vector<Finding> findings;
  std::size_t usable_keys = 0;         // lines that sshd accepts in files that it accepts
  std::vector<ListedKey> keys;         // only when they were asked for
  std::vector<std::string> key_files;  // that were read
  std::vector<KeyMention> mentions;    // in the order of the files and lines
  std::vector<NearbyKey> nearby_keys;
};

struct ReportHeader {
  std::string tool_version;
  std::string host;
  std::string generated;  // UTC, RFC 3339
  Server server;
  std::vector<Finding> findings;  // of the server and of the host
  std::int64_t time = 0;          // of `generated`, in seconds since 1970
};

struct Summary {
  std::size_t accounts = 0;
  std::array<std::size_t, 5> key_login{};  // by KeyLogin
  std::array<std::size_t, 3> findings{};   // by Severity; without those that a waiver covers
  std::size_t waived = 0;                  // findings that one covers
  bool complete = true;                    // nothing needed was out of sight, waiver or not
};

}  // namespace sshaudit
