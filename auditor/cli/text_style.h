// SPDX-License-Identifier: MIT
// How text looks where it goes.
#pragma once

#include "cli/arguments.h"
#include "render/renderer.h"

namespace sshaudit {

TextStyle text_style(const Arguments& arguments);

}  // namespace sshaudit
