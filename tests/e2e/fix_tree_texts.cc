// SPDX-License-Identifier: MIT
// Texts of key files that an editor, a mail program or a shell has broken around the key that counts.
#include <algorithm>
#include <array>

#include "fix_tree_generator.h"

namespace sshaudit::e2e {
namespace {

using differential::Dice;

std::string other_line(Dice& dice, const std::string& comment) { return key_line(dice.below(100000), comment); }

std::string without_end(std::string line) {
  while (!line.empty() && line.back() == '\n') line.pop_back();
  return line;
}

std::string blob_of(const std::string& line) {
  const auto begin = line.find(' ') + 1;
  return line.substr(begin, line.find(' ', begin) - begin);
}

// A line in which sshd reads no key, and no other sshd would.
std::string dead_line(Dice& dice) {
  const auto blob = blob_of(other_line(dice, ""));
  const std::array lines = {
      "ssh-ed25591 " + blob + " misspelt",
      "shh-ed25519 " + blob + " misspelt",
      "ssh-ed25519" + blob + " glued",
      "ssh-rsa " + blob + " mismatch",
      "no-ptyy ssh-ed25519 " + blob + " option",
      "fromm=\"10.0.0.1\" ssh-ed25519 " + blob + " option",
      "command=\"echo ssh-ed25519 " + blob + " quote",
      "no-pty, no-X11-forwarding ssh-ed25519 " + blob + " blank",
      "ssh-ed25519 " + blob.substr(0, 40) + " damaged",
      "ssh-ed25519 " + blob.substr(0, 30) + "!" + blob.substr(31) + " damaged",
  };
  return lines.at(dice.below(lines.size())) + "\n";
}

// Lines before and behind, some of which may be dead.
std::string some_lines(Dice& dice, std::size_t dead_percent, bool& has_dead_line) {
  std::string text;
  for (auto left = dice.below(3); left > 0; --left) {
    const bool is_dead = dice.chance(dead_percent);
    has_dead_line = has_dead_line || is_dead;
    text += is_dead           ? dead_line(dice)
            : dice.chance(40) ? "# a comment, umlauts \xC3\xA4\n"
            : dice.chance(20) ? "\n"
                              : other_line(dice, "somebody@laptop");
  }
  return text;
}

// The key that counts is not the first one.
std::string joined(const std::string& line, Dice& dice) {
  static const std::array<std::string, 3> comments = {"bob@desk", "bob of the desk", "x"};
  std::string text;
  for (auto before = 1 + dice.below(2); before > 0; --before) {
    text += without_end(other_line(dice, comments.at(dice.below(comments.size()))));
  }
  text += line;
  if (dice.chance(30)) text = without_end(text) + other_line(dice, "last");
  return text;
}

std::string with_carriage_returns(const std::string& text) {
  std::string changed;
  for (const char c : text) changed += c == '\n' ? std::string("\r\n") : std::string(1, c);
  return changed;
}

void say(KeyText& text, const char* what) { text.what += (text.what.empty() ? "text: " : ", ") + std::string(what); }

}  // namespace

KeyText well_text(const std::string& line, Dice& dice) {
  KeyText made;
  bool has_dead_line = false;
  made.text = some_lines(dice, 0, has_dead_line) + line + some_lines(dice, 0, has_dead_line);
  return made;
}

KeyText broken_text(const std::string& line, Dice& dice) {
  KeyText made;
  while (made.what.empty()) {
    const bool has_mark = dice.chance(25);
    made.refuses = has_mark;
    made.text = line;
    if (has_mark) say(made, "byte order mark");
    if (dice.chance(35)) {
      made.text = joined(line, dice);
      made.refuses = true;
      say(made, "joined");
    }
    if (has_mark) made.text = "\xEF\xBB\xBF" + made.text;
    const bool is_first = has_mark || dice.chance(30);
    const auto before = is_first ? std::string() : some_lines(dice, 50, made.has_dead_line);
    made.text = before + made.text + some_lines(dice, 50, made.has_dead_line);
    if (made.has_dead_line) say(made, "dead line");
    if (dice.chance(25)) {
      made.text = with_carriage_returns(made.text);
      say(made, "carriage returns");
    }
    if (!made.text.ends_with('\n') || !dice.chance(20)) continue;
    made.text = made.text.substr(0, made.text.find_last_not_of("\r\n") + 1);
    say(made, "no newline");
  }
  made.has_dead_line = made.has_dead_line || made.text.starts_with("\xEF");
  return made;
}

}  // namespace sshaudit::e2e
