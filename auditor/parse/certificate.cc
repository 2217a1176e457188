// SPDX-License-Identifier: MIT
#include "parse/certificate.h"

#include <algorithm>
#include <optional>
#include <string>

#include "parse/base64.h"
#include "parse/key_line_diagnosis.h"
#include "parse/key_line_splitter.h"
#include "parse/key_options.h"
#include "parse/key_types.h"
#include "parse/wire_reader.h"

namespace sshaudit {
namespace {

constexpr std::string_view blanks = " \t\r";

// How many strings the key's own part has.
unsigned strings_of(const KeyType& type) {
  unsigned count = 1;
  if (type.family == KeyFamily::rsa || type.family == KeyFamily::ecdsa) count = 2;
  if (type.family == KeyFamily::dsa) count = 4;
  return type.is_security_key ? count + 1 : count;
}

std::vector<std::string> read_principals(std::string_view list) {
  std::vector<std::string> principals;
  for (WireReader reader(list); reader.ok() && !reader.rest().empty();) principals.emplace_back(reader.c_string());
  return principals;
}

// A NUL byte at the end does not count; one before stays, for there sshd gives up.
std::string option_name(std::string_view name) {
  if (!name.empty() && name.find('\0') == name.size() - 1) name.remove_suffix(1);
  return std::string(name);
}

CertificateOption read_option(WireReader& reader) {
  CertificateOption option;
  option.name = option_name(reader.string());
  const auto data = reader.string();
  if (data.empty()) return option;
  WireReader inner(data);
  option.value = inner.c_string();
  if (!inner.ok()) {
    option.data = CertificateOption::Data::other;
    option.value.clear();
  } else {
    option.data = inner.rest().empty() ? CertificateOption::Data::text : CertificateOption::Data::surplus;
  }
  return option;
}

std::vector<CertificateOption> read_options(std::string_view list) {
  std::vector<CertificateOption> options;
  for (WireReader reader(list); reader.ok() && !reader.rest().empty();) options.push_back(read_option(reader));
  return options;
}

// Each type of key has algorithms of its own.
bool signs_with(const PublicKey& authority, std::string_view algorithm) {
  const auto* row = find_key_type(algorithm);
  return row != nullptr && !row->is_certificate && row->canonical == authority.type;
}

bool principals_are_readable(std::string_view list) {
  WireReader reader(list);
  while (reader.ok() && !reader.rest().empty()) reader.c_string();
  return reader.ok();
}

struct LineKey {
  PublicKey key;
  std::string wire;
  std::optional<Certificate> certificate;
  std::size_t end = 0;
};

// TYPE BASE64 at the start of a text, for whatever sshd.
std::optional<LineKey> key_at_start(std::string_view text) {
  const auto type_end = std::min(text.find_first_of(blanks), text.size());
  const auto blob = std::min(text.find_first_not_of(blanks, type_end), text.size());
  const auto blob_end = std::min(text.find_first_of(blanks, blob), text.size());
  const auto* type = find_key_type(text.substr(0, type_end));
  std::string bytes;
  if (type == nullptr || decode_base64(text.substr(blob, blob_end - blob), bytes).fault != Base64Fault::none)
    return std::nullopt;
  auto decoded = decode_key_blob(bytes, {});
  if (decoded.fault != BlobFault::none || decoded.key.type != type->canonical) return std::nullopt;
  LineKey found{decoded.key, std::move(decoded.wire), {}, blob_end};
  if (!type->is_certificate) return found;
  auto certificate = parse_certificate(bytes, {});
  if (!certificate) return std::nullopt;
  found.certificate = std::move(*certificate);
  found.wire = std::move(bytes);
  return found;
}

std::string_view trimmed(std::string_view text) {
  text.remove_prefix(std::min(text.find_first_not_of(blanks), text.size()));
  return text.substr(0, text.find_last_not_of(blanks) + 1);
}

std::optional<OfferedKey> offered_in(std::string_view line) {
  auto found = key_at_start(line);
  if (!found) {
    const auto end = end_of_options(line);
    if (!end) return std::nullopt;
    line = trimmed(line.substr(*end));
    found = key_at_start(line);
  }
  if (!found) return std::nullopt;
  OfferedKey offered{found->key, std::move(found->wire), {}, std::move(found->certificate)};
  if (!shows_private_key(line)) offered.comment = trimmed(line.substr(found->end));
  return offered;
}

// What a text is that has no key in its first line.
std::string why_no_key(std::string_view line) {
  constexpr std::string_view is_private = "it holds a private key; give the public key, which is in the .pub file";
  if (shows_private_key(line)) return std::string(is_private);
  if (line.starts_with("---- BEGIN SSH2 PUBLIC KEY"))
    return "it is in the format of RFC 4716; ssh-keygen -i -f FILE prints it as a line";
  if (line.starts_with("-----BEGIN ")) return "it is in PEM format; ssh-keygen -i -m PKCS8 -f FILE prints it as a line";
  if (line.starts_with("\xEF\xBB\xBF")) return "it begins with a byte order mark";
  if (line.starts_with("\xFF\xFE") || line.starts_with("\xFE\xFF")) return "it is in UTF-16";
  const auto* type = find_key_type(line.substr(0, line.find_first_of(blanks)));
  if (type == nullptr) return "it is no public key: a line like \"ssh-ed25519 AAAA... COMMENT\" is";
  return type->is_certificate ? "the certificate is damaged or cut short" : "the key is damaged or cut short";
}

}  // namespace

tl::expected<Certificate, BlobFault> parse_certificate(std::string_view blob, const BlobRules& rules) {
  const auto decoded = decode_key_blob(blob, rules);
  if (decoded.fault != BlobFault::none) return tl::unexpected(decoded.fault);
  const auto* type = find_key_type(decoded.name, rules.short_names);
  if (type == nullptr || !type->is_certificate) return tl::unexpected(BlobFault::malformed);
  Certificate certificate;
  certificate.key = decoded.key;
  WireReader reader(blob);
  reader.string();  // the type
  reader.string();  // a nonce
  for (unsigned i = 0; i < strings_of(*type); ++i) reader.string();
  certificate.serial = reader.integer(8);
  certificate.is_for_user = reader.integer(4) == 1;
  certificate.key_id = reader.c_string();
  const auto principals = reader.string();
  certificate.principals = read_principals(principals);
  certificate.valid_after = reader.integer(8);
  certificate.valid_before = reader.integer(8);
  certificate.critical_options = read_options(reader.string());
  certificate.extensions = read_options(reader.string());
  reader.string();  // reserved
  auto authority = decode_key_blob(reader.string(), rules);
  certificate.authority = authority.key;
  certificate.authority_wire = std::move(authority.wire);
  WireReader signature(reader.string());
  certificate.signature_algorithm = signature.c_string();
  signature.string();
  const bool is_good = reader.ok() && signature.ok() && principals_are_readable(principals) &&
                       signs_with(certificate.authority, certificate.signature_algorithm);
  if (!is_good) return tl::unexpected(BlobFault::malformed);
  return certificate;
}

Result<OfferedKey> parse_offered_key(std::string_view text) {
  KeyLineSplitter lines(text, true);
  while (const auto next = lines.next()) {
    const auto line = trimmed(next->text);
    if (line.empty() || line.front() == '#') continue;
    auto offered = offered_in(line);
    if (offered) return std::move(*offered);
    return tl::unexpected(Error{why_no_key(line), {}, 0});
  }
  return tl::unexpected(Error{"there is no key in it", {}, 0});
}

}  // namespace sshaudit
