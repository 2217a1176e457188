// SPDX-License-Identifier: MIT
// What goes from one process to another comes out as it went in, and what is no message is refused.
#include <gtest/gtest.h>

#include <random>

#include "rules/catalogue.h"
#include "rules/healthy_account.h"
#include "wire/evidence_wire.h"
#include "wire/report_wire.h"

namespace sshaudit::wire {
namespace {

const std::string odd_bytes("\0\xff\n\x1b[2J", 7);

// Every member differs from what a new value has.
AccountEvidence full_evidence() {
  auto evidence = healthy_account();
  evidence.name_error = odd_bytes;
  evidence.home.links = {{"/home", odd_bytes, {component("/", directory_type | 0755)}}};
  evidence.home.stopped_at = "/x";
  evidence.home.errnum = 13;
  auto& last = evidence.home.components.back();
  last.acl = {{AclEntry::Kind::group, 50, 7}};
  last.file_system = {"vfat", true, true};
  last.attributes = {true, true, true, true};
  evidence.key_files[0].open_errnum = 1;
  evidence.key_files[0].changed = evidence.key_files[0].truncated = true;
  evidence.ignored_key_files = evidence.principals_files = evidence.key_files;
  evidence.nearby_files = {{"/n", odd_bytes}};
  evidence.revocations = {{KeyDigest{1, 2}}, {KeyDigest{3}}, "why"};
  evidence.groups = {"staff", ""};
  evidence.shadow = ShadowEntry{.password = PasswordField::locked, .last_change = 0, .max = -5, .has_hash = true};
  evidence.authorities = std::make_shared<const KeyFile>(evidence.key_files[0]);
  evidence.chroot = ChrootEvidence{"/srv", "e", {{"/", {}, 2, true}}, home_walk(), true};
  evidence.commands = {{"/bin/x", home_walk(), true}};
  evidence.has_sftp_keys = true;
  evidence.principals_name_error = "p";
  evidence.keys_command = KeysCommandRun{.command = "c", .end = KeysCommandEnd::signalled, .status = 9, .printed = "k"};
  evidence.home_lock = {HomeLock::Kind::homed, "m"};
  evidence.labels = {{"/l", "a", "e"}};
  evidence.asked_about = true;
  evidence.by_root = evidence.as_user = evidence.shadow_seen = false;
  return evidence;
}

void expect_same(const AccountEvidence& one, const AccountEvidence& other) {
  EXPECT_EQ(one.identity, other.identity);
  EXPECT_EQ(one.name_error, other.name_error);
  EXPECT_EQ(one.home, other.home);
  EXPECT_EQ(one.key_files, other.key_files);
  EXPECT_EQ(one.ignored_key_files, other.ignored_key_files);
  EXPECT_EQ(one.nearby_files, other.nearby_files);
  EXPECT_EQ(one.revocations, other.revocations);
  EXPECT_EQ(*one.shell, *other.shell);
  EXPECT_EQ(one.groups, other.groups);
  EXPECT_EQ(one.shadow, other.shadow);
  EXPECT_EQ(one.shadow_seen, other.shadow_seen);
  ASSERT_EQ(one.authorities == nullptr, other.authorities == nullptr);
  if (one.authorities) {
    EXPECT_EQ(*one.authorities, *other.authorities);
  }
  EXPECT_EQ(one.principals_files, other.principals_files);
  EXPECT_EQ(one.chroot, other.chroot);
  EXPECT_EQ(one.commands, other.commands);
  EXPECT_EQ(one.has_sftp_keys, other.has_sftp_keys);
  EXPECT_EQ(one.principals_name_error, other.principals_name_error);
  EXPECT_EQ(one.keys_command, other.keys_command);
  EXPECT_EQ(one.home_lock, other.home_lock);
  EXPECT_EQ(one.labels, other.labels);
  EXPECT_EQ(one.asked_about, other.asked_about);
  EXPECT_EQ(one.by_root, other.by_root);
  EXPECT_EQ(one.as_user, other.as_user);
}

TEST(Wire, EvidenceComesOutAsItWentIn) {
  EvidenceEncoder encoder;
  EvidenceDecoder decoder;
  const auto full = full_evidence();
  auto second = healthy_account();
  second.shell = full.shell;  // crosses once
  for (const AccountEvidence* evidence : {&full, static_cast<const AccountEvidence*>(&second), &full}) {
    std::string bytes;
    encoder.append(*evidence, bytes);
    auto from = decoder.decoder(bytes);
    AccountEvidence read;
    ASSERT_TRUE(decoder.read(from, read));
    EXPECT_TRUE(from.bytes().at_end());
    expect_same(read, *evidence);
  }
  std::string first;
  std::string again;
  EvidenceEncoder anew;
  anew.append(second, first);
  anew.append(second, again);
  EXPECT_LT(again.size() + 20, first.size()) << "the shell has to cross once";
}

// Of a walk that begins like the one before crosses what is behind that; of one that both ends know nothing does.
TEST(Wire, WalksCrossAsFarAsTheyDiffer) {
  EvidenceEncoder encoder;
  EvidenceDecoder decoder;
  auto healthy = healthy_account();
  auto other = healthy_account();
  other.home.components.back().path = "/home/somebody-else";
  other.key_files.clear();
  other.shell = healthy.shell;
  std::vector<std::size_t> sizes;
  for (const auto& evidence : {healthy, healthy, other, healthy}) {
    std::string bytes;
    encoder.append(evidence, bytes);
    sizes.push_back(bytes.size());
    auto from = decoder.decoder(bytes);
    AccountEvidence read;
    ASSERT_TRUE(decoder.read(from, read));
    expect_same(read, evidence);
  }
  other.shell = nullptr;
  std::string alone;
  EvidenceEncoder().append(other, alone);
  EXPECT_LT(sizes[2] + 30, alone.size()) << "the directories above its home have to cross once";
  std::string bytes;
  encoder.append(other, bytes);
  EvidenceDecoder fresh;
  auto from = fresh.decoder(bytes);
  AccountEvidence read;
  EXPECT_FALSE(fresh.read(from, read)) << "it refers to a walk that never came";
}

// Links that each lead through a deep directory: most of it crosses once, however much that is.
TEST(Wire, ManyLinksThroughOneDeepDirectory) {
  constexpr int deep = 60;
  constexpr std::size_t links = 40;
  Components through;
  std::string path;
  for (int i = 0; i < deep; ++i) through.push_back(component(path += "/d", directory_type | 0755));
  auto evidence = healthy_account();
  evidence.key_files[0].walk.links.assign(links, {"/d/link", "next", through});
  evidence.key_files.assign(3, evidence.key_files[0]);
  EvidenceEncoder encoder;
  EvidenceDecoder decoder;
  std::string bytes;
  encoder.append(evidence, bytes);
  auto from = decoder.decoder(bytes);
  AccountEvidence read;
  ASSERT_TRUE(decoder.read(from, read));
  EXPECT_EQ(read.key_files, evidence.key_files);
}

AccountReport full_report() {
  AccountReport report;
  report.key_login = KeyLogin::refused;
  report.usable_keys = 300;
  ListedKey key{"/f", 7, "ssh-rsa", 2048, "SHA256:x", "restrict", "none", odd_bytes, KeyUse::unknown, "w"};
  report.keys = {key};
  report.key_files = {"/f", odd_bytes};
  report.mentions = {{KeyDigest{9}, 1, 70000, true, true}};
  report.nearby_keys = {{KeyDigest{8}, "/n"}};
  Finding finding{catalogue().back(), {}, "from 10.0.0.0/8", true};
  finding.detail = {.path = odd_bytes, .message = "m", .sshd_logs = "l", .expected = "e", .actual = "a"};
  finding.detail.remedy = {{{"chmod", "g-w", odd_bytes}}, "note", Change{.path = "/c", .take = 020, .owner = 5}};
  finding.detail.line = 3;
  finding.detail.column = 4;
  report.findings = {finding, {catalogue().front(), {}, "", false}};
  return report;
}

TEST(Wire, AReportComesOutAsItWentIn) {
  const auto report = full_report();
  std::string bytes;
  append_report(report, bytes);
  AccountReport read;
  ASSERT_TRUE(read_report(bytes, read));
  EXPECT_EQ(read.key_login, report.key_login);
  EXPECT_EQ(read.usable_keys, report.usable_keys);
  EXPECT_EQ(read.keys, report.keys);
  EXPECT_EQ(read.key_files, report.key_files);
  EXPECT_EQ(read.mentions, report.mentions);
  EXPECT_EQ(read.nearby_keys, report.nearby_keys);
  ASSERT_EQ(read.findings.size(), 2U);
  for (std::size_t i = 0; i < 2; ++i) {
    EXPECT_EQ(read.findings[i].rule, report.findings[i].rule);
    EXPECT_EQ(read.findings[i].detail, report.findings[i].detail);
    EXPECT_EQ(read.findings[i].connections, report.findings[i].connections);
    EXPECT_EQ(read.findings[i].is_meant, report.findings[i].is_meant);
  }
}

// A report comes from a process that may be somebody else's: cut, changed and made-up bytes are no reports, or other
// ones, whose values are values.
TEST(Wire, WhatIsNoReportIsRefused) {
  std::string bytes;
  append_report(full_report(), bytes);
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    AccountReport read;
    EXPECT_FALSE(read_report(bytes.substr(0, size), read)) << size;
  }
  AccountReport read;
  EXPECT_FALSE(read_report(bytes + '\0', read));
  std::mt19937 random(1);
  std::size_t refused = 0;
  constexpr std::size_t rounds = 20000;
  for (std::size_t i = 0; i < rounds; ++i) {
    auto changed = bytes;
    for (std::size_t j = 0; j <= i % 3; ++j) changed[random() % changed.size()] = static_cast<char>(random());
    AccountReport other;
    if (!read_report(changed, other)) {
      ++refused;
      continue;
    }
    EXPECT_LE(other.key_login, KeyLogin::unknown);
    for (const auto& finding : other.findings) ASSERT_NE(finding.rule, nullptr);
    for (const auto& key : other.keys) EXPECT_LE(key.use, KeyUse::unknown);
  }
  EXPECT_GT(refused, rounds / 10);
}

TEST(Wire, AListIsNoLongerThanItsBytes) {
  std::string bytes;
  Encoder encoder(bytes);
  encoder.put(KeyLogin::refused);
  encoder.put(std::size_t{0});
  encoder.put(std::size_t{1} << 40U);  // so many keys
  bytes.append(100, '\0');
  AccountReport read;
  EXPECT_FALSE(read_report(bytes, read));
  EXPECT_EQ(read.keys.capacity(), 0U);
}

}  // namespace
}  // namespace sshaudit::wire
