// SPDX-License-Identifier: MIT
#include "gather/home_lock.h"

#include <fcntl.h>
#include <sys/ioctl.h>

#if __has_include(<linux/fscrypt.h>)
#include <linux/fscrypt.h>
#endif

#include <algorithm>
#include <cstring>
#include <string>

#include "gather/fd.h"

namespace sshaudit {
namespace {

bool is_there(PathResolver& resolver, const std::string& path) { return resolver.resolve(path).end == WalkEnd::found; }

// The kernel says whether it has the key of the directory. It cannot for keys of the first kind (v1), which are in
// somebody's keyring.
#ifdef FS_IOC_GET_ENCRYPTION_KEY_STATUS
bool lacks_key(const PathNode& directory) {
  const Fd fd(openat(fd_of(directory), ".", O_RDONLY | O_DIRECTORY | O_NONBLOCK | O_CLOEXEC));
  fscrypt_get_policy_ex_arg policy{};
  policy.policy_size = sizeof policy.policy;
  if (!fd || ioctl(fd.get(), FS_IOC_GET_ENCRYPTION_POLICY_EX, &policy) != 0) return false;
  if (policy.policy.version != FSCRYPT_POLICY_V2) return false;
  fscrypt_get_key_status_arg status{};
  status.key_spec.type = FSCRYPT_KEY_SPEC_TYPE_IDENTIFIER;
  std::memcpy(status.key_spec.u.identifier, policy.policy.v2.master_key_identifier, FSCRYPT_KEY_IDENTIFIER_SIZE);
  if (ioctl(fd.get(), FS_IOC_GET_ENCRYPTION_KEY_STATUS, &status) != 0) return false;
  return status.status == FSCRYPT_KEY_STATUS_ABSENT;
}
#else
bool lacks_key(const PathNode&) { return false; }
#endif

// systemd-homed keeps a home that is not active beside its place (systemd-homed.service(8)).
HomeLock lock_of_homed(PathResolver& resolver, const std::string& home) {
  for (const auto* const suffix : {".home", ".homedir"}) {
    if (is_there(resolver, home + suffix)) return {HomeLock::Kind::homed, home + suffix};
  }
  return {};
}

// What ecryptfs-setup-private leaves in the place where the home is to be mounted.
HomeLock lock_of_ecryptfs(PathResolver& resolver, const std::string& home) {
  const auto marker = home + "/Access-Your-Private-Data.desktop";
  return is_there(resolver, marker) ? HomeLock{HomeLock::Kind::ecryptfs, marker} : HomeLock{};
}

}  // namespace

HomeLock find_home_lock(PathResolver& resolver, const Account& account, const PathWalk& home) {
  if (account.home.size() < 2) return {};
  if (home.end == WalkEnd::missing) return lock_of_homed(resolver, account.home);
  if (home.end != WalkEnd::found) return {};
  const auto& component = home.components.back();
  if (component.attributes.encrypted) {
    const auto found = resolver.resolve_directory(account.home);
    const bool locked = found.end == WalkEnd::found && fd_of(*found.node) >= 0 && lacks_key(*found.node);
    return locked ? HomeLock{HomeLock::Kind::fscrypt, component.path} : HomeLock{};
  }
  return component.file_system.type == "ecryptfs" ? HomeLock{} : lock_of_ecryptfs(resolver, account.home);
}

}  // namespace sshaudit
