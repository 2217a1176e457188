// SPDX-License-Identifier: MIT
#include "module_arguments.h"

#include <cstring>

namespace sshaudit::pam {
namespace {

constexpr const char* default_service = "sshd";
constexpr int longest_deadline = 60;  // seconds; sshd's own patience with a login ends soon after

// What follows `name` in `text`, or null.
const char* value_of(const char* text, const char* name) {
  const auto size = std::strlen(name);
  return std::strncmp(text, name, size) == 0 ? text + size : nullptr;
}

// Seconds of 1 to 60, or 0.
int seconds_in(const char* text) {
  int seconds = 0;
  if (*text == '\0') return 0;
  for (; *text != '\0'; ++text) {
    if (*text < '0' || *text > '9') return 0;
    seconds = seconds * 10 + (*text - '0');
    if (seconds > longest_deadline) return 0;
  }
  return seconds;
}

bool set_flag(ModuleArguments& arguments, const char* text) {
  struct Flag {
    const char* name;
    bool ModuleArguments::*member;
  };
  constexpr Flag flags[] = {{"debug", &ModuleArguments::debug},
                            {"quiet", &ModuleArguments::quiet},
                            {"tell_user", &ModuleArguments::tell_user}};
  for (const auto& flag : flags) {
    if (std::strcmp(text, flag.name) != 0) continue;
    arguments.*flag.member = true;
    return true;
  }
  return false;
}

}  // namespace

ModuleArguments parse_arguments(const char* service, std::size_t count, const char* const* arguments,
                                void (*unknown)(void* data, const char* argument), void* data) {
  ModuleArguments parsed;
  bool names_services = false;
  for (std::size_t i = 0; i < count; ++i) {
    const char* const text = arguments[i];
    if (const char* const name = value_of(text, "service=")) {
      names_services = true;
      parsed.acts = parsed.acts || (service != nullptr && std::strcmp(service, name) == 0);
      continue;
    }
    if (const char* const deadline = value_of(text, "deadline=")) {
      const int seconds = seconds_in(deadline);
      if (seconds > 0) {
        parsed.deadline_ms = seconds * 1000;
        continue;
      }
    }
    if (!set_flag(parsed, text)) unknown(data, text);
  }
  if (!names_services) parsed.acts = service != nullptr && std::strcmp(service, default_service) == 0;
  return parsed;
}

}  // namespace sshaudit::pam
