// SPDX-License-Identifier: MIT
// Certificates of OpenSSH (PROTOCOL.certkeys), taken apart as sshd does when a client offers one, and the file of the
// key that a client offers. Source: OpenSSH sshkey.c, cert_parse; auth-options.c, cert_option_list.
#pragma once

#include <string_view>
#include <tl/expected.hpp>

#include "parse/key_blob.h"
#include "sshaudit/certificate.h"
#include "sshaudit/explanation.h"
#include "sshaudit/result.h"

namespace sshaudit {

// A whole certificate, or what keeps sshd from reading it. The signature is not verified; it has to name an algorithm
// of the key that made it. A plain key is malformed here.
tl::expected<Certificate, BlobFault> parse_certificate(std::string_view blob, const BlobRules& rules);

// The first key in the text of a .pub file, of any type and any length: a plain key or a certificate, with or without
// the options of a key line in front. Its `wire` is a certificate's whole blob. An error says what the text is instead
// and repeats nothing of it: it may be a private key.
Result<OfferedKey> parse_offered_key(std::string_view text);

}  // namespace sshaudit
