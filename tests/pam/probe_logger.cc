// SPDX-License-Identifier: MIT
// A logger that writes down what it was started with, to the file that its first word names or, for "-", as its answer.
#include <dirent.h>
#include <unistd.h>

#include <cstdio>
#include <cstring>
#include <initializer_list>

namespace {

// In hexadecimal, a bit for each signal: SigBlk, SigIgn and SigCgt of proc(5).
void print_signals(FILE* to) {
  FILE* const status = std::fopen("/proc/self/status", "re");
  char line[256];
  while (status != nullptr && std::fgets(line, sizeof line, status) != nullptr) {
    for (const char* name : {"SigBlk:", "SigIgn:", "SigCgt:"}) {
      if (std::strncmp(line, name, std::strlen(name)) == 0) std::fputs(line, to);
    }
  }
  if (status != nullptr) std::fclose(status);
}

void print_link(FILE* to, const char* name, const char* path) {
  char target[4096];
  const auto size = readlink(path, target, sizeof target - 1);
  target[size < 0 ? 0 : size] = '\0';
  char* const colon = std::strchr(target, ':');  // "pipe:[number]"
  if (colon != nullptr) *colon = '\0';
  std::fprintf(to, "%s %s\n", name, target);
}

void print_descriptors(FILE* to, int without) {
  DIR* const directory = opendir("/proc/self/fd");
  while (const dirent* const entry = directory == nullptr ? nullptr : readdir(directory)) {
    int number = -1;
    if (std::sscanf(entry->d_name, "%d", &number) != 1 || number == dirfd(directory) || number == without) continue;
    char path[64];
    std::snprintf(path, sizeof path, "/proc/self/fd/%d", number);
    print_link(to, entry->d_name, path);
  }
  if (directory != nullptr) closedir(directory);
}

// Exactly when depends on how fast this host is.
const char* when_it_ends() {
  const unsigned seconds = alarm(0);
  if (seconds == 0) return "never";
  return seconds <= 61 ? "within 61 seconds" : seconds <= 300 ? "within 300 seconds" : "late";
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) return 2;
  const bool answers = std::strcmp(argv[1], "-") == 0;
  FILE* const to = answers ? stdout : std::fopen(argv[1], "we");
  if (to == nullptr) return 3;
  for (int i = 2; i < argc; ++i) std::fprintf(to, "word %s\n", argv[i]);
  for (char** variable = environ; *variable != nullptr; ++variable) std::fprintf(to, "env %s\n", *variable);
  print_descriptors(to, answers ? -1 : fileno(to));
  print_link(to, "cwd", "/proc/self/cwd");
  std::fprintf(to, "leads %d %d\n", getsid(0) == getpid(), getpgid(0) == getpid());
  print_signals(to);
  std::fprintf(to, "ends %s\n", when_it_ends());
  return std::fclose(to) == 0 ? 0 : 4;
}
