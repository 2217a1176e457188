// SPDX-License-Identifier: MIT
#include "tree_picture.h"

#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <climits>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>
#include <system_error>
#include <tuple>
#include <vector>

namespace sshaudit::e2e {
namespace {

constexpr auto access_acl = "system.posix_acl_access";
constexpr std::size_t most_told = 20;

[[noreturn]] void give_up(const std::string& what) { throw std::system_error(errno, std::generic_category(), what); }

std::string content_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) give_up("read " + path);
  std::ostringstream text;
  text << file.rdbuf();
  return std::move(text).str();
}

std::string target_of(const std::string& path) {
  std::array<char, PATH_MAX> target{};
  const auto size = readlink(path.c_str(), target.data(), target.size());
  if (size < 0) give_up("read link " + path);
  return {target.data(), static_cast<std::size_t>(size)};
}

unsigned number_at(const std::string& bytes, std::size_t at, std::size_t size) {
  unsigned number = 0;
  for (std::size_t i = size; i > 0; --i) number = (number << 8U) | static_cast<unsigned char>(bytes.at(at + i - 1));
  return number;
}

// linux/posix_acl_xattr.h: a version, then tag, permissions and id of each entry, all little-endian. Read here from the
// bytes, because the program under test uses libacl.
std::string acl_in_words(const std::string& bytes) {
  static const std::map<unsigned, std::string> tags = {{1, "user:"},  {2, "user:"},  {4, "group:"},
                                                       {8, "group:"}, {16, "mask:"}, {32, "other:"}};
  std::string text;
  for (std::size_t at = 4; at + 8 <= bytes.size(); at += 8) {
    const auto tag = number_at(bytes, at, 2);
    const auto permissions = number_at(bytes, at + 2, 2);
    const bool is_named = tag == 2 || tag == 8;
    text += (text.empty() ? "" : ",") + tags.at(tag) + (is_named ? std::to_string(number_at(bytes, at + 4, 4)) : "");
    text += ':';
    text += (permissions & 4U) != 0 ? 'r' : '-';
    text += (permissions & 2U) != 0 ? 'w' : '-';
    text += (permissions & 1U) != 0 ? 'x' : '-';
  }
  return text;
}

std::string attribute_of(const std::string& path, const std::string& name) {
  std::string value(static_cast<std::size_t>(XATTR_SIZE_MAX), '\0');
  const auto size = lgetxattr(path.c_str(), name.c_str(), value.data(), value.size());
  if (size < 0) give_up("get " + name + " of " + path);
  value.resize(static_cast<std::size_t>(size));
  return value;
}

void add_attributes(const std::string& path, PicturedFile& file) {
  std::string names(static_cast<std::size_t>(XATTR_LIST_MAX), '\0');
  const auto size = llistxattr(path.c_str(), names.data(), names.size());
  if (size < 0 && errno == ENOTSUP) return;
  if (size < 0) give_up("list attributes of " + path);
  names.resize(static_cast<std::size_t>(size));
  for (std::size_t at = 0; at < names.size(); at = names.find('\0', at) + 1) {
    const std::string name = names.c_str() + at;
    auto value = attribute_of(path, name);
    if (name == access_acl) {
      file.acl = acl_in_words(value);
    } else {
      file.attributes[name] = std::move(value);
    }
  }
}

PicturedFile picture_file(const std::string& path) {
  struct stat status {};
  if (lstat(path.c_str(), &status) != 0) give_up("look at " + path);
  PicturedFile file{.mode = status.st_mode,
                    .uid = status.st_uid,
                    .gid = status.st_gid,
                    .device = status.st_rdev,
                    .links = S_ISDIR(status.st_mode) ? 0 : status.st_nlink,
                    .inode = status.st_ino};
  if (S_ISLNK(status.st_mode)) file.target = target_of(path);
  if (S_ISREG(status.st_mode)) file.content = content_of(path);
  add_attributes(path, file);
  return file;
}

std::string printable(const std::string& bytes) {
  return nlohmann::json(bytes).dump(-1, ' ', true, nlohmann::json::error_handler_t::replace);
}

std::string in_words(const PicturedFile& file) {
  std::array<char, 160> numbers{};
  std::snprintf(numbers.data(), numbers.size(), "%06o %u:%u, %lu links", file.mode, file.uid, file.gid,
                static_cast<unsigned long>(file.links));
  std::string words = numbers.data();
  if (!file.target.empty()) words += " -> " + file.target;
  if (!file.acl.empty()) words += " " + file.acl;
  for (const auto& [name, value] : file.attributes) words += " " + name + "=" + printable(value);
  return file.content.empty() ? words : words + " " + printable(file.content);
}

auto members_of(const PicturedFile& file) {
  return std::tie(file.mode, file.uid, file.gid, file.device, file.links, file.target, file.content, file.acl,
                  file.attributes);
}

}  // namespace

bool PicturedFile::operator==(const PicturedFile& other) const { return members_of(*this) == members_of(other); }

TreePicture picture_of(const AuditedSystem& system, const std::string& left_out) {
  TreePicture picture;
  std::vector<std::string> directories = {""};
  while (!directories.empty()) {
    const auto above = directories.back();
    directories.pop_back();
    for (const auto& entry : std::filesystem::directory_iterator(system.on_host(above))) {
      const auto path = above + "/" + entry.path().filename().string();
      if (path == left_out) continue;
      const auto& file = picture[path] = picture_file(system.on_host(path));
      if (S_ISDIR(file.mode)) directories.push_back(path);
    }
  }
  return picture;
}

std::string difference(const TreePicture& expected, const TreePicture& actual) {
  std::vector<std::string> lines;
  for (const auto& [path, file] : expected) {
    const auto other = actual.find(path);
    if (other != actual.end() && other->second == file) continue;
    lines.push_back("- " + printable(path) + " " + in_words(file));
    if (other != actual.end()) lines.push_back("+ " + printable(path) + " " + in_words(other->second));
  }
  for (const auto& [path, file] : actual) {
    if (!expected.contains(path)) lines.push_back("+ " + printable(path) + " " + in_words(file));
  }
  std::string text;
  for (std::size_t i = 0; i < lines.size() && i < most_told; ++i) text += lines[i] + "\n";
  if (lines.size() > most_told) text += "and " + std::to_string(lines.size() - most_told) + " lines more\n";
  return text;
}

}  // namespace sshaudit::e2e
