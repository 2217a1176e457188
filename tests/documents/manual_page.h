// SPDX-License-Identifier: MIT
// A manual page as its reader sees it: sections, tags of paragraphs, and blocks that are printed as they stand.
#pragma once

#include <fstream>
#include <iterator>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace sshaudit {

struct ManualSection {
  std::string title;
  std::vector<std::string> tags;                 // what stands before an indented paragraph
  std::vector<std::vector<std::string>> blocks;  // lines between .nf and .fi
};

// What troff makes of a line of text: without changes of the font, and with the letters that escapes stand for.
inline std::string without_escapes(std::string_view text) {
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\' || i + 1 == text.size()) {
      result += text[i];
      continue;
    }
    const auto rest = text.substr(++i);
    if (rest[0] == 'f') {
      i += 1;
    } else if (rest.starts_with("(ti") || rest.starts_with("(aq") || rest.starts_with("(ha")) {
      result += rest[1] == 't' ? '~' : rest[1] == 'a' ? '\'' : '^';
      i += 2;
    } else if (rest[0] != '&') {
      result += rest[0] == 'e' ? '\\' : rest[0];
    }
  }
  return result;
}

// The words behind a request. Those of .BR and its kin stand side by side, those of .B are apart.
inline std::string words_of_request(const std::string& line) {
  std::vector<std::string> words;
  bool quoted = false;
  bool ends = true;
  for (const char letter : line.substr(line.find(' ') + 1)) {
    if (letter == '"') {
      if (ends) words.emplace_back();
      ends = false;
      quoted = !quoted;
    } else if (letter == ' ' && !quoted) {
      ends = true;
    } else {
      if (ends) words.emplace_back();
      ends = false;
      words.back() += letter;
    }
  }
  const bool apart = line.find(' ') == 2 || line.starts_with(".SH ") || line.starts_with(".SS ");  // .B and .I
  std::string text;
  for (const auto& word : words) text += (text.empty() || !apart ? "" : " ") + word;
  return without_escapes(text);
}

inline std::string text_of_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw std::runtime_error("cannot be read: " + path);
  return {std::istreambuf_iterator<char>(file), {}};
}

inline std::vector<ManualSection> sections_of(const std::string& path) {
  std::vector<ManualSection> sections(1);
  std::istringstream text(text_of_file(path));
  bool is_tag = false;
  bool in_block = false;
  for (std::string line; std::getline(text, line);) {
    if (line.starts_with(".SH ") || line.starts_with(".SS ")) {
      sections.push_back({words_of_request(line), {}, {}});
    } else if (is_tag) {
      sections.back().tags.push_back(words_of_request(line));
    } else if (line == ".nf") {
      sections.back().blocks.emplace_back();
      in_block = true;
    } else if (line == ".fi") {
      in_block = false;
    } else if (in_block && line != ".RS" && line != ".RE") {
      sections.back().blocks.back().push_back(without_escapes(line));
    }
    is_tag = line == ".TP";
  }
  return sections;
}

}  // namespace sshaudit
