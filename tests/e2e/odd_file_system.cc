// SPDX-License-Identifier: MIT
#include "odd_file_system.h"

#include <linux/fuse.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <vector>

#include "fuse_device.h"

namespace sshaudit::e2e {
namespace {

constexpr std::uint64_t home_node = FUSE_ROOT_ID;
constexpr std::uint64_t ssh_node = 2;
constexpr std::uint64_t key_node = 3;

template <typename T>
std::string bytes_of(const T& value) {
  return {reinterpret_cast<const char*>(&value), sizeof value};
}

class Server {
 public:
  Server(int fuse, OddHome home) : fuse_(fuse), home_(std::move(home)) {}

  [[noreturn]] void serve() {
    for (;;) {
      const auto size = read(fuse_, request_.data(), request_.size());
      if (size < 0 && errno == EINTR) continue;
      if (size < static_cast<ssize_t>(sizeof head_)) _exit(0);
      std::memcpy(&head_, request_.data(), sizeof head_);
      if (head_.opcode != FUSE_FORGET && head_.opcode != FUSE_BATCH_FORGET && head_.opcode != FUSE_INTERRUPT) answer();
    }
  }

 private:
  template <typename T>
  T arguments() const {
    T value{};
    std::memcpy(&value, request_.data() + sizeof head_, sizeof value);
    return value;
  }

  void reply(int error, const std::string& body = {}) const {
    fuse_out_header out{};
    out.len = static_cast<std::uint32_t>(sizeof out + body.size());
    out.error = -error;
    out.unique = head_.unique;
    const auto text = bytes_of(out) + body;
    if (write(fuse_, text.data(), text.size()) != static_cast<ssize_t>(text.size()) && errno != ENOENT) _exit(1);
  }

  fuse_attr attributes_of(std::uint64_t node) const {
    fuse_attr attributes{};
    attributes.ino = node;
    attributes.mode = node == home_node ? S_IFDIR | 0755 : node == ssh_node ? S_IFDIR | 0700 : home_.key_mode;
    attributes.size = node == key_node ? home_.key_text.size() : 0;
    attributes.nlink = node == key_node ? 1 : 2;
    attributes.uid = attributes.gid = home_.owner;
    return attributes;
  }

  void answer_attributes() const {
    fuse_attr_out out{};
    out.attr = attributes_of(head_.nodeid);
    reply(0, bytes_of(out));
  }

  void look_up() const {
    const std::string name = request_.data() + sizeof head_;
    fuse_entry_out out{};
    if (head_.nodeid == home_node && name == ".ssh") out.nodeid = ssh_node;
    if (head_.nodeid == ssh_node && name == "authorized_keys" && !home_.key_text.empty()) out.nodeid = key_node;
    if (out.nodeid == 0) return reply(ENOENT);
    out.attr = attributes_of(out.nodeid);
    reply(0, bytes_of(out));
  }

  void read_text() const {
    const auto wanted = arguments<fuse_read_in>();
    const auto from = std::min<std::size_t>(wanted.offset, home_.key_text.size());
    reply(0, home_.key_text.substr(from, wanted.size));
  }

  // Its root has to be seen, or there is no home at all.
  bool is_over_quota() const {
    const bool is_home = head_.nodeid == home_node && (head_.opcode == FUSE_GETATTR || head_.opcode == FUSE_OPENDIR);
    const bool is_end = head_.opcode == FUSE_RELEASE || head_.opcode == FUSE_RELEASEDIR;
    return home_.oddity == Oddity::all_quota && head_.opcode != FUSE_INIT && !is_home && !is_end;
  }

  void answer() const {
    if (is_over_quota()) return reply(EDQUOT);
    switch (head_.opcode) {
      case FUSE_INIT: {
        fuse_init_out out{};
        out.major = FUSE_KERNEL_VERSION;
        out.minor = FUSE_KERNEL_MINOR_VERSION;
        out.max_write = 4096;
        return reply(0, bytes_of(out));
      }
      case FUSE_LOOKUP:
        return look_up();
      case FUSE_GETATTR:
      case FUSE_SETATTR:
        return answer_attributes();
      case FUSE_OPEN:
      case FUSE_OPENDIR:
        return reply(0, bytes_of(fuse_open_out{}));
      case FUSE_READ:
        return read_text();
      case FUSE_READDIR:
      case FUSE_FLUSH:
      case FUSE_RELEASE:
      case FUSE_RELEASEDIR:
      case FUSE_FSYNC:
      case FUSE_FSYNCDIR:
        return reply(0);
      case FUSE_STATFS:
        return reply(0, bytes_of(fuse_statfs_out{}));
      case FUSE_CREATE:
      case FUSE_MKNOD:
      case FUSE_MKDIR:
      case FUSE_WRITE:
        return reply(home_.oddity == Oddity::keeps_modes ? EPERM : EDQUOT);
      default:
        return reply(ENOSYS);
    }
  }

  int fuse_;
  OddHome home_;
  std::array<char, 1U << 17U> request_{};
  fuse_in_header head_{};
};

}  // namespace

void mount_odd_home(const std::string& path, const OddHome& home) {
  mount_fuse(path, {.name = "odd"}, [&](int fuse) { Server(fuse, home).serve(); });
}

}  // namespace sshaudit::e2e
