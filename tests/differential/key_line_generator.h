// SPDX-License-Identifier: MIT
// Makes key files out of a number, right and wrong in every way that is known, and says with which key and from where
// somebody tries to get in. The same number and the same keys make the same text.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "differential/dice.h"

namespace sshaudit::differential {

struct TestKey {
  std::string name;         // of its file
  std::string type;         // "ssh-ed25519"
  std::string base64;       // as ssh-keygen(1) writes it
  std::string fingerprint;  // "SHA256:..."
  std::string certificate;  // "TYPE BASE64", for a key that has one
};

struct KeyWorld {
  std::vector<TestKey> keys;
  std::vector<std::string> blocks;  // keys in formats that no key line has: several lines each, with the last newline
  std::int64_t now = 0;             // seconds since 1970; some of what expires does so in a few hours
};

struct GeneratedKeyFile {
  std::string text;
  std::size_t offered = 0;  // position in KeyWorld::keys
  std::string client;       // the address it is offered from
};

GeneratedKeyFile generate_key_file(std::uint64_t seed, const KeyWorld& world);

// The options of a line. With `quirks`, that many things about them are unusual, and most of these wrong.
std::string generate_options(Dice& dice, std::int64_t now, std::size_t quirks);

// One line of several.
std::string one_line_of(const char* lines, Dice& dice);

}  // namespace sshaudit::differential
