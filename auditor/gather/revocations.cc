// SPDX-License-Identifier: MIT
#include "gather/revocations.h"

#include <sys/stat.h>

#include <algorithm>
#include <chrono>
#include <cstring>
#include <utility>

#include "gather/path_resolver.h"
#include "gather/read_file.h"
#include "gather/subprocess.h"
#include "parse/authorized_keys.h"
#include "parse/base64.h"

namespace sshaudit {

namespace {

constexpr std::size_t largest_list = 16UL * 1024 * 1024;
constexpr std::size_t most_at_once = 200;
constexpr std::chrono::seconds patience{20};
constexpr auto keygen = "/usr/bin/ssh-keygen";

std::string in_words(const std::string& what, const Error& error) {
  return what + ": " + (error.errnum == 0 ? error.what : std::strerror(error.errnum));
}

}  // namespace

RevokedKeyFiles::RevokedKeyFiles(std::string root, KeyGrammar grammar)
    : root_(std::move(root)), grammar_(std::move(grammar)) {}

RevokedKeyFiles::~RevokedKeyFiles() = default;

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

std::vector<RevokedKeyFiles::AskedKey> RevokedKeyFiles::keys_of(const AccountEvidence& evidence) const {
  std::vector<AskedKey> keys;
  for (const auto& file : evidence.key_files) {
    read_key_lines(file.text, grammar_, [&](const AuthorizedKey& line) {
      if (!line.key.type.empty()) keys.push_back({line.key.digest, std::string(line.key.type), line.wire});
    });
  }
  return keys;
}

// ssh-keygen -Q prints "FILE: ok" or "FILE: REVOKED" for each.
void RevokedKeyFiles::ask(File& file, const std::vector<AskedKey>& keys) {
  std::vector<std::string> argv = {keygen, "-Q", "-f", file.list->path() + "/list"};
  for (std::size_t i = 0; i < keys.size(); ++i) {
    const auto name = std::to_string(i);
    if (!file.list->write(name, keys[i].type + " " + encode_base64(keys[i].wire) + "\n")) {
      file.unknown = "no room for the keys that ssh-keygen is to be asked about";
      return;
    }
    argv.push_back(file.list->path() + "/" + name);
  }
  const auto output = run_program(argv, patience);
  if (!output || output->exit_status > 1) {
    file.unknown = output ? "ssh-keygen -Q does not read the revocation list" : in_words(keygen, output.error());
    return;
  }
  for (std::size_t i = 0; i < keys.size(); ++i) {
    const auto line = argv[i + 4] + ": ";
    const auto at = output->out.find(line);
    if (at != std::string::npos)
      file.answers[keys[i].digest] = output->out.compare(at + line.size(), 7, "REVOKED") == 0;
  }
}

Revocations RevokedKeyFiles::look_up(const AccountEvidence& evidence) {
  Revocations revocations;
  if (evidence.settings.revoked_keys.empty()) return revocations;
  const auto keys = keys_of(evidence);
  for (const auto& path : evidence.settings.revoked_keys) {
    auto& list = file(path);
    std::vector<AskedKey> unasked;
    for (const auto& key : keys) {
      if (std::ranges::binary_search(list.keys.digests, key.digest)) revocations.revoked.push_back(key.digest);
      if (list.list && !list.answers.contains(key.digest)) unasked.push_back(key);
    }
    for (std::size_t i = 0; i < unasked.size() && list.unknown.empty(); i += most_at_once) {
      const auto end = std::min(i + most_at_once, unasked.size());
      ask(list, {unasked.begin() + static_cast<std::ptrdiff_t>(i), unasked.begin() + static_cast<std::ptrdiff_t>(end)});
    }
    for (const auto& key : keys) {
      const auto answer = list.answers.find(key.digest);
      if (answer != list.answers.end() && answer->second) revocations.revoked.push_back(key.digest);
    }
    if (!list.unknown.empty()) revocations.unknown = list.unknown;
  }
  std::ranges::sort(revocations.revoked);
  return revocations;
}

}  // namespace sshaudit
