// SPDX-License-Identifier: MIT
#include "parse/authentication_methods.h"

#include <algorithm>
#include <array>

namespace sshaudit {
namespace {

struct Method {
  std::string_view name;
  std::string_view keyword;  // that switches it on; empty for one that always is
  bool of_distributions = false;
};
constexpr std::array methods = {
    Method{"none", ""},
    Method{"publickey", "pubkeyauthentication"},
    Method{"password", "passwordauthentication"},
    Method{"keyboard-interactive", "kbdinteractiveauthentication"},
    Method{"hostbased", "hostbasedauthentication"},
    Method{"gssapi-with-mic", "gssapiauthentication", true},
    Method{"gssapi-keyex", "gssapiauthentication", true},
};

template <class Test>
bool all_methods(std::string_view list, Test test) {
  while (true) {
    const auto comma = list.find(',');
    const auto word = list.substr(0, comma);
    const auto* const method = std::ranges::find(methods, word.substr(0, word.find(':')), &Method::name);
    if (method == methods.end() || !test(*method)) return false;
    if (comma == std::string_view::npos) return true;
    list.remove_prefix(comma + 1);
  }
}

}  // namespace

bool is_method_list(std::string_view list, Vendor vendor) {
  return all_methods(list,
                     [&](const Method& method) { return !method.of_distributions || vendor != Vendor::upstream; });
}

bool is_possible(std::string_view list, const std::function<bool(std::string_view keyword)>& is_on) {
  return list == "any" ||
         all_methods(list, [&](const Method& method) { return method.keyword.empty() || is_on(method.keyword); });
}

}  // namespace sshaudit
