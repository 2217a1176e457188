// SPDX-License-Identifier: MIT
// Where the report goes: standard output, or a file that appears whole or not at all.
#pragma once

#include <sys/types.h>

#include <string>
#include <string_view>

#include "gather/fd.h"
#include "sshaudit/result.h"

namespace sshaudit {

class ReportFile {
 public:
  // `path` empty: standard output. Otherwise a temporary file beside it, mode 0600, which finish() gives `mode` and
  // renames; its name has no point but the first, so that nobody takes it by its ending. Those that runs which were
  // killed have left there are removed. An error when the file cannot be made there, or when something that is no
  // regular file has that name.
  static Result<ReportFile> open(const std::string& path, mode_t mode = 0600);

  ReportFile(ReportFile&& other) noexcept;
  ReportFile& operator=(ReportFile&&) = delete;
  ~ReportFile();  // an unfinished temporary file is removed

  Result<void> write(std::string_view text);
  Result<void> finish();

 private:
  ReportFile() = default;
  Result<void> flush();

  std::string path_;
  std::string temporary_;
  Fd file_;
  mode_t mode_ = 0600;
  std::string buffer_;
};

}  // namespace sshaudit
