// SPDX-License-Identifier: MIT
#include "wiring/pam_profile.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "parse/pam_files.h"
#include "parse/pam_service.h"

namespace sshaudit {
namespace {

constexpr int deepest_include = 16;
constexpr std::string_view blanks = " \t\n";

std::vector<std::string> lines_in(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    lines.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

std::vector<std::string> words_in(std::string_view text) {
  std::vector<std::string> words;
  while (true) {
    text.remove_prefix(std::min(text.find_first_not_of(blanks), text.size()));
    if (text.empty()) return words;
    const auto end = std::min(text.find_first_of(blanks), text.size());
    words.emplace_back(text.substr(0, end));
    text.remove_prefix(end);
  }
}

// A line cut where its options begin: control and module as written, and the rest.
struct Cut {
  std::string_view head;
  std::string_view options;
};

Cut cut_at_options(std::string_view line) {
  std::size_t at = line.starts_with('[') ? line.find(']') : line.find_first_of(blanks);
  at = std::min(line.find_first_not_of(blanks, std::min(at, line.size() - 1) + 1), line.size());
  at = std::min(line.find_first_of(blanks, at), line.size());
  return {line.substr(0, at), line.substr(at)};
}

// Without the length of a jump, which pam-auth-update reckons anew each time: "end" in a profile, a number in the file.
std::string without_jump(std::string_view head) {
  const auto close = head.find(']');
  if (!head.starts_with('[') || close == std::string_view::npos) return std::string(head);
  auto control = std::string(head.substr(0, close));
  if (const auto end = control.find("=end"); end != std::string::npos) control.erase(end + 1, 3);
  const auto first = control.find_first_of("0123456789");
  if (first != std::string::npos) {
    control.erase(first, std::min(control.find_first_not_of("0123456789", first), control.size()) - first);
  }
  return control + std::string(head.substr(close));
}

// The options as pam-auth-update writes them: the profile's own, without those that are not there, then the others.
std::string options_as_written(std::string_view saved, std::string_view current) {
  auto left = words_in(current);
  std::string text;
  for (const auto& option : words_in(saved)) {
    const auto found = std::ranges::find(left, option);
    if (found == left.end()) continue;
    left.erase(found);
    text += (text.empty() ? "" : " ") + option;
  }
  std::ranges::sort(left);
  for (const auto& option : left) text += (text.empty() ? "" : " ") + option;
  return text;
}

bool is_as_written(std::string_view line, std::string_view type, std::string_view saved) {
  const auto prefix = fmt::format("{}\t", type);
  if (!line.starts_with(prefix)) return false;
  line.remove_prefix(prefix.size());
  if (line == saved) return true;  // the line that stands for no module at all has no blank behind
  const auto ours = cut_at_options(saved);
  const auto theirs = cut_at_options(line);
  return without_jump(theirs.head) == without_jump(ours.head) &&
         theirs.options == " " + options_as_written(ours.options, theirs.options);
}

// Of the modules but ours, with single blanks.
std::vector<std::string> lines_of_others(std::string_view text) {
  std::vector<std::string> lines;
  bool complete = true;
  for (const auto& line : pam_lines(text, complete)) {
    std::string_view rest = line.text;
    for (int i = 0; i < 2; ++i) take_pam_token(rest);  // kind and control
    const auto module = take_pam_token(rest).value_or("");
    if (module_name(module) == module_name(pam_module_name)) continue;
    std::string text_of_line;
    for (const auto& word : words_in(line.text)) text_of_line += (text_of_line.empty() ? "" : " ") + word;
    lines.push_back(std::move(text_of_line));
  }
  return lines;
}

bool says_the_same(const std::string& before, const std::string& now) {
  const auto taken_apart = [](std::string_view line) {
    const auto kind = take_pam_token(line).value_or("");
    line.remove_prefix(std::min(line.find_first_not_of(blanks), line.size()));
    const auto cut = cut_at_options(line);
    std::vector<std::string> words = {kind};
    for (auto& word : words_in(without_jump(cut.head))) words.push_back(std::move(word));
    for (auto& word : words_in(cut.options)) words.push_back(std::move(word));
    return words;
  };
  auto words = taken_apart(now);
  const auto old = taken_apart(before);
  constexpr auto harmless = "try_first_pass";
  if (std::ranges::find(old, harmless) == old.end()) std::erase(words, harmless);
  return words == old;
}

class ModuleSearch {
 public:
  explicit ModuleSearch(const PamFileReader& read) : read_(read) {}

  // `kind` is the only one that counts; empty for each.
  void look_into(const std::string& path, const std::string& kind, int depth) {
    const auto text = depth > deepest_include ? std::nullopt : read_(path);
    if (!text) return;
    bool complete = true;
    for (const auto& line : pam_lines(*text, complete)) look_at(line, path, kind, depth);
  }

  std::vector<PamModuleLine> take() { return std::move(found_); }

 private:
  static std::string path_of(const std::string& name) {
    return name.starts_with('/') ? name : fmt::format("/etc/pam.d/{}", name);
  }

  void look_at(const PamLine& line, const std::string& path, const std::string& wanted, int depth) {
    std::string_view rest = line.text;
    auto kind = take_pam_token(rest).value_or("");
    const auto control = take_pam_token(rest).value_or("");
    if (kind == "@include") return look_into(path_of(control), wanted, depth + 1);
    if (kind.starts_with('-')) kind.erase(0, 1);
    const auto module = take_pam_token(rest).value_or("");
    if (!wanted.empty() && kind != wanted) return;
    if (control == "include" || control == "substack") return look_into(path_of(module), kind, depth + 1);
    if (module_name(module) == module_name(pam_module_name)) found_.push_back({kind, {path, line.line}});
  }

  const PamFileReader& read_;
  std::vector<PamModuleLine> found_;
};

}  // namespace

std::optional<std::size_t> foreign_pam_line(std::string_view name, std::string_view current, std::string_view saved) {
  constexpr std::array marks = {
      "# here are the per-package modules (the \"Primary\" block)", "# here's the fallback if no module succeeds",
      "# and here are more per-package modules (the \"Additional\" block)", "# end of pam-auth-update config"};
  const auto type = name.substr(0, name.find('-'));
  auto known = lines_in(saved);
  std::erase_if(known, [](const std::string& line) { return line.empty() || line.starts_with("Module: "); });
  auto next = known.begin();
  std::size_t passed = 0;
  std::size_t number = 0;
  for (const auto& line : lines_in(current)) {
    ++number;
    if (passed < marks.size() && line.starts_with(marks[passed])) {
      ++passed;
      continue;
    }
    if (passed != 1 && passed != 3) continue;
    if (next == known.end() || !is_as_written(line, type, *next)) return number;
    ++next;
  }
  if (passed < marks.size() || next != known.end()) return 0;
  return std::nullopt;
}

std::optional<std::string> changed_pam_line(std::string_view before, std::string_view after) {
  const auto old = lines_of_others(before);
  const auto now = lines_of_others(after);
  for (std::size_t i = 0; i < now.size(); ++i) {
    if (i >= old.size() || !says_the_same(old[i], now[i])) return now[i];
  }
  if (old.size() > now.size()) return old[now.size()];
  return std::nullopt;
}

std::vector<PamModuleLine> pam_module_lines(const std::string& service, const PamFileReader& read) {
  ModuleSearch search(read);
  search.look_into("/etc/pam.d/" + service, "", 0);
  return search.take();
}

}  // namespace sshaudit
