// SPDX-License-Identifier: MIT
#include "render/words.h"

#include <array>
#include <cstddef>

namespace sshaudit {
namespace {

template <std::size_t count, class Enumerator>
std::string_view at(const std::array<std::string_view, count>& words, Enumerator value) {
  return words.at(static_cast<std::size_t>(value));
}

}  // namespace

std::string_view word(Effect effect) {
  return at(std::array<std::string_view, 5>{"refuses", "closes", "endangers", "informs", "unknown"}, effect);
}

std::string_view word(Severity severity) {
  return at(std::array<std::string_view, 3>{"notice", "warning", "error"}, severity);
}

std::string_view word(Subject subject) {
  return at(std::array<std::string_view, 5>{"Server", "Account", "KeyFile", "AuthorizedKey", "Host"}, subject);
}

std::string_view word(KeyLogin verdict) {
  return at(std::array<std::string_view, 5>{"accepted", "refused", "closes", "none", "unknown"}, verdict);
}

std::string_view word(KeyUse use) { return at(std::array<std::string_view, 3>{"usable", "unusable", "unknown"}, use); }

std::string_view word(SelfCheck outcome) {
  return at(std::array<std::string_view, 3>{"same", "different", "not possible"}, outcome);
}

std::string_view word(LoginStep step) {
  return at(std::array<std::string_view, 13>{"none", "server", "account", "lists", "methods", "algorithm", "revoked",
                                             "key-file", "trusted-ca", "keys-command", "root-login", "pam", "session"},
            step);
}

std::string_view word(StepResult result) {
  return at(std::array<std::string_view, 6>{"ok", "absent", "refused", "closes", "unknown", "skipped"}, result);
}

std::string_view word(Outcome outcome) {
  return at(std::array<std::string_view, 4>{"accepted", "refused", "closes", "unknown"}, outcome);
}

std::string_view word(Vendor vendor) {
  return at(std::array<std::string_view, 4>{"upstream", "debian", "ubuntu", "rhel"}, vendor);
}

std::string_view verdict_in_words(KeyLogin verdict) {
  if (verdict == KeyLogin::closes) return "accepted, but the session ends at once";
  return verdict == KeyLogin::none ? "not set up" : word(verdict);
}

}  // namespace sshaudit
