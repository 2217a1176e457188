// SPDX-License-Identifier: MIT
#include "parse/key_line_diagnosis.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <optional>
#include <string>
#include <vector>

#include "parse/base64.h"
#include "parse/key_blob.h"
#include "parse/key_line.h"
#include "parse/key_types.h"
#include "parse/near_word.h"
#include "parse/pattern.h"

namespace sshaudit {
namespace {

using Fault = KeyLineFault;
constexpr std::size_t most_words = 64;  // of a line that are looked at
constexpr std::size_t longest_type = 64;

struct Word {
  std::size_t at = 0;
  std::string_view text;
};

std::vector<Word> words_of(std::string_view line, std::size_t from) {
  std::vector<Word> words;
  while (words.size() < most_words) {
    const auto start = line.find_first_not_of(" \t\r", from);
    if (start == std::string_view::npos) break;
    from = std::min(line.find_first_of(" \t\r", start), line.size());
    words.push_back({start, line.substr(start, from - start)});
  }
  return words;
}

bool looks_like_blob(std::string_view word) { return word.starts_with("AAAA"); }

// A whole key of any type, of any length.
std::optional<DecodedBlob> decode_word(std::string_view word) {
  std::string bytes;
  if (!looks_like_blob(word) || decode_base64(word, bytes).fault != Base64Fault::none) return std::nullopt;
  auto decoded = decode_key_blob(bytes, {});
  if (decoded.fault != BlobFault::none) return std::nullopt;
  decoded.name = {};  // a view of what is gone
  return decoded;
}

// The type that a word ends with, if that is not all of it.
std::string_view type_at_end(std::string_view word) {
  for (const auto& type : key_types()) {
    if (word.size() > type.name.size() && word.ends_with(type.name)) return type.name;
  }
  return {};
}

// The type that a word begins with, if a key seems to follow without a blank.
std::string_view type_at_start(std::string_view word) {
  for (const auto& type : key_types()) {
    if (word.starts_with(type.name) && looks_like_blob(word.substr(type.name.size()))) return type.name;
  }
  return {};
}

std::size_t find_curly_quote(std::string_view text) {
  constexpr std::array<std::string_view, 8> quotes = {"\u201C", "\u201D", "\u201E", "\u201F",
                                                      "\u2018", "\u2019", "\u00AB", "\u00BB"};
  auto first = std::string_view::npos;
  for (const auto quote : quotes) first = std::min(first, text.find(quote));
  return first;
}

// Where the quote begins that has no end.
std::size_t open_quote(std::string_view text) {
  std::size_t last = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '"') last = i;
    if (text[i] == '\\' && i + 1 < text.size() && text[i + 1] == '"') ++i;
  }
  return last;
}

// The options without the blanks between them.
std::string squeezed(std::string_view options) {
  std::string text;
  bool quoted = false;
  for (std::size_t i = 0; i < options.size(); ++i) {
    if (options[i] == '"' && (i == 0 || options[i - 1] != '\\')) quoted = !quoted;
    if (quoted || (options[i] != ' ' && options[i] != '\t')) text += options[i];
  }
  return text;
}

void set(AuthorizedKey& parsed, Fault fault, std::size_t at, std::string_view word, std::string_view better) {
  parsed.fault = fault;
  parsed.column = at + 1;
  parsed.word = word;
  parsed.better = better;
}

// What the blank is beside tells what to do about it.
void set_blank(AuthorizedKey& parsed, std::string_view line, std::size_t at) {
  const auto next = std::min(line.find_first_not_of(" \t", at), line.size() - 1);
  std::string_view beside;
  for (const auto place : {at == 0 ? at : at - 1, next}) {
    if (line[place] == ',' || line[place] == '=') beside = line.substr(place, 1);
  }
  set(parsed, Fault::option_blank, at, {}, beside);
}

// Something stands between the start of the line and a type and key that are well, and sshd does not take it for
// options.
void diagnose_options(std::string_view line, std::size_t start, std::size_t end, const KeyGrammar& grammar,
                      AuthorizedKey& parsed) {
  const auto last = line.find_last_not_of(" \t", end - 1);
  const auto options = line.substr(start, last + 1 - start);
  if (const auto quote = find_curly_quote(options); quote != std::string_view::npos) {
    return set(parsed, Fault::curly_quotes, start + quote, {}, {});
  }
  const auto stop = end_of_options(options);
  if (!stop) return set(parsed, Fault::option_unterminated, start + open_quote(options), {}, {});
  const auto whole = squeezed(options);
  const auto fault = parse_key_options(whole, grammar).fault;
  if (!fault) return set_blank(parsed, line, start + *stop);
  const auto first_fault = parse_key_options(options, grammar).fault;
  if (first_fault) return describe_options_fault(line, start, *first_fault, parsed);
  const auto next = std::min(options.find_first_not_of(" \t", *stop), options.size());
  const auto second_fault = parse_key_options(options.substr(next), grammar).fault;
  if (second_fault) return describe_options_fault(line, start + next, *second_fault, parsed);
  set_blank(parsed, line, start + *stop);
}

bool is_tail_of(std::string_view word, std::string_view type) {
  constexpr std::size_t most_lost = 6;
  return word.size() >= 3 && word.size() < type.size() && type.ends_with(word) &&
         type.size() - word.size() <= most_lost;
}

bool is_slip_for(std::string_view word, std::string_view type, const KeyGrammar& grammar) {
  const bool short_name =
      key_type_of_word(word, 704) == find_key_type(type) && key_type_of_word(word, grammar.version) == nullptr;
  return short_name || is_tail_of(word, type) || lower_case(word) == type || !nearest(word, {type}).empty();
}

// The line holds a whole key, as word `i`.
void diagnose_whole_key(std::string_view line, const std::vector<Word>& words, std::size_t i, const PublicKey& key,
                        const KeyGrammar& grammar, AuthorizedKey& parsed) {
  parsed.meant = key;
  if (i == 0) return set(parsed, Fault::type_missing, words[0].at, {}, key.type);
  const auto& before = words[i - 1];
  const auto* type = key_type_of_word(before.text, grammar.version);
  if (type == nullptr) {
    const auto glued = type_at_end(before.text);
    if (i >= 2 && !glued.empty() && looks_like_blob(before.text)) {
      return set(parsed, Fault::keys_joined, before.at + before.text.size() - glued.size(), glued, {});
    }
    if (is_slip_for(before.text, key.type, grammar))
      return set(parsed, Fault::type_misspelt, before.at, before.text, key.type);
    const auto options = line.substr(words[0].at, before.at + before.text.size() - words[0].at);
    const bool are_options = end_of_options(options) == options.size() && !parse_key_options(options, grammar).fault;
    // What is no options was meant for the type.
    if (!are_options && parse_key_options(before.text, grammar).fault) {
      return set(parsed, Fault::type_misspelt, before.at, before.text, key.type);
    }
    return set(parsed, Fault::type_missing, words[i].at, {}, key.type);
  }
  if (type->canonical != key.type) return set(parsed, Fault::type_mismatch, before.at, before.text, key.type);
  if (!is_known(*type, grammar.version)) return set(parsed, Fault::type_unsupported, before.at, before.text, {});
  if (find_key_type(key.type)->family == KeyFamily::rsa && key.bits < blob_rules(grammar).least_rsa) {
    return set(parsed, Fault::key_too_short, before.at, before.text, std::to_string(blob_rules(grammar).least_rsa));
  }
  std::string bytes;
  decode_base64(words[i].text, bytes);
  if (decode_key_blob(bytes, blob_rules(grammar)).fault != BlobFault::none) {
    parsed.meant = {};
    return set(parsed, Fault::key_malformed, words[i].at, before.text, "base64 that is no such key");
  }
  const bool is_well = i > 1 && read_key(line.substr(before.at), grammar);
  if (is_well) return diagnose_options(line, words[0].at, before.at, grammar, parsed);
  const auto around = before.at == 0 ? 0 : before.at - 1;
  const auto foreign = line.find_first_of("\r\v\f", around);
  const auto behind = before.at + before.text.size();
  set(parsed, Fault::separator, foreign == std::string_view::npos ? behind : foreign, before.text, {});
}

// A type and something behind it that is no key.
void diagnose_broken_key(const std::vector<Word>& words, std::size_t type_at, const KeyGrammar& grammar,
                         AuthorizedKey& parsed) {
  const auto& type = words[type_at];
  if (type_at + 1 == words.size()) return set(parsed, Fault::key_incomplete, type.at + type.text.size(), type.text, {});
  const auto& blob = words[type_at + 1];
  std::string bytes;
  const auto text = decode_base64(blob.text, bytes);
  const auto decoded = decode_key_blob(bytes, blob_rules(grammar));
  const auto* row = key_type_of_word(type.text, grammar.version);
  const bool other_type = !decoded.key.type.empty() && row != nullptr && row->canonical != decoded.key.type;
  if (other_type) return set(parsed, Fault::type_mismatch, type.at, type.text, decoded.key.type);
  if (row != nullptr && !is_known(*row, grammar.version))
    return set(parsed, Fault::type_unsupported, type.at, type.text, {});
  if (text.fault == Base64Fault::bad_character)
    return set(parsed, Fault::key_malformed, blob.at + text.position, type.text, "a character that is not base64");
  if (text.fault == Base64Fault::bad_padding) {
    return set(parsed, Fault::key_malformed, blob.at + text.position, type.text,
               "padding (=) that does not belong there");
  }
  const bool missing = text.fault == Base64Fault::incomplete || decoded.fault == BlobFault::incomplete;
  if (missing) return set(parsed, Fault::key_incomplete, blob.at + blob.text.size(), type.text, {});
  if (decoded.fault == BlobFault::trailing)
    return set(parsed, Fault::key_malformed, blob.at, type.text, "more than one key's worth of base64");
  set(parsed, Fault::key_malformed, blob.at, type.text, "base64 that is no such key");
}

// "TYPE AAAA...", where the key itself says the same type, and nobody here knows it.
bool is_of_unknown_type(const Word& type, const Word& blob) {
  std::string bytes;
  if (!looks_like_blob(blob.text) || decode_base64(blob.text, bytes).fault != Base64Fault::none) return false;
  const auto decoded = decode_key_blob(bytes, {});
  return decoded.fault == BlobFault::unknown_type && decoded.name == type.text && type.text.size() <= longest_type;
}

// A line that would be well with ordinary blanks.
bool has_no_break_space(std::string_view line, const KeyGrammar& grammar, AuthorizedKey& parsed) {
  constexpr std::string_view no_break_space = "\u00A0";
  const auto first = line.find(no_break_space);
  if (first == std::string_view::npos) return false;
  std::string plain(line);
  for (auto at = first; at != std::string::npos; at = plain.find(no_break_space, at)) plain.replace(at, 2, " ");
  auto meant = parse_key_line(plain, grammar);
  if (meant.key.type.empty()) return false;
  parsed.meant = meant.key;
  set(parsed, Fault::separator, first, {}, "a no-break space (U+00A0) stands where a blank belongs");
  return true;
}

}  // namespace

bool shows_private_key(std::string_view line) {
  constexpr std::array<std::string_view, 4> marks = {"PRIVATE KEY-----", "PuTTY-User-Key-File-", "b3BlbnNzaC1rZXktdjE",
                                                     "SSH PRIVATE KEY FILE FORMAT"};
  return std::ranges::any_of(
      marks, [&](auto mark) { return memmem(line.data(), line.size(), mark.data(), mark.size()) != nullptr; });
}

void describe_options_fault(std::string_view line, std::size_t start, const OptionsFault& fault,
                            AuthorizedKey& parsed) {
  const auto at = start + fault.at;
  const auto end = start + end_of_options(line.substr(start)).value_or(line.size() - start);
  const auto quote = find_curly_quote(line.substr(at, end - at));
  const bool by_quotes = fault.fault == Fault::option_unquoted || fault.fault == Fault::option_unknown;
  if (by_quotes && quote != std::string_view::npos) return set(parsed, Fault::curly_quotes, at + quote, {}, {});
  set(parsed, fault.fault, at, fault.word, fault.better);
}

void find_joined_key(std::string_view line, std::size_t comment, AuthorizedKey& parsed) {
  const auto words = words_of(line, comment);
  for (std::size_t i = 1; i < words.size(); ++i) {
    const auto& before = words[i - 1];
    const auto second = decode_word(words[i].text);
    if (!second) continue;
    const auto glued = find_key_type(before.text) == nullptr ? type_at_end(before.text) : before.text;
    if (glued.empty() || find_key_type(glued)->canonical != second->key.type) continue;
    parsed.meant = second->key;
    return set(parsed, Fault::keys_joined, before.at + before.text.size() - glued.size(), glued, {});
  }
}

void diagnose_key_line(std::string_view line, const KeyGrammar& grammar, AuthorizedKey& parsed) {
  if (parsed.shows_private_key) return set(parsed, Fault::private_key, 0, {}, {});
  if (has_no_break_space(line, grammar, parsed)) return;
  const auto words = words_of(line, 0);
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (const auto decoded = decode_word(words[i].text)) {
      return diagnose_whole_key(line, words, i, decoded->key, grammar, parsed);
    }
  }
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (key_type_of_word(words[i].text, grammar.version) != nullptr) {
      return diagnose_broken_key(words, i, grammar, parsed);
    }
    if (const auto type = type_at_start(words[i].text); !type.empty()) {
      const auto decoded = decode_word(words[i].text.substr(type.size()));
      if (decoded) parsed.meant = decoded->key;
      if (decoded)
        return set(parsed, Fault::separator, words[i].at + type.size(), type, "a blank is missing behind the type");
    }
    if (i + 1 < words.size() && is_of_unknown_type(words[i], words[i + 1])) {
      return set(parsed, Fault::type_unsupported, words[i].at, words[i].text, {});
    }
  }
  const auto start = words.empty() ? 0 : words[0].at;
  if (!end_of_options(line.substr(start)))
    return set(parsed, Fault::option_unterminated, start + open_quote(line.substr(start)), {}, {});
  set(parsed, Fault::no_key, start, {}, {});
}

}  // namespace sshaudit
