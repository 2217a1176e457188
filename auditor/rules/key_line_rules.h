// SPDX-License-Identifier: MIT
// What keeps a line of a key file from letting anybody in.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "rules/rule.h"
#include "sshaudit/authorized_key.h"
#include "sshaudit/evidence.h"

namespace sshaudit {

struct KeyLineSubject {
  const AccountEvidence& evidence;
  const KeyFile& file;
  const AuthorizedKey& line;
};

// What sshd passes over without a word: one row for each thing that goes wrong.
std::span<const Rule<KeyLineSubject>> line_fault_rules();

// The options of a line that makes sshd ignore its key.
std::span<const Rule<KeyLineSubject>> option_fault_rules();

// A key that reads well, and that this server does not accept, or not for long.
std::span<const Rule<KeyLineSubject>> key_policy_rules();

// The same for what the line's options ask for.
std::span<const Rule<KeyLineSubject>> key_restriction_rules();

// What ends the session of a key that is accepted.
std::span<const Rule<KeyLineSubject>> key_session_rules();

// Whether sshd reads a key in the line.
bool is_read(const KeyLineSubject& subject);

// A finding about that key: "/home/alice/.ssh/authorized_keys:3 (ED25519 key SHA256:...) WHAT". A line of 0 is a key
// that stands nowhere.
std::vector<Detail> about_key(const KeyLineSubject& subject, const std::string& what, std::string expected,
                              std::string actual, std::string logs, std::string note);

// Pieces of their words.
std::string place_of_line(const KeyLineSubject& subject);  // "/home/alice/.ssh/authorized_keys:3", ":3-8"
std::string key_in_words(const PublicKey& key);            // "ED25519 key SHA256:..."
std::string restrictions_in_words(const KeyOptions& options);
std::string conditions_in_words(const KeyOptions& options);  // "only from 10.0.0.0/8, until 2026-12-01"

}  // namespace sshaudit
