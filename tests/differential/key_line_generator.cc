// SPDX-License-Identifier: MIT
// A file is made line by line. A line begins as a good one, in its parts; quirks change the parts, quirks of files
// change the whole, and in the end bytes are changed at random in many of them.
#include "differential/key_line_generator.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <string_view>
#include <utility>

#include "differential/key_blob_quirks.h"

namespace sshaudit::differential {
namespace {

struct Parts {
  std::string lead;
  std::string options;
  std::string first_gap;
  std::string type;
  std::string second_gap = " ";
  std::string base64;
  std::string third_gap;
  std::string comment;
  std::string end = "\n";
};

std::string joined(const Parts& parts) {
  std::string line;
  for (const auto* part : {&parts.lead, &parts.options, &parts.first_gap, &parts.type, &parts.second_gap, &parts.base64,
                           &parts.third_gap, &parts.comment, &parts.end}) {
    line += *part;
  }
  return line;
}

class FileWriter {
 public:
  FileWriter(std::uint64_t seed, const KeyWorld& world) : dice_(seed), world_(world) {}

  GeneratedKeyFile write() {
    made_.offered = dice_.below(world_.keys.size());
    if (offered().type == "ssh-dss" && dice_.chance(70))
      made_.offered = dice_.below(world_.keys.size());  // rarely accepted
    made_.client = dice_.chance(80) ? "127.0.0.1" : "127.0.0.2";
    const auto mood = dice_.below(100);
    quirks_ = mood < 8 ? 0 : mood < 82 ? 1 : 2 + dice_.below(3);
    write_lines();
    if (dice_.chance(14)) file_quirk();
    if (dice_.chance(34)) change_bytes();
    return std::move(made_);
  }

 private:
  using Quirk = void (FileWriter::*)(Parts&, const TestKey&);

  const TestKey& offered() const { return world_.keys[made_.offered]; }
  const TestKey& any_key() { return world_.keys[dice_.below(world_.keys.size())]; }
  std::string one_of(const char* lines) { return one_line_of(lines, dice_); }
  template <std::size_t count>
  std::string one_of(const std::array<const char*, count>& texts) {
    return texts.at(dice_.below(count));
  }

  void write_lines();
  std::string other_line();
  std::string block();
  std::string key_line(const TestKey& key, std::size_t quirks);
  Parts good_parts(const TestKey& key);
  std::string comment();
  void file_quirk();
  void change_bytes();
  void change_byte(std::size_t at);
  std::string utf16();

  void odd_blanks(Parts& parts, const TestKey& key);
  void odd_options(Parts& parts, const TestKey& key);
  void odd_type(Parts& parts, const TestKey& key);
  void odd_key_word(Parts& parts, const TestKey& key);
  void odd_wire(Parts& parts, const TestKey& key);
  void odd_order(Parts& parts, const TestKey& key);
  void odd_end(Parts& parts, const TestKey& key);
  void odd_comment(Parts& parts, const TestKey& key);
  void a_certificate(Parts& parts, const TestKey& key);
  void a_second_key(Parts& parts, const TestKey& key);
  void a_break(Parts& parts, const TestKey& key);
  void a_nul(Parts& parts, const TestKey& key);

  Dice dice_;
  const KeyWorld& world_;
  GeneratedKeyFile made_;
  std::size_t quirks_ = 0;  // of each line with the key that is offered
};

void FileWriter::write_lines() {
  const auto count = 1 + dice_.below(dice_.chance(50) ? 2 : 6);
  const auto place = dice_.chance(97) ? dice_.below(count) : count;
  for (std::size_t i = 0; i < count; ++i) {
    if (i == place || dice_.chance(30)) {
      made_.text += key_line(offered(), dice_.chance(75) ? quirks_ : 0);
    } else {
      made_.text += other_line();
    }
  }
}

std::string FileWriter::other_line() {
  constexpr std::array noise = {
      "\n",        "   \n",  "\t\n",         "# a comment\n",  "  # another\n", "\r\n", "#\n",
      "garbage\n", "\f\n",   "\"\n",         "ssh-ed25519\n",  "AAAA\n",        "\\\n", "=\n",
      "//\n",      "no-pty", "no-pty \\\n",  "command=\"x\n",  "ssh-rsa AAAA",  "#",    "\xEF\xBB\xBF\n",
      "\"a\" b\n", "- \n",   "-----END x\n", "Private-MAC:\n", "Comment: x\n",  ",\n",  "ssh-dss \n"};
  const auto way = dice_.below(100);
  if (way < 55) return key_line(any_key(), dice_.chance(50) ? quirks_ : 0);
  if (way < 70) return block();
  return one_of(noise);
}

// Whole, or a piece of one.
std::string FileWriter::block() {
  auto text = world_.blocks[dice_.below(world_.blocks.size())];
  if (dice_.chance(50)) return text;
  const auto cut = dice_.below(text.size());
  if (dice_.chance(50)) return dice_.chance(50) ? text.substr(0, cut) : text.substr(cut);
  const auto line_end = text.find('\n', cut) + 1;
  return dice_.chance(50) ? text.substr(0, line_end) : text.substr(line_end);
}

std::string FileWriter::comment() {
  constexpr std::array comments = {"alice@example.org", "a b c", "#", "x\ty", "\xC3\xA4", "\"", "\\",
                                   "from=\"10.0.0.1\"", "="};
  return one_of(comments);
}

Parts FileWriter::good_parts(const TestKey& key) {
  Parts parts;
  parts.type = key.type;
  parts.base64 = key.base64;
  if (dice_.chance(45)) {
    parts.options = generate_options(dice_, world_.now, 0);
    parts.first_gap = " ";
  }
  if (dice_.chance(60)) {
    parts.third_gap = " ";
    parts.comment = comment();
  }
  return parts;
}

std::string FileWriter::key_line(const TestKey& key, std::size_t quirks) {
  constexpr std::array<Quirk, 22> all = {
      &FileWriter::odd_options,  &FileWriter::odd_options,   &FileWriter::odd_options,  &FileWriter::odd_options,
      &FileWriter::odd_options,  &FileWriter::odd_options,   &FileWriter::odd_options,  &FileWriter::odd_blanks,
      &FileWriter::odd_blanks,   &FileWriter::odd_type,      &FileWriter::odd_type,     &FileWriter::odd_key_word,
      &FileWriter::odd_key_word, &FileWriter::odd_wire,      &FileWriter::odd_wire,     &FileWriter::odd_order,
      &FileWriter::odd_end,      &FileWriter::a_certificate, &FileWriter::a_second_key, &FileWriter::a_break,
      &FileWriter::odd_comment,  &FileWriter::a_nul};
  auto parts = good_parts(key);
  for (std::size_t i = 0; i < quirks; ++i) (this->*all.at(dice_.below(all.size())))(parts, key);
  return joined(parts);
}

void FileWriter::odd_blanks(Parts& parts, const TestKey&) {
  constexpr std::array blanks = {"",   "  ",  "\t",       " \t ", "\t\t",          "\r", "\f",
                                 "\v", " \r", "\xC2\xA0", "\xA0", " \xE2\x80\x8B", "\r "};
  constexpr std::size_t ordinary = 5;
  const auto blank = blanks.at(dice_.below(dice_.chance(50) ? ordinary : blanks.size()));
  switch (dice_.below(4)) {
    case 0:
      parts.lead = blank;
      break;
    case 1:
      parts.first_gap = blank;
      break;
    case 2:
      parts.second_gap = blank;
      break;
    default:
      parts.third_gap = blank;
  }
}

void FileWriter::odd_options(Parts& parts, const TestKey&) {
  parts.options = generate_options(dice_, world_.now, 1 + (quirks_ > 1 ? dice_.below(2) : 0));
  if (parts.first_gap.empty()) parts.first_gap = " ";
}

void FileWriter::odd_type(Parts& parts, const TestKey& key) {
  const auto& name = key.type;
  const auto shorter = name.substr(std::min(name.size(), 1 + dice_.below(5)));
  std::string upper = name;
  std::ranges::transform(upper, upper.begin(), [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  const std::string plain = name == "ssh-rsa" ? "RSA" : name == "ssh-ed25519" ? "ED25519" : "ECDSA";
  const std::array<std::string, 28> words = {"rsa-sha2-256",
                                             "rsa-sha2-512",
                                             "rsa-sha2-256",
                                             "rsa-sha2-512",
                                             "ssh-rsa",
                                             "ssh-ed25519",
                                             any_key().type,
                                             any_key().type,
                                             any_key().type,
                                             shorter,
                                             upper,
                                             plain,
                                             "ecdsa-sha2-nistp256",
                                             "ssh-dss",
                                             name + "x",
                                             name + ",",
                                             name + "\r",
                                             "\"" + name + "\"",
                                             "sk-" + name + "@openssh.com",
                                             name + "-cert-v01@openssh.com",
                                             "",
                                             "rsa",
                                             "ssh-ecdsa",
                                             "x509v3-sign-rsa",
                                             "rsa-sha2-512-cert-v01@openssh.com",
                                             "rsa-sha2-1024",
                                             name + ":",
                                             "1024"};
  parts.type = words.at(dice_.below(words.size()));
}

void FileWriter::odd_key_word(Parts& parts, const TestKey&) { parts.base64 = odd_base64(parts.base64, dice_); }

void FileWriter::odd_wire(Parts& parts, const TestKey& key) { parts.base64 = odd_blob(key.base64, dice_); }

void FileWriter::odd_order(Parts& parts, const TestKey&) {
  if (parts.options.empty()) parts.options = generate_options(dice_, world_.now, 0);
  switch (dice_.below(6)) {
    case 0:
      std::swap(parts.options, parts.comment);
      std::swap(parts.first_gap, parts.third_gap);
      break;
    case 1:
      std::swap(parts.type, parts.base64);
      break;
    case 2:
      std::swap(parts.type, parts.options);
      break;
    case 3:
      parts.options += " " + generate_options(dice_, world_.now, 0);
      break;
    case 4:
      parts.lead = one_of(std::array{"1 ", "- ", "* ", "localhost ", "command ", ", ", "; ", "//", "=", "\\"});
      break;
    default:
      parts.type.clear();
      parts.second_gap.clear();
  }
  if (!parts.options.empty() && parts.first_gap.empty()) parts.first_gap = " ";
}

void FileWriter::odd_end(Parts& parts, const TestKey&) {
  parts.end = one_of(std::array{"\r\n", "\r\n", "\r\n", "\r", "", "\n\n", "\\\n", "\n\r", "\r\r\n", " \n", "\t\r\n",
                                "\f\n", "\xC2\x85", "\v"});
}

void FileWriter::odd_comment(Parts& parts, const TestKey& key) {
  parts.third_gap = " ";
  constexpr std::size_t very_long = 20000;
  const std::array<std::string, 8> comments = {
      std::string(very_long, 'x'), std::string(very_long, ' ') + "x", "\"unbalanced", "# " + key.type, key.fingerprint,
      key.type + " AAAA",          std::string(16384, '\\'),          "\x1b[31m"};
  parts.comment = comments.at(dice_.below(comments.size()));
  if (dice_.chance(15)) parts.options = "command=\"" + std::string(very_long, 'y') + "\"";
  if (!parts.options.empty() && parts.first_gap.empty()) parts.first_gap = " ";
}

void FileWriter::a_certificate(Parts& parts, const TestKey& key) {
  const auto found = std::ranges::find_if(world_.keys, [](const auto& one) { return !one.certificate.empty(); });
  const auto& certificate = key.certificate.empty() ? found->certificate : key.certificate;
  if (dice_.chance(25)) parts.options = "cert-authority";
  if (!parts.options.empty()) parts.first_gap = " ";
  const auto blank = certificate.find(' ');
  if (dice_.chance(60)) parts.type = certificate.substr(0, blank);
  parts.base64 = certificate.substr(blank + 1);
}

void FileWriter::a_second_key(Parts& parts, const TestKey& key) {
  const auto& other = any_key();
  const auto whole = other.type + " " + other.base64;
  switch (dice_.below(6)) {
    case 0:
      parts.base64 += one_of(std::array{"", " ", "\r", "\t", "\\n", ",", "=", "\xC2\xA0"}) + whole;
      break;
    case 1:
      parts.lead += whole + one_of(std::array{"", " ", "\t", "\r", ","});
      break;
    case 2:
      parts.comment += one_of(std::array{"", " ", "\t", "\r"}) + whole;
      break;
    case 3:
      parts.base64 += other.base64;
      break;
    case 4:
      parts.options = "command=\"" + whole + "\"";
      parts.first_gap = " ";
      break;
    default:
      parts.comment = key.type + " " + key.base64;
      parts.third_gap = one_of(std::array{"", " ", "\r", "\t"});
  }
}

// A line end where none belongs.
void FileWriter::a_break(Parts& parts, const TestKey&) {
  const auto end = one_of(std::array{"\n", "\n", "\r\n", "\\\n", "\n ", "=\n", "\n\n", "\n> "});
  switch (dice_.below(6)) {
    case 0:
      parts.second_gap = end;
      break;
    case 1:
      parts.first_gap = end;
      break;
    case 2: {
      constexpr std::size_t usual = 70;
      for (auto at = usual; at < parts.base64.size(); at += usual + end.size()) parts.base64.insert(at, end);
      break;
    }
    case 3:
      parts.third_gap = end;
      break;
    default:
      parts.base64.insert(dice_.below(parts.base64.size() + 1), end);
  }
}

void FileWriter::a_nul(Parts& parts, const TestKey&) {
  const std::array<std::string*, 9> places = {&parts.lead,      &parts.options,    &parts.first_gap,
                                              &parts.type,      &parts.second_gap, &parts.base64,
                                              &parts.third_gap, &parts.comment,    &parts.end};
  auto& part = *places.at(dice_.below(places.size()));
  part.insert(dice_.below(part.size() + 1), 1, '\0');
}

std::string FileWriter::utf16() {
  const bool little = dice_.chance(60);
  std::string text = dice_.chance(20) ? "" : little ? "\xFF\xFE" : "\xFE\xFF";
  for (const char c : made_.text) {
    if (!little) text += '\0';
    text += c;
    if (little) text += '\0';
  }
  return text;
}

void FileWriter::file_quirk() {
  auto& text = made_.text;
  const auto replace_all = [&](char from, const std::string& to) {
    std::string changed;
    for (const char c : text) changed += c == from ? to : std::string(1, c);
    text = changed;
  };
  switch (dice_.below(12)) {
    case 0:
      text.insert(0, "\xEF\xBB\xBF");
      break;
    case 1:
      text.insert(0, "\xEF\xBB\xBF" + one_of(std::array{"\n", " ", "#\n", "\t", "\r\n", "\"\" "}));
      break;
    case 2:
      text = utf16();
      break;
    case 3:
      replace_all('\n', "\r\n");
      break;
    case 4:
      replace_all('\n', "\r");
      break;
    case 5:
      replace_all('\n', "\\n");
      break;
    case 6:
      text.insert(dice_.below(text.size() + 1), 1 + dice_.below(3), '\0');
      break;
    case 7:
      text.insert(0, one_of(std::array{"\xFF\xFE\n", "\xFE\xFF", "\xFF\xFE", "\xFF\xFE\n\n"}));
      break;
    case 8:
      text += text;
      break;
    default:
      while (text.ends_with('\n')) text.pop_back();
  }
}

void FileWriter::change_byte(std::size_t at) {
  constexpr std::string_view likely("\0\r\n\t \f\v\"\"\\,,=#", 14);
  auto& text = made_.text;
  const char byte = dice_.chance(50) ? likely[dice_.below(likely.size())] : static_cast<char>(dice_.below(256));
  switch (dice_.below(4)) {
    case 0:
      text.erase(at, 1);
      break;
    case 1:
      text[at] = byte;
      break;
    case 2:
      text[at] = static_cast<char>(static_cast<unsigned char>(text[at]) ^ (1U << dice_.below(8)));
      break;
    default:
      text.insert(at, 1, byte);
  }
}

// Half of the changes are outside of the base64 of the key: where there is most to see.
void FileWriter::change_bytes() {
  auto& text = made_.text;
  const auto count = dice_.chance(70) ? 1 : 2 + dice_.below(3);
  for (std::size_t i = 0; i < count && !text.empty(); ++i) {
    auto at = dice_.below(text.size());
    const auto key = text.find(offered().base64.substr(0, 16));
    if (key != std::string::npos && dice_.chance(50)) at = key - std::min(key, dice_.below(60));
    change_byte(std::min(at, text.size() - 1));
  }
}

}  // namespace

GeneratedKeyFile generate_key_file(std::uint64_t seed, const KeyWorld& world) {
  return FileWriter(seed, world).write();
}

}  // namespace sshaudit::differential
