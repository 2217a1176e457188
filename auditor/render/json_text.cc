// SPDX-License-Identifier: MIT
#include "render/json_text.h"

#include <openssl/evp.h>

#include "render/visible_text.h"

namespace sshaudit {
namespace {

std::string base64(std::string_view bytes) {
  std::string text((bytes.size() + 2) / 3 * 4 + 1, '\0');
  const auto size =
      EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()),
                      reinterpret_cast<const unsigned char*>(bytes.data()), static_cast<int>(bytes.size()));
  text.resize(static_cast<std::size_t>(size));
  return text;
}

}  // namespace

Json bytes_json(const std::string& bytes) {
  if (is_utf8(bytes)) return bytes;
  return Json{{"base64", base64(bytes)}};
}

Json text_json(const std::string& text) { return is_utf8(text) ? text : visible(text); }

std::string line_of(const Json& json) { return json.dump(-1, ' ', true) + '\n'; }

}  // namespace sshaudit
