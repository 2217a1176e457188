// SPDX-License-Identifier: MIT
// Faults of the lines of a key file.
#include <string>

#include "cases.h"

namespace sshaudit::e2e {
namespace {

const std::string key_file = "/home/alice/.ssh/authorized_keys";

std::string without_newline(std::string line) {
  line.pop_back();
  return line;
}

// As an editor or a mail client breaks it.
std::string wrapped(const std::string& line) {
  std::string text;
  for (std::size_t at = 0; at < line.size(); at += 60) text += line.substr(at, 60) + "\n";
  return text;
}

std::string as_utf16(const std::string& text) {
  std::string bytes = "\xff\xfe";
  for (const char letter : text) bytes += std::string(1, letter) + '\0';
  return bytes;
}

std::string file_text(const std::string& path) { return run_tool({"/bin/cat", path}); }

// Long because it is a table.
std::vector<Case> broken_lines() {
  return {
      {"C06",
       "second key behind the first",
       [](Scene& s) { s.write_keys(without_newline(ClientKeys::line("ed25519 of bob")) + s.own_line()); },
       {"accepted", {{"keys-joined", key_file}}, {}},
       {"refused", "key-file", "keys-joined"},
       {"refused", ""},
       "K"},
      {"C06",
       "first of two keys on a line",
       [](Scene& s) { s.write_keys(without_newline(s.own_line()) + ClientKeys::line("ed25519 of bob")); },
       {"accepted", {{"keys-joined", key_file}}, {}},
       {"accepted", "", ""},
       {"accepted", ""},
       ""},
      {"C28",
       "key as RFC 4716",
       [](Scene& s) {
         s.write_keys(
             run_tool({"/usr/bin/ssh-keygen", "-e", "-m", "RFC4716", "-f", ClientKeys::file("ed25519") + ".pub"}));
       },
       {"refused", {{"foreign-key-format", key_file}}, {}},
       {"refused", "key-file", "foreign-key-format"},
       {"refused", ""},
       "K"},
      {"C45",
       "key broken into lines",
       [](Scene& s) { s.write_keys(wrapped(s.own_line())); },
       {"refused", {{"key-wrapped", key_file}}, {}},
       {"refused", "key-file", "key-wrapped"},
       {"refused", ""},
       "K"},
      {"C46",
       "byte order mark",
       [](Scene& s) { s.write_keys("\xef\xbb\xbf" + s.own_line()); },
       {"refused", {{"byte-order-mark", key_file}}, {}},
       {"refused", "key-file", "byte-order-mark"},
       {"refused", ""},
       "K"},
      {"C46",
       "UTF-16",
       [](Scene& s) { s.write_keys(as_utf16(s.own_line())); },
       {"refused", {{"utf-sixteen", key_file}}, {}},
       {"refused", "key-file", "utf-sixteen"},
       {"refused", ""},
       "K"},
      {"C47",
       "private key in the key file",
       [](Scene& s) { s.write_keys(file_text(ClientKeys::file("ed25519"))); },
       {"refused", {{"private-key-in-key-file", key_file}}, {}},
       {"refused", "key-file", "private-key-in-key-file"},
       {"refused", ""},
       "K"},
      {"C54",
       "first letter lost",
       [](Scene& s) { s.write_keys(s.own_line().substr(1)); },
       {"refused", {{"key-type-misspelt", key_file}}, {}},
       {"refused", "key-file", "key-type-misspelt"},
       {"refused", ""},
       "K"},
  };
}

// Long because it is a table.
std::vector<Case> options() {
  return {
      {"C50",
       "unknown option",
       [](Scene& s) { s.write_keys("no-shell " + s.own_line()); },
       {"refused", {{"option-unknown", key_file}}, {}},
       {"refused", "key-file", "option-unknown"},
       {"refused", ""},
       "K"},
      {"C50",
       "blank behind a comma",
       [](Scene& s) { s.write_keys("no-pty, no-user-rc " + s.own_line()); },
       {"refused", {{"option-blank", key_file}}, {}},
       {"refused", "key-file", "option-blank"},
       {"refused", ""},
       "K"},
      {"C50",
       "curly quotes",
       [](Scene& s) {
         s.write_keys(
             "from=\xe2\x80\x9c"
             "127.0.0.1\xe2\x80\x9d " +
             s.own_line());
       },
       {"refused", {{"option-curly-quotes", key_file}}, {}},
       {"refused", "key-file", "option-curly-quotes"},
       {"refused", ""},
       "K"},
      {"C51",
       "from= of another address",
       [](Scene& s) { s.write_keys("from=\"10.1.2.3\" " + s.own_line()); },
       {"accepted", {}, {}},
       {"refused", "key-file", "from-refuses"},
       {"refused", "Authentication tried for alice with correct key but not from a permitted host"},
       "K"},
      {"C51",
       "from= of another address, audited for it",
       [](Scene& s) {
         s.write_keys("from=\"10.1.2.3\" " + s.own_line());
         s.audit_options = {"--from", client_address};
       },
       {"refused", {{"from-refuses", key_file}}, {}},
       {"refused", "key-file", "from-refuses"},
       {"refused", "Authentication tried for alice with correct key but not from a permitted host"},
       "K"},
      {"C51",
       "expiry-time has passed",
       [](Scene& s) { s.write_keys("expiry-time=\"20200831\" " + s.own_line()); },
       {"refused", {{"key-expired", key_file}}, {}},
       {"refused", "key-file", "key-expired"},
       {"refused", "Refused by key options"},
       "K"},
  };
}

std::vector<Case> kinds_of_keys() {
  return {
      {"C33",
       "RSA 1024 where 2048 are required",
       [](Scene& s) {
         s.offered = {"rsa 1024"};
         s.write_keys(ClientKeys::line("rsa 1024"));
         s.settings = "RequiredRSASize 2048\n";
       },
       {"refused", {{"rsa-key-too-small", key_file}}, {}},
       {"refused", "algorithm", "rsa-key-too-small"},
       {"refused", "refusing RSA key: Invalid key length [preauth]"},
       ""},
      {"C34",
       "ed25519 against the policy",
       [](Scene& s) {
         s.settings = "PubkeyAcceptedAlgorithms -ssh-ed25519,ssh-ed25519-cert-v01@openssh.com\n";
         s.client_options = {"PubkeyAcceptedAlgorithms=ssh-ed25519"};
       },
       {"refused", {{"key-algorithm-refused", key_file}}, {}},
       {"refused", "algorithm", "key-algorithm-refused"},
       {"refused", "userauth_pubkey: signature algorithm ssh-ed25519 not in PubkeyAcceptedAlgorithms [preauth]"},
       ""},
      {"C35",
       "DSA",
       [](Scene& s) {
         s.offered = {"dsa"};
         s.write_keys(ClientKeys::line("dsa"));
         s.client_options = {"PubkeyAcceptedAlgorithms=+ssh-dss"};
       },
       {"refused", {{"key-algorithm-refused", key_file}}, {}},
       {"refused", "algorithm", "key-algorithm-refused"},
       {"refused", "userauth_pubkey: signature algorithm ssh-dss not in PubkeyAcceptedAlgorithms [preauth]"},
       ""},
  };
}

}  // namespace

std::vector<Case> line_cases() {
  std::vector<Case> cases;
  for (const auto& part : {broken_lines(), options(), kinds_of_keys()}) {
    cases.insert(cases.end(), part.begin(), part.end());
  }
  return cases;
}

}  // namespace sshaudit::e2e
