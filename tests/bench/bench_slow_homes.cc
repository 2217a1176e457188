// SPDX-License-Identifier: MIT
// How much of the waiting for slow homes is done at once: 2,000 accounts on a file system that takes 5 ms for each
// operation, looked at by as many processes as the run sees fit, and by one pair alone. Root only: all of it is in
// mount namespaces of its own.
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <set>
#include <string>
#include <vector>

#include "night.h"

namespace {

using namespace sshaudit::e2e;
using namespace std::chrono_literals;

// Wall time in seconds of an audit of `count` accounts.
double seconds_for(std::size_t count, const std::vector<std::string>& more) {
  std::set<std::size_t> all;
  for (std::size_t i = 0; i < count; ++i) all.insert(i);
  ManyAccounts host(count, all);
  host.write_databases();
  const auto space = host.with_server({.delay = 5ms});
  if (space.errnum() != 0) {
    std::fputs("the file system could not be mounted\n", stderr);
    std::exit(2);
  }
  const auto begin = std::chrono::steady_clock::now();
  const auto run = audit_in(space, nightly(more));
  const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - begin;
  if (run.exit_status != 0) {
    std::fprintf(stderr, "sshaudit ended with status %d: %s\n", run.exit_status, run.err.c_str());
    std::exit(2);
  }
  return taken.count();
}

}  // namespace

int main(int argc, char** argv) {
  if (geteuid() != 0) {
    std::fputs("usage, as root: bench_slow_homes [ACCOUNTS [SAMPLE]]\n", stderr);
    return 2;
  }
  const std::size_t accounts = argc > 1 ? std::stoul(argv[1]) : 2000;
  const std::size_t sample = argc > 2 ? std::stoul(argv[2]) : 200;
  const double none = seconds_for(0, {"--jobs", "1"});
  const double alone = (seconds_for(sample, {"--jobs", "1"}) - none) / static_cast<double>(sample);
  const double together = seconds_for(accounts, {});
  const double one_pair = none + alone * static_cast<double>(accounts);
  std::printf("slow homes   %zu accounts, 5 ms an operation; %.0f ms an account for one pair\n", accounts,
              alone * 1000);
  std::printf("one pair     %.1f s (extrapolated from %zu accounts)\n", one_pair, sample);
  std::printf("default      %.1f s\n", together);
  std::printf("ratio        %.1f\n", one_pair / together);
  return 0;
}
