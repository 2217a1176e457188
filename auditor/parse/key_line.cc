// SPDX-License-Identifier: MIT
#include "parse/key_line.h"

#include <algorithm>

#include "parse/base64.h"
#include "parse/key_line_diagnosis.h"
#include "parse/key_options.h"

namespace sshaudit {
namespace {

constexpr std::string_view blanks = " \t";

std::size_t skip_blanks(std::string_view text, std::size_t at) {
  return std::min(text.find_first_not_of(blanks, at), text.size());
}

struct Words {
  std::string_view type;
  std::string_view blob;
  std::size_t end = 0;
};

// Up to 7.6 one blank has to stand behind the type, and a tab ends nothing.
std::optional<Words> key_words(std::string_view text, const KeyGrammar& grammar) {
  const auto separators = grammar.facts.free_separators ? blanks : blanks.substr(0, 1);
  const auto type_end = text.find_first_of(separators);
  if (type_end == std::string_view::npos) return std::nullopt;
  const auto blob = grammar.facts.free_separators ? skip_blanks(text, type_end) : type_end + 1;
  const auto blob_end = std::min(text.find_first_of(separators, blob), text.size());
  if (blob >= text.size()) return std::nullopt;
  return Words{text.substr(0, type_end), text.substr(blob, blob_end - blob), skip_blanks(text, blob_end)};
}

// The bytes of a key of a type that this sshd knows; nothing where they are no base64.
std::optional<std::string> key_bytes(const std::optional<Words>& words, const KeyGrammar& grammar) {
  const auto* type = words ? key_type_of_word(words->type, grammar.version) : nullptr;
  if (type == nullptr || !is_known(*type, grammar.version)) return std::nullopt;
  std::string bytes;
  if (decode_base64(words->blob, bytes).fault != Base64Fault::none) return std::nullopt;
  return bytes;
}

std::string_view without_line_end(std::string_view comment) {
  const auto last = comment.find_last_not_of("\r \t");
  return last == std::string_view::npos ? std::string_view() : comment.substr(0, last + 1);
}

}  // namespace

BlobRules blob_rules(const KeyGrammar& grammar) {
  return {grammar.facts.asks_rsa_size ? 1024U : 768U, !grammar.facts.exact_types, !grammar.facts.any_point};
}

std::optional<ReadKey> read_key(std::string_view text, const KeyGrammar& grammar) {
  const auto words = key_words(text, grammar);
  const auto bytes = key_bytes(words, grammar);
  if (!bytes) return std::nullopt;
  const auto* type = key_type_of_word(words->type, grammar.version);
  auto decoded = decode_key_blob(*bytes, blob_rules(grammar));
  if (decoded.fault != BlobFault::none || decoded.key.type != type->canonical) return std::nullopt;
  if (!is_known(*find_key_type(decoded.name, !grammar.facts.exact_types), grammar.version)) return std::nullopt;
  return ReadKey{decoded.key, words->end, std::move(decoded.wire)};
}

bool is_short_key(std::string_view text, const KeyGrammar& grammar) {
  const auto bytes = key_bytes(key_words(text, grammar), grammar);
  return bytes && decode_key_blob(*bytes, blob_rules(grammar)).fault == BlobFault::too_short;
}

AuthorizedKey parse_key_line(std::string_view line, const KeyGrammar& grammar) {
  AuthorizedKey parsed;
  parsed.shows_private_key = shows_private_key(line);
  const auto start = skip_blanks(line, 0);
  auto key_at = start;
  auto read = read_key(line.substr(start), grammar);
  if (!read) {
    const auto end = end_of_options(line.substr(start));
    // Up to 7.6 sshd goes on behind a quote that has no end, to where nothing is.
    if (end) key_at = skip_blanks(line, start + *end);
    if (end) read = read_key(line.substr(key_at), grammar);
  }
  if (!read) {
    diagnose_key_line(line, grammar, parsed);
    return parsed;
  }
  parsed.comment = without_line_end(line.substr(key_at + read->end));
  auto options = key_at == start ? ParsedOptions{} : parse_key_options(line.substr(start), grammar);
  parsed.options = std::move(options.options);
  if (options.fault) {
    describe_options_fault(line, start, *options.fault, parsed);
    parsed.meant = read->key;
  } else if (read->key.is_certificate) {
    parsed.fault = KeyLineFault::certificate;
    parsed.column = key_at + 1;
    parsed.word = read->key.type;
    parsed.meant = read->key;
  } else {
    parsed.key = read->key;
    parsed.wire = std::move(read->wire);
    find_joined_key(line, key_at + read->end, parsed);
  }
  return parsed;
}

std::string print_key_line(const KeyOptions& options, std::string_view blob, std::string_view comment) {
  auto text = print_key_options(options);
  if (!text.empty()) text += ' ';
  const auto decoded = decode_key_blob(blob, {});
  text += std::string(decoded.key.type) + ' ' + encode_base64(blob);
  if (!comment.empty()) text += ' ' + std::string(comment);
  return text;
}

}  // namespace sshaudit
