// SPDX-License-Identifier: MIT
#include "gather/path_resolver.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <cstdlib>

#include "gather/acl.h"
#include "gather/file_status.h"
#include "gather/identity.h"
#include "gather/mounts.h"
#include "gather/read_file.h"

namespace sshaudit {
namespace {

constexpr std::size_t most_links = 40;  // path_resolution(7)
constexpr std::size_t most_public_directories = 256;
constexpr std::size_t deepest = 256;  // each level holds a descriptor

bool open_to_all(const PathNode& node) {
  constexpr mode_t search_for_all = 0111;
  return (node.component.status.mode & search_for_all) == search_for_all && read_acl(fd_of(node)).empty();
}

void stop(Resolution& resolution, WalkEnd end, int errnum, std::string at) {
  resolution.end = end;
  resolution.errnum = errnum;
  resolution.stopped_at = std::move(at);
}

void stop_by_errno(Resolution& resolution, std::string at) {
  const int errnum = errno;
  WalkEnd end = WalkEnd::unseen;
  if (errnum == ENOENT) end = WalkEnd::missing;
  if (errnum == EACCES) end = WalkEnd::not_searchable;
  if (errnum == ENOTDIR) end = WalkEnd::not_directory;
  if (errnum == ELOOP || errnum == ENAMETOOLONG) end = WalkEnd::unresolvable;
  stop(resolution, end, errnum, std::move(at));
}

std::string child_path(const PathNode& directory, std::string_view name) {
  std::string path = directory.parent ? directory.component.path : std::string();
  return path.append("/").append(name);
}

std::vector<PathComponent> chain_of(const PathNode& last) {
  std::vector<PathComponent> chain(last.depth + 1);
  for (const PathNode* node = &last; node != nullptr; node = node->parent.get()) {
    constexpr mode_t group_write = 020;
    auto& component = chain[node->depth];
    component = node->component;
    if ((component.status.mode & group_write) != 0) component.acl = read_acl(open_node(*node).get());
  }
  return chain;
}

// A trailing slash asks for a directory, as "/." does.
std::string last_component(std::string_view path, std::size_t slash) {
  std::string last(path.substr(slash + 1));
  return last.empty() ? "." : last;
}

// Where the directory itself cannot be opened any more, errno says why.
Fd open_below(const PathNode& directory, const std::string& name, int flags) {
  const int at = fd_of(directory);
  return at < 0 ? Fd() : Fd(openat(at, name.c_str(), flags | O_NOFOLLOW | O_CLOEXEC));
}

Fd open_again(const PathNode& node, int flags) {
  return open_below(*node.parent, node.component.path.substr(node.component.path.rfind('/') + 1), flags);
}

// Whether nobody but root can change what is in the directory: what was looked at there is what will be opened. Where
// the group may not write, no entry of an ACL lets anybody write either.
bool is_fixed(const PathNode& directory) {
  constexpr mode_t others_write = 022;
  const auto& component = directory.component;
  return S_ISDIR(component.status.mode) && component.status.uid == 0 && (component.status.mode & others_write) == 0 &&
         component.file_system.type.empty() && !directory.automounter;
}

// In one step through a directory that is not open: no link can have taken its place.
Fd open_through(const PathNode& directory, const std::string& name) {
  if (directory.fd || !directory.parent || !directory.parent->fd) return Fd();
  const auto& path = directory.component.path;
  const auto below = path.substr(path.rfind('/') + 1).append("/").append(name);
  open_how how{O_PATH | O_NOFOLLOW | O_CLOEXEC, 0, RESOLVE_NO_SYMLINKS};
  return Fd(static_cast<int>(syscall(SYS_openat2, directory.parent->fd.get(), below.c_str(), &how, sizeof how)));
}

Fd open_in(const PathNode& directory, const std::string& name) {
  Fd fd = open_through(directory, name);  // not before Linux 5.6
  return fd ? std::move(fd) : open_below(directory, name, O_PATH);
}

}  // namespace

int fd_of(const PathNode& node) {
  if (!node.fd && node.parent && S_ISDIR(node.component.status.mode)) node.fd = open_again(node, O_PATH);
  return node.fd.get();
}

Fd open_node(const PathNode& node) {
  return node.fd ? Fd(fcntl(node.fd.get(), F_DUPFD_CLOEXEC, 0)) : open_again(node, O_PATH);
}

Fd open_for_reading(const PathNode& node) { return open_again(node, O_RDONLY | O_NONBLOCK | O_NOCTTY); }

PathWalk walk_of(std::string_view requested, const Resolution& resolution) {
  return {.requested = std::string(requested),
          .end = resolution.end,
          .components = chain_of(*resolution.node),
          .links = resolution.links,
          .stopped_at = resolution.stopped_at,
          .errnum = resolution.errnum};
}

Result<PathResolver> PathResolver::open(const std::string& root) {
  auto node = std::make_shared<PathNode>();
  node->fd = Fd(::open(root.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  SeenFile seen;
  if (!node->fd || !look_at(node->fd.get(), "", AT_EMPTY_PATH, seen)) return tl::unexpected(errno_error("open", root));
  node->component = {"/", seen.status, look_at_mount(node->fd.get()).state, seen.attributes, {}};
  std::array<char, PATH_MAX> real{};
  PathResolver resolver(realpath(root.c_str(), real.data()) == nullptr ? root : real.data());
  resolver.root_open_to_all_ = open_to_all(*node);
  resolver.root_ = std::move(node);
  const auto setting = read_file("/proc/sys/fs/protected_symlinks", 16);
  resolver.protected_symlinks_ = setting && setting->starts_with('1');
  return resolver;
}

void PathResolver::identity_changed() {
  if (remembered_.empty()) return;
  previous_.clear();
  for (auto& entry : remembered_) previous_.push_back(std::move(entry.path));
  remembered_.clear();
}

Resolution PathResolver::resolve(std::string_view path) { return resolve_as(path, Expected::file); }

Resolution PathResolver::resolve_as(std::string_view path, Expected expected) {
  const auto slash = path.rfind('/');
  if (path.size() >= PATH_MAX) {
    Resolution too_long{root_, WalkEnd::unresolvable, ENAMETOOLONG, std::string(path), {}};
    return too_long;
  }
  if (slash == std::string_view::npos) return resolve_as("/" + std::string(path), expected);
  auto resolution = resolve_directory(std::string(path.substr(0, slash)));
  if (resolution.end != WalkEnd::found) return resolution;
  const auto links_before = resolution.links.size();
  advance(resolution, last_component(path, slash), expected);
  const bool behind_link = resolution.links.size() > links_before;
  if (resolution.end == WalkEnd::missing && behind_link) resolution.end = WalkEnd::dangling;
  return resolution;
}

// A directory that the identity before needed too, and that every identity may search, is kept for good.
Resolution PathResolver::resolve_directory(const std::string& path) {
  if (path.empty()) return {root_, WalkEnd::found, 0, {}, {}};
  if (const auto known = public_.find(path); known != public_.end()) return known->second;
  if (const auto known = std::ranges::find(remembered_, path, &Remembered::path); known != remembered_.end())
    return known->resolution;
  auto resolution = resolve_as(path, Expected::directory);
  if (is_public(path, resolution)) {
    public_.emplace(path, resolution);
  } else {
    remembered_.push_back({path, resolution});
  }
  return resolution;
}

bool PathResolver::is_public(const std::string& path, const Resolution& resolution) const {
  const bool is_plain = resolution.end == WalkEnd::found && resolution.links.empty();
  if (!is_plain || public_.size() == most_public_directories) return false;
  if (std::ranges::find(previous_, path) == previous_.end()) return false;
  const auto above = path.rfind('/');
  const bool above_is_public = above == 0 ? root_open_to_all_ : public_.contains(path.substr(0, above));
  return above_is_public && open_to_all(*resolution.node);
}

// Walks from where the resolution stands along `pending`; links put their targets in front of it.
void PathResolver::advance(Resolution& resolution, std::string pending, Expected expected) const {
  while (!pending.empty() && resolution.end == WalkEnd::found) {
    const auto slash = pending.find('/');
    const std::string name = pending.substr(0, slash);
    pending = slash == std::string::npos ? std::string() : last_component(pending, slash);
    if (name == "." || name == "..") {
      step_back(resolution, name == "..");
    } else if (!name.empty()) {
      step(resolution, name, pending, expected);
    }
  }
}

// A place that does not answer, or that would have to be mounted, is where a walk ends.
bool PathResolver::may_look_up(Resolution& resolution, const std::string& path) const {
  const PathNode& directory = *resolution.node;
  if (watch_.lookout != nullptr) {
    const std::string below_root = root_path_ == "/" ? std::string() : root_path_ + path;
    const std::string_view on_host = root_path_ == "/" ? path : below_root;
    watch_.lookout->at(on_host);
    if (watch_.given_up->contains(on_host)) {
      stop(resolution, WalkEnd::unseen, ETIMEDOUT, path);
      return false;
    }
  }
  if (!directory.automounter || may_mount_ || is_mount_point((root_path_ == "/" ? "" : root_path_) + path)) return true;
  stop(resolution, WalkEnd::automount, 0, path);
  return false;
}

// "." and "..". The kernel asks for search permission on the directory, so "." is looked up for both; the directory
// above is open already.
void PathResolver::step_back(Resolution& resolution, bool to_parent) const {
  const auto directory = resolution.node;
  if (!open_below(*directory, ".", O_PATH)) return stop_by_errno(resolution, directory->component.path);
  if (to_parent && directory->parent) resolution.node = directory->parent;
}

// What is expected to be a directory is opened first, unless it need not be; what is expected to be a file is looked at
// first: one or two system calls less for each when that is so.
void PathResolver::step(Resolution& resolution, const std::string& name, std::string& pending,
                        Expected expected) const {
  const auto directory = resolution.node;
  auto path = child_path(*directory, name);
  if (!may_look_up(resolution, path)) return;
  SeenFile seen;
  const bool is_last_file = expected == Expected::file && pending.empty() && S_ISDIR(directory->component.status.mode);
  const bool needs_no_fd = expected == Expected::directory && !may_mount_ && is_fixed(*directory);
  const bool look_first = is_last_file || needs_no_fd;
  const int flags = AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT;
  if (may_mount_) look_at(fd_of(*directory), name.c_str(), AT_SYMLINK_NOFOLLOW, seen);  // which mounts it
  if (look_first && (fd_of(*directory) < 0 || !look_at(fd_of(*directory), name.c_str(), flags, seen)))
    return stop_by_errno(resolution, std::move(path));
  Fd fd;
  const bool stays = seen.status.device == directory->component.status.device && !seen.may_mount;
  const bool is_expected = needs_no_fd ? S_ISDIR(seen.status.mode) && stays : S_ISREG(seen.status.mode);
  if (!look_first || seen.attributes.mount_root || !is_expected) {
    fd = open_in(*directory, name);
    if (!fd || !look_at(fd.get(), "", AT_EMPTY_PATH, seen)) return stop_by_errno(resolution, std::move(path));
  }
  if (S_ISLNK(seen.status.mode)) return follow(resolution, path, fd.get(), seen.status, pending);
  if (path.size() >= PATH_MAX) return stop(resolution, WalkEnd::unresolvable, ENAMETOOLONG, std::move(path));
  enter(resolution, std::move(path), std::move(fd), seen);
}

// What was found becomes where the resolution stands, unless nothing may be looked at there.
void PathResolver::enter(Resolution& resolution, std::string path, Fd fd, const SeenFile& seen) const {
  const auto directory = resolution.node;
  if (directory->depth == deepest) return stop(resolution, WalkEnd::unseen, ENAMETOOLONG, std::move(path));
  const bool same_file_system = seen.status.device == directory->component.status.device;
  const bool is_other_mount = fd && (!same_file_system || seen.attributes.mount_root);
  const auto mount = is_other_mount ? look_at_mount(fd.get()) : Mount{{}, directory->component.file_system};
  const auto place = same_file_system ? FileSystem::ordinary : mount.place;
  if (place == FileSystem::kernel) return stop(resolution, WalkEnd::unseen, 0, std::move(path));
  auto node = std::make_shared<PathNode>();
  node->component = {std::move(path), seen.status, mount.state, seen.attributes, {}};
  node->fd = std::move(fd);
  node->parent = directory;
  node->depth = directory->depth + 1;
  node->automounter = place == FileSystem::automounter || (directory->automounter && same_file_system);
  resolution.node = std::move(node);
}

void PathResolver::follow(Resolution& resolution, const std::string& link, int link_fd, const FileStatus& status,
                          std::string& pending) const {
  const PathNode& directory = *resolution.node;
  if (resolution.links.size() == most_links || forbids_links(fd_of(directory))) {
    return stop(resolution, WalkEnd::unresolvable, ELOOP, link);
  }
  if (kernel_refuses_link(directory, status)) return stop(resolution, WalkEnd::not_searchable, EACCES, link);
  std::array<char, PATH_MAX> target{};
  const auto size = readlinkat(link_fd, "", target.data(), target.size());
  if (size < 0) return stop_by_errno(resolution, link);
  const std::string_view text(target.data(), static_cast<std::size_t>(size));
  resolution.links.push_back({link, std::string(text), chain_of(directory)});
  pending = pending.empty() ? std::string(text) : std::string(text) + "/" + pending;
  if (pending.starts_with('/')) resolution.node = root_;
}

// fs.protected_symlinks (proc_sys_fs(5)): in a sticky directory that others may write, a link is followed only by
// its owner, or when the directory's owner made it.
bool PathResolver::kernel_refuses_link(const PathNode& directory, const FileStatus& link) const {
  constexpr mode_t shared = S_ISVTX | S_IWOTH;
  const auto& holder = directory.component.status;
  if (!protected_symlinks_ || (holder.mode & shared) != shared || link.uid == holder.uid) return false;
  return link.uid != file_access_uid();
}

}  // namespace sshaudit
