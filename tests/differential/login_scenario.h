// SPDX-License-Identifier: MIT
// A whole login, made out of a number: the account, its rows, the configuration of sshd, the PAM stack, the tree with
// the key files, and the key that somebody offers from somewhere.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "differential/key_line_generator.h"

namespace sshaudit::differential {

struct StageNode {
  enum class Kind { directory, file, link, fifo, bind };  // bind: a directory that shows another one
  std::string path;
  Kind kind = Kind::directory;
  mode_t mode = 0755;
  uid_t uid = 0;
  gid_t gid = 0;
  std::string text = {};  // of a file; where a link or a bind leads
  std::string acl = {};   // acl_from_text(3), for the whole of it
};

struct LoginScenario {
  std::vector<std::string> twists;  // what was chosen to be unusual
  std::string user;
  std::size_t key = 0;      // position in KeyWorld::keys
  std::string certificate;  // the file of one, offered before the key; empty for none
  std::string client;       // the address it is offered from
  std::string passwd;
  std::string shadow;
  std::string group;
  std::string config;
  std::vector<StageNode> nodes;    // made in this order
  bool has_keys_command = false;   // an AuthorizedKeysCommand may supply the key
  bool runs_keys_command = false;  // and our program is told to run it
  bool is_only_key = false;        // no other key stands anywhere in the account
};

struct TestCertificate {
  std::string words;
  std::string file;
  std::size_t key = 0;  // position in KeyWorld::keys
};

// What generated scenarios refer to.
struct LoginWorld {
  KeyWorld keys;
  std::string directory;  // of the keys, and of the host key
  std::string authority;  // "TYPE BASE64" of what signed the certificates
  std::vector<TestCertificate> certificates;
  std::vector<std::string> revoked_lists;  // for each key a binary list that holds it: its bytes
  std::int64_t today = 0;                  // days since 1970
};

// What a session that works prints.
inline constexpr const char* session_mark = "the-session-works";

LoginScenario generate_login(std::uint64_t seed, const LoginWorld& world);

// In words: rows, configuration, tree and key lines.
std::string describe(const LoginScenario& scenario);

}  // namespace sshaudit::differential
