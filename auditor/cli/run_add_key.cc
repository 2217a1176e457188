// SPDX-License-Identifier: MIT
#include "cli/run_add_key.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <set>

#include "cli/account_audit.h"
#include "cli/question.h"
#include "cli/text_style.h"
#include "gather/read_file.h"
#include "key_addition.h"
#include "remedy/changer.h"
#include "render/explanation.h"
#include "render/finding_text.h"
#include "render/visible_text.h"

namespace sshaudit {
namespace {

constexpr std::size_t largest_key = 64UL * 1024;
constexpr int lets_in = 0;
constexpr int keeps_out = 1;
constexpr int not_known = 2;
constexpr int refused = 2;

Result<std::string> read_key() {
  if (isatty(STDIN_FILENO) == 1) std::fputs("paste the public key, then press Enter and Ctrl-D:\n", stderr);
  std::string text;
  errno = read_to_end(STDIN_FILENO, 0, largest_key + 1, text);
  if (errno != 0) return tl::unexpected(errno_error("read", "standard input"));
  if (text.size() > largest_key) return tl::unexpected(Error{"standard input is too long for a public key", "", 0});
  return text;
}

int refuse(const KeyAddition& addition, const TextStyle& style) {
  std::set<std::string> commands;
  for (const auto& finding : addition.findings) {
    std::fputs(finding_text(finding, finding.detail.message, style, commands).c_str(), stderr);
  }
  std::fprintf(stderr, "sshaudit: not added: %s\n", visible(addition.why_not).c_str());
  return refused;
}

// What sshd makes of it now.
Result<int> explain_it(const Arguments& arguments, const OfferedKey& key) {
  const auto audit = AccountAudit::open(arguments);
  if (!audit) return tl::unexpected(audit.error());
  const auto explanations = (*audit)->explain(*(*audit)->accounts().front(), key);
  const auto comes = [&](Outcome outcome) {
    return std::ranges::find(explanations, outcome, &Explanation::outcome) != explanations.end();
  };
  if (comes(Outcome::accepted)) return lets_in;
  if (auto done = tell(render_explanations(explanations, text_style(arguments))); !done)
    return tl::unexpected(done.error());
  return comes(Outcome::unknown) ? not_known : keeps_out;
}

// Of what was begun, the user is told how it goes again.
tl::unexpected<Error> not_added(Error error, const Record* record = nullptr) {
  if (record != nullptr && record->steps() > 0) {
    std::fprintf(stderr, "to undo what was begun: sshaudit undo %s\n", record->name().c_str());
  }
  error.what = "not added: " + error.what;
  return tl::unexpected(std::move(error));
}

Result<std::string> add(const AccountAudit::PlannedKey& planned, const Account& account, const KeyGrammar& grammar) {
  const auto lock = lock_state();
  if (!lock) return not_added(lock.error());
  auto record = Record::create("add-key");
  if (!record) return not_added(record.error());
  if (auto done = Changer(grammar).make(account, planned.identity, planned.addition, *record); !done) {
    return not_added(done.error(), &*record);
  }
  return record->name();
}

Result<int> add_line(const Arguments& arguments, const std::string& line) {
  auto audit = AccountAudit::open(arguments);
  if (!audit) return tl::unexpected(audit.error());
  const auto account = *(*audit)->accounts().front();
  const auto grammar = (*audit)->context().grammar;
  const auto planned = (*audit)->plan_key(account, line);
  if (!planned) return tl::unexpected(planned.error());
  audit->reset();
  const auto& addition = planned->addition;
  if (!addition.why_not.empty()) return refuse(addition, text_style(arguments));
  const auto place = visible(addition.path);
  std::string text =
      fmt::format("{}: {} is in {}:{} already\n", visible(account.name), planned->key.name, place, addition.known_line);
  if (addition.known_line == 0) {
    const auto record = add(*planned, account, grammar);
    if (!record) return tl::unexpected(record.error());
    text = fmt::format("{}: {} added to {}\nto undo: sshaudit undo {}\n", visible(account.name), planned->key.name,
                       place, *record);
  }
  if (auto done = tell(text); !done) return tl::unexpected(done.error());
  return explain_it(arguments, planned->key);
}

}  // namespace

Result<int> run_add_key(const Arguments& arguments) {
  if (auto done = require_root("add-key"); !done) return tl::unexpected(done.error());
  const auto text = read_key();
  if (!text) return tl::unexpected(text.error());
  const auto line = new_key_line(*text, arguments.key_options);
  if (!line.why_not.empty()) return tl::unexpected(Error{"not added: " + line.why_not, "", 0});
  umask(S_IRWXG | S_IRWXO);
  return add_line(arguments, line.line);
}

}  // namespace sshaudit
