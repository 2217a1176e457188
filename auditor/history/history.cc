// SPDX-License-Identifier: MIT
#include "history/history.h"

#include <numeric>
#include <utility>

namespace sshaudit {
namespace {

constexpr std::int64_t known_schema = 1;
constexpr std::int64_t application = 0x73736861;  // "ssha"

// Times are UTC, RFC 3339. Account 0 is the host. `mended`, `removed` and `gone` are runs, and NULL for what is not.
constexpr auto schema = R"(
CREATE TABLE run (id INTEGER PRIMARY KEY, at TEXT NOT NULL, accounts INTEGER NOT NULL, findings INTEGER NOT NULL);
CREATE TABLE account (id INTEGER PRIMARY KEY, name TEXT NOT NULL, keys_are_known INTEGER NOT NULL, gone INTEGER);
CREATE UNIQUE INDEX account_there ON account (name) WHERE gone IS NULL;
CREATE TABLE finding (id INTEGER PRIMARY KEY, account INTEGER NOT NULL, rule TEXT NOT NULL, path TEXT NOT NULL,
  line INTEGER NOT NULL, key TEXT NOT NULL, words INTEGER NOT NULL, is_quiet INTEGER NOT NULL, run INTEGER NOT NULL,
  mended INTEGER);
CREATE INDEX finding_open ON finding (account) WHERE mended IS NULL;
CREATE TABLE known_key (id INTEGER PRIMARY KEY, account INTEGER NOT NULL, fingerprint TEXT NOT NULL,
  file TEXT NOT NULL, line INTEGER NOT NULL, is_news INTEGER NOT NULL, run INTEGER NOT NULL, removed INTEGER);
CREATE INDEX key_there ON known_key (account) WHERE removed IS NULL;
INSERT INTO account VALUES (0, ':', 1, NULL);
PRAGMA application_id = 0x73736861;
PRAGMA user_version = 1;
)";

Result<std::int64_t> number_of(const Database& database, const char* sql) {
  Statement statement(database, sql);
  const auto row = statement.next();
  if (!row) return tl::unexpected(row.error());
  return *row ? statement.number(0) : 0;
}

// Whether the schema is there; an empty file has none yet.
Result<bool> has_schema(const Database& database) {
  const auto version = number_of(database, "PRAGMA user_version");
  const auto kind = version ? number_of(database, "PRAGMA application_id") : version;
  const auto things = kind ? number_of(database, "SELECT count(*) FROM sqlite_master") : kind;
  if (!things) return tl::unexpected(things.error());
  if (*things == 0 && *version == 0) return false;
  if (*kind != application) {
    return tl::unexpected(Error{"is no history of sshaudit; move it away, and the next run with --changes begins one",
                                database.path(), 0});
  }
  if (*version > known_schema) {
    return tl::unexpected(Error{"a newer sshaudit has written the history (schema " + std::to_string(*version) +
                                    "); nothing is touched: use that one, or move the file away",
                                database.path(), 0});
  }
  return true;
}

}  // namespace

Result<Database> open_history(const std::string& path, int patience) {
  auto database = Database::open(path, patience);
  if (!database) return database;
  if (const auto known = has_schema(*database); !known) return tl::unexpected(known.error());
  return database;
}

History::Statements::Statements(const Database& database)
    : account(database, "SELECT id, keys_are_known FROM account WHERE name = ? AND gone IS NULL"),
      findings(database,
               "SELECT finding.id, rule, path, line, key, words, is_quiet, run, at FROM finding JOIN run ON run.id = "
               "finding.run WHERE account = ? AND mended IS NULL ORDER BY finding.id"),
      keys(database,
           "SELECT id, fingerprint, file, line, run FROM known_key WHERE account = ? AND removed IS NULL ORDER BY id"),
      add_account(database, "INSERT INTO account (name, keys_are_known) VALUES (?, ?)"),
      change_account(database, "UPDATE account SET keys_are_known = ?2, gone = NULLIF(?3, 0) WHERE id = ?1"),
      add_finding(database,
                  "INSERT INTO finding (account, rule, path, line, key, words, is_quiet, run) VALUES (?, ?, ?, ?, ?, "
                  "?, ?, ?)"),
      mend_finding(database, "UPDATE finding SET mended = ?2 WHERE id = ?1"),
      add_key(database,
              "INSERT INTO known_key (account, fingerprint, file, line, is_news, run) VALUES (?, ?, ?, ?, ?, ?)"),
      remove_key(database, "UPDATE known_key SET removed = ?2 WHERE id = ?1") {}

History::History(Database database) : database_(std::make_unique<Database>(std::move(database))) {}

// The mode of the journal is kept in the file, and can only be set outside of a transaction. FULL: what is committed
// survives a power cut; that costs one flush a run.
Result<History> History::begin(const std::string& path, const std::string& now, int patience) {
  auto database = open_history(path, patience);
  if (!database) return tl::unexpected(database.error());
  History history(std::move(*database));
  history.now_ = now;
  auto& file = *history.database_;
  auto done =
      file.run("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA temp_store = MEMORY; BEGIN IMMEDIATE");
  if (done) done = history.make_schema();
  if (!done) return tl::unexpected(done.error());
  history.statements_ = std::make_unique<Statements>(file);
  Statement add_run(file, "INSERT INTO run (at, accounts, findings) VALUES (?, 0, 0)");
  if (done = add_run.with(now).run(); !done) return tl::unexpected(done.error());
  history.run_ = sqlite3_last_insert_rowid(file.handle());
  return history;
}

// Asked again: another run may have made it meanwhile.
Result<void> History::make_schema() {
  const auto known = has_schema(*database_);
  if (!known) return tl::unexpected(known.error());
  return *known ? Result<void>{} : database_->run(schema);
}

Result<Memory> History::recall(const std::string& name) {
  Memory memory;
  auto& account = statements_->account;
  auto& findings = statements_->findings;
  auto& keys = statements_->keys;
  auto row = account.with(name).next();
  if (!row) return tl::unexpected(row.error());
  if (!*row) return memory;
  memory.id = account.number(0);
  memory.keys_are_known = account.number(1) != 0;
  account.end();
  findings.with(memory.id);
  while ((row = findings.next()) && *row) {
    memory.findings.push_back({findings.number(0),
                               {.rule = findings.text(1),
                                .path = findings.text(2),
                                .key = findings.text(4),
                                .is_quiet = findings.number(6) != 0,
                                .words = findings.number(5),
                                .line = static_cast<std::size_t>(findings.number(3))},
                               findings.number(7),
                               findings.text(8)});
  }
  if (!row) return tl::unexpected(row.error());
  keys.with(memory.id);
  while ((row = keys.next()) && *row) {
    memory.keys.push_back(
        {keys.number(0), keys.text(1), keys.text(2), static_cast<std::size_t>(keys.number(3)), keys.number(4)});
  }
  if (!row) return tl::unexpected(row.error());
  return memory;
}

Result<void> History::keep(const std::string& name, const Memory& memory, const Changes& changes) {
  auto account = memory.id;
  const bool is_host = name == whole_host;
  Result<void> done;
  if (account == 0 && !is_host) {
    done = statements_->add_account.with(name, changes.keys_are_known).run();
    account = sqlite3_last_insert_rowid(database_->handle());
  } else if (!is_host && (changes.is_gone || changes.keys_are_known != memory.keys_are_known)) {
    const auto gone = changes.is_gone ? run_ : 0;
    done = statements_->change_account.with(account, changes.keys_are_known, gone).run();
  }
  for (const auto& state : changes.states) {
    if (!done) return done;
    const auto& mark = state.mark;
    if (!state.is_new()) continue;
    done = statements_->add_finding
               .with(account, mark.rule, mark.path, mark.line, mark.key, mark.words, mark.is_quiet, run_)
               .run();
  }
  for (const auto& one : changes.mended) {
    if (done) done = statements_->mend_finding.with(one.id, run_).run();
  }
  return done ? keep_keys(account, changes) : done;
}

Result<void> History::keep_keys(std::int64_t account, const Changes& changes) {
  Result<void> done;
  for (const auto* list : {&changes.keys_added, &changes.keys_noted}) {
    const bool is_news = list == &changes.keys_added;
    for (const auto& key : *list) {
      if (done) done = statements_->add_key.with(account, key.fingerprint, key.file, key.line, is_news, run_).run();
    }
  }
  for (const auto& key : changes.keys_removed) {
    if (done) done = statements_->remove_key.with(key.id, run_).run();
  }
  return done;
}

Result<std::vector<std::string>> History::accounts() {
  std::vector<std::string> names;
  Statement statement(*database_, "SELECT name FROM account WHERE id > 0 AND gone IS NULL ORDER BY name");
  auto row = statement.next();
  for (; row && *row; row = statement.next()) names.push_back(statement.text(0));
  if (!row) return tl::unexpected(row.error());
  return names;
}

// A run stays for as long as something refers to it.
Result<void> History::forget_old() {
  Statement mark(*database_,
                 "CREATE TEMP TABLE old AS SELECT id FROM run WHERE at < strftime('%Y-%m-%dT%H:%M:%SZ', ?, '-400 "
                 "days')");
  if (auto done = mark.with(now_).run(); !done) return done;
  const auto old = number_of(*database_, "SELECT count(*) FROM old");
  if (!old) return tl::unexpected(old.error());
  if (*old == 0) return {};
  return database_->run(R"(
    DELETE FROM finding WHERE mended IN old;
    DELETE FROM known_key WHERE removed IN old;
    DELETE FROM account WHERE gone IN old;
    DELETE FROM run WHERE id IN old AND id NOT IN (
      SELECT run FROM finding UNION SELECT mended FROM finding WHERE mended IS NOT NULL UNION
      SELECT run FROM known_key WHERE is_news UNION SELECT removed FROM known_key WHERE removed IS NOT NULL UNION
      SELECT gone FROM account WHERE gone IS NOT NULL);
  )");
}

Result<void> History::commit(const Summary& summary) {
  const auto found = std::accumulate(summary.findings.begin(), summary.findings.end(), std::size_t{0});
  Statement count(*database_, "UPDATE run SET accounts = ?, findings = ? WHERE id = ?");
  auto done = count.with(summary.accounts, found, run_).run();
  if (done) done = forget_old();
  return done ? database_->run("COMMIT") : done;
}

}  // namespace sshaudit
