// SPDX-License-Identifier: MIT
#include "gather/config_files.h"

#include <glob.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <cerrno>

#include "gather/fd.h"
#include "gather/read_file.h"

namespace sshaudit {
namespace {

constexpr std::size_t largest_config = 16UL * 1024 * 1024;

bool is_null_device(const struct stat& status) { return S_ISCHR(status.st_mode) && status.st_rdev == makedev(1, 3); }

bool is_missing(int errnum) { return errnum == ENOENT || errnum == ENOTDIR; }

int give_up_unless_missing(const char*, int errnum) { return is_missing(errnum) ? 0 : 1; }

}  // namespace

Result<ConfigFiles> ConfigFiles::open(const std::string& root) {
  auto resolver = PathResolver::open(root);
  if (!resolver) return tl::unexpected(resolver.error());
  return ConfigFiles(root == "/" ? "" : root, std::move(*resolver));
}

Result<ConfigFile> ConfigFiles::read(const std::string& path) {
  const auto found = resolver_.resolve(path);
  if (found.end != WalkEnd::found) return tl::unexpected(Error{"open", path, found.errnum});
  struct stat status {};
  const Fd node = open_node(*found.node);
  if (!node || fstat(node.get(), &status) != 0) return tl::unexpected(errno_error("open", path));
  if (S_ISDIR(status.st_mode) || is_null_device(status)) return ConfigFile{path, {}};
  if (!S_ISREG(status.st_mode)) return tl::unexpected(Error{"not a regular file", path, 0});
  if (status.st_size > static_cast<off_t>(largest_config)) {
    return tl::unexpected(Error{"larger than the 16 MiB that are read of a configuration", path, 0});
  }
  const Fd fd = open_for_reading(*found.node);
  if (!fd) return tl::unexpected(errno_error("open", path));
  auto bytes = read_open_file(fd.get(), path, largest_config);
  if (!bytes) return tl::unexpected(bytes.error());
  changed_[path] = status.st_mtim.tv_sec;
  return ConfigFile{path, std::move(*bytes)};
}

Result<std::vector<ConfigFile>> ConfigFiles::read_all(const std::string& pattern) {
  std::vector<std::string> paths;
  if (pattern.find_first_of("*?[\\") == std::string::npos) {
    paths.push_back(pattern);  // glob(3) would take one that we may not see for one that is not there
  } else {
    glob_t found{};
    const auto on_host = root_ + pattern;
    const int result = glob(on_host.c_str(), 0, give_up_unless_missing, &found);
    for (std::size_t i = 0; result == 0 && i < found.gl_pathc; ++i)
      paths.emplace_back(found.gl_pathv[i] + root_.size());
    globfree(&found);
    if (result != 0 && result != GLOB_NOMATCH) return tl::unexpected(Error{"look for", pattern, errno});
  }
  std::vector<ConfigFile> files;
  for (const auto& path : paths) {
    auto file = read(path);
    if (!file && path == pattern && is_missing(file.error().errnum)) continue;
    if (!file) return tl::unexpected(file.error());
    files.push_back(std::move(*file));
  }
  return files;
}

std::string ConfigFiles::newer_than(std::int64_t time) const {
  std::string newest;
  for (const auto& [path, changed] : changed_) {
    if (changed <= time) continue;
    newest = path;
    time = changed;
  }
  return newest;
}

NamedFile ConfigFiles::look_at(const std::string& keyword, const std::string& path, const ConfigPlace& place) {
  NamedFile file{keyword, path, place, {}, 0};
  const auto found = resolver_.resolve(path);
  file.walk = walk_of(path, found);
  if (found.end != WalkEnd::found || !S_ISREG(found.node->component.status.mode)) return file;
  if (!open_for_reading(*found.node)) file.open_errnum = errno;
  return file;
}

}  // namespace sshaudit
