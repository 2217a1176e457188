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

std::string or_dash(const std::string& bytes) { return bytes.empty() ? "-" : visible(bytes); }

// A table where there is room for it; else a block for each key, its account and state first.
class TextKeyList : public KeyListRenderer {
 public:
  explicit TextKeyList(const TextStyle& style) : style_(style) {}

  std::string begin(const KeyListHeader&) override { return {}; }

  std::string row(const KeyListRow& row) override {
    const auto& key = row.key;
    rows_.push_back({visible(row.user), type_of(key), bits_of(key), or_dash(key.fingerprint), visible(state_of(key)),
                     or_dash(key.restrictions), or_dash(key.comment),
                     fmt::format("{}:{}", visible(key.file), key.line)});
    return {};
  }

  std::string end() override {
    if (rows_.empty()) return {};
    const Row titles = {"USER", "TYPE", "BITS", "FINGERPRINT", "STATE", "RESTRICTIONS", "COMMENT", "WHERE"};
    std::array<std::size_t, cells> widths{};
    std::size_t width = 2 * (cells - 1);
    for (std::size_t i = 0; i < cells; ++i) {
      widths[i] = titles[i].size();
      for (const auto& row : rows_) widths[i] = std::max(widths[i], columns_of(row[i]));
      width += widths[i];
    }
    const bool fits = style_.columns == 0 || width <= style_.columns;
    auto text = fits ? painted(line_of_row(titles, widths)) + '\n' : std::string();
    for (const auto& row : rows_) text += fits ? line_of_row(row, widths) + '\n' : block_of(row);
    return text;
  }

 private:
  static constexpr std::size_t cells = 8;
  using Row = std::array<std::string, cells>;

  static std::string line_of_row(const Row& row, const std::array<std::size_t, cells>& widths) {
    std::string line;
    for (std::size_t i = 0; i < cells; ++i) {
      line += row[i];
      if (i + 1 < cells) line += std::string(2 + widths[i] - columns_of(row[i]), ' ');
    }
    return line;
  }

  std::string block_of(const Row& row) const {
    auto text = painted(fmt::format("{}: {}", row[0], row[4])) + '\n';
    text += fmt::format("  {} {} {}\n", row[1], row[2], row[3]);
    if (row[5] != "-") text += fmt::format("  {}\n", row[5]);
    return text + fmt::format("  {}  {}\n", row[7], row[6] == "-" ? "" : row[6]);
  }

  std::string painted(const std::string& text) const {
    return style_.color ? fmt::format("\x1b[1m{}\x1b[0m", text) : text;
  }

  TextStyle style_;
  std::vector<Row> rows_;
};

// A cell that a spreadsheet would take for a formula gets a quote in front.
std::string csv_cell(std::string_view bytes) {
  auto text = visible(bytes);
  for (const std::string start : {"=", "+", "-", "@", "\uFF1D", "\uFF0B", "\uFF0D", "\uFF20"}) {
    if (text.starts_with(start)) text.insert(0, "'");
    // Where spreadsheets separate by semicolons, a cell begins behind each.
    for (auto at = text.find(";" + start); at != std::string::npos; at = text.find(";" + start, at))
      text.insert(at + 1, "'");
  }
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

std::unique_ptr<KeyListRenderer> make_text_key_list(const TextStyle& style) {
  return std::make_unique<TextKeyList>(style);
}
std::unique_ptr<KeyListRenderer> make_csv_key_list() { return std::make_unique<CsvKeyList>(); }
std::unique_ptr<KeyListRenderer> make_json_key_list() { return std::make_unique<JsonKeyList>(); }
std::unique_ptr<KeyListRenderer> make_ndjson_key_list() { return std::make_unique<NdjsonKeyList>(); }

}  // namespace sshaudit
