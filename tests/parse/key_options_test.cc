// SPDX-License-Identifier: MIT
// The options of a key line that are flags, and those that take any string.
// Which lines sshd takes, and for what, is what sshkey_read() and sshauthopt_parse() of 10.4 gave for these rows.
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "parse/key_dump.h"

namespace sshaudit {
namespace {

constexpr std::string_view restricted =
    "restrict no-agent-forwarding no-port-forwarding no-pty no-user-rc no-x11-forwarding";

struct OptionRow {
  std::string_view options;
  std::string_view meaning;  // of these options before a key
};

std::string line_with(std::string_view options) { return std::string(options) + " {ed} me"; }

std::string meaning_with(std::string_view meaning) {
  if (meaning.starts_with('!')) return std::string(meaning) + " (ed)";
  return std::string(meaning) + (meaning.empty() ? "" : " ") + "ed #me";
}

void expect_rows(const std::vector<OptionRow>& rows) {
  for (const auto& row : rows) {
    EXPECT_EQ(meaning_of(line_with(row.options), 1004), meaning_with(row.meaning)) << printable(row.options);
  }
}

const std::vector<OptionRow> accepted_flags = {
    {"restrict", restricted},
    {"cert-authority", "cert-authority"},
    {"port-forwarding", ""},
    {"agent-forwarding", ""},
    {"X11-forwarding", ""},
    {"x11-forwarding", ""},
    {"pty", ""},
    {"user-rc", ""},
    {"touch-required", ""},
    {"verify-required", "verify-required"},
    {"no-port-forwarding", "no-port-forwarding"},
    {"no-agent-forwarding", "no-agent-forwarding"},
    {"no-X11-forwarding", "no-x11-forwarding"},
    {"no-x11-forwarding", "no-x11-forwarding"},
    {"no-pty", "no-pty"},
    {"no-user-rc", "no-user-rc"},
    {"no-touch-required", "no-touch-required"},
    {"no-verify-required", ""},
    {"NO-PTY", "no-pty"},
    {"Restrict", restricted},
    {"CERT-AUTHORITY", "cert-authority"},
    {"No-Agent-Forwarding", "no-agent-forwarding"},
    {"nO-uSeR-rC", "no-user-rc"},
    {"VERIFY-REQUIRED", "verify-required"},
    {"restrict,pty", "restrict no-agent-forwarding no-port-forwarding no-user-rc no-x11-forwarding"},
    {"pty,restrict", restricted},
    {"restrict,pty,agent-forwarding", "restrict no-port-forwarding no-user-rc no-x11-forwarding"},
    {"restrict,port-forwarding,X11-forwarding,user-rc", "restrict no-agent-forwarding no-pty"},
    {"restrict,no-pty", restricted},
    {"no-pty,pty", ""},
    {"pty,no-pty", "no-pty"},
    {"no-touch-required,touch-required", ""},
    {"verify-required,no-verify-required", ""},
    {"restrict,touch-required", restricted},
    {"no-pty,", "no-pty"},
    {"restrict,restrict", restricted},
    {"no-pty,no-user-rc,no-agent-forwarding,no-port-forwarding,no-X11-forwarding",
     "no-agent-forwarding no-port-forwarding no-pty no-user-rc no-x11-forwarding"},
    {"cert-authority,principals=\"a,b\",no-pty", "cert-authority no-pty principals=<a,b>"},
    {"pty,,restrict", restricted},
    {",pty", ""},
    {"pty \t", ""},
    {"  pty  ", ""},
    {"\tpty", ""},
};

const std::vector<OptionRow> rejected_flags = {
    {"no-restrict", "! option_unknown 1 'no-restrict' -> 'restrict'"},
    {"no-cert-authority", "! option_unknown 1 'no-cert-authority' -> 'cert-authority'"},
    {"ptyx", "! option_unknown 1 'ptyx' -> 'pty'"},
    {"pty x", "! option_unknown 5 'x'"},
    {"pty=", "! option_value 1 'pty' -> 'it takes no value'"},
    {"pty=\"yes\"", "! option_value 1 'pty' -> 'it takes no value'"},
    {"restrict, pty", "! option_blank 10 -> ','"},
    {"restrict ,pty", "! option_blank 9 -> ','"},
    {"no-no-pty", "! option_unknown 1 'no-no-pty'"},
    {"nopty", "! option_unknown 1 'nopty'"},
    {"no_pty", "! option_unknown 1 'no_pty'"},
    {"no-", "! option_unknown 1 'no-'"},
    {"restricted", "! option_unknown 1 'restricted' -> 'restrict'"},
    {"cert-authorities", "! option_unknown 1 'cert-authorities' -> 'cert-authority'"},
    {"ca", "! option_unknown 1 'ca'"},
    {"pty;restrict", "! option_unknown 1 'pty;restrict' -> 'restrict'"},
    {"pty:restrict", "! option_unknown 1 'pty:restrict' -> 'restrict'"},
    {"agent_forwarding", "! option_unknown 1 'agent_forwarding' -> 'agent-forwarding'"},
    {"agentforwarding", "! option_unknown 1 'agentforwarding' -> 'agent-forwarding'"},
    {"port-forward", "! option_unknown 1 'port-forward' -> 'port-forwarding'"},
    {"no-x11-forwardin", "! option_unknown 1 'no-x11-forwardin' -> 'no-x11-forwarding'"},
    {"no-x11-forwardingg", "! option_unknown 1 'no-x11-forwardingg' -> 'no-x11-forwarding'"},
    {"no-user-rc2", "! option_unknown 1 'no-user-rc2' -> 'no-user-rc'"},
    {"no-portforwarding", "! option_unknown 1 'no-portforwarding' -> 'no-port-forwarding'"},
    {"touch-require", "! option_unknown 1 'touch-require' -> 'touch-required'"},
    {"no-agent-fowarding", "! option_unknown 1 'no-agent-fowarding' -> 'no-agent-forwarding'"},
    {"allow-pty", "! option_unknown 1 'allow-pty'"},
    {"x", "! option_unknown 1 'x'"},
    {"#pty", "! option_unknown 1 '#pty' -> 'pty'"},
    {"pty#", "! option_unknown 1 'pty#' -> 'pty'"},
    {"pty\r", "! option_unknown 1 'pty\\x0d' -> 'pty'"},
};

const std::vector<OptionRow> accepted_strings = {
    {"command=\"ls\"", "command=<ls>"},
    {"command=\"\"", "command=<>"},
    {"command=\"a b\"", "command=<a b>"},
    {"command=\"a,b\"", "command=<a,b>"},
    {"command=\"echo \\\"hi\\\"\"", "command=<echo \"hi\">"},
    {"command=\"a\\\\b\"", "command=<a\\\\b>"},
    {"command=\"\\\"\"", "command=<\">"},
    {"command=\"a\\tb\"", "command=<a\\tb>"},
    {"command=\"a\tb\"", "command=<a\\x09b>"},
    {"command=\"a=b\"", "command=<a=b>"},
    {"command=\"#\"", "command=<#>"},
    {"command=\"it's\"", "command=<it's>"},
    {"COMMAND=\"ls\"", "command=<ls>"},
    {"Command=\"ls\",no-pty", "no-pty command=<ls>"},
    {"command=\"/bin/sh -c \\\"exec \\\\\\\"ls\\\\\\\"\\\"\"", "command=</bin/sh -c \"exec \\\\\"ls\\\\\"\">"},
    {"command=\"\xc3\xa9\"", "command=<\\xc3\\xa9>"},
    {"command=\"say \xe2\x80\x9chi\xe2\x80\x9d\"", "command=<say \\xe2\\x80\\x9chi\\xe2\\x80\\x9d>"},
    {"principals=\"a\"", "principals=<a>"},
    {"principals=\"a,b\"", "principals=<a,b>"},
    {"principals=\"\"", "principals=<>"},
    {"PRINCIPALS=\"a\"", "principals=<a>"},
    {"cert-authority,principals=\"x y\"", "cert-authority principals=<x y>"},
    {"principals=\"*\"", "principals=<*>"},
    {"from=\"10.0.0.1\"", "from=<10.0.0.1>"},
    {"from=\"*.example.com,!bad.example.com\"", "from=<*.example.com,!bad.example.com>"},
    {"from=\"\"", "from=<>"},
    {"from=\"10.0.0.0/8,::1\"", "from=<10.0.0.0/8,::1>"},
    {"From=\"x\"", "from=<x>"},
    {"from=\"a b\"", "from=<a b>"},
    {"from=\"!10.0.0.1\"", "from=<!10.0.0.1>"},
    {"from=\"10.0.0.0/33\"", "from=<10.0.0.0/33>"},
    {"no-pty,from=\"x\",command=\"y\",restrict,pty",
     "restrict no-agent-forwarding no-port-forwarding no-user-rc no-x11-forwarding command=<y> from=<x>"},
};

const std::vector<OptionRow> rejected_strings = {
    {"command=\"ls\",command=\"ps\"", "! option_repeated 14 'command'"},
    {"command=\"ls\"no-pty", "! option_value 1 'command' -> 'no comma stands behind its value'"},
    {"command=\"ls\" no-pty", "! option_blank 13"},
    {"command=\"ls\"x", "! option_value 1 'command' -> 'no comma stands behind its value'"},
    {"command=\"ls\"\"ps\"", "! option_value 1 'command' -> 'no comma stands behind its value'"},
    {"command=ls", "! option_unquoted 1 'command'"},
    {"command='ls'", "! option_unquoted 1 'command'"},
    {"command= \"ls\"", "! option_blank 9 -> '='"},
    {"command =\"ls\"", "! option_blank 8 -> '='"},
    {"command", "! option_value 1 'command' -> 'it takes a value: command=\"...\"'"},
    {"command=\"ls", "! option_unterminated 9"},
    {"command=\"ls\\\"", "! option_unterminated 9"},
    {"command=ls\"", "! option_unterminated 11"},
    {"command=\"", "! option_unterminated 9"},
    {"command=", "! option_unquoted 1 'command'"},
    {"commands=\"ls\"", "! option_unknown 1 'commands' -> 'command'"},
    {"comand=\"ls\"", "! option_unknown 1 'comand' -> 'command'"},
    {"command\"ls\"", "! option_value 1 'command' -> 'it takes a value: command=\"...\"'"},
    {"command:\"ls\"", "! option_unknown 1 'command:' -> 'command'"},
    {"command=\xe2\x80\x9cls\xe2\x80\x9d", "! curly_quotes 9"},
    {"command=\"ls\xe2\x80\x9d", "! curly_quotes 12"},
    {"\xe2\x80\x9c"
     "command=\"ls\"",
     "! curly_quotes 1"},
    {"principals=\"a\",principals=\"b\"", "! option_repeated 16 'principals'"},
    {"principals=a", "! option_unquoted 1 'principals'"},
    {"principals", "! option_value 1 'principals' -> 'it takes a value: principals=\"...\"'"},
    {"principal=\"a\"", "! option_unknown 1 'principal' -> 'principals'"},
    {"principals=\"a", "! option_unterminated 12"},
    {"from=\"a\",from=\"b\"", "! option_repeated 10 'from'"},
    {"from=10.0.0.1", "! option_unquoted 1 'from'"},
    {"from='x'", "! option_unquoted 1 'from'"},
    {"from", "! option_value 1 'from' -> 'it takes a value: from=\"...\"'"},
    {"from=\"x", "! option_unterminated 6"},
    {"form=\"x\"", "! option_unknown 1 'form' -> 'from'"},
    {"from=\xe2\x80\x98"
     "10.0.0.1\xe2\x80\x99",
     "! curly_quotes 6"},
    {"from=\"x\", command=\"y\"", "! option_blank 10 -> ','"},
    {"from=\"x\" ,command=\"y\"", "! option_blank 9 -> ','"},
    {"from=\"x\",\tcommand=\"y\"", "! option_blank 10 -> ','"},
    {"command=\"a b\" ,no-pty", "! option_blank 14 -> ','"},
};

// sshd(8), "AUTHORIZED_KEYS FILE FORMAT": "The options (if present) consist of comma-separated option specifications.
// No spaces are permitted, except within double quotes."
TEST(KeyOptionFlags, AreTakenAsSshdDoes) { expect_rows(accepted_flags); }
TEST(KeyOptionFlags, ThatSshdRefusesSayWhy) { expect_rows(rejected_flags); }
TEST(KeyOptionStrings, AreTakenAsSshdDoes) { expect_rows(accepted_strings); }
TEST(KeyOptionStrings, ThatSshdRefusesSayWhy) { expect_rows(rejected_strings); }

}  // namespace
}  // namespace sshaudit
