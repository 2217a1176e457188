// SPDX-License-Identifier: MIT
// What AccountAudit does in the processes of a run: one looks with the rights of each account, another one without any
// rights parses and judges, and the first one writes down.
#include <malloc.h>

#include <algorithm>
#include <cstdlib>
#include <unordered_set>

#include "cli/account_audit.h"
#include "cli/account_database.h"
#include "parse/key_types.h"
#include "rules/connection_reports.h"
#include "supervisor/channel.h"
#include "wire/report_wire.h"

namespace sshaudit {
namespace {

constexpr std::size_t most_evidence = largest_report / 2;
constexpr char commands_mark = 'c';
constexpr char keys_mark = 'k';

// What both ends remember is not the same any more: nothing that this process says would be right.
[[noreturn]] void fail() { std::abort(); }

// Key lines in the words of the process that parses them.
KeyTextReader asking_reader(const Ask& ask) {
  const auto answer_to = [ask](char mark, const std::string& text) { return ask(std::string(1, mark) + text); };
  KeyTextReader reader;
  reader.commands = [answer_to](const std::string& text) {
    const auto answer = answer_to(commands_mark, text);
    wire::Words words;
    wire::Decoder decoder(answer, words);
    std::vector<std::string> commands;
    decoder.get(commands);
    return commands;
  };
  reader.keys = [answer_to](const std::string& text) {
    const auto answer = answer_to(keys_mark, text);
    wire::Words words;
    wire::Decoder decoder(answer, words);
    std::vector<AskedKey> keys(decoder.bytes().count(sizeof(AskedKey)));
    for (auto& key : keys) {
      decoder.get(key.digest);
      decoder.get(key.type);
      decoder.get(key.wire);
    }
    std::erase_if(keys, [](const AskedKey& key) { return find_key_type(key.type, false) == nullptr; });
    return keys;
  };
  return reader;
}

}  // namespace

void AccountAudit::prepare_to_share() {
  std::unordered_set<const std::vector<AccountCase>*> known;
  for (const auto* cases : cases_by_position_) {
    if (cases == nullptr || !known.insert(cases).second) continue;
    for (const auto& one : *cases) {
      add_pam_of(one.settings);
      revoked_->read_ahead(one.settings.revoked_keys);
    }
  }
  // Services are read and the hash functions loaded when they are first asked for.
  const auto& grammar = context_->grammar;
  grammar.is_service("ssh");
  constexpr auto line = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f\n";
  key_text_reader(grammar).keys(line);
#ifdef __GLIBC__
  malloc_trim(0);  // what reading has left behind, once and not in every process
#endif
}

AccountWork AccountAudit::work() {
  return {
      .observe = [this](std::size_t account, const Watch& watch,
                        const Ask& ask) { return observe_all(account, watch, ask); },
      .arrange = [this](std::span<std::uint32_t> accounts) { arrange(accounts); },
      .judge = [this](std::size_t account, std::string_view observed) { return judge_all(account, observed); },
      .answer = [this](std::string_view question) { return answer(question); },
      .home = [this](std::size_t account) -> std::string_view { return accounts_[account]->home; },
  };
}

// A copy for whoever gives it back, unless something went wrong with it.
Settings AccountAudit::take_settings(const AccountCase& one) {
  auto known = settings_in_use_.extract(&one);
  if (known.empty()) return one.settings;
  return std::move(known.mapped());
}

// Those that are in the same groups one after the other, so that the groups need not be set for each.
void AccountAudit::arrange(std::span<std::uint32_t> positions) const {
  if (memberships_.ask_services()) return;
  std::vector<std::pair<std::size_t, std::uint32_t>> order;
  order.reserve(positions.size());
  for (const auto position : positions) {
    std::size_t sum = 0;
    for (const gid_t gid : memberships_.identity_of(*accounts_[position]).supplementary) sum = sum * 31 + gid + 1;
    order.emplace_back(sum, position);
  }
  std::ranges::sort(order);
  std::ranges::transform(order, positions.begin(), [](const auto& one) { return one.second; });
}

void AccountAudit::begin_to_observe(const Watch& watch, const Ask& ask) {
  const auto reader = asking_reader(ask);
  observer_->watch_with(watch);
  lookout_ = watch.lookout;
  observer_->read_with(reader);
  revoked_->read_with(reader);
  if (!memberships_.ask_services()) observer_->keep_identity();
  observes_ = true;
}

std::string AccountAudit::observe_all(std::size_t position, const Watch& watch, const Ask& ask) {
  if (!observes_) begin_to_observe(watch, ask);
  if (cases_by_position_[position] == nullptr) return {};
  const auto& account = *accounts_[position];
  std::string observed;
  observed.reserve(2048);
  for (const auto& one : *cases_by_position_[position]) {
    auto settings = take_settings(one);
    auto evidence = observe(account, one, std::move(settings));
    encoder_.append(evidence, observed);
    settings_in_use_.emplace(&one, std::move(evidence.settings));
  }
  return observed;
}

// The cases are those of the other process: here nobody could ask for the groups that decide which they are.
std::string AccountAudit::judge_all(std::size_t position, std::string_view observed) {
  if (cases_by_position_[position] == nullptr) return {};
  const auto& account = *accounts_[position];
  std::vector<ConnectionReport> reports;
  wire::EvidenceEncoder to_plan_with;
  std::string evidence_bytes;
  auto decoder = decoder_.decoder(observed);
  for (const auto& one : *cases_by_position_[position]) {
    const auto [known, is_new] = evidence_in_use_.try_emplace(&one);
    auto& evidence = known->second;
    if (is_new) evidence.settings = one.settings;
    evidence.account = account;
    evidence.origin = one.origin;
    if (!decoder_.read(decoder, evidence)) fail();
    if (sends_evidence()) to_plan_with.append(evidence, evidence_bytes);
    reports.push_back({one.connections, audit_account(evidence, *context_)});
  }
  std::string bytes;
  if (evidence_bytes.size() > most_evidence) evidence_bytes.clear();  // there is a verdict, and no plan
  if (sends_evidence()) ByteWriter(bytes).bytes(evidence_bytes);
  wire::append_report(merge_reports(std::move(reports)), bytes);
  return bytes;
}

std::string AccountAudit::answer(std::string_view question) const {
  const auto reader = key_text_reader(context_->grammar);
  const std::string text(question.substr(1));
  std::string bytes;
  wire::Encoder encoder(bytes);
  if (question.front() == commands_mark) {
    encoder.put(reader.commands(text));
    return bytes;
  }
  const auto keys = reader.keys(text);
  encoder.put(keys.size());
  for (const auto& key : keys) {
    encoder.put(key.digest);
    encoder.put(key.type);
    encoder.put(key.wire);
  }
  return bytes;
}

AccountAudit::OutcomeParts AccountAudit::parts_of(const AccountOutcome& outcome) const {
  if (!sends_evidence()) return {{}, outcome.report};
  ByteReader reader(outcome.report);
  const auto evidence = reader.bytes();
  return {evidence, reader.rest()};
}

AccountReport AccountAudit::report_of(std::size_t account, const AccountOutcome& outcome) {
  const auto& who = *accounts_[account];
  AccountReport report;
  auto loss = outcome.loss;
  if (cases_by_position_[account] == nullptr) {
    loss = Loss{.why = Loss::Why::timed_out, .seconds = name_service_patience(arguments_.deadline)};
  }
  if (!loss && !wire::read_report(parts_of(outcome).report, report)) {
    loss = Loss{.why = Loss::Why::failed, .text = "its report cannot be read"};
  }
  if (loss) {
    report = report_loss({who, *loss}, *context_);
  } else {
    report.account = who;
  }
  finish(report);
  return report;
}

}  // namespace sshaudit
