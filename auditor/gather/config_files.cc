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

constexpr auto wildcards = "*?[\\";
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
  if (S_ISDIR(status.st_mode)) directories_.push_back(path);
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

// The directory before the first wildcard is found as everything else is; glob(3) looks for the rest from there.
Result<std::vector<std::string>> ConfigFiles::match(const std::string& pattern) {
  const auto directory = pattern.substr(0, pattern.rfind('/', pattern.find_first_of(wildcards)) + 1);
  const auto found_directory = resolver_.resolve(directory.empty() ? "/" : directory);
  if (is_missing(found_directory.errnum)) return std::vector<std::string>{};
  if (found_directory.end != WalkEnd::found)
    return tl::unexpected(Error{"look into", directory, found_directory.errnum});
  const Fd node = open_node(*found_directory.node);
  const auto here = root_.empty() ? directory : "/proc/self/fd/" + std::to_string(node.get()) + "/";
  glob_t found{};
  const int result = glob((here + pattern.substr(directory.size())).c_str(), 0, give_up_unless_missing, &found);
  const int errnum = errno;
  std::vector<std::string> paths;
  for (std::size_t i = 0; result == 0 && i < found.gl_pathc; ++i) {
    paths.push_back(directory + (found.gl_pathv[i] + here.size()));
  }
  globfree(&found);
  if (result != 0 && result != GLOB_NOMATCH) return tl::unexpected(Error{"look for", pattern, errnum});
  return paths;
}

Result<std::vector<ConfigFile>> ConfigFiles::read_all(const std::string& pattern) {
  Result<std::vector<std::string>> paths{std::vector<std::string>{pattern}};
  // Without a wildcard glob(3) would take a file that we may not see for one that is not there.
  if (pattern.find_first_of(wildcards) != std::string::npos) paths = match(pattern);
  if (!paths) return tl::unexpected(paths.error());
  std::vector<ConfigFile> files;
  for (const auto& path : *paths) {
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

NamedFile ConfigFiles::look_at(const std::string& keyword, const std::string& path, const ConfigPlace& place,
                               std::string* bytes) {
  NamedFile file{keyword, path, place, {}, 0};
  const auto found = resolver_.resolve(path);
  file.walk = walk_of(path, found);
  if (found.end != WalkEnd::found || !S_ISREG(found.node->component.status.mode)) return file;
  const auto fd = open_for_reading(*found.node);
  if (!fd) file.open_errnum = errno;
  if (fd && bytes != nullptr) *bytes = read_open_file(fd.get(), path, largest_config).value_or("");
  return file;
}

}  // namespace sshaudit
