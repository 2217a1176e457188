// SPDX-License-Identifier: MIT
#include "gather/evidence.h"

#include <fcntl.h>
#include <glob.h>
#include <strings.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>

#include "gather/directory_names.h"
#include "gather/fd.h"
#include "gather/home_lock.h"
#include "gather/read_file.h"
#include "gather/session.h"
#include "parse/key_file_name.h"
#include "parse/key_lines.h"
#include "parse/pattern.h"

namespace sshaudit {
namespace {

constexpr std::size_t most_matches = 1000;  // of one entry of AuthorizedKeysFile
constexpr std::size_t largest_nearby_file = 64UL * 1024;
constexpr std::size_t most_nearby_files = 8;
constexpr std::size_t most_names = 500;  // of a directory that are looked at

bool same_file(const FileStatus& judged, const struct stat& opened) {
  return judged.device == opened.st_dev && judged.inode == opened.st_ino && judged.mode == opened.st_mode &&
         judged.uid == opened.st_uid && judged.gid == opened.st_gid;
}

// What open(2) would say of a file that is never opened here: devices and FIFOs may act on being opened.
int why_not_opened(const PathNode& node) {
  const bool refused = faccessat(fd_of(node), "", R_OK, AT_EMPTY_PATH | AT_EACCESS) != 0 && errno == EACCES;
  if (refused) return EACCES;
  return S_ISSOCK(node.component.status.mode) ? ENXIO : 0;
}

// "id_ed25519.pub", "authorized_key", "Authorised_Keys.txt": by its name, so that private keys are left alone.
bool may_hold_public_keys(const std::string& name) {
  const auto lower = lower_case(name);
  const bool is_key_file = lower.starts_with("auth") && lower.find("key") != std::string::npos;
  return lower.ends_with(".pub") || is_key_file;
}

// Patterns are not followed below another root.
KeyFile unexpanded(const std::string& pattern) {
  KeyFile file;
  file.path = pattern;
  file.walk.requested = pattern;
  file.walk.end = WalkEnd::unseen;
  file.walk.stopped_at = pattern;
  file.walk.errnum = EOPNOTSUPP;
  return file;
}

}  // namespace

AccountObserver::AccountObserver(const std::string& root, PathResolver as_user, PathResolver as_root,
                                 const KeyGrammar& grammar)
    : root_(root),
      identity_(std::make_unique<FileIdentity>()),
      is_root_(identity_->current().uid == 0),
      as_user_(std::move(as_user)),
      as_root_(std::move(as_root)),
      facts_(grammar.facts),
      reader_(key_text_reader(grammar)) {}

Result<AccountObserver> AccountObserver::open(const std::string& root, const KeyGrammar& grammar) {
  auto as_user = PathResolver::open(root);
  auto as_root = PathResolver::open(root);
  if (!as_user || !as_root) return tl::unexpected(as_user ? as_root.error() : as_user.error());
  return AccountObserver(root, std::move(*as_user), std::move(*as_root), grammar);
}

void AccountObserver::watch_with(const Watch& watch) {
  as_user_.watch_with(watch);
  as_root_.watch_with(watch);
}

void AccountObserver::allow_automount() {
  as_user_.allow_automount();
  as_root_.allow_automount();
}

AccountEvidence AccountObserver::observe(const Account& account, const Identity& identity, Settings given,
                                         std::shared_ptr<const SettingsOrigin> origin) {
  AccountEvidence evidence;
  evidence.account = account;
  evidence.identity = identity;
  evidence.settings = std::move(given);
  const auto& settings = evidence.settings;
  evidence.origin = std::move(origin);
  evidence.shell = observe_shell(account.shell.empty() ? "/bin/sh" : account.shell);
  if (!settings.chroot_directory.empty()) {
    act_as_root();
    evidence.chroot = observe_chroot(evidence, facts_, as_root_);
  }
  evidence.by_root = is_root_;
  evidence.as_user = act_as(identity);
  if (evidence.as_user || !is_root_) {  // what root sees instead would answer another question
    evidence.home = observe_home(account.home);
    observe_key_files(evidence);
    observe_environment(evidence);
    observe_ignored_files(evidence);
    observe_nearby_files(evidence);
    observe_session(evidence);
    observe_principals(evidence);
  }
  if (is_root_ && identity.uid != 0) {
    look_as_root(evidence.key_files);
    look_as_root(evidence.principals_files);
  }
  if (!keeps_identity_) act_as_root();
  as_user_.identity_changed();
  as_root_.identity_changed();  // between accounts nothing is held open
  evidence.authorities = observe_authorities(settings.trusted_user_ca_keys);
  return evidence;
}

// With ChrootDirectory all of it is inside.
void AccountObserver::observe_session(AccountEvidence& evidence) {
  if (!evidence.chroot) {
    observe_commands(evidence, reader_, as_user_, offered_command_);
    return;
  }
  auto inside = inside_chroot(*evidence.chroot, as_user_, root_);
  if (!inside) return;
  observe_chroot_shell(evidence.account, *inside, *evidence.chroot);
  observe_commands(evidence, reader_, *inside, offered_command_);
}

// Somebody else than root sees what he sees; that is what the account sees only if he is the account.
bool AccountObserver::act_as(const Identity& identity) {
  as_user_.identity_changed();
  if (!is_root_) return identity_->current().uid == identity.uid;
  return identity_->become(identity).has_value();
}

void AccountObserver::forget_identity() {
  if (is_root_) identity_->restore();
}

void AccountObserver::act_as_root() {
  if (is_root_) identity_->restore_user();
}

PathWalk AccountObserver::observe_home(const std::string& home) {
  if (!home.empty()) return walk_of(home, as_user_.resolve_directory(home));
  PathWalk none;
  none.errnum = ENOENT;
  return none;
}

// All of them together are read as far as one may be large.
void AccountObserver::observe_key_files(AccountEvidence& evidence) {
  auto room = largest_key_file;
  for (const auto& entry : evidence.settings.authorized_keys_file) {
    if (strcasecmp(entry.c_str(), "none") == 0) continue;
    observe_entry(entry, evidence.account, room, {evidence.key_files, evidence.name_error});
  }
}

// The files that a name with tokens stands for; `room` is what may still be read.
void AccountObserver::observe_entry(const std::string& entry, const Account& account, std::size_t& room,
                                    const EntryFiles& to) {
  const auto path = expand_key_file_name(entry, account, facts_);
  if (!path) {
    to.name_error = path.error().path + ": " + path.error().what;
    return;
  }
  if (root_ != "/" && facts_.globs_key_files && has_glob_characters(*path)) {
    to.files.push_back(unexpanded(*path));
    return;
  }
  for (const auto& name : names_of(*path)) {
    to.files.push_back(observe_key_file(name, room));
    room -= std::min(room, to.files.back().text.size());
  }
}

// A home may be locked when nothing is in sight; labels are looked at wherever SELinux is in force.
void AccountObserver::observe_environment(AccountEvidence& evidence) {
  const auto is_missing = [](const KeyFile& file) { return file.walk.end == WalkEnd::missing; };
  if (std::ranges::all_of(evidence.key_files, is_missing)) {
    evidence.home_lock = find_home_lock(as_user_, evidence.account, evidence.home);
  }
  if (!labels_ || evidence.home.components.empty()) return;
  const auto& home = evidence.home.components.back().path;
  for (const auto& file : evidence.key_files) note_labels(*labels_, as_user_.resolve(file.path), home, evidence.labels);
}

// Where everybody looks first, if sshd does not look there.
void AccountObserver::observe_ignored_files(AccountEvidence& evidence) {
  if (evidence.account.home.empty()) return;
  for (const auto* const name : {"/.ssh/authorized_keys", "/.ssh/authorized_keys2"}) {
    const auto path = evidence.account.home + name;
    if (std::ranges::find(evidence.key_files, path, &KeyFile::path) != evidence.key_files.end()) continue;
    auto file = observe_key_file(path, largest_key_file);
    if (file.key_lines == 0) continue;
    const auto& status = file.walk.components.back().status;
    const auto is_same_file = [&](const KeyFile& other) {
      const auto& components = other.walk.components;
      return other.walk.end == WalkEnd::found && components.back().status.device == status.device &&
             components.back().status.inode == status.inode;
    };
    if (std::ranges::none_of(evidence.key_files, is_same_file)) evidence.ignored_key_files.push_back(std::move(file));
  }
}

// Without a line in any key file, it may be that one was put where sshd does not look.
void AccountObserver::observe_nearby_files(AccountEvidence& evidence) {
  const auto has_lines = [](const KeyFile& file) { return file.key_lines > 0; };
  if (evidence.account.home.empty() || std::ranges::any_of(evidence.key_files, has_lines)) return;
  auto directory = evidence.account.home + "/.ssh";
  const auto found = as_user_.resolve_directory(directory);
  if (found.end != WalkEnd::found || !S_ISDIR(found.node->component.status.mode)) return;
  directory += '/';
  for (const auto& name : names_in(*found.node, most_names)) {
    const auto path = directory + name;
    const auto is_it = [&](const KeyFile& file) { return file.path == path; };
    const bool known =
        std::ranges::any_of(evidence.key_files, is_it) || std::ranges::any_of(evidence.ignored_key_files, is_it);
    if (known || !may_hold_public_keys(name) || evidence.nearby_files.size() == most_nearby_files) continue;
    // A link may lead to a private key.
    const auto itself = as_user_.resolve(path);
    if (itself.end != WalkEnd::found || !itself.node->component.path.ends_with("/" + name)) continue;
    auto file = observe_key_file(path, largest_nearby_file);
    if (file.key_lines > 0) evidence.nearby_files.push_back({path, std::move(file.text)});
  }
}

// From 10.0 on sshd takes the name for a pattern, and looks for matches with the user's rights.
std::vector<std::string> AccountObserver::names_of(const std::string& path) const {
  if (!facts_.globs_key_files || !has_glob_characters(path)) return {path};
  std::vector<std::string> names;
  glob_t found{};
  if (glob(path.c_str(), 0, nullptr, &found) == 0) {
    const auto count = std::min(found.gl_pathc, most_matches);
    names.assign(found.gl_pathv, found.gl_pathv + count);
  }
  globfree(&found);
  return names;
}

KeyFile AccountObserver::observe_key_file(const std::string& path, std::size_t limit) {
  KeyFile file;
  file.path = path;
  const auto found = as_user_.resolve(path);
  file.walk = walk_of(path, found);
  if (found.end != WalkEnd::found) return file;
  if (S_ISREG(found.node->component.status.mode)) {
    read_key_file(found, limit, file);
  } else {
    file.open_errnum = why_not_opened(*found.node);
  }
  return file;
}

// What is opened has to be what was judged: the owner of the directory may have put another file there since.
void AccountObserver::read_key_file(const Resolution& found, std::size_t limit, KeyFile& file) {
  const PathNode& node = *found.node;
  const Fd fd = open_for_reading(node);
  struct stat opened {};
  if (!fd || fstat(fd.get(), &opened) != 0) {
    file.open_errnum = errno;
    file.changed = errno == ENOENT || errno == ELOOP || errno == ENXIO;
    return;
  }
  file.changed = !same_file(node.component.status, opened);
  if (file.changed) return;
  file.read_errnum = read_to_end(fd.get(), static_cast<std::size_t>(opened.st_size), limit, file.text);
  file.truncated = static_cast<std::size_t>(opened.st_size) > limit && file.text.size() == limit;
  if (file.truncated) file.text.resize(file.text.rfind('\n') + 1);  // what is left of a line says nothing
  file.key_lines = count_key_lines(file.text);
}

// Where the account may not search a directory, root can tell whether there is anything behind it. Nothing is read.
void AccountObserver::look_as_root(std::vector<KeyFile>& files) {
  for (auto& file : files) {
    if (file.walk.end != WalkEnd::not_searchable) continue;
    act_as_root();
    as_root_.identity_changed();
    const auto end = as_root_.resolve(file.path).end;
    file.hidden_exists = end != WalkEnd::missing && end != WalkEnd::dangling;
  }
}

std::shared_ptr<const PathWalk> AccountObserver::observe_shell(const std::string& shell) {
  auto& known = shells_[shell];
  if (known) return known;
  act_as_root();
  auto walk = std::make_shared<const PathWalk>(walk_of(shell, as_root_.resolve(shell)));
  if (walk->end != WalkEnd::unseen) known = walk;
  return walk;
}

}  // namespace sshaudit
