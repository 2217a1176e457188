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
#include "rules/key_line_rules.h"
#include "rules/keys_command_rules.h"
#include "rules/settings_rules.h"
#include "rules/wording.h"

namespace sshaudit {
namespace {

constexpr std::size_t most_lines = 20;  // with one key that are told of
constexpr std::size_t most_keys = 4;    // that are named where the one offered is not among them

bool has(const std::vector<Finding>& findings, Effect effect) {
  return std::ranges::any_of(findings, [&](const Finding& one) { return one.rule->effect == effect; });
}

std::string named_by(const KeyFileSubject& subject) {
  const auto place = place_of(subject.evidence, "authorizedkeysfile");
  return fmt::format("{}{}", subject.file.path, place.empty() ? " (AuthorizedKeysFile)" : place);
}

// Goes through the lines of one file for one key.
class LineSearch {
 public:
  LineSearch(KeyFileSubject subject, const OfferedKey& offered, const Context& context)
      : subject_(std::move(subject)), offered_(offered), context_(context) {}

  void visit(const AuthorizedKey& line) {
    const auto& digest = offered_.key.digest;
    if (!line.key.type.empty()) note_key(line);
    if (offered_.certificate) return visit_authority(line);
    const bool is_it = !line.key.type.empty() && line.key.digest == digest;
    const bool was_meant = !line.meant.type.empty() && line.meant.digest == digest;
    if ((!is_it && !was_meant) || numbers_.size() == most_lines) return;
    numbers_.push_back(line.line);
    const KeyLineSubject of_line{subject_.evidence, subject_.file, line};
    if (is_it && !line.options.cert_authority) {
      judge_line(of_line);
    } else if (is_it) {
      authorities_.push_back(line.line);
    } else {
      judge(line_fault_rules(), of_line, context_, faults_);
      judge(option_fault_rules(), of_line, context_, faults_);
    }
  }

  void finish(SourceVerdict& verdict) const {
    verdict.line = accepted_ ? accepted_ : refused_line_;
    if (accepted_) {
      verdict.result = StepResult::ok;
      verdict.of_root_login = of_root_login_;
      verdict.of_session = of_session_;
      if (offered_.certificate) verdict.findings.insert(verdict.findings.end(), refusals_.begin(), refusals_.end());
    } else if (refused_line_ || !faults_.empty()) {
      verdict.result = is_unsure_ ? StepResult::unknown : StepResult::refused;
      verdict.findings.insert(verdict.findings.end(), refusals_.begin(), refusals_.end());
      verdict.findings.insert(verdict.findings.end(), faults_.begin(), faults_.end());
    }
    verdict.text += ": " + in_words();
  }

 private:
  // A certificate is let in by its authority's lines only.
  void visit_authority(const AuthorizedKey& line) {
    auto verdict = judge_by_authority_line(*offered_.certificate, line, subject_.file, subject_.evidence, context_);
    if (verdict.result == StepResult::absent || numbers_.size() == most_lines) return;
    numbers_.push_back(line.line);
    if (verdict.result == StepResult::ok && !accepted_) {
      accepted_ = line;
      accepted_->options.command = verdict.forced_command;
      through_ = verdict.through;
    } else if (verdict.result != StepResult::ok) {
      is_unsure_ = is_unsure_ || verdict.result == StepResult::unknown;
      if (!refused_line_) refused_line_ = line;
    }
    std::ranges::move(verdict.findings, std::back_inserter(refusals_));
  }

  void note_key(const AuthorizedKey& line) {
    ++keys_;
    if (names_.size() < most_keys) {
      const auto comment = line.shows_private_key ? std::string() : line.comment;
      names_.push_back(fingerprint_of(line.key) + (comment.empty() ? "" : fmt::format(" \"{}\"", shown(comment))));
    }
  }

  void judge_line(const KeyLineSubject& of_line) {
    std::vector<Finding> found;
    judge(key_restriction_rules(), of_line, context_, found);
    judge(key_policy_rules(), of_line, context_, found);
    judge(key_session_rules(), of_line, context_, found);
    std::vector<Finding> own;
    std::vector<Finding> of_root_login;
    std::vector<Finding> of_session;
    for (auto& finding : found) {
      if (finding.rule->step == LoginStep::key_file) own.push_back(finding);
      if (finding.rule->step == LoginStep::root_login) of_root_login.push_back(finding);
      if (finding.rule->step == LoginStep::session) of_session.push_back(finding);
    }
    if (!has(own, Effect::refuses) && !has(own, Effect::unknown)) {
      if (accepted_) return;  // sshd takes the first
      accepted_ = of_line.line;
      of_root_login_ = std::move(of_root_login);
      of_session_ = std::move(of_session);
      return;
    }
    is_unsure_ = is_unsure_ || !has(own, Effect::refuses);
    if (!refused_line_) refused_line_ = of_line.line;
    std::ranges::move(own, std::back_inserter(refusals_));
  }

  std::string in_words() const {
    if (accepted_) {
      if (offered_.certificate) return fmt::format("line {} is its authority", accepted_->line);
      const auto conditions = conditions_in_words(accepted_->options);
      return fmt::format("line {} is this key{}{}", accepted_->line, conditions.empty() ? "" : ", ", shown(conditions));
    }
    if (!numbers_.empty() && !authorities_.empty() && !refused_line_ && faults_.empty())
      return fmt::format("line {} is this key, but as a certificate authority", authorities_.front());
    if (!numbers_.empty())
      return fmt::format("line {} is {}, but sshd does not accept it", numbers_.front(),
                         offered_.certificate ? "its authority" : "this key");
    if (subject_.file.key_lines == 0) return "there is no key in it";
    if (keys_ == 0) return "sshd reads no key in it";
    const auto more = keys_ > names_.size() ? fmt::format(" and {} more", keys_ - names_.size()) : std::string();
    if (offered_.certificate) return "its authority has no cert-authority line there";
    return fmt::format("it is not among the {} key{} there: {}{}", keys_, keys_ == 1 ? "" : "s",
                       fmt::join(names_, ", "), more);
  }

  const KeyFileSubject subject_;
  const OfferedKey& offered_;
  const Context& context_;
  std::size_t keys_ = 0;
  std::vector<std::string> names_;
  std::vector<std::size_t> numbers_;  // of lines with the key
  std::vector<std::size_t> authorities_;
  std::string through_;  // what names the principal of a certificate
  std::optional<AuthorizedKey> accepted_;
  std::optional<AuthorizedKey> refused_line_;
  bool is_unsure_ = false;
  std::vector<Finding> refusals_;
  std::vector<Finding> faults_;  // of lines in which the key was meant
  std::vector<Finding> of_root_login_;
  std::vector<Finding> of_session_;
};

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
    LineSearch search(subject, offered, context);
    read_key_lines(file.text, context.grammar, [&](const AuthorizedKey& line) { search.visit(line); });
    search.finish(verdict);
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
    LineSearch search({evidence, file, {}}, offered, context);
    read_key_lines(file.text, context.grammar, [&](const AuthorizedKey& line) { search.visit(line); });
    search.finish(verdict);
  } else if (fate == KeysCommandFate::none) {
    verdict.text += ": it supplies no key";
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
  if (name.empty() || !offered.certificate) return verdict;
  auto judged = judge_by_trusted_authority(*offered.certificate, evidence, context);
  verdict.result = judged.result;
  verdict.findings = std::move(judged.findings);
  if (judged.result == StepResult::absent) verdict.text += ": the authority of the certificate is not in it";
  if (judged.result != StepResult::ok) return verdict;
  verdict.text += fmt::format(": its authority is in it, its principal is named by {}", shown(judged.through));
  for (const auto& condition : judged.conditions) verdict.text += ", " + shown(condition);
  verdict.line.emplace();
  verdict.line->options.command = judged.forced_command;
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
      const auto& key = line.key.type.empty() ? line.meant : line.key;
      if (key.type.empty() || line.options.cert_authority || !known.insert(key.digest).second) return;
      const auto comment = line.shows_private_key ? std::string() : shown(line.comment);
      keys.push_back(named({key, line.wire, comment, std::nullopt, {}, {}}));
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
