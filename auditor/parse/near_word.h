// SPDX-License-Identifier: MIT
// The word that was probably meant.
#pragma once

#include <string_view>
#include <vector>

namespace sshaudit {

// Insertions, deletions, replacements and swaps of neighbours between two words; words of more than 64 characters are
// as far apart as the longer one is long.
std::size_t distance(std::string_view one, std::string_view other);

// The nearest of the words, if it is near enough to be a slip of the hand; else empty.
std::string_view nearest(std::string_view written, const std::vector<std::string_view>& words);

}  // namespace sshaudit
