// SPDX-License-Identifier: MIT
// What became of the loggers that were started. They are nobody's children: so they come to the nearest ancestor that
// takes in orphans (PR_SET_CHILD_SUBREAPER), which a test makes itself. It then waits for them, and needs no clock.
#pragma once

#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

namespace sshaudit::pam_test {

inline int take_in_orphans(void** /*state*/) { return prctl(PR_SET_CHILD_SUBREAPER, 1); }

// Waits until no child is left: the exit statuses of all, -1 for one that a signal ended.
inline std::vector<int> wait_for_all() {
  std::vector<int> statuses;
  for (int status = 0; waitpid(-1, &status, 0) > 0;) statuses.push_back(WIFEXITED(status) ? WEXITSTATUS(status) : -1);
  return statuses;
}

// A directory that goes with its owner.
class TemporaryDirectory {
 public:
  TemporaryDirectory() {
    auto name = (std::filesystem::temp_directory_path() / "sshaudit-pam-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) std::abort();
    path_ = name;
  }
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
  ~TemporaryDirectory() { std::filesystem::remove_all(path_); }

  std::string file(const std::string& name, const std::string& text, bool is_program = false) const {
    const auto path = path_ / name;
    std::ofstream(path) << text;
    if (is_program) std::filesystem::permissions(path, std::filesystem::perms(0755));
    return path.string();
  }

  std::string path() const { return path_.string(); }

 private:
  std::filesystem::path path_;
};

inline std::string text_of(const std::string& path) {
  std::ifstream in(path);
  return {std::istreambuf_iterator<char>(in), {}};
}

}  // namespace sshaudit::pam_test
