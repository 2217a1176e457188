// SPDX-License-Identifier: MIT
#include "gather/selinux.h"

#ifdef HAVE_SELINUX
#include <selinux/label.h>
#include <selinux/selinux.h>
#endif
#include <sys/xattr.h>

#include <algorithm>
#include <array>
#include <memory>
#include <string_view>

namespace sshaudit {
namespace {

#ifdef HAVE_SELINUX
// getxattr(2) does not take a descriptor that was opened for its path alone; /proc leads to the same file.
std::optional<std::string> label_of(int fd) {
  std::array<char, 4096> label{};
  const auto path = "/proc/self/fd/" + std::to_string(fd);
  const auto size = getxattr(path.c_str(), "security.selinux", label.data(), label.size() - 1);
  if (size <= 0) return std::nullopt;
  return std::string(label.data());
}
#endif

bool is_known(const std::vector<FileLabel>& labels, std::string_view path) {
  return std::ranges::find(labels, path, &FileLabel::path) != labels.end();
}

}  // namespace

void note_labels(const LabelSource& source, const Resolution& found, const std::string& top,
                 std::vector<FileLabel>& labels) {
  if (found.end != WalkEnd::found) return;
  const bool in_top = found.node->component.path.starts_with(top + "/");
  int left = 2;
  for (const auto* node = found.node.get(); node != nullptr && node->parent; node = node->parent.get()) {
    const auto& component = node->component;
    const bool is_wanted = in_top ? component.path.size() >= top.size() : left-- > 0;
    if (!is_wanted || is_known(labels, component.path)) break;
    const auto fd = open_node(*node);
    const auto actual = fd ? source.read(fd.get()) : std::nullopt;
    if (!actual) continue;
    labels.push_back({component.path, *actual, source.expected(component.path, component.status.mode).value_or("")});
  }
}

#ifdef HAVE_SELINUX
std::optional<LabelSource> label_source_of_host() {
  if (is_selinux_enabled() != 1) return std::nullopt;
  const std::shared_ptr<selabel_handle> policy(selabel_open(SELABEL_CTX_FILE, nullptr, 0), [](selabel_handle* handle) {
    if (handle != nullptr) selabel_close(handle);
  });
  if (!policy) return std::nullopt;
  const auto expected = [policy](const std::string& path, mode_t mode) -> std::optional<std::string> {
    char* context = nullptr;
    if (selabel_lookup(policy.get(), &context, path.c_str(), static_cast<int>(mode)) != 0) return std::nullopt;
    const std::unique_ptr<char, decltype(&freecon)> owned(context, freecon);
    return std::string(context);
  };
  return LabelSource{label_of, expected};
}

void add_selinux_to(HostState& state) {
  if (is_selinux_enabled() != 1) return;
  state.selinux_enforcing = security_getenforce() == 1;
  const int active = security_get_boolean_active("use_nfs_home_dirs");
  if (active >= 0) state.nfs_homes = active == 1;
}
#else
std::optional<LabelSource> label_source_of_host() { return std::nullopt; }

void add_selinux_to(HostState&) {}
#endif

}  // namespace sshaudit
