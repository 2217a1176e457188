// SPDX-License-Identifier: MIT
// What a user can do in a home of his own to an auditor that comes by as root.
#pragma once

#include <functional>
#include <set>
#include <string>
#include <vector>

#include "audited_system.h"

namespace sshaudit::e2e {

constexpr auto victim = "honest01";                       // whose home others point at
constexpr auto secret = "THE-SECRET-OF-ANOTHER-ACCOUNT";  // stands in files that no trickster may read

// Clears the screen, sets the title, ends the line, forges a block, is no UTF-8, reorders and hides text, and is a C1
// control both as a byte and as a character.
constexpr auto evil =
    "\x1b[2J\x1b]0;owned\x07\nhonest01: key login is refused\n\r\tok\xff\xc3\xe2\x80\xae\xe2\x81\xa6\xe2\x80\x8b\x9b"
    "31m\xc2\x9b"
    "0m\x7f'\"\\$(reboot)";

// The same for a line of a file.
std::string evil_in_a_line();

struct Trick {
  std::string user;
  std::set<std::string> outcomes;  // one of these: the verdict, and behind it its rules, sorted
  std::function<void(AuditedSystem& system, const Person& person)> play;
  std::function<void(const Person& person)> inside = {};  // in the namespace of the audit, as root
};

std::vector<Trick> tricks_with_files();
std::vector<Trick> tricks_with_lines();
std::vector<Trick> tricks_with_mounts();

// Puts the text into the key file.
void write_keys(AuditedSystem& system, const Person& person, const std::string& text);

}  // namespace sshaudit::e2e
