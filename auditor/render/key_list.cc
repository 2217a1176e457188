// SPDX-License-Identifier: MIT
#include "render/key_list.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <vector>

#include "render/json_text.h"
#include "render/visible_text.h"
#include "render/words.h"

namespace sshaudit {
namespace {

constexpr auto schema = "sshaudit-keys/1";

// "usable", "usable only from 10.0.0.0/8", "unusable: expired on 2026-08-31".
std::string state_of(const ListedKey& key) {
  std::string text(word(key.use));
  if (key.why.empty()) return text;
  return text + (key.use == KeyUse::usable ? " " : ": ") + key.why;
}

std::string type_of(const ListedKey& key) { return key.type.empty() ? "?" : key.type; }
std::string bits_of(const ListedKey& key) { return key.type.empty() ? "" : std::to_string(key.bits); }

std::size_t columns_of(std::string_view text) {
  return static_cast<std::size_t>(std::ranges::count_if(text, [](char c) { return (c & '\xC0') != '\x80'; }));
}

// A cell of a table. The other formats have it whole.
std::string shortened(const std::string& bytes) {
  constexpr std::size_t widest = 48;
  auto text = visible(bytes);
  if (text.empty()) return "-";
  if (columns_of(text) <= widest) return text;
  std::size_t end = 0;
  for (std::size_t columns = 0; columns < widest - 3; ++end) columns += (text[end] & '\xC0') != '\x80' ? 1 : 0;
  while (end < text.size() && (text[end] & '\xC0') == '\x80') ++end;
  return text.substr(0, end) + "...";
}

class TextKeyList : public KeyListRenderer {
 public:
  explicit TextKeyList(bool color) : color_(color) {}

  std::string begin(const KeyListHeader&) override { return {}; }

  std::string row(const KeyListRow& row) override {
    const auto& key = row.key;
    rows_.push_back({visible(row.user), type_of(key), bits_of(key), key.fingerprint.empty() ? "-" : key.fingerprint,
                     shortened(state_of(key)), shortened(key.restrictions), shortened(key.comment),
                     fmt::format("{}:{}", visible(key.file), key.line)});
    return {};
  }

  std::string end() override {
    if (rows_.empty()) return {};
    rows_.insert(rows_.begin(), {"USER", "TYPE", "BITS", "FINGERPRINT", "STATE", "RESTRICTIONS", "COMMENT", "WHERE"});
    std::array<std::size_t, cells> widths{};
    for (const auto& row : rows_) {
      for (std::size_t i = 0; i < cells; ++i) widths[i] = std::max(widths[i], columns_of(row[i]));
    }
    std::string text;
    for (const auto& row : rows_) text += line_of_row(row, widths, &row == &rows_.front());
    return text;
  }

 private:
  static constexpr std::size_t cells = 8;
  using Row = std::array<std::string, cells>;

  std::string line_of_row(const Row& row, const std::array<std::size_t, cells>& widths, bool is_title) const {
    std::string line;
    for (std::size_t i = 0; i < cells; ++i) {
      line += row[i];
      if (i + 1 < cells) line += std::string(2 + widths[i] - columns_of(row[i]), ' ');
    }
    return is_title && color_ ? fmt::format("\x1b[1m{}\x1b[0m\n", line) : line + '\n';
  }

  bool color_;
  std::vector<Row> rows_;
};

// A cell that a spreadsheet would take for a formula gets a quote in front.
std::string csv_cell(std::string_view bytes) {
  auto text = visible(bytes);
  if (!text.empty() && std::string_view("=+-@").find(text.front()) != std::string_view::npos) text.insert(0, "'");
  if (text.find_first_of(",\"'") == std::string::npos) return text;
  std::string quoted = "\"";
  for (const char c : text) quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
  return quoted + '"';
}

class CsvKeyList : public KeyListRenderer {
 public:
  std::string begin(const KeyListHeader&) override {
    return "user,type,bits,fingerprint,state,why,restrictions,options,comment,file,line\r\n";
  }

  std::string row(const KeyListRow& row) override {
    const auto& key = row.key;
    const std::vector<std::string> cells = {csv_cell(row.user),
                                            csv_cell(key.type),
                                            bits_of(key),
                                            key.fingerprint,
                                            std::string(word(key.use)),
                                            csv_cell(key.why),
                                            csv_cell(key.restrictions),
                                            csv_cell(key.options),
                                            csv_cell(key.comment),
                                            csv_cell(key.file),
                                            std::to_string(key.line)};
    return fmt::format("{}\r\n", fmt::join(cells, ","));
  }

  std::string end() override { return {}; }
};

Json header_json(const KeyListHeader& header) {
  Json json = {{"schema", schema}, {"tool", {{"name", "sshaudit"}, {"version", header.tool_version}}}};
  if (!header.host.empty()) json["host"] = bytes_json(header.host);
  json["generated"] = header.generated;
  return json;
}

Json row_json(const KeyListRow& row) {
  const auto& key = row.key;
  Json json = {{"user", bytes_json(row.user)}, {"file", bytes_json(key.file)}, {"line", key.line}};
  if (!key.type.empty()) json["type"] = key.type;
  if (!key.type.empty()) json["bits"] = key.bits;
  if (!key.fingerprint.empty()) json["fingerprint"] = key.fingerprint;
  json["state"] = word(key.use);
  if (!key.why.empty()) json["why"] = text_json(key.why);
  if (!key.restrictions.empty()) json["restrictions"] = text_json(key.restrictions);
  if (!key.options.empty()) json["options"] = bytes_json(key.options);
  if (!key.comment.empty()) json["comment"] = bytes_json(key.comment);
  return json;
}

class JsonKeyList : public KeyListRenderer {
 public:
  std::string begin(const KeyListHeader& header) override {
    list_ = header_json(header);
    list_["keys"] = Json::array();
    return {};
  }
  std::string row(const KeyListRow& row) override {
    list_["keys"].push_back(row_json(row));
    return {};
  }
  std::string end() override { return list_.dump(2, ' ', true) + '\n'; }

 private:
  Json list_;
};

class NdjsonKeyList : public KeyListRenderer {
 public:
  std::string begin(const KeyListHeader& header) override { return line_of(header_json(header)); }
  std::string row(const KeyListRow& row) override { return line_of(row_json(row)); }
  std::string end() override { return {}; }
};

}  // namespace

std::unique_ptr<KeyListRenderer> make_text_key_list(bool color) { return std::make_unique<TextKeyList>(color); }
std::unique_ptr<KeyListRenderer> make_csv_key_list() { return std::make_unique<CsvKeyList>(); }
std::unique_ptr<KeyListRenderer> make_json_key_list() { return std::make_unique<JsonKeyList>(); }
std::unique_ptr<KeyListRenderer> make_ndjson_key_list() { return std::make_unique<NdjsonKeyList>(); }

}  // namespace sshaudit
