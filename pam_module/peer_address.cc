// SPDX-License-Identifier: MIT
#include "peer_address.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace sshaudit::logger {
namespace {

constexpr int most_descriptors = 64;  // sshd has a handful

struct End {
  char address[INET6_ADDRSTRLEN] = {};
  unsigned port = 0;
};

// IPv4 in the clothes of IPv6 is what sshd takes it for.
bool end_of(const sockaddr_storage& storage, End& end) {
  if (storage.ss_family == AF_INET) {
    sockaddr_in inner{};
    std::memcpy(&inner, &storage, sizeof inner);
    end.port = ntohs(inner.sin_port);
    return inet_ntop(AF_INET, &inner.sin_addr, end.address, sizeof end.address) != nullptr;
  }
  if (storage.ss_family != AF_INET6) return false;
  sockaddr_in6 inner{};
  std::memcpy(&inner, &storage, sizeof inner);
  end.port = ntohs(inner.sin6_port);
  if (IN6_IS_ADDR_V4MAPPED(&inner.sin6_addr)) {
    return inet_ntop(AF_INET, &inner.sin6_addr.s6_addr[12], end.address, sizeof end.address) != nullptr;
  }
  return inet_ntop(AF_INET6, &inner.sin6_addr, end.address, sizeof end.address) != nullptr;
}

bool write_ends(const End& local, const End& remote, char* text, std::size_t size) {
  std::snprintf(text, size, "%s %u %s %u", local.address, local.port, remote.address, remote.port);
  return true;
}

// A copy of a descriptor (pidfd_getfd(2), Linux 5.6); -1 where that is not to be had.
int copy_of(int process, int number) {
#ifdef SYS_pidfd_getfd
  if (process >= 0) return static_cast<int>(syscall(SYS_pidfd_getfd, process, number, 0U));
#endif
  return -1;
}

bool ask_socket(int copy, char* text, std::size_t size) {
  sockaddr_storage local{};
  sockaddr_storage remote{};
  socklen_t local_size = sizeof local;
  socklen_t remote_size = sizeof remote;
  End here;
  End there;
  const bool known = getsockname(copy, reinterpret_cast<sockaddr*>(&local), &local_size) == 0 &&
                     getpeername(copy, reinterpret_cast<sockaddr*>(&remote), &remote_size) == 0 &&
                     end_of(local, here) && end_of(remote, there);
  return known && write_ends(here, there, text, size);
}

// "0100007F:1F90", in words of the host's byte order.
bool parse_end(const char* written, End& end) {
  char digits[33] = {};
  if (std::sscanf(written, "%32[0-9A-F]:%X", digits, &end.port) != 2) return false;
  const auto words = std::strlen(digits) / 8;
  sockaddr_storage storage{};
  in6_addr bytes{};
  for (std::size_t i = 0; i < words && i < 4; ++i) {
    unsigned word = 0;
    if (std::sscanf(digits + i * 8, "%8X", &word) != 1) return false;
    std::memcpy(bytes.s6_addr + i * 4, &word, sizeof word);
  }
  const auto port = end.port;
  if (words == 1) {
    sockaddr_in inner{};
    inner.sin_family = AF_INET;
    std::memcpy(&inner.sin_addr, bytes.s6_addr, sizeof inner.sin_addr);
    std::memcpy(&storage, &inner, sizeof inner);
  } else {
    sockaddr_in6 inner{};
    inner.sin6_family = AF_INET6;
    inner.sin6_addr = bytes;
    std::memcpy(&storage, &inner, sizeof inner);
  }
  const bool known = end_of(storage, end);
  end.port = port;
  return known;
}

// proc_net(5): the kernel's own table of connections, where a socket has its inode.
bool look_in_table(const char* table, unsigned long inode, char* text, std::size_t size) {
  std::FILE* const file = std::fopen(table, "re");
  if (file == nullptr) return false;
  char line[512];
  bool found = false;
  while (!found && std::fgets(line, sizeof line, file) != nullptr) {
    char local[64];
    char remote[64];
    unsigned long number = 0;
    if (std::sscanf(line, " %*s %63s %63s %*s %*s %*s %*s %*s %*s %lu", local, remote, &number) != 3) continue;
    End here;
    End there;
    found =
        number == inode && parse_end(local, here) && parse_end(remote, there) && write_ends(here, there, text, size);
  }
  std::fclose(file);
  return found;
}

bool look_in_tables(unsigned long inode, char* text, std::size_t size) {
  return look_in_table("/proc/net/tcp", inode, text, size) || look_in_table("/proc/net/tcp6", inode, text, size);
}

int open_pidfd(pid_t pid) {
#ifdef SYS_pidfd_open
  return static_cast<int>(syscall(SYS_pidfd_open, pid, 0U));
#else
  return -1;
#endif
}

}  // namespace

bool find_connection(pid_t sshd, char* text, std::size_t size) {
  char path[64];
  std::snprintf(path, sizeof path, "/proc/%d/fd", static_cast<int>(sshd));
  DIR* const directory = opendir(path);
  if (directory == nullptr) return false;
  const int process = open_pidfd(sshd);
  bool found = false;
  int seen = 0;
  while (const dirent* const entry = readdir(directory)) {
    if (found || ++seen > most_descriptors) break;
    char target[64] = {};
    unsigned long inode = 0;
    const auto got = readlinkat(dirfd(directory), entry->d_name, target, sizeof target - 1);
    if (got <= 0 || std::sscanf(target, "socket:[%lu]", &inode) != 1) continue;
    const int copy = copy_of(process, std::atoi(entry->d_name));
    found = copy < 0 ? look_in_tables(inode, text, size) : ask_socket(copy, text, size);
    if (copy >= 0) close(copy);
  }
  if (process >= 0) close(process);
  closedir(directory);
  return found;
}

}  // namespace sshaudit::logger
