// SPDX-License-Identifier: MIT
// Acting as an account towards the file system, the way sshd does before it opens a key file (uidswap.c:
// temporarily_use_uid): permission checks, ACLs and NFS servers see the account, and root's rights are gone.
#pragma once

#include "sshaudit/account.h"
#include "sshaudit/result.h"

namespace sshaudit {

// The user id that file access of this thread has now.
uid_t file_access_uid();

// The process is the account from here on, and has no way back. An error when the kernel does not allow that, or would
// let it become root again: then nothing may be done with it any more. Nothing is given up for uid 0.
Result<void> give_up_root(const Identity& identity);

// The identity of this thread's file access. One object at a time; on destruction the first identity is back.
class FileIdentity {
 public:
  FileIdentity();
  FileIdentity(const FileIdentity&) = delete;
  FileIdentity& operator=(const FileIdentity&) = delete;
  ~FileIdentity();

  // File access is that of `identity` from here on. An error when the kernel does not allow it (not root, or a uid
  // that the user namespace does not map): the identity is then the first one.
  Result<void> become(const Identity& identity);

  // Back to the identity of the process.
  void restore();

  // Back to its user id alone, which for root is back to all its rights: cheaper than restore() between two accounts.
  void restore_user();

  // Whether `identity` is the one that file access already has.
  bool is(const Identity& identity) const { return identity == current_; }

  const Identity& current() const { return current_; }

 private:
  bool set(const Identity& identity);

  Identity first_;
  Identity current_;
};

}  // namespace sshaudit
