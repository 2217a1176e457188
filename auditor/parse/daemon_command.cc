// SPDX-License-Identifier: MIT
#include "parse/daemon_command.h"

#include <algorithm>
#include <charconv>
#include <cstddef>

namespace sshaudit {
namespace {

constexpr std::string_view with_value = "CEbcfghkopu";
constexpr std::string_view without_value = "46DGQRTVdeiqrt";
constexpr std::string_view not_listening = "CGRTVit";

struct Option {
  char letter = 0;
  std::string value;
};

struct CommandLine {
  std::string program;
  std::vector<Option> options;
  bool exact = true;
  bool cut_off = false;
};

bool among(std::string_view letters, char letter) { return letters.find(letter) != std::string_view::npos; }

// Every argument is followed by a NUL; one that is not is cut off.
std::vector<std::string_view> split_arguments(std::string_view cmdline) {
  std::vector<std::string_view> arguments;
  while (!cmdline.empty()) {
    const auto nul = std::min(cmdline.find('\0'), cmdline.size());
    arguments.push_back(cmdline.substr(0, nul));
    cmdline.remove_prefix(std::min(nul + 1, cmdline.size()));
  }
  return arguments;
}

// As getopt(3) of BSD reads them, which sshd brings along. Nothing where sshd would print its usage instead.
std::optional<CommandLine> parse_arguments(std::string_view cmdline) {
  const auto arguments = split_arguments(cmdline);
  if (arguments.empty()) return std::nullopt;
  std::size_t last = arguments.size() - 1;  // NULs that only fill up may follow
  while (last > 0 && arguments[last].empty()) --last;
  const bool cut_off = cmdline.back() != '\0';
  CommandLine line{std::string(arguments[0]), {}, !cut_off, cut_off};
  for (std::size_t i = 1; i < arguments.size(); ++i) {
    const auto word = arguments[i];
    const bool is_last = i >= last;
    if (is_last && (word.empty() || word == "--")) break;
    if (word.size() < 2 || word[0] != '-') return std::nullopt;
    for (std::size_t at = 1; at < word.size(); ++at) {
      const bool takes_value = among(with_value, word[at]);
      if (!takes_value && !among(without_value, word[at])) return std::nullopt;
      const bool attached = at + 1 < word.size();
      if (takes_value && !attached && ++i == arguments.size()) return std::nullopt;
      line.options.push_back({word[at], takes_value ? std::string(attached ? word.substr(at + 1) : arguments[i]) : ""});
      if (takes_value) break;
    }
  }
  return line;
}

bool is_octal(char digit) { return digit >= '0' && digit <= '7'; }

// The length of the escape that `text` starts with, and what it stands for; 0 when vis(3) writes none like it.
std::size_t read_escape(std::string_view text, char& meaning) {
  constexpr std::string_view letters = "\\nrbavtf";
  constexpr std::string_view meanings = "\\\n\r\b\a\v\t\f";
  if (text.size() < 2) return 0;
  const auto letter = letters.find(text[1]);
  if (letter != std::string_view::npos) {
    meaning = meanings[letter];
    return 2;
  }
  if (text.size() < 4 || !std::all_of(text.begin() + 1, text.begin() + 4, is_octal)) return 0;
  meaning = static_cast<char>(((text[1] - '0') & 3) * 64 + (text[2] - '0') * 8 + (text[3] - '0'));
  return 4;
}

// Takes back vis(3), through which a title goes. Text that it cannot have written stays (libbsd's setproctitle(3)).
std::string decode(std::string_view text) {
  std::string decoded;
  for (std::size_t i = 0; i < text.size();) {
    char byte = text[i];
    std::size_t length = 1;
    if (byte == '\\') length = read_escape(text.substr(i), byte);
    if (length == 0) return std::string(text);
    decoded += byte;
    i += length;
  }
  return decoded;
}

// The arguments in a title.
class Title {
 public:
  explicit Title(std::string_view text) : text_(text.substr(0, text.find('\0'))) { cut_tag(); }

  bool whole() const { return whole_; }

  CommandLine parse() {
    position_ = std::min(text_.find(" -"), text_.size());
    CommandLine line{value_from(0), {}, true, !whole_};
    while (position_ < text_.size()) take_word(line.options);
    line.exact = whole_ && exact_;
    return line;
  }

 private:
  // The end of a title tells that it is whole; where the last letters are missing, only what counts connections is.
  void cut_tag() {
    constexpr std::string_view tag = " [listener] ";
    auto size = text_.rfind(tag);
    for (auto n = tag.size() - 1; n > 1 && size == std::string_view::npos; --n) {
      if (text_.ends_with(tag.substr(0, n))) size = text_.size() - n;
    }
    whole_ = size != std::string_view::npos;
    text_ = text_.substr(0, size);
  }

  // What ends where position_ is.
  std::string value_from(std::size_t start) {
    const auto value = text_.substr(start, position_ - start);
    if (value.find(' ') != std::string_view::npos) exact_ = false;
    return decode(value);
  }

  // Whether the blank here is followed by options, as far as one can tell: letters that sshd knows and that leave it
  // listening, then something that may come next.
  bool options_follow(std::size_t blank) const {
    if (text_.substr(blank, 2) != " -") return false;
    const auto end = std::min(text_.find(' ', blank + 1), text_.size());
    for (auto at = blank + 2; at < end; ++at) {
      if (whole_ && among(not_listening, text_[at])) return false;
      if (among(with_value, text_[at])) return at + 1 < text_.size();
      if (!among(without_value, text_[at])) return false;
    }
    return end > blank + 2 && (end == text_.size() || text_.substr(end, 2) == " -");
  }

  // position_ is on the blank before a word that starts with '-'.
  void take_word(std::vector<Option>& options) {
    const auto end = std::min(text_.find(' ', position_ + 1), text_.size());
    for (auto at = position_ + 2; at < end; ++at) {
      if (among(with_value, text_[at])) {
        const auto start = at + 1 < end ? at + 1 : std::min(end + 1, text_.size());
        if (start == text_.size()) exact_ = false;
        position_ = start;
        while (position_ < text_.size() && !options_follow(position_)) ++position_;
        options.push_back({text_[at], value_from(start)});
        return;
      }
      if (among(without_value, text_[at])) {
        options.push_back({text_[at], ""});
      } else {
        exact_ = false;
      }
    }
    position_ = std::min(text_.find(" -", end), text_.size());
    if (position_ != end) exact_ = false;
  }

  std::string_view text_;
  std::size_t position_ = 0;
  bool whole_ = false;
  bool exact_ = true;
};

// A title without its end is known by the path in front: no account that logs in has such a name.
std::optional<CommandLine> parse_title(std::string_view text) {
  Title title(text);
  if (!title.whole() && !text.starts_with('/')) return std::nullopt;
  return title.parse();
}

bool is_sshd(std::string_view program) { return program.substr(program.rfind('/') + 1) == "sshd"; }

// sshd insists on an absolute name, without -r: it executes itself.
bool listens(const CommandLine& line) {
  bool may_be_relative = false;
  for (const auto& option : line.options) {
    if (among(not_listening, option.letter)) return false;
    if (option.letter == 'r') may_be_relative = true;
  }
  if (!line.program.starts_with('/') && !may_be_relative) return false;
  return is_sshd(line.program) || (line.cut_off && line.options.empty());
}

std::optional<int> port_number(const std::string& text) {
  int port = 0;
  const auto* const last = text.data() + text.size();
  const auto [end, error] = std::from_chars(text.data(), last, port);
  if (error != std::errc{} || end != last || port < 1 || port > 65535) return std::nullopt;
  return port;
}

std::string file_argument(const std::string& name) {
  return name.find_first_of(" \t") == std::string::npos ? name : '"' + name + '"';
}

DaemonCommand command_of(const CommandLine& line) {
  DaemonCommand command{line.program, "", {}, {}, line.exact};
  std::string family;
  std::string grace;
  for (const auto& [letter, value] : line.options) {
    if (letter == 'f') command.config_file = value;
    if (letter == 'o') command.options.push_back(value);
    if (letter == 'h') command.options.push_back("HostKey " + file_argument(value));
    if (letter == 'c') command.options.push_back("HostCertificate " + file_argument(value));
    if (letter == '4') family = "AddressFamily inet";
    if (letter == '6') family = "AddressFamily inet6";
    if (letter == 'g') grace = "LoginGraceTime " + value;
    if (letter != 'p') continue;
    command.options.push_back("Port " + value);
    if (const auto port = port_number(value)) command.ports.push_back(*port);
  }
  for (const auto& first : {grace, family}) {
    if (!first.empty()) command.options.insert(command.options.begin(), first);
  }
  return command;
}

// The next word of a line of sshd_config(5), and what separates it from the one before.
std::string_view take_word_of(std::string_view& line) {
  line.remove_prefix(std::min(line.find_first_not_of(" \t\r\n\f="), line.size()));
  const bool quoted = line.starts_with('"');
  if (quoted) line.remove_prefix(1);
  const auto word = line.substr(0, line.find_first_of(quoted ? "\"" : " \t\r\n\f="));
  line.remove_prefix(word.size());
  return word;
}

bool is_pid_file(std::string_view keyword) {
  constexpr std::string_view name = "pidfile";
  const auto same = [](char a, char b) { return (a >= 'A' && a <= 'Z' ? a - 'A' + 'a' : a) == b; };
  return std::equal(keyword.begin(), keyword.end(), name.begin(), name.end(), same);
}

}  // namespace

std::optional<DaemonCommand> parse_daemon_command(std::string_view cmdline) {
  constexpr std::string_view mark = "sshd: ";
  const bool is_title = cmdline.starts_with(mark);
  const auto line = is_title ? parse_title(cmdline.substr(mark.size())) : parse_arguments(cmdline);
  if (!line || !listens(*line)) return std::nullopt;
  return command_of(*line);
}

std::string pid_file_of(const DaemonCommand& command) {
  for (const auto& option : command.options) {
    std::string_view rest = option;
    const auto word = take_word_of(rest);
    if (!is_pid_file(word)) continue;
    return std::string(take_word_of(rest));
  }
  return "";
}

}  // namespace sshaudit
