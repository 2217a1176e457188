// SPDX-License-Identifier: MIT
// Which mounts do not answer. One that a process has been at for a while is asked by another process, which may hang
// instead of the supervisor.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "gather/lookout.h"

namespace sshaudit {

class MountWatch {
 public:
  MountWatch(GivenUpMounts& given_up, int deadline_seconds) : given_up_(given_up), deadline_(deadline_seconds) {}
  MountWatch(const MountWatch&) = delete;
  MountWatch& operator=(const MountWatch&) = delete;
  ~MountWatch() { stop(); }

  // Something takes long at this path of the host.
  void suspect(std::string_view path);

  // Takes the answers that have come. True when some mount is not in doubt any more, or given up now.
  bool check();

  // Whether there is any reason to ask for a path.
  bool is_in_doubt() const { return in_doubt_ > 0; }

  enum class State { fine, waiting, given_up };
  struct Answer {
    State state = State::fine;
    std::string_view mount;
  };
  Answer ask_about(std::string_view path) const;

  // Nobody waits for an answer any more.
  void stop();

  // Processes that have not ended yet.
  std::vector<pid_t>& doomed() { return doomed_; }

 private:
  struct Suspect {
    std::string path;
    State state = State::waiting;
    pid_t process = -1;
    std::int64_t since = 0;  // of the question, or of the answer
  };

  GivenUpMounts& given_up_;
  std::int64_t deadline_;  // seconds
  std::vector<Suspect> mounts_;
  std::size_t in_doubt_ = 0;  // those that are not fine
  std::vector<pid_t> doomed_;
};

}  // namespace sshaudit
