// SPDX-License-Identifier: MIT
#include "parse/near_word.h"

#include <algorithm>
#include <array>
#include <cstddef>

namespace sshaudit {
namespace {

constexpr std::size_t longest = 64;
using Row = std::array<std::size_t, longest + 1>;

}  // namespace

std::size_t distance(std::string_view one, std::string_view other) {
  if (std::max(one.size(), other.size()) > longest) return std::max(one.size(), other.size());
  Row before{};
  Row above{};
  Row row{};
  for (std::size_t j = 0; j <= other.size(); ++j) above[j] = j;
  for (std::size_t i = 1; i <= one.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= other.size(); ++j) {
      const std::size_t cost = one[i - 1] == other[j - 1] ? 0 : 1;
      row[j] = std::min({above[j] + 1, row[j - 1] + 1, above[j - 1] + cost});
      const bool swapped = i > 1 && j > 1 && one[i - 1] == other[j - 2] && one[i - 2] == other[j - 1];
      if (swapped) row[j] = std::min(row[j], before[j - 2] + 1);
    }
    before = above;
    above = row;
  }
  return above[other.size()];
}

std::string_view nearest(std::string_view written, const std::vector<std::string_view>& words) {
  if (written.size() < 2 || written.size() > longest) return {};
  const auto far = [&](std::string_view word) { return distance(written, word); };
  const auto best = std::ranges::min_element(words, {}, far);
  if (best == words.end() || far(*best) > std::max<std::size_t>(1, written.size() / 3)) return {};
  return *best;
}

}  // namespace sshaudit
