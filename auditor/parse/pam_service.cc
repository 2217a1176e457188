// SPDX-License-Identifier: MIT
#include "parse/pam_service.h"

#include <algorithm>
#include <cerrno>
#include <utility>

#include "parse/pattern.h"

namespace sshaudit {
namespace {

constexpr unsigned most_substacks = 16;    // in each other; PAM_SUBSTACK_MAX_LEVEL
constexpr unsigned most_includes = 32;     // in each other: libpam before 1.6 goes on until it has no descriptor left
constexpr std::size_t most_lines = 20000;  // of all files together
constexpr std::size_t line_buffer = 1024;  // BUF_SIZE
constexpr std::string_view default_service = "other";

enum class Type { any, auth, session, account, password };

PamActions all_bad() {
  PamActions actions;
  actions.fill(PamAction::bad);
  return actions;
}

bool same_word(std::string_view a, std::string_view b) { return lower_case(a) == lower_case(b); }

// What extract_modulename() makes of it is empty: libpam gives up.
bool has_no_name(std::string_view module) {
  const auto name = module.substr(module.rfind('/') + 1);
  const auto stem = name.substr(0, name.rfind('.'));
  return stem.empty() || stem == "?";
}

// Reads files into the two lists of handlers that libpam keeps. A function that returns false means that libpam gives
// up on the file there (PAM_ABORT).
class Reader {
 public:
  Reader(std::string service, const PamSources& sources) : sources_(sources) { stack_.service = std::move(service); }
  PamStack read();

 private:
  struct File {
    const PamText& text;
    Type requested = Type::any;
    unsigned level = 0;
    unsigned depth = 0;
    std::optional<bool> is_other;  // nothing for pam.conf, where each line names its service
  };
  // One line on its way to become an entry.
  struct Line {
    const File& file;
    bool is_other = false;
    Type type = Type::any;
    std::string_view rest;
    PamEntry entry;
  };

  bool read_directories();
  bool read_file(const File& file);
  bool read_line(const File& file, const PamLine& line);
  void take_type(Line& line) const;
  bool take_entry(Line& line);
  bool include(Line& line, bool is_substack, bool is_debians);
  bool load(const Line& line, const std::optional<std::string>& name, unsigned level);
  std::optional<PamText> open_service(const std::string& name);
  std::optional<PamText> open_included(const std::string& name);
  std::optional<PamText> open(const std::string& path);
  bool add(Line& line);
  bool give_up(std::string why, ConfigPlace place);

  const PamSources& sources_;
  PamStack stack_;
  std::vector<PamEntry> other_;
  std::size_t lines_ = 0;
};

bool Reader::give_up(std::string why, ConfigPlace place) {
  stack_.fault = std::move(why);
  stack_.fault_place = std::move(place);
  return false;
}

// A directory opens like an empty file.
std::optional<PamText> Reader::open(const std::string& path) {
  auto text = sources_.open(path);
  if (text.errnum == ENOENT || text.errnum == ENOTDIR || text.errnum == ELOOP) return std::nullopt;
  if (text.errnum == EISDIR) text.errnum = 0;
  if (text.errnum != 0 && stack_.unread.empty()) stack_.unread = text.path + " could not be read";
  return text;
}

std::optional<PamText> Reader::open_service(const std::string& name) {
  if (name.starts_with('/')) return open(name);
  for (const auto* const directory : {"/etc/pam.d/", "/usr/lib/pam.d/"}) {
    if (auto text = open(directory + name)) return text;
  }
  return std::nullopt;
}

std::optional<PamText> Reader::open_included(const std::string& name) {
  if (!sources_.is_debian) return open_service(name);
  if (name.starts_with('/')) return open(name);
  const bool is_there = std::ranges::find(sources_.directories, "/etc/pam.d") != sources_.directories.end();
  return is_there ? open("/etc/pam.d/" + name) : std::nullopt;
}

bool Reader::add(Line& line) {
  if (line.entry.kind != PamEntry::Kind::must_fail && has_no_name(line.entry.module))
    return give_up("\"" + line.entry.module + "\" is no name of a module", line.entry.place);
  if (line.type == Type::any) return give_up(line.entry.fault, line.entry.place);
  if (line.type == Type::account) (line.is_other ? other_ : stack_.account).push_back(line.entry);
  return true;
}

bool Reader::load(const Line& line, const std::optional<std::string>& name, unsigned level) {
  if (!name || level >= most_substacks || line.file.depth >= most_includes) return false;
  const auto text = open_included(*name);
  return text && read_file({*text, line.type, level, line.file.depth + 1, line.is_other});
}

bool Reader::include(Line& line, bool is_substack, bool is_debians) {
  const auto name = take_pam_token(line.rest);
  line.entry.module = name.value_or("");
  if (!name && sources_.is_debian) return give_up("it includes a file without a name", line.entry.place);
  if (is_substack) {
    auto marker = line;
    marker.entry.kind = PamEntry::Kind::substack;
    if (!add(marker)) return false;
  }
  if (load(line, name, line.file.level + (is_substack ? 1 : 0))) return true;
  line.entry.kind = PamEntry::Kind::must_fail;
  line.entry.actions = all_bad();
  if (line.entry.fault.empty()) line.entry.fault = line.entry.module + " cannot be included";
  if (is_debians) line.entry.control = "@include";  // whose actions Debian's libpam leaves undefined
  return add(line);
}

void Reader::take_type(Line& line) const {
  auto word = take_pam_token(line.rest).value_or("");
  line.entry.is_optional = word.starts_with('-');
  if (line.entry.is_optional) word.erase(0, 1);
  if (same_word(word, "auth")) {
    line.type = Type::auth;
  } else if (same_word(word, "session")) {
    line.type = Type::session;
  } else if (same_word(word, "account")) {
    line.type = Type::account;
  } else if (same_word(word, "password")) {
    line.type = Type::password;
  } else {
    line.type = line.file.requested == Type::any ? Type::auth : line.file.requested;
    line.entry.kind = PamEntry::Kind::must_fail;
    line.entry.fault = word.empty() ? "the type is missing" : "\"" + word + "\" is no type";
  }
}

// Behind the type: control, module, arguments.
bool Reader::take_entry(Line& line) {
  const auto control = take_pam_token(line.rest);
  line.entry.control = control.value_or("");
  const bool is_substack = same_word(line.entry.control, "substack");
  if (is_substack || same_word(line.entry.control, "include")) return include(line, is_substack, false);
  line.entry.actions = control ? parse_pam_control(*control) : all_bad();
  const auto module = take_pam_token(line.rest);
  line.entry.module = module.value_or("");
  if (!control || !module) {
    line.entry.kind = PamEntry::Kind::must_fail;
    line.entry.fault = control ? "the module is missing" : "the control is missing";
  }
  while (auto argument = take_pam_token(line.rest)) line.entry.arguments.push_back(std::move(*argument));
  return add(line);
}

bool Reader::read_line(const File& file, const PamLine& text) {
  Line line{file, file.is_other.value_or(false), Type::any, text.text, {}};
  line.entry.level = file.level;
  line.entry.place = {file.text.path, text.line};
  if (!file.is_other) {
    const auto service = take_pam_token(line.rest).value_or("");
    line.is_other = same_word(service, default_service);
    if (!line.is_other && !same_word(service, stack_.service)) return true;
  }
  auto ahead = line.rest;
  auto word = take_pam_token(ahead).value_or("");
  if (word.starts_with('-')) word.erase(0, 1);
  if (sources_.is_debian && same_word(word, "@include")) {
    line.rest = ahead;
    line.type = file.requested;
    return include(line, false, true);
  }
  take_type(line);
  if (file.requested != Type::any && line.type != file.requested) return true;
  return take_entry(line);
}

bool Reader::read_file(const File& file) {
  bool complete = true;
  const auto lines = pam_lines(file.text.text, complete);
  lines_ += lines.size() + 1;
  if (lines_ > most_lines) {
    stack_.unread = file.text.path + " includes more than can be followed";
    return true;
  }
  for (const auto& line : lines) {
    if (!read_line(file, line)) return false;
  }
  if (!complete) return give_up("a line of it is not finished, or too long", {file.text.path, 0});
  return true;
}

// The service's own file, then that of "other", whether it is needed or not.
bool Reader::read_directories() {
  const auto own = open_service(stack_.service);
  if (own && !read_file({*own, Type::any, 0, 0, stack_.service == default_service})) return false;
  const auto other = open_service(std::string(default_service));
  if (other && !read_file({*other, Type::any, 0, 0, true})) return false;
  if (own || other) return true;
  return give_up("neither /etc/pam.d/" + stack_.service + " nor /etc/pam.d/other is there", {});
}

PamStack Reader::read() {
  bool done = true;
  if (!sources_.directories.empty()) {
    done = read_directories();
  } else if (const auto text = open("/etc/pam.conf")) {
    done = read_file({*text, Type::any, 0, 0, std::nullopt});
  } else {
    done = give_up("neither /etc/pam.d nor /etc/pam.conf is there", {});
  }
  if (done) stack_.fault.clear();
  if (stack_.account.empty()) stack_.account = std::move(other_);
  return std::move(stack_);
}

// What fgets(3) gives into a buffer of `room` bytes, as far as strlen(3) sees it.
std::string_view take_piece(std::string_view& rest, std::size_t room) {
  const auto newline = rest.find('\n');
  const auto size = std::min({newline == std::string_view::npos ? rest.size() : newline + 1, room - 1, rest.size()});
  const auto piece = rest.substr(0, size);
  rest.remove_prefix(size);
  return piece.substr(0, piece.find('\0'));
}

}  // namespace

std::vector<PamLine> pam_lines(std::string_view text, bool& complete) {
  constexpr std::string_view blanks = " \t\n";
  std::vector<PamLine> lines;
  PamLine line;
  std::size_t number = 1;
  while (true) {
    const auto here = number;
    complete = line.line == 0 || (!text.empty() && line.text.size() + 1 < line_buffer);
    if (text.empty() || !complete) return lines;
    const auto before = text;
    const auto piece = take_piece(text, line_buffer - line.text.size());
    number += before.substr(0, before.size() - text.size()).ends_with('\n') ? 1 : 0;
    const auto start = piece.find_first_not_of(blanks);
    if (start == std::string_view::npos || piece[start] == '#') continue;
    if (line.line == 0) line.line = here;
    const auto comment = piece.find('#', start);
    const auto last = piece.find_last_not_of(blanks);
    const bool goes_on = comment == std::string_view::npos && piece[last] == '\\';
    line.text += goes_on ? std::string(piece.substr(0, last)) + ' ' : std::string(piece.substr(0, comment));
    if (goes_on) continue;
    lines.push_back(std::exchange(line, {}));
  }
}

PamStack read_pam_stack(std::string_view service, const PamSources& sources) {
  return Reader(lower_case(service.substr(service.rfind('/') + 1)), sources).read();
}

}  // namespace sshaudit
