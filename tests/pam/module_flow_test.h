// SPDX-License-Identifier: MIT
// The tests of the module that follow a login from call to call, as a group of their own.
#pragma once

#include "mocked_pam.h"

namespace sshaudit::pam_test {

int run_flow_tests();  // the number of those that failed

}  // namespace sshaudit::pam_test
