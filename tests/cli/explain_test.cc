// SPDX-License-Identifier: MIT
// `sshaudit explain` as its user sees it.
#include <nlohmann/json.hpp>

#include "cli/schema.h"
#include "cli/small_system.h"

namespace sshaudit {
namespace {

using Json = nlohmann::json;
constexpr auto schema = "sshaudit-explain-1.json";
constexpr auto fingerprint = "SHA256:gZEsVgfszTGa0Kr+2eKjSqnxvWnbnD5HF+Tg3JFdWVk";

using Explain = SmallSystem;

std::string result_of(const Json& login, const std::string& step) {
  for (const auto& one : login["steps"]) {
    if (one["step"] == step) return one["result"];
  }
  return "";
}

TEST_F(Explain, OneLoginIsAcceptedStepByStep) {
  const auto output = run({"explain", "well", "--from", "192.0.2.7", "--format", "json"});
  EXPECT_EQ(output.exit_status, 0) << output.err;
  const auto told = Json::parse(output.out);
  EXPECT_TRUE(follows(schema, told, "")) << output.out;
  ASSERT_EQ(told["logins"].size(), 1U);
  const auto& login = told["logins"][0];
  EXPECT_EQ(login["outcome"], "accepted");
  EXPECT_EQ(login["from"], "192.0.2.7");
  EXPECT_EQ(result_of(login, "key-file"), "ok");
  EXPECT_EQ(result_of(login, "session"), "ok");
}

TEST_F(Explain, TheFirstRefusalIsMarkedAndDrawn) {
  const auto output = run({"explain", "open", "--format", "json"});
  EXPECT_EQ(output.exit_status, 1);
  const auto told = Json::parse(output.out);
  EXPECT_TRUE(follows(schema, told, "")) << output.out;
  for (const auto& step : told["logins"][0]["steps"]) {
    EXPECT_EQ(step.contains("decides"), step["result"] == "refused") << step.dump();
    if (!step.contains("decides")) continue;
    EXPECT_EQ(step["findings"][0]["rule"], "home-writable");
    EXPECT_EQ(step["path"][0]["remark"], "writable by everyone (StrictModes)");
  }
  const auto text = run({"explain", "open"}).out;
  EXPECT_NE(text.find("0757 open:open  " + std::string("/home/open  <- writable by everyone (StrictModes)\n")),
            std::string::npos)
      << text;
}

TEST_F(Explain, AFingerprintIsAKeyToo) {
  const auto key = Json::parse(run({"explain", "well", "--format", "json"}).out)["logins"][0]["key"]["fingerprint"];
  EXPECT_EQ(run({"explain", "well", "--key", key}).exit_status, 0);
  const auto other = run({"explain", "well", "--key", fingerprint, "--format", "json"});
  EXPECT_EQ(other.exit_status, 1);
  EXPECT_EQ(result_of(Json::parse(other.out)["logins"][0], "key-file"), "absent");
  EXPECT_EQ(run({"explain", "well", "--key", "SHA256:short"}).exit_status, 2);
}

TEST_F(Explain, APrivateKeyIsNeverRepeated) {
  system_.file("private", "-----BEGIN OPENSSH PRIVATE KEY-----\nc2VjcmV0\n-----END OPENSSH PRIVATE KEY-----\n");
  const auto output = run({"explain", "well", "--key", system_.path("private")});
  EXPECT_EQ(output.exit_status, 2);
  EXPECT_EQ((output.out + output.err).find("c2VjcmV0"), std::string::npos) << output.err;
}

TEST_F(Explain, WhoDoesNotExistHasNeighbours) {
  const auto output = run({"explain", "wel"});
  EXPECT_EQ(output.exit_status, 1);
  EXPECT_NE(output.out.find("an account with a name like it: well\n"), std::string::npos) << output.out;
  EXPECT_NE(output.out.find("accounts that can log in by key: well (1 key)\n"), std::string::npos) << output.out;
}

TEST_F(Explain, TakesOneUser) {
  EXPECT_EQ(run({"explain"}).exit_status, 2);
  EXPECT_EQ(run({"explain", "well", "open"}).exit_status, 2);
}

}  // namespace
}  // namespace sshaudit
