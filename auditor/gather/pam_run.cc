// SPDX-License-Identifier: MIT
#include "gather/pam_run.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <security/pam_appl.h>
#include <sys/wait.h>
#include <syslog.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <string_view>

#include "gather/fd.h"
#include "gather/temporary_files.h"
#include "parse/pam_files.h"

namespace sshaudit {
namespace {

using Clock = std::chrono::steady_clock;
constexpr std::size_t most_messages = 20;
constexpr std::size_t longest_message = 1000;
constexpr std::size_t longest_answer = 64UL * 1024;

// Modules whose account part reads and changes nothing.
constexpr std::array<std::string_view, 17> harmless = {
    "pam_access",  "pam_debug",  "pam_deny",     "pam_lastlog",   "pam_listfile", "pam_localuser",
    "pam_nologin", "pam_permit", "pam_rootok",   "pam_securetty", "pam_shells",   "pam_succeed_if",
    "pam_time",    "pam_unix",   "pam_usertype", "pam_wheel",     "pam_warn"};

// What these would do, or might.
struct SideEffect {
  std::string_view module;
  std::string_view effect;
};
constexpr std::array side_effects = {
    SideEffect{"pam_faillock", "it clears the count of failed logins"},
    SideEffect{"pam_tally", "it clears the count of failed logins"},
    SideEffect{"pam_tally2", "it clears the count of failed logins"},
    SideEffect{"pam_exec", "it runs a program"},
    SideEffect{"pam_script", "it runs a program"},
    SideEffect{"pam_sepermit", "it may lock the account for one session"},
};

std::string quoted(const std::string& word) {
  std::string text = "[";
  for (const char c : word) text += c == ']' ? std::string("\\]") : std::string(1, c);
  return text + "]";
}

// Whatever the module says is what pam_acct_mgmt(3) returns.
std::string service_of(const PamEntry& entry) {
  std::string text = "account [default=ok] " + quoted(entry.module);
  for (const auto& argument : entry.arguments) text += " " + quoted(argument);
  return text + "\n";
}

// A line break, a # or a length that libpam's reader takes for something else.
bool can_be_written(const PamEntry& entry) {
  constexpr std::size_t longest_line = 1000;
  const auto text = service_of(entry);
  const auto is_bad = [](char c) { return c == '#' || c == '\0' || c == '\n' || c == '\\'; };
  return text.size() <= longest_line && std::none_of(text.begin(), text.end() - 1, is_bad);
}

// The conversation: messages are kept, questions are not answered.
int take_messages(int count, const pam_message** messages, pam_response** responses, void* data) {
  auto& kept = *static_cast<std::vector<std::string>*>(data);
  if (count <= 0 || count > PAM_MAX_NUM_MSG) return PAM_CONV_ERR;
  for (int at = 0; at < count; ++at) {
    const auto& message = *messages[at];
    if (message.msg_style != PAM_TEXT_INFO && message.msg_style != PAM_ERROR_MSG) return PAM_CONV_ERR;
    if (kept.size() < most_messages) kept.push_back(std::string(message.msg).substr(0, longest_message));
  }
  // NOLINTNEXTLINE(cppcoreguidelines-no-malloc): libpam frees it
  *responses = static_cast<pam_response*>(std::calloc(static_cast<std::size_t>(count), sizeof(pam_response)));
  return *responses == nullptr ? PAM_BUF_ERR : PAM_SUCCESS;
}

// In the child: one byte with the code, then messages, each ended by a NUL.
std::string ask(const PamStack& stack, const PamLogin& login, const std::string& directory) {
  std::vector<std::string> messages;
  const pam_conv conversation{take_messages, &messages};
  pam_handle_t* handle = nullptr;
  const auto& service = stack.service;
  int code = pam_start_confdir(service.c_str(), login.user.c_str(), &conversation, directory.c_str(), &handle);
  if (code == PAM_SUCCESS) {
    if (login.from) pam_set_item(handle, PAM_RHOST, login.from->c_str());
    pam_set_item(handle, PAM_TTY, "ssh");
    code = pam_acct_mgmt(handle, 0);
    pam_end(handle, code);
  }
  std::string answer(1, static_cast<char>(code));
  for (const auto& message : messages) answer += message + '\0';
  return answer;
}

[[noreturn]] void be_child(const PamStack& stack, const PamLogin& login, const std::string& directory, int out) {
  openlog("sshaudit", 0, LOG_AUTHPRIV);
  setlogmask(LOG_MASK(LOG_EMERG));  // what modules log is meant for logins
  const auto answer = ask(stack, login, directory);
  const bool done = write(out, answer.data(), answer.size()) == static_cast<ssize_t>(answer.size());
  _exit(done ? 0 : 1);
}

// Nothing when the deadline passed.
std::optional<std::string> read_answer(int in, Clock::time_point end) {
  std::string answer;
  while (answer.size() < longest_answer) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(end - Clock::now()).count();
    pollfd stream{in, POLLIN, 0};
    if (left <= 0) return std::nullopt;
    if (poll(&stream, 1, static_cast<int>(left)) <= 0) continue;
    std::array<char, 4096> chunk{};
    const auto got = read(in, chunk.data(), chunk.size());
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return answer;
    answer.append(chunk.data(), static_cast<std::size_t>(got));
  }
  return answer;
}

void take_answer(std::string_view answer, PamModuleRun& run) {
  const auto code = static_cast<unsigned char>(answer.front());
  run.was_run = code < pam_code_count;
  if (!run.was_run) run.skipped = fmt::format("it answered with an unknown code, {}", code);
  if (run.was_run) run.code = static_cast<PamCode>(code);
  answer.remove_prefix(1);
  while (!answer.empty()) {
    const auto end = std::min(answer.find('\0'), answer.size());
    run.messages.emplace_back(answer.substr(0, end));
    answer.remove_prefix(std::min(end + 1, answer.size()));
  }
}

void run_in_child(const PamStack& stack, const PamLogin& login, const std::string& directory, Clock::time_point end,
                  PamModuleRun& run) {
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) {
    run.skipped = "no process could be started for it";
    return;
  }
  const Fd in(ends[0]);
  Fd out(ends[1]);
  const pid_t child = fork();
  if (child == 0) be_child(stack, login, directory, out.get());
  out = Fd();
  const auto answer = child < 0 ? std::optional<std::string>("") : read_answer(in.get(), end);
  if (child > 0 && !answer) kill(child, SIGKILL);
  int status = 0;
  while (child > 0 && waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  if (!answer) {
    run.skipped = "it did not answer in time";
  } else if (answer->empty()) {
    run.skipped = "the process that ran it ended before its time";
  } else {
    take_answer(*answer, run);
  }
}

}  // namespace

std::string why_not_run(const PamEntry& entry) {
  if (entry.kind == PamEntry::Kind::substack) return "it is no module";
  if (entry.kind == PamEntry::Kind::must_fail) return "libpam cannot use the line: " + entry.fault;
  if (entry.is_missing) return "the module is not installed";
  const auto name = module_name(entry.module);
  const auto known = std::ranges::find(side_effects, name, &SideEffect::module);
  if (known != side_effects.end()) return std::string(known->effect);
  if (std::ranges::find(harmless, name) == harmless.end()) return "it is not known to change nothing";
  return can_be_written(entry) ? "" : "its arguments cannot be written down again";
}

std::vector<PamModuleRun> run_pam_modules(const PamStack& stack, const PamLogin& login,
                                          std::chrono::milliseconds deadline) {
  std::vector<PamModuleRun> runs;
  const auto end = Clock::now() + deadline;
  const TemporaryFiles files;
  for (const auto& entry : stack.account) {
    PamModuleRun run;
    run.entry = entry;
    run.skipped = why_not_run(entry);
    if (run.skipped.empty() && (files.path().empty() || !files.write(stack.service, service_of(entry))))
      run.skipped = "no service could be made for it";
    if (run.skipped.empty()) run_in_child(stack, login, files.path(), end, run);
    runs.push_back(std::move(run));
  }
  return runs;
}

bool pam_module_loads(const std::string& module) {
  constexpr std::chrono::seconds patience{10};
  PamStack stack;
  stack.service = "sshaudit";
  PamModuleRun run;
  run.entry.module = module;
  const TemporaryFiles files;
  if (files.path().empty() || !files.write(stack.service, service_of(run.entry))) return false;
  run_in_child(stack, {.user = "root", .from = {}}, files.path(), Clock::now() + patience, run);
  return run.was_run && run.code != PamCode::module_unknown && run.code != PamCode::symbol_err;
}

}  // namespace sshaudit
