// SPDX-License-Identifier: MIT
#include "gather/acl.h"

#include <acl/libacl.h>
#include <sys/acl.h>

#include <memory>
#include <optional>
#include <string>

namespace sshaudit {
namespace {

struct AclFree {
  void operator()(void* object) const { acl_free(object); }
};

std::optional<id_t> qualifier_of(acl_entry_t entry) {
  const std::unique_ptr<void, AclFree> qualifier(acl_get_qualifier(entry));
  if (!qualifier) return std::nullopt;
  return *static_cast<const id_t*>(qualifier.get());
}

unsigned permissions_of(acl_entry_t entry) {
  acl_permset_t set = nullptr;
  if (acl_get_permset(entry, &set) != 0) return 0;
  unsigned permissions = 0;
  if (acl_get_perm(set, ACL_READ) == 1) permissions |= 4U;
  if (acl_get_perm(set, ACL_WRITE) == 1) permissions |= 2U;
  if (acl_get_perm(set, ACL_EXECUTE) == 1) permissions |= 1U;
  return permissions;
}

std::optional<AclEntry> group_class_entry(acl_entry_t entry) {
  acl_tag_t tag = ACL_UNDEFINED_TAG;
  if (acl_get_tag_type(entry, &tag) != 0) return std::nullopt;
  if (tag == ACL_GROUP_OBJ) return AclEntry{AclEntry::Kind::owning_group, 0, permissions_of(entry)};
  if (tag != ACL_USER && tag != ACL_GROUP) return std::nullopt;
  const auto id = qualifier_of(entry);
  if (!id) return std::nullopt;
  return AclEntry{tag == ACL_USER ? AclEntry::Kind::user : AclEntry::Kind::group, *id, permissions_of(entry)};
}

}  // namespace

std::vector<AclEntry> read_acl(int fd) {
  const std::string path = "/proc/self/fd/" + std::to_string(fd);  // the only way to an ACL by an O_PATH descriptor
  const std::unique_ptr<std::remove_pointer_t<acl_t>, AclFree> acl(acl_get_file(path.c_str(), ACL_TYPE_ACCESS));
  std::vector<AclEntry> entries;
  if (!acl || acl_equiv_mode(acl.get(), nullptr) == 0) return entries;
  acl_entry_t entry = nullptr;
  for (int which = ACL_FIRST_ENTRY; acl_get_entry(acl.get(), which, &entry) == 1; which = ACL_NEXT_ENTRY) {
    if (const auto found = group_class_entry(entry)) entries.push_back(*found);
  }
  return entries;
}

}  // namespace sshaudit
