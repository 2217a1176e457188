// SPDX-License-Identifier: MIT
// What goes wrong with key logins on real servers, case by case: what the audit says of it, what `explain` predicts for
// the one login, and what the installed sshd and PAM did. All three are written down here and compared exactly.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "audited_system.h"
#include "debian_etc.h"
#include "real_login.h"

namespace sshaudit::e2e {

constexpr uid_t alice_id = 2001;
constexpr uid_t stranger_id = 2002;  // "bob", a person with a private group, in every system
constexpr gid_t class_group = 5000;  // "class": alice and bob are in it

// A system with alice, who logs in with her key, before the fault is made.
struct Scene {
  AuditedSystem& system;
  Person person;                                   // its row is written when the fault is made
  std::vector<std::string> members = {};           // listed in the private group
  std::string settings = {};                       // of sshd_config, before the stock lines
  std::string matches = {};                        // behind them
  std::string account_line = {};                   // in the account stack of sshd
  std::string login_name = {};                     // when it is not the person's
  std::vector<std::string> offered = {"ed25519"};  // keys of the client; `explain` is asked about the last one
  std::string explained = {};  // a public key file for `explain`, when it is not that of the last one
  std::vector<std::string> client_options = {};
  std::vector<std::string> audit_options = {};
  std::vector<std::string> explain_options = {};
  std::string shadow_rest = {};                    // the fields behind the password
  std::vector<std::function<void()>> mounts = {};  // made in the namespace
  std::vector<std::function<void()>> undo = {};    // before the system is removed
  ~Scene();

  void write_keys(const std::string& text);  // the key file, anew
  void write_keys(const std::string& text, Owner owner, mode_t mode);
  std::string own_line() const { return ClientKeys::line("ed25519"); }
  // The key file goes to `path`, with directories root 0755 on the way, and sshd_config names it.
  void move_keys_to(const std::string& path, Owner owner, mode_t mode);
};

// Writes the system: alice with her key, bob, a class, then what `make` does to it, and the databases and /etc.
void build(Scene& scene, const std::function<void(Scene&)>& make);

// Within Scene::mounts.
void mount_here(const std::string& source, const std::string& path, unsigned long flags, const std::string& options);

struct Found {
  std::string rule;
  std::string path;
};

struct AuditSays {
  std::string key_login;
  std::vector<Found> of_account;
  std::vector<Found> of_host;
};

struct ExplainSays {
  std::string outcome;
  std::string step;  // the first that does not let her in; empty when all do
  std::string rule;  // one of its findings
};

struct SshdDid {
  std::string came;  // LoginEnd::came
  std::string log;   // in its log at INFO; empty: nothing but the end of the connection, or the key that is accepted
};

struct Case {
  std::string id;     // C01 and so on; several rows may show one case
  std::string title;  // different for each row of a case
  void (*make)(Scene&);
  AuditSays audit;
  ExplainSays explain;
  SshdDid sshd;
  std::string asked;    // who is run while it happens: K AuthorizedKeysCommand, P a PAM module of account or session
  std::string why_not;  // there is no test of it here, and this is why
};
inline Case not_here(std::string id, std::string title, std::string why) {
  return {.id = std::move(id), .title = std::move(title), .make = nullptr, .why_not = std::move(why)};
}

// By where the fault lies. Together they are all the cases.
std::vector<Case> path_cases();
std::vector<Case> line_cases();
std::vector<Case> account_cases();
std::vector<Case> server_cases();
std::vector<Case> session_cases();

// What came of it.
struct CaseResult {
  std::string user;
  ReportLines audit;
  std::string audit_error;
  std::vector<std::string> sshd_logs;  // that the findings of the audit and of the step promise
  ExplainSays explain;                 // `rule` names all rules of the step, with blanks between
  std::string explain_text;
  LoginEnd login;
  std::string asked;
};

CaseResult run_case(const Case& one);

}  // namespace sshaudit::e2e
