// SPDX-License-Identifier: MIT
// The inventory of keys: one row a key of a line.
#pragma once

#include <memory>
#include <string>

#include "render/renderer.h"
#include "sshaudit/report.h"

namespace sshaudit {

struct KeyListHeader {
  std::string tool_version;
  std::string host;
  std::string generated;  // UTC, RFC 3339
};

struct KeyListRow {
  std::string user;
  ListedKey key;
};

// What comes back is to be written at once, in order.
class KeyListRenderer {
 public:
  virtual ~KeyListRenderer() = default;
  virtual std::string begin(const KeyListHeader& header) = 0;
  virtual std::string row(const KeyListRow& row) = 0;
  virtual std::string end() = 0;
};

std::unique_ptr<KeyListRenderer> make_text_key_list(const TextStyle& style);  // keeps every row until the end
std::unique_ptr<KeyListRenderer> make_csv_key_list();                         // RFC 4180, with a header
std::unique_ptr<KeyListRenderer> make_json_key_list();                        // one object, schema sshaudit-keys/1
std::unique_ptr<KeyListRenderer> make_ndjson_key_list();                      // a header, and an object a row

}  // namespace sshaudit
