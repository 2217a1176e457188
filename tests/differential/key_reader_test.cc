// SPDX-License-Identifier: MIT
// The keys of key lines against ssh-keygen(1): where we see a key it has to see the same one.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <sstream>
#include <vector>

#include "differential/key_line_generator.h"
#include "differential/key_stage.h"
#include "gather/subprocess.h"
#include "parse/authorized_keys.h"
#include "parse/key_blob.h"
#include "parse/key_grammar.h"
#include "parse/key_line.h"
#include "parse/key_options.h"
#include "parse/key_types.h"
#include "parse/sshd_version.h"

namespace sshaudit::differential {
namespace {

namespace fs = std::filesystem;

constexpr std::chrono::seconds patience{60};
constexpr std::uint64_t files = 4000;
constexpr std::size_t most_lines = 40;  // of one question: a line may have 40 kB, and answers are at most 1 MiB

class ScratchKeys {
 public:
  ScratchKeys() {
    std::string name = fs::temp_directory_path() / "key-lines-XXXXXX";
    if (mkdtemp(name.data()) == nullptr) give_up("there is no directory for keys");
    directory_ = name;
    world_ = make_keys(directory_);
  }
  ScratchKeys(const ScratchKeys&) = delete;
  ScratchKeys& operator=(const ScratchKeys&) = delete;
  ~ScratchKeys() { fs::remove_all(directory_); }

  const KeyWorld& world() const { return world_; }
  fs::path file() const { return directory_ / "lines"; }

 private:
  fs::path directory_;
  KeyWorld world_;
};

struct SeenKey {
  std::string line;
  std::string words;  // "256 SHA256:... (ED25519)"
};

std::string words_of(const PublicKey& key) {
  return fmt::format("{} {} ({})", key.bits, fingerprint_of(key), short_name(key.type));
}

// As ssh-keygen can read it: it takes one blank between the options and the key, where sshd takes any number, and shows
// what it has left of another line where there is no comment.
std::string for_key_generator(const std::string& line, const KeyGrammar& grammar) {
  const auto skip_blanks = [](std::string_view text, std::size_t at) {
    return std::min(text.find_first_not_of(" \t", at), text.size());
  };
  auto text = line.substr(skip_blanks(line, 0));
  auto key = read_key(text, grammar);
  std::string options;
  if (!key) {
    const auto end = end_of_options(text).value_or(text.size());
    options = text.substr(0, end) + " ";
    text.erase(0, skip_blanks(text, end));
    key = read_key(text, grammar);
  }
  const auto comment_at = key ? key->end : text.size();
  const bool has_comment = comment_at < text.size() && text[comment_at] != '#';
  return options + (has_comment ? text : text.substr(0, comment_at) + " x");
}

// The lines of a text that have a key, for us.
std::vector<SeenKey> seen_keys(const std::string& text, const KeyGrammar& grammar) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line.substr(0, line.find('\0')));
  std::vector<SeenKey> seen;
  read_key_lines(text, grammar, [&](const AuthorizedKey& key) {
    if (key.key.type.empty()) return;
    seen.push_back({for_key_generator(lines.at(key.line - 1), grammar), words_of(key.key)});
  });
  return seen;
}

// Without the comment in the middle.
std::vector<std::string> told_keys(const fs::path& path) {
  const auto output = run_program({"/usr/bin/ssh-keygen", "-l", "-E", "sha256", "-f", path}, patience);
  std::vector<std::string> told;
  std::istringstream in(output ? output->out : "");
  for (std::string line; std::getline(in, line);) {
    const auto fingerprint_end = line.find(' ', line.find(' ') + 1);
    const auto type = std::min(line.rfind(" ("), line.size());
    told.push_back(line.substr(0, fingerprint_end) + line.substr(type));
  }
  return told;
}

std::size_t compare(const std::vector<SeenKey>& seen, const fs::path& path) {
  std::string text = "#\n";  // it takes a first line with "PRIVATE KEY" in it for a private key
  for (const auto& one : seen) text += one.line + "\n";
  write_file(path, text);
  const auto told = told_keys(path);
  EXPECT_EQ(told.size(), seen.size()) << shown(text);
  for (std::size_t i = 0; i < seen.size() && i < told.size(); ++i) {
    EXPECT_EQ(told[i], seen[i].words) << shown(seen[i].line);
  }
  return seen.size();
}

KeyGrammar newest_with_dsa() { return key_grammar(*parse_sshd_version("OpenSSH_9.7p1")); }

TEST(KeyLineDifferential, ReadsKeysAsSshKeygenDoes) {
  const ScratchKeys keys;
  const auto grammar = newest_with_dsa();
  std::vector<SeenKey> seen;
  std::size_t compared = 0;
  for (const auto& key : keys.world().keys) {
    const auto whole = read_key(key.type + " " + key.base64, grammar);
    ASSERT_TRUE(whole) << key.name;
    seen.push_back({key.type + " " + key.base64 + " x", words_of(whole->key)});
    if (key.certificate.empty()) continue;
    const auto certificate = read_key(key.certificate, grammar);
    ASSERT_TRUE(certificate) << key.certificate;
    seen.push_back({key.certificate + " x", words_of(certificate->key)});
  }
  for (std::uint64_t seed = 1; seed <= files; ++seed) {
    const auto of_file = seen_keys(generate_key_file(seed, keys.world()).text, grammar);
    seen.insert(seen.end(), of_file.begin(), of_file.end());
    if (seen.size() < most_lines && seed < files) continue;
    compared += compare(seen, keys.file());
    seen.clear();
  }
  std::cout << compared << " keys of " << files << " files compared" << std::endl;
}

TEST(KeyLineGenerator, MakesTheSameTextAgain) {
  KeyWorld world;
  world.keys.push_back(
      {"a", "ssh-ed25519", "AAAAC3NzaC1lZDI1NTE5AAAAIPLiM0HzFzqCkO1YLZuVZOIzPIXQwVOyAJYk8G6uM2Iv", "", "x y"});
  world.blocks = {"-----BEGIN X-----\nAAAA\n-----END X-----\n"};
  for (std::uint64_t seed = 1; seed < 100; ++seed) {
    EXPECT_EQ(generate_key_file(seed, world).text, generate_key_file(seed, world).text);
  }
}

}  // namespace
}  // namespace sshaudit::differential
