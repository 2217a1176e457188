// SPDX-License-Identifier: MIT
// Looks at one account after the other, with the rights of each.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "gather/identity.h"
#include "gather/key_texts.h"
#include "gather/path_resolver.h"
#include "gather/selinux.h"
#include "parse/key_grammar.h"
#include "sshaudit/evidence.h"
#include "sshaudit/result.h"

namespace sshaudit {

class AccountObserver {
 public:
  // `root` is the directory that is "/" on the audited system.
  static Result<AccountObserver> open(const std::string& root, const KeyGrammar& grammar);

  // Nothing of the last account is left, not even its groups: before a program is started, or somebody else observes.
  void forget_identity();

  // From here on the file access of the last account stays in force after observe(), which saves a change where another
  // one follows at once. Whoever needs root's calls act_as_root(), or forget_identity().
  void keep_identity() { keeps_identity_ = true; }
  void act_as_root();

  // A forced command that no key line has, such as that of a certificate, is looked at from here on.
  void look_at_command(std::string command) { offered_command_ = std::move(command); }

  // TrustedUserCAKeys as root reads it, for an observer that has no rights of root any more.
  std::shared_ptr<const KeyFile> observe_authorities(const std::string& path);
  void know_authorities(const std::string& path, std::shared_ptr<const KeyFile> file);

  // Says where it is while it looks, and leaves out what was given up.
  void watch_with(const Watch& watch);

  // Homes that an automounter has to mount are mounted.
  void allow_automount();

  // Key lines are read by somebody else from here on.
  void read_with(KeyTextReader reader) { reader_ = std::move(reader); }

  // Labels are evidence from here on.
  void use_labels(LabelSource source) { labels_ = std::move(source); }

  // All that is to be seen of the account. Fills in values and decides nothing about them. The file access of the
  // thread is that of the account meanwhile, and its own again afterwards, unless that is kept.
  AccountEvidence observe(const Account& account, const Identity& identity, Settings settings,
                          std::shared_ptr<const SettingsOrigin> origin);

 private:
  AccountObserver(const std::string& root, PathResolver as_user, PathResolver as_root, const KeyGrammar& grammar);

  // Where what was found goes.
  struct EntryFiles {
    std::vector<KeyFile>& files;
    std::string& name_error;
  };

  // Of the key files of an account together, and of one other file.
  static constexpr std::size_t largest_key_file = 16UL * 1024 * 1024;

  bool act_as(const Identity& identity);
  PathWalk observe_home(const std::string& home);
  void observe_key_files(AccountEvidence& evidence);
  void observe_entry(const std::string& entry, const Account& account, std::size_t& room, const EntryFiles& to);
  void observe_environment(AccountEvidence& evidence);
  void observe_ignored_files(AccountEvidence& evidence);
  void observe_session(AccountEvidence& evidence);
  void observe_nearby_files(AccountEvidence& evidence);
  std::vector<std::string> names_of(const std::string& path) const;
  KeyFile observe_key_file(const std::string& path, std::size_t limit);
  void read_key_file(const Resolution& found, std::size_t limit, KeyFile& file);
  void look_as_root(std::vector<KeyFile>& files);
  std::shared_ptr<const PathWalk> observe_shell(const std::string& shell);
  void observe_principals(AccountEvidence& evidence);

  std::string root_;
  std::unique_ptr<FileIdentity> identity_;
  bool is_root_;
  bool keeps_identity_ = false;
  PathResolver as_user_;
  PathResolver as_root_;
  SshdFacts facts_;
  KeyTextReader reader_;
  std::string offered_command_;
  std::optional<LabelSource> labels_;
  std::unordered_map<std::string, std::shared_ptr<const PathWalk>> shells_;      // by the field of passwd
  std::unordered_map<std::string, std::shared_ptr<const KeyFile>> authorities_;  // by the path of TrustedUserCAKeys
};

}  // namespace sshaudit
