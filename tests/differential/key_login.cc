// SPDX-License-Identifier: MIT
#include "differential/key_login.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <thread>
#include <vector>

#include "differential/key_stage.h"

namespace sshaudit::differential {
namespace {

using Clock = std::chrono::steady_clock;
constexpr std::chrono::seconds patience{60};

// Standard input, and where what is printed goes: a descriptor, or a file.
struct Streams {
  int connection = -1;  // both
  int input = -1;
  std::string output = "/dev/null";
};

void add_streams(posix_spawn_file_actions_t& actions, const Streams& streams) {
  if (streams.connection >= 0) {
    posix_spawn_file_actions_adddup2(&actions, streams.connection, STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&actions, streams.connection, STDOUT_FILENO);
    posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_RDWR, 0);
    return;
  }
  if (streams.input >= 0) {
    posix_spawn_file_actions_adddup2(&actions, streams.input, STDIN_FILENO);
  } else {
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  }
  posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, streams.output.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
  posix_spawn_file_actions_adddup2(&actions, STDOUT_FILENO, STDERR_FILENO);
}

pid_t start(const std::vector<std::string>& argv, const Streams& streams) {
  std::vector<char*> arguments;
  arguments.reserve(argv.size() + 1);
  for (const auto& argument : argv) arguments.push_back(const_cast<char*>(argument.c_str()));
  arguments.push_back(nullptr);
  std::array<std::string, 2> settings = {"PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C"};
  std::array<char*, 3> environment = {settings[0].data(), settings[1].data(), nullptr};
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  add_streams(actions, streams);
  pid_t child = 0;
  errno = posix_spawn(&child, argv.front().c_str(), &actions, nullptr, arguments.data(), environment.data());
  posix_spawn_file_actions_destroy(&actions);
  must(errno == 0, argv.front());
  return child;
}

// What a client reads: open until there is an answer, because sftp-server drops what it has to say when it sees the
// end.
class Input {
 public:
  explicit Input(const std::string& text) {
    std::array<int, 2> ends{};
    must(pipe2(ends.data(), O_CLOEXEC) == 0, "pipe");
    reader_ = Fd(ends[0]);
    writer_ = Fd(ends[1]);
    must(write(writer_.get(), text.data(), text.size()) == static_cast<ssize_t>(text.size()), "write");
    if (text.empty()) writer_ = Fd();
  }
  int reader() const { return reader_.get(); }
  void end_after_answer(const std::string& output) {
    std::error_code ignored;
    if (writer_ && std::filesystem::file_size(output, ignored) > 0) writer_ = Fd();
  }

 private:
  Fd reader_;
  Fd writer_;
};

// A program that hangs is ended, and all of the test with it.
template <class Meanwhile>
void wait_for(pid_t child, const std::string& what, Meanwhile meanwhile) {
  const auto end = Clock::now() + patience;
  int status = 0;
  while (waitpid(child, &status, WNOHANG) == 0) {
    if (Clock::now() > end) {
      kill(child, SIGKILL);
      give_up(what + " does not end");
    }
    meanwhile();
    std::this_thread::sleep_for(std::chrono::microseconds(500));
  }
}

std::vector<std::string> client_command(const LoginRequest& request, const std::string& port) {
  std::vector<std::string> ssh = {"/usr/bin/ssh", "-F", "none", "-T",         "-b", request.client,
                                  "-p",           port, "-l",   request.user, "-i", request.key};
  for (const std::string option :
       {"BatchMode=yes", "IdentitiesOnly=yes", "IdentityAgent=none", "StrictHostKeyChecking=no", "LogLevel=QUIET",
        "UserKnownHostsFile=/dev/null", "GlobalKnownHostsFile=/dev/null", "PreferredAuthentications=publickey",
        "ControlMaster=no", "ControlPath=none", "AddressFamily=inet", "KexAlgorithms=curve25519-sha256"}) {
    ssh.insert(ssh.end(), {"-o", option});
  }
  ssh.insert(ssh.end(), {"-o", "PubkeyAcceptedKeyTypes=" + request.algorithms});
  ssh.insert(ssh.end(), request.words.begin(), request.words.end());
  return ssh;
}

}  // namespace

LoginDoor::LoginDoor() : listener_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_in address{};
  socklen_t size = sizeof address;
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  auto* const generic = reinterpret_cast<sockaddr*>(&address);
  must(bind(listener_.get(), generic, size) == 0 && listen(listener_.get(), 4) == 0 &&
           getsockname(listener_.get(), generic, &size) == 0,
       "listen on the loopback interface");
  port_ = std::to_string(ntohs(address.sin_port));
}

// Others of the host may connect, too; they are sent away.
Fd LoginDoor::accept_client(const std::string& expected) const {
  const auto end = Clock::now() + patience;
  while (Clock::now() < end) {
    pollfd waiting{listener_.get(), POLLIN, 0};
    if (poll(&waiting, 1, 1000) <= 0) continue;
    sockaddr_in address{};
    socklen_t size = sizeof address;
    Fd client(accept4(listener_.get(), reinterpret_cast<sockaddr*>(&address), &size, SOCK_CLOEXEC));
    std::array<char, INET_ADDRSTRLEN> text{};
    inet_ntop(AF_INET, &address.sin_addr, text.data(), text.size());
    if (client && text.data() == expected) return client;
  }
  give_up("no client connects from " + expected);
}

Login LoginDoor::log_in(const LoginRequest& request) {
  std::filesystem::remove(request.log);
  Input input(request.input);
  Streams streams{.input = input.reader()};
  if (!request.output.empty()) streams.output = request.output;
  const auto client = start(client_command(request, port_), streams);
  auto connection = accept_client(request.client);
  const auto server =
      start({request.sshd, "-i", "-f", request.config, "-E", request.log}, {.connection = connection.get()});
  connection = Fd();
  wait_for(client, "ssh", [&] { input.end_after_answer(request.output); });
  wait_for(server, "sshd", [] {});
  Login login{.log = read_text(request.log)};
  login.accepted = ("\n" + login.log).find("\nAccepted publickey for " + request.user + " from ") != std::string::npos;
  login.tried = login.log.find(" method publickey") != std::string::npos;
  const bool started = login.log.find(" method none") != std::string::npos;
  if (!started && !request.may_not_start) give_up("no login was tried: " + login.log);
  return login;
}

}  // namespace sshaudit::differential
