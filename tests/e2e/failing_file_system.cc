// SPDX-License-Identifier: MIT
#include "failing_file_system.h"

#include <dirent.h>
#include <linux/fuse.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <map>
#include <new>
#include <system_error>
#include <vector>

#include "fuse_device.h"

namespace sshaudit::e2e {
namespace {

template <typename T>
std::string bytes_of(const T& value) {
  return {reinterpret_cast<const char*>(&value), sizeof value};
}

struct Node {
  mode_t mode = 0;
  uid_t uid = 0;
  gid_t gid = 0;
  std::string text = {};                              // of a file
  std::map<std::string, std::uint64_t> entries = {};  // of a directory
  std::uint64_t lookups = 0;                          // as often as the kernel was told its number
  bool has_name = true;
};

struct Request {
  fuse_in_header head{};
  std::string body;

  template <typename T>
  T arguments() const {
    T value{};
    std::memcpy(&value, body.data(), std::min(sizeof value, body.size()));
    return value;
  }
  // A name behind so many bytes; a zero ends it.
  std::string name(std::size_t behind = 0) const { return body.c_str() + std::min(behind, body.size()); }
};

bool has_no_answer(std::uint32_t opcode) {
  return opcode == FUSE_FORGET || opcode == FUSE_BATCH_FORGET || opcode == FUSE_INTERRUPT;
}

bool is_change(std::uint32_t opcode) {
  switch (opcode) {
    case FUSE_SETATTR:
    case FUSE_MKNOD:
    case FUSE_MKDIR:
    case FUSE_UNLINK:
    case FUSE_RENAME:
    case FUSE_RENAME2:
    case FUSE_WRITE:
    case FUSE_FSYNC:
    case FUSE_FSYNCDIR:
    case FUSE_CREATE:
      return true;
    default:
      return false;
  }
}

class Server {
 public:
  Server(int fuse, DiskOrders& orders, Mapping mapping) : fuse_(fuse), orders_(orders), mapping_(mapping) {
    nodes_[FUSE_ROOT_ID] = {.mode = S_IFDIR | 0755};
    add(FUSE_ROOT_ID, "state", {.mode = S_IFDIR | 0700});
    add(FUSE_ROOT_ID, "reports", {.mode = S_IFDIR | 0755});
  }

  [[noreturn]] void serve() {
    for (;;) {
      take();
      if (request_.head.opcode == FUSE_FORGET)
        forget(request_.head.nodeid, request_.arguments<fuse_forget_in>().nlookup);
      if (request_.head.opcode == FUSE_BATCH_FORGET) forget_many();
      if (!has_no_answer(request_.head.opcode)) answer_as_told();
    }
  }

 private:
  void take() {
    ssize_t size = 0;
    do {
      size = read(fuse_, buffer_.data(), buffer_.size());
    } while (size < 0 && (errno == EINTR || errno == ENOENT));
    if (size < static_cast<ssize_t>(sizeof(fuse_in_header))) _exit(0);  // unmounted
    std::memcpy(&request_.head, buffer_.data(), sizeof request_.head);
    request_.body.assign(buffer_.data() + sizeof request_.head, static_cast<std::size_t>(size) - sizeof request_.head);
  }

  void reply(int error, const std::string& body = {}) const {
    fuse_out_header out{};
    out.len = static_cast<std::uint32_t>(sizeof out + body.size());
    out.error = -error;
    out.unique = request_.head.unique;
    const auto text = bytes_of(out) + body;
    if (write(fuse_, text.data(), text.size()) != static_cast<ssize_t>(text.size()) && errno != ENOENT) _exit(1);
  }

  // --- failures ------------------------------------------------------------------------------------------------------

  // Files are flushed and released by whoever ends, too, and what comes of that is nobody's concern.
  bool is_its_turn() {
    const auto code = request_.head.opcode;
    if (code == FUSE_INIT || code == FUSE_FLUSH || code == FUSE_RELEASE || code == FUSE_RELEASEDIR ||
        code == FUSE_STATFS)
      return false;
    if (orders_.only_changes && !is_change(code)) return false;
    const long number = ++orders_.operations;
    return orders_.at > 0 && (number == orders_.at || (orders_.goes_on && number > orders_.at));
  }

  void answer_as_told() {
    if (!is_its_turn()) return answer();
    orders_.was_reached = true;
    const bool tears = orders_.what != DiskOrders::What::kill && request_.head.opcode == FUSE_WRITE;
    if (tears) write_text(request_.arguments<fuse_write_in>().size / 2);
    if (orders_.what == DiskOrders::What::fail) return reply(orders_.errnum);
    if (request_.head.pid > 0) kill(static_cast<pid_t>(request_.head.pid), SIGKILL);  // 0: the kernel itself asks
    if (tears) return reply(EIO);
    answer();
  }

  // --- nodes ---------------------------------------------------------------------------------------------------------

  std::uint64_t add(std::uint64_t above, const std::string& name, Node node) {
    const auto number = ++last_;
    nodes_[number] = std::move(node);
    nodes_[above].entries[name] = number;
    return number;
  }

  Node& node() { return nodes_[request_.head.nodeid]; }

  std::uint64_t child(std::uint64_t above, const std::string& name) {
    const auto& entries = nodes_[above].entries;
    const auto found = entries.find(name);
    return found == entries.end() ? 0 : found->second;
  }

  void forget(std::uint64_t number, std::uint64_t lookups) {
    const auto found = nodes_.find(number);
    if (found == nodes_.end()) return;
    found->second.lookups -= std::min(lookups, found->second.lookups);
    if (found->second.lookups == 0 && !found->second.has_name) nodes_.erase(found);
  }

  void forget_many() {
    const auto count = request_.arguments<fuse_batch_forget_in>().count;
    for (std::uint32_t i = 0; i < count; ++i) {
      fuse_forget_one one{};
      std::memcpy(&one, request_.body.data() + sizeof(fuse_batch_forget_in) + i * sizeof one, sizeof one);
      forget(one.nodeid, one.nlookup);
    }
  }

  // The name goes to nobody.
  void release_name(std::uint64_t above, const std::string& name) {
    const auto number = child(above, name);
    if (number == 0) return;
    nodes_[above].entries.erase(name);
    nodes_[number].has_name = false;
    forget(number, 0);
  }

  fuse_attr attributes_of(std::uint64_t number) {
    const auto& node = nodes_[number];
    fuse_attr attributes{};
    attributes.ino = number;
    attributes.mode = node.mode;
    attributes.uid = node.uid;
    attributes.gid = node.gid;
    attributes.size = node.text.size();
    attributes.blksize = 4096;
    attributes.nlink = !node.has_name ? 0 : S_ISDIR(node.mode) ? 2 : 1;
    return attributes;
  }

  std::string entry(std::uint64_t number) {
    ++nodes_[number].lookups;
    fuse_entry_out out{};
    out.nodeid = number;
    out.attr = attributes_of(number);
    return bytes_of(out);
  }

  std::string opened() const {
    fuse_open_out out{};
    out.open_flags = mapping_ == Mapping::none ? FOPEN_DIRECT_IO : 0;
    return bytes_of(out);
  }

  // --- operations ----------------------------------------------------------------------------------------------------

  void begin() const {
    fuse_init_out out{};
    out.major = FUSE_KERNEL_VERSION;
    out.minor = FUSE_KERNEL_MINOR_VERSION;
    out.max_write = 65536;
    out.flags = FUSE_BIG_WRITES;
    reply(0, bytes_of(out));
  }

  void look_up() {
    const auto number = child(request_.head.nodeid, request_.name());
    return number == 0 ? reply(ENOENT) : reply(0, entry(number));
  }

  void answer_attributes() {
    fuse_attr_out out{};
    out.attr = attributes_of(request_.head.nodeid);
    reply(0, bytes_of(out));
  }

  void set_attributes() {
    const auto wanted = request_.arguments<fuse_setattr_in>();
    if ((wanted.valid & FATTR_MODE) != 0) node().mode = wanted.mode;
    if ((wanted.valid & FATTR_UID) != 0) node().uid = wanted.uid;
    if ((wanted.valid & FATTR_GID) != 0) node().gid = wanted.gid;
    if ((wanted.valid & FATTR_SIZE) != 0) node().text.resize(wanted.size);
    answer_attributes();
  }

  void create() {
    const auto name = request_.name(sizeof(fuse_create_in));
    auto number = child(request_.head.nodeid, name);
    if (number == 0) {
      number =
          add(request_.head.nodeid, name,
              {.mode = request_.arguments<fuse_create_in>().mode, .uid = request_.head.uid, .gid = request_.head.gid});
    }
    reply(0, entry(number) + opened());
  }

  void make_directory() {
    const auto wanted = request_.arguments<fuse_mkdir_in>();
    reply(0, entry(add(request_.head.nodeid, request_.name(sizeof wanted), {.mode = S_IFDIR | wanted.mode})));
  }

  void rename_entry(std::uint64_t to, std::size_t behind) {
    const auto old_name = request_.name(behind);
    const auto new_name = request_.name(behind + old_name.size() + 1);
    const auto number = child(request_.head.nodeid, old_name);
    if (number == 0) return reply(ENOENT);
    release_name(to, new_name);
    nodes_[request_.head.nodeid].entries.erase(old_name);
    nodes_[to].entries[new_name] = number;
    reply(0);
  }

  void read_text() {
    const auto wanted = request_.arguments<fuse_read_in>();
    const auto& text = node().text;
    reply(0, text.substr(std::min<std::size_t>(wanted.offset, text.size()), wanted.size));
  }

  void write_text(std::size_t size) {
    const auto wanted = request_.arguments<fuse_write_in>();
    auto& text = node().text;
    text.resize(std::max<std::size_t>(text.size(), wanted.offset + size));
    text.replace(wanted.offset, size, request_.body, sizeof wanted, size);
  }

  void answer_write() {
    fuse_write_out out{};
    out.size = request_.arguments<fuse_write_in>().size;
    write_text(out.size);
    reply(0, bytes_of(out));
  }

  // The offset of an entry is the position of the next one.
  void list() {
    const auto wanted = request_.arguments<fuse_read_in>();
    std::string text;
    std::uint64_t position = 0;
    for (const auto& [name, number] : node().entries) {
      if (position++ < wanted.offset) continue;
      fuse_dirent one{};
      one.ino = number;
      one.off = position;
      one.namelen = static_cast<std::uint32_t>(name.size());
      one.type = nodes_[number].mode >> 12U;
      auto bytes = std::string(reinterpret_cast<const char*>(&one), FUSE_NAME_OFFSET) + name;
      bytes.resize(FUSE_DIRENT_ALIGN(bytes.size()));
      if (text.size() + bytes.size() > wanted.size) break;
      text += bytes;
    }
    reply(0, text);
  }

  void answer_statfs() const {
    fuse_statfs_out out{};
    out.st.blocks = out.st.bfree = out.st.bavail = out.st.files = out.st.ffree = 1U << 20U;
    out.st.bsize = out.st.frsize = 4096;
    out.st.namelen = 255;
    reply(0, bytes_of(out));
  }

  // Long because it names each operation.
  void answer() {
    switch (request_.head.opcode) {
      case FUSE_INIT:
        return begin();
      case FUSE_LOOKUP:
        return look_up();
      case FUSE_GETATTR:
        return answer_attributes();
      case FUSE_SETATTR:
        return set_attributes();
      case FUSE_CREATE:
        return create();
      case FUSE_MKDIR:
        return make_directory();
      case FUSE_UNLINK:
        release_name(request_.head.nodeid, request_.name());
        return reply(0);
      case FUSE_RENAME:
        return rename_entry(request_.arguments<fuse_rename_in>().newdir, sizeof(fuse_rename_in));
      case FUSE_RENAME2:
        return rename_entry(request_.arguments<fuse_rename2_in>().newdir, sizeof(fuse_rename2_in));
      case FUSE_OPEN:
        return reply(0, opened());
      case FUSE_OPENDIR:
        return reply(0, bytes_of(fuse_open_out{}));
      case FUSE_READ:
        return read_text();
      case FUSE_READDIR:
        return list();
      case FUSE_WRITE:
        return answer_write();
      case FUSE_FSYNC:
      case FUSE_FSYNCDIR:
      case FUSE_FLUSH:
      case FUSE_RELEASE:
      case FUSE_RELEASEDIR:
        return reply(0);
      case FUSE_STATFS:
        return answer_statfs();
      default:
        return reply(ENOSYS);
    }
  }

  int fuse_;
  DiskOrders& orders_;
  Mapping mapping_;
  std::map<std::uint64_t, Node> nodes_;
  std::uint64_t last_ = FUSE_ROOT_ID;
  Request request_;
  std::array<char, 1U << 18U> buffer_{};
};

}  // namespace

void DiskOrders::heal() {
  at = 0;
  operations = 0;
  goes_on = only_changes = was_reached = false;
  what = What::fail;
}

DiskOrders& make_disk_orders() {
  void* const memory = mmap(nullptr, sizeof(DiskOrders), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) throw std::system_error(errno, std::generic_category(), "mmap");
  return *new (memory) DiskOrders;
}

void mount_failing_disk(const std::string& path, DiskOrders& orders, Mapping mapping) {
  mount_fuse(path, {.name = "failing-disk"}, [&](int fuse) { Server(fuse, orders, mapping).serve(); });
}

}  // namespace sshaudit::e2e
