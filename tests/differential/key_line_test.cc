// SPDX-License-Identifier: MIT
// Key files against a real sshd: for each one somebody tries to log in with one key, and our verdict on that key has to
// be sshd's. As root only: the accounts live in a mount namespace of a child of this process.
//
//   SSHAUDIT_SSHD          the sshd (/usr/sbin/sshd)
//   SSHAUDIT_SSHD_VERSION  what it says of itself with -V (found in the program)
//   SSHAUDIT_KEY_CASES     key files to try (2000), from
//   SSHAUDIT_KEY_SEED      this number on (1); a difference names the number that shows it alone. The keys are others
//                          each time, so a change of some byte in one may show it only now and then.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <iostream>
#include <map>
#include <mutex>
#include <optional>
#include <thread>

#include "audit.h"
#include "differential/key_line_generator.h"
#include "differential/key_login.h"
#include "differential/key_stage.h"
#include "gather/accounts.h"
#include "gather/evidence.h"
#include "gather/host.h"
#include "gather/read_file.h"
#include "gather/revocations.h"
#include "gather/subprocess.h"
#include "parse/key_grammar.h"
#include "parse/key_options.h"
#include "parse/sshd_config.h"
#include "parse/sshd_settings.h"
#include "parse/sshd_version.h"

namespace sshaudit::differential {
namespace {

constexpr std::chrono::seconds patience{20};
constexpr std::size_t shown_differences = 12;

// A configuration, and what the client offers there. The old names of the keywords are known to every version.
struct Variant {
  const char* name;
  const char* lines;
  const char* client = "+ssh-rsa,ssh-dss";
  unsigned since = 0;
};
constexpr std::array variants = {
    Variant{"all-rsa", "PubkeyAcceptedKeyTypes +ssh-rsa\n"},
    Variant{"all", "PubkeyAcceptedKeyTypes +ssh-rsa,ssh-dss\n"},
    Variant{"default", ""},
    Variant{"no-ed25519", "PubkeyAcceptedKeyTypes -ssh-ed25519\n", "+ssh-rsa", 705},
    Variant{"no-rsa", "PubkeyAcceptedKeyTypes -rsa*\n", "-ssh-dss", 705},
    Variant{"sha1", "PubkeyAcceptedKeyTypes ssh-rsa,ecdsa-sha2-*\n", "ssh-rsa,ecdsa-sha2-*,ssh-ed25519"},
    Variant{"large-rsa", "RequiredRSASize 3072\n", "+ssh-rsa", 901},
    Variant{"revoked", "RevokedKeys /mnt/revoked\n", "+ssh-rsa"},
};

struct ConfiguredSshd {
  std::string path;
  const Variant* variant = nullptr;
  Settings settings;
};

class Comparison {
 public:
  Comparison(std::string sshd, SshdVersion version);

  void run(std::uint64_t first, std::uint64_t count);
  std::string summary() const;
  bool is_agreement() const { return differences_.empty(); }

 private:
  struct Case {
    std::uint64_t seed = 0;
    std::size_t desk = 0;
    GeneratedKeyFile made;
    const ConfiguredSshd* server = nullptr;
  };
  struct Verdict {
    KeyUse use = KeyUse::unusable;
    KeyLogin login = KeyLogin::none;
    std::vector<std::string> lines;  // on the offered key
  };

  void add_server(const Variant& variant);
  Settings settings_of_file(const std::string& path) const;
  const ConfiguredSshd& server_of(std::uint64_t seed) const;
  void work(std::size_t desk, std::uint64_t last);
  void compare(std::uint64_t seed, std::size_t desk, LoginDoor& door);
  Login log_in(const Case& one, LoginDoor& door) const;
  Verdict judge(const Case& one);
  void count(const Case& one, const Login& login, const Verdict& verdict);
  void show(const Case& one, const Login& login, const Verdict& verdict) const;
  const TestKey& key_of(const Case& one) const { return world_.keys[one.made.offered]; }

  std::string sshd_;
  SshdVersion version_;
  UserDatabase database_;
  AccountIndex accounts_;
  KeyGrammar grammar_;
  KeyWorld world_;
  std::vector<ConfiguredSshd> servers_;
  std::optional<RevokedKeyFiles> revoked_;
  std::atomic<std::uint64_t> next_{0};
  std::mutex mutex_;  // for all that follows, and for our verdicts
  std::size_t tried_ = 0;
  std::size_t accepted_ = 0;
  std::size_t not_offered_ = 0;
  std::map<std::string, std::pair<std::size_t, std::size_t>> by_variant_;  // tried, accepted
  std::vector<std::uint64_t> differences_;
  std::chrono::steady_clock::duration took_{};
};

UserDatabase stage_database() {
  auto database = gather_accounts();
  if (!database) give_up("accounts: " + database.error().what);
  return std::move(*database);
}

Comparison::Comparison(std::string sshd, SshdVersion version)
    : sshd_(std::move(sshd)),
      version_(std::move(version)),
      database_(stage_database()),
      accounts_(database_),
      grammar_(key_grammar(version_)),
      world_(make_keys(stage)) {
  add_host_to(grammar_, "/");
  revoked_.emplace("/", grammar_);
  std::string revoked = "# of no use any more\n";
  for (const std::size_t i : {0UL, 3UL}) revoked += world_.keys[i].type + " " + world_.keys[i].base64 + " gone\n";
  write_file(stage / "revoked", revoked);
  for (const auto& variant : variants) {
    if (grammar_.version >= variant.since) add_server(variant);
  }
}

// One that this sshd does not take is left out: not each is built with DSA.
void Comparison::add_server(const Variant& variant) {
  const auto path = stage / (std::string("config-") + variant.name);
  const bool has_penalties = grammar_.version >= 908;
  write_file(path, fmt::format("HostKey {}/authority\nPidFile none\nLogLevel DEBUG2\nUseDNS no\nMaxSessions 0\n{}{}",
                               stage.string(), has_penalties ? "PerSourcePenalties no\n" : "", variant.lines));
  const auto tested = run_program({sshd_, "-t", "-f", path}, patience);
  if (!tested) give_up(sshd_ + ": " + tested.error().what);
  if (tested->exit_status != 0) {
    if (servers_.empty()) give_up(sshd_ + " does not work: " + tested->err);
    std::cout << "without the configuration " << variant.name << ": " << tested->err;
    return;
  }
  servers_.push_back({path, &variant, settings_of_file(path)});
}

// As sshd has them, read by us and held against sshd -T.
Settings Comparison::settings_of_file(const std::string& path) const {
  const auto config = parse_sshd_config({path, read_text(path)}, {}, {}, version_);
  if (!config.faults.empty()) give_up(path + ": " + config.faults.front().message);
  const auto output = run_program({sshd_, "-T", "-f", path}, patience);
  if (!output || output->exit_status != 0) give_up(sshd_ + " -T does not work");
  const auto checked = check_against_sshd(evaluate(config, reached_sections(config, {})).settings, output->out);
  if (!checked) give_up(sshd_ + ": " + checked.error().what);
  return settings_of(checked->settings);
}

void Comparison::run(std::uint64_t first, std::uint64_t count) {
  const auto start = std::chrono::steady_clock::now();
  next_ = first;
  std::vector<std::thread> desks;
  for (std::size_t desk = 0; desk < stage_accounts.size(); ++desk) {
    desks.emplace_back([this, desk, end = first + count] { work(desk, end); });
  }
  for (auto& desk : desks) desk.join();
  took_ = std::chrono::steady_clock::now() - start;
}

void Comparison::work(std::size_t desk, std::uint64_t end) {
  LoginDoor door;
  for (auto seed = next_++; seed < end; seed = next_++) compare(seed, desk, door);
}

// The first two refuse no key for itself.
const ConfiguredSshd& Comparison::server_of(std::uint64_t seed) const {
  Dice dice(~seed);
  return servers_[dice.below(dice.chance(60) ? std::min<std::size_t>(2, servers_.size()) : servers_.size())];
}

void Comparison::compare(std::uint64_t seed, std::size_t desk, LoginDoor& door) {
  Case one{seed, desk, generate_key_file(seed, world_), &server_of(seed)};
  const auto& account = stage_accounts.at(desk);
  const auto path = stage / account.name / ".ssh/authorized_keys";
  write_file(path, one.made.text, 0600);
  must(chown(path.c_str(), account.id, account.id) == 0, path);
  const auto login = log_in(one, door);
  const std::lock_guard lock(mutex_);
  const auto verdict = judge(one);
  count(one, login, verdict);
}

Login Comparison::log_in(const Case& one, LoginDoor& door) const {
  const auto& account = stage_accounts.at(one.desk);
  const auto has_dsa = std::ranges::any_of(world_.keys, [](const auto& key) { return key.type == "ssh-dss"; });
  std::string algorithms = one.server->variant->client;
  if (!has_dsa && algorithms.ends_with(",ssh-dss")) algorithms.resize(algorithms.rfind(','));
  return door.log_in({.sshd = sshd_,
                      .config = one.server->path,
                      .log = stage / (std::string("log-") + account.name),
                      .user = account.name,
                      .key = stage / key_of(one).name,
                      .algorithms = algorithms,
                      .client = one.made.client});
}

Comparison::Verdict Comparison::judge(const Case& one) {
  Connection connection;
  connection.address = connection.host = one.made.client;
  const Context context{.accounts = accounts_,
                        .facts = facts_of(version_),
                        .grammar = grammar_,
                        .now = seconds_now(),
                        .connection = &connection,
                        .list_keys = true};
  const auto* account = accounts_.account(std::string_view(stage_accounts.at(one.desk).name));
  auto observer = AccountObserver::open("/", context.grammar);
  if (!observer || account == nullptr) give_up("an account cannot be observed");
  auto evidence = observer->observe(*account, accounts_.identity_of(*account), one.server->settings, nullptr);
  evidence.revocations = revoked_->look_up(evidence);
  const auto report = audit_account(evidence, context);
  Verdict verdict{.login = report.key_login};
  for (const auto& key : report.keys) {
    const bool is_authority = parse_key_options(key.options, grammar_).options.cert_authority;
    if (key.fingerprint != key_of(one).fingerprint || is_authority) continue;  // one lets in certificates
    constexpr std::array words = {"usable", "unusable", "unknown"};
    verdict.lines.push_back(
        fmt::format("line {}: {} {}", key.line, words.at(static_cast<std::size_t>(key.use)), key.why));
    if (key.use == KeyUse::usable || verdict.use == KeyUse::unusable) verdict.use = key.use;
  }
  return verdict;
}

void Comparison::count(const Case& one, const Login& login, const Verdict& verdict) {
  ++tried_;
  accepted_ += login.accepted ? 1 : 0;
  not_offered_ += login.tried ? 0 : 1;
  auto& of_variant = by_variant_[one.server->variant->name];
  ++of_variant.first;
  of_variant.second += login.accepted ? 1 : 0;
  const bool lets_in = verdict.login == KeyLogin::accepted || verdict.login == KeyLogin::closes;
  const bool is_same = verdict.use == (login.accepted ? KeyUse::usable : KeyUse::unusable);
  if (is_same && (lets_in || !login.accepted)) return;
  differences_.push_back(one.seed);
  if (differences_.size() <= shown_differences) show(one, login, verdict);
}

void Comparison::show(const Case& one, const Login& login, const Verdict& verdict) const {
  constexpr std::array words = {"accepted", "refused", "closing", "without keys", "unknown"};
  std::cout << fmt::format(
                   "DIFFERENCE: SSHAUDIT_KEY_SEED={} SSHAUDIT_KEY_CASES=1\n  {} from {}, configuration {}\n"
                   "  sshd {} it; we call the account {}, and of this key\n    {}\n  the file:\n    {}\n"
                   "  the log:\n    {}\n",
                   one.seed, key_of(one).type + " " + key_of(one).fingerprint, one.made.client,
                   one.server->variant->name, login.accepted ? "accepts" : "refuses",
                   words.at(static_cast<std::size_t>(verdict.login)), fmt::join(verdict.lines, "\n    "),
                   shown(one.made.text), shown(login.log))
            << std::endl;
}

std::string Comparison::summary() const {
  const auto seconds = std::chrono::duration<double>(took_).count();
  auto text = fmt::format(
      "{} key files, {} accepted by sshd ({} %), {} not even offered by the client; {:.1f} logins per second\n", tried_,
      accepted_, tried_ == 0 ? 0 : 100 * accepted_ / tried_, not_offered_,
      seconds > 0 ? static_cast<double>(tried_) / seconds : 0);
  for (const auto& [name, counts] : by_variant_)
    text += fmt::format("{:>12}: {} of {}\n", name, counts.second, counts.first);
  if (!differences_.empty())
    text += fmt::format("DIFFERENT {}: {}\n", differences_.size(), fmt::join(differences_, " "));
  return text;
}

int compare_all() {
  const auto [sshd, version] = tried_sshd();
  enter_stage();
  Comparison comparison(sshd, version);
  comparison.run(std::stoull(setting_of("SSHAUDIT_KEY_SEED", "1")),
                 std::stoull(setting_of("SSHAUDIT_KEY_CASES", "2000")));
  std::cout << sshd << ' ' << version.text << '\n' << comparison.summary() << std::flush;
  return comparison.is_agreement() ? 0 : 1;
}

TEST(KeyLineDifferentialAsRoot, LetsInWhomSshdLetsIn) {
  ASSERT_EQ(geteuid(), 0U) << "this needs root";
  EXPECT_EQ(status_of(in_child(compare_all)), 0) << "1: differences; 2: it could not be tried";
}

}  // namespace
}  // namespace sshaudit::differential
