// SPDX-License-Identifier: MIT
#include "supervisor/worker_processes.h"

#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <exception>
#include <span>
#include <stdexcept>

#include "supervisor/channel.h"

namespace sshaudit {
namespace {

constexpr unsigned patience = 5;  // seconds beyond the deadline, for whoever is left alone

// What a message begins with.
std::string head(char mark, std::uint32_t account) {
  std::string text(1, mark);
  text.append(reinterpret_cast<const char*>(&account), sizeof account);
  return text;
}

class Observer {
 public:
  Observer(const AccountWork& work, const ObserverPipes& pipes, const Watch& watch, int deadline_seconds)
      : work_(work),
        accounts_(pipes.accounts),
        evidence_(pipes.evidence),
        answers_(pipes.answers),
        watch_(watch),
        deadline_(static_cast<unsigned>(deadline_seconds) + patience) {}

  bool run() {
    std::array<std::uint32_t, 512> batch{};
    while (true) {
      disarm();
      const auto size = read(accounts_, batch.data(), sizeof batch);
      if (size < 0 && errno == EINTR) continue;
      if (size <= 0) return size == 0;
      const auto count = static_cast<std::size_t>(size) / sizeof batch.front();
      if (work_.arrange) work_.arrange(std::span(batch).first(count));
      for (std::size_t i = 0; i < count; ++i) {
        if (!observe(batch.at(i))) return false;
      }
      if (!send_evidence()) return false;
    }
  }

 private:
  // Nobody else ends it when the supervisor is gone: it does so by itself, within a second of its time.
  void arm() {
    constexpr std::int64_t second = 1'000'000'000;
    const auto now = coarse_now();
    if (now - armed_ < second) return;
    alarm(deadline_ + 1);
    armed_ = now;
  }
  void disarm() {
    alarm(0);
    armed_ = 0;
  }

  bool observe(std::uint32_t account) {
    arm();
    watch_.lookout->begin(account);
    std::string text;
    bool is_whole = true;
    try {
      text = work_.observe(account, watch_, ask_);
    } catch (const std::exception& error) {
      text = error.what();
      is_whole = false;
    }
    watch_.lookout->end();
    if (!evidence_.add(head(is_whole ? evidence_mark : failure_mark, account), text)) return false;
    if (!is_whole) send_evidence();
    if (!is_whole) return false;  // whose rights it has now, nobody knows
    return !evidence_.is_worth_writing() || send_evidence();
  }

  // May take as long as the other process needs, which is not this one's affair.
  bool send_evidence() {
    disarm();
    return evidence_.flush();
  }

  std::string answer_to(std::string_view question) {
    std::string text(1, question_mark);
    text.append(question);
    watch_.lookout->asks(true);
    disarm();
    const bool asked = evidence_.put(text) && evidence_.flush();
    const auto answer = asked ? answers_.wait() : std::nullopt;
    if (!answer) _exit(other_end_gone);
    watch_.lookout->asks(false);
    arm();
    return std::string(*answer);
  }

  const AccountWork& work_;
  int accounts_;
  MessageWriter evidence_;
  MessageReader answers_;
  Watch watch_;
  const Ask ask_ = [this](std::string_view question) { return answer_to(question); };
  unsigned deadline_;
  std::int64_t armed_ = 0;  // when the alarm was set; 0: it is not
};

class Judge {
 public:
  Judge(const AccountWork& work, int evidence, int reports, int answers, Lookout& lookout)
      : work_(work), evidence_(evidence), reports_(reports), answers_(answers), lookout_(lookout) {}

  bool run() {
    while (true) {
      auto next = evidence_.next();
      if (!next && !reports_.is_empty() && !reports_.flush()) return false;
      if (!next) next = evidence_.wait();
      if (!next) return !evidence_.is_broken();
      if (!take(*next)) return false;
    }
  }

 private:
  bool take(std::string_view text) {
    const char mark = text.empty() ? '\0' : text.front();
    if (mark == question_mark) return answers_.put(work_.answer(text.substr(1))) && answers_.flush();
    std::uint32_t account = 0;
    if (text.size() < 1 + sizeof account) return false;
    std::memcpy(&account, text.data() + 1, sizeof account);
    if (mark == failure_mark) return reports_.put(text);
    lookout_.begin(account);
    std::string report;
    char kind = report_mark;
    try {
      report = work_.judge(account, text.substr(1 + sizeof account));
    } catch (const std::exception& error) {
      report = error.what();
      kind = failure_mark;
    }
    lookout_.end();
    if (!reports_.put(head(kind, account), report)) return false;
    if (kind == report_mark) return !is_late() || reports_.flush();
    reports_.flush();
    return false;  // what is remembered of messages may be half of this one's
  }

  // Whoever waits for reports should not take this process for one that hangs.
  bool is_late() {
    constexpr std::int64_t moment = 100'000'000;
    const auto now = coarse_now();
    if (now - last_flush_ < moment) return false;
    last_flush_ = now;
    return true;
  }

  const AccountWork& work_;
  MessageReader evidence_;
  MessageWriter reports_;
  MessageWriter answers_;
  Lookout& lookout_;
  std::int64_t last_flush_ = coarse_now();
};

}  // namespace

void observe_accounts(const AccountWork& work, const ObserverPipes& pipes, const Watch& watch,
                      int deadline_seconds) noexcept {
  _exit(Observer(work, pipes, watch, deadline_seconds).run() ? 0 : other_end_gone);
}

void judge_accounts(const AccountWork& work, int evidence, int reports, int answers, Lookout& lookout) noexcept {
  _exit(Judge(work, evidence, reports, answers, lookout).run() ? 0 : other_end_gone);
}

}  // namespace sshaudit
