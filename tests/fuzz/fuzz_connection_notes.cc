// SPDX-License-Identifier: MIT
// Feeds arbitrary bytes to the reader of a connection's record, whose keys a client has chosen before anybody is let
// in, and what comes of it to the line of the log: one line, in UTF-8, of at most 900 bytes, that no terminal obeys.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "parse/connection_notes.h"
#include "render/refusal_line.h"
#include "render/visible_text.h"

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

void check_line(const std::string& text) {
  sshaudit::Refusal refusal;
  const auto third = text.size() / 3;
  refusal.user = text.substr(0, third);
  refusal.path = text.substr(third, third);
  refusal.message = text.substr(2 * third);
  refusal.rule = "rule";
  refusal.commands = {{"chmod", refusal.path}};
  for (const auto& line : {sshaudit::render_refusal(refusal, ""), sshaudit::render_refusal_for_user(refusal)}) {
    require(line.size() <= sshaudit::longest_refusal_line && sshaudit::is_utf8(line));
    for (const char c : line) require(static_cast<unsigned char>(c) >= ' ' && c != '\x7f');
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  const auto notes = sshaudit::parse_connection_notes(text);
  require(notes.keys.size() == notes.is_signed.size() && notes.keys.size() <= 100);
  sshaudit::parse_auth_info(text);
  check_line(text);
  return 0;
}
