// SPDX-License-Identifier: MIT
// `sshaudit keys`, from outside.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <vector>

#include "cli/schema.h"
#include "cli/small_system.h"

namespace sshaudit {
namespace {

using Json = nlohmann::json;
constexpr auto keys_schema = "sshaudit-keys-1.json";
constexpr auto fingerprint = "SHA256:PyQcFMRpDO1eY9Jm2531EBU+LZ7Ove5x9arGE+kTMmE";
constexpr auto other_key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIM0X/ZtCyNpeM3NH/AxRsEzPMCtcOQKO+bp9O2rJKlIo";

// well has a second key that is restricted and one that never works; open has an unreadable name for a comment.
class KeyList : public SmallSystem {
 protected:
  void SetUp() override {
    SmallSystem::SetUp();
    const std::string key = persons_key;
    write("well",
          key + " =cmd|'calc'!A0\nfrom=\"10.0.0.0/8\",restrict,command=\"rsync --server\",expiry-time=\"20990101Z\" " +
              other_key + " backup \xff\x1b[2J\nno-ptty " + key + "\nssh-ed25519 AAAA\nhello\n");
  }

  void write(const std::string& user, const std::string& text) {
    system_.file("home/" + user + "/.ssh/authorized_keys", text);
  }

  std::vector<std::string> lines(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "keys");
    std::istringstream in(run(arguments).out);
    std::vector<std::string> found;
    for (std::string line; std::getline(in, line);) found.push_back(line);
    return found;
  }
};

TEST_F(KeyList, IsATable) {
  const auto rows = lines({"well", "open"});
  ASSERT_EQ(rows.size(), 6U);
  EXPECT_TRUE(rows[0].starts_with("USER  TYPE         BITS  FINGERPRINT")) << rows[0];
  EXPECT_TRUE(rows[1].starts_with("well  ssh-ed25519  256   SHA256:")) << rows[1];
  EXPECT_TRUE(rows[1].ends_with("  =cmd|'calc'!A0      /home/well/.ssh/authorized_keys:1")) << rows[1];
  EXPECT_NE(rows[2].find("  usable only from 10.0.0.0/8, until 2099-01-01  "), std::string::npos) << rows[2];
  EXPECT_NE(rows[2].find("  command rsync --server, restricted  "), std::string::npos) << rows[2];
  EXPECT_NE(rows[2].find("  backup \\xff\\x1b[2J  "), std::string::npos) << rows[2];
  EXPECT_NE(rows[3].find("  unusable: \"no-ptty\" is no option  "), std::string::npos) << rows[3];
  EXPECT_TRUE(rows[4].starts_with("well  ?                  -  ")) << rows[4];
  EXPECT_NE(rows[5].find("  unusable: file refused: home-writable  "), std::string::npos) << rows[5];
}

TEST_F(KeyList, ByKeyPutsAReusedKeyTogether) {
  const auto rows = lines({"--all-users", "--by", "key", "--format", "csv"});
  ASSERT_EQ(rows.size(), 6U);
  std::vector<std::string> fingerprints;
  for (const auto& row : rows) {
    const auto at = row.find("SHA256:");
    fingerprints.push_back(at == std::string::npos ? "" : row.substr(at, 50));
  }
  const auto reused = std::ranges::find(fingerprints, fingerprint);
  ASSERT_NE(reused, fingerprints.end());
  EXPECT_EQ(std::count(reused, reused + 3, fingerprint), 3);
  EXPECT_EQ(fingerprints.back(), "");
}

TEST_F(KeyList, CsvIsSafeInASpreadsheet) {
  const auto rows = lines({"well", "--format", "csv"});
  ASSERT_EQ(rows.size(), 5U);
  EXPECT_EQ(rows[0], "user,type,bits,fingerprint,state,why,restrictions,options,comment,file,line\r");
  EXPECT_EQ(rows[1], std::string("well,ssh-ed25519,256,") + fingerprint +
                         ",usable,,,,\"'=cmd|'calc'!A0\",/home/well/.ssh/authorized_keys,1\r");
  EXPECT_NE(rows[2].find(",\"restrict,command=\"\"rsync --server\"\",from=\"\"10.0.0.0/8\"\","), std::string::npos)
      << rows[2];
}

TEST_F(KeyList, JsonFollowsItsSchema) {
  const auto list = Json::parse(run({"keys", "--all-users", "--format", "json"}).out);
  EXPECT_TRUE(follows(keys_schema, list, ""));
  ASSERT_EQ(list["keys"].size(), 5U);
  EXPECT_EQ(list["keys"][1]["comment"]["base64"], "YmFja3VwIP8bWzJK");
  EXPECT_EQ(list["keys"][1]["why"], "only from 10.0.0.0/8, until 2099-01-01");
  auto broken = list;
  broken["keys"][0]["state"] = "fine";
  EXPECT_FALSE(follows(keys_schema, broken, ""));
}

TEST_F(KeyList, NdjsonIsAHeaderAndAKeyALine) {
  const auto rows = lines({"--all-users", "--format", "ndjson"});
  ASSERT_EQ(rows.size(), 6U);
  EXPECT_EQ(Json::parse(rows[0])["schema"], "sshaudit-keys/1");
  for (std::size_t i = 1; i < rows.size(); ++i)
    EXPECT_TRUE(follows(keys_schema, Json::parse(rows[i]), "key")) << rows[i];
}

TEST_F(KeyList, IsJudgedForTheClientOfFrom) {
  const auto state = [&](const std::string& address) {
    const auto list = Json::parse(run({"keys", "well", "--from", address, "--format", "json"}).out);
    return list["keys"][1]["state"].get<std::string>() + ", " + list["keys"][1]["why"].get<std::string>();
  };
  EXPECT_EQ(state("10.1.2.3"), "usable, only from 10.0.0.0/8, until 2099-01-01");
  EXPECT_EQ(state("192.0.2.7"), "unusable, not from 192.0.2.7");
}

TEST_F(KeyList, ExitStatusIsThatOfAnAudit) {
  EXPECT_EQ(run({"keys", "well"}).exit_status, 1);
  EXPECT_EQ(run({"keys", "well", "--fail-on", "never"}).exit_status, 0);
  write("well", std::string(persons_key) + "\n");
  EXPECT_EQ(run({"keys", "well"}).exit_status, 0);
  EXPECT_EQ(run({"keys", "raw"}).out, "");
  const auto wrong = run({"keys", "well", "--by", "age"});
  EXPECT_EQ(wrong.exit_status, 2);
  EXPECT_EQ(wrong.err, "sshaudit: age is none of account|key\nRun with --help for more information.\n");
}

}  // namespace
}  // namespace sshaudit
