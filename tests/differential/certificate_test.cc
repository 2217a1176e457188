// SPDX-License-Identifier: MIT
// Certificates against a real sshd: for each one somebody tries to log in with it, and our verdict has to be sshd's; so
// has the line that we say it logs. As root only: the accounts live in a mount namespace of a child of this process.
//
//   SSHAUDIT_SSHD               the sshd (/usr/sbin/sshd)
//   SSHAUDIT_SSHD_VERSION       what it says of itself with -V (found in the program)
//   SSHAUDIT_CERTIFICATE_CASES  certificates to try (150), from
//   SSHAUDIT_CERTIFICATE_SEED   this number on (1); a difference names the number that shows it alone. The keys are
//                               others each time.
#include "parse/certificate.h"

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

#include "differential/certificate_generator.h"
#include "differential/certificate_maker.h"
#include "differential/key_login.h"
#include "differential/key_stage.h"
#include "gather/accounts.h"
#include "gather/evidence.h"
#include "gather/host.h"
#include "gather/read_file.h"
#include "gather/subprocess.h"
#include "parse/authorized_keys.h"
#include "parse/key_grammar.h"
#include "parse/sshd_config.h"
#include "parse/sshd_settings.h"
#include "parse/sshd_version.h"
#include "rules/certificate_rules.h"

namespace sshaudit::differential {
namespace {

constexpr std::chrono::seconds patience{20};
constexpr std::size_t shown_differences = 12;
const auto principals_directory = stage / "principals";

// A configuration; USER stands for the account that it is for.
struct Variant {
  const char* name;
  const char* lines;
  unsigned since = 0;
};
constexpr std::array variants = {
    Variant{"names", "TrustedUserCAKeys /mnt/desk-USER/ca\n"},
    Variant{"files", "TrustedUserCAKeys /mnt/desk-USER/ca\nAuthorizedPrincipalsFile /mnt/principals/%u\n"},
    Variant{"homes", "TrustedUserCAKeys /mnt/desk-USER/ca\nAuthorizedPrincipalsFile .ssh/principals\n"},
    Variant{"lax",
            "TrustedUserCAKeys /mnt/desk-USER/ca\nAuthorizedPrincipalsFile %h/.ssh/principals\nStrictModes no\n"},
    Variant{"key-files", ""},
    Variant{"key-files-none", "TrustedUserCAKeys none\nAuthorizedPrincipalsFile none\n"},
    Variant{"match-none", "TrustedUserCAKeys /mnt/desk-USER/ca\nMatch all\nAuthorizedPrincipalsFile none\n"},
    Variant{"command-none", "TrustedUserCAKeys /mnt/desk-USER/ca\nAuthorizedPrincipalsCommand none\n"},
    Variant{"no-ca", "TrustedUserCAKeys /mnt/missing\n"},
    Variant{"signatures", "TrustedUserCAKeys /mnt/desk-USER/ca\nCASignatureAlgorithms ssh-ed25519,rsa-sha2-512\n", 709},
    Variant{"no-ed25519",
            "TrustedUserCAKeys /mnt/desk-USER/ca\nPubkeyAcceptedKeyTypes -ssh-ed25519-cert-v01@openssh.com\n", 705},
    Variant{"no-rsa", "TrustedUserCAKeys /mnt/desk-USER/ca\nPubkeyAcceptedKeyTypes -rsa-sha2-*-cert*,ssh-rsa-cert*\n",
            705},
    Variant{"large-rsa", "TrustedUserCAKeys /mnt/desk-USER/ca\nRequiredRSASize 3072\n", 901},
};

struct ConfiguredSshd {
  std::string path;
  const Variant* variant = nullptr;
  Settings settings;
};

std::filesystem::path desk_of(const std::string& user) { return stage / ("desk-" + user); }

struct Verdict {
  StepResult result = StepResult::absent;
  std::vector<std::string> words;
  std::vector<std::string> logs;  // that sshd has to have written
};

// OpenSSH's client offers no certificate that is for hosts.
bool was_offered(const std::string& log) {
  constexpr std::string_view mark = "ing public key ";
  for (auto at = log.find(mark); at != std::string::npos; at = log.find(mark, at + 1)) {
    const auto start = at + mark.size();
    if (log.substr(start, log.find(' ', start) - start).ends_with("-cert-v01@openssh.com")) return true;
  }
  return false;
}

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
    GeneratedCertificate made;
    const ConfiguredSshd* server = nullptr;
    std::string certificate;  // the line that is offered; empty when ssh-keygen makes none

    const StageAccount& account() const { return stage_accounts.at(desk); }
  };

  void add_servers(const Variant& variant);
  Settings settings_of_file(const std::string& path, const std::string& user) const;
  void work(std::size_t desk, std::uint64_t end);
  void compare(std::uint64_t seed, std::size_t desk, LoginDoor& door);
  std::string make_certificate(const Case& one) const;
  void write_files(const Case& one) const;
  Verdict judge(const Case& one);
  void add(const CertificateVerdict& step, Verdict& verdict) const;
  void count(const Case& one, const Login& login, const Verdict& verdict);
  void show(const Case& one, const Login& login, const Verdict& verdict) const;

  std::string sshd_;
  SshdVersion version_;
  UserDatabase database_;
  AccountIndex accounts_;
  KeyGrammar grammar_;
  KeyWorld world_;
  HandAuthority hand_;
  std::array<std::vector<ConfiguredSshd>, stage_accounts.size()> servers_;
  std::atomic<std::uint64_t> next_{0};
  std::mutex mutex_;  // for all that follows, and for our verdicts
  std::size_t tried_ = 0;
  std::size_t accepted_ = 0;
  std::size_t not_offered_ = 0;
  std::map<std::string, std::pair<std::size_t, std::size_t>> by_variant_;  // tried, accepted
  std::map<std::string, std::size_t> by_rule_;
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
  std::filesystem::create_directory(principals_directory);
  for (const auto& account : stage_accounts) std::filesystem::create_directory(desk_of(account.name));
  for (const auto& variant : variants) {
    if (grammar_.version >= variant.since) add_servers(variant);
  }
}

void Comparison::add_servers(const Variant& variant) {
  for (std::size_t desk = 0; desk < stage_accounts.size(); ++desk) {
    const std::string user = stage_accounts.at(desk).name;
    const auto path = desk_of(user) / (std::string("config-") + variant.name);
    std::string lines = variant.lines;
    for (auto at = lines.find("USER"); at != std::string::npos; at = lines.find("USER")) lines.replace(at, 4, user);
    const bool has_penalties = grammar_.version >= 908;
    write_file(path, fmt::format("HostKey {}/authority\nPidFile none\nLogLevel DEBUG2\nUseDNS no\nMaxSessions 0\n{}{}",
                                 stage.string(), has_penalties ? "PerSourcePenalties no\n" : "", lines));
    servers_.at(desk).push_back({path, &variant, settings_of_file(path, user)});
  }
}

// As sshd has them, read by us and held against sshd -T.
Settings Comparison::settings_of_file(const std::string& path, const std::string& user) const {
  const auto config = parse_sshd_config({path, read_text(path)}, {}, {}, version_);
  if (!config.faults.empty()) give_up(path + ": " + config.faults.front().message);
  Connection connection;
  connection.user = user;
  connection.host = connection.address = "127.0.0.1";
  const auto output =
      run_program({sshd_, "-T", "-f", path, "-C", "user=" + user + ",host=127.0.0.1,addr=127.0.0.1"}, patience);
  if (!output || output->exit_status != 0) give_up(sshd_ + " -T does not work: " + (output ? output->err : ""));
  const auto checked = check_against_sshd(evaluate(config, reached_sections(config, connection)).settings, output->out);
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

void Comparison::compare(std::uint64_t seed, std::size_t desk, LoginDoor& door) {
  const std::string user = stage_accounts.at(desk).name;
  Dice dice(~seed);
  const auto& servers = servers_.at(desk);
  const auto usual = std::min<std::size_t>(5, servers.size());
  Case one{seed,
           desk,
           generate_certificate(seed, world_, user, hand_.line()),
           &servers[dice.below(dice.chance(70) ? usual : servers.size())],
           {}};
  one.certificate = make_certificate(one);
  write_files(one);
  const auto login = door.log_in({.sshd = sshd_,
                                  .config = one.server->path,
                                  .log = stage / ("log-" + user),
                                  .user = user,
                                  .key = desk_of(user) / "key",
                                  .algorithms = "+ssh-rsa",
                                  .client = one.made.client});
  const std::lock_guard lock(mutex_);
  const auto verdict = judge(one);
  count(one, login, verdict);
}

// Beside a copy of the key, where the client finds it.
std::string Comparison::make_certificate(const Case& one) const {
  const auto& key = world_.keys[one.made.key];
  const auto desk = desk_of(one.account().name);
  const auto path = desk / "key-cert.pub";
  std::filesystem::remove(path);
  write_file(desk / "key", read_text(stage / key.name), 0600);
  write_file(desk / "key.pub", read_text(stage / (key.name + ".pub")));
  if (one.made.by_hand.is_wanted) {
    write_file(path, hand_.certify(key, one.made.by_hand));
  } else {
    std::vector<std::string> argv = {"/usr/bin/ssh-keygen", "-q", "-s", stage / world_.keys[one.made.authority].name};
    argv.insert(argv.end(), one.made.arguments.begin(), one.made.arguments.end());
    argv.push_back(desk / "key.pub");
    const auto ran = run_program(argv, patience);
    if (!ran || ran->exit_status != 0) give_up("ssh-keygen: " + (ran ? ran->err : ran.error().what));
  }
  return read_text(path);
}

void Comparison::write_files(const Case& one) const {
  const auto& made = one.made;
  const auto& account = one.account();
  const auto home = stage / account.name;
  const auto key_file = home / ".ssh/authorized_keys";
  write_file(desk_of(account.name) / "ca", made.authorities, 0600);
  write_file(key_file, made.key_file, 0600);
  must(chown(key_file.c_str(), account.id, account.id) == 0, key_file);
  const std::array owners = {account.id, 0U, 4242U};
  for (const auto& path : {principals_directory / account.name, home / ".ssh/principals"}) {
    std::filesystem::remove(path);
    if (!made.has_principals) continue;
    write_file(path, made.principals, made.principals_mode);
    must(chown(path.c_str(), owners.at(made.principals_owner), account.id) == 0, path);
  }
}

// In sshd's order, from 8.1 on; which of the ways lets in is the same in the other one.
Verdict Comparison::judge(const Case& one) {
  Connection connection;
  connection.address = connection.host = one.made.client;
  Context context{accounts_, facts_of(version_)};
  context.grammar = grammar_;
  context.now = seconds_now();
  context.connection = &connection;
  const auto* account = accounts_.account(std::string_view(one.account().name));
  auto observer = AccountObserver::open("/", context.grammar);
  if (!observer || account == nullptr) give_up("an account cannot be observed");
  const auto evidence = observer->observe(*account, accounts_.identity_of(*account), one.server->settings, nullptr);
  Verdict verdict;
  const auto offered = parse_offered_key(one.certificate);
  if (!offered || !offered->certificate) {
    verdict.words.emplace_back(offered ? "no certificate" : offered.error().what);
    return verdict;
  }
  const auto& certificate = *offered->certificate;
  const auto first = judge_certificate_algorithms(certificate, evidence, context);
  add(first, verdict);
  if (first.result != StepResult::ok) return verdict;
  verdict.result = StepResult::absent;
  for (const auto& file : evidence.key_files) {
    read_key_lines(file.text, grammar_, [&](const AuthorizedKey& line) {
      if (verdict.result != StepResult::ok)
        add(judge_by_authority_line(certificate, line, file, evidence, context), verdict);
    });
  }
  if (verdict.result != StepResult::ok) add(judge_by_trusted_authority(certificate, evidence, context), verdict);
  return verdict;
}

void Comparison::add(const CertificateVerdict& step, Verdict& verdict) const {
  constexpr std::array words = {"ok", "absent", "refused", "closes", "unknown", "skipped"};
  const auto rank = [](StepResult result) {
    return result == StepResult::ok ? 3 : result == StepResult::unknown ? 2 : result == StepResult::refused ? 1 : 0;
  };
  if (rank(step.result) > rank(verdict.result)) verdict.result = step.result;
  verdict.words.push_back(fmt::format("{} {}", words.at(static_cast<std::size_t>(step.result)), step.through));
  for (const auto& finding : step.findings) {
    verdict.words.push_back(fmt::format("  {}: {}", finding.rule->id, finding.detail.message));
    if (finding.rule->effect == Effect::refuses) verdict.logs.push_back(finding.detail.sshd_logs);
  }
}

void Comparison::count(const Case& one, const Login& login, const Verdict& verdict) {
  ++tried_;
  accepted_ += login.accepted ? 1 : 0;
  const bool offered = was_offered(login.log);
  not_offered_ += offered ? 0 : 1;
  auto& of_variant = by_variant_[one.server->variant->name];
  ++of_variant.first;
  of_variant.second += login.accepted ? 1 : 0;
  for (const auto& word : verdict.words) {
    if (word.starts_with("  ")) ++by_rule_[word.substr(2, word.find(':') - 2)];
  }
  const auto is_logged = [&](const std::string& line) { return login.log.find(line) != std::string::npos; };
  const bool same_logs = !offered || std::ranges::all_of(verdict.logs, is_logged);
  const bool expected = verdict.result == StepResult::ok;
  if (expected == login.accepted && verdict.result != StepResult::unknown && same_logs) return;
  differences_.push_back(one.seed);
  if (differences_.size() <= shown_differences) show(one, login, verdict);
}

void Comparison::show(const Case& one, const Login& login, const Verdict& verdict) const {
  const auto desk = desk_of(one.account().name);
  const auto listed = run_program({"/usr/bin/ssh-keygen", "-L", "-f", desk / "key-cert.pub"}, patience);
  std::cout << fmt::format(
                   "DIFFERENCE: SSHAUDIT_CERTIFICATE_SEED={} SSHAUDIT_CERTIFICATE_CASES=1\n  {} from {}, configuration "
                   "{}\n  sshd {} it; we say\n    {}\n  and that it logs\n    {}\n  the certificate:\n{}\n"
                   "  authorities:\n    {}\n  principals ({}, mode {:o}, owner {}):\n    {}\n  key file:\n    {}\n"
                   "  the log:\n    {}\n",
                   one.seed, one.account().name, one.made.client, one.server->variant->name,
                   login.accepted ? "accepts" : "refuses", fmt::join(verdict.words, "\n    "),
                   fmt::join(verdict.logs, "\n    "), listed ? listed->out : "", shown(one.made.authorities),
                   one.made.has_principals ? "there" : "missing", one.made.principals_mode, one.made.principals_owner,
                   shown(one.made.principals), shown(one.made.key_file), shown(login.log))
            << std::endl;
}

std::string Comparison::summary() const {
  const auto seconds = std::chrono::duration<double>(took_).count();
  auto text = fmt::format(
      "{} certificates, {} accepted by sshd ({} %), {} not even offered by the client; {:.1f} logins per second\n",
      tried_, accepted_, tried_ == 0 ? 0 : 100 * accepted_ / tried_, not_offered_,
      seconds > 0 ? static_cast<double>(tried_) / seconds : 0);
  for (const auto& [name, counts] : by_variant_)
    text += fmt::format("{:>16}: {} of {}\n", name, counts.second, counts.first);
  for (const auto& [rule, count] : by_rule_) text += fmt::format("{:>40}: {}\n", rule, count);
  if (!differences_.empty())
    text += fmt::format("DIFFERENT {}: {}\n", differences_.size(), fmt::join(differences_, " "));
  return text;
}

int compare_all() {
  const auto [sshd, version] = tried_sshd();
  enter_stage();
  Comparison comparison(sshd, version);
  comparison.run(std::stoull(setting_of("SSHAUDIT_CERTIFICATE_SEED", "1")),
                 std::stoull(setting_of("SSHAUDIT_CERTIFICATE_CASES", "150")));
  std::cout << sshd << ' ' << version.text << '\n' << comparison.summary() << std::flush;
  return comparison.is_agreement() ? 0 : 1;
}

TEST(CertificateDifferentialAsRoot, LetsInWhomSshdLetsIn) {
  ASSERT_EQ(geteuid(), 0U) << "this needs root";
  EXPECT_EQ(status_of(in_child(compare_all)), 0) << "1: differences; 2: it could not be tried";
}

}  // namespace
}  // namespace sshaudit::differential
