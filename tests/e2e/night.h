// SPDX-License-Identifier: MIT
// A host with many accounts, and what the audit of a bad night says compared to that of a good one.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "audited_system.h"
#include "held_namespace.h"
#include "many_homes_file_system.h"

namespace sshaudit::e2e {

constexpr auto file_server = "/home/server";  // a directory, for homes on a mount of their own

// Usual accounts "a0000", "a0001" ... in this order. Those at the positions `on_server` have their home there.
class ManyAccounts {
 public:
  ManyAccounts(std::size_t count, const std::set<std::size_t>& on_server);

  AuditedSystem& system() { return system_; }
  const std::vector<Person>& people() const { return people_; }
  const std::vector<Person>& served() const { return served_; }  // those whose home is on the server

  void write_databases() { system_.write_databases(); }

  // A namespace where the homes of the served ones are on such a file system; `and_then` is called there.
  HeldNamespace with_server(ManyHomes homes, const std::function<void()>& and_then = {}) const;

 private:
  TemporaryDirectory directory_;
  AuditedSystem system_;
  std::vector<Person> people_;
  std::vector<Person> served_;
};

// The arguments of a nightly run whose report is read here, then `more`.
std::vector<std::string> nightly(const std::vector<std::string>& more = {});

// Runs sshaudit in the namespace.
AuditRun audit_in(const HeldNamespace& host, const std::vector<std::string>& arguments);

struct AccountLine {
  std::string user;
  std::string json;                // as it was written
  std::string key_login;           // the verdict
  std::vector<std::string> rules;  // of its findings
};

// The lines of a report in ndjson, in their order. Throws when it has no end.
std::vector<AccountLine> account_lines(const std::string& ndjson);

// Accounts of a bad night that are unknown because of one of these rules alone.
std::set<std::string> lost_to(const std::vector<AccountLine>& night, const std::set<std::string>& rules);

// Where a night differs from a good one beside those: other accounts, another order, another word. At most ten lines.
std::string beside(const std::set<std::string>& lost, const std::vector<AccountLine>& good,
                   const std::vector<AccountLine>& night);

// Whether it becomes true within half a minute.
bool comes_true(const std::function<bool()>& condition);

}  // namespace sshaudit::e2e
