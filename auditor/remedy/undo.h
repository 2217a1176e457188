// SPDX-License-Identifier: MIT
// Takes recorded steps back, the last one first, wherever nothing has changed since.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "remedy/record.h"

namespace sshaudit {

enum class UndoEnd {
  undone,
  as_before,  // it was not done, or is undone already
  left,       // something has changed since, or the kernel refuses
};

// `tell` is called for each step with what became of it, and why it was left. Root only.
void undo_steps(const std::vector<RecordedStep>& steps,
                const std::function<void(const RecordedStep&, UndoEnd, const std::string& why)>& tell);

}  // namespace sshaudit
