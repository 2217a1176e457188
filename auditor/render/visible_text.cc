// SPDX-License-Identifier: MIT
#include "render/visible_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>

namespace sshaudit {
namespace {

struct Character {
  char32_t code = 0;
  std::size_t size = 1;  // bytes
};

struct Form {
  std::uint8_t mask;
  std::uint8_t lead;
  std::size_t size;
  char32_t smallest;
};
constexpr std::array forms = {Form{0x80, 0x00, 1, 0}, Form{0xE0, 0xC0, 2, 0x80}, Form{0xF0, 0xE0, 3, 0x800},
                              Form{0xF8, 0xF0, 4, 0x10000}};

// The character at the start of `bytes`, which is not empty; nothing when they are not UTF-8 (RFC 3629).
std::optional<Character> first_character(std::string_view bytes) {
  const auto lead = static_cast<std::uint8_t>(bytes.front());
  const auto form = std::ranges::find_if(forms, [&](const auto& one) { return (lead & one.mask) == one.lead; });
  if (form == forms.end() || bytes.size() < form->size) return std::nullopt;
  char32_t code = lead & static_cast<std::uint8_t>(~form->mask);
  for (std::size_t i = 1; i < form->size; ++i) {
    const auto next = static_cast<std::uint8_t>(bytes[i]);
    if ((next & 0xC0U) != 0x80U) return std::nullopt;
    code = (code << 6U) | (next & 0x3FU);
  }
  const bool surrogate = code >= 0xD800 && code <= 0xDFFF;
  if (code < form->smallest || code > 0x10FFFF || surrogate) return std::nullopt;
  return Character{code, form->size};
}

struct Range {
  char32_t first;
  char32_t last;
};
// Controls, format characters that reorder or hide text, separators that end a line, private use and tags.
constexpr std::array invisible = {
    Range{0x00, 0x1F},       Range{0x7F, 0x9F},        Range{0xAD, 0xAD},       Range{0x034F, 0x034F},
    Range{0x061C, 0x061C},   Range{0x115F, 0x1160},    Range{0x17B4, 0x17B5},   Range{0x180B, 0x180F},
    Range{0x200B, 0x200F},   Range{0x2028, 0x202E},    Range{0x2060, 0x206F},   Range{0x3164, 0x3164},
    Range{0xE000, 0xF8FF},   Range{0xFE00, 0xFE0F},    Range{0xFEFF, 0xFEFF},   Range{0xFFA0, 0xFFA0},
    Range{0xFFF0, 0xFFFB},   Range{0x110BD, 0x110CD},  Range{0x13430, 0x1345F}, Range{0x1BCA0, 0x1BCA3},
    Range{0x1D173, 0x1D17A}, Range{0xE0000, 0x10FFFF},
};

bool is_invisible(char32_t code) {
  return std::ranges::any_of(invisible, [&](auto range) { return code >= range.first && code <= range.last; });
}

std::string escaped(char32_t code) {
  if (code == '\n') return "\\n";
  if (code == '\t') return "\\t";
  if (code == '\r') return "\\r";
  if (code == '\\') return "\\\\";
  if (code < 0x80) return fmt::format("\\x{:02x}", static_cast<unsigned>(code));
  return fmt::format("\\u{{{:04x}}}", static_cast<unsigned>(code));
}

bool is_plain(std::string_view argument) {
  constexpr std::string_view safe = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./:@%+=,-";
  return !argument.empty() && argument.find_first_not_of(safe) == std::string_view::npos;
}

// Every byte that is not plain ASCII is spelled out, so that what is pasted is what was meant. Quotes too: a shell that
// does not know $'...' then reads one word that names nothing, and runs nothing.
std::string dollar_quoted(std::string_view argument) {
  std::string text = "$'";
  for (const char byte : argument) {
    const auto code = static_cast<unsigned char>(byte);
    if (byte == '\'' || byte == '\\' || code < 0x20 || code >= 0x7F) {
      text += fmt::format("\\{:03o}", code);  // octal: three digits at the most, so what follows stays apart
    } else {
      text += byte;
    }
  }
  return text + "'";
}

std::string single_quoted(std::string_view argument) {
  std::string text = "'";
  for (const char byte : argument) text += byte == '\'' ? std::string("'\\''") : std::string(1, byte);
  return text + "'";
}

std::string quoted(std::string_view argument) {
  if (is_plain(argument)) return std::string(argument);
  const bool printable = visible(argument) == argument;
  return printable ? single_quoted(argument) : dollar_quoted(argument);
}

}  // namespace

std::string visible(std::string_view bytes) {
  std::string text;
  text.reserve(bytes.size());
  while (!bytes.empty()) {
    const auto character = first_character(bytes);
    const auto size = character ? character->size : 1;
    if (!character) {
      text += fmt::format("\\x{:02x}", static_cast<unsigned char>(bytes.front()));
    } else if (character->code == '\\' || is_invisible(character->code)) {
      text += escaped(character->code);
    } else {
      text += bytes.substr(0, size);
    }
    bytes.remove_prefix(size);
  }
  return text;
}

bool is_utf8(std::string_view bytes) {
  while (!bytes.empty()) {
    const auto character = first_character(bytes);
    if (!character) return false;
    bytes.remove_prefix(character->size);
  }
  return true;
}

std::string cut_to(std::string text, std::size_t size) {
  constexpr std::string_view cut = "...";
  if (text.size() <= size) return text;
  auto end = size > cut.size() ? size - cut.size() : 0;
  while (end > 0 && (text[end] & '\xC0') == '\x80') --end;
  text.resize(end);
  return text + std::string(cut);
}

std::string shell_line(const std::vector<std::string>& arguments) {
  std::string line;
  for (const auto& argument : arguments) {
    if (!line.empty()) line += ' ';
    line += quoted(argument);
  }
  return line;
}

}  // namespace sshaudit
