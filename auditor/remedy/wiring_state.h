// SPDX-License-Identifier: MIT
// What enable and disable keep in the state directory, where nobody but root comes. Root only.
#pragma once

#include "gather/fd.h"
#include "remedy/placed_file.h"
#include "sshaudit/result.h"

namespace sshaudit {

// Held while the wiring is changed: the state directory itself is locked, so that nothing is left behind. Waits for at
// most 10 s.
Result<Fd> lock_wiring();

// Is there from before the file of enable is removed until each sshd has read that it is.
Result<PlacedFile> removal_note();

}  // namespace sshaudit
