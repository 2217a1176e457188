// SPDX-License-Identifier: MIT
#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "rules/account_rules.h"
#include "rules/key_file_rules.h"
#include "rules/remedies.h"
#include "rules/wording.h"

namespace sshaudit {
namespace {

using Details = std::vector<Detail>;

// auth2-pubkeyfile.c: auth_openfile. From 10.0 on the search for matches swallows what stops in a directory.
std::string open_log(const KeyFileSubject& subject, const Context& context, int errnum) {
  const bool in_directory =
      subject.file.walk.end == WalkEnd::not_searchable || subject.file.walk.end == WalkEnd::not_directory;
  if (!context.facts.logs_open_failures || (context.facts.globs_key_files && in_directory)) return {};
  return fmt::format("Could not open user '{}' authorized keys '{}': {}", subject.evidence.account.name,
                     subject.file.path, errno_in_words(errnum));
}

// In a sticky directory that everybody may write and search, it is the link that the kernel does not follow.
Detail link_not_followed(const KeyFileSubject& subject, const Context& context) {
  const auto& walk = subject.file.walk;
  return {.path = walk.stopped_at,
          .message = fmt::format("{} is a link that the kernel does not follow for {} (fs.protected_symlinks)",
                                 walk.stopped_at, subject.evidence.account.name),
          .sshd_logs = open_log(subject, context, EACCES),
          .expected =
              fmt::format("a link that belongs to {} or to the owner of the directory", subject.evidence.account.name),
          .actual = "a link of somebody else in a sticky directory",
          .remedy = {{}, "put a file with the public keys in place of what leads there"}};
}

// What the account reaches by a link of its own is never opened to it.
Remedy instead_of_link(const PathWalk& walk) {
  return {{}, fmt::format("put a file of the account's own in place of the link {}", walk.links.back().path)};
}

Detail not_searchable(const KeyFileSubject& subject, const Context& context) {
  const auto& walk = subject.file.walk;
  const auto& account = subject.evidence.account;
  const auto& directory = walk.components.back();
  Remedy remedy{{}, fmt::format("{} needs search permission (x) for {}", directory.path, account.name)};
  if (!by_link(walk, directory.path).empty()) remedy = instead_of_link(walk);
  if (is_private_to(directory.path, subject.evidence, context.accounts)) {
    remedy = directory.status.uid == account.uid
                 ? give_permission(directory, S_IXUSR, subject.evidence, context.accounts)
                 : give_to_account(directory, subject.evidence, context.accounts);
  }
  return {.path = directory.path,
          .message = fmt::format("{} is {}, and {} may not search it{}, so sshd cannot reach {}", directory.path,
                                 mode_and_owner(directory.status, context.accounts), account.name,
                                 by_link(walk, directory.path), subject.file.path),
          .sshd_logs = open_log(subject, context, EACCES),
          .expected = fmt::format("searchable by {}", account.name),
          .actual = mode_and_owner(directory.status, context.accounts),
          .remedy = std::move(remedy)};
}

Details path_unsearchable(const KeyFileSubject& subject, const Context& context) {
  constexpr mode_t shared = S_ISVTX | S_IWOTH | S_IXOTH;
  const auto& walk = subject.file.walk;
  if (walk.end != WalkEnd::not_searchable || walk.components.empty() || !subject.evidence.as_user) return {};
  const bool is_link = (walk.components.back().status.mode & shared) == shared;
  return {is_link ? link_not_followed(subject, context) : not_searchable(subject, context)};
}

Details key_file_unreadable(const KeyFileSubject& subject, const Context& context) {
  const auto& file = subject.file;
  const bool refused = file.open_errnum == EACCES || file.open_errnum == EPERM;
  if (!refused || file.changed || !subject.evidence.as_user) return {};
  const auto& account = subject.evidence.account;
  const auto& component = file.walk.components.back();
  Remedy remedy{{}, fmt::format("{} needs read permission for {}", component.path, account.name)};
  if (!by_link(file.walk, component.path).empty()) remedy = instead_of_link(file.walk);
  if (is_private_to(component.path, subject.evidence, context.accounts)) {
    remedy = component.status.uid == account.uid
                 ? give_permission(component, S_IRUSR, subject.evidence, context.accounts)
                 : give_to_account(component, subject.evidence, context.accounts);
  }
  return {{.path = component.path,
           .message = fmt::format("{} is {}, and {} may not read it{}", component.path,
                                  mode_and_owner(component.status, context.accounts), account.name,
                                  by_link(file.walk, component.path)),
           .sshd_logs = open_log(subject, context, file.open_errnum),
           .expected = fmt::format("readable by {}", account.name),
           .actual = mode_and_owner(component.status, context.accounts),
           .remedy = std::move(remedy)}};
}

Details key_file_not_regular(const KeyFileSubject& subject, const Context& context) {
  const auto& walk = subject.file.walk;
  if (walk.end != WalkEnd::found || S_ISREG(walk.components.back().status.mode)) return {};
  const auto& component = walk.components.back();
  const auto& user = subject.evidence.account.name;
  const auto form = context.facts.logs_open_failures ? "User '{}' authorized keys '{}' is not a regular file"
                                                     : "User {} authorized keys {} is not a regular file";
  const auto kind = kind_of(component.status.mode);
  return {
      {.path = component.path,
       .message = fmt::format("{} is {}, not a regular file{}", component.path, kind, by_link(walk, component.path)),
       .sshd_logs = subject.file.open_errnum == 0 ? fmt::format(fmt::runtime(form), user, subject.file.path)
                                                  : open_log(subject, context, subject.file.open_errnum),
       .expected = "a regular file",
       .actual = kind,
       .remedy = {{}, "move it away and put a file with the public keys in its place"}}};
}

Details key_file_dangling_link(const KeyFileSubject& subject, const Context&) {
  const auto& walk = subject.file.walk;
  if (walk.end != WalkEnd::dangling || walk.links.empty()) return {};
  const auto& link = walk.links.back();
  return {{.path = link.path,
           .message =
               fmt::format("{} is a link to {}, which does not exist: sshd finds no key there", link.path, link.target),
           .expected = "a link to something that exists",
           .actual = link.target,
           .remedy = {{}, "put a file with the public keys in place of the link, or make what it points to"}}};
}

Details path_not_directory(const KeyFileSubject& subject, const Context& context) {
  const auto& walk = subject.file.walk;
  if (walk.end != WalkEnd::not_directory || walk.components.empty()) return {};
  const auto& component = walk.components.back();
  return {{.path = component.path,
           .message = fmt::format("{} is {}, not a directory{}, so sshd cannot reach {}", component.path,
                                  kind_of(component.status.mode), by_link(walk, component.path), subject.file.path),
           .sshd_logs = open_log(subject, context, ENOTDIR),
           .expected = "a directory",
           .actual = kind_of(component.status.mode),
           .remedy = {{}, "move it away and make a directory with mode 0700 in its place"}}};
}

Details path_unresolvable(const KeyFileSubject& subject, const Context& context) {
  const auto& walk = subject.file.walk;
  if (walk.end != WalkEnd::unresolvable) return {};
  const bool loop = walk.errnum == ELOOP;
  return {{.path = walk.stopped_at,
           .message = fmt::format(
               "{} cannot be resolved: {}", subject.file.path,
               loop ? "its symbolic links lead in a circle, or are more than 40" : "a name on the way is too long"),
           .sshd_logs = open_log(subject, context, walk.errnum),
           .expected = "a path that the kernel resolves",
           .actual = errno_in_words(walk.errnum),
           .remedy = {{}, "put a file with the public keys in place of the link"}}};
}

std::string why_unseen(const KeyFileSubject& subject) {
  const auto& file = subject.file;
  if (file.walk.end == WalkEnd::automount) return "an automounter would have to mount it, and nothing is mounted";
  if (file.walk.end == WalkEnd::unseen && file.walk.errnum == 0) return "it lies in /proc, which is not looked into";
  if (file.walk.end == WalkEnd::unseen) return errno_in_words(file.walk.errnum);
  if (file.changed) return "it changed while it was looked at";
  const bool is_socket = file.open_errnum == ENXIO;
  if (file.open_errnum != 0 && file.open_errnum != EACCES && file.open_errnum != EPERM && !is_socket) {
    return errno_in_words(file.open_errnum);
  }
  return file.read_errnum == 0 ? std::string() : errno_in_words(file.read_errnum);
}

Details path_unseen(const KeyFileSubject& subject, const Context&) {
  auto reason = why_unseen(subject);
  if (reason.empty()) return {};
  const auto& walk = subject.file.walk;
  const auto& path = walk.stopped_at.empty() ? subject.file.path : walk.stopped_at;
  return {{.path = path,
           .message = fmt::format("{} could not be looked at: {}", path, reason),
           .expected = "a file that can be looked at",
           .actual = reason,
           .remedy = {{}, "look again when it can be reached"}}};
}

constexpr std::string_view as_user_why =
    "sshd opens key files with the rights of the user, not with those of root. (OpenSSH auth2-pubkey.c: "
    "temporarily_use_uid before auth_openkeyfile)";
constexpr std::string_view regular_why =
    "sshd reads keys from regular files only, and resolves their names as the kernel does. (OpenSSH "
    "auth2-pubkeyfile.c: auth_openfile; path_resolution(7))";

using R = Rule<KeyFileSubject>;
constexpr auto refuses = Effect::refuses;
constexpr auto error = Severity::error;
constexpr auto key_file = Subject::key_file;

const std::array rules = {
    R{{"path-unsearchable", key_file, refuses, error, "The user may not search a directory that leads to the key file.",
       as_user_why, "Give the user search permission: chmod u+x DIR, or chown -h USER DIR"},
      path_unsearchable},
    R{{"key-file-unreadable", key_file, refuses, error, "The user may not read the key file.", as_user_why,
       "Give the user read permission: chmod u+r FILE, or chown -h USER FILE"},
      key_file_unreadable},
    R{{"key-file-not-regular", key_file, refuses, error, "The key file is a directory, a FIFO, a socket or a device.",
       regular_why, "Put a regular file with the public keys in its place."},
      key_file_not_regular},
    R{{"key-file-dangling-link", key_file, refuses, error, "The key file is a symbolic link to nothing.", regular_why,
       "Put a regular file with the public keys in place of the link."},
      key_file_dangling_link},
    R{{"path-not-directory", key_file, refuses, error, "Something that leads to the key file is not a directory.",
       regular_why, "Put a directory with mode 0700 in its place."},
      path_not_directory},
    R{{"path-unresolvable", key_file, refuses, error, "The name of the key file cannot be resolved.", regular_why,
       "Put a regular file with the public keys in place of the link."},
      path_unresolvable},
    R{{"path-unseen", key_file, Effect::unknown, Severity::notice, "The key file could not be looked at.",
       "What was not seen is not judged: sshd may accept or refuse.", "Look again when the path can be reached."},
      path_unseen},
};

}  // namespace

// A file below a home that is not there is none of the key file's fault; and where nobody is expected to log in, a
// directory of somebody else's that the account may not enter is not its own either.
bool holds_no_keys(const KeyFile& file, const AccountEvidence& evidence) {
  const auto& walk = file.walk;
  if (walk.end == WalkEnd::missing || !file.hidden_exists) return true;
  const auto& home_field = evidence.account.home;
  const bool below_home = !home_field.empty() && file.path.size() > home_field.size() &&
                          file.path.starts_with(home_field) && file.path[home_field.size()] == '/';
  const bool home_is_gone = evidence.home.end == WalkEnd::missing || evidence.home.end == WalkEnd::dangling;
  const bool home_is_directory = evidence.home.end == WalkEnd::found && !evidence.home.components.empty() &&
                                 S_ISDIR(evidence.home.components.back().status.mode);
  if (below_home && (home_is_gone || (evidence.home.end == WalkEnd::found && !home_is_directory))) return true;
  const bool shut_out = walk.end == WalkEnd::not_searchable || file.open_errnum == EACCES;
  if (shut_out && !walk.components.empty()) {
    const bool own = walk.components.back().status.uid == evidence.account.uid;
    return !own && !is_expected(evidence);
  }
  return is_read_whole(file) && file.key_lines == 0;
}

bool is_read_whole(const KeyFile& file) {
  return file.walk.end == WalkEnd::found && S_ISREG(file.walk.components.back().status.mode) && !file.changed &&
         file.open_errnum == 0 && file.read_errnum == 0 && !file.truncated;
}

bool has_keys(const AccountEvidence& evidence) {
  const auto& run = evidence.keys_command;
  const bool has_printed = run && run->end == KeysCommandEnd::exited && run->status == 0 && run->key_lines > 0;
  return has_printed ||
         std::ranges::any_of(evidence.key_files, [&](const auto& file) { return !holds_no_keys(file, evidence); });
}

std::span<const Rule<KeyFileSubject>> open_rules() { return rules; }

}  // namespace sshaudit
