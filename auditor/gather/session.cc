// SPDX-License-Identifier: MIT
#include "gather/session.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "gather/identity.h"
#include "gather/mounts.h"
#include "parse/forced_command.h"
#include "parse/key_file_name.h"

namespace sshaudit {
namespace {

constexpr std::size_t most_commands = 50;  // of one account

ChrootComponent look_at(const std::string& path, PathResolver& as_root) {
  ChrootComponent component{path, {}, 0};
  const auto found = as_root.resolve(path);
  if (found.end == WalkEnd::found) {
    component.status = found.node->component.status;
  } else {
    component.errnum = found.errnum;
    component.is_unseen = found.end == WalkEnd::unseen || found.end == WalkEnd::automount;
  }
  return component;
}

bool is_there(const ChrootComponent& component) { return component.errnum == 0 && !component.is_unseen; }

// The paths that sshd looks at one after the other, whatever links are in them.
void walk_to(ChrootEvidence& chroot, PathResolver& as_root) {
  for (auto slash = chroot.path.find('/'); slash != std::string::npos; slash = chroot.path.find('/', slash + 1)) {
    chroot.components.push_back(look_at(chroot.path.substr(0, slash + 1), as_root));
    if (!is_there(chroot.components.back())) return;
  }
  chroot.components.push_back(look_at(chroot.path, as_root));
}

// Root may run what anybody may, but only with a capability that the nightly run has not got would it be told so.
bool is_executable(const PathNode& node) {
  constexpr mode_t for_anybody = 0111;
  const auto fd = open_node(node);
  if (!S_ISREG(node.component.status.mode) || !fd) return false;
  if (faccessat(fd.get(), "", X_OK, AT_EMPTY_PATH | AT_EACCESS) == 0) return true;
  return file_access_uid() == 0 && (node.component.status.mode & for_anybody) != 0 && !forbids_programs(fd.get());
}

void add_command(AccountEvidence& evidence, std::string_view command, PathResolver& as_user) {
  const auto program = program_of_command(command);
  const bool known =
      program && std::ranges::find(evidence.commands, *program, &ForcedCommand::path) != evidence.commands.end();
  if (!program || known || evidence.commands.size() == most_commands) return;
  const auto found = as_user.resolve(*program);
  auto walk = walk_of(*program, found);
  walk.links.clear();  // long chains of them, for each command, would take much room
  if (walk.components.size() > 1) walk.components.erase(walk.components.begin(), walk.components.end() - 1);
  evidence.commands.push_back({*program, std::move(walk), found.end == WalkEnd::found && is_executable(*found.node)});
}

}  // namespace

ChrootEvidence observe_chroot(const AccountEvidence& evidence, const SshdFacts& facts, PathResolver& as_root) {
  as_root.identity_changed();  // what it remembers is held open
  ChrootEvidence chroot;
  auto path = expand_directory_name(evidence.settings.chroot_directory, evidence.account, facts);
  if (!path) {
    chroot.path = evidence.settings.chroot_directory;
    chroot.error = path.error().what;
    return chroot;
  }
  chroot.path = std::move(*path);
  if (!chroot.path.starts_with('/')) return chroot;
  walk_to(chroot, as_root);
  return chroot;
}

std::optional<PathResolver> inside_chroot(const ChrootEvidence& chroot, PathResolver& as_user,
                                          const std::string& root) {
  if (chroot.components.empty() || !is_there(chroot.components.back())) return std::nullopt;
  const auto found = as_user.resolve(chroot.path);
  if (found.end != WalkEnd::found) return std::nullopt;
  const auto& directory = found.node->component.path;
  auto inside = PathResolver::open(root == "/" ? directory : root + directory);
  if (!inside) return std::nullopt;
  inside->look_as(as_user);
  return std::move(*inside);
}

void observe_chroot_shell(const Account& account, PathResolver& inside, ChrootEvidence& chroot) {
  const auto shell = account.shell.empty() ? std::string("/bin/sh") : account.shell;
  const auto walk = inside.resolve(shell);
  chroot.shell = walk_of(shell, walk);
  chroot.has_shell = walk.end == WalkEnd::found && is_executable(*walk.node);
}

void observe_commands(AccountEvidence& evidence, const KeyTextReader& reader, PathResolver& as_user,
                      std::string_view offered) {
  if (!evidence.settings.force_command.empty()) {
    add_command(evidence, evidence.settings.force_command, as_user);
    return;
  }
  add_command(evidence, offered, as_user);
  evidence.has_sftp_keys = is_internal_sftp(offered);
  for (const auto& file : evidence.key_files) {
    if (file.text.find("ommand=") == std::string::npos && file.text.find("OMMAND=") == std::string::npos) continue;
    for (const auto& command : reader.commands(file.text)) {
      evidence.has_sftp_keys = evidence.has_sftp_keys || is_internal_sftp(command);
      add_command(evidence, command, as_user);
    }
  }
}

}  // namespace sshaudit
