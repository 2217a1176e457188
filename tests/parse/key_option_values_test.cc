// SPDX-License-Identifier: MIT
// The options of a key line whose value sshd looks at: names, ports, numbers and times.
// Which lines sshd takes, and for what, is what sshkey_read() and sshauthopt_parse() of 10.4 gave for these rows.
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "parse/key_dump.h"

namespace sshaudit {
namespace {

constexpr std::string_view bad_time =
    "! option_value 1 'expiry-time' -> 'YYYYMMDD or YYYYMMDDHHMM[SS] is what it takes'";
constexpr std::string_view bad_environment =
    "! option_value 1 'environment' -> 'NAME=value, with letters, digits and _, is what it takes'";
constexpr std::string_view bad_permitopen = "! option_value 1 'permitopen' -> 'HOST:PORT is what it takes'";
constexpr std::string_view bad_permitlisten = "! option_value 1 'permitlisten' -> '[HOST:]PORT is what it takes'";
constexpr std::string_view bad_tunnel = "! option_value 1 'tunnel' -> 'a number or \"any\" is what it takes'";

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

const std::vector<OptionRow> environment_rows = {
    {"environment=\"A=b\"", "environment=<A=b>"},
    {"environment=\"A=\"", "environment=<A=>"},
    {"environment=\"A=b=c\"", "environment=<A=b=c>"},
    {"environment=\"A=b c\"", "environment=<A=b c>"},
    {"environment=\"a_1=x\"", "environment=<a_1=x>"},
    {"environment=\"_A=x\"", "environment=<_A=x>"},
    {"environment=\"1=x\"", "environment=<1=x>"},
    {"environment=\"A=1\",environment=\"B=2\"", "environment=<A=1> environment=<B=2>"},
    {"environment=\"A=1\",environment=\"A=2\"", "environment=<A=1>"},
    {"environment=\"A=1\",environment=\"AB=2\",environment=\"A=3\"", "environment=<A=1> environment=<AB=2>"},
    {"ENVIRONMENT=\"A=b\"", "environment=<A=b>"},
    {"environment=\"A\"", bad_environment},
    {"environment=\"\"", bad_environment},
    {"environment=\"=x\"", bad_environment},
    {"environment=\"A-B=c\"", bad_environment},
    {"environment=\"A.B=c\"", bad_environment},
    {"environment=\"A B=c\"", bad_environment},
    {"environment=\" A=c\"", bad_environment},
    {"environment=\"\xc3\xa9=c\"", bad_environment},
    {"environment=A=b", "! option_unquoted 1 'environment'"},
    {"environment", "! option_value 1 'environment' -> 'it takes a value: environment=\"...\"'"},
    {"environmnet=\"A=b\"", "! option_unknown 1 'environmnet' -> 'environment'"},
    {"environment=\"A=\\\"q\\\"\"", "environment=<A=\"q\">"},
    {"environment=\"A=b\",environment=\"c\"",
     "! option_value 19 'environment' -> 'NAME=value, with letters, digits and _, is what it takes'"},
    {"env=\"A=b\"", "! option_unknown 1 'env'"},
};

const std::vector<OptionRow> permitopen_rows = {
    {"permitopen=\"h:80\"", "permitopen=<h:80>"},
    {"permitopen=\"h:1\"", "permitopen=<h:1>"},
    {"permitopen=\"h:65535\"", "permitopen=<h:65535>"},
    {"permitopen=\"h:*\"", "permitopen=<h:*>"},
    {"permitopen=\"*:*\"", "permitopen=<*:*>"},
    {"permitopen=\"*:80\"", "permitopen=<*:80>"},
    {"permitopen=\"h/80\"", "permitopen=<h/80>"},
    {"permitopen=\"[::1]:80\"", "permitopen=<[::1]:80>"},
    {"permitopen=\"[::1]/80\"", "permitopen=<[::1]/80>"},
    {"permitopen=\"[::1]:*\"", "permitopen=<[::1]:*>"},
    {"permitopen=\"10.0.0.1:22\"", "permitopen=<10.0.0.1:22>"},
    {"permitopen=\"h:ssh\"", "permitopen=<h:ssh>"},
    {"permitopen=\"h:http\"", "permitopen=<h:http>"},
    {"permitopen=\"h:080\"", "permitopen=<h:080>"},
    {"permitopen=\"h:+80\"", "permitopen=<h:+80>"},
    {"permitopen=\"h: 80\"", "permitopen=<h: 80>"},
    {"permitopen=\":80\"", "permitopen=<:80>"},
    {"permitopen=\"[]:80\"", "permitopen=<[]:80>"},
    {"permitopen=\"a b:80\"", "permitopen=<a b:80>"},
    {"permitopen=\"h:0\"", bad_permitopen},
    {"permitopen=\"h:65536\"", bad_permitopen},
    {"permitopen=\"h:-1\"", bad_permitopen},
    {"permitopen=\"h\"", bad_permitopen},
    {"permitopen=\"h:\"", bad_permitopen},
    {"permitopen=\"\"", bad_permitopen},
    {"permitopen=\"*\"", bad_permitopen},
    {"permitopen=\"80\"", bad_permitopen},
    {"permitopen=\"::1:80\"", bad_permitopen},
    {"permitopen=\"[::1]\"", bad_permitopen},
    {"permitopen=\"[::1\"", bad_permitopen},
    {"permitopen=\"[::1]80\"", bad_permitopen},
    {"permitopen=\"h:80 \"", bad_permitopen},
    {"permitopen=\"h:80:90\"", bad_permitopen},
    {"permitopen=\"h:80/90\"", bad_permitopen},
    {"permitopen=\"h:nosuch\"", bad_permitopen},
    {"permitopen=\"h:0x50\"", bad_permitopen},
    {"permitopen=\"h:SSH\"", bad_permitopen},
    {"permitopen=\"[h:80\"", bad_permitopen},
    {"permitopen=\"h]:80\"", "permitopen=<h]:80>"},
    {"permitopen=\"h:99999999999999999999\"", bad_permitopen},
    {"permitopen=\"h:80\",permitopen=\"i:90\"", "permitopen=<h:80> permitopen=<i:90>"},
    {"permitopen=\"h:80\",permitopen=\"h:80\"", "permitopen=<h:80> permitopen=<h:80>"},
    {"permitopen=\"h:80\",permitopen=\"x\"", "! option_value 19 'permitopen' -> 'HOST:PORT is what it takes'"},
    {"PermitOpen=\"h:80\"", "permitopen=<h:80>"},
    {"permitopen=h:80", "! option_unquoted 1 'permitopen'"},
    {"permitopen", "! option_value 1 'permitopen' -> 'it takes a value: permitopen=\"...\"'"},
    {"permit-open=\"h:80\"", "! option_unknown 1 'permit-open' -> 'permitopen'"},
    {"no-port-forwarding,permitopen=\"h:80\"", "no-port-forwarding permitopen=<h:80>"},
    {"permitopen=\"h:80,i:90\"", bad_permitopen},
};

const std::vector<OptionRow> permitlisten_rows = {
    {"permitlisten=\"80\"", "permitlisten=<*:80>"},
    {"permitlisten=\"*\"", "permitlisten=<*:*>"},
    {"permitlisten=\"h:80\"", "permitlisten=<h:80>"},
    {"permitlisten=\"*:*\"", "permitlisten=<*:*>"},
    {"permitlisten=\"localhost:8080\"", "permitlisten=<localhost:8080>"},
    {"permitlisten=\"[::1]:80\"", "permitlisten=<[::1]:80>"},
    {"permitlisten=\"ssh\"", "permitlisten=<*:ssh>"},
    {"permitlisten=\"h:ssh\"", "permitlisten=<h:ssh>"},
    {"permitlisten=\"65535\"", "permitlisten=<*:65535>"},
    {"permitlisten=\"0\"", bad_permitlisten},
    {"permitlisten=\"65536\"", bad_permitlisten},
    {"permitlisten=\"\"", bad_permitlisten},
    {"permitlisten=\"h:\"", bad_permitlisten},
    {"permitlisten=\"h\"", bad_permitlisten},
    {"permitlisten=\"/80\"", bad_permitlisten},
    {"permitlisten=\"h/80\"", bad_permitlisten},
    {"permitlisten=\"80/\"", bad_permitlisten},
    {"permitlisten=\"-1\"", bad_permitlisten},
    {"permitlisten=\"x:y\"", bad_permitlisten},
    {"permitlisten=\"[::1]\"", bad_permitlisten},
    {"permitlisten=\"80 \"", bad_permitlisten},
    {"permitlisten=\" 80\"", "permitlisten=<*: 80>"},
    {"permitlisten=\"h:0\"", bad_permitlisten},
    {"permitlisten=\":80\"", "permitlisten=<:80>"},
    {"permitlisten=\"[::1\"", bad_permitlisten},
    {"permitlisten=\"+80\"", "permitlisten=<*:+80>"},
    {"permitlisten=\"80\",permitlisten=\"i:90\"", "permitlisten=<*:80> permitlisten=<i:90>"},
    {"PERMITLISTEN=\"80\"", "permitlisten=<*:80>"},
    {"permitlisten=80", "! option_unquoted 1 'permitlisten'"},
    {"permitlisten", "! option_value 1 'permitlisten' -> 'it takes a value: permitlisten=\"...\"'"},
    {"permit-listen=\"80\"", "! option_unknown 1 'permit-listen' -> 'permitlisten'"},
};

const std::vector<OptionRow> tunnel_rows = {
    {"tunnel=\"0\"", "tunnel=0"},
    {"tunnel=\"1\"", "tunnel=1"},
    {"tunnel=\"any\"", "tunnel=any"},
    {"tunnel=\"ANY\"", "tunnel=any"},
    {"tunnel=\"Any\"", "tunnel=any"},
    {"tunnel=\"2147483645\"", "tunnel=2147483645"},
    {"tunnel=\"+1\"", "tunnel=1"},
    {"tunnel=\" 1\"", "tunnel=1"},
    {"tunnel=\"01\"", "tunnel=1"},
    {"tunnel=\"2147483646\"", bad_tunnel},
    {"tunnel=\"2147483647\"", bad_tunnel},
    {"tunnel=\"2147483648\"", bad_tunnel},
    {"tunnel=\"-1\"", bad_tunnel},
    {"tunnel=\"\"", bad_tunnel},
    {"tunnel=\"1 \"", bad_tunnel},
    {"tunnel=\"x\"", bad_tunnel},
    {"tunnel=\"0x1\"", bad_tunnel},
    {"tunnel=\"1:2\"", bad_tunnel},
    {"tunnel=\"any:any\"", bad_tunnel},
    {"tunnel=\"anyx\"", bad_tunnel},
    {"tunnel=\"99999999999999999999\"", bad_tunnel},
    {"tunnel=\"1\",tunnel=\"2\"", "tunnel=2"},
    {"tunnel=\"any\",tunnel=\"0\"", "tunnel=0"},
    {"TUNNEL=\"1\"", "tunnel=1"},
    {"tunnel=1", "! option_unquoted 1 'tunnel'"},
    {"tunnel", "! option_value 1 'tunnel' -> 'it takes a value: tunnel=\"...\"'"},
    {"tunel=\"1\"", "! option_unknown 1 'tunel' -> 'tunnel'"},
};

const std::vector<OptionRow> expiry_time_rows = {
    {"expiry-time=\"20300101\"", "expiry-time=1893456000"},
    {"expiry-time=\"203001011200\"", "expiry-time=1893499200"},
    {"expiry-time=\"20300101120030\"", "expiry-time=1893499230"},
    {"expiry-time=\"20300101Z\"", "expiry-time=1893456000"},
    {"expiry-time=\"20300101z\"", "expiry-time=1893456000"},
    {"expiry-time=\"20300101UTC\"", "expiry-time=1893456000"},
    {"expiry-time=\"20300101utc\"", "expiry-time=1893456000"},
    {"expiry-time=\"203001011200Z\"", "expiry-time=1893499200"},
    {"expiry-time=\"20300101120030uTc\"", "expiry-time=1893499230"},
    {"expiry-time=\"20000101\"", "expiry-time=946684800"},
    {"expiry-time=\"19700102\"", "expiry-time=86400"},
    {"expiry-time=\"00000101\"", "expiry-time=9223372036854775807"},
    {"expiry-time=\"99991231\"", "expiry-time=253402214400"},
    {"expiry-time=\"999912312359\"", "expiry-time=253402300740"},
    {"expiry-time=\"19700101\"", bad_time},
    {"expiry-time=\"197001010000\"", bad_time},
    {"expiry-time=\"19700101000001\"", "expiry-time=1"},
    {"expiry-time=\"19691231\"", "expiry-time=9223372036854775807"},
    {"expiry-time=\"19691231Z\"", "expiry-time=9223372036854775807"},
    {"expiry-time=\"19010101\"", "expiry-time=9223372036854775807"},
    {"expiry-time=\"20300229\"", "expiry-time=1898553600"},
    {"expiry-time=\"20300230\"", "expiry-time=1898640000"},
    {"expiry-time=\"20280229\"", "expiry-time=1835395200"},
    {"expiry-time=\"20300431\"", "expiry-time=1903824000"},
    {"expiry-time=\"20300101120060\"", "expiry-time=1893499260"},
    {"expiry-time=\"20300101120061\"", "expiry-time=1893499261"},
    {"expiry-time=\"20300101120062\"", bad_time},
    {"expiry-time=\"203001011260\"", bad_time},
    {"expiry-time=\"203001012400\"", bad_time},
    {"expiry-time=\"20301301\"", bad_time},
    {"expiry-time=\"20300001\"", bad_time},
    {"expiry-time=\"20300132\"", bad_time},
    {"expiry-time=\"20300100\"", bad_time},
    {"expiry-time=\"2030-01-01\"", bad_time},
    {"expiry-time=\"2030-1-1\"", bad_time},
    {"expiry-time=\"20300101T1200\"", bad_time},
    {"expiry-time=\"2030\"", bad_time},
    {"expiry-time=\"203001\"", bad_time},
    {"expiry-time=\"2030010\"", bad_time},
    {"expiry-time=\"203001011\"", bad_time},
    {"expiry-time=\"2030010112\"", bad_time},
    {"expiry-time=\"2030010112003\"", bad_time},
    {"expiry-time=\"203001011200300\"", bad_time},
    {"expiry-time=\"\"", bad_time},
    {"expiry-time=\"Z\"", bad_time},
    {"expiry-time=\"UTC\"", bad_time},
    {"expiry-time=\"0\"", bad_time},
    {"expiry-time=\"never\"", bad_time},
    {"expiry-time=\"20300101ZZ\"", bad_time},
    {"expiry-time=\"20300101 Z\"", bad_time},
    {"expiry-time=\"20300101+0000\"", bad_time},
    {"expiry-time=\"20300101GMT\"", bad_time},
    {"expiry-time=\"20300101UT\"", bad_time},
    {"expiry-time=\"2O300101\"", bad_time},
    {"expiry-time=\" 0300101\"", "expiry-time=9223372036854775807"},
    {"expiry-time=\"2030 1 1\"", "expiry-time=1893456000"},
    {"expiry-time=\"20300101  00\"", bad_time},
    {"expiry-time=\"20300101 1 1\"", "expiry-time=1893459660"},
    {"expiry-time=\"+2030101\"", bad_time},
    {"expiry-time=\"-0300101\"", bad_time},
    {"expiry-time=\"2030+1+1\"", bad_time},
    {"expiry-time=\"20300101x\"", bad_time},
    {"expiry-time=\"x20300101\"", bad_time},
    {"expiry-time=\"203001011x00\"", bad_time},
    {"expiry-time=\"2030010112x0\"", bad_time},
    {"expiry-time=\"20300101120x\"", bad_time},
    {"expiry-time=\"20300101120012\"", "expiry-time=1893499212"},
    {"expiry-time=\"20300101120000Z\"", "expiry-time=1893499200"},
    {"expiry-time=\"20300101\",expiry-time=\"20290101\"", "expiry-time=1861920000"},
    {"expiry-time=\"20290101\",expiry-time=\"20300101\"", "expiry-time=1861920000"},
    {"expiry-time=\"20290101\",expiry-time=\"x\"",
     "! option_value 24 'expiry-time' -> 'YYYYMMDD or YYYYMMDDHHMM[SS] is what it takes'"},
    {"Expiry-Time=\"20300101\"", "expiry-time=1893456000"},
    {"expiry-time=20300101", "! option_unquoted 1 'expiry-time'"},
    {"expiry-time", "! option_value 1 'expiry-time' -> 'it takes a value: expiry-time=\"...\"'"},
    {"expiry=\"20300101\"", "! option_unknown 1 'expiry'"},
    {"expirytime=\"20300101\"", "! option_unknown 1 'expirytime' -> 'expiry-time'"},
    {"expiry_time=\"20300101\"", "! option_unknown 1 'expiry_time' -> 'expiry-time'"},
    {"expires=\"20300101\"", "! option_unknown 1 'expires'"},
    {"valid-before=\"20300101\"", "! option_unknown 1 'valid-before'"},
};

TEST(KeyOptionValues, AreJudgedAsSshdDoes) {
  expect_rows(environment_rows);
  expect_rows(permitopen_rows);
  expect_rows(permitlisten_rows);
  expect_rows(tunnel_rows);
  expect_rows(expiry_time_rows);
}

// Source: auth-options.c, handle_permit: SSH_AUTHOPT_PERMIT_MAX is compared before one more is taken.
std::string many(std::string_view option, std::size_t count) {
  std::string options;
  for (std::size_t i = 0; i < count; ++i) options += (i == 0 ? "" : ",") + std::string(option);
  return options;
}

KeyLineFault fault_of(std::string_view options, unsigned version) {
  return parse_key_line(expand(line_with(options)), grammar_of(version)).fault;
}

TEST(KeyOptionValues, AreCounted) {
  for (const std::string_view permit : {"permitopen=\"h:80\"", "permitlisten=\"80\""}) {
    EXPECT_EQ(fault_of(many(permit, 4097), 801), KeyLineFault::none) << permit;
    EXPECT_EQ(fault_of(many(permit, 4098), 801), KeyLineFault::option_value) << permit;
    EXPECT_EQ(fault_of(many(permit, 4098), 800), KeyLineFault::none) << permit << ", which 8.0 does not count";
  }
  std::string environment;
  for (int i = 0; i < 1025; ++i) environment += fmt::format("environment=\"A{}=x\",", i);
  EXPECT_EQ(fault_of(environment + "pty", 807), KeyLineFault::none);
  EXPECT_EQ(fault_of(environment + "environment=\"B=x\"", 807), KeyLineFault::option_value);
  EXPECT_EQ(fault_of(environment + "environment=\"B=x\"", 806), KeyLineFault::none);
  EXPECT_EQ(fault_of(environment + "environment=\"A0=x\"", 807), KeyLineFault::option_value) << "even one it knows";
}

}  // namespace
}  // namespace sshaudit
