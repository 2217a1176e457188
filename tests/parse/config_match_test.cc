// SPDX-License-Identifier: MIT
// Match and Include of sshd_config(5), for a connection: what one keyword comes to. Where nothing else is said, the
// expectations are what `sshd -T -C` answered: builds of 8.0, 8.4, 8.7, 8.9, 9.6, 9.7, 9.9p1, 9.9p2, 10.0, 10.3 and
// 10.5, and Debian's 9.2. Those of 7.x and RHEL come from the source.
#include "parse/config_match.h"

#include <gtest/gtest.h>

#include <chrono>
#include <map>
#include <optional>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "parse/pattern.h"
#include "parse/sshd_config.h"
#include "parse/sshd_version.h"

namespace sshaudit {
namespace {

struct Row {
  std::string sshds;
  std::string text;
  std::string connection;  // as of -C; what is missing is that of the usual connection
  std::string keyword;
  std::string values;  // "refused" when sshd does not start, "ended" when it ends the connection
};
using Rows = std::vector<Row>;

const std::string old_sshds = "7.4 7.7 7.9 8.0 8.4 8.6 ";
const std::string new_sshds = "8.7 8.7-rhel 8.9-ubuntu 9.2-debian 9.6 9.7 9.9p1 9.9p2 10.0p2 10.3 10.5 ";
const std::string all_sshds = old_sshds + new_sshds;
const std::string included_sshds = "8.2 8.4 8.6 8.0-rhel " + new_sshds;  // that have Include

// parse_server_match_config(), copy_set_server_options(): the blocks that hold are one configuration, which replaces
// what it sets.
const Rows block_rows = {
    {all_sshds, "PermitTTY yes\nMatch User root\nPermitTTY no\n", "", "permittty", "no"},
    {all_sshds, "PermitTTY yes\nMatch User nobody\nPermitTTY no\n", "", "permittty", "yes"},
    {all_sshds, "AllowUsers a\nMatch User root\nAllowUsers b\nAllowUsers c\n", "", "allowusers", "b|c"},
    {all_sshds, "Match User root\nAllowUsers b\nMatch Address *\nAllowUsers c\n", "", "allowusers", "b|c"},
    {all_sshds, "Match User root\nAllowUsers b\nMatch Address 10.*\nAllowUsers c\n", "", "allowusers", "b"},
    {all_sshds, "Match User root\nPermitTTY no\nMatch Address *\nPermitTTY yes\n", "", "permittty", "no"},
    {all_sshds, "Match User root\nMatch Address *\nPermitTTY no\n", "user=nobody", "permittty", "no"},
    {all_sshds, "Match User root Address 10.0.0.0/8\nPermitTTY no\n", "", "permittty", "yes"},
    {all_sshds, "Match User root Address 10.0.0.0/8\nPermitTTY no\n", "addr=10.1.2.3", "permittty", "no"},
    {all_sshds, "Match User nobody\nMatch all\nPermitTTY no\n", "", "permittty", "no"},
    {all_sshds, "match USER root\npermittty no\n", "user=nobody", "permituserrc", "yes"},
    // "Match all" holds when sshd starts, and for each connection once more.
    {all_sshds, "AllowUsers a\nMatch all\nAllowUsers b\n", "", "allowusers", "b"},
    {all_sshds, "PermitTTY yes\nMatch all\nPermitTTY no\n", "", "permittty", "no"},
    {all_sshds, "Match all\nPort 23\n", "", "port", "23"},
    {all_sshds, "Match all\nUsePAM no\n", "", "usepam", "no"},
    // "Directive '%s' is not allowed within a Match block"
    {all_sshds, "Match User root\nPort 23\n", "", "port", "refused"},
    {all_sshds, "Match User nobody\nUsePAM no\n", "", "port", "refused"},
    {all_sshds, "Match User root\nStrictModes no\n", "", "port", "refused"},
    {"7.4", "Match User root\nLogLevel DEBUG\n", "", "loglevel", "refused"},
    {"7.6 7.7 8.0 8.4 9.2-debian 10.5", "Match User root\nLogLevel DEBUG\n", "", "loglevel", "DEBUG"},
    {"8.0 8.2", "Match User root\nIgnoreRhosts no\n", "", "ignorerhosts", "refused"},
    {"8.4 9.2-debian 10.5", "Match User root\nIgnoreRhosts no\n", "", "ignorerhosts", "no"},
    // SSHCFG_ALL without a place in copy_set_server_options(): read, and lost.
    {"7.8 8.0 8.4", "SetEnv A=1\nMatch User root\nSetEnv B=2\n", "", "setenv", "A=1"},
    {"8.5 8.7 9.2-debian 10.5", "SetEnv A=1\nMatch User root\nSetEnv B=2\n", "", "setenv", "B=2"},
    {"9.8 9.9p1 10.0p2 10.3", "PAMServiceName x\nMatch User root\nPAMServiceName y\n", "", "pamservicename", "y"},
    {"10.4 10.5", "PAMServiceName x\nMatch User root\nPAMServiceName y\n", "", "pamservicename", "x"},
    // What is wrong in a block is wrong though it does not hold.
    {all_sshds, "Match User nobody\nPermitTTY maybe\n", "", "port", "refused"},
    {all_sshds, "Match User nobody\nNonsense yes\n", "", "port", "refused"},
    {old_sshds, "Match User nobody\nAuthorizedKeysFile ~missing/x\n", "", "permittty", "yes"},
    {new_sshds, "Match User nobody\nAuthorizedKeysFile ~missing/x\n", "", "permittty", "refused"},
    {old_sshds, "Match User root\nAuthorizedKeysFile ~missing/x\n", "", "permittty", "ended"},
};

// CLEAR_ON_NONE of fill_default_server_options() is over before Match blocks are read.
const Rows none_rows = {
    {all_sshds, "Banner /a\nMatch User root\nBanner none\n", "", "banner", "none"},
    {all_sshds, "Banner /a\nMatch User root\nBanner NONE\n", "", "banner", "none"},
    {all_sshds, "ForceCommand a\nMatch User root\nForceCommand NONE\n", "", "forcecommand", "none"},
    {all_sshds, "ChrootDirectory /a\nMatch User root\nChrootDirectory None\n", "", "chrootdirectory", "none"},
    {all_sshds, "ChrootDirectory None\n", "", "chrootdirectory", "none"},
    {all_sshds, "AuthorizedPrincipalsFile None\n", "", "authorizedprincipalsfile", "none"},
    {all_sshds, "Match User root\nAuthorizedPrincipalsFile None\n", "", "authorizedprincipalsfile", "None"},
    {"7.4 8.0 8.4 8.7 9.2-debian 10.0p2", "AuthorizedKeysFile None\n", "", "authorizedkeysfile", "None"},
    {"10.3 10.5", "AuthorizedKeysFile None\n", "", "authorizedkeysfile", ""},
    {"8.0 8.4 9.2-debian 10.0p2 10.3 10.5", "Match User root\nAuthorizedKeysFile none\n", "", "authorizedkeysfile",
     "none"},
    {"10.3 10.5", "RevokedKeys /a\nMatch User root\nRevokedKeys none\n", "", "revokedkeys", "none"},
    {all_sshds, "Match User root\nAuthenticationMethods any\n", "", "authenticationmethods", "any"},
    {"7.4 8.0 8.4 8.6 9.7 9.9p1 10.5", "AuthenticationMethods publickey\nMatch User root\nAuthenticationMethods any\n",
     "", "authenticationmethods", "any"},
    {"8.7 8.9 9.2-debian 9.6", "AuthenticationMethods publickey\nMatch User root\nAuthenticationMethods any\n", "",
     "authenticationmethods", "refused"},
};

// The second pass starts with nothing set: each line outside of the blocks is checked as one that is not in effect.
const Rows pass_rows = {
    {"7.4 8.0 8.4 8.6", "AuthenticationMethods publickey\nAuthenticationMethods nonsense\n", "",
     "authenticationmethods", "ended"},
    {"7.4 8.0 8.4 9.7 10.5", "Match User root\nAuthenticationMethods password\nAuthenticationMethods any\n", "",
     "authenticationmethods", "password"},
    {"8.7 9.2-debian 9.6", "Match User root\nAuthenticationMethods password\nAuthenticationMethods any\n", "",
     "authenticationmethods", "ended"},
    {"7.4 8.0 8.4 8.7 9.2-debian 9.6", "Match User root\nAuthenticationMethods password any\n", "",
     "authenticationmethods", "ended"},
    {"9.7 10.5", "Match User root\nAuthenticationMethods password any\n", "", "authenticationmethods", "refused"},
    {all_sshds, "Match User nobody\nAuthenticationMethods any password\n", "", "authenticationmethods", "refused"},
    {all_sshds, "Match User root\nAuthenticationMethods hostbased\n", "", "authenticationmethods", "hostbased"},
    {"8.7 8.9 9.2-debian 9.3", "Match User root\nAuthorizedPrincipalsCommand /a\nAuthorizedPrincipalsCommand /b\n", "",
     "authorizedprincipalscommand", "/b"},
    {"7.4 8.0 8.4 9.4 9.6 10.5", "Match User root\nAuthorizedPrincipalsCommand /a\nAuthorizedPrincipalsCommand /b\n",
     "", "authorizedprincipalscommand", "/a"},
    {all_sshds, "Match User root\nAuthorizedKeysCommand /a\n", "", "authorizedkeyscommand", "/a"},
    {old_sshds, "Match User root\nAuthorizedKeysCommand a\n", "", "authorizedkeyscommand", "ended"},
    {old_sshds, "Match User nobody\nAuthorizedKeysCommand a\n", "", "authorizedkeyscommand", "none"},
    {new_sshds, "Match User nobody\nAuthorizedKeysCommand a\n", "", "authorizedkeyscommand", "refused"},
};

// match_cfg_line(): criteria, by strdelim() up to 9.8 and by argv_next() since.
const Rows criterion_rows = {
    {all_sshds, "Match User alice,r*,!root\nPermitTTY no\n", "", "permittty", "yes"},
    {all_sshds, "Match User alice,r*,!root\nPermitTTY no\n", "user=rob", "permittty", "no"},
    {all_sshds, "Match User Root\nPermitTTY no\n", "", "permittty", "yes"},
    {all_sshds, "Match Group ro*\nPermitTTY no\n", "", "permittty", "no"},
    {all_sshds, "Match Group *,!root\nPermitTTY no\n", "", "permittty", "yes"},
    {all_sshds, "Match Group *\nPermitTTY no\n", "user=missing", "permittty", "yes"},
    {all_sshds, "Match Host *.Example.ORG\nPermitTTY no\n", "host=a.example.org", "permittty", "no"},
    {"7.5 8.0 8.4 9.2-debian 10.5", "Match Host *.example.org\nPermitTTY no\n", "host=A.Example.org", "permittty",
     "no"},
    {"7.4", "Match Host *.example.org\nPermitTTY no\n", "host=A.Example.org", "permittty", "yes"},
    {all_sshds, "Match LocalAddress 192.0.2.2\nPermitTTY no\n", "", "permittty", "no"},
    {all_sshds, "Match LocalPort 22\nPermitTTY no\n", "", "permittty", "no"},
    {all_sshds, "Match LocalPort 22\nPermitTTY no\n", "lport=23", "permittty", "yes"},
    {all_sshds, "Match LocalPort 22,23\nPermitTTY no\n", "", "permittty", "refused"},
    {"7.9 8.0 8.4 9.2-debian 10.5", "Match LocalPort ssh\nPermitTTY no\n", "", "permittty", "no"},
    {"7.4 7.8", "Match LocalPort ssh\nPermitTTY no\n", "", "permittty", "refused"},
    {all_sshds, "Match LocalPort 0\nPermitTTY no\n", "", "permittty", "yes"},
    {"7.4 7.6", "Match RDomain a\nPermitTTY no\n", "", "permittty", "refused"},
    {"7.7 8.0 8.4 9.2-debian 10.5", "Match RDomain a\nPermitTTY no\n", "", "permittty", "yes"},
    {"7.7 8.0 8.4 9.2-debian 10.5", "Match RDomain a,b*\nPermitTTY no\n", "rdomain=bc", "permittty", "no"},
    {"8.0-rhel", "Match RDomain a\nPermitTTY no\n", "", "permittty", "ended"},
    {"8.7-rhel", "Match RDomain a\nPermitTTY no\n", "", "permittty", "yes"},
    {"9.6 9.7 9.9p1", "Match Version *\nPermitTTY no\n", "", "permittty", "refused"},
    {"10.0p2 10.3 10.5", "Match Version *\nPermitTTY no\n", "", "permittty", "no"},
    {"10.0p2 10.5", "PermitTTY yes\nMatch Version OpenSSH_10.*\nPermitTTY no\n", "", "permittty", "no"},
    {"10.0p2 10.5", "Match Version *\nPort 23\n", "", "port", "23"},
    {"10.0p2 10.5", "Match Version OpenSSH_9*\nPermitTTY no\n", "", "permittty", "yes"},
    {"10.0p2 10.5", "Match Version OpenSSH_9*\nPort 23\n", "", "port", "refused"},
    {"10.0p2", "Match Version OpenSSH_10.0p2\nPermitTTY no\n", "", "permittty", "no"},
    // Debian's package-versioning.patch: SSH_RELEASE ends with a blank and SSH_EXTRAVERSION.
    {"10.0p2-debian", "Match Version OpenSSH_10.0p2\nPermitTTY no\n", "", "permittty", "yes"},
    {"10.0p2-debian", "Match Version \"OpenSSH_10.0p2 Debian*\"\nPermitTTY no\n", "", "permittty", "no"},
    {"9.6 9.7", "Match Invalid-User\nPermitTTY no\n", "", "permittty", "refused"},
    {"9.9p1", "Match Invalid-User\nPermitTTY no\n", "user=missing", "permittty", "no"},
    {"9.9p2 10.0p2 10.5", "Match Invalid-User\nPermitTTY no\n", "user=missing", "permittty", "no"},
    {"9.9p2 10.0p2 10.5", "Match Invalid-User\nPermitTTY no\n", "", "permittty", "yes"},
    {"9.9p1", "PermitTTY yes\nMatch Invalid-User\nPermitTTY no\n", "", "permittty", "yes"},
    {"9.9p1", "Match Invalid-User\nPermitTTY no\n", "", "permittty", "no"},
    {"9.9p1", "Match Invalid-User\nPort 23\n", "", "port", "23"},
    {"9.9p2 10.0p2 10.5", "Match Invalid-User\nPort 23\n", "", "port", "refused"},
    {"9.9p1 9.9p2 10.0p2 10.5", "Match Invalid-User User m*\nPermitTTY no\n", "user=missing", "permittty", "no"},
};

const Rows word_rows = {
    {all_sshds, "Match\nPermitTTY no\n", "", "permittty", "refused"},
    {all_sshds, "Match nonsense x\n", "", "permittty", "refused"},
    {all_sshds, "Match User\n", "", "permittty", "refused"},
    {all_sshds, "Match User root Address\n", "", "permittty", "refused"},
    {all_sshds, "Match all User root\n", "", "permittty", "refused"},
    {all_sshds, "Match User root all\n", "", "permittty", "refused"},
    {all_sshds, "Match ALL\nPermitTTY no\n", "", "permittty", "no"},
    {all_sshds, "Match all # yes\nPermitTTY no\n", "", "permittty", "no"},
    {all_sshds, "Match User root # yes\nPermitTTY no\n", "", "permittty", "no"},
    {all_sshds, "Match User # root\nPermitTTY no\n", "", "permittty", "refused"},
    {all_sshds, "Match # all\n", "", "permittty", "refused"},
    {all_sshds, "Match User \"root\"\nPermitTTY no\n", "", "permittty", "no"},
    {all_sshds, "Match \"User\" root\nPermitTTY no\n", "", "permittty", "no"},
    {"8.0 8.4 8.7 9.2-debian 9.7", "Match User 'root'\nPermitTTY no\n", "", "permittty", "yes"},
    {"9.9p1 9.9p2 10.0p2 10.5", "Match User 'root'\nPermitTTY no\n", "", "permittty", "no"},
    {"8.0 8.4 8.7 9.2-debian 9.7", "Match User=root\nPermitTTY no\n", "", "permittty", "no"},
    {"9.9p1", "Match User=root\nPermitTTY no\n", "", "permittty", "refused"},
    {"9.9p2 10.0p2 10.5", "Match User=root\nPermitTTY no\n", "", "permittty", "no"},
    {"8.0 8.4 8.7 9.2-debian 9.7", "Match user=root address=10.*\nPermitTTY no\n", "addr=10.0.0.1", "permittty", "no"},
    {"9.9p2 10.0p2 10.5", "Match user=root address=10.*\nPermitTTY no\n", "addr=10.0.0.1", "permittty", "no"},
    {"8.0 8.4 8.7 9.2-debian 9.7", "Match User = root\nPermitTTY no\n", "", "permittty", "no"},
    {"9.9p1 9.9p2 10.0p2 10.5", "Match User = root\nPermitTTY no\n", "", "permittty", "refused"},
    {"9.9p2 10.5", "Match User= root\nPermitTTY no\n", "", "permittty", "refused"},
    {"9.9p2 10.5", "Match User=r=t\nPermitTTY no\n", "user=r=t", "permittty", "no"},
    {"9.9p2 10.5", "Match \"User=a b\"\nPermitTTY no\n", "user=a b", "permittty", "no"},
    {"10.0p2 10.5", "Match version=*\nPermitTTY no\n", "", "permittty", "no"},
    {"9.9p2", "Match version=*\nPermitTTY no\n", "", "permittty", "refused"},
    {"8.0 8.4 8.7 9.2-debian 9.7", "Match User root \"\" x\n", "", "permittty", "refused"},
    {"8.0 8.4 8.7 9.2-debian 9.7", "Match User \"root\nPermitTTY no\n", "", "permittty", "refused"},
    {"9.9p1 9.9p2 10.5", "Match User \"root\nPermitTTY no\n", "", "permittty", "refused"},
    {"8.0 8.4 8.7 9.2-debian 9.7", "Match User root \"\"\nPermitTTY no\n", "", "permittty", "no"},
    {"9.9p1 9.9p2 10.5", "Match User root \"\"\nPermitTTY no\n", "", "permittty", "refused"},
    {"8.0 8.4", "Match User a#b\nPermitTTY no\n", "user=a", "permittty", "no"},
    {"8.7 9.2-debian 9.7 9.9p1 10.5", "Match User a#b\nPermitTTY no\n", "user=a#b", "permittty", "no"},
};

// Bad lists: fatal for the connection, and from 8.4 on when sshd starts. The prefix was read by strtoul(3) up to 9.0,
// had to begin with a digit up to 9.7, and has been read by strtonum(3) without an upper bound since (addr_pton_cidr).
const Rows address_rows = {
    {"7.4 8.0 8.3 8.0-rhel", "Match Address 10.0.0.1/8\nPermitTTY no\n", "", "permittty", "ended"},
    {"8.4 8.7 9.2-debian 10.5", "Match Address 10.0.0.1/8\nPermitTTY no\n", "", "permittty", "refused"},
    {"7.4 8.0", "Match LocalAddress 10.0.0.0/8,\nPermitTTY no\n", "", "permittty", "ended"},
    {"8.4 9.2-debian 10.5", "Match LocalAddress 10.0.0.0/8,\nPermitTTY no\n", "", "permittty", "refused"},
    {"7.4 8.0", "Match User nobody Address 10.0.0.1/8\nPermitTTY no\n", "", "permittty", "ended"},
    {"9.2-debian 9.6 9.7", "Match Address 192.0.2.0/+24\nPermitTTY no\n", "", "permittty", "yes"},
    {"8.0 8.4 9.2-debian 9.7", "Match Address 192.0.2.0/129\nPermitTTY no\n", "", "permittty", "yes"},
    {"9.8 9.9p1 10.0p2 10.5", "Match Address 192.0.2.0/129\nPermitTTY no\n", "", "permittty", "refused"},
    {all_sshds, "Match Address !10.0.0.0/8\nPermitTTY no\n", "", "permittty", "yes"},
    {all_sshds, "Match Address *,!10.0.0.0/8\nPermitTTY no\n", "", "permittty", "no"},
    {all_sshds, "Match Address *,!10.0.0.0/8\nPermitTTY no\n", "addr=10.9.9.9", "permittty", "yes"},
    {all_sshds, "Match Address 2001:db8::/32\nPermitTTY no\n", "addr=2001:DB8:1::2", "permittty", "no"},
};

// Files that Include finds; the names are in no order.
const std::map<std::string, std::string> files = {
    {"/inc/b.conf", "PermitTTY yes\nAllowUsers b\n"},
    {"/inc/a.conf", "PermitTTY no\nAllowUsers a\n"},
    {"/inc/match.conf", "AllowGroups m\nMatch User root\nAllowUsers m\n"},
    {"/inc/nested.conf", "Include /inc/a.conf\nAllowUsers n\n"},
    {"/inc/match-nested.conf", "Match User root\nInclude /inc/a.conf\nMatch User nobody\nPermitUserRC no\n"},
    {"/inc/global.conf", "Port 23\n"},
    {"/inc/wrong.conf", "Nonsense yes\n"},
    {"/inc/loop.conf", "Include /inc/loop.conf\n"},
    {"/inc/all.conf", "Match all\nPermitTTY no\n"},
    {"/inc/open.conf", "ForceCommand \"a"},
    {"/inc/with blank.conf", "PermitTTY no\n"},
    {"/etc/ssh/relative.conf", "PermitTTY no\n"},
};

// case sInclude: glob(3), each file with the state of Match that its Include is in, which is back behind it.
const Rows include_rows = {
    {"7.4 8.0 8.1", "Include /inc/a.conf\n", "", "permittty", "refused"},
    {included_sshds, "Include /inc/a.conf\nPermitTTY yes\n", "", "permittty", "no"},
    {included_sshds, "PermitTTY yes\nInclude /inc/a.conf\n", "", "permittty", "yes"},
    {included_sshds, "Include /inc/[ab].conf\n", "", "allowusers", "a|b"},
    {included_sshds, "Include /inc/b.conf /inc/a.conf\n", "", "allowusers", "b|a"},
    {included_sshds, "Include /inc/a.conf /inc/a.conf\n", "", "allowusers", "a|a"},
    {included_sshds, "Include /inc/nested.conf\nAllowUsers c\n", "", "allowusers", "a|n|c"},
    {included_sshds, "Include /inc/nothing*\n", "", "permittty", "yes"},
    {included_sshds, "Include \"/inc/with blank.conf\"\n", "", "permittty", "no"},
    {included_sshds, "Include /inc/wrong.conf\n", "", "permittty", "refused"},
    {included_sshds, "Include /inc/loop.conf\n", "", "permittty", "refused"},
    {included_sshds, "Include\n", "", "permittty", "refused"},
    {"8.4", "Include /inc/a.conf \"\" /inc/wrong.conf\n", "", "permittty", "refused"},
    {new_sshds, "Include /inc/a.conf \"\"\n", "", "permittty", "refused"},
    {included_sshds, "Include /inc/match.conf\nPort 24\nAllowUsers o\n", "user=nobody", "allowusers", "o"},
    {included_sshds, "Include /inc/match.conf\nPort 24\nAllowUsers o\n", "", "allowusers", "m"},
    {included_sshds, "Match User root\nInclude /inc/a.conf\n", "", "permittty", "no"},
    {included_sshds, "Match User root\nInclude /inc/a.conf\n", "user=nobody", "permittty", "yes"},
    {included_sshds, "Match User root\nInclude /inc/global.conf\n", "", "permittty", "refused"},
    {included_sshds, "Match User nobody\nInclude /inc/wrong.conf\n", "", "permittty", "refused"},
    {included_sshds, "Match User r*\nInclude /inc/match-nested.conf\nPermitUserRC yes\n", "", "permittty", "no"},
    {included_sshds, "Match User r*\nInclude /inc/match-nested.conf\nPermitUserRC yes\n", "", "permituserrc", "yes"},
    {included_sshds, "Match User r*\nInclude /inc/match-nested.conf\n", "user=nobody", "permituserrc", "yes"},
    {included_sshds, "Match User x\nInclude /inc/match.conf\n", "", "allowusers", ""},
    {included_sshds, "Include /inc/match-nested.conf\n", "user=nobody", "permituserrc", "no"},
    {included_sshds, "Match User root\nInclude /inc/match.conf\nAllowUsers o\n", "", "allowusers", "m|o"},
    {included_sshds, "Match User nobody\nInclude /inc/all.conf\n", "", "permittty", "yes"},
    {included_sshds, "Match User root\nInclude /inc/all.conf\n", "", "permittty", "no"},
    {included_sshds, "PermitTTY yes\nInclude /inc/all.conf\n", "", "permittty", "no"},
    {included_sshds, "Include /inc/all.conf\nPort 23\n", "", "port", "23"},
    // _PATH SSHDIR, which is ConfigHost::directory here.
    {included_sshds, "Include relative.conf\n", "", "permittty", "no"},
    {included_sshds, "Include r*.conf x/y\n", "", "permittty", "no"},
};

SshdVersion version_of(const std::string& sshd) {
  const auto dash = sshd.find('-');
  const auto number = sshd.substr(0, dash);
  const auto vendor = dash == std::string::npos ? "" : sshd.substr(dash + 1);
  auto text = "OpenSSH_" + number + (number.find('p') == std::string::npos ? "p1" : "");
  if (vendor == "debian") text += " Debian-2+deb12u3";
  if (vendor == "ubuntu") text += " Ubuntu-3ubuntu0.1";
  auto version = parse_sshd_version(text).value();
  if (vendor == "rhel") version.vendor = Vendor::rhel;
  return version;
}

Result<std::vector<ConfigFile>> include(const std::string& pattern) {
  std::vector<ConfigFile> found;
  for (const auto& [path, bytes] : files) {
    const bool bracketed = pattern == "/inc/[ab].conf" && (path == "/inc/a.conf" || path == "/inc/b.conf");
    if (bracketed || matches_pattern(path, pattern)) found.push_back({path, bytes});
  }
  return found;
}

ConfigHost usual_host() {
  ConfigHost host;
  host.include = include;
  host.home_of = [](const std::string& user) {
    return user.empty() || user == "root" ? std::optional<std::string>("/root") : std::nullopt;
  };
  host.port_of = [](const std::string& name) { return name == "ssh" ? std::optional(22) : std::nullopt; };
  return host;
}

Connection connection_of(const std::string& specification) {
  std::map<std::string, std::string> parts = {{"user", "root"}, {"addr", "192.0.2.1"}, {"laddr", "192.0.2.2"}};
  std::istringstream in(specification);
  for (std::string part; std::getline(in, part, ',');) {
    parts[part.substr(0, part.find('='))] = part.substr(part.find('=') + 1);
  }
  Connection connection;
  connection.user = parts["user"];
  connection.user_exists = parts["user"] == "root" || parts["user"] == "nobody";
  if (parts["user"] == "root") connection.groups = {"root"};
  if (parts["user"] == "nobody") connection.groups = {"nogroup"};
  connection.address = parts["addr"];
  connection.host = parts.contains("host") ? parts["host"] : parts["addr"];
  connection.local_address = parts["laddr"];
  connection.local_port = parts.contains("lport") ? std::stoi(parts["lport"]) : 22;
  if (parts.contains("rdomain")) connection.rdomain = parts["rdomain"];
  return connection;
}

std::string shown(const EffectiveConfig& settings, std::string_view keyword) {
  std::string text;
  for (const auto& setting : settings) {
    if (setting.keyword != keyword) continue;
    for (std::size_t i = 0; i < setting.values.size(); ++i) {
      text += (i == 0 ? "" : setting.one_line ? " " : "|") + setting.values[i].text;
    }
  }
  return text;
}

std::string outcome(const Row& row, const std::string& sshd) {
  const auto config = parse_sshd_config({"/c", row.text}, {}, usual_host(), version_of(sshd));
  EXPECT_FALSE(config.unread);
  if (!config.faults.empty()) return "refused";
  const auto evaluation = evaluate(config, reached_sections(config, connection_of(row.connection)));
  if (!evaluation.faults.empty() || !config.connection_faults.empty()) return "ended";
  return shown(evaluation.settings, row.keyword);
}

void expect_all(const Rows& rows) {
  for (const auto& row : rows) {
    std::istringstream sshds(row.sshds);
    for (std::string sshd; sshds >> sshd;) {
      EXPECT_EQ(outcome(row, sshd), row.values) << sshd << ": " << row.text << row.connection;
    }
  }
}

TEST(ConfigMatch, BlocksAreOneConfigurationThatReplaces) { expect_all(block_rows); }
TEST(ConfigMatch, NoneIsForgottenAtTheStartOnly) { expect_all(none_rows); }
TEST(ConfigMatch, TheFileIsReadOnceMoreForEachConnection) { expect_all(pass_rows); }
TEST(ConfigMatch, CriteriaAreThoseOfTheVersion) { expect_all(criterion_rows); }
TEST(ConfigMatch, WordsAreThoseOfTheVersion) { expect_all(word_rows); }
TEST(ConfigMatch, AddressesAreCheckedAsByTheVersion) { expect_all(address_rows); }
TEST(ConfigInclude, ReadsFilesInTheStateOfTheirMatch) { expect_all(include_rows); }

// servconf.c, SERVCONF_MAX_DEPTH: the file is at depth 0, and 16 is the deepest.
TEST(ConfigInclude, NestsSixteenDeep) {
  for (const int deepest : {16, 17}) {
    ConfigHost host;
    host.include = [&](const std::string& name) -> Result<std::vector<ConfigFile>> {
      const int depth = std::stoi(name.substr(1));
      const auto bytes = depth == deepest ? "PermitTTY no\n" : "Include /" + std::to_string(depth + 1) + "\n";
      return std::vector<ConfigFile>{{name, bytes}};
    };
    const auto config = parse_sshd_config({"/c", "Include /1\n"}, {}, host, version_of("9.2-debian"));
    EXPECT_EQ(config.faults.empty(), deepest == 16) << deepest;
  }
}

TEST(ConfigInclude, AsksForNamesOfTheDirectory) {
  std::vector<std::string> asked;
  ConfigHost host;
  host.directory = "/opt/etc";
  host.include = [&](const std::string& pattern) -> Result<std::vector<ConfigFile>> {
    asked.push_back(pattern);
    return std::vector<ConfigFile>{};
  };
  const auto config =
      parse_sshd_config({"/c", "Include a b/*.conf\nInclude /c.d/* ~/d \"e f\"\n"}, {}, host, version_of("9.6"));
  const std::vector<std::string> expected = {"/opt/etc/a", "/opt/etc/b/*.conf", "/c.d/*", "~/d", "/opt/etc/e f"};
  EXPECT_EQ(asked, expected);
  EXPECT_TRUE(config.faults.empty());
}

TEST(ConfigInclude, SaysWhatCouldNotBeRead) {
  const Error denied{"open", "/x", 13};
  ConfigHost host;
  host.include = [&](const std::string&) -> Result<std::vector<ConfigFile>> { return tl::unexpected(denied); };
  const auto config =
      parse_sshd_config({"/c", "PermitTTY no\nInclude /x\nPermitTTY yes\n"}, {}, host, version_of("9.6"));
  EXPECT_EQ(config.unread, denied);
  EXPECT_TRUE(config.faults.empty());
  EXPECT_EQ(shown(evaluate(config, {}).settings, "permittty"), "no");
}

TEST(ConfigInclude, KeepsPlacesAndSections) {
  const auto config =
      parse_sshd_config({"/c", "Include /inc/match.conf\n\nMatch User a\nInclude /inc/match.conf /inc/wrong.conf\n"},
                        {}, usual_host(), version_of("9.6"));
  const std::vector<std::string> read = {"/c", "/inc/match.conf", "/inc/match.conf", "/inc/wrong.conf"};
  EXPECT_EQ(config.files, read);
  ASSERT_EQ(config.faults.size(), 1U);
  EXPECT_EQ(config.faults[0].place, (ConfigPlace{"/inc/wrong.conf", 1}));
  ASSERT_EQ(config.sections.size(), 4U);
  EXPECT_EQ(config.sections[1].place, (ConfigPlace{"/inc/match.conf", 2}));
  EXPECT_EQ(config.sections[1].parent, 0U);
  EXPECT_EQ(config.sections[2].place, (ConfigPlace{"/c", 3}));
  EXPECT_EQ(config.sections[2].parent, 0U);
  EXPECT_EQ(config.sections[3].parent, 2U);
  EXPECT_EQ(config.sections[3].text, "User root");
}

// What nobody writes: the reader gives up, and says so, where sshd would go on for long.
TEST(HostileConfig, IsReadInBoundedTime) {
  const auto start = std::chrono::steady_clock::now();
  std::string lines;
  for (int i = 0; i < 300'000; ++i) lines += "PermitTTY no\n";
  EXPECT_TRUE(parse_sshd_config({"/c", lines}, {}, {}, version_of("9.6")).unread);
  std::string words = "AllowUsers";
  for (int i = 0; i < 300'000; ++i) words += " a" + std::to_string(i);
  const auto users = parse_sshd_config({"/c", words}, {}, {}, version_of("9.6"));
  EXPECT_EQ(values_of(evaluate(users, {}).settings, "allowusers").size(), 300'000U);
  std::string blocks;
  for (int i = 0; i < 20'000; ++i) blocks += "Match User a" + std::to_string(i) + "\nPermitTTY no\n";
  EXPECT_EQ(parse_sshd_config({"/c", blocks}, {}, {}, version_of("9.6")).sections.size(), 20'001U);
  const auto stars = "Match User " + std::string(1000, '*') + "b\nPermitTTY no\n";
  EXPECT_TRUE(parse_sshd_config({"/c", stars}, {}, {}, version_of("9.6")).faults.empty());
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(60));
}

TEST(HostileConfig, MayIncludeItselfTenTimes) {
  for (const std::string next : {"/loop", "/tree"}) {
    std::size_t calls = 0;
    ConfigHost host;
    host.include = [&](const std::string& name) -> Result<std::vector<ConfigFile>> {
      ++calls;
      const bool is_leaf = name.size() == 20;  // of a tree, 16 deep
      std::string bytes;
      for (int i = 0; i < 10 && !is_leaf; ++i) bytes += "Include " + (next == "/loop" ? name : name + "x") + "\n";
      return std::vector<ConfigFile>{{name, bytes}};
    };
    const auto config = parse_sshd_config({"/c", "Include " + next + "\n"}, {}, host, version_of("9.6"));
    EXPECT_EQ(config.unread.has_value(), next == "/tree");
    EXPECT_EQ(config.faults.empty(), next == "/tree");
    EXPECT_LT(calls, 1'000'000U);
  }
}

TEST(HostileConfig, MayHoldAnything) {
  std::string all_bytes;
  for (int i = 0; i < 256; ++i) all_bytes += static_cast<char>(i);
  const std::vector<std::string> texts = {
      std::string(300'000, '\0'),
      std::string(150'000, '\n'),
      std::string(300'000, '"'),
      std::string(300'000, '\\'),
      std::string(300'000, '='),
      all_bytes + all_bytes,
      "Match " + all_bytes,
      "Match User " + all_bytes,
      "AllowUsers " + all_bytes,
      "Match User a\nMatch",
      "\"",
      "Match \"",
  };
  for (const auto& text : texts) {
    for (const std::string sshd : {"7.4", "8.4", "8.7", "9.2-debian", "9.9p1", "10.5"}) {
      const auto config = parse_sshd_config({"/c", text}, {}, usual_host(), version_of(sshd));
      evaluate(config, reached_sections(config, connection_of("")));
      EXPECT_FALSE(config.unread) << sshd << " " << text.substr(0, 20);
    }
  }
}

}  // namespace
}  // namespace sshaudit
