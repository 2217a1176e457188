// SPDX-License-Identifier: MIT
#include "held_namespace.h"

#include <fcntl.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <system_error>

namespace sshaudit::e2e {
namespace {

void require(bool done, const char* what) {
  if (!done) throw std::system_error(errno, std::generic_category(), what);
}

[[noreturn]] void keep(const std::function<void()>& make, int ready) {
  int errnum = 0;
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  try {
    make();
  } catch (const std::system_error& error) {
    errnum = error.code().value();
  }
  if (write(ready, &errnum, sizeof errnum) != sizeof errnum) _exit(1);
  while (true) pause();
}

}  // namespace

HeldNamespace::HeldNamespace(const std::function<void()>& make) {
  std::array<int, 2> ready{};
  require(pipe2(ready.data(), O_CLOEXEC) == 0, "pipe");
  process_ = fork();
  require(process_ >= 0, "fork");
  if (process_ == 0) keep(make, ready[1]);
  close(ready[1]);
  require(read(ready[0], &errnum_, sizeof errnum_) == sizeof errnum_, "wait for the namespace");
  close(ready[0]);
}

HeldNamespace::~HeldNamespace() {
  end_servers();
  kill(process_, SIGKILL);
  waitpid(process_, nullptr, 0);
}

void HeldNamespace::join() const {
  const int space = open((of_process() + "ns/mnt").c_str(), O_RDONLY | O_CLOEXEC);
  const int root = open((of_process() + "root").c_str(), O_PATH | O_CLOEXEC);  // setns(2) leaves a changed root
  require(space >= 0 && root >= 0 && setns(space, CLONE_NEWNS) == 0, "setns");
  require(fchdir(root) == 0 && chroot(".") == 0, "enter the root");
  close(root);
  close(space);
}

std::string HeldNamespace::mounts() const {
  std::ifstream file(of_process() + "mountinfo");
  return {std::istreambuf_iterator<char>(file), {}};
}

std::vector<pid_t> HeldNamespace::servers() const { return children_of(process_); }

void HeldNamespace::end_servers() const {
  for (const pid_t server : servers()) kill(server, SIGKILL);
}

std::vector<pid_t> HeldNamespace::visitors() const {
  std::error_code error;
  const auto here = std::filesystem::read_symlink(of_process() + "ns/mnt");
  const auto of_mine = servers();
  std::vector<pid_t> found;
  for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
    const auto name = entry.path().filename().string();
    if (name.find_first_not_of("0123456789") != std::string::npos) continue;
    if (std::filesystem::read_symlink(entry.path() / "ns/mnt", error) != here) continue;
    const auto process = static_cast<pid_t>(std::stol(name));
    if (process != process_ && std::ranges::find(of_mine, process) == of_mine.end()) found.push_back(process);
  }
  return found;
}

std::vector<pid_t> children_of(pid_t process) {
  const auto of_process = "/proc/" + std::to_string(process) + "/task";
  std::vector<pid_t> children;
  std::error_code error;
  for (const auto& task : std::filesystem::directory_iterator(of_process, error)) {
    std::ifstream file(task.path() / "children");
    children.insert(children.end(), std::istream_iterator<pid_t>(file), {});
  }
  return children;
}

}  // namespace sshaudit::e2e
