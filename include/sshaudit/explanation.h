// SPDX-License-Identifier: MIT
// One login attempt, step by step in sshd's order.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "sshaudit/account.h"
#include "sshaudit/certificate.h"
#include "sshaudit/finding.h"
#include "sshaudit/public_key.h"

namespace sshaudit {

// The key that the client offers. Strings may hold bytes that a user controls.
struct OfferedKey {
  PublicKey key;     // of a fingerprint alone: without a type, unless a line of a key file has told it
  std::string wire;  // RFC 4253, 6.6; empty where only the fingerprint is known
  std::string comment;
  std::optional<Certificate> certificate;
  std::string fingerprint;  // "SHA256:..."
  std::string name;         // "ED25519 SHA256:...", or the fingerprint alone where the type is not known

  bool operator==(const OfferedKey&) const = default;
};

enum class StepResult {
  ok,
  absent,  // a source of keys that does not have this one: sshd goes on to the next
  refused,
  closes,  // the key is accepted, but the session ends at once
  unknown,
  skipped,  // sshd does not come to it
};

// A component of a path, as `namei -l` would draw it.
struct DrawnComponent {
  std::string mode_and_owner;  // "0775 alice staff"
  std::string name;
  std::string remark;  // why it refuses; empty when it does not

  bool operator==(const DrawnComponent&) const = default;
};

struct ExplainedStep {
  LoginStep step = LoginStep::none;
  StepResult result = StepResult::ok;
  std::string text;  // what was looked at and how it came out
  std::vector<Finding> findings;
  std::vector<DrawnComponent> path;

  // sshd asks no further: everything is settled by this step.
  bool is_first_refusal = false;
};

enum class Outcome { accepted, refused, closes, unknown };

struct Explanation {
  std::string user;
  OfferedKey key;
  std::string from;  // ADDRESS, ADDRESS (HOST), or empty for any
  Outcome outcome = Outcome::unknown;
  std::vector<ExplainedStep> steps;
  std::vector<std::string> pam_modules;  // what modules of the account stack said when they were run
  std::vector<std::string> elsewhere;    // where else the key is listed
};

}  // namespace sshaudit
