// SPDX-License-Identifier: MIT
// A place for files that programs of the host are to read.
#pragma once

#include <string>

namespace sshaudit {

// A directory below /tmp that nobody else may enter; it goes with the object, and what is in it.
class TemporaryFiles {
 public:
  TemporaryFiles();
  TemporaryFiles(const TemporaryFiles&) = delete;
  TemporaryFiles& operator=(const TemporaryFiles&) = delete;
  ~TemporaryFiles();

  const std::string& path() const { return path_; }  // empty when it could not be made
  bool write(const std::string& name, const std::string& bytes) const;

 private:
  std::string path_;
};

}  // namespace sshaudit
