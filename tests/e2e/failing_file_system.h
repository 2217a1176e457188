// SPDX-License-Identifier: MIT
// A disk that fails when it is told to: files in the memory of a FUSE server.
#pragma once

#include <sys/types.h>

#include <atomic>
#include <string>

namespace sshaudit::e2e {

// Shared by the test and the server. Operations are those that the kernel asks for, counted from 1: all of them, or
// with `only_changes` those that want space or write something.
struct DiskOrders {
  enum class What : int {
    fail,       // with `errnum`; of what is written, half is written
    kill,       // whoever asks is killed, and the operation is done all the same
    kill_torn,  // whoever asks is killed; of what is written, half is written
  };

  std::atomic<long> at = 0;           // 0: nothing happens
  std::atomic<bool> goes_on = false;  // all operations behind that one fail, too
  std::atomic<bool> only_changes = false;
  std::atomic<int> errnum = 0;
  std::atomic<What> what = What::fail;

  std::atomic<long> operations = 0;  // so far
  std::atomic<bool> was_reached = false;

  void heal();  // and counts from 1 again
};

// In memory that processes share, and never given back.
DiskOrders& make_disk_orders();

enum class Mapping { shared, none };  // none: mmap(2) with MAP_SHARED fails with ENODEV, as on some file systems

// Mounts it over `path`, with a directory "state" and a directory "reports" in it. Behind enter_debian(). Throws
// std::system_error.
void mount_failing_disk(const std::string& path, DiskOrders& orders, Mapping mapping = Mapping::shared);

}  // namespace sshaudit::e2e
