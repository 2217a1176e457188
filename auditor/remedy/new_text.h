// SPDX-License-Identifier: MIT
// A file with new text, written beside and put in place in one step: whoever looks sees the old one or the new one.
#pragma once

#include <string>
#include <string_view>

#include "gather/identity.h"
#include "remedy/record.h"
#include "remedy/target.h"
#include "sshaudit/result.h"

namespace sshaudit {

// Replaces the target, whose text is step.text_before, by a file with step.text_after, with owner, mode, ACL and
// extended attributes of the old one. Nothing is lost: when the name means something else by then, or another text, all
// stays as it is. Errors: what the kernel says ("No space left on device"), or that the file has changed meanwhile.
Result<void> replace_text(const RecordedStep& step, const Target& target, FileIdentity& identity);

// A new file `name` in the directory, with step.after for owner and mode. An error when there is one by then.
Result<void> make_file(const RecordedStep& step, const Target& directory, FileIdentity& identity);

// A new directory, likewise.
Result<void> make_directory(const RecordedStep& step, const Target& above, FileIdentity& identity);

// Whose rights are taken in the directory that is open as `fd`: those of the account where it may write, root's in
// root's own; an error when others may write there.
Result<void> act_in(int fd, const FileStatus& directory, const Identity& account, FileIdentity& identity);

}  // namespace sshaudit
