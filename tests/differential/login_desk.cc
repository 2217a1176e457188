// SPDX-License-Identifier: MIT
#include "differential/login_desk.h"

#include <fmt/format.h>

#include <array>
#include <chrono>
#include <nlohmann/json.hpp>
#include <regex>
#include <string_view>

#include "differential/key_stage.h"
#include "gather/subprocess.h"

namespace sshaudit::differential {
namespace {

constexpr std::chrono::seconds patience{60};
constexpr const char* sshd = "/usr/sbin/sshd";
constexpr std::string_view sftp_greeting("\0\0\0\5\1\0\0\0\3", 9);  // SSH_FXP_INIT, version 3
constexpr std::string_view sftp_answer("\2\0\0\0\3", 5);            // SSH_FXP_VERSION

// A list of AuthenticationMethods in which a key is not all.
const std::regex factors("authentication methods list [0-9]+: ([^ \n]*,publickey|publickey,)");

bool has(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

// What clients sign with, the best first.
constexpr std::array client_algorithms = {"+ssh-rsa", "rsa-sha2-256,rsa-sha2-256-cert-v01@openssh.com",
                                          "ssh-rsa,ssh-rsa-cert-v01@openssh.com"};

// A client offers its key as well: only the certificate counts.
bool is_let_in(const Login& login, const LoginScenario& scenario) {
  const std::regex with_certificate("\nAccepted publickey for [^\n]*-CERT ");
  return login.accepted && (scenario.certificate.empty() || std::regex_search("\n" + login.log, with_certificate));
}

// What the program printed, or why it is no report.
nlohmann::json report_of(const std::vector<std::string>& argv, std::string& fault) {
  const auto ran = run_program(argv, patience);
  if (!ran) {
    fault = "does not run: " + ran.error().what;
    return {};
  }
  auto report = nlohmann::json::parse(ran->out, nullptr, false);
  if (report.is_discarded()) {
    fault = fmt::format("no report (exit status {}): {}", ran->exit_status, shown(ran->err));
    return {};
  }
  return report;
}

}  // namespace

LoginDesk::LoginDesk(const LoginWorld& world, std::size_t number)
    : world_(world),
      config_(fmt::format("{}/sshd_config-{}", world.directory, number)),
      log_(fmt::format("{}/log-{}", world.directory, number)),
      output_(fmt::format("{}/output-{}", world.directory, number)) {}

void LoginDesk::show(const LoginScenario& scenario) {
  stage_.show(scenario);
  write_file(config_, scenario.config);
}

LoginTrial LoginDesk::log_in(const LoginScenario& scenario, const std::string& algorithms, bool for_sftp) {
  LoginRequest request{.sshd = sshd,
                       .config = config_,
                       .log = log_,
                       .user = scenario.user,
                       .key = world_.directory + "/" + world_.keys.keys[scenario.key].name,
                       .algorithms = algorithms,
                       .client = scenario.client,
                       .words = {},
                       .input = for_sftp ? std::string(sftp_greeting) : std::string(),
                       .output = output_,
                       .may_not_start = true};
  if (!scenario.certificate.empty()) request.words = {"-o", "CertificateFile=" + scenario.certificate};
  if (for_sftp) request.words.emplace_back("-s");
  request.words.emplace_back("127.0.0.1");
  request.words.push_back(for_sftp ? "sftp" : fmt::format("echo {}", session_mark));
  const auto login = door_.log_in(request);
  LoginTrial trial{.log = login.log, .output = read_text(output_)};
  trial.ran_keys_command = has(login.log, "AuthorizedKeysCommand command \"");
  trial.is_one_of_several = std::regex_search(login.log, factors);
  const bool works = has(trial.output, session_mark) || (for_sftp && has(trial.output, sftp_answer));
  trial.outcome = !is_let_in(login, scenario) ? LoginOutcome::refused
                  : works                     ? LoginOutcome::accepted
                                              : LoginOutcome::closes;
  return trial;
}

// Whoever is forced into sftp gets nothing else: then that is what a client asks for. A client that signs with an
// algorithm that is not accepted is one of several: the key works when another one gets in.
LoginTrial LoginDesk::log_in(const LoginScenario& scenario) {
  LoginTrial trial;
  for (const std::string algorithms : client_algorithms) {
    trial = log_in(scenario, algorithms, false);
    const bool is_for_sftp = has(trial.log, ") 'internal-sftp") && trial.outcome == LoginOutcome::closes;
    if (is_for_sftp) trial = log_in(scenario, algorithms, true);
    const bool is_rsa = world_.keys.keys[scenario.key].type == "ssh-rsa";
    if (!is_rsa || !has(trial.log, " not in PubkeyAcceptedAlgorithms")) break;
  }
  return trial;
}

LoginVerdict LoginDesk::judge(const LoginScenario& scenario) const {
  LoginVerdict verdict;
  const auto key = scenario.certificate.empty() ? world_.directory + "/" + world_.keys.keys[scenario.key].name + ".pub"
                                                : scenario.certificate;
  std::vector<std::string> explain = {staged_auditor,  "explain",       scenario.user, "--key",    key,   "--from",
                                      scenario.client, "--sshd-config", config_,       "--format", "json"};
  if (scenario.runs_keys_command) explain.emplace_back("--run-keys-command");
  const auto explained = report_of(explain, verdict.outcome);
  if (explained.is_object() && explained.value("logins", nlohmann::json::array()).size() == 1) {
    verdict.outcome = explained["logins"][0].value("outcome", "no outcome");
    verdict.explained = explained.dump(1, ' ', false, nlohmann::json::error_handler_t::replace);
  }
  const auto audited = report_of(
      {staged_auditor, scenario.user, "--from", scenario.client, "--sshd-config", config_, "--format", "json"},
      verdict.key_login);
  if (audited.is_object() && audited.value("accounts", nlohmann::json::array()).size() == 1) {
    verdict.key_login = audited["accounts"][0].value("key_login", "no verdict");
    if (verdict.explained.empty())
      verdict.explained = audited.dump(1, ' ', false, nlohmann::json::error_handler_t::replace);
  }
  return verdict;
}

namespace {

// Nobody can know what a command supplies that is not run.
bool may_be_unknown(const LoginScenario& scenario, const LoginTrial& trial) {
  return scenario.has_keys_command && !scenario.runs_keys_command && trial.ran_keys_command;
}

// The audit is about all keys of the account: another one may be better than the one that was offered.
bool fits(const LoginScenario& scenario, const LoginTrial& trial, const std::string& key_login) {
  const auto outcome = trial.outcome;
  if (trial.is_one_of_several && key_login != "unknown") return true;
  if (scenario.has_keys_command || !scenario.certificate.empty()) return true;
  const std::string login = outcome_words[static_cast<int>(outcome)];
  if (outcome == LoginOutcome::refused && key_login == "none") return true;
  if (scenario.is_only_key) return key_login == login;
  if (key_login == "unknown") return false;
  if (outcome == LoginOutcome::accepted) return key_login == "accepted";
  return outcome == LoginOutcome::refused || key_login == "accepted" || key_login == "closes";
}

}  // namespace

std::string difference(const LoginScenario& scenario, const LoginTrial& trial, const LoginVerdict& verdict) {
  const std::string done = outcome_words[static_cast<int>(trial.outcome)];
  const bool agrees = verdict.outcome == done || (verdict.outcome == "unknown" && may_be_unknown(scenario, trial));
  if (!agrees) return fmt::format("sshd: {}; explain: {}", done, verdict.outcome);
  if (!fits(scenario, trial, verdict.key_login)) return fmt::format("sshd: {}; audit: {}", done, verdict.key_login);
  return "";
}

}  // namespace sshaudit::differential
