// SPDX-License-Identifier: MIT
#include "rules/key_sources.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <set>

#include "parse/authorized_keys.h"
#include "parse/key_blob.h"
#include "parse/key_types.h"
#include "rules/certificate_rules.h"
#include "rules/environment_rules.h"
#include "rules/key_content_rules.h"
#include "rules/key_line_rules.h"
#include "rules/key_line_search.h"
#include "rules/keys_command_rules.h"
#include "rules/settings_rules.h"
#include "rules/wording.h"

namespace sshaudit {
namespace {

constexpr std::size_t most_lines = 20;  // with one key that are told of

bool has(const std::vector<Finding>& findings, Effect effect) {
  return std::ranges::any_of(findings, [&](const Finding& one) { return one.rule->effect == effect; });
}

std::string named_by(const KeyFileSubject& subject) {
  const auto place = place_of(subject.evidence, "authorizedkeysfile");
  return fmt::format("{}{}", subject.file.path, place.empty() ? " (AuthorizedKeysFile)" : place);
}

std::string remark_on(const Fault& fault) {
  std::string text;
  const auto add = [&](bool is_so, std::string_view what) {
    if (is_so) text += (text.empty() ? "" : ", ") + std::string(what);
  };
  add(fault.owner, "belongs to somebody else");
  add(fault.group_writes, "writable by group");
  add(fault.others_write, "writable by everyone");
  return text + " (StrictModes)";
}

std::string last_name(const std::string& path) { return path.substr(path.rfind('/') + 1); }

// As far as sshd walks, from the outside in; what refuses has a remark.
std::vector<DrawnComponent> draw(const KeyFileSubject& subject, const Context& context) {
  std::vector<DrawnComponent> drawn;
  const auto& walk = subject.file.walk;
  std::vector<const PathComponent*> shown_components;
  if (walk.end == WalkEnd::found) {
    shown_components = strict_modes_path(subject.file, subject.evidence);
    std::ranges::reverse(shown_components);
  } else {
    for (const auto& component : walk.components) shown_components.push_back(&component);
  }
  for (const auto* component : shown_components) {
    DrawnComponent one{mode_and_owner(component->status, context.accounts),
                       drawn.empty() ? component->path : last_name(component->path),
                       {}};
    const auto fault = std::ranges::find(subject.faults, component, &Fault::component);
    if (subject.evidence.settings.strict_modes && fault != subject.faults.end()) one.remark = remark_on(*fault);
    drawn.push_back(std::move(one));
  }
  if (drawn.empty()) return drawn;
  if (walk.end == WalkEnd::not_searchable) drawn.back().remark = "not searchable for " + subject.evidence.account.name;
  if (walk.end == WalkEnd::not_directory) drawn.back().remark = "not a directory";
  if (subject.file.open_errnum != 0) drawn.back().remark = errno_in_words(subject.file.open_errnum);
  return drawn;
}

std::string why_not_there(const KeyFile& file) {
  return file.walk.end == WalkEnd::missing || file.walk.end == WalkEnd::dangling || !file.hidden_exists
             ? "it does not exist"
             : "nothing can be read there";
}

}  // namespace

SourceVerdict look_in_key_file(const KeyFileSubject& subject, const OfferedKey& offered, const Context& context) {
  SourceVerdict verdict;
  const auto& file = subject.file;
  verdict.text = named_by(subject);
  if (file.walk.end != WalkEnd::missing && file.hidden_exists) {
    judge(walk_rules(), subject, context, verdict.findings);
    judge(open_rules(), subject, context, verdict.findings);
    judge(environment_rules(), subject, context, verdict.findings);
  }
  const bool refused = has(verdict.findings, Effect::refuses);
  const bool unsure = has(verdict.findings, Effect::unknown);
  if (file.text.empty() && !(file.walk.end == WalkEnd::found && !refused && !unsure)) {
    verdict.text += ": " + (refused || unsure ? std::string("sshd cannot read it") : why_not_there(file));
  } else {
    search_lines(subject, offered, context, verdict);
    if (file.key_lines == 0) judge(key_content_rules(), {subject.evidence, file, {}}, context, verdict.findings);
  }
  const bool not_all_read = file.truncated && verdict.result == StepResult::absent;
  if (unsure || not_all_read) verdict.result = StepResult::unknown;
  if (refused) verdict.result = StepResult::refused;
  if (refused || unsure) verdict.path = draw(subject, context);
  return verdict;
}

// The output of the command is another key file, without a walk.
SourceVerdict look_in_command(const AccountEvidence& evidence, const OfferedKey& offered, const Context& context) {
  SourceVerdict verdict;
  const auto fate = fate_of_keys_command(evidence, context);
  verdict.text = fmt::format("AuthorizedKeysCommand {}{}", shown(evidence.settings.authorized_keys_command),
                             place_of(evidence, "authorizedkeyscommand"));
  judge(keys_command_rules(), {evidence, false, true}, context, verdict.findings);
  if (fate == KeysCommandFate::printed) {
    const auto file = printed_keys(evidence);
    search_lines({evidence, file, {}}, offered, context, verdict);
  } else if (fate == KeysCommandFate::none) {
    verdict.text += ": sshd does not run it, or it supplies no key";
  } else if (fate == KeysCommandFate::not_run) {
    verdict.result = StepResult::unknown;
  } else {
    verdict.result = StepResult::refused;
  }
  return verdict;
}

SourceVerdict look_among_authorities(const AccountEvidence& evidence, const OfferedKey& offered,
                                     const Context& context) {
  SourceVerdict verdict;
  const auto& name = evidence.settings.trusted_user_ca_keys;
  verdict.text = name.empty() ? std::string("TrustedUserCAKeys is not set")
                              : fmt::format("TrustedUserCAKeys {}{}", name, place_of(evidence, "trustedusercakeys"));
  if (!offered.certificate) return verdict;
  auto judged = judge_by_trusted_authority(*offered.certificate, evidence, context);
  verdict.result = judged.result;
  verdict.findings = std::move(judged.findings);
  if (judged.result == StepResult::absent && !name.empty())
    verdict.text += ": the authority of the certificate is not in it";
  if (judged.result != StepResult::ok) return verdict;
  verdict.text += fmt::format(": its authority is in it, its principal is named by {}", shown(judged.through));
  for (const auto& condition : judged.conditions) verdict.text += ", " + shown(condition);
  verdict.line.emplace();
  verdict.line->options.command = judged.forced_command;
  verdict.line->key = offered.key;
  judge(key_session_rules(), {evidence, KeyFile{}, *verdict.line}, context, verdict.of_session);
  verdict.of_root_login = judge_root_login(evidence, offered, judged.forced_command, context);
  return verdict;
}

namespace {

// What stands nowhere, as if it stood in a line without options.
void judge_key_alone(const AccountEvidence& evidence, const PublicKey& key, const Context& context,
                     std::vector<Finding>& found) {
  const KeyFile nowhere;
  AuthorizedKey line;
  line.key = key;
  judge(key_policy_rules(), {evidence, nowhere, line}, context, found);
}

}  // namespace

// The command may be the certificate's, or that of the line or of the principals file.
std::vector<Finding> judge_root_login(const AccountEvidence& evidence, const OfferedKey& offered,
                                      const std::optional<std::string>& command, const Context& context) {
  const KeyFile nowhere;
  AuthorizedKey line;
  line.key = offered.key;
  line.options.command = command;
  std::vector<Finding> found;
  judge(key_policy_rules(), {evidence, nowhere, line}, context, found);
  std::erase_if(found, [](const Finding& one) { return one.rule->step != LoginStep::root_login; });
  return found;
}

std::vector<Finding> judge_offered_key(const AccountEvidence& evidence, const OfferedKey& offered,
                                       const Context& context) {
  std::vector<Finding> found;
  if (offered.key.type.empty()) return found;
  judge_key_alone(evidence, offered.key, context, found);
  if (offered.certificate) {
    judge_key_alone(evidence, offered.certificate->authority, context, found);
    std::erase_if(found, [](const Finding& one) { return one.rule->step != LoginStep::revoked; });
    auto judged = judge_certificate_algorithms(*offered.certificate, evidence, context);
    std::ranges::move(judged.findings, std::back_inserter(found));
  }
  std::erase_if(found, [](const Finding& one) {
    return one.rule->step != LoginStep::algorithm && one.rule->step != LoginStep::revoked;
  });
  return found;
}

std::vector<OfferedKey> keys_of(const AccountEvidence& evidence, const Context& context) {
  std::vector<OfferedKey> keys;
  std::set<KeyDigest> known;
  for (const auto& file : evidence.key_files) {
    read_key_lines(file.text, context.grammar, [&](const AuthorizedKey& line) {
      const bool is_joined = line.fault == KeyLineFault::keys_joined;  // the second key is all that the comment holds
      const bool is_quotable = !line.shows_private_key && !is_joined;
      const auto add = [&](const PublicKey& key, const std::string& wire) {
        if (key.type.empty() || line.options.cert_authority || !known.insert(key.digest).second) return;
        keys.push_back(named({key, wire, is_quotable ? shown(line.comment) : std::string(), std::nullopt, {}, {}}));
      };
      add(line.key, line.wire);
      add(line.meant, {});
    });
  }
  return keys;
}

std::vector<std::string> lines_with(const std::string& path, const std::string& text, const KeyDigest& digest,
                                    const Context& context) {
  std::vector<std::string> places;
  read_key_lines(text, context.grammar, [&](const AuthorizedKey& line) {
    const auto& key = line.key.type.empty() ? line.meant : line.key;
    const bool is_it = !key.type.empty() && key.digest == digest;
    if (is_it && places.size() < most_lines) places.push_back(fmt::format("{}:{}", path, line.line));
  });
  return places;
}

std::vector<std::string> lookalikes_of(const AccountEvidence& evidence, const OfferedKey& offered,
                                       const Context& context) {
  std::vector<std::string> words;
  const auto add = [&](const std::string& path, const std::string& text) {
    for (const auto& place : lines_with(path, text, offered.key.digest, context))
      words.push_back(fmt::format("the key is in {}, which sshd does not read", place));
  };
  for (const auto& file : evidence.ignored_key_files) add(file.path, file.text);
  for (const auto& file : evidence.nearby_files) add(file.path, file.text);
  return words;
}

OfferedKey named(OfferedKey offered) {
  const auto& type = offered.key.type;
  offered.fingerprint = fingerprint_of(offered.key);
  offered.name = type.empty() ? offered.fingerprint : fmt::format("{} {}", short_name(type), offered.fingerprint);
  return offered;
}

}  // namespace sshaudit
