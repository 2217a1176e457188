// SPDX-License-Identifier: MIT
// Whole key files. The lines whose key counts are those that getline(3), sshkey_read() and sshauthopt_parse() of 10.4
// and read_keyfile_line() of 7.4 take.
#include "parse/authorized_keys.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "parse/key_dump.h"

namespace sshaudit {
namespace {

using namespace std::string_literals;

struct FileRow {
  unsigned version;
  std::string text;
  std::string visits;
};

const std::vector<FileRow> rows = {
    {1004, "", ""},
    {1004, "\n\n# x\n \t\n\r\n", ""},
    {1004, "{ed}", "1: ed\n"},
    {1004, "{ed}\n", "1: ed\n"},
    {1004, "{ed} a\n{ed2} b\n", "1: ed #a\n2: ed2 #b\n"},
    {1004, "{ed} a\r\n{ed2} b\r\n", "1: ed #a\n2: ed2 #b\n"},
    {1004, "# {ed}\n  # {ed}\n{ed2}\n", "3: ed2\n"},
    {1004, "\n\n{ed}\n\n\n{ed2}", "3: ed\n6: ed2\n"},
    {1004, "\r# x\n{ed}\n", "2: ed\n"},
    {1004, "hello\n{ed}\n", "1: ! no_key 1\n2: ed\n"},
    {1004, "{ed}\nptx {ed2}\n", "1: ed\n2: ! option_unknown 1 'ptx' -> 'pty' (ed2)\n"},
    {1004, "{ed}\n{ed}\n", "1: ed\n2: ed\n"},
    {1004, "\xef\xbb\xbf{ed} a\n{ed2}\n", "1: ! byte_order_mark 1 (ed)\n2: ed2\n"},
    {1004, "\xef\xbb\xbf# x\n{ed}\n", "2: ed\n"},
    {1004, "\xef\xbb\xbf\n{ed}\n", "2: ed\n"},
    {1004, "\xef\xbb\xbfno-pty {ed}\n", "1: ! byte_order_mark 1 (ed)\n"},
    {1004, "\xef\xbb\xbf", ""},
    {1004, "{ed}\n\xef\xbb\xbf{ed2}\n",
     "1: ed\n2: ! type_misspelt 1 '\\xef\\xbb\\xbfssh-ed25519' -> 'ssh-ed25519' (ed2)\n"},
    {1004, "\xef\xbb\xbfptx {ed}\n", "1: ! option_unknown 1 'ptx' -> 'pty' (ed)\n"},
    {1004, "\xef\xbb\xbf  {ed}\n", "1: ! byte_order_mark 1 (ed)\n"},
    {704, "\xef\xbb\xbf{ed}\n", "1: ! byte_order_mark 1 (ed)\n"},
    {1004, "\xff\xfes\0s\0h\0\n\0x\0\n\0"s, "1: ! utf16\n"},
    {1004, "\xfe\xff\0s\0s\0h\0\n\0x\0\n"s, "1: ! utf16\n"},
    {704, "\xff\xfes\0s\0h\0\n\0x\0\n\0"s, "1: ! utf16\n"},
    {1004, "\xff\xfe", "1: ! utf16\n"},
    {1004, "\xff\xfes\0\n{ed}\n"s, "1: ! utf16\n2: ed\n"},
    {1004, "ssh-rsa {rsa@70} me\n{ed}\n", "1-6: ! key_wrapped 'ssh-rsa' (rsa)\n7: ed\n"},
    {1004, "ssh-rsa\n{rsa@70}\n{ed}\n", "1-7: ! key_wrapped 'ssh-rsa' (rsa)\n8: ed\n"},
    {1004, "no-pty ssh-rsa {rsa@70}\n", "1-6: ! key_wrapped 'ssh-rsa' (rsa)\n"},
    {1004, "ssh-ed25519\n{ed.blob}\n{ed2}\n", "1-2: ! key_wrapped 'ssh-ed25519' (ed)\n3: ed2\n"},
    {1004, "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIM0X/Z\ntCyNpeM3NH/AxRsEzPMCtcOQKO+bp9O2rJKlIo me\n",
     "1-2: ! key_wrapped 'ssh-ed25519' (ed)\n"},
    {1004, "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIM0X/Z\r\ntCyNpeM3NH/AxRsEzPMCtcOQKO+bp9O2rJKlIo me\r\n",
     "1-2: ! key_wrapped 'ssh-ed25519' (ed)\n"},
    {1004, "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIM0X/Z\n  tCyNpeM3NH/AxRsEzPMCtcOQKO+bp9O2rJKlIo\n",
     "1-2: ! key_wrapped 'ssh-ed25519' (ed)\n"},
    {1004, "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIM0X/Z\n\ntCyNpeM3NH/AxRsEzPMCtcOQKO+bp9O2rJKlIo\n",
     "1: ! key_incomplete 43 'ssh-ed25519'\n3: ! no_key 1\n"},
    {1004, "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIM0X/Z\n{ed2}\n", "1: ! key_incomplete 43 'ssh-ed25519'\n2: ed2\n"},
    {1004, "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIM0X/Z\n", "1: ! key_incomplete 43 'ssh-ed25519'\n"},
    {1004, "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIM0X/Zt\nCyNpeM3NH/AxRsEzPMCtcOQKO+bp9\nO2rJKlIo\nhello\n",
     "1-3: ! key_wrapped 'ssh-ed25519' (ed)\n4: ! no_key 1\n"},
    {1004,
     "ssh-rsa "
     "AAAAB3NzaC1yc2EAAAADAQABAAABAQC7iO5ljaf+fQ7Dhui+TLEyt/BvcTOSdwTRNHAr4bMnJsB4BQjD6MH15HNg3/NCQcRp+Rej\n41t/"
     "Htwww0As5TxDuLbvaMn5hEspBD9PdRz8nMB/1/gpqVfiRZnbSwELbhOycVewBrX3RKTSwCSMibnz0FAgUfYKByB/4uAWjJRF\n{ed}\n",
     "1: ! key_incomplete 109 'ssh-rsa'\n2: ! no_key 1\n3: ed\n"},
    {704, "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIM0X/Z\ntCyNpeM3NH/AxRsEzPMCtcOQKO+bp9O2rJKlIo me\n",
     "1-2: ! key_wrapped 'ssh-ed25519' (ed)\n"},
    {1004, "---- BEGIN SSH2 PUBLIC KEY ----\nComment: \"me\"\n{rsa@70}\n---- END SSH2 PUBLIC KEY ----\n{ed}\n",
     "1-9: ! rfc4716\n10: ed\n"},
    {1004, "{ed}\n---- BEGIN SSH2 PUBLIC KEY ----\n{rsa@70}\n", "1: ed\n2-8: ! rfc4716\n"},
    {1004, "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEAzRf9m0LI2l4zc0f8DFGw\n-----END PUBLIC KEY-----\n{ed}\n",
     "1-3: ! rfc4716\n4: ed\n"},
    {1004,
     "-----BEGIN RSA PUBLIC KEY-----\nMCow\n-----END RSA PUBLIC KEY-----\n-----BEGIN RSA PUBLIC "
     "KEY-----\nMCow\n-----END RSA PUBLIC KEY-----\n",
     "1-3: ! rfc4716\n4-6: ! rfc4716\n"},
    {1004, "---- BEGIN SSH2 PUBLIC KEY ----\r\nAAAA\r\n---- END SSH2 PUBLIC KEY ----\r\n{ed}\r\n",
     "1-3: ! rfc4716\n4: ed\n"},
    {1004, "---- BEGIN SSH2 PUBLIC KEY ----\nAAAA\n{ed}\nAAAA\n---- END SSH2 PUBLIC KEY ----\n",
     "1-2: ! rfc4716\n3: ed\n4: ! no_key 1\n5: ! no_key 1\n"},
    {1004,
     "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEAAAAABG5vbm\nZmFrZQ==\n-----END OPENSSH PRIVATE "
     "KEY-----\n{ed}\n",
     "1-4: ! private_key\n5: ed\n"},
    {1004,
     "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n\nZmFrZQ==\n-----END RSA "
     "PRIVATE KEY-----\n{ed}\n",
     "1-6: ! private_key\n7: ed\n"},
    {1004, "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEAAAAABG5vbm\nZmFrZQ==\n", "1-3: ! private_key\n"},
    {1004,
     "PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: none\nComment: fake\nPublic-Lines: 1\nAAAA\nPrivate-Lines: "
     "1\nAAAA\nPrivate-MAC: 00\n{ed}\n",
     "1-8: ! private_key\n9: ed\n"},
    {1004, "{ed}\n-----BEGIN OPENSSH PRIVATE KEY-----\nZmFrZQ==\n-----END OPENSSH PRIVATE KEY-----\n{ed2}\n",
     "1: ed\n2-4: ! private_key\n5: ed2\n"},
    {1004, "-----BEGIN OPENSSH PRIVATE KEY-----\n{ed}\n", "1: ! private_key\n2: ed\n"},
    {704, "-----BEGIN EC PRIVATE KEY-----\nZmFrZQ==\n-----END EC PRIVATE KEY-----\n{ed}\n",
     "1-3: ! private_key\n4: ed\n"},
    {1004,
     "{ed} a\0"
     "b\n{ed2}\n"s,
     "1: ed #a\n2: ed2\n"},
    {1004, "{ed}\0\n{ed2}\n"s, "1: ed\n2: ed2\n"},
    {1004, "\0{ed}\n{ed2}\n"s, "2: ed2\n"},
    {1004, "AAAAC3Nza\0{ed}\n"s, "1: ! no_key 1\n"},
    {1004, "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIM0X/Z\0tCyNpeM3NH/AxRsEzPMCtcOQKO+bp9O2rJKlIo\n{ed2}\n"s,
     "1: ! key_incomplete 43 'ssh-ed25519'\n2: ed2\n"},
    {1004,
     "{ed} a\0"
     "b"s,
     "1: ed #a\n"},
    {704,
     "{ed} a\0"
     "b\n{ed2}\n{rsa1024}\n"s,
     "1-2: ! line_swallowed\n3: rsa1024\n"},
    {707,
     "{ed} a\0"
     "b\n{ed2}\n"s,
     "1-2: ! line_swallowed\n"},
    {708,
     "{ed} a\0"
     "b\n{ed2}\n"s,
     "1: ed #a\n2: ed2\n"},
    {704, "\0{ed}\n{ed2}\n"s, "2: ed2\n"},
    {704,
     "{ed} a\0"
     "b"s,
     "1: ed #a\n"},
    {704,
     "# a\0"
     "b\n{ed}\n{ed2}\n"s,
     "1-2: ! line_swallowed\n3: ed2\n"},
    {1004, "{ed} a {ed2} b\n", "1: ed #a {ed2} b ! keys_joined 84 'ssh-ed25519' (ed2)\n"},
    {1004, "{ed}{ed2}\n{ed2}\n", "1: ! keys_joined 81 'ssh-ed25519' (ed2)\n2: ed2\n"},
};

TEST(AuthorizedKeys, AreVisitedLineByLine) {
  for (const auto& row : rows) {
    EXPECT_EQ(meaning_of_file(row.text, row.version), expand(row.visits)) << row.version << ": " << printable(row.text);
  }
}

// A key whose line, with its newline, has so many bytes, and another one behind it.
std::string file_with_line_of(std::size_t bytes, const std::string& end) {
  const auto key = expand("{ed} ");
  return key + std::string(bytes - key.size() - 1, 'x') + end;
}

// Source: misc.c, read_keyfile_line, with SSH_MAX_PUBKEY_BYTES (ssh.h), 16384, up to 7.7.
TEST(AuthorizedKeys, MayHaveLongLinesFrom78On) {
  struct Row {
    unsigned version;
    std::size_t bytes;
    std::string end;
    bool is_read;
  };
  const std::vector<Row> lengths = {
      {704, 16382, "\n{ed2}\n", true},  {704, 16383, "\n{ed2}\n", true},  {704, 16384, "\n{ed2}\n", false},
      {704, 16385, "\n{ed2}\n", false}, {707, 16384, "\n{ed2}\n", false}, {708, 16384, "\n{ed2}\n", true},
      {708, 40000, "\n{ed2}\n", true},  {1004, 16384, "\n{ed2}\n", true}, {704, 70000, "\n{ed2}\n", false},
      {704, 16383, "", true},           {704, 16384, "", false},          {708, 16384, "", true},
  };
  for (const auto& row : lengths) {
    const auto visits = meaning_of_file(file_with_line_of(row.bytes, row.end), row.version);
    const auto first = visits.substr(0, visits.find('\n'));
    EXPECT_EQ(first == "1: ! line_too_long", !row.is_read) << row.version << ' ' << row.bytes << ' ' << first;
    EXPECT_EQ(first.starts_with("1: ed #xxx"), row.is_read) << row.version << ' ' << row.bytes;
    EXPECT_EQ(visits.ends_with("\n2: ed2\n"), !row.end.empty()) << row.version << ' ' << row.bytes;
  }
}

}  // namespace
}  // namespace sshaudit
