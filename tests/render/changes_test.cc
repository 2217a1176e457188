// SPDX-License-Identifier: MIT
// What a night with news looks like, in every form.
#include "render/changes.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <sstream>

#include "cli/schema.h"

namespace sshaudit {
namespace {

using StrictJson = nlohmann::json;
constexpr auto schema = "sshaudit-report-1.json";

const RuleInfo error = {.id = "home-writable", .effect = Effect::refuses, .severity = Severity::error};
const RuleInfo warning = {.id = "key-weak", .effect = Effect::endangers, .severity = Severity::warning};
const RuleInfo notice = {.id = "key-file-empty", .effect = Effect::informs, .severity = Severity::notice};
const RuleInfo unseen = {.id = "path-unseen", .effect = Effect::unknown, .severity = Severity::notice};

constexpr auto then = "2026-01-30T02:17:03Z";

struct Row {
  const RuleInfo* rule;
  std::string path;
  bool is_new;
};

struct Told {
  AccountReport report;
  Changes changes;
};

Told told(const std::string& name, const std::vector<Row>& rows, KeyLogin login = KeyLogin::refused) {
  Told one;
  one.report.account.name = name;
  one.report.key_login = login;
  for (const auto& row : rows) {
    one.report.findings.push_back({row.rule, {.path = row.path, .message = row.path + " is so"}, {}});
    const bool is_quiet = row.rule == &notice;
    one.changes.states.push_back(
        {{.rule = std::string(row.rule->id), .path = row.path, .is_quiet = is_quiet}, row.is_new ? "" : then});
  }
  return one;
}

OpenFinding past(const RuleInfo& rule, const std::string& path) {
  return {1, {.rule = std::string(rule.id), .path = path, .is_quiet = &rule == &notice}, 1, then};
}

KnownKey key(char letter, std::size_t line) { return {0, "SHA256:" + std::string(43, letter), "/k", line, 0}; }

struct Night {
  std::vector<Told> accounts;
  Told host = told("", {});
  std::vector<NamedChanges> gone;

  std::string render(ChangesRenderer& renderer) const {
    auto text = renderer.begin({"1.2.3", "web1", "2026-01-31T02:17:03Z", {}, {}});
    for (const auto& one : accounts) text += renderer.account(one.report, one.changes);
    for (const auto& one : gone) renderer.gone(one);
    return text + renderer.end({}, host.report.findings, host.changes);
  }
  std::string text(bool notices = false) const {
    return render(*make_text_changes({.color = false, .columns = 0, .notices = notices}));
  }
};

Night busy_night() {
  Night night;
  night.accounts = {told("well", {}),
                    told("as-before", {{&error, "/a", false}}),
                    told("mended", {{&warning, "/m", false}}),
                    told("worse", {{&warning, "/w", true}, {&error, "/x", false}, {&notice, "/n", true}}),
                    told("worst", {{&error, "/y", true}}),
                    told("dead", {{&unseen, "/d", true}}, KeyLogin::unknown),
                    told("keys", {}),
                    told("quiet", {{&notice, "/q", true}})};
  night.accounts[2].changes.mended = {past(error, "/was\n"), past(notice, "/quiet")};
  night.accounts[5].changes.unseen = {past(error, "/d/home")};
  night.accounts[6].changes.keys_added = {key('A', 3)};
  night.accounts[6].changes.keys_removed = {key('B', 4)};
  night.accounts[6].changes.keys_noted = {key('C', 5)};
  night.host = told("", {{&warning, "/etc/passwd", true}});
  Changes gone;
  gone.mended = {past(warning, "")};
  gone.keys_removed = {key('D', 1)};
  gone.is_gone = true;
  night.gone = {{"left", gone}};
  return night;
}

TEST(ChangesText, HasTheNewsAndWhatBelongsToIt) {
  EXPECT_EQ(busy_night().text(),
            "web1: 4 new, 2 mended, 4 still open, 1 key added, 2 keys removed\n"
            "\n"
            "host web1:\n"
            "  warning  key-weak  /etc/passwd is so\n"
            "\n"
            "worst: key login is refused\n"
            "  error  home-writable  /y is so\n"
            "\n"
            "worse: key login is refused\n"
            "  warning  key-weak  /w is so\n"
            "worse: still open: home-writable /x (open since 2026-01-30)\n"
            "\n"
            "dead: key login is unknown\n"
            "  notice  path-unseen  /d is so\n"
            "dead: still open: home-writable /d/home (open since 2026-01-30; out of sight)\n"
            "\n"
            "mended: mended: home-writable /was\\n (open since 2026-01-30)\n"
            "mended: still open: key-weak /m (open since 2026-01-30)\n"
            "keys: key added: SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA in /k:3\n"
            "keys: key removed: SHA256:BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBB\n"
            "left: mended: key-weak (open since 2026-01-30; the account is gone)\n"
            "left: key removed: SHA256:DDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDD (the account is gone)\n");
}

TEST(ChangesText, NothingNewIsNothing) {
  Night night;
  night.accounts = {told("well", {}), told("as-before", {{&error, "/a", false}}),
                    told("quiet", {{&notice, "/q", true}})};
  night.accounts[1].changes.unseen = {past(error, "/u")};
  night.accounts[2].changes.mended = {past(notice, "/was")};
  EXPECT_EQ(night.text(), "");
  EXPECT_EQ(night.text(true),
            "web1: 1 new, 1 mended, 2 still open\n"
            "\n"
            "quiet: key login is refused\n"
            "  notice  key-file-empty  /q is so\n"
            "quiet: mended: key-file-empty /was (open since 2026-01-30)\n");
}

TEST(ChangesJson, FollowsTheSchema) {
  const auto json = StrictJson::parse(busy_night().render(*make_json_changes()));
  EXPECT_TRUE(follows(schema, json, ""));
  std::vector<std::string> users;
  for (const auto& account : json["accounts"]) users.push_back(account["user"]);
  EXPECT_EQ(users, (std::vector<std::string>{"mended", "worse", "worst", "dead", "keys", "quiet"}));
  const auto& worse = json["accounts"][1]["findings"];
  EXPECT_EQ(worse[0]["state"], "new");
  EXPECT_EQ(worse[1]["state"], "open");
  EXPECT_EQ(worse[1]["since"], then);
  EXPECT_EQ(json["accounts"][0]["mended"],
            StrictJson::parse(R"([{"rule": "home-writable", "path": "/was\n", "since": "2026-01-30T02:17:03Z"},
                                  {"rule": "key-file-empty", "path": "/quiet", "since": "2026-01-30T02:17:03Z"}])"));
  EXPECT_EQ(json["accounts"][3]["unseen"][0]["path"], "/d/home");
  EXPECT_EQ(json["accounts"][4]["keys"]["added"][0]["line"], 3);
  EXPECT_EQ(json["accounts"][4]["keys"]["removed"].size(), 1U);
  EXPECT_EQ(json["gone"][0]["user"], "left");
  EXPECT_EQ(json["gone"][0]["mended"].size(), 1U);
  EXPECT_EQ(json["findings"][0]["state"], "new");
}

TEST(ChangesJson, NothingNewHasNoAccounts) {
  Night night;
  night.accounts = {told("as-before", {{&error, "/a", false}})};
  night.host = told("", {{&warning, "/etc/passwd", false}});
  const auto json = StrictJson::parse(night.render(*make_json_changes()));
  EXPECT_TRUE(follows(schema, json, ""));
  EXPECT_TRUE(json["accounts"].empty() && json["findings"].empty() && !json.contains("gone"));
}

TEST(ChangesJson, LinesAreTheSamePieces) {
  std::istringstream lines(busy_night().render(*make_ndjson_changes()));
  std::vector<StrictJson> objects;
  for (std::string line; std::getline(lines, line);) objects.push_back(StrictJson::parse(line));
  ASSERT_EQ(objects.size(), 8U);
  const auto whole = StrictJson::parse(busy_night().render(*make_json_changes()));
  for (std::size_t i = 1; i < 7; ++i) EXPECT_EQ(objects[i], whole["accounts"][i - 1]);
  EXPECT_TRUE(objects[0]["findings"].empty());
  EXPECT_EQ(objects[7]["findings"], whole["findings"]);
  EXPECT_EQ(objects[7]["gone"], whole["gone"]);
}

}  // namespace
}  // namespace sshaudit
