// SPDX-License-Identifier: MIT
// What a session needs once the key is accepted: the directory of ChrootDirectory, and the programs of forced commands.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "gather/key_texts.h"
#include "gather/path_resolver.h"
#include "sshaudit/evidence.h"

namespace sshaudit {

// With the rights that the thread has, which are to be those of root.
ChrootEvidence observe_chroot(const AccountEvidence& evidence, const SshdFacts& facts, PathResolver& as_root);

// With the rights of the account: paths as they are in it, where no link leads out. Nothing when it cannot be entered.
// `root` is "/" of the audited system.
std::optional<PathResolver> inside_chroot(const ChrootEvidence& chroot, PathResolver& as_user, const std::string& root);
void observe_chroot_shell(const Account& account, PathResolver& inside, ChrootEvidence& chroot);

// With the rights that the thread has, which are to be those of the account. Of very many commands the first are
// looked at, and `offered` before all: that of a certificate.
void observe_commands(AccountEvidence& evidence, const KeyTextReader& reader, PathResolver& as_user,
                      std::string_view offered);

}  // namespace sshaudit
