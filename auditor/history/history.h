// SPDX-License-Identifier: MIT
// What was open, mended, added and removed, run by run, in one SQLite file. A run is one transaction: either all of it
// has happened or nothing.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "history/sqlite.h"
#include "sshaudit/changes.h"
#include "sshaudit/report.h"
#include "sshaudit/result.h"

namespace sshaudit {

inline constexpr auto whole_host = ":";       // stands where the name of an account does, and can be none
inline constexpr int usual_patience = 10000;  // milliseconds that another run has to end

// Opens the history without a change to it. An error for one that a newer sshaudit has written, for one that is
// damaged, and for a file that is something else. An empty one is none yet, and fine.
Result<Database> open_history(const std::string& path, int patience = usual_patience);

class History {
 public:
  // Begins a run at `now` (UTC, RFC 3339), which holds off other runs until it is committed or destroyed. An error when
  // another one goes on.
  static Result<History> begin(const std::string& path, const std::string& now, int patience = usual_patience);

  // Of an account, or of the whole host.
  Result<Memory> recall(const std::string& name);

  // What has become of it in this run.
  Result<void> keep(const std::string& name, const Memory& memory, const Changes& changes);

  Result<std::vector<std::string>> accounts();  // that it knows and that are not gone

  // The run has happened, and what is older than 400 days goes; never what is still open.
  Result<void> commit(const Summary& summary);

 private:
  explicit History(Database database);
  Result<void> make_schema();
  Result<void> keep_keys(std::int64_t account, const Changes& changes);
  Result<void> forget_old();

  struct Statements {
    explicit Statements(const Database& database);
    Statement account, findings, keys;
    Statement add_account, change_account, add_finding, mend_finding, add_key, remove_key;
  };

  std::unique_ptr<Database> database_;  // stays where it is when this is moved
  std::unique_ptr<Statements> statements_;
  std::int64_t run_ = 0;
  std::string now_;
};

}  // namespace sshaudit
