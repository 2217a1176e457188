// SPDX-License-Identifier: MIT
// Fills a frame of packaging/ with what the program knows of itself, when it is built: KIND FRAME -> standard output.
#include <fmt/format.h>

#include <cstdio>
#include <exception>
#include <fstream>
#include <iterator>
#include <string>

#include "documents/completions.h"
#include "documents/rules_page.h"
#include "rules/catalogue.h"

namespace {

sshaudit::Fillings fillings_of(const std::string& kind) {
  const auto rules = sshaudit::catalogue();
  if (kind == "bash") return sshaudit::bash_fillings(sshaudit::command_words(), rules);
  if (kind == "zsh") return sshaudit::zsh_fillings(sshaudit::command_words(), rules);
  if (kind == "fish") return sshaudit::fish_fillings(sshaudit::command_words(), rules);
  if (kind == "rules") return {{"RULES", sshaudit::rules_sections(rules)}};
  throw std::invalid_argument("no such kind: " + kind);
}

// %WORD% in the frame becomes what goes there; a line of its own ends once.
std::string filled(std::string frame, const sshaudit::Fillings& fillings) {
  for (const auto& [word, text] : fillings) {
    const auto mark = "%" + word + "%";
    const auto inside = text.ends_with('\n') ? text.substr(0, text.size() - 1) : text;
    auto at = frame.find(mark);
    if (at == std::string::npos) throw std::invalid_argument("the frame has no " + mark);
    for (; at != std::string::npos; at = frame.find(mark, at + inside.size())) frame.replace(at, mark.size(), inside);
  }
  return frame;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    if (argc != 3) throw std::invalid_argument("usage: KIND FRAME");
    std::ifstream file(argv[2], std::ios::binary);
    if (!file) throw std::invalid_argument(std::string("cannot be read: ") + argv[2]);
    const std::string frame(std::istreambuf_iterator<char>(file), {});
    std::fputs(filled(frame, fillings_of(argv[1])).c_str(), stdout);
    return std::fflush(stdout) == 0 ? 0 : 2;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "documents: %s\n", error.what());
    return 2;
  }
}
