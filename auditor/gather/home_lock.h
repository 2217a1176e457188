// SPDX-License-Identifier: MIT
// Whether a home is encrypted and locked, so that what lies in it is out of sight.
#pragma once

#include "gather/path_resolver.h"
#include "sshaudit/account.h"
#include "sshaudit/file_environment.h"
#include "sshaudit/path_walk.h"

namespace sshaudit {

// For an account of which no key file was found. `home` is as the resolver's identity sees it.
HomeLock find_home_lock(PathResolver& resolver, const Account& account, const PathWalk& home);

}  // namespace sshaudit
