// SPDX-License-Identifier: MIT
// What sshd reads for certificates: the authorities as root, the principals with the rights of the account. Nothing is
// looked for where no authority is trusted. Source: OpenSSH auth2-pubkey.c, user_cert_trusted_ca.
#include <sys/stat.h>

#include "gather/evidence.h"

namespace sshaudit {

void AccountObserver::observe_principals(AccountEvidence& evidence) {
  const auto& settings = evidence.settings;
  if (settings.trusted_user_ca_keys.empty() || settings.authorized_principals_file.empty()) return;
  auto room = largest_key_file;
  observe_entry(settings.authorized_principals_file, evidence.account, room,
                {evidence.principals_files, evidence.principals_name_error});
}

void AccountObserver::know_authorities(const std::string& path, std::shared_ptr<const KeyFile> file) {
  if (!path.empty()) authorities_[path] = std::move(file);
}

// Read with the rights of root, or of whoever looks instead. The accounts share the answer.
std::shared_ptr<const KeyFile> AccountObserver::observe_authorities(const std::string& path) {
  if (path.empty()) return nullptr;
  auto& known = authorities_[path];
  if (known) return known;
  act_as_root();
  as_root_.identity_changed();
  const auto found = as_root_.resolve(path);
  KeyFile file;
  file.path = path;
  file.walk = walk_of(path, found);
  const bool is_regular = found.end == WalkEnd::found && S_ISREG(found.node->component.status.mode);
  if (is_regular) read_key_file(found, largest_key_file, file);
  known = std::make_shared<const KeyFile>(std::move(file));
  return known;
}

}  // namespace sshaudit
