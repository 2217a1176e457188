// SPDX-License-Identifier: MIT
#include "remedy/wiring_state.h"

#include <sys/file.h>

#include <cerrno>
#include <chrono>
#include <thread>

#include "gather/read_file.h"
#include "gather/state_directory.h"

namespace sshaudit {

Result<Fd> lock_wiring() {
  auto directory = open_state();
  if (!directory) return directory;
  constexpr int tries = 100;
  for (int i = 0; i < tries; ++i) {
    if (flock(directory->get(), LOCK_EX | LOCK_NB) == 0) return directory;
    if (errno != EWOULDBLOCK && errno != EINTR) return tl::unexpected(errno_error("lock", state_directory));
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
  }
  return tl::unexpected(Error{"another sshaudit enable or disable is at work", state_directory, 0});
}

Result<PlacedFile> removal_note() { return PlacedFile::open(state_directory, "sshd-has-not-read-the-removal"); }

}  // namespace sshaudit
