// SPDX-License-Identifier: MIT
// What became of each line that sets a keyword. Which lines count follows from `sshd -T`; that the rest is told as the
// reader of a report needs it is for this file to say.
#include "parse/config_mentions.h"

#include <gtest/gtest.h>

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "parse/sshd_config.h"
#include "parse/sshd_version.h"

namespace sshaudit {
namespace {

SshdVersion version_of(const std::string& number) { return parse_sshd_version("OpenSSH_" + number).value(); }

std::string in_words(MentionFate fate) {
  switch (fate) {
    case MentionFate::counts:
      return "counts";
    case MentionFate::came_late:
      return "late";
    case MentionFate::not_reached:
      return "not reached";
    case MentionFate::replaced:
      return "replaced";
    case MentionFate::without_effect:
      return "no effect";
  }
  return "?";
}

// "1 no counts": line, value and fate, then the line that counts instead.
std::string in_words(const Mention& mention) {
  auto text = std::to_string(mention.place.line) + " " + mention.text + " " + in_words(mention.fate);
  if (!mention.winner.file.empty()) text += " " + std::to_string(mention.winner.line);
  return text + (mention.in_match ? " in " + mention.condition : "");
}

struct Row {
  std::string text;
  std::string keyword;
  std::vector<std::string> mentions;  // for root from 192.0.2.1
};

const std::vector<Row> rows = {
    {"", "permittty", {}},
    {"PermitTTY no\n", "permittty", {"1 no counts"}},
    {"\n\n  PermitTTY=\"NO\" # so\n", "permittty", {"3 no counts"}},
    {"PermitTTY no\nPermitTTY yes\n", "permittty", {"1 no counts", "2 yes late 1"}},
    {"PermitTTY no\nPermitTTY no\n", "permittty", {"1 no counts", "2 no late 1"}},
    {"PermitTTY no\nMatch User root\nPermitTTY yes\n", "permittty", {"1 no replaced 3", "3 yes counts in User root"}},
    {"PermitTTY no\nMatch User bob\nPermitTTY yes\n", "permittty", {"1 no counts", "3 yes not reached 2 in User bob"}},
    {"Match User root\nPermitTTY yes\nMatch all\nPermitTTY no\n",
     "permittty",
     {"2 yes counts in User root", "4 no late 2 in all"}},
    {"PermitTTY no\nMatch User bob\nPermitTTY yes\nMatch Address * User root\nPermitTTY no\n",
     "permittty",
     {"1 no replaced 5", "3 yes not reached 2 in User bob", "5 no counts in Address * User root"}},
    {"AllowUsers a b\nAllowUsers c\n", "allowusers", {"1 a b counts", "2 c counts"}},
    {"AllowUsers a\nMatch User root\nAllowUsers b\nAllowUsers c\n",
     "allowusers",
     {"1 a replaced 3", "3 b counts in User root", "4 c counts in User root"}},
    {"ChallengeResponseAuthentication no\nKbdInteractiveAuthentication yes\n",
     "kbdinteractiveauthentication",
     {"1 no counts", "2 yes late 1"}},
    {"AllowUsers # nobody\n", "allowusers", {"1  no effect"}},
    {"PermitRootLogin without-password\n", "permitrootlogin", {"1 prohibit-password counts"}},
    {"AuthorizedKeysFile a b\nAuthorizedKeysFile c\n", "authorizedkeysfile", {"1 a b counts", "2 c late 1"}},
    {"ForceCommand /bin/a b\n", "forcecommand", {"1 /bin/a b counts"}},
    {"PermitTTY no\n", "nonsense", {}},
};

TEST(Mentions, TellWhatBecameOfEachLine) {
  for (const auto& row : rows) {
    const auto config = parse_sshd_config({"/c", row.text}, {}, {}, version_of("9.2p1"));
    ASSERT_TRUE(config.faults.empty()) << row.text;
    const Connection connection{.user = "root", .groups = {"root"}, .address = "192.0.2.1"};
    const auto reached = reached_sections(config, connection);
    std::vector<std::string> told;
    for (const auto& mention : mentions_of(config, row.keyword, evaluate(config, reached).settings, reached)) {
      told.push_back(in_words(mention));
    }
    EXPECT_EQ(told, row.mentions) << row.text;
  }
}

// Of 8.0 as of 9.2: what does not count in Match (SetEnv, until 8.5), and which of the two commands counts.
TEST(Mentions, FollowTheVersion) {
  struct VersionRow {
    std::string version;
    std::string text;
    std::string keyword;
    std::vector<std::string> mentions;
  };
  const std::string both =
      "AuthorizedPrincipalsCommandUser u\nAuthorizedPrincipalsCommand /a\nAuthorizedPrincipalsCommand /b\n";
  const std::vector<VersionRow> version_rows = {
      {"8.4p1", "SetEnv A=1\nMatch User root\nSetEnv B=2\n", "setenv", {"1 A=1 counts", "3 B=2 late 1 in User root"}},
      {"8.5p1",
       "SetEnv A=1\nMatch User root\nSetEnv B=2\n",
       "setenv",
       {"1 A=1 replaced 3", "3 B=2 counts in User root"}},
      {"8.4p1", both, "authorizedprincipalscommand", {"2 /a counts", "3 /b late 2"}},
      {"9.4p1", both, "authorizedprincipalscommand", {"2 /a counts", "3 /b late 2"}},
  };
  for (const auto& row : version_rows) {
    const auto config = parse_sshd_config({"/c", row.text}, {}, {}, version_of(row.version));
    const auto reached = reached_sections(config, Connection{.user = "root"});
    std::vector<std::string> told;
    for (const auto& mention : mentions_of(config, row.keyword, evaluate(config, reached).settings, reached)) {
      told.push_back(in_words(mention));
    }
    EXPECT_EQ(told, row.mentions) << row.version << " " << row.text;
  }
}

TEST(ShownKeyword, ResolvesAliases) {
  struct KeywordRow {
    std::string version;
    std::string written;
    std::optional<std::string> shown;
  };
  const std::vector<KeywordRow> keyword_rows = {
      {"9.2p1", "PermitTTY", "permittty"},
      {"9.2p1", "ChallengeResponseAuthentication", "kbdinteractiveauthentication"},
      {"8.6p1", "ChallengeResponseAuthentication", "challengeresponseauthentication"},
      {"9.2p1", "PubkeyAcceptedKeyTypes", "pubkeyacceptedalgorithms"},
      {"8.4p1", "PubkeyAcceptedKeyTypes", "pubkeyacceptedkeytypes"},
      {"9.2p1", "DSAAuthentication", "pubkeyauthentication"},
      {"7.4p1", "SkeyAuthentication", "challengeresponseauthentication"},
      {"9.2p1", "Ciphers", std::nullopt},
      {"9.2p1", "UseLogin", std::nullopt},
      {"9.2p1", "Match", std::nullopt},
      {"9.2p1", "Nonsense", std::nullopt},
      {"9.2p1", "RefuseConnection", std::nullopt},
      {"9.9p1", "RefuseConnection", "refuseconnection"},
      {"9.2p1", "", std::nullopt},
  };
  for (const auto& row : keyword_rows) {
    EXPECT_EQ(shown_keyword(row.written, version_of(row.version)), row.shown) << row.version << " " << row.written;
  }
}

TEST(ShadowedLines, AreThoseThatSayOtherwise) {
  const auto config = parse_sshd_config({"/c",
                                         "PermitTTY no\nPermitTTY no\npermittty yes\nAllowUsers a\nAllowUsers b\n"
                                         "Banner /a\nMatch User root\nPermitTTY yes\nBanner /b\n"},
                                        {}, {}, version_of("9.2p1"));
  const auto shadowed = shadowed_lines(config, evaluate(config, {}).settings);
  const std::vector<ShadowedLine> expected = {{{"/c", 3}, "permittty", "yes", {"/c", 1}, "no"}};
  EXPECT_EQ(shadowed, expected);
}

TEST(ShadowedLines, NameTheCommandLine) {
  const auto config = parse_sshd_config({"/c", "PermitTTY yes\n"}, {{"PermitTTY no"}, {}}, {}, version_of("9.2p1"));
  const auto shadowed = shadowed_lines(config, evaluate(config, {}).settings);
  const std::vector<ShadowedLine> expected = {{{"/c", 1}, "PermitTTY", "yes", {"command line", 0}, "no"}};
  EXPECT_EQ(shadowed, expected);
}

// Hostile: as many lines as are read, all of which count.
TEST(Mentions, OfManyLinesAreFoundSoon) {
  std::string text;
  for (int i = 0; i < 20'000; ++i) text += "AllowUsers a\n";
  const auto start = std::chrono::steady_clock::now();
  const auto config = parse_sshd_config({"/c", text}, {}, {}, version_of("9.2p1"));
  const auto settings = evaluate(config, {}).settings;
  EXPECT_EQ(mentions_of(config, "allowusers", settings, {}).size(), 20'000U);
  EXPECT_TRUE(shadowed_lines(config, settings).empty());
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(60));
}

}  // namespace
}  // namespace sshaudit
