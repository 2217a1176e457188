// SPDX-License-Identifier: MIT
// Lines in which sshd reads a key, and what is said of a second one behind it.
// Which lines sshd takes, and for what, is what sshkey_read() and sshauthopt_parse() of 10.4 gave for these rows.
#include <gtest/gtest.h>

#include <string_view>
#include <vector>

#include "parse/key_dump.h"

namespace sshaudit {
namespace {

struct LineRow {
  std::string_view line;
  std::string_view meaning;
};

void expect_rows(const std::vector<LineRow>& rows) {
  for (const auto& row : rows) EXPECT_EQ(meaning_of(row.line, 1004), expand(row.meaning)) << printable(row.line);
}

const std::vector<LineRow> accepted_rows = {
    {"{ed} c", "ed #c"},
    {"{rsa} c", "rsa #c"},
    {"{rsa1024} c", "rsa1024 #c"},
    {"{ec256} c", "ec256 #c"},
    {"{ec384} c", "ec384 #c"},
    {"{ec521} c", "ec521 #c"},
    {"{sked} c", "sked #c"},
    {"{skec} c", "skec #c"},
    {"{mldsa} c", "mldsa #c"},
    {"rsa-sha2-256 {rsa.blob} c", "rsa #c"},
    {"rsa-sha2-512 {rsa.blob} c", "rsa #c"},
    {"webauthn-sk-ecdsa-sha2-nistp256@openssh.com {skec.blob}", "skec"},
    {"{ed}", "ed"},
    {"{ed} ", "ed"},
    {"{ed}\t", "ed"},
    {"{ed}\r", "ed"},
    {"{ed} me\r", "ed #me"},
    {"{ed} \r", "ed"},
    {"{ed}\tme", "ed #me"},
    {"{ed}  a  b ", "ed #a  b"},
    {"{ed} a\tb", "ed #a\\x09b"},
    {"{ed} # no comment", "ed ## no comment"},
    {"{ed} \"quoted\"", "ed #\"quoted\""},
    {"{ed} \xc3\xa9", "ed #\\xc3\\xa9"},
    {" {ed} me", "ed #me"},
    {"\t{ed} me", "ed #me"},
    {" \t {ed} me", "ed #me"},
    {"ssh-ed25519  {ed.blob} me", "ed #me"},
    {"ssh-ed25519\t{ed.blob} me", "ed #me"},
    {"ssh-ed25519 \t {ed.blob}\t me", "ed #me"},
    {"ssh-ed25519 \r{ed.blob} me", "ed #me"},
    {"no-pty ssh-ed25519  {ed.blob} me", "no-pty ed #me"},
    {"no-pty  \t{ed} me", "no-pty ed #me"},
    {"ssh-ed25519 {ed2.blob}", "ed2"},
    {"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIM0X/ZtCyNpeM3NH\r/AxRsEzPMCtcOQKO+bp9O2rJKlIo c", "ed #c"},
    {"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIM0X/ZtCyNpeM3NH\x0b\x0c/AxRsEzPMCtcOQKO+bp9O2rJKlIo c", "ed #c"},
    {"ecdsa-sha2-nistp521 "
     "AAAAE2VjZHNhLXNoYTItbmlzdHA1MjEAAAAIbmlzdHA1MjEAAACFBAGl8+dIw00OYO/jkIKjEV2BR+8c4KrjYWKofUnpFZhrotESda71knhKMN/"
     "jlMCd9jmihs9V+p/wuBwlr/j8kH06eABq/"
     "myuu+vzNNpSKXYVRjbRm4Y170LohwQtGGy06iaVESLbHOrdDYVm8jDSBVjRnPy8T7qsstyS3wvvZnji4G1Wfw=\r=",
     "ec521"},
    {"{ed} a ssh-rsa {ed2.blob}", "ed #a ssh-rsa {ed2.blob}"},
    {"{ed} a {ed2.blob}", "ed #a {ed2.blob}"},
    {"{ed} ssh-ed25519", "ed #ssh-ed25519"},
    {"{ed} c ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIM0X/ZtCyNpeM3NH",
     "ed #c ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIM0X/ZtCyNpeM3NH"},
    {"{ed} -----BEGIN OPENSSH PRIVATE KEY-----", "ed #-----BEGIN OPENSSH PRIVATE KEY-----"},
};

const std::vector<LineRow> certificates_rows = {
    {"{ed-cert} c", "! certificate 1 'ssh-ed25519-cert-v01@openssh.com' (ed-cert)"},
    {"{rsa-cert} c", "! certificate 1 'ssh-rsa-cert-v01@openssh.com' (rsa-cert)"},
    {"{ec256-cert} c", "! certificate 1 'ecdsa-sha2-nistp256-cert-v01@openssh.com' (ec256-cert)"},
    {"{ec384-cert} c", "! certificate 1 'ecdsa-sha2-nistp384-cert-v01@openssh.com' (ec384-cert)"},
    {"{ec521-cert} c", "! certificate 1 'ecdsa-sha2-nistp521-cert-v01@openssh.com' (ec521-cert)"},
    {"{sked-cert} c", "! certificate 1 'sk-ssh-ed25519-cert-v01@openssh.com' (sked-cert)"},
    {"{skec-cert} c", "! certificate 1 'sk-ecdsa-sha2-nistp256-cert-v01@openssh.com' (skec-cert)"},
    {"{mldsa-cert} c", "! certificate 1 'ssh-mldsa44-ed25519-cert-v01@openssh.com' (mldsa-cert)"},
    {"cert-authority {ed-cert} c", "! certificate 16 'ssh-ed25519-cert-v01@openssh.com' (ed-cert)"},
    {"no-pty {rsa-cert}", "! certificate 8 'ssh-rsa-cert-v01@openssh.com' (rsa-cert)"},
    {"rsa-sha2-512-cert-v01@openssh.com {rsa-cert.blob}", "! certificate 1 'ssh-rsa-cert-v01@openssh.com' (rsa-cert)"},
    {"rsa-sha2-256-cert-v01@openssh.com {rsa-cert.blob}", "! certificate 1 'ssh-rsa-cert-v01@openssh.com' (rsa-cert)"},
};

const std::vector<LineRow> joined_rows = {
    {"{ed}{ed2}", "! keys_joined 81 'ssh-ed25519' (ed2)"},
    {"{ed} {ed2}", "ed #{ed2} ! keys_joined 82 'ssh-ed25519' (ed2)"},
    {"{ed} me {ed2} you", "ed #me {ed2} you ! keys_joined 85 'ssh-ed25519' (ed2)"},
    {"{ed} me{ed2}", "ed #me{ed2} ! keys_joined 84 'ssh-ed25519' (ed2)"},
    {"{ed} me,{ed2}", "ed #me,{ed2} ! keys_joined 85 'ssh-ed25519' (ed2)"},
    {"{ed} c {ed}", "ed #c {ed} ! keys_joined 84 'ssh-ed25519' (ed)"},
    {"{ed} {rsa} c", "ed #{rsa} c ! keys_joined 82 'ssh-rsa' (rsa)"},
    {"{ed} # {ed2}", "ed ## {ed2} ! keys_joined 84 'ssh-ed25519' (ed2)"},
    {"no-pty {ed} me no-pty {ed2}", "no-pty ed #me no-pty {ed2} ! keys_joined 99 'ssh-ed25519' (ed2)"},
    {"{ed} a b {ed2} c {rsa}", "ed #a b {ed2} c {rsa} ! keys_joined 86 'ssh-ed25519' (ed2)"},
    {"{ed} me {ed-cert}", "ed #me {ed-cert} ! keys_joined 85 'ssh-ed25519-cert-v01@openssh.com' (ed-cert)"},
    {"{ed} c ssh-ed25519\t{ed2.blob}", "ed #c ssh-ed25519\\x09{ed2.blob} ! keys_joined 84 'ssh-ed25519' (ed2)"},
    {"{rsa}{ed}", "! keys_joined 381 'ssh-ed25519' (ed)"},
    {"{rsa}ssh-ed25519 {ed.blob} c", "! keys_joined 381 'ssh-ed25519' (ed)"},
};

TEST(KeyLine, IsReadAsSshdReadsIt) { expect_rows(accepted_rows); }
TEST(KeyLine, WithACertificateIsWorthNothing) { expect_rows(certificates_rows); }
TEST(KeyLine, WithTwoKeysHasOne) { expect_rows(joined_rows); }

}  // namespace
}  // namespace sshaudit
