// SPDX-License-Identifier: MIT
#include "real_login.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <spawn.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <exception>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <system_error>

#include "audited_system.h"

namespace sshaudit::e2e {
namespace {

constexpr unsigned patience = 60;  // seconds; a net for a login that hangs
constexpr auto marker = "the command runs";

void require(bool done, const std::string& what) {
  if (!done) throw std::system_error(errno, std::generic_category(), what);
}

std::string text_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return std::move(text).str();
}

// `connection` becomes standard input and output, or `output` takes all that is written.
pid_t start(const std::vector<std::string>& words, int connection, const std::string& output) {
  std::vector<char*> argv;
  argv.reserve(words.size() + 1);
  for (const auto& word : words) argv.push_back(const_cast<char*>(word.c_str()));
  argv.push_back(nullptr);
  std::array<std::string, 4> settings = {"PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C",
                                         std::string("SSH_ASKPASS=") + askpass, "SSH_ASKPASS_REQUIRE=force"};
  std::array<char*, 5> environment = {settings[0].data(), settings[1].data(), settings[2].data(), settings[3].data(),
                                      nullptr};
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  if (connection >= 0) {
    posix_spawn_file_actions_adddup2(&actions, connection, STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&actions, connection, STDOUT_FILENO);
    posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
  } else {
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, output.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
    posix_spawn_file_actions_adddup2(&actions, STDOUT_FILENO, STDERR_FILENO);
  }
  pid_t child = 0;
  errno = posix_spawn(&child, argv.front(), &actions, nullptr, argv.data(), environment.data());
  posix_spawn_file_actions_destroy(&actions);
  require(errno == 0, words.front());
  return child;
}

void wait_for(pid_t child) {
  while (waitpid(child, nullptr, 0) < 0 && errno == EINTR) {
  }
}

void wait_for_all() {
  while (waitpid(-1, nullptr, 0) > 0 || errno == EINTR) {
  }
}

std::vector<std::string> client_command(const LoginAttempt& attempt, const std::string& port) {
  std::vector<std::string> ssh = {"/usr/bin/ssh", "-F", "none", "-T", "-p", port, "-l", attempt.user};
  for (const auto& key : attempt.keys) ssh.insert(ssh.end(), {"-i", key});
  for (const auto& option : attempt.client_options) ssh.insert(ssh.end(), {"-o", option});
  for (const std::string option :
       {"BatchMode=yes", "IdentitiesOnly=yes", "IdentityAgent=none", "StrictHostKeyChecking=no",
        "UserKnownHostsFile=/dev/null", "GlobalKnownHostsFile=/dev/null", "PreferredAuthentications=publickey",
        "ControlMaster=no", "ControlPath=none", "AddressFamily=inet", "ConnectTimeout=30"}) {
    ssh.insert(ssh.end(), {"-o", option});
  }
  ssh.insert(ssh.end(), {client_address, std::string("echo ") + marker});
  return ssh;
}

std::vector<std::string> server_command(const LoginAttempt& attempt, const std::string& log) {
  std::vector<std::string> sshd = {attempt.sshd, "-i", "-f", "/etc/ssh/sshd_config", "-E", log};
  for (const auto& option : attempt.sshd_options) sshd.insert(sshd.end(), {"-o", option});
  return sshd;
}

int listen_on(sockaddr_in& address) {
  const int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  socklen_t size = sizeof address;
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  auto* const generic = reinterpret_cast<sockaddr*>(&address);
  require(listener >= 0 && bind(listener, generic, size) == 0 && listen(listener, 1) == 0 &&
              getsockname(listener, generic, &size) == 0,
          "listen on the loopback interface");
  return listener;
}

// sshd on a pipe, started by the client, which has tokens of its own.
void make_pipe_connection(const LoginAttempt& attempt, const std::string& directory) {
  std::string server;
  for (const auto& word : server_command(attempt, directory + "/log")) {
    server += " '";
    for (const char c : word) server += c == '%' ? std::string("%%") : std::string(1, c);
    server += '\'';
  }
  auto client = client_command(attempt, "22");
  client.insert(client.begin() + 1, {"-o", "ProxyCommand=" + server.substr(1)});
  wait_for(start(client, -1, directory + "/told"));
}

void make_connection(const LoginAttempt& attempt, const std::string& directory) {
  if (attempt.on_pipe) {
    make_pipe_connection(attempt, directory);
  } else {
    timed_login(attempt, directory);
  }
}

[[noreturn]] void run_child(const LoginAttempt& attempt, const std::string& directory,
                            const std::function<void()>& prepare) {
  alarm(patience);
  try {
    require(prctl(PR_SET_CHILD_SUBREAPER, 1) == 0, "PR_SET_CHILD_SUBREAPER");
    prepare();
    make_connection(attempt, directory);
    wait_for_all();  // what went on without sshd
  } catch (const std::exception& error) {
    std::fprintf(stderr, "login: %s\n", error.what());
    _exit(1);
  }
  _exit(0);
}

}  // namespace

double timed_login(const LoginAttempt& attempt, const std::string& directory) {
  sockaddr_in address{};
  const int listener = listen_on(address);
  const auto begin = std::chrono::steady_clock::now();
  const auto client = start(client_command(attempt, std::to_string(ntohs(address.sin_port))), -1, directory + "/told");
  const int connection = accept4(listener, nullptr, nullptr, SOCK_CLOEXEC);
  require(connection >= 0, "accept");
  const auto server = start(server_command(attempt, directory + "/log"), connection, "");
  close(connection);
  wait_for(client);
  const auto end = std::chrono::steady_clock::now();
  wait_for(server);
  return std::chrono::duration<double>(end - begin).count();
}

LoginEnd log_in(const LoginAttempt& attempt, const std::function<void()>& prepare) {
  const TemporaryDirectory directory;
  const pid_t child = fork();
  require(child >= 0, "fork");
  if (child == 0) run_child(attempt, directory.path(), prepare);
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  LoginEnd end{.log = text_of(directory.path() + "/log"), .told = text_of(directory.path() + "/told")};
  if (status != 0) throw std::runtime_error("no login was tried: " + end.told + end.log);
  const bool accepted = ("\n" + end.log).find("\nAccepted publickey for " + attempt.user) != std::string::npos;
  const bool ran = ("\n" + end.told).find(std::string("\n") + marker) != std::string::npos;
  end.came = !accepted ? "refused" : ran ? "accepted" : "closes";
  return end;
}

}  // namespace sshaudit::e2e
