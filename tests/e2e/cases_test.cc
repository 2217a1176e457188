// SPDX-License-Identifier: MIT
// Each case on a system of its own: the audit, `explain` and a real login side by side, and a table of them all.
#include "cases.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <iostream>
#include <map>
#include <ostream>
#include <set>
#include <sstream>

namespace sshaudit::e2e {

void PrintTo(const Case& one, std::ostream* out) { *out << one.id << ' ' << one.title; }

namespace {

constexpr int last_case = 64;

std::vector<Case> all_cases() {
  std::vector<Case> cases;
  for (const auto& part : {path_cases(), line_cases(), account_cases(), server_cases(), session_cases()}) {
    cases.insert(cases.end(), part.begin(), part.end());
  }
  std::ranges::stable_sort(cases, {}, &Case::id);
  return cases;
}

// One line a case, printed when all have run.
class CaseTable : public ::testing::Environment {
 public:
  void add(const Case& one, const std::string& covered, const std::string& text) {
    lines_[one.id + one.title] = fmt::format("{} {:52} {:6} {}\n", one.id, one.title, covered, text);
    covered_ += covered == "-" ? 0 : 1;
    ids_.insert(one.id);
    if (covered != "-") ids_covered_.insert(one.id);
  }

  void TearDown() override {
    std::cout << "\nA the audit, K AuthorizedKeysCommand, P a PAM module, L the log of sshd at INFO: who sees it\n";
    for (const auto& line : lines_) std::cout << line.second;
    std::cout << fmt::format("{} rows, {} tried here; {} cases, {} tried here\n", lines_.size(), covered_, ids_.size(),
                             ids_covered_.size());
  }

 private:
  std::map<std::string, std::string> lines_;
  std::size_t covered_ = 0;
  std::set<std::string> ids_;
  std::set<std::string> ids_covered_;
};
auto* const table = static_cast<CaseTable*>(::testing::AddGlobalTestEnvironment(new CaseTable));

ReportLines expected_lines(const Case& one, const std::string& user) {
  ReportLines lines;
  for (const auto& found : one.audit.of_account) lines.push_back({user, one.audit.key_login, found.rule, found.path});
  if (lines.empty()) lines.push_back({user, one.audit.key_login, "", ""});
  for (const auto& found : one.audit.of_host) lines.push_back({"-", "-", found.rule, found.path});
  return lines;
}

bool has_word(const std::string& words, const std::string& word) {
  std::istringstream stream(words);
  for (std::string one; stream >> one;) {
    if (one == word) return true;
  }
  return word.empty();
}

// What is left of the log when the lines are taken out that every connection leaves.
std::string told_by(const std::string& log) {
  std::istringstream stream(log);
  std::string rest;
  for (std::string line; std::getline(stream, line);) {
    while (!line.empty() && line.back() == '\r') line.pop_back();
    const bool usual = line.starts_with("Connection closed by ") || line.starts_with("Accepted publickey for ") ||
                       line.starts_with("Received disconnect from ") || line.starts_with("Disconnected from ") ||
                       line.starts_with("Connection reset by ");
    if (!usual) rest += line + "\n";
  }
  return rest;
}

// Whether sshd wrote what a finding says that it writes. Of whom it holds for is not known there: "ADDRESS", "PORT".
bool is_logged(const std::string& log, std::string promised) {
  for (const std::string level : {"fatal: ", "error: "}) {  // sshd writes them to syslog only
    if (promised.starts_with(level)) promised.erase(0, level.size());
  }
  std::istringstream lines(log);
  for (std::string line; std::getline(lines, line);) {
    std::size_t at = 0;
    std::istringstream words(promised);
    for (std::string word; at != std::string::npos && words >> word;) {
      const bool is_open = word.find("ADDRESS") != std::string::npos || word.find("PORT") != std::string::npos;
      if (!is_open) at = line.find(word, at);
    }
    if (at != std::string::npos) return true;
  }
  return false;
}

std::string covered_by(const Case& one) {
  std::string letters;
  if (!one.audit.of_account.empty() || !one.audit.of_host.empty()) letters += "A ";
  for (const char letter : one.asked) letters += std::string(1, letter) + " ";
  if (!one.sshd.log.empty()) letters += "L ";
  if (!letters.empty()) letters.pop_back();
  return letters.empty() ? "well" : letters;  // nothing to see: she gets in
}

std::string side_by_side(const Case& one, const CaseResult& result) {
  const auto line = std::ranges::find_if(result.audit, [](const auto& some) { return some.user != "-"; });
  const auto& of_host = one.audit.of_host;
  const auto verdict = line == result.audit.end() ? std::string("nothing") : line->key_login;
  const auto rule = !one.audit.of_account.empty() ? one.audit.of_account.front().rule
                    : !of_host.empty()            ? of_host.front().rule
                                                  : std::string();
  return fmt::format("| audit {:8} {:28} | explain {:8} {:12} | sshd {}", verdict, rule, result.explain.outcome,
                     result.explain.step, result.login.came);
}

std::string test_name(const ::testing::TestParamInfo<Case>& info) {
  auto name = info.param.id;
  bool starts = true;
  for (const char letter : info.param.title) {
    const auto byte = static_cast<unsigned char>(letter);
    if (std::isalnum(byte) != 0) name += static_cast<char>(starts ? std::toupper(byte) : byte);
    starts = std::isalnum(byte) == 0;
  }
  return name;
}

class CasesAsRoot : public ::testing::TestWithParam<Case> {};

TEST_P(CasesAsRoot, AllSayTheSame) {
  const auto& one = GetParam();
  if (one.make == nullptr) return table->add(one, "-", "| not here: " + one.why_not);
  const auto result = run_case(one);
  table->add(one, covered_by(one), side_by_side(one, result));
  EXPECT_EQ(difference(expected_lines(one, result.user), result.audit), "") << result.audit_error;
  EXPECT_EQ(result.explain.outcome, one.explain.outcome) << result.explain_text;
  EXPECT_EQ(result.explain.step, one.explain.step) << result.explain_text;
  EXPECT_TRUE(has_word(result.explain.rule, one.explain.rule)) << one.explain.rule << ": " << result.explain_text;
  EXPECT_EQ(result.login.came, one.sshd.came) << result.login.log << result.login.told;
  EXPECT_TRUE(covered_by(one) != "well" || one.sshd.came == "accepted") << "nobody sees why";
  if (one.sshd.log.empty()) {
    EXPECT_EQ(told_by(result.login.log), "");
  } else {
    EXPECT_NE(result.login.log.find(one.sshd.log), std::string::npos) << one.sshd.log << '\n' << result.login.log;
  }
  for (const auto& promised : result.sshd_logs) {
    EXPECT_TRUE(is_logged(result.login.log, promised)) << promised << '\n' << result.login.log;
  }
  for (const char letter : one.asked) EXPECT_NE(result.asked.find(letter), std::string::npos) << result.asked;
}

INSTANTIATE_TEST_SUITE_P(Rows, CasesAsRoot, ::testing::ValuesIn(all_cases()), test_name);

TEST(CaseTable, HasEveryCase) {
  std::set<std::string> expected;
  for (int i = 1; i <= last_case; ++i) expected.insert(fmt::format("C{:02}", i));
  std::set<std::string> ids;
  for (const auto& one : all_cases()) {
    ids.insert(one.id);
    EXPECT_EQ(one.make == nullptr, !one.why_not.empty()) << one.id << ' ' << one.title;
  }
  EXPECT_EQ(ids, expected);
}

}  // namespace
}  // namespace sshaudit::e2e
