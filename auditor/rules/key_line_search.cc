// SPDX-License-Identifier: MIT
#include "rules/key_line_search.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "parse/authorized_keys.h"
#include "parse/key_blob.h"
#include "rules/certificate_rules.h"
#include "rules/key_line_rules.h"
#include "rules/wording.h"

namespace sshaudit {
namespace {

constexpr std::size_t most_lines = 20;  // with one key that are told of
constexpr std::size_t most_unreadable = 5;
constexpr std::size_t most_keys = 4;  // that are named where the one offered is not among them

bool has(const std::vector<Finding>& findings, Effect effect) {
  return std::ranges::any_of(findings, [&](const Finding& one) { return one.rule->effect == effect; });
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
    if (!is_it && !was_meant) note_unreadable(line);
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
      verdict.findings.insert(verdict.findings.end(), of_accepted_.begin(), of_accepted_.end());
      if (offered_.certificate) verdict.findings.insert(verdict.findings.end(), refusals_.begin(), refusals_.end());
    } else if (refused_line_ || !faults_.empty()) {
      verdict.result = is_unsure_ ? StepResult::unknown : StepResult::refused;
      verdict.findings.insert(verdict.findings.end(), refusals_.begin(), refusals_.end());
      verdict.findings.insert(verdict.findings.end(), faults_.begin(), faults_.end());
    } else {
      verdict.findings.insert(verdict.findings.end(), unreadable_.begin(), unreadable_.end());
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
      judge(key_session_rules(), {subject_.evidence, subject_.file, *accepted_}, context_, of_session_);
      of_root_login_ = judge_root_login(subject_.evidence, offered_, verdict.forced_command, context_);
      through_ = verdict.through;
    } else if (verdict.result != StepResult::ok) {
      is_unsure_ = is_unsure_ || verdict.result == StepResult::unknown;
      if (!refused_line_) refused_line_ = line;
    }
    std::ranges::move(verdict.findings, std::back_inserter(refusals_));
  }

  // What key it was nobody can tell: it may be this one.
  void note_unreadable(const AuthorizedKey& line) {
    const bool is_unreadable = line.key.type.empty() && line.meant.type.empty() && line.fault != KeyLineFault::no_key;
    if (!is_unreadable || unreadable_.size() >= most_unreadable) return;
    const KeyLineSubject of_line{subject_.evidence, subject_.file, line};
    judge(line_fault_rules(), of_line, context_, unreadable_);
    judge(option_fault_rules(), of_line, context_, unreadable_);
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
      const bool is_more = finding.rule->step == LoginStep::none && finding.rule->effect != Effect::refuses;
      if (finding.rule->step == LoginStep::key_file || is_more) own.push_back(finding);
      if (finding.rule->step == LoginStep::root_login) of_root_login.push_back(finding);
      if (finding.rule->step == LoginStep::session) of_session.push_back(finding);
    }
    if (!has(own, Effect::refuses) && !has(own, Effect::unknown)) {
      if (accepted_) return;  // sshd takes the first
      accepted_ = of_line.line;
      of_accepted_ = std::move(own);
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
    const auto* const what = offered_.certificate ? "its authority" : "this key";
    if (!numbers_.empty()) return fmt::format("line {} is {}, but sshd does not accept it", numbers_.front(), what);
    if (subject_.file.key_lines == 0) return "there is no key in it";
    if (keys_ == 0) return "sshd reads no key in it";
    const auto more = keys_ > names_.size() ? fmt::format(" and {} more", keys_ - names_.size()) : std::string();
    if (offered_.certificate) return "its authority has no cert-authority line there";
    if (keys_ == 1) return "the key there is another one: " + names_.front();
    return fmt::format("it is not among the {} keys there: {}{}", keys_, fmt::join(names_, ", "), more);
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
  std::vector<Finding> unreadable_;
  std::vector<Finding> of_accepted_;  // what is worth knowing of the line that lets the key in
  std::vector<Finding> of_root_login_;
  std::vector<Finding> of_session_;
};

}  // namespace

void search_lines(const KeyFileSubject& subject, const OfferedKey& offered, const Context& context,
                  SourceVerdict& verdict) {
  LineSearch search(subject, offered, context);
  read_key_lines(subject.file.text, context.grammar, [&](const AuthorizedKey& line) { search.visit(line); });
  search.finish(verdict);
}

}  // namespace sshaudit
