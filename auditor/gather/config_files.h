// SPDX-License-Identifier: MIT
// The files of sshd's configuration on the audited system.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "gather/path_resolver.h"
#include "parse/sshd_config.h"
#include "sshaudit/result.h"
#include "sshaudit/server.h"

namespace sshaudit {

class ConfigFiles {
 public:
  // `root` is the directory that is "/" on the audited system.
  static Result<ConfigFiles> open(const std::string& root);

  // The bytes of one file. A directory is an empty file, as for sshd; anything else that is no regular file, and a
  // file of more than 16 MiB, is an error.
  Result<ConfigFile> read(const std::string& path);

  // The same for each file that a pattern of glob(7) stands for, in its order; none is no error.
  Result<std::vector<ConfigFile>> read_all(const std::string& pattern);

  // Of all that was read: the path of the one that changed last after `time` (seconds since 1970); empty for none.
  std::string newer_than(std::int64_t time) const;

  // What was asked for as a file and is a directory.
  const std::vector<std::string>& directories() const { return directories_; }

  // A file that a setting names, looked at with the rights of the caller; and its first 16 MiB, if `bytes` is not null.
  NamedFile look_at(const std::string& keyword, const std::string& path, const ConfigPlace& place, std::string* bytes);

 private:
  ConfigFiles(std::string root, PathResolver resolver) : root_(std::move(root)), resolver_(std::move(resolver)) {}

  Result<std::vector<std::string>> match(const std::string& pattern);

  std::string root_;  // empty for "/"
  PathResolver resolver_;
  std::vector<std::string> directories_;
  std::map<std::string, std::int64_t> changed_;  // time of the last modification, by path
};

}  // namespace sshaudit
