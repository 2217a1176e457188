// SPDX-License-Identifier: MIT
// What stands in the key file.
#include <algorithm>

#include "tricks.h"

namespace sshaudit::e2e {
namespace {

constexpr std::size_t mebibyte = 1024UL * 1024;

std::string repeated(std::string_view text, std::size_t bytes) {
  std::string all;
  all.reserve(bytes + text.size());
  while (all.size() < bytes) all += text;
  return all;
}

auto keys(std::string text) {
  return [text = std::move(text)](AuditedSystem& system, const Person& person) { write_keys(system, person, text); };
}

// A usual key with these options.
std::string with(const std::string& options, std::size_t number) { return options + " " + key_line(number, "me@home"); }

std::string patterns(std::size_t count) {
  std::string text = "from=\"";
  for (std::size_t i = 0; i < count; ++i) text += (i == 0 ? "*a*b*c*d*" : ",*a*b*c*d*") + std::to_string(i);
  return text + "\"";
}

std::string private_key() {
  return std::string("-----BEGIN OPENSSH PRIVATE KEY-----\n") +
         "b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAAB\n" + "-----END OPENSSH PRIVATE KEY-----\n";
}

// As the value of an option: the quotation mark ends none.
std::string evil_in_quotes() {
  auto text = evil_in_a_line();
  std::erase(text, '"');
  std::erase(text, '\\');
  return text;
}

std::string certificate_line() {
  return "ssh-ed25519-cert-v01@openssh.com AAAAIHNzaC1lZDI1NTE5LWNlcnQtdjAxQG9wZW5zc2guY29tAAAA////////// " +
         evil_in_a_line() + "\n";
}

}  // namespace

std::string evil_in_a_line() {
  std::string text = evil;
  std::ranges::replace(text, '\n', ' ');
  return text;
}

// Long because it is a table.
std::vector<Trick> tricks_with_lines() {
  const auto bad = evil_in_a_line();
  const auto value = evil_in_quotes();
  return {
      {"quotes", {"unknown key-file-cut"}, keys(repeated("\"", 17 * mebibyte))},
      {"quoted-lines",
       {"none no-key-in-line", "unknown account-timeout"},
       keys(repeated("command=\"\"\"\" \\\"\n", 16 * mebibyte))},
      {"lines", {"none no-key-in-line", "unknown account-timeout"}, keys(repeated("x\n", 16 * mebibyte))},
      {"empty-lines", {"accepted key-file-large"}, keys(key_line(501, "first") + std::string(17 * mebibyte, '\n'))},
      {"nuls", {"accepted"}, keys(std::string(mebibyte, '\0') + "\n" + key_line(502, std::string(100, '\0')))},
      {"one-line", {"accepted"}, keys(key_line(503, repeated("c", 15 * mebibyte)))},
      {"patterns", {"accepted"}, keys(with(patterns(10'000), 504))},
      {"from-flood",
       {"refused from-never-matches"},
       keys(with("from=\"" + repeated("\x1b ,", 4 * mebibyte) + "\"", 521))},
      {"principals-flood",
       {"accepted authority-in-key-file"},
       keys(with("cert-authority,principals=\"" + repeated("\x1bp,", 4 * mebibyte) + "\"", 522))},
      {"many-options", {"accepted"}, keys(with(repeated("no-pty,", mebibyte) + "pty", 505))},
      {"unterminated", {"refused option-unterminated"}, keys(with("command=\"" + bad + "\"", 520))},
      {"command", {"accepted"}, keys(with("command=\"" + value + "\"", 506))},
      {"command-of-victim",
       {"closes forced-command-broken"},
       keys(with("command=\"/home/honest01/.ssh/program\"", 507))},
      {"command-of-root", {"closes forced-command-broken"}, keys(with("command=\"/root/secret\"", 508))},
      {"command-fifo", {"accepted"}, keys(with("command=\"/proc/self/fd/0\"", 509))},
      {"environment", {"accepted"}, keys(with("environment=\"LD_PRELOAD=" + value + "\"", 510))},
      {"from-bidi", {"refused from-never-matches"}, keys(with("from=\"\xe2\x80\xae" + value + "\"", 511))},
      {"option", {"refused option-unknown"}, keys(with(bad, 512))},
      {"comment", {"accepted"}, keys(key_line(513, bad))},
      {"type", {"none no-key-in-line"}, keys(bad + " AAAA " + bad + "\n")},
      {"blob", {"refused key-malformed"}, keys("ssh-rsa AAAAB3NzaC1yc2EAAAD/////////////" + bad + "\n")},
      {"huge-number", {"refused key-incomplete"}, keys("ssh-rsa AAAAB3NzaC1yc2EA" + repeated("/", mebibyte) + "\n")},
      {"certificate", {"refused key-incomplete"}, keys(certificate_line())},
      {"private", {"refused private-key-in-key-file"}, keys(private_key())},
      {"authority",
       {"accepted authority-in-key-file"},
       keys(with("cert-authority,principals=\"" + value + "," + repeated("p,", 10'000) + "\"", 514))},
      {"expiry", {"refused option-value"}, keys(with("expiry-time=\"99999999999999999999\"", 515))},
      {"tunnel", {"refused option-value"}, keys(with("tunnel=\"" + value + "\",permitopen=\"" + value + ":*\"", 516))},
      {"byte-order", {"refused byte-order-mark"}, keys("\xef\xbb\xbf" + key_line(517, "bom"))},
      {"wide", {"refused utf-sixteen"}, keys(std::string("\xff\xfes\0s\0h\0-\0", 10) + "\n")},
      {"carriage", {"accepted no-key-in-line"}, keys(key_line(518, "one\r\nhonest01: key login is refused\r"))},
      {"many-keys",
       {"accepted key-repeated", "unknown account-timeout"},
       keys(repeated(key_line(519, "again"), 15 * mebibyte))},
  };
}

}  // namespace sshaudit::e2e
