// SPDX-License-Identifier: MIT
#include "wire/report_wire.h"

#include <algorithm>
#include <unordered_map>

#include "rules/catalogue.h"
#include "wire/coder.h"

namespace sshaudit::wire {
namespace {

constexpr auto plain_members =
    std::tuple(&AccountReport::key_login, &AccountReport::usable_keys, &AccountReport::keys, &AccountReport::key_files,
               &AccountReport::mentions, &AccountReport::nearby_keys);
static_assert(member_count<AccountReport>() == std::tuple_size_v<decltype(plain_members)> + 2, "a member is not sent");
static_assert(member_count<Finding>() == 5, "a member is not sent");  // waivers are applied behind this

// Both processes are the same program: a row has the same number in both.
const std::vector<const RuleInfo*>& rows() {
  static const auto all = catalogue();
  return all;
}

std::size_t number_of(const RuleInfo* row) {
  static const auto numbers = [] {
    std::unordered_map<const RuleInfo*, std::size_t> found;
    for (std::size_t i = 0; i < rows().size(); ++i) found.emplace(rows()[i], i);
    return found;
  }();
  return numbers.at(row);
}

void put(const Finding& finding, Encoder& encoder) {
  encoder.put(number_of(finding.rule));
  encoder.put(finding.detail);
  encoder.put(finding.connections);
  encoder.put(finding.is_meant);
}

void get(Finding& finding, Decoder& decoder) {
  const auto number = decoder.bytes().number();
  finding.rule = number < rows().size() ? rows()[number] : nullptr;
  if (finding.rule == nullptr) decoder.bytes().fail();
  decoder.get(finding.detail);
  decoder.get(finding.connections);
  decoder.get(finding.is_meant);
}

bool is_plain(const std::string& text) {
  return std::ranges::all_of(text, [](char c) { return c > ' ' && c < '\x7f'; });
}

// What is written down without a look is what it should be.
bool holds_together(const AccountReport& report) {
  const auto is_known = [&](const KeyMention& mention) { return mention.file < report.key_files.size(); };
  const auto is_written_plainly = [](const ListedKey& key) { return is_plain(key.type) && is_plain(key.fingerprint); };
  return std::ranges::all_of(report.mentions, is_known) && std::ranges::all_of(report.keys, is_written_plainly);
}

}  // namespace

void append_report(const AccountReport& report, std::string& out) {
  Encoder encoder(out);
  std::apply([&](auto... member) { (encoder.put(report.*member), ...); }, plain_members);
  encoder.put(report.findings.size());
  for (const auto& finding : report.findings) put(finding, encoder);
}

bool read_report(std::string_view bytes, AccountReport& report) {
  Words no_words;
  Decoder decoder(bytes, no_words);
  std::apply([&](auto... member) { (decoder.get(report.*member), ...); }, plain_members);
  report.findings.resize(decoder.bytes().count(sizeof(Finding)));
  for (auto& finding : report.findings) get(finding, decoder);
  return decoder.bytes().ok() && decoder.bytes().at_end() && holds_together(report);
}

}  // namespace sshaudit::wire
