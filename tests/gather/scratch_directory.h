// SPDX-License-Identifier: MIT
// A directory for one test, gone with it.
#pragma once

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

namespace sshaudit {

class ScratchDirectory {
 public:
  ScratchDirectory() {
    std::string name = std::filesystem::temp_directory_path() / "sshaudit-test-XXXXXX";
    if (mkdtemp(name.data()) == nullptr) std::abort();
    path_ = name;
    chmod(name.c_str(), 0755);
  }
  ScratchDirectory(const ScratchDirectory&) = delete;
  ScratchDirectory& operator=(const ScratchDirectory&) = delete;
  ~ScratchDirectory() { std::filesystem::remove_all(path_); }

  std::string path(const std::string& name = "") const { return name.empty() ? path_ : path_ + "/" + name; }

  void directory(const std::string& name, mode_t mode = 0755) const {
    std::filesystem::create_directories(path(name));
    chmod(path(name).c_str(), mode);
  }
  void file(const std::string& name, const std::string& text = "text\n", mode_t mode = 0644) const {
    std::ofstream(path(name)) << text;
    chmod(path(name).c_str(), mode);
  }
  void link(const std::string& name, const std::string& target) const {
    if (symlink(target.c_str(), path(name).c_str()) != 0) std::abort();
  }

 private:
  std::string path_;
};

}  // namespace sshaudit
