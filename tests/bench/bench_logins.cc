// SPDX-License-Identifier: MIT
// What the logger and the PAM module cost a login, as ratios within one run: bench_logins [LOGINS]. Root only. Logins
// with and without them take turns; the installed sshd serves them on loopback connections.
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <numeric>
#include <string>
#include <vector>

#include "e2e/cases.h"
#include "e2e/log_capture.h"

namespace sshaudit::e2e {
namespace {

constexpr auto plain_sshd = "/opt/plainsshd";  // whose service has no module of ours

struct Kind {
  const char* title;
  LoginAttempt attempt;
  std::vector<double> seconds = {};
};

double median(std::vector<double> values) {
  std::ranges::nth_element(values, values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2));
  return values[values.size() / 2];
}

double mean(const std::vector<double>& values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

std::vector<Kind> kinds() {
  const std::vector<std::string> wired = {"AuthorizedKeysCommand=" + logger_command(),
                                          "AuthorizedKeysCommandUser=root"};
  const auto attempt = [](const std::string& key, const std::vector<std::string>& options, const std::string& sshd) {
    return LoginAttempt{.user = "alice", .keys = {ClientKeys::file(key)}, .sshd_options = options, .sshd = sshd};
  };
  return {{"accepted, without", attempt("ed25519", {}, plain_sshd)},
          {"accepted, with", attempt("ed25519", wired, "/usr/sbin/sshd")},
          {"refused, without", attempt("ed25519 b", {}, plain_sshd)},
          {"refused, with", attempt("ed25519 b", wired, "/usr/sbin/sshd")}};
}

void wait_for_all() {
  while (waitpid(-1, nullptr, 0) > 0 || errno == EINTR) {
  }
}

void run(const AuditedSystem& system, const LogCapture& capture, std::size_t logins) {
  prctl(PR_SET_CHILD_SUBREAPER, 1);
  enter_debian(system, {});
  capture.take_over();
  auto all = kinds();
  for (std::size_t i = 0; i < logins; ++i) {
    for (auto& kind : all) {
      kind.seconds.push_back(timed_login(kind.attempt, "/tmp/" + std::to_string(getpid())));
      wait_for_all();  // what goes on behind a login is not to slow down the next, which is of another kind
    }
  }
  for (const auto& kind : all) {
    std::printf("%-18s median %6.2f ms, mean %6.2f ms\n", kind.title, median(kind.seconds) * 1000,
                mean(kind.seconds) * 1000);
  }
  std::printf("accepted: ratio %.3f of medians, %.3f of means, %zu logins each\n",
              median(all[1].seconds) / median(all[0].seconds), mean(all[1].seconds) / mean(all[0].seconds), logins);
  std::printf("refused: %+.2f ms of medians, %+.2f ms of means\n",
              (median(all[3].seconds) - median(all[2].seconds)) * 1000,
              (mean(all[3].seconds) - mean(all[2].seconds)) * 1000);
}

void prepare(Scene& scene) {
  scene.account_line += module_lines();
  scene.system.make_link("/usr/sbin/sshd", plain_sshd);
}

}  // namespace
}  // namespace sshaudit::e2e

int main(int argc, char** argv) {
  using namespace sshaudit::e2e;
  const TemporaryDirectory directory;
  AuditedSystem system(directory.path());
  install_logger(system);
  Scene scene{system, system.person("alice", alice_id)};
  build(scene, prepare);
  const auto stack = run_tool({"/bin/sed", "/pam_sshaudit/d", system.on_host("/etc/pam.d/sshd")});
  system.make_file("/etc/pam.d/plainsshd", stack, root_owner, 0644);
  const LogCapture capture(system);
  kinds();  // makes the keys
  const pid_t child = fork();
  if (child == 0) {
    try {
      const auto output = "/tmp/" + std::to_string(getpid());
      std::filesystem::create_directory(output);
      run(system, capture, argc > 1 ? std::stoul(argv[1]) : 500);
      std::filesystem::remove_all(output);
      std::fflush(stdout);
      _exit(0);
    } catch (const std::exception& error) {
      std::fprintf(stderr, "%s\n", error.what());
      _exit(1);
    }
  }
  int status = 1;
  waitpid(child, &status, 0);
  return status == 0 ? 0 : 1;
}
