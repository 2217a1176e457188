// SPDX-License-Identifier: MIT
#include "history/sqlite.h"

#include <unistd.h>

#include <cerrno>
#include <utility>

namespace sshaudit {

void Database::Close::operator()(sqlite3* handle) const {
  if (owner == getpid()) sqlite3_close_v2(handle);
}

Database::Database(std::string path, sqlite3* handle) : path_(std::move(path)), handle_(handle, Close{getpid()}) {}

Result<Database> Database::open(const std::string& path, int patience) {
  sqlite3* handle = nullptr;
  const int code = sqlite3_open_v2(path.c_str(), &handle, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, nullptr);
  Database database(path, handle);
  if (code != SQLITE_OK) return tl::unexpected(database.error());
  sqlite3_extended_result_codes(handle, 1);
  sqlite3_busy_timeout(handle, patience);
  return database;
}

Result<void> Database::run(const char* sql) {
  if (sqlite3_exec(handle_.get(), sql, nullptr, nullptr, nullptr) != SQLITE_OK) return tl::unexpected(error());
  return {};
}

Error Database::error() const {
  constexpr int primary = 0xff;
  const int errnum = handle_ ? sqlite3_system_errno(handle_.get()) : ENOMEM;
  switch (sqlite3_errcode(handle_.get()) & primary) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return {"another sshaudit is writing the history; try again when it is done", path_, 0};
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return {"the history is damaged; move it away, and the next run with --changes begins a new one", path_, 0};
    case SQLITE_FULL:
      return {"write the history", path_, ENOSPC};
    case SQLITE_READONLY:
      return {"write the history", path_, errnum == 0 ? EROFS : errnum};
    case SQLITE_IOERR:
    case SQLITE_CANTOPEN:
      return {"read or write the history", path_, errnum == 0 ? EIO : errnum};
    default:
      return {std::string("history: ") + sqlite3_errmsg(handle_.get()), path_, 0};
  }
}

Statement::Statement(const Database& database, std::string_view sql) : database_(database) {
  sqlite3_stmt* handle = nullptr;
  note(sqlite3_prepare_v2(database.handle(), sql.data(), static_cast<int>(sql.size()), &handle, nullptr));
  handle_.reset(handle);
}

Result<bool> Statement::next() {
  const int code = has_failed_ ? SQLITE_ERROR : sqlite3_step(handle_.get());
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  return tl::unexpected(database_.error());
}

Result<void> Statement::run() {
  const auto row = next();
  sqlite3_reset(handle_.get());
  if (!row) return tl::unexpected(row.error());
  return {};
}

std::string Statement::text(int column) const {
  const auto* bytes = sqlite3_column_text(handle_.get(), column);
  const auto size = static_cast<std::size_t>(sqlite3_column_bytes(handle_.get(), column));
  return bytes == nullptr ? std::string() : std::string(reinterpret_cast<const char*>(bytes), size);
}

void Statement::bind_text(int position, std::string_view text) {
  // An empty view may point nowhere, which would be NULL.
  const char* const bytes = text.empty() ? "" : text.data();
  note(sqlite3_bind_text(handle_.get(), position, bytes, static_cast<int>(text.size()), SQLITE_TRANSIENT));
}

}  // namespace sshaudit
