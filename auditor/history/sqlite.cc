// SPDX-License-Identifier: MIT
#include "history/sqlite.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

namespace sshaudit {
namespace {

// The database and its log, as SQLite has them open: closing a descriptor of one's own would give up its locks.
std::array<sqlite3_file*, 2> files_of(sqlite3* handle) {
  std::array<sqlite3_file*, 2> files{};
  sqlite3_file_control(handle, "main", SQLITE_FCNTL_FILE_POINTER, &files[0]);
  sqlite3_file_control(handle, "main", SQLITE_FCNTL_JOURNAL_POINTER, &files[1]);
  for (auto& file : files) {
    if (file != nullptr && file->pMethods == nullptr) file = nullptr;
  }
  return files;
}

// Not every error of a file is told to the connection.
int system_errno(sqlite3* handle) {
  int errnum = sqlite3_system_errno(handle);
  for (auto* const file : files_of(handle)) {
    if (errnum == 0 && file != nullptr) file->pMethods->xFileControl(file, SQLITE_FCNTL_LAST_ERRNO, &errnum);
  }
  return errnum == 0 ? EIO : errnum;
}

// SQLite says of a page that cannot be read that it is damaged.
bool can_be_read(sqlite3* handle) {
  std::array<char, 4096> page{};
  for (auto* const file : files_of(handle)) {
    sqlite3_int64 size = 0;
    if (file != nullptr && file->pMethods->xFileSize(file, &size) != SQLITE_OK) return false;
    for (sqlite3_int64 at = 0; at < size; at += static_cast<sqlite3_int64>(page.size())) {
      const auto wanted = std::min<sqlite3_int64>(page.size(), size - at);
      if (file->pMethods->xRead(file, page.data(), static_cast<int>(wanted), at) != SQLITE_OK) return false;
    }
  }
  return true;
}

// What cannot be opened for writing is tried again for reading, and why is not told.
int why_not_writable(const std::string& path) { return access(path.c_str(), R_OK | W_OK) == 0 ? EIO : errno; }

}  // namespace

void Database::Close::operator()(sqlite3* handle) const {
  if (owner == getpid()) sqlite3_close_v2(handle);
}

Database::Database(std::string path, sqlite3* handle) : path_(std::move(path)), handle_(handle, Close{getpid()}) {}

// EXCLUSIVE: WAL then needs no memory that processes share by a file, which not every file system has, and where a disk
// that fails would end the process with SIGBUS.
Result<Database> Database::open(const std::string& path, int patience) {
  sqlite3* handle = nullptr;
  const int code = sqlite3_open_v2(path.c_str(), &handle, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, nullptr);
  Database database(path, handle);
  if (code != SQLITE_OK) return tl::unexpected(database.error());
  if (sqlite3_db_readonly(handle, "main") == 1) {
    return tl::unexpected(Error{"write the history", path, why_not_writable(path)});
  }
  sqlite3_extended_result_codes(handle, 1);
  sqlite3_busy_timeout(handle, patience);
  if (auto done = database.run("PRAGMA locking_mode = EXCLUSIVE"); !done) return tl::unexpected(done.error());
  return database;
}

Result<void> Database::run(const char* sql) {
  if (sqlite3_exec(handle_.get(), sql, nullptr, nullptr, nullptr) != SQLITE_OK) return tl::unexpected(error());
  return {};
}

Error Database::error() const {
  constexpr int primary = 0xff;
  if (!handle_) return {"read or write the history", path_, ENOMEM};
  switch (sqlite3_errcode(handle_.get()) & primary) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return {"another sshaudit is writing the history; try again when it is done", path_, 0};
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      if (!can_be_read(handle_.get())) return {"read the history", path_, EIO};
      return {"the history is damaged; move it away, and the next run with --changes begins a new one", path_, 0};
    case SQLITE_FULL:
      return {"write the history", path_, ENOSPC};
    case SQLITE_READONLY:
      return {"write the history", path_, why_not_writable(path_)};
    case SQLITE_CANTOPEN:
      return {"read or write the history", path_, why_not_writable(path_)};
    case SQLITE_IOERR:
      return {"read or write the history", path_, system_errno(handle_.get())};
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
