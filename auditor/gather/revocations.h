// SPDX-License-Identifier: MIT
// Which keys RevokedKeys names. Lists of keys are read here; about a key revocation list (KRL) ssh-keygen is asked.
#pragma once

#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "gather/key_texts.h"
#include "gather/temporary_files.h"
#include "parse/key_grammar.h"
#include "parse/revoked_keys.h"
#include "sshaudit/evidence.h"
#include "sshaudit/explanation.h"
#include "sshaudit/public_key.h"

namespace sshaudit {

class RevokedKeyFiles {
 public:
  // `root` is the directory that is "/" on the audited system.
  RevokedKeyFiles(std::string root, KeyGrammar grammar);
  RevokedKeyFiles(const RevokedKeyFiles&) = delete;
  RevokedKeyFiles& operator=(const RevokedKeyFiles&) = delete;
  ~RevokedKeyFiles();

  // Reads these now, before other processes that share the answers are started.
  void read_ahead(const std::vector<std::string>& paths);

  // Key lines are read by somebody else from here on.
  void read_with(KeyTextReader reader) { reader_ = std::move(reader); }

  // Of the keys in the account's key files, and of one that is offered. Does nothing where its settings have no
  // RevokedKeys.
  Revocations look_up(const AccountEvidence& evidence, const OfferedKey* offered = nullptr);

 private:
  enum class Answer { fine, revoked, none };
  struct File {
    RevokedKeys keys;
    std::string unknown;                   // why it could not be read
    std::unique_ptr<TemporaryFiles> list;  // a copy of the KRL; null when it is none
    std::map<KeyDigest, Answer> answers;   // of ssh-keygen
  };

  File& file(const std::string& path);
  void read(const std::string& path, File& file) const;
  static void ask(File& file, std::span<const AskedKey> keys);
  static void ask_about_unknown(File& file, const std::vector<AskedKey>& keys);
  static void add_answers(const File& file, const std::vector<AskedKey>& keys, Revocations& revocations);
  // Each once, sorted by digest.
  std::vector<AskedKey> keys_of(const AccountEvidence& evidence, const OfferedKey* offered) const;

  std::string root_;
  KeyGrammar grammar_;
  KeyTextReader reader_;
  std::map<std::string, File> files_;
};

}  // namespace sshaudit
