// SPDX-License-Identifier: MIT
#include "remedy/target.h"

#include <acl/libacl.h>
#include <fcntl.h>
#include <sys/acl.h>
#include <sys/stat.h>

#include <cerrno>

#include "gather/file_status.h"
#include "gather/read_file.h"

namespace sshaudit {
namespace {

constexpr std::size_t largest_key_file = 16UL * 1024 * 1024;

struct AclFree {
  void operator()(void* object) const { acl_free(object); }
};

std::string acl_text(int fd) {
  const std::unique_ptr<std::remove_pointer_t<acl_t>, AclFree> acl(
      acl_get_file(path_of_descriptor(fd).c_str(), ACL_TYPE_ACCESS));
  if (!acl || acl_equiv_mode(acl.get(), nullptr) == 0) return {};
  const std::unique_ptr<char, AclFree> text(acl_to_any_text(acl.get(), nullptr, ',', TEXT_NUMERIC_IDS));
  return text ? text.get() : std::string();
}

std::int64_t birth_of(int fd) {
  constexpr std::int64_t second = 1'000'000'000;
  struct statx file {};
  const bool known = statx(fd, "", AT_EMPTY_PATH, STATX_BTIME, &file) == 0 && (file.stx_mask & STATX_BTIME) != 0;
  return known ? file.stx_btime.tv_sec * second + file.stx_btime.tv_nsec : 0;
}

Error in_the_way(const Resolution& found, const std::string& path) {
  if (found.end == WalkEnd::found || !found.links.empty()) return {"a link is on the way now", path, 0};
  return {"cannot be reached", path, found.errnum};
}

}  // namespace

std::string path_of_descriptor(int fd) { return "/proc/self/fd/" + std::to_string(fd); }

Result<Target> open_target(const std::string& path) {
  auto resolver = PathResolver::open("/");
  if (!resolver) return tl::unexpected(resolver.error());
  const auto found = resolver->resolve(path);
  const bool is_plain = found.end == WalkEnd::found && found.links.empty() && found.node->component.path == path;
  if (!is_plain) return tl::unexpected(in_the_way(found, path));
  Target target;
  target.fd = open_node(*found.node);
  SeenFile seen;
  if (!target.fd || !look_at(target.fd.get(), "", AT_EMPTY_PATH, seen))
    return tl::unexpected(errno_error("open", path));
  target.status = seen.status;
  target.mark = {seen.status.device, seen.status.inode, birth_of(target.fd.get())};
  target.directory = found.node->parent;
  target.name = path.substr(path.rfind('/') + 1);
  return target;
}

FileState state_of(const Target& target) {
  SeenFile seen;
  if (!look_at(target.fd.get(), "", AT_EMPTY_PATH, seen)) return {};
  return {seen.status.mode, seen.status.uid, seen.status.gid, acl_text(target.fd.get())};
}

bool is_same_mount(int one, int other) {
  const auto mount_of = [](int fd) {
    const auto text = read_file("/proc/self/fdinfo/" + std::to_string(fd), 4096).value_or("");
    const auto at = text.find("mnt_id:");
    return at == std::string::npos ? std::string() : text.substr(at, text.find('\n', at) - at);
  };
  const auto mount = mount_of(one);
  return !mount.empty() && mount == mount_of(other);
}

Result<std::string> read_target(const Target& target) {
  const Fd fd(open(path_of_descriptor(target.fd.get()).c_str(), O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
  if (!fd) return tl::unexpected(errno_error("open", target.name));
  return read_open_file(fd.get(), target.name, largest_key_file);
}

}  // namespace sshaudit
