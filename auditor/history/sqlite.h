// SPDX-License-Identifier: MIT
// As much of SQLite as the history needs, with results instead of codes.
#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>

#include "sshaudit/result.h"

namespace sshaudit {

class Database {
 public:
  // A file that is there. From the first statement that touches it on it is this process's alone, until the end of the
  // object; until then every statement waits up to `patience` milliseconds for another process.
  static Result<Database> open(const std::string& path, int patience);

  Result<void> run(const char* sql);
  Error error() const;  // of the last call: what is in the way, and what to do

  sqlite3* handle() const { return handle_.get(); }
  const std::string& path() const { return path_; }

 private:
  // A process that was forked off never closes it: that would take locks and files away from the one that owns it.
  struct Close {
    std::int64_t owner = 0;
    void operator()(sqlite3* handle) const;
  };
  Database(std::string path, sqlite3* handle);

  std::string path_;
  std::unique_ptr<sqlite3, Close> handle_;
};

class Statement {
 public:
  // Whatever is wrong with the statement is told when it is run.
  Statement(const Database& database, std::string_view sql);

  // Begins anew with these values for its ?s. Texts are copied.
  template <class... Values>
  Statement& with(const Values&... values) {
    sqlite3_reset(handle_.get());
    int position = 0;
    (bind(++position, values), ...);
    return *this;
  }

  Result<bool> next();  // whether there is a row
  Result<void> run();   // of one that has no rows
  void end() { sqlite3_reset(handle_.get()); }

  bool is_set(int column) const { return sqlite3_column_type(handle_.get(), column) != SQLITE_NULL; }
  std::int64_t number(int column) const { return sqlite3_column_int64(handle_.get(), column); }
  std::string text(int column) const;

 private:
  struct Finish {
    void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
  };

  template <class Value>
  void bind(int position, const Value& value) {
    if constexpr (std::is_integral_v<Value>) {
      note(sqlite3_bind_int64(handle_.get(), position, static_cast<std::int64_t>(value)));
    } else {
      bind_text(position, value);
    }
  }
  void bind_text(int position, std::string_view text);
  void note(int code) {
    if (code != SQLITE_OK) has_failed_ = true;
  }

  const Database& database_;
  std::unique_ptr<sqlite3_stmt, Finish> handle_;
  bool has_failed_ = false;
};

}  // namespace sshaudit
