// SPDX-License-Identifier: MIT
// Resolves paths the way the kernel does, one component at a time and by descriptor, so that every directory and
// every link on the way is seen and nothing is mounted, opened for reading or escaped from. Permission checks are
// the kernel's own: each component is looked up with the identity that the thread has.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "gather/fd.h"
#include "gather/file_status.h"
#include "gather/lookout.h"
#include "sshaudit/path_walk.h"
#include "sshaudit/result.h"

namespace sshaudit {

// A file that was reached. Directories are held open (O_PATH), so that what was judged is what is gone on from. One
// that lies where nobody but root can put another in its place is only opened when fd_of() asks for it.
struct PathNode {
  PathComponent component;
  mutable Fd fd;                           // none for a regular file
  std::shared_ptr<const PathNode> parent;  // null for the root directory
  std::size_t depth = 0;
  bool automounter = false;  // an autofs directory: looking up a name in it may mount
};

struct Resolution {
  std::shared_ptr<const PathNode> node;  // the last that was reached
  WalkEnd end = WalkEnd::found;
  int errnum = 0;
  std::string stopped_at;
  std::vector<FollowedLink> links;
};

// The descriptor of a directory; -1 where it cannot be opened any more.
int fd_of(const PathNode& node);

// A descriptor (O_PATH) of what was reached.
Fd open_node(const PathNode& node);

// A regular file that was reached, open for reading with the identity that the thread has; errno otherwise. It may be
// another file than the one that was judged by now: compare.
Fd open_for_reading(const PathNode& node);

// The evidence in a resolution. ACLs are read of the components that their group may write.
PathWalk walk_of(std::string_view requested, const Resolution& resolution);

class PathResolver {
 public:
  // `root` is the directory that "/" means; ".." and links never lead above it.
  static Result<PathResolver> open(const std::string& root);

  // Says where it is from here on, and does not go into mounts that were given up.
  void watch_with(const Watch& watch) { watch_ = watch; }

  // Whether something that an automounter has to mount first may be looked at, which mounts it.
  void allow_automount() { may_mount_ = true; }

  // Both as `other` has them.
  void look_as(const PathResolver& other) {
    watch_ = other.watch_;
    may_mount_ = other.may_mount_;
  }

  // Resolves an absolute path (a relative one is taken from "/"). Never fails as such: the resolution says how far
  // it came.
  Resolution resolve(std::string_view path);

  // The same, for what should be a directory that other paths go through. Its answer is remembered.
  Resolution resolve_directory(const std::string& path);

  // To be called when the thread's file identity has changed: what one identity reached says nothing of another,
  // except for directories that everybody may search.
  void identity_changed();

 private:
  enum class Expected { directory, file };
  struct Remembered {
    std::string path;
    Resolution resolution;
  };

  explicit PathResolver(std::string root_path) : root_path_(std::move(root_path)) {}
  Resolution resolve_as(std::string_view path, Expected expected);
  bool is_public(const std::string& path, const Resolution& resolution) const;
  void advance(Resolution& resolution, std::string pending, Expected expected) const;
  void step(Resolution& resolution, const std::string& name, std::string& pending, Expected expected) const;
  void enter(Resolution& resolution, std::string path, Fd fd, const SeenFile& seen) const;
  void step_back(Resolution& resolution, bool to_parent) const;
  bool may_look_up(Resolution& resolution, const std::string& path) const;
  void follow(Resolution& resolution, const std::string& link, int link_fd, const FileStatus& status,
              std::string& pending) const;
  bool kernel_refuses_link(const PathNode& directory, const FileStatus& link) const;

  std::string root_path_;  // on the host
  Watch watch_;
  bool may_mount_ = false;
  std::shared_ptr<const PathNode> root_;
  bool root_open_to_all_ = false;
  bool protected_symlinks_ = false;                     // fs.protected_symlinks
  std::unordered_map<std::string, Resolution> public_;  // directories that everybody may search, with all above them
  std::vector<Remembered> remembered_;                  // of the identity in force; these are few
  std::vector<std::string> previous_;                   // what the identity before remembered
};

}  // namespace sshaudit
