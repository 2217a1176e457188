// SPDX-License-Identifier: MIT
#include "cli/policy.h"

#include <fmt/format.h>

#include <utility>

#include "gather/trusted_file.h"
#include "parse/policy_file.h"
#include "rules/catalogue.h"

namespace sshaudit {
namespace {

constexpr std::size_t largest_file = 1024UL * 1024;

bool judges(Verb verb) {
  return verb == Verb::audit || verb == Verb::explain || verb == Verb::fix || verb == Verb::keys;
}

Result<Policy> read_policy() {
  const auto text = read_trusted_file(policy_path, largest_file);
  if (!text) return tl::unexpected(text.error());
  if (!*text) return Policy{};
  auto policy = parse_policy(**text, catalogue());
  if (policy) return std::move(*policy);
  const auto& fault = policy.error();
  return tl::unexpected(Error{fmt::format("{}:{}:{}: {}", policy_path, fault.line, fault.column, fault.what), {}, 0});
}

// The other verbs have formats of their own.
Arguments start_of(Policy policy, const Arguments& asked) {
  Arguments start;
  if (asked.verb == Verb::audit) start.format = policy.format;
  start.fail_on = policy.fail_on;
  start.forecast_days = policy.forecast;
  start.jobs = policy.jobs;
  start.deadline = policy.deadline;
  start.user_source = std::move(policy.users);
  start.automount = policy.automount;
  start.color = policy.color;
  if (asked.root == "/") start.waivers = std::move(policy.waivers);
  return start;
}

}  // namespace

Result<Parsed> parse_with_policy(int argc, const char* const* argv) {
  auto parsed = parse_arguments(argc, argv);
  if (parsed.exit_status || !judges(parsed.arguments.verb)) return parsed;
  auto policy = read_policy();
  if (!policy) return tl::unexpected(policy.error());
  return parse_arguments(argc, argv, start_of(std::move(*policy), parsed.arguments));
}

}  // namespace sshaudit
