// SPDX-License-Identifier: MIT
#include "home_picture.h"

#include <acl/libacl.h>
#include <sys/acl.h>
#include <sys/stat.h>
#include <sys/xattr.h>

#include <array>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <iomanip>
#include <memory>
#include <sstream>
#include <system_error>

namespace sshaudit::e2e {
namespace {

struct AclFree {
  void operator()(void* object) const { acl_free(object); }
};

void must(bool done, const std::string& path) {
  if (!done) throw std::system_error(errno, std::generic_category(), path);
}

std::string acl_of(const std::string& path) {
  const std::unique_ptr<std::remove_pointer_t<acl_t>, AclFree> acl(acl_get_file(path.c_str(), ACL_TYPE_ACCESS));
  must(acl != nullptr || errno == ENOTSUP, path);
  if (!acl || acl_equiv_mode(acl.get(), nullptr) == 0) return {};
  const std::unique_ptr<char, AclFree> text(acl_to_any_text(acl.get(), nullptr, ',', TEXT_NUMERIC_IDS));
  must(text != nullptr, path);
  return text.get();
}

std::map<std::string, std::string> xattrs_of(const std::string& path) {
  std::map<std::string, std::string> found;
  std::array<char, 65536> names{};
  std::array<char, 65536> value{};
  const auto size = llistxattr(path.c_str(), names.data(), names.size());
  must(size >= 0 || errno == ENOTSUP, path);
  for (ssize_t at = 0; at < size;) {
    const std::string name = names.data() + at;
    at += static_cast<ssize_t>(name.size()) + 1;
    if (name == "system.posix_acl_access") continue;
    const auto length = lgetxattr(path.c_str(), name.c_str(), value.data(), value.size());
    must(length >= 0, path);
    found[name] = std::string(value.data(), static_cast<std::size_t>(length));
  }
  return found;
}

SeenEntry look(const std::string& path) {
  struct stat status {};
  must(lstat(path.c_str(), &status) == 0, path);
  SeenEntry entry{.mode = status.st_mode, .uid = status.st_uid, .gid = status.st_gid, .xattrs = xattrs_of(path)};
  if (!S_ISDIR(status.st_mode)) entry.links = status.st_nlink;
  if (S_ISLNK(status.st_mode)) {
    entry.content = std::filesystem::read_symlink(path).string();
    return entry;
  }
  entry.acl = acl_of(path);
  if (!S_ISREG(status.st_mode)) return entry;
  std::ifstream file(path, std::ios::binary);
  must(file.is_open(), path);
  std::ostringstream text;
  text << file.rdbuf();
  entry.content = std::move(text).str();
  return entry;
}

std::string in_words(const SeenEntry& entry) {
  std::ostringstream text;
  text << std::oct << entry.mode << std::dec << " " << entry.uid << ":" << entry.gid << " links " << entry.links;
  if (!entry.acl.empty()) text << " acl " << entry.acl;
  for (const auto& [name, value] : entry.xattrs) text << " " << name << "=" << std::quoted(value);
  text << " " << std::quoted(entry.content.substr(0, 400)) << " of " << entry.content.size() << " bytes";
  return std::move(text).str();
}

}  // namespace

Picture picture_of(const std::string& directory) {
  Picture picture;
  picture[""] = look(directory);
  for (const auto& entry : std::filesystem::recursive_directory_iterator(directory)) {
    const auto path = entry.path().string();
    picture[path.substr(directory.size())] = look(path);
  }
  return picture;
}

std::string changes(const Picture& before, const Picture& after) {
  std::string text;
  for (const auto& [path, entry] : before) {
    const auto now = after.find(path);
    if (now != after.end() && now->second == entry) continue;
    text += "- " + path + " " + in_words(entry) + "\n";
    if (now != after.end()) text += "+ " + path + " " + in_words(now->second) + "\n";
  }
  for (const auto& [path, entry] : after) {
    if (!before.contains(path)) text += "+ " + path + " " + in_words(entry) + "\n";
  }
  return text;
}

}  // namespace sshaudit::e2e
