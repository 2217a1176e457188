// SPDX-License-Identifier: MIT
// How the generated configurations are built and spelled. Most of them are meant to be accepted; a spoiled one gets an
// error or two, because what sshd does with an error is a prediction too.
#include "differential/config_generator.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <initializer_list>

namespace sshaudit::differential {
namespace {

constexpr std::array accounts = {
    MadeUpAccount{"root", 0, 0, "/root"},
    MadeUpAccount{"sshd", 101, 65534, "/run/sshd"},
    MadeUpAccount{"alice", 2001, 2001, "/home/alice"},
    MadeUpAccount{"bob", 2002, 3001, "/home/bob"},
    MadeUpAccount{"carol", 2003, 2003, "/home/carol"},
    MadeUpAccount{"dave", 2004, 3003, "/srv/dave"},
    MadeUpAccount{"nobody", 65534, 65534, "/nonexistent"},
};
constexpr std::array groups = {
    MadeUpGroup{"root", 0, ""},
    MadeUpGroup{"staff", 3001, "alice"},
    MadeUpGroup{"wheel", 3002, "alice,root"},
    MadeUpGroup{"devs", 3003, "bob"},
    MadeUpGroup{"sftponly", 3004, "carol,bob,nobody"},
    MadeUpGroup{"alice", 2001, ""},
    MadeUpGroup{"carol", 2003, ""},
    MadeUpGroup{"nogroup", 65534, ""},
};

// In this order: the operands of + may be evaluated in any.
std::string joined(std::initializer_list<std::string> parts) {
  std::string whole;
  for (const auto& part : parts) whole += part;
  return whole;
}

bool has_member(std::string_view members, std::string_view name) {
  const auto list = "," + std::string(members) + ",";
  return list.find("," + std::string(name) + ",") != std::string::npos;
}

// The group of the passwd row first, as getgrouplist(3) has it.
std::vector<std::string> groups_of(const MadeUpAccount& account) {
  std::vector<std::string> names;
  for (const auto& group : groups) {
    if (group.gid == account.gid) names.emplace_back(group.name);
  }
  for (const auto& group : groups) {
    if (group.gid != account.gid && has_member(group.members, account.name)) names.emplace_back(group.name);
  }
  return names;
}

enum class Level { main, middle, shared, leaf };

// A file includes only what stands below its level, and a file that may be read inside Match holds only what may
// stand there.
struct PlannedFile {
  Level level;
  const char* name;
  const char* pattern;  // alternatives, as Include may name it
};
constexpr std::array planned_files = {
    PlannedFile{Level::middle, "a.conf", "<dir>/a.conf|<dir>/a.con?|<dir>/[a-b].conf|<dir>/{a,x}.conf <dir>/a.conf"},
    PlannedFile{Level::middle, "b.conf", "<dir>/b.conf|<dir>/*.conf|<dir>/./b.conf|<dir>//b.conf <dir>/nothing/*"},
    PlannedFile{Level::shared, "conf.d/10-x.conf", "<dir>/conf.d/*.conf|<dir>/conf.d/10-*|<dir>/conf.d/10-x.conf"},
    PlannedFile{Level::shared, "conf.d/20-y.conf", "<dir>/conf.d/*.conf|<dir>/conf.d/[2-9]*|<dir>/*.d/*.conf"},
    PlannedFile{Level::leaf, "extra/p.conf",
                "<dir>/extra/p*|<dir>/extra/p.conf|<dir>/extra/nothing <dir>/extra/p.conf"},
    PlannedFile{Level::leaf, "extra/with blank",
                "\"<dir>/extra/with blank\"|<dir>/extra/w*|\"<dir>/extra/with*\" <dir>/none|<dir>/extra/with?blank"},
    PlannedFile{Level::leaf, "extra/[q]", "<dir>/extra/\\[q]|<dir>/extra/*q*|<dir>/extra/?q?|\"<dir>/extra/\\[q]\""},
};

constexpr std::array errors = {"bad",       "bad",      "bad",      "bad",      "bad",    "bad",  "missing", "empty",
                               "surplus",   "quote",    "quote",    "typo",     "global", "form", "escape",  "equals",
                               "backslash", "badmatch", "badmatch", "badmatch", "any",    "any",  "glue",    "comment"};

enum class Spelling { double_quotes, strict, free };  // strict: the word stays what it is

class Writer {
 public:
  Writer(std::uint64_t seed, const std::string& directory, const SshdBuild& build)
      : dice_(seed), directory_(directory), build_(build) {
    const auto& version = build.version;
    number_ = version.major == 0 ? 9998 : version.major * 100 + version.minor;
    const auto mood = dice_.below(100);
    oddness_ = mood < 35 ? 0 : mood < 85 ? 6 : 25;
    errors_left_ = dice_.chance(30) ? 1 + dice_.below(2) : 0;
    config_.spoiled = errors_left_ > 0;
  }

  GeneratedConfig write() {
    plan();
    config_.files.push_back({directory_ + "/sshd_config", file(Level::main)});
    for (const auto& planned : present_) config_.files.push_back({path(planned), file(planned.level)});
    if (config_.spoiled && dice_.chance(12)) add_loop();
    const std::size_t count = dice_.chance(65) ? 3 : dice_.chance(70) ? 2 : 1;
    for (std::size_t i = 0; i < count; ++i) config_.connections.push_back(connection());
    return std::move(config_);
  }

 private:
  std::string path(const PlannedFile& planned) const { return directory_ + "/" + planned.name; }
  std::string text(std::string_view form) { return expand(form, directory_, dice_); }
  bool is_odd() { return dice_.chance(oddness_); }
  bool splits_as_a_shell() const { return number_ >= 807; }  // single quotes, and comments after words

  void plan();
  void add_loop();
  std::string file(Level level);
  std::string lines(Level level, std::size_t count, bool in_match);
  std::string line(Level level, bool in_match);
  std::string include(Level level, bool in_match);
  std::string match();
  std::string match_words();
  std::string setting(bool in_match);
  std::string spoiled_line(bool in_match);
  std::string long_line(bool in_match);
  std::string command_with_user();
  const KeywordForm& any_form();
  const KeywordForm& known_form(bool in_match);
  std::string finish_line(std::string line);
  std::string spell_keyword(std::string_view keyword);
  std::string spell_separator();
  std::string spell_words(std::string_view words, Spelling spelling);
  std::string spell_word(const std::string& word, Spelling spelling);
  std::string spell_file(std::string text);
  Connection connection();

  Dice dice_;
  std::string directory_;
  SshdBuild build_;
  int number_ = 0;
  std::size_t oddness_ = 0;
  std::size_t errors_left_ = 0;
  std::vector<PlannedFile> present_;
  std::array<bool, 4> safe_ = {};  // by level: may be read inside Match
  GeneratedConfig config_;
};

void Writer::plan() {
  const auto count = dice_.below(6);
  for (std::size_t i = 0; i < count; ++i) {
    const auto& planned = planned_files[dice_.below(planned_files.size())];
    const bool known = std::ranges::any_of(present_, [&](const auto& one) { return one.name == planned.name; });
    if (!known) present_.push_back(planned);
  }
  for (std::size_t level = 1; level < safe_.size(); ++level) safe_[level] = safe_[level - 1] || dice_.chance(45);
}

// A file that includes itself, or one above it: sshd gives up at depth 16.
void Writer::add_loop() {
  auto& last = config_.files.back();
  last.bytes += "\nInclude " + (dice_.chance(50) ? last.path : config_.files.front().path) + "\n";
  for (char& letter : last.bytes) {
    if (letter == '\0') letter = ' ';
  }
}

std::string Writer::file(Level level) {
  const bool is_main = level == Level::main;
  const bool safe = safe_[static_cast<std::size_t>(level)];
  std::string made = lines(level, is_main ? 3 + dice_.below(9) : dice_.below(6), safe);
  const auto blocks = is_main ? dice_.below(5) : dice_.chance(45) ? 1 + dice_.below(2) : 0;
  for (std::size_t i = 0; i < blocks; ++i) {
    const bool all = dice_.chance(14);
    made += all ? finish_line(joined({spell_keyword("Match"), spell_separator(), text("all|All|ALL|all")})) : match();
    const bool in_match = !all || safe || !dice_.chance(40);
    made += lines(level, dice_.below(5), in_match);
  }
  return spell_file(std::move(made));
}

std::string Writer::lines(Level level, std::size_t count, bool in_match) {
  std::string made;
  for (std::size_t i = 0; i < count; ++i) made += line(level, in_match);
  return made;
}

std::string Writer::line(Level level, bool in_match) {
  if (errors_left_ > 0 && dice_.chance(12)) {
    --errors_left_;
    return finish_line(spoiled_line(in_match));
  }
  if (dice_.chance(4)) return text("|#| # a comment|#Port 22|\t|  |# Match all|#\"|\t#x") + "\n";
  if (dice_.chance(1)) return long_line(in_match) + "\n";
  if (dice_.chance(9) && number_ >= 802) return include(level, in_match);
  if (dice_.chance(2)) return command_with_user();
  return finish_line(setting(in_match));
}

std::string Writer::include(Level level, bool in_match) {
  std::string patterns;
  for (const auto& planned : present_) {
    if (planned.level <= level || (in_match && !safe_[static_cast<std::size_t>(planned.level)])) continue;
    if (dice_.chance(45)) patterns += (patterns.empty() ? "" : " ") + text(planned.pattern);
  }
  if (patterns.empty())
    patterns = text("<dir>/nothing/*.conf|<dir>/missing.conf|~/missing|~root/*.no|<dir>/x[|<dir>/z*");
  return finish_line(joined({spell_keyword("Include"), spell_separator(), spell_words(patterns, Spelling::strict)}));
}

std::string Writer::match() {
  if (errors_left_ > 0 && dice_.chance(15)) {
    --errors_left_;
    return finish_line(joined({spell_keyword("Match"), spell_separator(), text("<badmatch>")}));
  }
  return finish_line(joined({spell_keyword("Match"), spell_separator(), match_words()}));
}

std::string Writer::match_words() {
  const auto kind = dice_.below(100);
  const auto count = kind < 65 ? 1 : kind < 90 ? 2 : 3;
  std::string words;
  for (int i = 0; i < count; ++i) words += (i > 0 ? " " : "") + text("<criterion>");
  if (number_ >= 909 && dice_.chance(6)) words += " Invalid-User";
  if (number_ == 909 && dice_.chance(90)) std::ranges::replace(words, '=', ' ');  // it takes no "User=alice"
  const bool only_double = !dice_.chance(15);  // Match once took no other quotes, and none within a word
  return only_double ? spell_words(words, Spelling::double_quotes) : spell_words(words, Spelling::strict);
}

const KeywordForm& Writer::any_form() {
  const auto forms = keyword_forms();
  std::size_t total = 0;
  for (const auto& form : forms) total += static_cast<std::size_t>(form.weight);
  while (true) {
    auto at = dice_.below(total);
    const auto* form = forms.data();
    for (; at >= static_cast<std::size_t>(form->weight); ++form) at -= static_cast<std::size_t>(form->weight);
    if (build_.has_openssl || !form->is('a')) return *form;
  }
}

const KeywordForm& Writer::known_form(bool in_match) {
  const bool is_debian = build_.version.vendor == Vendor::debian || build_.version.vendor == Vendor::ubuntu;
  while (true) {
    const auto& form = any_form();
    const bool known = form.since <= number_ && (is_debian || !form.is('d'));
    if (known && (!in_match || form.is('m'))) return form;
  }
}

std::string Writer::setting(bool in_match) {
  const auto& form = known_form(in_match);
  const auto good = spell_words(text(form.good), form.is('f') ? Spelling::free : Spelling::strict);
  return joined({spell_keyword(form.keyword), spell_separator(), good});
}

// sshd wants to know the user of a command before it starts.
std::string Writer::command_with_user() {
  const std::string kind = text("AuthorizedKeysCommand|AuthorizedPrincipalsCommand");
  const auto command = finish_line(kind + " " + text("<command>"));
  const auto user = finish_line(kind + "User " + text("nobody|root|%u"));
  return user + command;
}

// A line that sshd mostly refuses.
std::string Writer::spoiled_line(bool in_match) {
  const std::string error = errors[dice_.below(errors.size())];
  if (error == "badmatch") return "Match " + text("<badmatch>");
  if (error == "any" || error == "global") {
    const auto& form = any_form();
    return std::string(form.keyword) + " " + text(error == "any" && dice_.chance(50) ? form.bad : form.good);
  }
  const auto& form = known_form(in_match);
  const std::string keyword = form.keyword;
  const auto value = text(form.good);
  if (error == "bad") return joined({spell_keyword(keyword), spell_separator(), text(form.bad)});
  if (error == "missing") return keyword + text("| |=|\t| =| = | #|=#x");
  if (error == "empty") return keyword + text(" \"\"| ''|=\"\"| \"\" | '' x");
  if (error == "surplus") return keyword + " " + value + text(" extra| yes| \"\"| ''| no no| =| \"a b\"|\tx| \\");
  if (error == "quote")
    return joined({keyword, text(" \"| '| a\"| \"a'| 'a\"|=\"| \\\"| \"a\\\""), value, text("|\"|'| x")});
  if (error == "form") return keyword + text("\f| \f|\v|\f \f|\xc2\xa0") + value;
  if (error == "escape") return keyword + " " + text("\\|\\\\|\\\"|\\ |\\'|\"\\|'\\'") + value;
  if (error == "equals") return keyword + text("==| = = |= =| ==|=,") + value;
  if (error == "backslash") return keyword + " " + value + text("\\| \\|\\\\| \\\\| \\ ");
  if (error == "glue") return joined({keyword, text("\"|'"), value, text("\"|'|")});
  if (error == "comment") return keyword + " " + value + text("#| #x|# x|\"#\"| '#'| \\#| \"\"#");
  auto typo = keyword;
  const auto place = dice_.below(typo.size() + 1);
  typo.insert(place, text("x|s|_|-|.|é|\"|'|\\|=| |!"));
  return typo + " " + value;
}

// Longer than what sshd once read at a time (1,023 characters), up to 100,000.
std::string Writer::long_line(bool in_match) {
  const std::size_t size = dice_.chance(70) ? 900 + dice_.below(5000) : 100000;
  const auto kind = dice_.below(in_match ? 5 : 6);
  if (kind == 0) return "#" + std::string(size, '#');
  if (kind == 1) return joined({text("PermitTTY no|X11Forwarding yes"), std::string(size, ' '), text("|\t| \t ")});
  if (kind == 2) return "SetEnv A=" + std::string(size, 'a') + (dice_.chance(50) ? " B=\"b c\"" : "");
  if (kind == 3) return "Banner /" + std::string(size, 'b');
  std::string many = kind == 4 ? "AllowUsers" : "AcceptEnv";
  const std::size_t words = std::min<std::size_t>(size / 20, number_ >= 800 ? 5000 : 200);
  for (std::size_t i = 0; i < words; ++i) many += " word" + std::to_string(i * 1234567 + 1);
  return many + text("| alice| bob");
}

// Blanks before, and what may stand after the words.
std::string Writer::finish_line(std::string line) {
  if (is_odd()) line.insert(0, text(" |\t|    |\t\t| \t "));
  if (is_odd()) line += text(" |\t|  \t|\f|\r| \f\r|\t\f");
  if (is_odd() && dice_.chance(50) && splits_as_a_shell()) line += text(" # a comment| #| #x|\t# it's|  # \"quoted\"");
  return line + "\n";
}

std::string Writer::spell_keyword(std::string_view keyword) {
  std::string spelled(keyword);
  const auto kind = is_odd() ? dice_.below(5) : 5;
  for (char& letter : spelled) {
    const auto byte = static_cast<unsigned char>(letter);
    if (kind == 0 || (kind == 1 && dice_.chance(50))) letter = static_cast<char>(std::tolower(byte));
    if (kind == 2 || (kind == 3 && dice_.chance(50))) letter = static_cast<char>(std::toupper(byte));
  }
  return kind == 4 && dice_.chance(30) ? "\"" + spelled + "\"" : spelled;
}

std::string Writer::spell_separator() { return is_odd() ? text("=| = |= | =|\t|  | \t|\t=\t|   ") : " "; }

// Words that hold quotes or backslashes of their own are left as they are.
std::string Writer::spell_words(std::string_view words, Spelling spelling) {
  std::string spelled;
  const bool plain = words.find_first_of("\"'\\#") != std::string_view::npos;
  while (!words.empty()) {
    const auto end = std::min(words.find(' '), words.size());
    const std::string word(words.substr(0, end));
    spelled += plain ? word : spell_word(word, spelling);
    words.remove_prefix(end);
    if (words.empty()) break;
    words.remove_prefix(1);
    spelled += is_odd() ? text("\t|  | \t|   ") : " ";
  }
  return spelled;
}

std::string Writer::spell_word(const std::string& word, Spelling spelling) {
  if (word.empty() || !is_odd()) return word;
  if (spelling == Spelling::double_quotes && word.find('=') != std::string::npos) return word;
  const auto half = dice_.below(word.size());
  const auto head = word.substr(0, half);
  const auto tail = word.substr(half);
  const auto kinds = !splits_as_a_shell() || spelling == Spelling::double_quotes ? 1
                     : spelling == Spelling::free                                ? 8
                                                                                 : 4;
  switch (dice_.below(static_cast<std::size_t>(kinds))) {
    case 1:
      return "'" + word + "'";
    case 2:
      return head + "\"" + tail + "\"";
    case 3:
      return "'" + head + "'\"" + tail + "\"";
    case 4:
      return head + text("\\|\\\\|\\\"|\\'|\\x|#") + tail;
    case 5:
      return "\"" + head + text("'|\\\"| |#|\\ |''| # |\\\\") + tail + "\"";
    case 6:
      return "'" + head + text("\"|\\'| |#|\\ |\"\"|\\\\") + tail + "'";
    case 7:
      return head + text("\xff|\xc3\xa9|\x01|%|$HOME|=|,|\"\"|\xa0|é");
    default:
      return "\"" + word + "\"";
  }
}

// What concerns a file as a whole.
std::string Writer::spell_file(std::string text) {
  if (dice_.chance(oddness_ == 0 ? 1 : 5)) {
    for (std::size_t at = 0; (at = text.find('\n', at)) != std::string::npos; at += 2) text.insert(at, "\r");
  }
  if (dice_.chance(8) && text.ends_with('\n')) text.pop_back();
  if (config_.spoiled && dice_.chance(3)) text.insert(0, "\xef\xbb\xbf");
  if (config_.spoiled && dice_.chance(4)) text.insert(dice_.below(text.size() + 1), 1, '\0');
  if (config_.spoiled && dice_.chance(3)) {
    const auto place = dice_.below(text.size() + 1);
    text.insert(place, 1, static_cast<char>(dice_.below(256)));
  }
  return text;
}

Connection Writer::connection() {
  Connection made;
  made.user = text("alice|bob|carol|dave|alice|bob|root|nobody|ghost");
  const auto* const account = std::ranges::find(accounts, *made.user, &MadeUpAccount::name);
  made.user_exists = account != accounts.end();
  if (made.user_exists) made.groups = groups_of(*account);
  made.address =
      text("192.0.2.7|10.1.2.3|2001:db8::5|10.1.2.3|198.51.100.9|fe80::1|::ffff:10.1.2.3|192.0.2.8|10.1.2.2");
  made.host = dice_.chance(55) ? *made.address : text("<host>|host.example.org|x.EXAMPLE.com");
  made.local_address = text("192.0.2.1|127.0.0.1|2001:db8::1|10.1.2.3");
  made.local_port = dice_.chance(55) ? 22 : 2222;
  const bool asked = std::ranges::any_of(config_.files, [](const auto& one) {
    std::string lower = one.bytes;
    std::ranges::transform(lower, lower.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return lower.find("rdomain") != std::string::npos;
  });
  if (asked) made.rdomain = text("blue|none|red");
  return made;
}

}  // namespace

std::span<const MadeUpAccount> made_up_accounts() { return accounts; }
std::span<const MadeUpGroup> made_up_groups() { return groups; }

GeneratedConfig generate_config(std::uint64_t seed, const std::string& directory, const SshdBuild& build) {
  return Writer(seed, directory, build).write();
}

}  // namespace sshaudit::differential
