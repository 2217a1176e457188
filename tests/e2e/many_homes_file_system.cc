// SPDX-License-Identifier: MIT
#include "many_homes_file_system.h"

#include <linux/fuse.h>
#include <poll.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <ctime>
#include <deque>
#include <optional>
#include <unordered_map>

#include "fuse_device.h"

namespace sshaudit::e2e {
namespace {

using Clock = std::chrono::steady_clock;

enum class Kind : std::uint64_t { home, ssh, key_file };
constexpr std::uint64_t kinds = 3;
constexpr std::uint64_t first_node = FUSE_ROOT_ID + 1;

std::uint64_t node_of(std::size_t home, Kind kind) {
  return first_node + home * kinds + static_cast<std::uint64_t>(kind);
}

template <typename T>
std::string bytes_of(const T& value) {
  return {reinterpret_cast<const char*>(&value), sizeof value};
}

struct Request {
  fuse_in_header head{};
  std::string body;
  Clock::time_point due;

  // Of what is looked up; a zero ends it.
  std::string name() const { return body.substr(0, body.find('\0')); }

  template <typename T>
  T arguments() const {
    T value{};
    std::memcpy(&value, body.data(), std::min(sizeof value, body.size()));
    return value;
  }
};

class Server {
 public:
  Server(int fuse, const ManyHomes& homes) : fuse_(fuse), homes_(homes) {
    for (std::size_t i = 0; i < homes.homes.size(); ++i) numbers_.emplace(homes.homes[i].name, i);
  }

  // All wait equally long, so what came first is due first.
  [[noreturn]] void serve() {
    std::deque<Request> waiting;
    begin();
    for (;;) {
      const auto now = Clock::now();
      while (!waiting.empty() && waiting.front().due <= now) {
        answer(waiting.front());
        waiting.pop_front();
      }
      if (!wait_for_request(waiting)) continue;
      auto request = take();
      if (!is_never_answered(request)) waiting.push_back(std::move(request));
    }
  }

 private:
  // The first request is the kernel's own. Without an answer there is no mount, and everybody waits for that instead.
  void begin() {
    const auto request = take();
    fuse_init_out out{};
    out.major = FUSE_KERNEL_VERSION;
    out.minor = FUSE_KERNEL_MINOR_VERSION;
    out.max_write = 4096;
    out.flags = request.arguments<fuse_init_in>().flags & FUSE_PARALLEL_DIROPS;
    reply(request, 0, bytes_of(out));
    while (homes_.silence == Silence::unread) pause();
  }

  bool wait_for_request(const std::deque<Request>& waiting) const {
    pollfd fd{fuse_, POLLIN, 0};
    if (waiting.empty()) return poll(&fd, 1, -1) > 0;
    const auto left = std::chrono::nanoseconds(waiting.front().due - Clock::now()).count();
    const timespec time{0, std::clamp<long>(left, 0, 999'999'999)};
    return ppoll(&fd, 1, &time, nullptr) > 0;
  }

  Request take() {
    ssize_t size = 0;
    do {
      size = read(fuse_, buffer_.data(), buffer_.size());
    } while (size < 0 && (errno == EINTR || errno == ENOENT));
    if (size < static_cast<ssize_t>(sizeof(fuse_in_header))) _exit(0);  // unmounted
    Request request;
    std::memcpy(&request.head, buffer_.data(), sizeof request.head);
    request.body.assign(buffer_.data() + sizeof request.head, static_cast<std::size_t>(size) - sizeof request.head);
    request.due = Clock::now() + homes_.delay;
    return request;
  }

  bool is_never_answered(const Request& request) const {
    const auto code = request.head.opcode;
    const bool has_no_answer = code == FUSE_FORGET || code == FUSE_BATCH_FORGET || code == FUSE_INTERRUPT;
    if (has_no_answer || homes_.silence != Silence::none) return true;
    const auto node = request.head.nodeid;
    const auto home = node == FUSE_ROOT_ID ? home_called(request.name()) : std::optional(home_of(node));
    const bool is_about_home = home && (node != FUSE_ROOT_ID || code == FUSE_LOOKUP);
    return is_about_home && homes_.silent_homes.contains(homes_.homes.at(*home).name);
  }

  std::optional<std::size_t> home_called(const std::string& name) const {
    const auto found = numbers_.find(name);
    return found == numbers_.end() ? std::nullopt : std::optional(found->second);
  }

  static std::size_t home_of(std::uint64_t node) { return (node - first_node) / kinds; }
  static Kind kind_of(std::uint64_t node) { return static_cast<Kind>((node - first_node) % kinds); }
  std::string key_text(std::uint64_t node) const {
    const auto& person = homes_.homes.at(home_of(node));
    return key_line(person.uid, person.name + "@laptop");
  }

  void reply(const Request& request, int error, const std::string& body = {}) const {
    fuse_out_header out{};
    out.len = static_cast<std::uint32_t>(sizeof out + body.size());
    out.error = -error;
    out.unique = request.head.unique;
    const auto text = bytes_of(out) + body;
    if (write(fuse_, text.data(), text.size()) != static_cast<ssize_t>(text.size()) && errno != ENOENT) _exit(1);
  }

  fuse_attr attributes_of(std::uint64_t node) const {
    fuse_attr attributes{};
    attributes.ino = node;
    attributes.nlink = 2;
    attributes.mode = S_IFDIR | 0755;
    if (node == FUSE_ROOT_ID) return attributes;
    const auto& person = homes_.homes.at(home_of(node));
    attributes.uid = person.uid;
    attributes.gid = person.gid;
    if (kind_of(node) == Kind::ssh) attributes.mode = S_IFDIR | 0700;
    if (kind_of(node) != Kind::key_file) return attributes;
    attributes.mode = S_IFREG | 0600;
    attributes.nlink = 1;
    attributes.size = key_text(node).size();
    return attributes;
  }

  std::optional<std::uint64_t> child_of(std::uint64_t node, const std::string& name) const {
    if (node == FUSE_ROOT_ID) {
      const auto home = home_called(name);
      return home ? std::optional(node_of(*home, Kind::home)) : std::nullopt;
    }
    const auto kind = kind_of(node);
    const bool is_there = (kind == Kind::home && name == ".ssh") || (kind == Kind::ssh && name == "authorized_keys");
    return is_there ? std::optional(node + 1) : std::nullopt;
  }

  void look_up(const Request& request) const {
    const auto node = child_of(request.head.nodeid, request.name());
    if (!node) return reply(request, ENOENT);
    fuse_entry_out out{};
    out.nodeid = *node;
    out.attr = attributes_of(*node);
    reply(request, 0, bytes_of(out));
  }

  void read_text(const Request& request) const {
    const auto text = key_text(request.head.nodeid);
    const auto wanted = request.arguments<fuse_read_in>();
    reply(request, 0, text.substr(std::min<std::size_t>(wanted.offset, text.size()), wanted.size));
  }

  void answer(const Request& request) const {
    switch (request.head.opcode) {
      case FUSE_LOOKUP:
        return look_up(request);
      case FUSE_GETATTR: {
        fuse_attr_out out{};
        out.attr = attributes_of(request.head.nodeid);
        return reply(request, 0, bytes_of(out));
      }
      case FUSE_OPEN:
      case FUSE_OPENDIR:
        return reply(request, 0, bytes_of(fuse_open_out{}));
      case FUSE_READ:
        return read_text(request);
      case FUSE_READDIR:
      case FUSE_FLUSH:
      case FUSE_RELEASE:
      case FUSE_RELEASEDIR:
        return reply(request, 0);
      case FUSE_STATFS: {
        fuse_statfs_out out{};
        out.st.blocks = out.st.bfree = out.st.bavail = 1U << 20U;
        out.st.bsize = out.st.frsize = 4096;
        out.st.namelen = 255;
        return reply(request, 0, bytes_of(out));
      }
      default:
        return reply(request, ENOSYS);
    }
  }

  int fuse_;
  const ManyHomes& homes_;
  std::unordered_map<std::string, std::size_t> numbers_;
  std::array<char, 1U << 17U> buffer_{};
};

}  // namespace

pid_t mount_many_homes(const std::string& path, const ManyHomes& homes) {
  const FuseMount mounted{"many-homes", MS_NOSUID | MS_NODEV, homes.mounted_by, homes.is_for_all};
  return mount_fuse(path, mounted, [&](int fuse) { Server(fuse, homes).serve(); });
}

}  // namespace sshaudit::e2e
