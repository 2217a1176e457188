// SPDX-License-Identifier: MIT
#include "rules/lost_account_rules.h"

#include <fmt/format.h>
#include <string.h>

#include <array>

#include "rules/wording.h"

namespace sshaudit {
namespace {

using Details = std::vector<Detail>;
using Why = Loss::Why;

Details account_timeout(const LostAccount& lost, const Context&) {
  const auto& loss = lost.loss;
  if (loss.why == Why::too_slow) {
    return {{.path = lost.account.home,
             .message = fmt::format("its key files could not be judged in {} s", loss.seconds),
             .remedy = {{}, "look at what is in them, or give it more time: --deadline"}}};
  }
  if (loss.why != Why::timed_out) return {};
  const auto path = loss.path.empty() ? std::string("the name service") : loss.path;
  return {{.path = loss.path,
           .message = fmt::format("{} did not answer in {} s", path, loss.seconds),
           .remedy = {{}, "look at the file system or the server behind it, then audit again"}}};
}

Details mount_not_answering(const LostAccount& lost, const Context&) {
  if (lost.loss.why != Why::skipped) return {};
  return {{.path = lost.account.home,
           .message = fmt::format("the home {} was not looked at: {} did not answer in {} s in this run",
                                  lost.account.home, lost.loss.path, lost.loss.seconds),
           .remedy = {{}, "look at the file system or the server behind it, then audit again"}}};
}

Details account_not_judged(const LostAccount& lost, const Context&) {
  const auto& loss = lost.loss;
  if (loss.why != Why::crashed && loss.why != Why::failed) return {};
  std::string what = loss.text;
  if (loss.why == Why::crashed && loss.is_signal) {
    const char* const name = sigdescr_np(loss.number);
    what = fmt::format("the process that looked at it was ended by signal {} ({})", loss.number,
                       name == nullptr ? "unknown" : name);
  } else if (loss.why == Why::crashed) {
    what = fmt::format("the process that looked at it ended with status {}", loss.number);
  }
  return {{.path = lost.account.home,
           .message = fmt::format("it could not be looked at: {}", shown(what)),
           .remedy = {{}, "audit it again; if that does not help, it is a fault of sshaudit: please report it"}}};
}

using R = Rule<LostAccount>;
constexpr auto unknown = Effect::unknown;
constexpr auto warning = Severity::warning;
constexpr auto of_account = Subject::account;
constexpr std::string_view why =
    "What was not seen is not judged: sshd may accept or refuse. A login that has to wait for the same file system "
    "hangs as well.";

const std::array rules = {
    R{{"account-timeout", of_account, unknown, warning, "Looking at the account took too long.", why,
       "Look at the file system or the server that does not answer."},
      account_timeout},
    R{{"mount-not-answering", of_account, unknown, warning, "The home is on a mount that did not answer.", why,
       "Look at the file system or the server that does not answer."},
      mount_not_answering},
    R{{"account-not-judged", of_account, unknown, warning, "The account could not be looked at or judged.",
       "What was not seen is not judged: sshd may accept or refuse.", "Audit the account again."},
      account_not_judged},
};

}  // namespace

std::span<const Rule<LostAccount>> lost_account_rules() { return rules; }

}  // namespace sshaudit
