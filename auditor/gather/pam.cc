// SPDX-License-Identifier: MIT
#include "gather/pam.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

#include "gather/directory_names.h"
#include "gather/path_resolver.h"
#include "gather/read_file.h"
#include "parse/pam_files.h"
#include "parse/pam_service.h"
#include "parse/pattern.h"

namespace sshaudit {
namespace {

constexpr std::size_t largest_service = 1024UL * 1024;
constexpr std::size_t largest_list = 256UL * 1024 * 1024;  // passwd(5) of a host with a million accounts fits
constexpr std::size_t most_names = 10000;

struct Opened {
  int errnum = 0;
  bool is_link = false;
  mode_t mode = 0;
  std::string text;
};

class PamObserver {
 public:
  PamObserver(PathResolver& resolver, HostState& state) : resolver_(resolver), state_(state) {}
  void read(std::string_view service);

 private:
  Opened open(const std::string& path, std::size_t limit);
  bool exists(const std::string& path, mode_t type);
  std::vector<std::string> directories_of_modules();
  bool is_missing(const std::string& module, const std::vector<std::string>& directories);
  void look_for_modules(PamStack& stack);
  void read_files_of(const PamEntry& entry);
  void read_file(const PamFileUse& use);
  void read_access_directory(const PamFileUse& use);

  PathResolver& resolver_;
  HostState& state_;
};

// A FIFO or a device is never opened: libpam would, and nobody can tell what it gives.
Opened PamObserver::open(const std::string& path, std::size_t limit) {
  Opened opened;
  const auto found = resolver_.resolve(path);
  opened.is_link = std::ranges::any_of(found.links, [&](const auto& link) { return link.path == path; });
  opened.errnum = found.errnum;
  if (found.end == WalkEnd::missing || found.end == WalkEnd::dangling) opened.errnum = ENOENT;
  if (found.end != WalkEnd::found) {
    if (opened.errnum == 0) opened.errnum = EACCES;
    return opened;
  }
  opened.mode = found.node->component.status.mode;
  if (!S_ISREG(opened.mode)) {
    opened.errnum = S_ISDIR(opened.mode) ? EISDIR : ENXIO;
    return opened;
  }
  const auto fd = open_for_reading(*found.node);
  opened.errnum = fd ? read_to_end(fd.get(), 0, limit, opened.text) : errno;
  return opened;
}

bool PamObserver::exists(const std::string& path, mode_t type) {
  const auto found = resolver_.resolve(path);
  return found.end == WalkEnd::found && (found.node->component.status.mode & S_IFMT) == type;
}

// Where libpam may have been built to look for modules: one directory for each kind of host.
std::vector<std::string> PamObserver::directories_of_modules() {
  std::vector<std::string> directories;
  for (const std::string parent : {"/lib", "/lib64", "/usr/lib", "/usr/lib64"}) {
    const auto found = resolver_.resolve(parent);
    if (found.end != WalkEnd::found || !S_ISDIR(found.node->component.status.mode)) continue;
    directories.push_back(parent + "/security");
    for (const auto& name : names_in(*found.node, most_names)) {
      if (name.find("-linux-") != std::string::npos) directories.push_back(fmt::format("{}/{}/security", parent, name));
    }
  }
  std::erase_if(directories, [&](const auto& directory) { return !exists(directory, S_IFDIR); });
  return directories;
}

bool PamObserver::is_missing(const std::string& module, const std::vector<std::string>& directories) {
  auto name = module;
  if (const auto isa = name.find("$ISA"); isa != std::string::npos) name.replace(isa, 4, ".");
  if (name.starts_with('/')) return !exists(name, S_IFREG);
  const auto is_in = [&](const auto& directory) { return exists(directory + "/" + name, S_IFREG); };
  return !directories.empty() && std::ranges::none_of(directories, is_in);
}

void PamObserver::look_for_modules(PamStack& stack) {
  const auto directories = directories_of_modules();
  std::map<std::string, bool> known;
  for (auto& entry : stack.account) {
    if (entry.kind != PamEntry::Kind::module) continue;
    const auto [at, is_new] = known.try_emplace(entry.module);
    if (is_new) at->second = is_missing(entry.module, directories);
    entry.is_missing = at->second;
  }
}

void PamObserver::read_file(const PamFileUse& use) {
  const auto [at, is_new] = state_.pam_files.try_emplace(use);
  if (!is_new) return;
  auto opened = open(use.path, largest_list);
  auto& file = at->second;
  file.errnum = opened.errnum;
  file.is_link = opened.is_link;
  file.mode = opened.mode;
  take_content(use, std::move(opened.text), file);
}

// glob(3) of access.d/*.conf: names that begin with a dot are left out.
void PamObserver::read_access_directory(const PamFileUse& use) {
  const std::string directory = "/etc/security/access.d";
  const auto found = resolver_.resolve(directory);
  if (found.end != WalkEnd::found || !S_ISDIR(found.node->component.status.mode)) return;
  state_.access_files.clear();
  for (const auto& name : names_in(*found.node, most_names)) {
    if (name.starts_with('.') || !name.ends_with(".conf")) continue;
    state_.access_files.push_back(fmt::format("{}/{}", directory, name));
    read_file({PamReader::access, state_.access_files.back(), use.separators});
  }
}

void PamObserver::read_files_of(const PamEntry& entry) {
  for (const auto& use : files_read_by(entry)) {
    read_file(use);
    if (use.reader == PamReader::access && use.path == access_conf_path) read_access_directory(use);
  }
}

void PamObserver::read(std::string_view service) {
  PamSources sources;
  sources.open = [&](const std::string& path) -> PamText {
    auto opened = open(path, largest_service);
    return {opened.errnum, path, std::move(opened.text)};
  };
  for (const std::string directory : {"/etc/pam.d", "/usr/lib/pam.d"}) {
    if (exists(directory, S_IFDIR)) sources.directories.push_back(directory);
  }
  sources.is_debian = exists("/etc/debian_version", S_IFREG) || exists("/var/lib/dpkg", S_IFDIR);
  auto stack = read_pam_stack(service, sources);
  look_for_modules(stack);
  for (const auto& entry : stack.account) read_files_of(entry);
  const auto name = stack.service;
  state_.pam_stacks.insert_or_assign(name, std::move(stack));
}

}  // namespace

void add_pam_to(HostState& state, const std::string& root, std::string_view service) {
  if (state.pam_stacks.contains(lower_case(service.substr(service.rfind('/') + 1)))) return;
  auto resolver = PathResolver::open(root);
  if (!resolver) return;
  PamObserver(*resolver, state).read(service);
  state.selinux = root == "/" && access("/sys/fs/selinux/enforce", F_OK) == 0;
}

}  // namespace sshaudit
