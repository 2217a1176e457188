// SPDX-License-Identifier: MIT
// What is printed of a key file, word for word: tests/golden/key_lines has for each case what alice's key file holds
// and what comes out. SSHAUDIT_UPDATE_GOLDEN=1 writes the expected texts anew: read them before you keep them.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <sstream>
#include <string>

#include "audit.h"
#include "parse/key_line.h"
#include "render/renderer.h"
#include "rules/healthy_account.h"

namespace sshaudit {
namespace {

namespace fs = std::filesystem;
const fs::path golden = fs::path(SOURCE_DIR) / "tests/golden/key_lines";
constexpr std::int64_t now = 1800000000;  // 2027-01-15T08:00:00Z

std::string read(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return std::move(text).str();
}

// The world of a case, before the audit.
struct World {
  AccountEvidence evidence = healthy_account();
  SshdVersion version{"OpenSSH_9.2p1", 9, 2, Vendor::upstream};
  std::optional<Connection> connection;  // of --from
  std::vector<AccountReport> others;     // of accounts that were audited before
};

void without_key_file(World& world) {
  auto& file = world.evidence.key_files[0];
  file.walk = world.evidence.home;
  file.walk.end = WalkEnd::missing;
  hold(file, "");
}

void become_root(World& world) {
  world.evidence.account = {"root", 0, 0, "/home/alice", "/bin/bash"};
  world.evidence.identity = {};
  for (auto& component : world.evidence.key_files[0].walk.components) component.status.uid = 0;
}

KeyDigest digest_in(const std::string& text) { return parse_key_line(text, {}).key.digest; }

AccountReport report_with(const std::string& name, uid_t uid, const std::string& text) {
  AccountReport report;
  report.account = {name, uid, uid, "/home/" + name, "/bin/sh"};
  report.key_login = KeyLogin::accepted;
  KeyMention mention;
  mention.digest = digest_in(text);
  mention.usable = true;
  report.mentions.push_back(mention);
  return report;
}

NearbyFile beside(const std::string& name, const std::string& text) { return {"/home/alice/.ssh/" + name, text}; }

// What is special about a case; most are a key file and nothing else.
using Setup = std::function<void(World&, const std::string& text)>;
const std::map<std::string, Setup> setups = {
    {"newer-option",
     [](World& w, auto&) {
       w.version = {"OpenSSH_8.0p1", 8, 0};
     }},
    {"two-blanks-for-an-old-sshd",
     [](World& w, auto&) {
       w.version = {"OpenSSH_7.4p1", 7, 4};
     }},
    {"dsa", [](World& w, auto&) { w.evidence.settings.pubkey_accepted_algorithms = "ssh-ed25519,rsa-sha2-512"; }},
    {"look-alike",
     [](World& w, auto& text) {
       without_key_file(w);
       w.evidence.nearby_files = {beside("authorized_key", text)};
     }},
    {"second-key-file",
     [](World& w, auto& text) {
       hold(w.evidence.key_files[0], alices_key_line);
       auto second = w.evidence.key_files[0];
       second.path = "/home/alice/.ssh/authorized_keys2";
       hold(second, text);
       w.evidence.ignored_key_files = {second};
     }},
    {"public-key-not-installed",
     [](World& w, auto& text) {
       without_key_file(w);
       w.evidence.nearby_files = {beside("id_ed25519.pub", text)};
     }},
    {"public-key-elsewhere",
     [](World& w, auto& text) {
       without_key_file(w);
       w.evidence.nearby_files = {beside("id_ed25519.pub", text)};
       w.others = {report_with("bob", 1001, text)};
     }},
    {"algorithm-refused",
     [](World& w, auto&) { w.evidence.settings.pubkey_accepted_algorithms = "ecdsa-sha2-nistp256,rsa-sha2-512"; }},
    {"rsa-size", [](World& w, auto&) { w.evidence.settings.required_rsa_size = 3072; }},
    {"revoked",
     [](World& w, auto& text) {
       w.evidence.settings.revoked_keys = {"/etc/ssh/revoked_keys"};
       w.evidence.revocations.revoked = {digest_in(text)};
     }},
    {"revocation-unknown",
     [](World& w, auto& text) {
       w.evidence.revocations.unsure = {digest_in(text)};
       w.evidence.revocations.reason = "/usr/bin/ssh-keygen: No such file or directory";
     }},
    {"from-elsewhere", [](World& w, auto&) { w.connection = Connection{.host = "192.0.2.7", .address = "192.0.2.7"}; }},
    {"authority-refused", [](World& w, auto&) { w.evidence.settings.ca_signature_algorithms = "ssh-ed25519"; }},
    {"root-without-command",
     [](World& w, auto&) {
       become_root(w);
       w.evidence.settings.permit_root_login = "forced-commands-only";
     }},
    {"of-no-use",
     [](World& w, auto& text) {
       w.others = {report_with("bob", 1001, text)};
       w.others[0].key_login = KeyLogin::refused;
     }},
    {"shared", [](World& w, auto& text) { w.others = {report_with("bob", 1001, text)}; }},
    {"shared-with-root", [](World& w, auto& text) { w.others = {report_with("root", 0, text)}; }},
};

std::string printed(const std::string& name, const std::string& text) {
  World world;
  hold(world.evidence.key_files[0], text);
  if (setups.contains(name)) setups.at(name)(world, text);
  const auto database = healthy_database();
  const AccountIndex index(database);
  const Context context{.accounts = index,
                        .facts = facts_of(world.version),
                        .grammar = key_grammar(world.version),
                        .now = now,
                        .connection = world.connection ? &*world.connection : nullptr};
  KeyCensus census;
  for (const auto& other : world.others) census.add(other);
  const auto report = audit_account(world.evidence, context);
  census.add(report);
  const auto renderer = make_text_renderer({});
  ReportHeader header;
  header.host = "web1";
  auto output = renderer->begin(header) + renderer->account(report);
  return output + renderer->end({}, audit_keys(census, context));
}

TEST(Golden, KeyFilesPrintWhatTheyDid) {
  const bool update = std::getenv("SSHAUDIT_UPDATE_GOLDEN") != nullptr;
  std::set<std::string> names;
  for (const auto& entry : fs::directory_iterator(golden)) {
    if (entry.path().extension() == ".keys") names.insert(entry.path().stem());
  }
  EXPECT_GT(names.size(), 50U);
  for (const auto& [name, setup] : setups) EXPECT_TRUE(names.contains(name)) << name;
  for (const auto& name : names) {
    const auto output = printed(name, read(golden / (name + ".keys")));
    if (update) std::ofstream(golden / (name + ".txt"), std::ios::binary) << output;
    EXPECT_FALSE(output.empty()) << name;
    EXPECT_EQ(output, read(golden / (name + ".txt"))) << name;
  }
}

// Text that was called private is never repeated.
TEST(Golden, NoPrivateKeyIsPrinted) {
  for (const std::string name :
       {"private-key", "putty-private-key", "private-key-in-comment", "private-key-as-option"}) {
    std::istringstream lines(read(golden / (name + ".keys")));
    const auto output = read(golden / (name + ".txt"));
    for (std::string word; lines >> word;) {
      const bool is_said = word.size() >= 16 && output.find(word) != std::string::npos;
      EXPECT_FALSE(is_said) << word;
    }
  }
}

}  // namespace
}  // namespace sshaudit
