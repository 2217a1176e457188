// SPDX-License-Identifier: MIT
// One change of owner, mode or ACL, by descriptor.
#pragma once

#include <optional>
#include <vector>

#include "gather/identity.h"
#include "remedy/record.h"
#include "remedy/target.h"
#include "sshaudit/plan.h"
#include "sshaudit/result.h"

namespace sshaudit {

// The steps of a change, in their order, from what the target is now. Errors: its ACL cannot be worked out, or it is to
// get another owner and cannot be read.
Result<std::vector<RecordedStep>> steps_of(const Plan& plan, const Change& change, const Target& target);

// Of the text of a target, for comparison: SHA-256 in base64. A record has no copy of what may be secret.
Result<std::string> text_digest(const Target& target);

// From what a step led to back to what was before.
RecordedStep reversed(RecordedStep step);

// Makes the target, which is in the state `before`, what `after` says: with the rights of the account where they are
// enough, and as root otherwise. An error when the kernel refuses, or when it has no effect. The identity is root's
// afterwards.
Result<void> take_step(const RecordedStep& step, const Target& target, FileIdentity& identity);

}  // namespace sshaudit
