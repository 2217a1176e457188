// SPDX-License-Identifier: MIT
// fix, undo and add-key as their user meets them: a system with alice, whose key login may be broken.
#pragma once

#include <fcntl.h>
#include <gtest/gtest.h>
#include <pty.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <regex>

#include "cases.h"

namespace sshaudit::e2e {

inline constexpr auto key_file = "/home/alice/.ssh/authorized_keys";

inline std::string text_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

// The name of the record and the fingerprint of the key are other ones each time.
inline std::string steady(std::string text) {
  text = std::regex_replace(text, std::regex("[0-9]{8}T[0-9]{6}Z(-[0-9]+)?"), "RECORD");
  return std::regex_replace(text, std::regex("SHA256:[A-Za-z0-9+/]{43}"), "SHA256:KEY");
}

inline void open_home(Scene& scene) { scene.system.change_mode("/home/alice", 0777); }

class FixScene : public ::testing::Test {
 protected:
  void make(const std::function<void(Scene&)>& change) { build(scene_, change); }

  AuditRun run(const std::vector<std::string>& arguments, const std::string& input = "/dev/null") {
    auto run = run_sshaudit(arguments, [&] {
      enter_debian(system_, scene_.mounts);
      const int file = open(input.c_str(), O_RDONLY);
      dup2(file, STDIN_FILENO);
      close(file);
    });
    record_ = record_in(run.out);
    run.out = steady(run.out);
    run.err = steady(run.err);
    return run;
  }

  static std::string record_in(const std::string& text) {
    constexpr std::string_view before = "to undo: sshaudit undo ";
    const auto at = text.find(before);
    return at == std::string::npos ? "" : text.substr(at + before.size(), text.find('\n', at) - at - before.size());
  }

  // On a terminal, where `answer` is typed.
  std::string run_on_terminal(
      const std::vector<std::string>& arguments, const std::string& answer,
      const std::function<void()>& meanwhile = [] {}) {
    const int program = open(SSHAUDIT_PROGRAM, O_PATH | O_CLOEXEC);  // it may lie where the system is put
    int terminal = -1;
    const auto child = forkpty(&terminal, nullptr, nullptr, nullptr);
    if (child == 0) {
      enter_debian(system_, scene_.mounts);
      std::vector<const char*> words = {SSHAUDIT_PROGRAM};
      for (const auto& argument : arguments) words.push_back(argument.c_str());
      words.push_back(nullptr);
      setenv("NO_COLOR", "1", 1);
      fexecve(program, const_cast<char**>(words.data()), environ);
      _exit(127);
    }
    std::string shown;
    for (char letter = 0; read(terminal, &letter, 1) == 1;) {
      shown += letter;
      const bool asks = shown.ends_with("[y/N] ");
      if (asks) meanwhile();
      if (asks && write(terminal, answer.data(), answer.size()) < 0) break;
    }
    close(terminal);
    close(program);
    waitpid(child, &status_, 0);
    std::erase(shown, '\r');
    return steady(shown);
  }

  std::string state_of(const std::string& path) const {
    struct stat status {};
    if (lstat(system_.on_host(path).c_str(), &status) != 0) return "-";
    return std::to_string(status.st_uid) + ":" + std::to_string(status.st_gid) + " " +
           std::to_string(status.st_mode & 07777U);
  }

  std::string came() {
    return log_in({.user = "alice", .keys = {ClientKeys::file("ed25519")}, .on_pipe = true},
                  [&] { enter_debian(system_, scene_.mounts); })
        .came;
  }

  TemporaryDirectory directory_;
  AuditedSystem system_{directory_.path()};
  Scene scene_{system_, system_.person("alice", alice_id)};
  std::string record_;
  int status_ = 0;
};

}  // namespace sshaudit::e2e
