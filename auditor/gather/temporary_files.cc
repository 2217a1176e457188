// SPDX-License-Identifier: MIT
#include "gather/temporary_files.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace sshaudit {

TemporaryFiles::TemporaryFiles() {
  std::string name = "/tmp/sshaudit-XXXXXX";
  if (mkdtemp(name.data()) != nullptr) path_ = name;  // 0700
}

TemporaryFiles::~TemporaryFiles() {
  std::error_code ignored;
  if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
}

bool TemporaryFiles::write(const std::string& name, const std::string& bytes) const {
  if (path_.empty()) return false;
  std::ofstream file(path_ + "/" + name, std::ios::binary | std::ios::trunc);
  file << bytes;
  return static_cast<bool>(file.flush());
}

}  // namespace sshaudit
