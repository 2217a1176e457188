// SPDX-License-Identifier: MIT
#include "refusal_log.h"

#include <gtest/gtest.h>

namespace sshaudit::e2e {

std::string filled(std::string text) {
  const auto replace = [&](const std::string& mark, const std::string& by) {
    const auto at = text.find(mark);
    if (at != std::string::npos) text.replace(at, mark.size(), by);
  };
  replace("{R}", "key login refused: user=alice key={KEY} from=127.0.0.1 rule=");
  replace("{B}", ClientKeys::fingerprint("ed25519 b"));
  replace("{C}", ClientKeys::fingerprint("ed25519 c"));
  replace("{A}", ClientKeys::fingerprint("ed25519"));
  replace("{KEY}", "\"ED25519 " + ClientKeys::fingerprint("ed25519") + "\"");
  return text;
}

std::vector<std::string> by_command() {
  return {"AuthorizedKeysCommand=" + logger_command(), "AuthorizedKeysCommandUser=root"};
}

void check(const Row& row, const std::vector<std::string>& options, bool on_pipe, const std::string& error) {
  SCOPED_TRACE(row.title);
  const TemporaryDirectory directory;
  AuditedSystem system(directory.path());
  install_logger(system);
  Scene scene{system, system.person("alice", alice_id)};
  build(scene, row.make);
  LogCapture capture(system);
  LoginAttempt attempt{.user = scene.login_name.empty() ? scene.person.name : scene.login_name,
                       .client_options = scene.client_options};
  for (const auto& key : scene.offered) attempt.keys.push_back(ClientKeys::file(key));
  attempt.sshd_options = options;
  attempt.on_pipe = on_pipe;
  const auto end = log_in(attempt, [&] {
    enter_debian(system, scene.mounts);
    capture.take_over();
  });
  EXPECT_EQ(end.came, row.came) << end.log << end.told;
  std::vector<std::string> expected;
  for (const auto& line : row.logged) expected.push_back("sshaudit: " + filled(line));
  auto lines = capture.lines();
  const auto is_error = [&](const std::string& line) { return !error.empty() && line.starts_with(error); };
  EXPECT_EQ(std::erase_if(lines, is_error), error.empty() ? 0 : 1);
  EXPECT_EQ(lines, expected) << end.log << end.told;
}

}  // namespace sshaudit::e2e
