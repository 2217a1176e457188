// SPDX-License-Identifier: MIT
#include "gather/identity.h"

#include <grp.h>
#include <sys/fsuid.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>

namespace sshaudit {
namespace {

constexpr uid_t ask = static_cast<uid_t>(-1);  // an id that the kernel never sets: the call only answers

}  // namespace

uid_t file_access_uid() { return static_cast<uid_t>(setfsuid(ask)); }

Result<void> give_up_root(const Identity& identity) {
  const Error error{"cannot become uid " + std::to_string(identity.uid) + " for good", "", EPERM};
  const auto count = std::min<std::size_t>(identity.supplementary.size(), NGROUPS_MAX);
  const bool done = prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
                    setgroups(count, identity.supplementary.data()) == 0 &&
                    setresgid(identity.gid, identity.gid, identity.gid) == 0 &&
                    setresuid(identity.uid, identity.uid, identity.uid) == 0;
  if (!done) return tl::unexpected(error);
  if (identity.uid == 0) return {};
  const bool can_return = setresuid(0, 0, 0) == 0 || (identity.gid != 0 && setresgid(0, 0, 0) == 0);
  if (can_return) return tl::unexpected(error);
  return {};
}

FileIdentity::FileIdentity() {
  first_.uid = geteuid();
  first_.gid = getegid();
  first_.supplementary.resize(NGROUPS_MAX);
  const int count = getgroups(NGROUPS_MAX, first_.supplementary.data());
  first_.supplementary.resize(static_cast<std::size_t>(std::max(count, 0)));
  std::erase(first_.supplementary, first_.gid);
  current_ = first_;
}

FileIdentity::~FileIdentity() { restore(); }

Result<void> FileIdentity::become(const Identity& identity) {
  if (is(identity)) return {};
  if (set(identity)) return {};
  const Error error{"cannot act as uid " + std::to_string(identity.uid), "", EPERM};
  restore();
  return tl::unexpected(error);
}

void FileIdentity::restore() { set(first_); }

void FileIdentity::restore_user() {
  if (current_.uid == first_.uid) return;
  setfsuid(first_.uid);
  current_.uid = first_.uid;
}

// setfsuid(2) reports nothing, so the outcome is asked for. CAP_SETUID and CAP_SETGID stay while it is in force.
bool FileIdentity::set(const Identity& identity) {
  if (identity.supplementary != current_.supplementary) {
    const auto count = std::min<std::size_t>(identity.supplementary.size(), NGROUPS_MAX);
    if (setgroups(count, identity.supplementary.data()) != 0) return false;
    current_.supplementary = identity.supplementary;
  }
  if (identity.gid != current_.gid) {
    setfsgid(identity.gid);
    if (static_cast<gid_t>(setfsgid(ask)) != identity.gid) return false;
    current_.gid = identity.gid;
  }
  if (identity.uid != current_.uid) {
    setfsuid(identity.uid);
    if (file_access_uid() != identity.uid) return false;
    current_.uid = identity.uid;
  }
  return true;
}

}  // namespace sshaudit
