// SPDX-License-Identifier: MIT
#include "rules/file_systems.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace sshaudit {
namespace {

struct TypeRow {
  std::string_view type;
  Modes modes;
  std::string_view advice;
};

constexpr std::string_view of_fat =
    "mount it with uid=, gid= and umask=077, or keep the key file on a file system that stores modes";
constexpr std::string_view of_cifs =
    "mount it with uid=, forceuid, file_mode=0600 and dir_mode=0700, or keep the key file on a file system that stores "
    "modes";

constexpr std::array types = {
    TypeRow{"vfat", Modes::made_up, of_fat},
    TypeRow{"exfat", Modes::made_up, of_fat},
    TypeRow{"ntfs", Modes::made_up, of_fat},
    TypeRow{"ntfs3", Modes::made_up, of_fat},
    TypeRow{"cifs", Modes::made_up, of_cifs},
    TypeRow{"smbfs", Modes::made_up, of_cifs},
    TypeRow{"vboxsf", Modes::made_up, "mount it with uid=, dmode=0700 and fmode=0600, or keep the key file elsewhere"},
    TypeRow{"9p", Modes::made_up,
            "on WSL set options = \"metadata\" under [automount] in /etc/wsl.conf and start it anew, or keep the key "
            "file on the Linux file system"},
    TypeRow{
        "fuse", Modes::perhaps_made_up,
        "if it has no effect, see which mount options of the file system set modes, or keep the key file elsewhere"},
};

const TypeRow* row_of(std::string_view type) {
  const auto* const row = std::ranges::find(types, type, &TypeRow::type);
  return row == types.end() ? nullptr : row;
}

}  // namespace

Modes modes_of(std::string_view file_system_type) {
  const auto* const row = row_of(file_system_type);
  return row == nullptr ? Modes::kept : row->modes;
}

std::string_view advice_for(std::string_view file_system_type) {
  const auto* const row = row_of(file_system_type);
  return row == nullptr ? std::string_view() : row->advice;
}

std::string obstacle_to_change(const PathComponent& component) {
  const auto& [type, read_only, full] = component.file_system;
  if (modes_of(type) == Modes::made_up) {
    return fmt::format("chmod and chown have no effect on {} ({}): {}", component.path, type, advice_for(type));
  }
  if (read_only) {
    return fmt::format("{} is on a read-only mount: change it where it comes from, or remount it writable first",
                       component.path);
  }
  if (component.attributes.immutable || component.attributes.append_only) {
    return fmt::format(
        "{} has the flag {}, with which its owner and mode cannot be changed: find out who set it before "
        "chattr takes it away",
        component.path, component.attributes.immutable ? "+i (immutable)" : "+a (append only)");
  }
  return {};
}

}  // namespace sshaudit
