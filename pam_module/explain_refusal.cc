// SPDX-License-Identifier: MIT
// sshaudit-explain-refusal: finds the reason for a login that was refused, and writes it to the log. The logger starts
// it as root with the record of the connection as descriptors 3 and 4. What root alone may see comes first; then it
// becomes the account for good, and only after that it reads the record, whose keys the client has chosen, and what
// lies in the home.
#include <pwd.h>
#include <security/pam_appl.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <exception>
#include <map>
#include <string>
#include <string_view>

#include "cli/account_audit.h"
#include "gather/read_file.h"
#include "gather/system_log.h"
#include "parse/connection_notes.h"
#include "refusal.h"
#include "render/refusal_line.h"
#include "render/visible_text.h"

namespace {

using namespace sshaudit;

// Exit status.
constexpr int not_looked = 0;
constexpr int told = 10;
constexpr int nothing_found = 11;
constexpr int keys_fd = 3;
constexpr int logged_fd = 4;
constexpr std::size_t largest_record = 1024UL * 1024;
constexpr auto message_id = "904b0de545894f248fd1a55de77fc162";  // packaging/journal/sshaudit.catalog

// "--name=value" words by name.
class Words {
 public:
  Words(int argc, char** argv) {
    for (int i = 1; i < argc; ++i) {
      const std::string_view word = argv[i];
      const auto equals = std::min(word.find('='), word.size());
      if (!word.starts_with("--")) continue;
      values_.emplace(word.substr(2, equals - 2), word.substr(std::min(equals + 1, word.size())));
    }
  }

  bool has(const std::string& name) const { return values_.contains(name); }

  std::string get(const std::string& name) const {
    const auto found = values_.find(name);
    return found == values_.end() ? std::string() : found->second;
  }

  int number(const std::string& name) const { return std::atoi(get(name).c_str()); }

 private:
  std::map<std::string, std::string> values_;
};

std::string whole(int fd) {
  lseek(fd, 0, SEEK_SET);
  return read_open_file(fd, "", largest_record).value_or("");
}

struct Endpoints {
  std::string local;
  std::string local_port;
  std::string remote;
};

// %C has the server first, SSH_CONNECTION the client.
Endpoints endpoints_of(const Words& words) {
  const bool client_first = words.has("connection");
  std::string fields[4];
  auto text = client_first ? words.get("connection") : words.get("tuple");
  for (auto& field : fields) {
    const auto blank = std::min(text.find(' '), text.size());
    field = text.substr(0, blank);
    text.erase(0, std::min(blank + 1, text.size()));
  }
  return client_first ? Endpoints{fields[2], fields[3], fields[0]} : Endpoints{fields[0], fields[1], fields[2]};
}

Arguments arguments_of(const Words& words) {
  Arguments arguments;
  arguments.verb = Verb::explain;
  arguments.users = {words.get("user")};
  arguments.shadow = ShadowRows::left;
  arguments.sshd_config = words.get("sshd-config");
  const auto ends = endpoints_of(words);
  const auto client = ends.remote.empty() ? words.get("client") : ends.remote;
  const bool is_address = !client.empty() && client != "UNKNOWN" && client.find(',') == std::string::npos;
  if (!is_address) return arguments;
  arguments.from = client;
  arguments.local_address = ends.local;
  arguments.lport = std::atoi(ends.local_port.c_str());
  return arguments;
}

class Login {
 public:
  Login(const Words& words, AccountAudit& audit) : words_(words), audit_(audit), account_(*audit.accounts().front()) {
    const auto& connection = audit.context().connection;
    from_ = connection != nullptr ? connection->address.value_or("") : std::string();
  }

  int run() {
    SystemLog log("sshaudit");
    if (!audit_.become(account_)) return not_looked;
    notes_ = parse_connection_notes(whole(keys_fd) + whole(logged_fd));
    for (const auto& refusal : refusals()) {
      if (words_.get("pam") == "tell") {
        std::fputs(render_refusal_for_user(refusal).c_str(), stdout);
        return told;
      }
      tell(refusal, log);
    }
    return found_ ? told : nothing_found;
  }

 private:
  static std::vector<Refusal> as_list(std::optional<Refusal> one) {
    return one ? std::vector<Refusal>{std::move(*one)} : std::vector<Refusal>();
  }

  static std::vector<Refusal> of_kind(Refusal::Kind kind, std::vector<Refusal> refusals) {
    for (auto& one : refusals) one.kind = kind;
    return refusals;
  }

  std::vector<Refusal> refusals() {
    const auto phase = words_.get("pam");
    if (phase.empty()) return by_keys();
    if (phase == "auth") return before_password();
    if (phase == "session") return after_session();
    const auto login = audit_.explain_refused(account_, {});
    const auto& explanation = login.explanations.front();
    if (phase == "tell") return before_stack(explanation);
    const auto kind = words_.has("by-password") ? Refusal::Kind::login : Refusal::Kind::key_login;
    return of_kind(kind, {refusal_by_pam(explanation, from_, pam_strerror(nullptr, words_.number("status")))});
  }

  // A key that came twice was let in at first by a command behind ours, and is no refused key.
  std::vector<Refusal> by_keys() {
    std::vector<OfferedKey> keys;
    for (std::size_t i = 0; i < notes_.keys.size(); ++i) {
      if (!words_.has("chained") || !notes_.is_signed[i]) keys.push_back(notes_.keys[i]);
    }
    if (keys.empty()) return {};
    return refusals_of(audit_.explain_refused(account_, keys), from_,
                       words_.has("chained") ? "the command behind --then" : "");
  }

  // Whom sshd lets in by no key, it gives a password that is none. Otherwise keys may have been refused before.
  std::vector<Refusal> before_password() {
    const auto login = audit_.explain_refused(account_, {});
    const auto& steps = login.explanations.front().steps;
    const auto decides = std::ranges::find_if(steps, &ExplainedStep::is_first_refusal);
    const bool is_before_keys = decides != steps.end() && decides->step < LoginStep::methods;
    if (is_before_keys) return of_kind(Refusal::Kind::login, refusals_of(login, from_, ""));
    if (!notes_.keys.empty()) return by_keys();
    return of_kind(Refusal::Kind::key_logins, refusals_of(audit_.explain_own_keys(account_), from_, ""));
  }

  std::vector<Refusal> after_session() {
    const auto keys = parse_auth_info(words_.get("auth-info"));
    if (keys.empty()) return {};
    return as_list(closing_of(audit_.explain_refused(account_, {keys.front()}).explanations.front(), from_));
  }

  std::vector<Refusal> before_stack(const Explanation& explanation) const {
    const auto refuses = [](const ExplainedStep& step) {
      return step.step == LoginStep::pam && step.result == StepResult::refused;
    };
    if (std::ranges::any_of(explanation.steps, refuses)) return {refusal_by_pam(explanation, from_, "")};
    return as_list(closing_of(explanation, from_));
  }

  void tell(const Refusal& refusal, SystemLog& log) {
    found_ = true;
    const auto reason = visible(refusal.reason());
    if (!notes_.logged.insert(reason).second) return;
    dprintf(logged_fd, "logged %s\n", reason.c_str());
    const auto phase = words_.get("pam");
    const auto before =
        phase.empty() ? std::string() : "pam_sshaudit(" + visible(words_.get("service")) + ":" + visible(phase) + "): ";
    log.write(render_refusal(refusal, before), {{"MESSAGE_ID", message_id},
                                                {"SSHAUDIT_USER", visible(refusal.user)},
                                                {"SSHAUDIT_RULE", refusal.rule},
                                                {"SSHAUDIT_PATH", visible(refusal.path)},
                                                {"SSHAUDIT_FINGERPRINT", visible(refusal.fingerprint)},
                                                {"SSHAUDIT_SSHD_PID", words_.get("process")}});
  }

  const Words& words_;
  AccountAudit& audit_;
  const Account& account_;
  std::string from_;
  ConnectionNotes notes_;
  bool found_ = false;
};

// A name that is no account is not logged: it may be a password that was typed in the wrong place.
int explain(const Words& words) {
  const auto arguments = arguments_of(words);
  if (getpwnam(arguments.users.front().c_str()) == nullptr) return not_looked;
  const auto audit = AccountAudit::open(arguments);
  if (!audit || (*audit)->accounts().empty()) return not_looked;
  return Login(words, **audit).run();
}

// For "sshaudit status": all but a login and a line in the log. Root is an account everywhere.
int probe(const Words& words) {
  auto arguments = arguments_of(words);
  arguments.users = {"root"};
  const auto audit = AccountAudit::open(arguments);
  const bool finds = audit && !(*audit)->accounts().empty() &&
                     !(*audit)->explain_refused(*(*audit)->accounts().front(), {}).explanations.empty();
  const bool is_heard = log_is_heard();
  std::puts(!finds      ? "the reason for a refusal cannot be found here: sshaudit explain root says why"
            : !is_heard ? "nobody takes what goes to the log: no /dev/log, and no journal"
                        : "probe: well");
  return finds && is_heard ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    std::signal(SIGPIPE, SIG_IGN);
    const Words words(argc, argv);
    return words.has("probe") ? probe(words) : explain(words);
  } catch (const std::exception&) {
    return not_looked;  // there is nobody to tell
  }
}
