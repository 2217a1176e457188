// SPDX-License-Identifier: MIT
// A file of this project's own in a directory that programs of the host read: it is there whole, or not at all. Root
// only.
#pragma once

#include <optional>
#include <string>

#include "gather/fd.h"
#include "sshaudit/result.h"

namespace sshaudit {

class PlacedFile {
 public:
  // An error when the directory is not there, or when others than root may write it.
  static Result<PlacedFile> open(const std::string& directory, const std::string& name);

  // Its text; nothing when it is not there. An error when something else than a regular file of root's has the name.
  Result<std::optional<std::string>> text() const;

  // root, 0644, in place of what was there, on the disk when it returns. With an error all is as it was.
  Result<void> write(const std::string& text) const;

  const std::string& path() const { return path_; }

  // What is not there is removed already.
  Result<void> remove() const;

  // What a run that was killed has left; its name begins with a dot and ends in .new.
  void remove_left_over() const;

 private:
  PlacedFile(std::string directory, std::string name, Fd fd);
  Error failed(const char* what) const;

  std::string path_;
  std::string name_;
  std::string temporary_;
  Fd directory_;
};

}  // namespace sshaudit
