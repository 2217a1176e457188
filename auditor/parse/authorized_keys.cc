// SPDX-License-Identifier: MIT
#include "parse/authorized_keys.h"

#include <algorithm>
#include <optional>
#include <string>

#include "parse/base64.h"
#include "parse/key_blob.h"
#include "parse/key_line.h"
#include "parse/key_line_diagnosis.h"
#include "parse/key_line_splitter.h"

namespace sshaudit {
namespace {

using Fault = KeyLineFault;
constexpr std::size_t longest_block = 1000;  // lines of a key in another format
constexpr std::size_t most_pieces = 200;     // of a wrapped key
constexpr std::size_t longest_wrapped = 32UL * 1024;
constexpr std::size_t most_tries = 4;  // to read a wrapped key
constexpr std::string_view utf8_mark = "\xEF\xBB\xBF";

bool is_blank_or_comment(std::string_view line) {
  const auto start = line.find_first_not_of(" \t\r");
  return start == std::string_view::npos || line[start] == '#';
}

std::string_view trimmed(std::string_view line) {
  const auto first = line.find_first_not_of(" \t\r");
  if (first == std::string_view::npos) return {};
  return line.substr(first, line.find_last_not_of(" \t\r") + 1 - first);
}

bool is_base64(std::string_view word) {
  constexpr std::string_view digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=";
  return !word.empty() && word.find_first_not_of(digits) == std::string_view::npos;
}

bool is_key(std::string_view line, const KeyGrammar& grammar) {
  return !is_blank_or_comment(line) && !parse_key_line(line, grammar).key.type.empty();
}

// Tells where a key in wire form may end, which is made of strings with their lengths in front, while its base64 comes
// in pieces.
class BlobEnd {
 public:
  bool add(std::string_view piece) {
    pending_ += piece;
    const auto whole = pending_.size() - pending_.size() % 4;
    std::string bytes;
    decode_base64(std::string_view(pending_).substr(0, whole), bytes);
    pending_.erase(0, whole);
    bytes_ += bytes;
    while (bytes_.size() >= end_ + 4) {
      std::size_t size = 0;
      for (std::size_t i = 0; i < 4; ++i) size = (size << 8U) | static_cast<unsigned char>(bytes_[end_ + i]);
      if (end_ + 4 + size > bytes_.size()) return false;
      end_ += 4 + size;
    }
    return end_ == bytes_.size() && pending_.empty();
  }

 private:
  std::string pending_;  // base64 digits that make no byte yet
  std::string bytes_;
  std::size_t end_ = 0;  // of the strings that are whole
};

class KeyFileReader {
 public:
  KeyFileReader(std::string_view text, const KeyGrammar& grammar,
                const std::function<void(const AuthorizedKey&)>& visit)
      : text_(text), lines_(text, grammar.facts.reads_any_line), grammar_(grammar), visit_(visit) {}

  void read() {
    is_utf16_ = text_.starts_with("\xFF\xFE") || text_.starts_with("\xFE\xFF");
    if (is_utf16_) give(faulty(1, Fault::utf16));
    while (auto line = lines_.next()) read_line(*line);
  }

 private:
  static bool begins_block(std::string_view line) {
    return line.find("BEGIN ") != std::string_view::npos || line.find("PuTTY-User-Key-File-") != std::string_view::npos;
  }

  static AuthorizedKey faulty(std::size_t line, Fault fault) {
    AuthorizedKey parsed;
    parsed.line = parsed.last_line = line;
    parsed.fault = fault;
    return parsed;
  }

  void give(const AuthorizedKey& parsed) { visit_(parsed); }

  void read_line(const KeyFileLine& line) {
    if (line.fate == KeyFileLine::Fate::too_long) return give(faulty(line.number, Fault::line_too_long));
    if (line.fate == KeyFileLine::Fate::swallows_next) {
      if (is_utf16_) return;
      auto parsed = faulty(line.number, Fault::line_swallowed);
      parsed.last_line = line.last;
      return give(parsed);
    }
    const bool marked = line.number == 1 && line.text.starts_with(utf8_mark);
    if (marked) return read_marked(line);
    if (is_blank_or_comment(line.text)) return;
    auto parsed = parse_key_line(line.text, grammar_);
    parsed.line = parsed.last_line = line.number;
    if (parsed.key.type.empty()) {
      if (is_utf16_ && (line.has_nul || line.text.size() < 4)) return;
      look_further(line, parsed);
    } else if (parsed.shows_private_key && line.text.find("-----BEGIN ") != std::string_view::npos) {
      auto block = parsed;  // a private key was appended to a line without a newline
      take_block(block, Fault::private_key, "END ");
      parsed.last_line = block.last_line;
    }
    give(parsed);
  }

  // sshd takes the mark for a part of the first word.
  void read_marked(const KeyFileLine& line) {
    const auto rest = line.text.substr(utf8_mark.size());
    if (is_blank_or_comment(rest)) return;
    auto parsed = parse_key_line(rest, grammar_);
    parsed.line = parsed.last_line = line.number;
    if (!parsed.key.type.empty()) {
      auto found = faulty(line.number, Fault::byte_order_mark);
      found.column = 1;
      found.meant = parsed.key;
      return give(found);
    }
    look_further(line, parsed);
    give(parsed);
  }

  // A line without a key may be the first of several that belong together.
  void look_further(const KeyFileLine& line, AuthorizedKey& parsed) {
    const auto text = trimmed(line.text);
    if (text.starts_with("-----BEGIN ") || text.starts_with("---- BEGIN ")) {
      const bool is_private = parsed.fault == Fault::private_key || shows_private_key(text);
      return take_block(parsed, is_private ? Fault::private_key : Fault::rfc4716, "END ");
    }
    if (parsed.fault == Fault::private_key) return take_block(parsed, Fault::private_key, "Private-MAC:");
    if (parsed.fault == Fault::key_incomplete) join_pieces(line.text, parsed);
  }

  // Up to the line with the mark of the end. Without one, as far as there is base64.
  void take_block(AuthorizedKey& parsed, Fault fault, std::string_view end) {
    auto found = faulty(parsed.line, fault);
    auto ahead = lines_;
    bool all_base64 = true;
    bool at_end = false;
    const bool may_end = parsed.line >= no_end_before_;  // otherwise it was looked for already
    for (std::size_t i = 0; i < longest_block && !at_end && (may_end || all_base64); ++i) {
      const auto next = ahead.next();
      if (!next || begins_block(next->text) || is_key(next->text, grammar_)) break;
      at_end = next->text.find(end) != std::string_view::npos;
      all_base64 = all_base64 && is_base64(trimmed(next->text));
      if (!at_end) no_end_before_ = std::max(no_end_before_, next->number);
      if (!at_end && !all_base64) continue;
      found.last_line = next->number;
      lines_ = ahead;
    }
    parsed = found;
  }

  // Whether what follows is base64 that makes the key whole.
  void join_pieces(std::string_view first, AuthorizedKey& parsed) {
    std::string text(trimmed(first).substr(trimmed(first).find_last_of(" \t") + 1));
    if (text == parsed.word) text.clear();  // the line ends behind the type
    BlobEnd end;
    end.add(text);
    if (parsed.line < no_join_before_) return;  // these lines were tried already
    auto ahead = lines_;
    std::size_t tries = 0;
    for (std::size_t i = 0; i < most_pieces && text.size() < longest_wrapped && tries < most_tries; ++i) {
      const auto next = ahead.next();
      const auto piece = next ? trimmed(next->text) : std::string_view();
      const auto word = piece.substr(0, piece.find_first_of(" \t"));
      if (next) no_join_before_ = next->number;
      if (!is_base64(word) || (word.size() < piece.size() && is_key(piece, grammar_))) return;
      text += word;
      if (end.add(word) && ++tries > 0 && take_joined(text, next->number, ahead, parsed)) return;
      if (word.size() < piece.size()) return;
    }
  }

  bool take_joined(std::string_view text, std::size_t last_line, const KeyLineSplitter& behind, AuthorizedKey& parsed) {
    const auto key = whole_key(text);
    if (!key) return false;
    auto found = faulty(parsed.line, Fault::key_wrapped);
    found.last_line = last_line;
    found.word = parsed.word;
    found.meant = *key;
    parsed = found;
    lines_ = behind;
    return true;
  }

  std::optional<PublicKey> whole_key(std::string_view text) const {
    std::string bytes;
    if (decode_base64(text, bytes).fault != Base64Fault::none) return std::nullopt;
    const auto decoded = decode_key_blob(bytes, blob_rules(grammar_));
    return decoded.fault == BlobFault::none ? std::optional(decoded.key) : std::nullopt;
  }

  std::string_view text_;
  KeyLineSplitter lines_;
  const KeyGrammar& grammar_;
  const std::function<void(const AuthorizedKey&)>& visit_;
  bool is_utf16_ = false;
  std::size_t no_join_before_ = 0;  // line up to which pieces of a key were joined in vain
  std::size_t no_end_before_ = 0;   // line up to which no end of a block was found
};

}  // namespace

void read_key_lines(std::string_view text, const KeyGrammar& grammar,
                    const std::function<void(const AuthorizedKey&)>& visit) {
  KeyFileReader(text, grammar, visit).read();
}

}  // namespace sshaudit
