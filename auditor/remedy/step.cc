// SPDX-License-Identifier: MIT
#include "remedy/step.h"

#include <acl/libacl.h>
#include <fcntl.h>
#include <openssl/sha.h>
#include <sys/acl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <memory>
#include <string>
#include <utility>

#include "gather/read_file.h"
#include "parse/base64.h"

namespace sshaudit {
namespace {

using Kind = RecordedStep::Kind;

struct AclFree {
  void operator()(void* object) const { acl_free(object); }
};
using Acl = std::unique_ptr<std::remove_pointer_t<acl_t>, AclFree>;

bool set_permission(acl_entry_t entry, acl_perm_t permission, bool on) {
  acl_permset_t set = nullptr;
  if (acl_get_permset(entry, &set) != 0) return false;
  return (on ? acl_add_perm(set, permission) : acl_delete_perm(set, permission)) == 0;
}

bool change_entry(acl_entry_t entry, const Change& change) {
  acl_tag_t tag = ACL_UNDEFINED_TAG;
  if (acl_get_tag_type(entry, &tag) != 0) return false;
  if (tag == ACL_OTHER) return (change.take & S_IWOTH) == 0 || set_permission(entry, ACL_WRITE, false);
  if (tag != ACL_USER_OBJ) return (change.take & S_IWGRP) == 0 || set_permission(entry, ACL_WRITE, false);
  return ((change.give & S_IRUSR) == 0 || set_permission(entry, ACL_READ, true)) &&
         ((change.give & S_IXUSR) == 0 || set_permission(entry, ACL_EXECUTE, true));
}

// Each entry of the group class loses the permission, and the mask with them.
std::optional<std::string> changed_acl(const std::string& text, const Change& change) {
  const Acl acl(acl_from_text(text.c_str()));
  acl_entry_t entry = nullptr;
  if (!acl) return std::nullopt;
  for (int which = ACL_FIRST_ENTRY; acl_get_entry(acl.get(), which, &entry) == 1; which = ACL_NEXT_ENTRY) {
    if (!change_entry(entry, change)) return std::nullopt;
  }
  const std::unique_ptr<char, AclFree> changed(acl_to_any_text(acl.get(), nullptr, ',', TEXT_NUMERIC_IDS));
  return changed ? std::optional<std::string>(changed.get()) : std::nullopt;
}

// chmod(2) by somebody who is not in the group takes the set-group-ID bit away.
bool is_enough(const RecordedStep& step) {
  const auto& identity = step.identity;
  const bool in_group = identity.gid == step.before.gid ||
                        std::ranges::find(identity.supplementary, step.before.gid) != identity.supplementary.end();
  const bool keeps_bits = ((step.before.mode | step.after.mode) & S_ISGID) == 0 || in_group;
  return step.kind != Kind::owner && step.before.uid == identity.uid && keeps_bits;
}

int change(const RecordedStep& step, const Target& target) {
  const auto path = path_of_descriptor(target.fd.get());
  constexpr mode_t permissions = 07777;
  if (step.kind == Kind::owner) return fchownat(target.fd.get(), "", step.after.uid, step.after.gid, AT_EMPTY_PATH);
  if (step.kind == Kind::mode) return chmod(path.c_str(), step.after.mode & permissions);
  const Acl acl(acl_from_text(step.after.acl.c_str()));
  return acl ? acl_set_file(path.c_str(), ACL_TYPE_ACCESS, acl.get()) : -1;
}

}  // namespace

Result<std::vector<RecordedStep>> steps_of(const Plan& plan, const Change& wanted, const Target& target) {
  std::vector<RecordedStep> steps;
  RecordedStep step{.user = plan.account.name,
                    .identity = plan.identity,
                    .path = wanted.path,
                    .file = target.mark,
                    .before = state_of(target)};
  if (wanted.owner && *wanted.owner != step.before.uid) {
    step.kind = Kind::owner;
    step.after = step.before;
    step.after.uid = *wanted.owner;
    if (S_ISREG(step.before.mode)) {
      const auto digest = text_digest(target);
      if (!digest) return tl::unexpected(digest.error());
      step.text_before = *digest;
    }
    steps.push_back(step);
    step.text_before.clear();
    step.before = step.after;
  }
  step.after.mode = (step.before.mode & ~wanted.take) | wanted.give;
  step.after.uid = step.before.uid;
  step.after.gid = step.before.gid;
  if (step.after.mode == step.before.mode) return steps;
  step.after.acl = step.before.acl;
  step.kind = step.before.acl.empty() ? Kind::mode : Kind::acl;
  if (step.kind == Kind::acl) {
    const auto acl = changed_acl(step.before.acl, wanted);
    if (!acl) return tl::unexpected(Error{"its ACL cannot be worked out", wanted.path, 0});
    step.after.acl = *acl;
  }
  steps.push_back(step);
  return steps;
}

Result<std::string> text_digest(const Target& target) {
  const auto text = read_target(target);
  if (!text) return tl::unexpected(text.error());
  std::array<unsigned char, SHA256_DIGEST_LENGTH> digest{};
  SHA256(reinterpret_cast<const unsigned char*>(text->data()), text->size(), digest.data());
  return encode_base64({reinterpret_cast<const char*>(digest.data()), digest.size()});
}

RecordedStep reversed(RecordedStep step) {
  std::swap(step.before, step.after);
  std::swap(step.text_before, step.text_after);
  return step;
}

Result<void> take_step(const RecordedStep& step, const Target& target, FileIdentity& identity) {
  if (is_enough(step)) {
    if (auto done = identity.become(step.identity); !done) return done;
  } else {
    identity.restore();
  }
  const bool done = change(step, target) == 0;
  const auto error = errno_error("cannot be changed", step.path);
  identity.restore();
  if (!done) return tl::unexpected(error);
  if (state_of(target) != step.after) return tl::unexpected(Error{"the change had no effect", step.path, 0});
  return {};
}

}  // namespace sshaudit
