// SPDX-License-Identifier: MIT
#include "remedy/new_text.h"

#include <dirent.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <memory>

#include "gather/file_status.h"
#include "gather/read_file.h"

namespace sshaudit {
namespace {

constexpr mode_t permissions = 01777;  // a text is no program of anybody

// A file that is not finished, removed again unless it is put in place.
class Draft {
 public:
  // Errors are told of the file that it is for.
  Draft(int directory, const RecordedStep& step) : directory_(directory), name_(step.temporary), path_(step.path) {}
  Draft(const Draft&) = delete;
  Draft& operator=(const Draft&) = delete;
  ~Draft() {
    if (file_) unlinkat(directory_, name_.c_str(), 0);
  }

  Result<void> write(std::string_view text) {
    file_ = Fd(openat(directory_, name_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
    if (!file_) return tl::unexpected(errno_error("write", path_));
    while (!text.empty()) {
      const auto done = ::write(file_.get(), text.data(), text.size());
      if (done < 0 && errno == EINTR) continue;
      if (done < 0) return tl::unexpected(errno_error("write", path_));
      text.remove_prefix(static_cast<std::size_t>(done));
    }
    return {};
  }

  int fd() const { return file_.get(); }
  void is_in_place() { file_ = Fd(); }

 private:
  int directory_;
  std::string name_;
  std::string path_;
  Fd file_;
};

// Signatures of the old text would be wrong for the new one, and rights go to no other text.
bool is_copied(const std::string& attribute) {
  return attribute != "security.ima" && attribute != "security.evm" && attribute != "security.capability";
}

// The label and the ACL are among them.
bool copy_attributes(int from, int to) {
  const auto source = path_of_descriptor(from);
  std::string names(static_cast<std::size_t>(XATTR_LIST_MAX), '\0');
  const auto size = listxattr(source.c_str(), names.data(), names.size());
  if (size < 0) return errno == ENOTSUP;
  names.resize(static_cast<std::size_t>(size));
  std::string value(static_cast<std::size_t>(XATTR_SIZE_MAX), '\0');
  for (std::size_t at = 0; at < names.size(); at = names.find('\0', at) + 1) {
    const std::string name = names.c_str() + at;
    const auto length = is_copied(name) ? getxattr(source.c_str(), name.c_str(), value.data(), value.size()) : -1;
    if (length < 0) continue;
    if (fsetxattr(to, name.c_str(), value.data(), static_cast<std::size_t>(length), 0) != 0) return false;
  }
  return true;
}

// As root; what is right already is not asked for, since not every server of NFS would allow it.
Result<void> dress(int fd, const FileState& state, int like, const std::string& path) {
  struct stat now {};
  bool done = fstat(fd, &now) == 0;
  const bool is_owned = now.st_uid == state.uid && now.st_gid == state.gid;
  done = done && (is_owned || fchown(fd, state.uid, state.gid) == 0);
  done = done && (like < 0 || copy_attributes(like, fd));
  const bool has_stray_acl = state.acl.empty() && fremovexattr(fd, "system.posix_acl_access") != 0;
  done = done && (!has_stray_acl || errno == ENODATA || errno == ENOTSUP);  // the directory may hand one down
  done = done && fstat(fd, &now) == 0;
  done =
      done && ((now.st_mode & permissions) == (state.mode & permissions) || fchmod(fd, state.mode & permissions) == 0);
  done = done && fsync(fd) == 0;
  if (!done) return tl::unexpected(errno_error("write", path));
  return {};
}

// What runs that were cut off have left beside the file. Only one run writes at a time.
void remove_old_drafts(int directory, const RecordedStep& step) {
  const auto name = step.path.substr(step.path.rfind('/') + 1);
  const int copy = openat(directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  const std::unique_ptr<DIR, int (*)(DIR*)> stream(copy < 0 ? nullptr : fdopendir(copy), closedir);
  if (!stream) return;
  while (const auto* entry = readdir(stream.get())) {  // NOLINT(concurrency-mt-unsafe): the stream is this thread's own
    if (std::string_view(entry->d_name).starts_with("." + name + ".sshaudit-")) unlinkat(directory, entry->d_name, 0);
  }
}

int rename_in(int directory, const std::string& from, const std::string& to, unsigned flags) {
  return renameat2(directory, from.c_str(), directory, to.c_str(), flags);
}

bool is_target(int directory, const std::string& name, const Target& target) {
  SeenFile seen;
  return look_at(directory, name.c_str(), AT_SYMLINK_NOFOLLOW, seen) && seen.status.device == target.mark.device &&
         seen.status.inode == target.mark.inode;
}

bool has_text(const Target& target, const std::string& text, FileIdentity& identity) {
  const auto current = identity.current();
  identity.restore();
  const auto now = read_target(target);
  return identity.become(current).has_value() && now && *now == text;
}

// What came out is looked at before it is removed.
Result<void> exchange(const RecordedStep& step, const Target& target, int directory, Draft& draft,
                      FileIdentity& identity) {
  const Error changed{"changed meanwhile, so nothing is done to it", step.path, 0};
  if (!is_target(directory, target.name, target)) return tl::unexpected(changed);
  if (rename_in(directory, step.temporary, target.name, RENAME_EXCHANGE) != 0) {
    if (errno != EINVAL && errno != ENOSYS) return tl::unexpected(errno_error("write", step.path));
    if (!has_text(target, step.text_before, identity)) return tl::unexpected(changed);
    if (rename_in(directory, step.temporary, target.name, 0) == 0) return {};  // not every file system can exchange
    return tl::unexpected(errno_error("write", step.path));
  }
  if (is_target(directory, step.temporary, target) && has_text(target, step.text_before, identity)) {
    unlinkat(directory, step.temporary.c_str(), 0);
    return {};
  }
  if (rename_in(directory, step.temporary, target.name, RENAME_EXCHANGE) == 0) return tl::unexpected(changed);
  // Under a name that nobody removes as a draft.
  const auto kept = target.name + step.temporary.substr(target.name.size() + 1);
  const bool has_name = rename_in(directory, step.temporary, kept, RENAME_NOREPLACE) == 0;
  draft.is_in_place();
  return tl::unexpected(Error{
      "changed meanwhile; what it was then is beside it, as " + (has_name ? kept : step.temporary), step.path, 0});
}

void keep_name(int directory) {
  const Fd readable(openat(directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (readable) fsync(readable.get());
}

}  // namespace

Result<void> act_in(int fd, const FileStatus& directory, const Identity& account, FileIdentity& identity) {
  if (directory.uid == account.uid) return identity.become(account);
  identity.restore();
  if (directory.uid == 0 && (directory.mode & (S_IWGRP | S_IWOTH)) == 0) return {};
  // Its own group, which sshd forgives: what it does there it can do with its own rights.
  const bool is_for_groups = directory.uid == 0 && (directory.mode & S_IWOTH) == 0;
  if (is_for_groups && identity.become(account) && faccessat(fd, "", W_OK | X_OK, AT_EMPTY_PATH | AT_EACCESS) == 0) {
    return {};
  }
  identity.restore();
  return tl::unexpected(Error{"somebody else may write its directory, so nothing is put there", "", 0});
}

// A file of root's is root's from the beginning: the account could open or link a draft of its own before it is given
// away, and would have a file of root's to write.
Result<void> replace_text(const RecordedStep& step, const Target& target, FileIdentity& identity) {
  if (auto done = act_in(target.directory->fd.get(), target.directory->component.status, step.identity, identity);
      !done)
    return done;
  const auto hand = identity.current();
  const int directory = target.directory->fd.get();
  remove_old_drafts(directory, step);
  if (step.after.uid != hand.uid) identity.restore();
  Draft draft(directory, step);
  auto done = draft.write(step.text_after);
  identity.restore();
  if (done) done = dress(draft.fd(), step.after, target.fd.get(), step.path);
  if (auto back = identity.become(hand); !back) return back;
  if (done) done = exchange(step, target, directory, draft, identity);
  if (!done) return done;
  draft.is_in_place();
  keep_name(directory);
  return {};
}

Result<void> make_file(const RecordedStep& step, const Target& directory, FileIdentity& identity) {
  if (auto done = act_in(directory.fd.get(), directory.status, step.identity, identity); !done) return done;
  if (directory.status.uid != step.after.uid) {
    return tl::unexpected(Error{"its directory belongs to somebody else by now", step.path, 0});
  }
  const auto name = step.path.substr(step.path.rfind('/') + 1);
  const auto hand = identity.current();
  remove_old_drafts(directory.fd.get(), step);
  if (step.after.uid != hand.uid) identity.restore();
  Draft draft(directory.fd.get(), step);
  auto done = draft.write(step.text_after);
  identity.restore();
  if (done) done = dress(draft.fd(), step.after, -1, step.path);
  if (auto back = identity.become(hand); !back) return back;
  if (!done) return done;
  bool placed = rename_in(directory.fd.get(), step.temporary, name, RENAME_NOREPLACE) == 0;
  if (!placed && (errno == EINVAL || errno == ENOSYS)) {
    placed = linkat(directory.fd.get(), step.temporary.c_str(), directory.fd.get(), name.c_str(), 0) == 0;
    if (placed) unlinkat(directory.fd.get(), step.temporary.c_str(), 0);
  }
  if (!placed) return tl::unexpected(errno_error("write", step.path));
  draft.is_in_place();
  keep_name(directory.fd.get());
  return {};
}

// Where the account may write, the account makes it, and nothing is given to it: by then it may have put something of
// root's in its place.
Result<void> make_directory(const RecordedStep& step, const Target& above, FileIdentity& identity) {
  if (auto done = act_in(above.fd.get(), above.status, step.identity, identity); !done) return done;
  const bool is_given = identity.current().uid != step.identity.uid;
  const auto name = step.path.substr(step.path.rfind('/') + 1);
  if (mkdirat(above.fd.get(), name.c_str(), step.after.mode & permissions) != 0) {
    return tl::unexpected(errno_error("make directory", step.path));
  }
  identity.restore();
  if (is_given) {
    const Fd made(openat(above.fd.get(), name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (!made || fchown(made.get(), step.after.uid, step.after.gid) != 0) {
      const auto error = errno_error("make directory", step.path);
      unlinkat(above.fd.get(), name.c_str(), AT_REMOVEDIR);
      return tl::unexpected(error);
    }
  }
  keep_name(above.fd.get());
  return {};
}

}  // namespace sshaudit
