// SPDX-License-Identifier: MIT
// make_fault_tree DIR [--accounts N] [--seed S] [--expected FILE]: fills the empty directory DIR with a system of which
// a known few accounts have one fault each, and writes what an auditor has to say of it, one finding a line:
// user TAB key_login TAB rule TAB path. An account without findings has one line with no rule and no path; findings of
// the host itself have "-" for user and key_login. The same seed makes the same system.
#include <unistd.h>

#include <charconv>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>
#include <vector>

#include "fault_tree.h"

namespace {

namespace fs = std::filesystem;
using sshaudit::e2e::FaultTreeSize;
using sshaudit::e2e::ReportLines;

constexpr int usage_error = 2;

struct Request {
  std::string directory;
  std::string expected;
  FaultTreeSize size;
};

std::size_t number(const std::string& text) {
  std::size_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) throw std::invalid_argument("not a number: " + text);
  return value;
}

Request parse(const std::vector<std::string>& words) {
  Request request;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const auto& word = words[i];
    const auto value = [&] {
      return ++i < words.size() ? words[i] : throw std::invalid_argument(word + " needs a value");
    };
    if (word == "--accounts") {
      request.size.accounts = number(value());
    } else if (word == "--seed") {
      request.size.seed = number(value());
    } else if (word == "--expected") {
      request.expected = value();
    } else if (word.starts_with("-") || !request.directory.empty()) {
      throw std::invalid_argument("not understood: " + word);
    } else {
      request.directory = word;
    }
  }
  if (request.directory.empty()) throw std::invalid_argument("DIR is missing");
  request.directory = fs::absolute(request.directory).lexically_normal();
  if (request.directory.ends_with('/')) request.directory.pop_back();
  if (request.expected.empty()) request.expected = fs::path(request.directory).parent_path() / "expected";
  return request;
}

void make(const Request& request) {
  if (geteuid() != 0) throw std::runtime_error("only root can make files of other owners");
  if (fs::exists(request.directory) && !fs::is_empty(request.directory)) {
    throw std::runtime_error(request.directory + " exists and is not empty");
  }
  fs::create_directories(request.directory);
  sshaudit::e2e::AuditedSystem system(request.directory);
  const auto lines = sshaudit::e2e::make_fault_tree(system, request.size);
  std::ofstream file(request.expected);
  for (const auto& line : lines) {
    file << line.user << '\t' << line.key_login << '\t' << line.rule << '\t' << line.path << '\n';
  }
  if (!file.flush()) throw std::runtime_error("cannot write " + request.expected);
}

}  // namespace

int main(int argc, char** argv) {
  try {
    make(parse({argv + 1, argv + argc}));
    return 0;
  } catch (const std::invalid_argument& error) {
    std::fprintf(stderr,
                 "make_fault_tree: %s\nUsage: make_fault_tree DIR [--accounts N] [--seed S] [--expected FILE]\n",
                 error.what());
    return usage_error;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "make_fault_tree: %s\n", error.what());
    return 1;
  }
}
