// SPDX-License-Identifier: MIT
#include "gather/revocations.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstring>
#include <utility>

#include "gather/path_resolver.h"
#include "gather/read_file.h"
#include "gather/subprocess.h"
#include "parse/base64.h"

namespace sshaudit {

namespace {

constexpr std::size_t largest_list = 16UL * 1024 * 1024;
constexpr std::size_t most_at_once = 200;
constexpr std::size_t most_of_account = 1000;
constexpr std::chrono::seconds patience{20};
constexpr auto keygen = "/usr/bin/ssh-keygen";
const std::string comment = "asked";

std::string in_words(const std::string& what, const Error& error) {
  return what + ": " + (error.errnum == 0 ? error.what : std::strerror(error.errnum));
}

}  // namespace

RevokedKeyFiles::RevokedKeyFiles(std::string root, KeyGrammar grammar)
    : root_(std::move(root)), grammar_(std::move(grammar)), reader_(key_text_reader(grammar_)) {}

RevokedKeyFiles::~RevokedKeyFiles() = default;

void RevokedKeyFiles::read_ahead(const std::vector<std::string>& paths) {
  for (const auto& path : paths) file(path);
}

RevokedKeyFiles::File& RevokedKeyFiles::file(const std::string& path) {
  const auto known = files_.find(path);
  if (known != files_.end()) return known->second;
  auto& added = files_[path];
  read(path, added);
  return added;
}

// What nobody can read refuses every key, and is said as such; here it only tells nothing of single keys.
void RevokedKeyFiles::read(const std::string& path, File& file) const {
  auto resolver = PathResolver::open(root_);
  if (!resolver) return;
  const auto found = resolver->resolve(path);
  if (found.end != WalkEnd::found || !S_ISREG(found.node->component.status.mode)) return;
  const auto fd = open_for_reading(*found.node);
  const auto bytes = fd ? read_open_file(fd.get(), path, largest_list) : tl::unexpected(errno_error("open", path));
  if (!bytes) {
    file.unknown = in_words("RevokedKeys " + path, bytes.error());
  } else if (!is_revocation_list(*bytes)) {
    file.keys = parse_revoked_keys(*bytes, grammar_);
  } else {
    file.list = std::make_unique<TemporaryFiles>();
    if (!file.list->write("list", *bytes)) file.unknown = "no room for a copy of " + path;
  }
}

std::vector<AskedKey> RevokedKeyFiles::keys_of(const AccountEvidence& evidence, const OfferedKey* offered) const {
  std::vector<AskedKey> keys;
  if (offered != nullptr && !offered->wire.empty())
    keys.push_back({offered->key.digest, std::string(offered->key.type), offered->wire});
  for (const auto& file : evidence.key_files) {
    for (auto& key : reader_.keys(file.text)) keys.push_back(std::move(key));
  }
  std::ranges::stable_sort(keys, {}, &AskedKey::digest);
  const auto is_same = [](const AskedKey& one, const AskedKey& other) { return one.digest == other.digest; };
  keys.erase(std::unique(keys.begin(), keys.end(), is_same), keys.end());
  return keys;
}

// ssh-keygen -Q prints "FILE (COMMENT): ok" or "FILE (COMMENT): REVOKED" for each, and gives up at a key that it cannot
// read: then each is asked about alone, so that one key says nothing of the others.
void RevokedKeyFiles::ask(File& file, std::span<const AskedKey> keys) {
  std::vector<std::string> argv = {keygen, "-Q", "-f", file.list->path() + "/list"};
  for (std::size_t i = 0; i < keys.size(); ++i) {
    const auto name = std::to_string(getpid()) + "-" + std::to_string(i);  // several processes share the directory
    file.answers[keys[i].digest] = Answer::none;
    file.list->write(name, keys[i].type + " " + encode_base64(keys[i].wire) + " " + comment + "\n");
    argv.push_back(file.list->path() + "/" + name);
  }
  const auto output = run_program(argv, patience);
  for (std::size_t i = 4; i < argv.size(); ++i) unlink(argv[i].c_str());
  if (!output) {  // another time it may be started, or be quicker
    for (const auto& key : keys) file.answers.erase(key.digest);
  }
  const bool answered = output && output->exit_status <= 1;
  for (std::size_t i = 0; i < keys.size(); ++i) {
    const auto said = [&](const std::string& answer) {
      auto line = argv[i + 4];
      line.append(" (").append(comment).append("): ").append(answer).append("\n");
      return answered && output->out.find(line) != std::string::npos;
    };
    if (said("ok")) file.answers[keys[i].digest] = Answer::fine;
    if (said("REVOKED")) file.answers[keys[i].digest] = Answer::revoked;
  }
  if (answered || keys.size() == 1) return;
  for (const auto& key : keys) ask(file, {&key, 1});
}

// Of very many keys the first are asked about.
void RevokedKeyFiles::ask_about_unknown(File& file, const std::vector<AskedKey>& keys) {
  std::vector<AskedKey> unasked;
  for (const auto& key : keys) {
    if (!file.answers.contains(key.digest) && unasked.size() < most_of_account) unasked.push_back(key);
  }
  const std::span<const AskedKey> all(unasked);
  for (std::size_t i = 0; i < all.size(); i += most_at_once) {
    ask(file, all.subspan(i, std::min(most_at_once, all.size() - i)));
  }
}

void RevokedKeyFiles::add_answers(const File& file, const std::vector<AskedKey>& keys, Revocations& revocations) {
  for (const auto& key : keys) {
    const auto found = file.answers.find(key.digest);
    const auto answer = found == file.answers.end() ? Answer::none : found->second;
    if (answer == Answer::revoked) revocations.revoked.push_back(key.digest);
    if (answer != Answer::none) continue;
    revocations.unsure.push_back(key.digest);
    revocations.reason = "ssh-keygen -Q has no answer";
  }
}

Revocations RevokedKeyFiles::look_up(const AccountEvidence& evidence, const OfferedKey* offered) {
  Revocations revocations;
  if (evidence.settings.revoked_keys.empty()) return revocations;
  const auto keys = keys_of(evidence, offered);
  for (const auto& path : evidence.settings.revoked_keys) {
    auto& list = file(path);
    for (const auto& key : keys) {
      if (std::ranges::binary_search(list.keys.digests, key.digest)) revocations.revoked.push_back(key.digest);
      if (!list.unknown.empty()) revocations.unsure.push_back(key.digest);
    }
    if (!list.unknown.empty()) revocations.reason = list.unknown;
    if (!list.list) continue;
    ask_about_unknown(list, keys);
    add_answers(list, keys, revocations);
  }
  std::ranges::sort(revocations.revoked);
  std::ranges::sort(revocations.unsure);
  return revocations;
}

}  // namespace sshaudit
