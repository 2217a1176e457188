// SPDX-License-Identifier: MIT
// The manual pages say what the program has, all of it, and nothing else.
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <map>
#include <regex>
#include <set>

#include "documents/command_words.h"
#include "documents/manual_page.h"
#include "documents/rules_page.h"
#include "gather/subprocess.h"
#include "parse/policy_file.h"
#include "rules/catalogue.h"

namespace sshaudit {
namespace {

const std::string built = DOCUMENTS_DIRECTORY;
const std::string source = SOURCE_DIR;
const std::vector<std::string> pages = {"pam_sshaudit.8", "sshaudit-log-refusal.8", "sshaudit-rules.7", "sshaudit.8",
                                        "sshaudit.toml.5"};

ManualSection section_of(const std::string& page, const std::string& title) {
  const auto sections = sections_of(built + "/" + page);
  const auto found = std::ranges::find(sections, title, &ManualSection::title);
  if (found == sections.end()) throw std::runtime_error(page + " has no section " + title);
  return *found;
}

// "-o, --output FILE"
std::string tag_of(const OptionWords& option) {
  std::string tag;
  for (const auto& name : option.names) tag += (tag.empty() ? "" : ", ") + name;
  return option.value.empty() ? tag : tag + " " + option.value;
}

std::set<std::string> tags_of(const VerbWords& verb) {
  std::set<std::string> tags;
  for (const auto& option : verb.options) {
    const bool is_help = option.names.back() == "--help";
    if (!is_help || verb.name.empty()) tags.insert(tag_of(option));
  }
  return tags;
}

std::set<std::string> as_set(const std::vector<std::string>& words) { return {words.begin(), words.end()}; }

ProgramOutput run(const std::vector<std::string>& words) {
  auto ran = run_program(words, std::chrono::minutes(1));
  if (!ran)
    throw std::runtime_error(words.front() + " cannot be run: packaging/install-dependencies.sh test installs it");
  return *ran;
}

TEST(ManualPages, OptionsOfAnAuditAreThoseOfTheParser) {
  EXPECT_EQ(as_set(section_of("sshaudit.8", "OPTIONS").tags), tags_of(command_words().front()));
}

// With what stands behind them: sshaudit keys [USER ...].
TEST(ManualPages, VerbsAndTheirOptionsAreThoseOfTheParser) {
  using Taken = std::pair<std::string, std::set<std::string>>;  // its operand, its options
  std::map<std::string, Taken> in_page;
  std::map<std::string, Taken> in_parser;
  for (const auto& section : sections_of(built + "/sshaudit.8")) {
    const std::regex heading("sshaudit ([-a-z]+)[^A-Z]*([A-Z]*)[^A-Z]*");
    std::smatch match;
    if (std::regex_match(section.title, match, heading)) in_page[match[1]] = {match[2], as_set(section.tags)};
  }
  for (const auto& verb : command_words()) {
    if (!verb.name.empty()) in_parser[verb.name] = {verb.operand, tags_of(verb)};
  }
  EXPECT_EQ(in_page, in_parser);
}

// An option that was renamed stays behind in a sentence.
TEST(ManualPages, NoOptionIsNamedThatDoesNotExist) {
  std::set<std::string> known;
  for (const auto& verb : command_words()) {
    for (const auto& option : verb.options) known.insert(option.names.begin(), option.names.end());
  }
  std::size_t seen = 0;
  for (const auto& page : {built + "/sshaudit.8", built + "/sshaudit.toml.5", source + "/README.md"}) {
    const auto text = without_escapes(text_of_file(page));
    const std::regex option("(^|[^-A-Za-z0-9])(--[a-z][-a-z]*)");
    for (auto match = std::sregex_iterator(text.begin(), text.end(), option); match != std::sregex_iterator();
         ++match) {
      EXPECT_TRUE(known.contains((*match)[2])) << page << " names " << (*match)[2];
      ++seen;
    }
  }
  EXPECT_GT(seen, 60U);
}

TEST(ManualPages, NoVerbIsNamedThatDoesNotExist) {
  std::set<std::string> known = {"alice"};
  for (const auto& verb : command_words()) known.insert(verb.name);
  std::size_t seen = 0;
  for (const auto& page : {built + "/sshaudit.8", source + "/README.md"}) {
    const auto text = without_escapes(text_of_file(page));
    const std::regex word("[`\"#$] ?sshaudit ([a-z][-a-z]*)");
    for (auto match = std::sregex_iterator(text.begin(), text.end(), word); match != std::sregex_iterator(); ++match) {
      EXPECT_TRUE(known.contains((*match)[1])) << page << " names " << (*match)[1];
      ++seen;
    }
  }
  EXPECT_GT(seen, 30U);
}

TEST(ManualPages, KeysOfThePolicyFileAreThoseOfItsReader) {
  const auto told = [](const auto& keys) { return std::set<std::string>(keys.begin(), keys.end()); };
  EXPECT_EQ(as_set(section_of("sshaudit.toml.5", "OPTIONS").tags), told(policy_keys));
  EXPECT_EQ(as_set(section_of("sshaudit.toml.5", "WAIVERS").tags), told(waiver_keys));
}

std::string fault_of(const std::string& text) {
  const auto policy = parse_policy(text, catalogue());
  if (policy) return "none";
  const auto& fault = policy.error();
  return std::to_string(fault.line) + ":" + std::to_string(fault.column) + ": " + fault.what;
}

TEST(ManualPages, FaultsOfThePolicyFileArePrintedLikeThat) {
  const std::string waiver = "[[waiver]]\n";
  const std::string writable = waiver + "rule = \"home-writable\"\n";
  const std::string rest = "account = \"web*\"\nreason = \"until the migration\"\n";
  const std::vector<std::string> files = {
      "fail_on = \"error\"",
      "fail-on = \"errors\"",
      "format = \"nagios\"",
      "jobs = 0",
      "forecast = \"30\"",
      "automount = 1",
      "users = \"\"",
      "[waiver]\n",
      waiver + "rule = \"home-writeable\"\n" + rest + "until = 2026-12-31\n",
      waiver + "rule = \"waiver-expired\"\nreason = \"known\"\nuntil = 2026-12-31\n",
      writable + rest,
      writable + "reason = \"known\"\nuntil = 2026-12-31\n",
      waiver + "rule = \"nologin-present\"\n" + rest + "until = 2026-12-31\n",
      writable + rest + "until = \"2026-12-31\"\n",
  };
  std::vector<std::string> faults;
  for (const auto& file : files) faults.push_back(fault_of(file));
  EXPECT_EQ(section_of("sshaudit.toml.5", "DIAGNOSTICS").blocks.at(0), faults);
}

TEST(ManualPages, TheExampleOfThePolicyFileIsOne) {
  const auto section = section_of("sshaudit.toml.5", "EXAMPLES");
  std::string text;
  for (const auto& line : section.blocks.at(0)) text += line + "\n";
  const auto policy = parse_policy(text, catalogue());
  ASSERT_TRUE(policy.has_value()) << fault_of(text);
  EXPECT_EQ(policy->waivers.size(), 2U);
  EXPECT_EQ(policy->users, "local");
}

TEST(ManualPages, RulesAreThoseOfTheCatalogue) {
  std::vector<std::string> in_page;
  for (const auto& section : sections_of(built + "/sshaudit-rules.7")) {
    if (section.title == "DESCRIPTION") continue;
    in_page.insert(in_page.end(), section.tags.begin(), section.tags.end());
  }
  std::vector<std::string> known;
  for (const auto* rule : catalogue()) known.emplace_back(rule->id);
  EXPECT_EQ(as_set(in_page), as_set(known));
  EXPECT_EQ(in_page.size(), known.size());
  EXPECT_NE(text_of_file(built + "/sshaudit-rules.7").find(rules_sections(catalogue())), std::string::npos);
}

TEST(ManualPages, NothingOfARuleIsTakenForARequest) {
  EXPECT_EQ(for_troff(".ssh has a \\ and a - and 'a'"), "\\&.ssh has a \\e and a \\- and \\(aqa\\(aq");
  EXPECT_EQ(for_troff("'~^`"), "\\&\\(aq\\(ti\\(ha\\(ga");
}

TEST(ManualPages, EachIsBuilt) {
  std::vector<std::string> sources;
  for (const auto& entry : std::filesystem::directory_iterator(source + "/packaging/man"))
    sources.push_back(entry.path().filename());
  std::ranges::sort(sources);
  EXPECT_EQ(sources, pages);
}

TEST(ManualPages, VersionAndDateAreThoseOfTheChangelog) {
  const std::string script = source + "/packaging/version.sh";
  const auto line_of = [&](const std::string& what) {
    const auto text = run({"/bin/sh", script, what}).out;
    return text.substr(0, text.find('\n'));
  };
  const auto wanted = " \"" + line_of("date") + "\" \"sshaudit " + line_of("version") + "\"\n";
  for (const auto& page : pages)
    EXPECT_NE(text_of_file(built + "/" + page).find(wanted), std::string::npos) << page << " lacks" << wanted;
}

TEST(ManualPages, MandocHasNothingToSay) {
  for (const auto& page : pages) {
    const auto ran = run({"/usr/bin/mandoc", "-T", "lint", "-W", "warning", built + "/" + page});
    EXPECT_EQ(ran.exit_status, 0) << page;
    EXPECT_EQ(ran.out + ran.err, "") << page;
  }
}

TEST(ManualPages, ManHasNothingToSay) {
  for (const auto& page : pages) {
    const auto ran = run({"/usr/bin/env", "PATH=/usr/bin:/bin", "MANWIDTH=80", "LC_ALL=C.UTF-8", "/usr/bin/man",
                          "--warnings", "-l", built + "/" + page});
    EXPECT_EQ(ran.exit_status, 0) << page;
    EXPECT_EQ(ran.err, "") << page;
    EXPECT_NE(ran.out.find("SEE ALSO"), std::string::npos) << page;
  }
}

}  // namespace
}  // namespace sshaudit
