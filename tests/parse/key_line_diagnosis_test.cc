// SPDX-License-Identifier: MIT
// Lines in which sshd reads no key. sshkey_read() and sshauthopt_parse() of 10.4 refused every one of them; what is
// said about it, and where it points to, is ours.
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

const std::vector<LineRow> types_rows = {
    {"{dsa} c", "! type_unsupported 1 'ssh-dss' (dsa)"},
    {"{dsa-cert} c", "! type_unsupported 1 'ssh-dss-cert-v01@openssh.com' (dsa-cert)"},
    {"{rsa1023} c", "! key_too_short 1 'ssh-rsa' -> '1024' (rsa1023)"},
    {"{rsa768} c", "! key_too_short 1 'ssh-rsa' -> '1024' (rsa768)"},
    {"{rsa767} c", "! key_too_short 1 'ssh-rsa' -> '1024' (rsa767)"},
    {"no-pty {rsa1023} c", "! key_too_short 8 'ssh-rsa' -> '1024' (rsa1023)"},
    {"\x0b{ed} me", "! type_misspelt 1 '\\x0bssh-ed25519' -> 'ssh-ed25519' (ed)"},
    {"ssh-ed25519\r{ed.blob} me", "! separator 12 'ssh-ed25519' (ed)"},
    {"SSH-ED25519 {ed.blob} me", "! type_misspelt 1 'SSH-ED25519' -> 'ssh-ed25519' (ed)"},
    {"Ssh-Ed25519 {ed.blob}", "! type_misspelt 1 'Ssh-Ed25519' -> 'ssh-ed25519' (ed)"},
    {"sh-ed25519 {ed.blob}", "! type_misspelt 1 'sh-ed25519' -> 'ssh-ed25519' (ed)"},
    {"h-ed25519 {ed.blob}", "! type_misspelt 1 'h-ed25519' -> 'ssh-ed25519' (ed)"},
    {"ed25519 {ed.blob}", "! type_misspelt 1 'ed25519' -> 'ssh-ed25519' (ed)"},
    {"ED25519 {ed.blob}", "! type_misspelt 1 'ED25519' -> 'ssh-ed25519' (ed)"},
    {"25519 {ed.blob}", "! type_misspelt 1 '25519' -> 'ssh-ed25519' (ed)"},
    {"19 {ed.blob}", "! type_misspelt 1 '19' -> 'ssh-ed25519' (ed)"},
    {"9 {ed.blob}", "! type_misspelt 1 '9' -> 'ssh-ed25519' (ed)"},
    {"ssh-ed2551 {ed.blob}", "! type_misspelt 1 'ssh-ed2551' -> 'ssh-ed25519' (ed)"},
    {"ssh-ed25519: {ed.blob}", "! type_misspelt 1 'ssh-ed25519:' -> 'ssh-ed25519' (ed)"},
    {"ssh-ed255199 {ed.blob}", "! type_misspelt 1 'ssh-ed255199' -> 'ssh-ed25519' (ed)"},
    {"ssh-de25519 {ed.blob}", "! type_misspelt 1 'ssh-de25519' -> 'ssh-ed25519' (ed)"},
    {"ssh_ed25519 {ed.blob}", "! type_misspelt 1 'ssh_ed25519' -> 'ssh-ed25519' (ed)"},
    {"sshed25519 {ed.blob}", "! type_misspelt 1 'sshed25519' -> 'ssh-ed25519' (ed)"},
    {"ssh-ed-25519 {ed.blob}", "! type_misspelt 1 'ssh-ed-25519' -> 'ssh-ed25519' (ed)"},
    {"RSA {rsa.blob}", "! type_misspelt 1 'RSA' -> 'ssh-rsa' (rsa)"},
    {"rsa {rsa.blob}", "! type_misspelt 1 'rsa' -> 'ssh-rsa' (rsa)"},
    {"ssh-RSA {rsa.blob}", "! type_misspelt 1 'ssh-RSA' -> 'ssh-rsa' (rsa)"},
    {"sshrsa {rsa.blob}", "! type_misspelt 1 'sshrsa' -> 'ssh-rsa' (rsa)"},
    {"h-rsa {rsa.blob}", "! type_misspelt 1 'h-rsa' -> 'ssh-rsa' (rsa)"},
    {"rsa-sha2-384 {rsa.blob}", "! type_misspelt 1 'rsa-sha2-384' -> 'ssh-rsa' (rsa)"},
    {"ssh-rsa2 {rsa.blob}", "! type_misspelt 1 'ssh-rsa2' -> 'ssh-rsa' (rsa)"},
    {"ecdsa {ec256.blob}", "! type_misspelt 1 'ecdsa' -> 'ecdsa-sha2-nistp256' (ec256)"},
    {"ecdsa-sha2-nistp25 {ec256.blob}", "! type_misspelt 1 'ecdsa-sha2-nistp25' -> 'ecdsa-sha2-nistp256' (ec256)"},
    {"sk-ssh-ed25519@openssh.org {sked.blob}",
     "! type_misspelt 1 'sk-ssh-ed25519@openssh.org' -> 'sk-ssh-ed25519@openssh.com' (sked)"},
    {"no-pty sh-ed25519 {ed.blob}", "! type_misspelt 8 'sh-ed25519' -> 'ssh-ed25519' (ed)"},
    {"no-pty SSH-ED25519 {ed.blob} c", "! type_misspelt 8 'SSH-ED25519' -> 'ssh-ed25519' (ed)"},
    {"{ed.blob}", "! type_missing 1 -> 'ssh-ed25519' (ed)"},
    {"{ed.blob} me", "! type_missing 1 -> 'ssh-ed25519' (ed)"},
    {" {ed.blob}", "! type_missing 2 -> 'ssh-ed25519' (ed)"},
    {"key {ed.blob}", "! type_misspelt 1 'key' -> 'ssh-ed25519' (ed)"},
    {"no-pty {ed.blob}", "! type_missing 8 -> 'ssh-ed25519' (ed)"},
    {"no-pty,restrict {ed.blob} me", "! type_missing 17 -> 'ssh-ed25519' (ed)"},
    {"command=\"x y\" {ed.blob}", "! type_missing 15 -> 'ssh-ed25519' (ed)"},
    {"1024 65537 {rsa.blob}", "! type_misspelt 6 '65537' -> 'ssh-rsa' (rsa)"},
    {"user@host {ed.blob}", "! type_misspelt 1 'user@host' -> 'ssh-ed25519' (ed)"},
    {"ssh-rsa {ed.blob}", "! type_mismatch 1 'ssh-rsa' -> 'ssh-ed25519' (ed)"},
    {"ssh-ed25519 {rsa.blob}", "! type_mismatch 1 'ssh-ed25519' -> 'ssh-rsa' (rsa)"},
    {"ecdsa-sha2-nistp256 {ec384.blob}", "! type_mismatch 1 'ecdsa-sha2-nistp256' -> 'ecdsa-sha2-nistp384' (ec384)"},
    {"ecdsa-sha2-nistp384 {ec256.blob}", "! type_mismatch 1 'ecdsa-sha2-nistp384' -> 'ecdsa-sha2-nistp256' (ec256)"},
    {"ssh-ed25519 {sked.blob}", "! type_mismatch 1 'ssh-ed25519' -> 'sk-ssh-ed25519@openssh.com' (sked)"},
    {"sk-ssh-ed25519@openssh.com {ed.blob}", "! type_mismatch 1 'sk-ssh-ed25519@openssh.com' -> 'ssh-ed25519' (ed)"},
    {"ssh-ed25519 {ed-cert.blob}", "! type_mismatch 1 'ssh-ed25519' -> 'ssh-ed25519-cert-v01@openssh.com' (ed-cert)"},
    {"ssh-ed25519-cert-v01@openssh.com {ed.blob}",
     "! type_mismatch 1 'ssh-ed25519-cert-v01@openssh.com' -> 'ssh-ed25519' (ed)"},
    {"ssh-dss {ed.blob}", "! type_mismatch 1 'ssh-dss' -> 'ssh-ed25519' (ed)"},
    {"rsa-sha2-256 {ed.blob}", "! type_mismatch 1 'rsa-sha2-256' -> 'ssh-ed25519' (ed)"},
    {"no-pty ssh-rsa {ed.blob} c", "! type_mismatch 8 'ssh-rsa' -> 'ssh-ed25519' (ed)"},
    {"ssh-rsa-cert-v01@openssh.com {rsa.blob}", "! type_mismatch 1 'ssh-rsa-cert-v01@openssh.com' -> 'ssh-rsa' (rsa)"},
    {"rsa-sha2-256 {rsa-cert.blob}", "! type_mismatch 1 'rsa-sha2-256' -> 'ssh-rsa-cert-v01@openssh.com' (rsa-cert)"},
    {"ecdsa-sha2-nistp256 {skec.blob}",
     "! type_mismatch 1 'ecdsa-sha2-nistp256' -> 'sk-ecdsa-sha2-nistp256@openssh.com' (skec)"},
    {"ssh-ed448 AAAACXNzaC1lZDQ0OAAAADl4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHg= c",
     "! type_unsupported 1 'ssh-ed448'"},
    {"ssh-xmss@openssh.com "
     "AAAAFHNzaC14bXNzQG9wZW5zc2guY29tAAAAOXh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4e"
     "A==",
     "! type_unsupported 1 'ssh-xmss@openssh.com'"},
    {"ssh-ed448 {ed.blob}", "! type_misspelt 1 'ssh-ed448' -> 'ssh-ed25519' (ed)"},
    {"no-pty ssh-ed448 "
     "AAAACXNzaC1lZDQ0OAAAADl4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHg=",
     "! type_unsupported 8 'ssh-ed448'"},
    {"ssh-gost2012-256 AAAAEHNzaC1nb3N0MjAxMi0yNTYAAAABAQ==", "! type_unsupported 1 'ssh-gost2012-256'"},
    {"{ed.blob} ssh-ed25519", "! type_missing 1 -> 'ssh-ed25519' (ed)"},
};

const std::vector<LineRow> broken_rows = {
    {"{ed}\x0bme", "! key_incomplete 84 'ssh-ed25519'"},
    {"{ed}\x0cme", "! key_incomplete 84 'ssh-ed25519'"},
    {"ssh-ed25519", "! key_incomplete 12 'ssh-ed25519'"},
    {"ssh-ed25519 ", "! key_incomplete 12 'ssh-ed25519'"},
    {"ssh-ed25519\t", "! key_incomplete 12 'ssh-ed25519'"},
    {"no-pty ssh-ed25519", "! key_incomplete 19 'ssh-ed25519'"},
    {"no-pty ssh-ed25519 ", "! key_incomplete 19 'ssh-ed25519'"},
    {"ssh-ed25519 me", "! key_incomplete 15 'ssh-ed25519'"},
    {"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIM0X/ZtCyNpeM3NH/AxRsEzPMCtcOQKO+bp9O2rJKlI",
     "! key_incomplete 80 'ssh-ed25519'"},
    {"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIM0X/ZtCyNpeM3NH/AxRsEzPMCtcOQKO+bp9O2rJKl",
     "! key_incomplete 79 'ssh-ed25519'"},
    {"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIM0X/ZtCyNpeM3NH/AxRsEzPMCtcOQKO+bp9O2rJK",
     "! key_incomplete 78 'ssh-ed25519'"},
    {"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIM0X/ZtCyNpeM3NH/AxRsEzPMCtcOQKO+bp9O2rJ",
     "! key_incomplete 77 'ssh-ed25519'"},
    {"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIM0X/ZtCyNpeM3NH", "! key_incomplete 53 'ssh-ed25519'"},
    {"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5 me", "! key_incomplete 33 'ssh-ed25519'"},
    {"ssh-ed25519 AAAA", "! key_incomplete 17 'ssh-ed25519'"},
    {"ssh-ed25519 A", "! key_incomplete 14 'ssh-ed25519'"},
    {"ssh-ed25519 =", "! key_malformed 13 'ssh-ed25519' -> 'padding (=) that does not belong there'"},
    {"ssh-ed25519 ====", "! key_malformed 13 'ssh-ed25519' -> 'padding (=) that does not belong there'"},
    {"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5", "! key_incomplete 33 'ssh-ed25519'"},
    {"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIM0X/ZtCyNpeM3NH... me",
     "! key_malformed 53 'ssh-ed25519' -> 'a character that is not base64'"},
    {"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIM0X/ZtCyNpeM3NH-AxRsEzPMCtcOQKO+bp9O2rJKlIo",
     "! key_malformed 53 'ssh-ed25519' -> 'a character that is not base64'"},
    {"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIM0X/ZtCyNpeM3NH_AxRsEzPMCtcOQKO+bp9O2rJKlIo me",
     "! key_malformed 53 'ssh-ed25519' -> 'a character that is not base64'"},
    {"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIM0X/ZtCyNpeM3NH,AxRsEzPMCtcOQKO+bp9O2rJKlIo",
     "! key_malformed 53 'ssh-ed25519' -> 'a character that is not base64'"},
    {"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIM0X/ZtCyNpeM3NH /AxRsEzPMCtcOQKO+bp9O2rJKlIo",
     "! key_incomplete 53 'ssh-ed25519'"},
    {"{ed}=", "! key_malformed 81 'ssh-ed25519' -> 'padding (=) that does not belong there'"},
    {"{ed}==", "! key_malformed 81 'ssh-ed25519' -> 'padding (=) that does not belong there'"},
    {"{ed}A", "! key_incomplete 82 'ssh-ed25519'"},
    {"{ed}AA", "! key_incomplete 83 'ssh-ed25519'"},
    {"{ed}AA==", "! key_malformed 13 'ssh-ed25519' -> 'more than one key's worth of base64'"},
    {"{ed}AAAA", "! key_malformed 13 'ssh-ed25519' -> 'more than one key's worth of base64'"},
    {"{ed}{ed.blob}", "! key_malformed 13 'ssh-ed25519' -> 'more than one key's worth of base64'"},
    {"{ed}==x", "! key_malformed 81 'ssh-ed25519' -> 'padding (=) that does not belong there'"},
    {"{ed}\"", "! key_malformed 81 'ssh-ed25519' -> 'a character that is not base64'"},
    {"ssh-ed25519 \"{ed.blob}\"", "! key_malformed 13 'ssh-ed25519' -> 'a character that is not base64'"},
    {"ssh-ed25519 <{ed.blob}>", "! key_malformed 13 'ssh-ed25519' -> 'a character that is not base64'"},
    {"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIM0X/ZtCyNpeM3NH\xe2\x80\xa6 me",
     "! key_malformed 53 'ssh-ed25519' -> 'a character that is not base64'"},
    {"ssh-ed25519 /AxRsEzPMCtcOQKO+bp9O2rJKlIo", "! key_incomplete 41 'ssh-ed25519'"},
    {"ssh-ed25519 BAAAC3NzaC1lZDI1NTE5AAAAIM0X/ZtCyNpeM3NH/AxRsEzPMCtcOQKO+bp9O2rJKlIo",
     "! key_incomplete 81 'ssh-ed25519'"},
    {"ssh-ed25519 AAAC3NzaC1lZDI1NTE5AAAAIM0X/ZtCyNpeM3NH/AxRsEzPMCtcOQKO+bp9O2rJKlIo",
     "! key_incomplete 80 'ssh-ed25519'"},
    {"ssh-ed25519 xAAAC3NzaC1lZDI1NTE5AAAAIM0X/ZtCyNpeM3NH/AxRsEzPMCtcOQKO+bp9O2rJKlIo",
     "! key_incomplete 81 'ssh-ed25519'"},
    {"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAH80X/ZtCyNpeM3NH/AxRsEzPMCtcOQKO+bp9O2rJKlI=",
     "! key_malformed 13 'ssh-ed25519' -> 'base64 that is no such key'"},
    {"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIc0X/ZtCyNpeM3NH/AxRsEzPMCtcOQKO+bp9O2rJKlIoeA==",
     "! key_malformed 13 'ssh-ed25519' -> 'base64 that is no such key'"},
    {"{ed}eA==", "! key_malformed 13 'ssh-ed25519' -> 'more than one key's worth of base64'"},
    {"ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQC7iO5ljaf+fQ7Dhui+TLEyt/BvcTOSdwTRNHAr4bMnJsB4BQjD6MH15HNg3/NCQcRp+Rej",
     "! key_incomplete 109 'ssh-rsa'"},
    {"ssh-rsa "
     "AAAAB3NzaC1yc2EAAAADAQABAAABAQC7iO5ljaf+fQ7Dhui+TLEyt/BvcTOSdwTRNHAr4bMnJsB4BQjD6MH15HNg3/NCQcRp+Rej41t/"
     "Htwww0As5TxDuLbvaMn5hEspBD9PdRz8nMB/1/gpqVfiRZnbSwELbhOycVewBrX3RKTSwCSMibnz0FAgUfYKByB/4uAWjJRFCCEjVtn3/"
     "u7SIfEHRY3ygJ6qtayRd4vjlLRZ/"
     "Q2TEZd+uJl+xtuz7EthUaLylpEiz7mzIP7S49wOyCvO0Xyidjv4RzsI5QfpX3R7Wlrbu1c2DfeFJ81DnCVHTkcrAbLf2Gadwd+"
     "5k8BSW3KGmpfI3kXljXJB4QCXSdKRMo1X",
     "! key_incomplete 377 'ssh-rsa'"},
    {"ssh-rsa "
     "AAAAB3NzaC1yc2EAAAADAQABAAABAQC7iO5ljaf+fQ7Dhui+TLEyt/BvcTOSdwTRNHAr4bMnJsB4BQjD6MH15HNg3/NCQcRp+Rej41t/"
     "Htwww0As5TxDuLbvaMn5hEspBD9PdRz8nMB/1/gpqVfiRZnbSwELbhOycVewBrX3RKTSwCSMibnz0FAgUfYKByB/4uAWjJRFCCEjVtn3/"
     "u7SIfEHRY3ygJ6qtayRd4vjlLRZ/"
     "Q2TEZd+uJl+xtuz7EthUaLylpEiz7mzIP7S49wOyCvO0Xyidjv4RzsI5QfpX3R7Wlrbu1c2DfeFJ81DnCVHTkcrAbLf2Gadwd+"
     "5k8BSW3KGmpfI3kXljXJB4QCXSdKRMo1XcRW c",
     "! key_incomplete 380 'ssh-rsa'"},
    {"ecdsa-sha2-nistp521 "
     "AAAAE2VjZHNhLXNoYTItbmlzdHA1MjEAAAAIbmlzdHA1MjEAAACFBAGl8+dIw00OYO/jkIKjEV2BR+8c4KrjYWKofUnpFZhrotESda71knhKMN/"
     "jlMCd9jmihs9V+p/wuBwlr/j8kH06eABq/"
     "myuu+vzNNpSKXYVRjbRm4Y170LohwQtGGy06iaVESLbHOrdDYVm8jDSBVjRnPy8T7qsstyS3wvvZnji4G1Wfw=",
     "! key_incomplete 252 'ecdsa-sha2-nistp521'"},
    {"ecdsa-sha2-nistp521 "
     "AAAAE2VjZHNhLXNoYTItbmlzdHA1MjEAAAAIbmlzdHA1MjEAAACFBAGl8+dIw00OYO/jkIKjEV2BR+8c4KrjYWKofUnpFZhrotESda71knhKMN/"
     "jlMCd9jmihs9V+p/wuBwlr/j8kH06eABq/"
     "myuu+vzNNpSKXYVRjbRm4Y170LohwQtGGy06iaVESLbHOrdDYVm8jDSBVjRnPy8T7qsstyS3wvvZnji4G1Wfw",
     "! key_incomplete 251 'ecdsa-sha2-nistp521'"},
    {"{ec521}=", "! key_malformed 253 'ecdsa-sha2-nistp521' -> 'padding (=) that does not belong there'"},
    {"ecdsa-sha2-nistp521 "
     "AAAAE2VjZHNhLXNoYTItbmlzdHA1MjEAAAAIbmlzdHA1MjEAAACFBAGl8+dIw00OYO/jkIKjEV2BR+8c4KrjYWKofUnpFZhrotESda71knhKMN/"
     "jlMCd9jmihs9V+p/wuBwlr/j8kH06eABq/"
     "myuu+vzNNpSKXYVRjbRm4Y170LohwQtGGy06iaVESLbHOrdDYVm8jDSBVjRnPy8T7qsstyS3wvvZnji4G1WfwA=",
     "! key_malformed 21 'ecdsa-sha2-nistp521' -> 'more than one key's worth of base64'"},
    {"ecdsa-sha2-nistp521 "
     "AAAAE2VjZHNhLXNoYTItbmlzdHA1MjEAAAAIbmlzdHA1MjEAAACFBAGl8+dIw00OYO/jkIKjEV2BR+8c4KrjYWKofUnpFZhrotESda71knhKMN/"
     "jlMCd9jmihs9V+p/wuBwlr/j8kH06eABq/"
     "myuu+vzNNpSKXYVRjbRm4Y170LohwQtGGy06iaVESLbHOrdDYVm8jDSBVjRnPy8T7qsstyS3wvvZnji4G1Wfx==",
     "! key_malformed 251 'ecdsa-sha2-nistp521' -> 'padding (=) that does not belong there'"},
    {"ecdsa-sha2-nistp521 "
     "AAAAE2VjZHNhLXNoYTItbmlzdHA1MjEAAAAIbmlzdHA1MjEAAACFBAGl8+dIw00OYO/jkIKjEV2BR+8c4KrjYWKofUnpFZhrotESda71knhKMN/"
     "jlMCd9jmihs9V+p/wuBwlr/j8kH06eABq/"
     "myuu+vzNNpSKXYVRjbRm4Y170LohwQtGGy06iaVESLbHOrdDYVm8jDSBVjRnPy8T7qsstyS3wvvZnji4G1Wfw= = c",
     "! key_incomplete 252 'ecdsa-sha2-nistp521'"},
    {"ecdsa-sha2-nistp256 "
     "AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBKpom2h0XDgseEd/LNlDWBMd/"
     "FDOP3o719zO47ew+hgnDGeJpTvNl6ETtCOCI5ekTCsigk+J6KEFBC45zZ4jS2M me",
     "! key_incomplete 160 'ecdsa-sha2-nistp256'"},
    {"no-pty ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIM0X/ZtCyNpeM3NH me", "! key_incomplete 60 'ssh-ed25519'"},
    {"ptyx ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIM0X/ZtCyNpeM3NH", "! key_incomplete 58 'ssh-ed25519'"},
};

const std::vector<LineRow> options_rows = {
    {"ptx {ed-cert}", "! option_unknown 1 'ptx' -> 'pty' (ed-cert)"},
    {"\\\" {ed} me", "! option_unknown 1 '\\' (ed)"},
    {"\\\"x {ed} me", "! option_unknown 1 '\\' (ed)"},
    {"x\"y z\"w {ed} me", "! option_unknown 1 'x' (ed)"},
    {"\" {ed} me", "! option_unterminated 1 (ed)"},
    {"pty\" {ed} me", "! option_unterminated 4 (ed)"},
    {"command=\"x {ed} \"me\"", "! option_unterminated 9 (ed)"},
    {"@cert-authority *.example.com {ca}", "! option_unknown 1 '@cert-authority' -> 'cert-authority' (ca)"},
    {"* {ed}", "! option_unknown 1 '*' (ed)"},
    {"host {ed}", "! option_unknown 1 'host' (ed)"},
    {"10.0.0.1 {ed} c", "! option_unknown 1 '10.0.0.1' (ed)"},
    {"ssh-ed25519 ssh-ed25519 {ed.blob}", "! option_unknown 1 'ssh-ed25519' (ed)"},
    {"ssh-ed25519 {ed}", "! option_unknown 1 'ssh-ed25519' (ed)"},
    {"ssh-rsa {ed}", "! option_unknown 1 'ssh-rsa' (ed)"},
    {"\"", "! option_unterminated 1"},
    {"a\"b", "! option_unterminated 2"},
    {"command=\"ls", "! option_unterminated 9"},
    {"from=\"1.2.3.4", "! option_unterminated 6"},
    {"echo ssh-ed25519 {ed.blob} >> authorized_keys", "! option_unknown 1 'echo' (ed)"},
    {"{ed.blob} {ed}", "! option_unknown 1 '{ed.blob}' (ed)"},
    {"me {ed}", "! option_unknown 1 'me' (ed)"},
    {"restrict me {ed}", "! option_unknown 10 'me' (ed)"},
    {"no-pty no-user-rc {ed}", "! option_blank 7 (ed)"},
    {"command=\"a\" from=\"b\" {ed}", "! option_blank 12 (ed)"},
    {"command=\"a\", from=\"b\", no-pty {ed} c", "! option_blank 13 -> ',' (ed)"},
    {"no-pty, x11-forwarding {ed}", "! option_blank 8 -> ',' (ed)"},
    {"no-pty , restrict {ed}", "! option_blank 7 -> ',' (ed)"},
    {"no-pty ,ptx {ed}", "! option_unknown 9 'ptx' -> 'pty' (ed)"},
    {"command=\"a b {ed}", "! option_unterminated 9 (ed)"},
    {"command='a b' {ed}", "! option_unquoted 1 'command' (ed)"},
    {"command=a b {ed}", "! option_unquoted 1 'command' (ed)"},
    {"from=\xe2\x80\x9c"
     "a, b\xe2\x80\x9d {ed}",
     "! curly_quotes 6 (ed)"},
    {"command=\"a\" no-pty,ptx {ed}", "! option_unknown 20 'ptx' -> 'pty' (ed)"},
    {"command = \"a\" {ed}", "! option_blank 8 -> '=' (ed)"},
    {"permitopen=\"h:80\", permitopen=\"h\" {ed}",
     "! option_value 20 'permitopen' -> 'HOST:PORT is what it takes' (ed)"},
    {"command=\"a\"\tno-pty {ed}", "! option_blank 12 (ed)"},
};

const std::vector<LineRow> no_keys_rows = {
    {"ssh-ed25519\x0b{ed.blob} me", "! no_key 1"},
    {"ssh-ed25519\xa0{ed.blob} me", "! no_key 1"},
    {"ssh-ed25519,{ed.blob} me", "! no_key 1"},
    {"1024 35 12345678901234567890 me", "! no_key 1"},
    {"hello", "! no_key 1"},
    {"hello world", "! no_key 1"},
    {"=", "! no_key 1"},
    {"\"\"", "! no_key 1"},
    {"ssh", "! no_key 1"},
    {"AAAA", "! no_key 1"},
    {"AAAAC3NzaC1lZDI1NTE5", "! no_key 1"},
    {"AAAA AAAA", "! no_key 1"},
    {"no-pty", "! no_key 1"},
    {"command=\"ls\"", "! no_key 1"},
    {"no-pty,command=\"a b\"", "! no_key 1"},
    {"-----BEGIN OPENSSH PRIVATE KEY-----", "! private_key 1"},
    {"-----BEGIN RSA PRIVATE KEY-----", "! private_key 1"},
    {"-----BEGIN PUBLIC KEY-----", "! no_key 1"},
    {"---- BEGIN SSH2 PUBLIC KEY ----", "! no_key 1"},
    {"PuTTY-User-Key-File-3: ssh-ed25519", "! private_key 1"},
    {"b3BlbnNzaC1rZXktdjEAAAAA", "! private_key 1"},
    {"SSH PRIVATE KEY FILE FORMAT 1.1", "! private_key 1"},
    {"<<<<<<< HEAD", "! no_key 1"},
    {"\xff\xfehello", "! no_key 1"},
    {"\x01\x02", "! no_key 1"},
    {"ssh-ed25519:{ed.blob}", "! no_key 1"},
};

TEST(KeyLineDiagnosis, NamesTheTypeThatIsWrong) { expect_rows(types_rows); }
TEST(KeyLineDiagnosis, FindsWhereAKeyBreaks) { expect_rows(broken_rows); }
TEST(KeyLineDiagnosis, FindsWhatIsWrongWithOptions) { expect_rows(options_rows); }
TEST(KeyLineDiagnosis, KnowsWhatIsNoKey) { expect_rows(no_keys_rows); }

}  // namespace
}  // namespace sshaudit
