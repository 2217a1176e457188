// SPDX-License-Identifier: MIT
// RevokedKeys as a list of keys, and as a key revocation list of the host's own ssh-keygen.
#include "gather/revocations.h"

#include <gtest/gtest.h>

#include <chrono>
#include <fstream>
#include <sstream>

#include "gather/scratch_directory.h"
#include "gather/subprocess.h"
#include "parse/key_line.h"
#include "parse/key_lines.h"

namespace sshaudit {
namespace {

constexpr std::chrono::seconds patience{20};

std::string text_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return std::move(text).str();
}

// Two keys, of which the first is revoked.
class RevokedKeyFilesTest : public testing::Test {
 protected:
  void SetUp() override {
    for (const std::string name : {"bad", "good"}) {
      keygen({"-q", "-t", "ed25519", "-N", "", "-C", "", "-f", scratch_.path(name)});
      text_ += text_of(scratch_.path(name + ".pub"));
    }
    grammar_ = key_grammar({"", 9, 2, Vendor::upstream});
    bad_ = parse_key_line(text_of(scratch_.path("bad.pub")), grammar_).key.digest;
    good_ = parse_key_line(text_of(scratch_.path("good.pub")), grammar_).key.digest;
  }

  static void keygen(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "/usr/bin/ssh-keygen");
    const auto done = run_program(arguments, patience);
    ASSERT_TRUE(done && done->exit_status == 0) << arguments[1];
  }

  Revocations look_up(const std::string& list, const std::string& text) {
    AccountEvidence evidence;
    KeyFile file;
    file.text = text;
    file.key_lines = count_key_lines(text);
    evidence.key_files.push_back(file);
    evidence.settings.revoked_keys = {list};
    return files_.look_up(evidence);
  }

  ScratchDirectory scratch_;
  std::string text_;
  KeyGrammar grammar_;
  KeyDigest bad_{};
  KeyDigest good_{};
  RevokedKeyFiles files_{"/", key_grammar({"", 9, 2, Vendor::upstream})};
};

TEST_F(RevokedKeyFilesTest, AListNamesKeys) {
  scratch_.file("list", "# lost\n" + text_of(scratch_.path("bad.pub")));
  EXPECT_EQ(look_up(scratch_.path("list"), text_), (Revocations{{bad_}, {}, ""}));
}

TEST_F(RevokedKeyFilesTest, SshKeygenIsAskedAboutAKrl) {
  keygen({"-q", "-k", "-f", scratch_.path("krl"), scratch_.path("bad.pub")});
  EXPECT_EQ(look_up(scratch_.path("krl"), text_), (Revocations{{bad_}, {}, ""}));
  EXPECT_EQ(look_up(scratch_.path("krl"), text_ + text_ + text_), (Revocations{{bad_}, {}, ""})) << "asked once";
}

// A key that only a later ssh-keygen reads says nothing of the others.
TEST_F(RevokedKeyFilesTest, OneKeyDoesNotSpoilTheRest) {
  keygen({"-q", "-k", "-f", scratch_.path("krl"), scratch_.path("bad.pub")});
  scratch_.file("broken", std::string("SSHKRL\n\0and nothing that makes sense", 35));
  const auto unsure = look_up(scratch_.path("broken"), text_);
  EXPECT_EQ(unsure.revoked, std::vector<KeyDigest>{});
  EXPECT_EQ(unsure.unsure.size(), 2U);
  EXPECT_EQ(unsure.reason, "ssh-keygen -Q has no answer");
  EXPECT_EQ(look_up(scratch_.path("krl"), text_), (Revocations{{bad_}, {}, ""}));
}

TEST_F(RevokedKeyFilesTest, WithoutAListNothingIsRevoked) {
  EXPECT_EQ(look_up(scratch_.path("missing"), text_), Revocations{}) << "another rule says that it is missing";
}

}  // namespace
}  // namespace sshaudit
