// SPDX-License-Identifier: MIT
// Makes sshd_config(5) out of a number: a tree of files that an sshd mostly accepts, spelled in every way there is,
// and the connections to ask about. The same number makes the same text, whatever library this is built with.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "differential/dice.h"
#include "parse/sshd_config.h"
#include "sshaudit/server.h"
#include "sshaudit/sshd_config.h"

namespace sshaudit::differential {

// A keyword and the values to write after it. Values are alternatives between "|", and "<name>" is a rule.
struct KeywordForm {
  const char* keyword;
  int weight;
  const char* kind;  // m: may stand in Match; f: its words are free text; d: only Debian has it; a: algorithms
  int since;         // 902 is 9.2
  const char* good;
  const char* bad;  // mostly refused

  bool is(char letter) const { return std::string_view(kind).find(letter) != std::string_view::npos; }
};
std::span<const KeywordForm> keyword_forms();

// One of the alternatives of a text, with its rules replaced. The rule "dir" is `directory`.
std::string expand(std::string_view text, const std::string& directory, Dice& dice);

// The accounts that Match and the connections are about; the sshd under test has to see no others.
struct MadeUpAccount {
  const char* name;
  unsigned uid;
  unsigned gid;
  const char* home;
};
struct MadeUpGroup {
  const char* name;
  unsigned gid;
  const char* members;  // with commas
};
std::span<const MadeUpAccount> made_up_accounts();
std::span<const MadeUpGroup> made_up_groups();

struct GeneratedConfig {
  std::vector<ConfigFile> files;  // the first is the one that sshd is told of
  std::vector<Connection> connections;
  bool spoiled = false;  // an error was put in on purpose
};

struct SshdBuild {
  SshdVersion version;
  bool has_openssl = true;  // without it sshd knows few algorithms, and no keyword that names some is written
};

// Files below `directory`, for such an sshd: what it does not know yet is rare.
GeneratedConfig generate_config(std::uint64_t seed, const std::string& directory, const SshdBuild& build);

}  // namespace sshaudit::differential
