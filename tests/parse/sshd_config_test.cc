// SPDX-License-Identifier: MIT
// sshd_config(5) as each sshd from 7.4 to 10.5 reads it: a row is a configuration and what one keyword comes to. Where
// nothing else is said, the expectations are what `sshd -t` and `sshd -T` answered: builds of 8.0, 8.4, 8.7, 8.9, 9.6,
// 9.7, 9.9p1, 9.9p2, 10.0, 10.3 and 10.5, and Debian's 9.2. Those of 7.x come from the source.
#include "parse/sshd_config.h"

#include <gtest/gtest.h>

#include <chrono>
#include <map>
#include <optional>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "parse/sshd_version.h"

namespace sshaudit {
namespace {

using namespace std::string_literals;

struct Row {
  std::string sshds;  // "7.4 9.9p2 9.2-debian 8.0-rhel"
  std::string text;
  std::string keyword;
  std::string
      values;  // a blank or, where each has its own line, a bar between them; "refused" when sshd does not start
  std::vector<std::string> options = {};
  std::vector<int> ports = {};
};
using Rows = std::vector<Row>;

const std::string old_sshds = "7.4 7.7 7.9 8.0 8.0-rhel 8.4 8.6 ";  // one reader of words
const std::string new_sshds = "8.7 8.7-rhel 8.9-ubuntu 9.2-debian 9.6 9.7 9.9p1 9.9p2 10.0p2 10.3 10.5 ";
const std::string all_sshds = old_sshds + new_sshds;

// process_server_config_line() and load_server_config() of servconf.c.
const Rows comment_rows = {
    {all_sshds, "# Port 1\n  # Port 2\n\nPort 23\n", "port", "23"},
    {all_sshds, "Port 23 # yes\n", "port", "23"},
    {old_sshds, "AllowUsers a#b c\n", "allowusers", "a"},
    {new_sshds, "AllowUsers a#b c\n", "allowusers", "a#b|c"},
    {"7.5 7.6 7.7 7.8 8.0 8.4", "ForceCommand /bin/a # b\n", "forcecommand", "/bin/a"},
    {"7.4", "ForceCommand /bin/a # b\n", "forcecommand", "/bin/a "},
    {new_sshds, "ForceCommand /bin/a # b\n", "forcecommand", "/bin/a # b"},
    {old_sshds, "Banner \"/a#b\"\n", "banner", "refused"},
    {new_sshds, "Banner \"/a#b\"\n", "banner", "/a#b"},
    {old_sshds, "AuthorizedKeysFile #a\n", "authorizedkeysfile", ".ssh/authorized_keys .ssh/authorized_keys2"},
    {"8.7 8.9 9.2-debian 9.6", "AuthorizedKeysFile #a\n", "authorizedkeysfile",
     ".ssh/authorized_keys .ssh/authorized_keys2"},
    {"9.7 9.9p1 10.0p2 10.5", "AuthorizedKeysFile #a\n", "authorizedkeysfile", "refused"},
};

// strdelim() of misc.c before 8.7, argv_split() from 8.7 on. A quote without an end loses its word and all behind it.
const Rows quote_rows = {
    {old_sshds, "AllowUsers \"a b\n", "allowusers", ""},
    {new_sshds, "AllowUsers \"a b\n", "allowusers", "refused"},
    {old_sshds, "DenyUsers a \"b c\n", "denyusers", "a"},
    {new_sshds, "DenyUsers a \"b c\n", "denyusers", "refused"},
    {old_sshds, "AllowUsers don't\n", "allowusers", "don't"},
    {new_sshds, "AllowUsers don't\n", "allowusers", "refused"},
    {all_sshds, "AllowGroups \"a b\" c\n", "allowgroups", "a b|c"},
    {old_sshds, "AllowGroups 'a b' c\n", "allowgroups", "'a|b'|c"},
    {new_sshds, "AllowGroups 'a b' c\n", "allowgroups", "a b|c"},
    {old_sshds, "AllowGroups a\"b\"c d\n", "allowgroups", "ab|c|d"},
    {new_sshds, "AllowGroups a\"b\"c d\n", "allowgroups", "abc|d"},
    {old_sshds, "AllowGroups a\\ b\n", "allowgroups", "a\\|b"},
    {new_sshds, "AllowGroups a\\ b\n", "allowgroups", "a b"},
    {all_sshds, "\"AllowGroups\" a\n", "allowgroups", "a"},
    {all_sshds, "\"AllowGroups a\n", "allowgroups", ""},
    {old_sshds, "AllowGroups a \"\" b\n", "allowgroups", "refused"},
    {new_sshds, "AllowGroups a \"\" b\n", "allowgroups", "refused"},
    {old_sshds, "AllowGroups \"\"\n", "allowgroups", ""},
    {new_sshds, "AllowGroups \"\"\n", "allowgroups", "refused"},
    {all_sshds, "Banner \"\"\n", "banner", "refused"},
    {all_sshds, "ForceCommand \"/bin/a b\" c\n", "forcecommand", "\"/bin/a b\" c"},
    {old_sshds, "ForceCommand \"/bin/a b\n", "forcecommand", "\"/bin/a b"},
    {new_sshds, "ForceCommand \"/bin/a b\n", "forcecommand", "refused"},
};

// One `=` may stand behind the keyword, and before 8.7 between arguments too.
const Rows equals_rows = {
    {all_sshds, "Port=23\n", "port", "23"},
    {all_sshds, "Port = 23\n", "port", "23"},
    {all_sshds, "port\t= \"23\"\n", "port", "23"},
    {all_sshds, "ForceCommand=/bin/a=b = c\n", "forcecommand", "/bin/a=b = c"},
    {old_sshds, "AllowGroups a=b = c\n", "allowgroups", "a|b|c"},
    {new_sshds, "AllowGroups a=b = c\n", "allowgroups", "a=b|=|c"},
    {old_sshds, "AllowGroups == a\n", "allowgroups", "refused"},
    {new_sshds, "AllowGroups == a\n", "allowgroups", "=|a"},
    {old_sshds, "AcceptEnv A=B\n", "acceptenv", "A|B"},
    {new_sshds, "AcceptEnv A=B\n", "acceptenv", "refused"},
};

const Rows argument_rows = {
    {all_sshds, "Port\n", "port", "refused"},
    {all_sshds, "Port 22 23\n", "port", "refused"},
    {all_sshds, "PermitTTY no no\n", "permittty", "refused"},
    {all_sshds, "PermitTTY maybe\n", "permittty", "refused"},
    {all_sshds, "Nonsense yes\n", "port", "refused"},
    {all_sshds, "Banner /a b\n", "banner", "refused"},
    {old_sshds, "PermitTTY no \"\" x\n", "permittty", "no"},
    {new_sshds, "PermitTTY no \"\" x\n", "permittty", "refused"},
    {old_sshds, "AllowUsers\n", "allowusers", ""},
    {new_sshds, "AllowUsers\n", "allowusers", "refused"},
    {old_sshds, "AuthorizedKeysFile\n", "authorizedkeysfile", ".ssh/authorized_keys .ssh/authorized_keys2"},
    {new_sshds, "AuthorizedKeysFile\n", "authorizedkeysfile", "refused"},
    // Lists of nothing, which a comment makes from 8.7 on, are errors from 9.7 on.
    {"8.7 8.9 9.2-debian 9.6", "AllowUsers #\n", "allowusers", ""},
    {"9.7 9.9p1 10.0p2 10.5", "AllowUsers #\n", "allowusers", "refused"},
    {"8.7 9.6", "AcceptEnv # x\n", "acceptenv", ""},
    {"9.7 10.5", "AcceptEnv # x\n", "acceptenv", "refused"},
    {"8.7 9.6", "SetEnv # x\n", "setenv", ""},
    {"9.7 10.5", "SetEnv # x\n", "setenv", "refused"},
    {"8.7 9.6 9.7 10.5", "AuthenticationMethods # x\n", "authenticationmethods", "refused"},
    {"8.7 9.6 9.7 10.5", "PubkeyAuthOptions # x\n", "pubkeyauthoptions", "none"},
    // Yes and no in any case from 7.7 on (parse_flag); numbers were read by atoi(3) until then.
    {"7.4 7.6", "PermitTTY No\n", "permittty", "refused"},
    {"7.7 8.0 8.4 9.2-debian 10.5", "PermitTTY No\n", "permittty", "no"},
    {all_sshds, "PermitRootLogin NO\n", "permitrootlogin", "no"},
    {"7.4 7.6", "MaxAuthTries 4x\n", "maxauthtries", "4"},
    {"7.4 7.6", "MaxAuthTries x\n", "maxauthtries", "0"},
    {"7.7 8.0 8.4 9.2-debian 10.5", "MaxAuthTries 4x\n", "maxauthtries", "refused"},
    {all_sshds, "MaxAuthTries 4\n", "maxauthtries", "4"},
};

// Bytes that are no text. The form feed counts at the end of a line from 7.5 on, when blanks there began to be cut.
const Rows byte_rows = {
    {all_sshds, "AllowUsers a b\r\nPermitTTY no\r\n", "allowusers", "a|b"},
    {all_sshds, "AllowUsers a b\r\nPermitTTY no\r\n", "permittty", "no"},
    {"7.4", "ForceCommand /bin/a  \r\n", "forcecommand", "/bin/a  \r"},
    {"7.5 8.0 8.4 9.2-debian 10.5", "ForceCommand /bin/a  \r\n", "forcecommand", "/bin/a"},
    {"7.4", "PermitTTY no\f\n", "permittty", "refused"},
    {"7.5 8.0 8.4 9.2-debian 10.5", "PermitTTY no \f\n", "permittty", "no"},
    {all_sshds, "\fPermitTTY no\n", "permittty", "refused"},
    {all_sshds, "PermitTTY\fno\n", "permittty", "refused"},
    {all_sshds, "\f\n", "permittty", "refused"},
    {all_sshds, "\xef\xbb\xbfPermitTTY no\n", "permittty", "refused"},
    {all_sshds, "\xef\xbb\xbf# comment\n", "port", "refused"},
    {all_sshds, "Permit\0 x\nTTY no\n"s, "permittty", "no"},
    {all_sshds, "PermitTTY no\0\nPort 23\n"s, "permittty", "refused"},
    {all_sshds, "PermitTTY no\0\n\nPort 23\n"s, "port", "23"},
    {all_sshds, "\0\0\n\0"s, "port", "22"},
    {all_sshds, std::string(5000, '\0'), "port", "22"},
    {all_sshds, "PermitTTY no", "permittty", "no"},
};

// Before 7.8: "line %d too long" where fgets(3) fills its 4,096 bytes. What a NUL cuts off is not counted.
const Rows length_rows = {
    {"7.4 7.7", "#" + std::string(4092, 'a') + "\nPort 23\n", "port", "23"},
    {"7.4 7.7", "#" + std::string(4093, 'a') + "\nPort 23\n", "port", "refused"},
    {"7.4 7.7", "#" + std::string(9000, 'a') + "\nPort 23\n", "port", "refused"},
    {"7.4 7.7", "#" + std::string(4093, 'a'), "port", "22"},
    {"7.4 7.7", "#" + std::string(4094, 'a'), "port", "refused"},
    {"7.4 7.7", "#\0"s + std::string(3000, 'a') + "\nPort 23\n", "port", "23"},
    {"7.8 8.0 8.4 9.2-debian 10.5", "#" + std::string(9000, 'a') + "\nPort 23\n", "port", "23"},
};

// The first line wins, except where every line adds.
const Rows order_rows = {
    {all_sshds, "PermitTTY no\nPermitTTY yes\n", "permittty", "no"},
    {all_sshds, "AuthorizedKeysFile a b\nAuthorizedKeysFile c\n", "authorizedkeysfile", "a b"},
    {all_sshds, "AuthenticationMethods publickey\nAuthenticationMethods password\n", "authenticationmethods",
     "publickey"},
    {all_sshds, "Port 22\nPort 23\nPort 22\n", "port", "22|23|22"},
    {all_sshds, "AllowUsers a\nAllowUsers b a\n", "allowusers", "a|b|a"},
    {all_sshds, "DenyGroups a\nDenyGroups b\n", "denygroups", "a|b"},
    {all_sshds, "AcceptEnv A\nAcceptEnv B\n", "acceptenv", "A|B"},
    {"7.8 8.0 8.4 8.6 8.7 9.2-debian 10.5", "SetEnv A=1\nSetEnv B=2\n", "setenv", "A=1"},
    {all_sshds, "ForceCommand a\nForceCommand b\n", "forcecommand", "a"},
    {all_sshds, "ForceCommand none\n", "forcecommand", "none"},
    {all_sshds, "Banner NONE\nBanner /a\n", "banner", "none"},
};

// Where each keyword has its value from, by version: servconf.c, keywords[], fill_default_server_options(),
// dump_config().
const Rows default_rows = {
    {"7.4 8.0 8.4 9.2-debian 9.9p1 10.0p2", "", "permitrootlogin", "without-password"},
    {"10.3 10.5", "", "permitrootlogin", "prohibit-password"},
    {"8.0 9.9p1 10.0p2", "PermitRootLogin prohibit-password\n", "permitrootlogin", "without-password"},
    {"10.5", "PermitRootLogin without-password\n", "permitrootlogin", "prohibit-password"},
    {all_sshds, "PermitRootLogin forced-commands-only\n", "permitrootlogin", "forced-commands-only"},
    // RHEL 7: openssh-7.4p1-permit-root-login.patch, openssh-7.4p1-usedns-yes.patch.
    {"7.4-rhel", "", "permitrootlogin", "yes"},
    {"8.0-rhel", "", "permitrootlogin", "without-password"},
    {"7.4-rhel", "", "usedns", "yes"},
    {"7.4 8.0-rhel 10.5", "", "usedns", "no"},
    {"8.0 8.4 9.6 10.5", "LogLevel QUIET\n", "loglevel", "QUIET"},
    {"9.2-debian 8.9-ubuntu", "LogLevel QUIET\n", "loglevel", "SILENT"},
    {"9.2-debian", "LogLevel SILENT\n", "loglevel", "SILENT"},
    {"8.0 8.4 9.6 10.5", "LogLevel SILENT\n", "loglevel", "refused"},
    {all_sshds, "LogLevel debug1\n", "loglevel", "DEBUG"},
    {all_sshds, "SyslogFacility local7\n", "syslogfacility", "LOCAL7"},
    // Before 8.7 ChallengeResponseAuthentication, if set, is what KbdInteractiveAuthentication comes to.
    {"7.4 8.0 8.4 8.6", "", "kbdinteractiveauthentication", "yes"},
    {"7.4 8.0 8.4 8.6", "ChallengeResponseAuthentication no\n", "kbdinteractiveauthentication", "no"},
    {"7.4 8.0 8.4 8.6", "KbdInteractiveAuthentication no\n", "kbdinteractiveauthentication", "yes"},
    {"7.4 8.0 8.4 8.6", "KbdInteractiveAuthentication yes\nChallengeResponseAuthentication no\n",
     "kbdinteractiveauthentication", "yes"},
    {new_sshds, "ChallengeResponseAuthentication no\n", "kbdinteractiveauthentication", "no"},
    {new_sshds, "ChallengeResponseAuthentication no\nKbdInteractiveAuthentication yes\n",
     "kbdinteractiveauthentication", "no"},
    {new_sshds, "SkeyAuthentication no\n", "kbdinteractiveauthentication", "no"},
    {"7.4 7.7", "SkeyAuthentication no\n", "kbdinteractiveauthentication", "no"},
    {"7.8 8.0 8.4", "SkeyAuthentication no\n", "kbdinteractiveauthentication", "yes"},
    {all_sshds, "DSAAuthentication no\n", "pubkeyauthentication", "no"},
    {all_sshds, "UseLogin nonsense at all\nPort 23\n", "port", "23"},
    {"8.5 8.9 9.2-debian 10.5", "PubkeyAcceptedKeyTypes ssh-ed25519\n", "pubkeyacceptedalgorithms", "ssh-ed25519"},
    {"8.4", "PubkeyAcceptedAlgorithms ssh-ed25519\n", "pubkeyacceptedkeytypes", "refused"},
    {"8.7-rhel", "RSAMinSize 2048\n", "requiredrsasize", "2048"},
    {"9.2-debian 10.5", "RequiredRSASize 2048\n", "requiredrsasize", "2048"},
    {"8.7 8.9", "RequiredRSASize 2048\n", "port", "refused"},
    {"9.9p1 10.0p2 10.5", "RefuseConnection yes\n", "refuseconnection", "yes"},
    {"9.6", "RefuseConnection yes\n", "port", "refused"},
    {"7.4 7.6 7.7", "PermitUserEnvironment LANG*\n", "permituserenvironment", "refused"},
    {"7.8 8.0 8.4 9.2-debian 10.5", "PermitUserEnvironment LANG*\n", "permituserenvironment", "LANG*"},
    {"8.3 8.4 9.2-debian 10.5", "IgnoreRhosts shosts-only\n", "ignorerhosts", "shosts-only"},
    {"7.4 8.0 8.2", "IgnoreRhosts shosts-only\n", "ignorerhosts", "refused"},
};

// convtime() of misc.c: 7.5 to 8.3 a number without unit has that of the one before it, and up to 8.4 what an int does
// not hold is cut to 32 bits. From 9.8 on nothing but digits; from 10.3 on fractions of seconds, and seconds once.
const Rows time_rows = {
    {all_sshds, "LoginGraceTime 1h30m\n", "logingracetime", "5400"},
    {all_sshds, "LoginGraceTime 1W2D\n", "logingracetime", "777600"},
    {all_sshds, "LoginGraceTime 0\n", "logingracetime", "0"},
    {all_sshds, "LoginGraceTime -1\n", "logingracetime", "refused"},
    {all_sshds, "LoginGraceTime 1x\n", "logingracetime", "refused"},
    {all_sshds, "LoginGraceTime m\n", "logingracetime", "refused"},
    {"7.4", "LoginGraceTime 1m30\n", "logingracetime", "90"},
    {"7.5 7.9 8.0 8.0-rhel 8.3", "LoginGraceTime 1m30\n", "logingracetime", "1860"},
    {"8.4 8.7 9.2-debian 9.9p1 10.5", "LoginGraceTime 1m30\n", "logingracetime", "90"},
    {"7.5 8.0", "LoginGraceTime 1m30s\n", "logingracetime", "1860"},
    {"8.4 9.6 10.5", "LoginGraceTime 1m30s\n", "logingracetime", "90"},
    {"7.5 8.0 8.4", "LoginGraceTime 4294967296\n", "logingracetime", "0"},
    {"8.7 9.6 10.0p2 10.5", "LoginGraceTime 4294967296\n", "logingracetime", "refused"},
    {all_sshds, "LoginGraceTime 2147483647\n", "logingracetime", "2147483647"},
    {"8.7 9.6 10.0p2 10.5", "LoginGraceTime 2147483648\n", "logingracetime", "refused"},
    {"8.0 8.4 8.7 9.6 9.7", "LoginGraceTime \" +5\"\n", "logingracetime", "5"},
    {"9.8 9.9p1 10.0p2 10.5", "LoginGraceTime \" +5\"\n", "logingracetime", "refused"},
    {"8.0 8.4 9.6 9.7", "LoginGraceTime \" 5\"\n", "logingracetime", "5"},
    {"9.8 9.9p1 10.0p2 10.5", "LoginGraceTime \" 5\"\n", "logingracetime", "refused"},
    {"8.4 9.6 9.9p1 10.0p2", "LoginGraceTime 10s5\n", "logingracetime", "15"},
    {"10.3 10.5", "LoginGraceTime 10s5\n", "logingracetime", "refused"},
    {"8.4 9.6 9.9p1 10.0p2", "LoginGraceTime 1.5\n", "logingracetime", "refused"},
    {"10.3 10.5", "LoginGraceTime 1m1.5\n", "logingracetime", "61"},
    {"10.3 10.5", "LoginGraceTime 1.5m\n", "logingracetime", "refused"},
};

// a2port(): names of services from 7.9 on.
const Rows port_rows = {
    {all_sshds, "Port 65535\n", "port", "65535"}, {all_sshds, "Port 65536\n", "port", "refused"},
    {all_sshds, "Port 0\n", "port", "refused"},   {all_sshds, "Port nonsense\n", "port", "refused"},
    {"7.4 7.8", "Port ssh\n", "port", "refused"}, {"7.9 8.0 8.4 9.2-debian 10.5", "Port ssh\n", "port", "22"},
};

// tilde_expand_filename(), called with root's uid; tilde_expand() from 8.9 on. "~nobody" without a slash was root's
// file of that name until then.
const Rows home_rows = {
    {all_sshds, "AuthorizedKeysFile ~/a ~nobody/b c\n", "authorizedkeysfile", "/root/a /nonexistent/b c"},
    {all_sshds, "AuthorizedKeysFile ~missing/a\n", "authorizedkeysfile", "refused"},
    {all_sshds, "AuthorizedPrincipalsFile ~/a\n", "authorizedprincipalsfile", "/root/a"},
    {all_sshds, "Banner ~/a\n", "banner", "/root/a"},
    {all_sshds, "Banner a\n", "banner", "//a"},
    {all_sshds, "ChrootDirectory ~/a\n", "chrootdirectory", "~/a"},
    {"8.0 8.4 8.7 8.8", "AuthorizedKeysFile ~nobody\n", "authorizedkeysfile", "/root/nobody"},
    {"8.9 9.2-debian 10.5", "AuthorizedKeysFile ~nobody\n", "authorizedkeysfile", "/nonexistent/"},
    {"8.0 8.4 8.7 8.8", "AuthorizedKeysFile ~//a\n", "authorizedkeysfile", "/root//a"},
    {"8.9 9.2-debian 10.5", "AuthorizedKeysFile ~//a\n", "authorizedkeysfile", "/root/a"},
};

// The commands need a user; AuthorizedPrincipalsCommand, 8.7 to 9.3, asks whether AuthorizedKeysCommand is set.
const Rows command_rows = {
    {all_sshds, "AuthorizedKeysCommand /bin/a\n", "authorizedkeyscommand", "refused"},
    {all_sshds, "AuthorizedKeysCommand /bin/a  %u\nAuthorizedKeysCommandUser nobody\n", "authorizedkeyscommand",
     "/bin/a  %u"},
    {all_sshds, "AuthorizedKeysCommand a\nAuthorizedKeysCommandUser nobody\n", "authorizedkeyscommand", "refused"},
    {all_sshds, "AuthorizedKeysCommand NONE\n", "authorizedkeyscommand", "NONE"},
    {"8.0 8.4 9.6 10.5",
     "AuthorizedPrincipalsCommand /a\nAuthorizedPrincipalsCommand /b\nAuthorizedPrincipalsCommandUser nobody\n",
     "authorizedprincipalscommand", "/a"},
    {"8.7 8.9 9.2-debian 9.3",
     "AuthorizedPrincipalsCommand /a\nAuthorizedPrincipalsCommand /b\nAuthorizedPrincipalsCommandUser nobody\n",
     "authorizedprincipalscommand", "/b"},
    {"8.7 8.9 9.2-debian 9.3", "AuthorizedKeysCommand none\nAuthorizedPrincipalsCommand /a\n",
     "authorizedprincipalscommand", "none"},
    {"8.4 9.6 10.5",
     "AuthorizedKeysCommand none\nAuthorizedPrincipalsCommand /a\nAuthorizedPrincipalsCommandUser nobody\n",
     "authorizedprincipalscommand", "/a"},
};

// "any" must be alone: on its line from 9.7 on, among all that is set up to 9.6.
const Rows method_rows = {
    {all_sshds, "", "authenticationmethods", "any"},
    {all_sshds, "AuthenticationMethods any\n", "authenticationmethods", "any"},
    {all_sshds, "AuthenticationMethods any publickey\n", "authenticationmethods", "refused"},
    {all_sshds, "AuthenticationMethods publickey any\n", "authenticationmethods", "refused"},
    {all_sshds, "AuthenticationMethods publickey,keyboard-interactive:pam password\n", "authenticationmethods",
     "publickey,keyboard-interactive:pam password"},
    {all_sshds, "AuthenticationMethods publickey,nonsense\n", "authenticationmethods", "refused"},
    {all_sshds, "AuthenticationMethods hostbased\n", "authenticationmethods", "refused"},
    {all_sshds, "AuthenticationMethods hostbased publickey\n", "authenticationmethods", "hostbased publickey"},
    {old_sshds, "AuthenticationMethods publickey\nAuthenticationMethods any\n", "authenticationmethods", "publickey"},
    {"8.7 8.9 9.2-debian 9.6", "AuthenticationMethods publickey\nAuthenticationMethods any\n", "authenticationmethods",
     "refused"},
    {"9.7 9.9p1 10.0p2 10.5", "AuthenticationMethods publickey\nAuthenticationMethods any\n", "authenticationmethods",
     "publickey"},
    // Before 8.7 this starts (sshd -t), and ends each connection: see config_match_test.cc.
    {old_sshds, "AuthenticationMethods publickey\nAuthenticationMethods nonsense\n", "authenticationmethods",
     "publickey"},
    {new_sshds, "AuthenticationMethods publickey\nAuthenticationMethods nonsense\n", "authenticationmethods",
     "refused"},
    {"8.7 9.2-debian 9.6", "AuthenticationMethods any\nAuthenticationMethods any\n", "authenticationmethods",
     "refused"},
    {"8.4 9.7 10.5", "AuthenticationMethods any\nAuthenticationMethods any\n", "authenticationmethods", "any"},
};

// strdelimw() before 8.7: words of SetEnv end at blanks only. A name counts once on a line from 9.1 on.
const Rows list_rows = {
    {"7.8 8.0 8.4 8.6 8.7 9.2-debian 10.5", "SetEnv A=1 B=2=3\n", "setenv", "A=1|B=2=3"},
    {"7.8 8.0 8.4 8.6 8.7 9.2-debian 10.5", "SetEnv A=\"x y\"\n", "setenv", "A=x y"},
    {"8.0 8.4 8.6", "SetEnv A='x y'\n", "setenv", "refused"},
    {"8.7 9.2-debian 10.5", "SetEnv A='x y'\n", "setenv", "A=x y"},
    {"8.0 8.4 8.7 10.5", "SetEnv A\n", "setenv", "refused"},
    {"7.4 7.7", "SetEnv A=1\n", "port", "refused"},
    {"8.0 8.4 8.9 9.0", "SetEnv A=1 A=2\n", "setenv", "A=1|A=2"},
    {"9.1 9.2-debian 9.6 10.5", "SetEnv A=1 A=2\n", "setenv", "A=1"},
    {"7.4 8.0 8.4 9.2-debian 10.0p2", "RevokedKeys /a /b\n", "revokedkeys", "refused"},
    {"10.3 10.5", "RevokedKeys /a /b\n", "revokedkeys", "/a /b"},
    {"10.3 10.5", "RevokedKeys none /b\n", "revokedkeys", "refused"},
    {"8.0 9.2-debian 10.0p2", "RevokedKeys none\n", "revokedkeys", "none"},
    {"10.3 10.5", "RevokedKeys none\n", "revokedkeys", ""},
    {"8.0 8.4 9.2-debian 10.0p2", "AuthorizedKeysFile none a\n", "authorizedkeysfile", "none a"},
    {"10.3 10.5", "AuthorizedKeysFile none a\n", "authorizedkeysfile", "refused"},
    {"8.0 8.4 9.2-debian 10.0p2", "AuthorizedKeysFile none\n", "authorizedkeysfile", "none"},
    {"10.3 10.5", "AuthorizedKeysFile none\n", "authorizedkeysfile", ""},
    {"8.4 9.2-debian 10.5", "PubkeyAuthOptions verify-required none Touch-Required\n", "pubkeyauthoptions",
     "touch-required verify-required"},
    // match_user(NULL, NULL, NULL, ...): the host behind an @ must be a good list of addresses; the last @ from 9.9 on.
    {all_sshds, "AllowUsers a@10.0.0.1/8\n", "allowusers", "refused"},
    {all_sshds, "AllowUsers a@10.0.0.0/8,*.org\n", "allowusers", "a@10.0.0.0/8,*.org"},
    {"8.0 8.4 9.2-debian 9.7", "AllowUsers a@,@*\n", "allowusers", "refused"},
    {"9.9p1 10.0p2 10.5", "AllowUsers a@,@*\n", "allowusers", "a@,@*"},
};

std::string many(const std::string& line, int count) {
  std::string text;
  for (int i = 0; i < count; ++i) text += line + "\n";
  return text;
}

// MAX_PORTS; MAX_ALLOW_USERS, MAX_AUTHKEYS_FILES and their like until 7.6.
const Rows limit_rows = {
    {all_sshds, many("Port 22", 257) + "PermitTTY no\n", "permittty", "refused"},
    {all_sshds, many("Port 22", 256) + "PermitTTY no\n", "permittty", "no"},
    {"7.4 7.6", many("AllowUsers a", 257) + "PermitTTY no\n", "permittty", "refused"},
    {"7.4 7.6", many("DenyGroups a", 257) + "PermitTTY no\n", "permittty", "refused"},
    {"7.4 7.6", many("AllowUsers a", 256) + "PermitTTY no\n", "permittty", "no"},
    {"7.7 8.0 8.4 9.2-debian 10.5", many("AllowUsers a", 257) + "PermitTTY no\n", "permittty", "no"},
};

// sshd.c: options of -o come before the file, without a Match or an Include; the first -p switches all Port lines off.
const Rows override_rows = {
    {all_sshds, "PermitTTY yes\n", "permittty", "no", {"PermitTTY no"}},
    {all_sshds, "PermitTTY yes\n", "permittty", "no", {"PermitTTY=no"}},
    {all_sshds, "AllowUsers b\n", "allowusers", "a|b", {"AllowUsers a"}},
    {all_sshds, "Port 24\n", "port", "23|24", {"Port 23"}},
    {all_sshds, "Port 24\n", "port", "23|25", {}, {23, 25}},
    {all_sshds, "", "port", "refused", {"Nonsense yes"}},
    {all_sshds, "", "port", "refused", {"Match all"}},
    {"8.2 8.4 9.2-debian 10.5", "", "port", "refused", {"Include /nothing"}},
    {new_sshds, "", "banner", "/a#b", {"Banner /a#b"}},
    {"8.0 8.4", "", "banner", "/a#b", {"Banner /a#b"}},
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

ConfigHost usual_host() {
  static const std::map<std::string, std::string> homes = {
      {"", "/root"}, {"root", "/root"}, {"nobody", "/nonexistent"}};
  ConfigHost host;
  host.home_of = [](const std::string& user) {
    const auto found = homes.find(user);
    return found == homes.end() ? std::nullopt : std::optional(found->second);
  };
  host.port_of = [](const std::string& name) { return name == "ssh" ? std::optional(22) : std::nullopt; };
  return host;
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
  const auto config = parse_sshd_config({"/c", row.text}, {row.options, row.ports}, usual_host(), version_of(sshd));
  return config.faults.empty() ? shown(evaluate(config, {}).settings, row.keyword) : "refused";
}

void expect_all(const Rows& rows) {
  for (const auto& row : rows) {
    std::istringstream sshds(row.sshds);
    for (std::string sshd; sshds >> sshd;) {
      EXPECT_EQ(outcome(row, sshd), row.values) << sshd << ": " << row.text.substr(0, 100);
    }
  }
}

TEST(SshdConfig, IsReadAsEachVersionReadsComments) { expect_all(comment_rows); }
TEST(SshdConfig, IsReadAsEachVersionReadsQuotes) { expect_all(quote_rows); }
TEST(SshdConfig, IsReadAsEachVersionReadsEqualsSigns) { expect_all(equals_rows); }
TEST(SshdConfig, IsReadAsEachVersionCountsArguments) { expect_all(argument_rows); }
TEST(SshdConfig, IsReadAsEachVersionReadsBytes) { expect_all(byte_rows); }
TEST(SshdConfig, HadShortLinesOnce) { expect_all(length_rows); }
TEST(SshdConfig, TakesTheFirstLineOrAllOfThem) { expect_all(order_rows); }
TEST(SshdConfig, HasKeywordsAndDefaultsOfItsVersion) { expect_all(default_rows); }
TEST(SshdConfig, HasTimesOfItsVersion) { expect_all(time_rows); }
TEST(SshdConfig, HasPortsAndServices) { expect_all(port_rows); }
TEST(SshdConfig, KnowsHomes) { expect_all(home_rows); }
TEST(SshdConfig, HasCommandsWithTheirUsers) { expect_all(command_rows); }
TEST(SshdConfig, HasMethodsOfItsVersion) { expect_all(method_rows); }
TEST(SshdConfig, HasListsOfItsVersion) { expect_all(list_rows); }
TEST(SshdConfig, HasLimitsOfItsVersion) { expect_all(limit_rows); }
TEST(SshdConfig, ComesBehindTheCommandLine) { expect_all(override_rows); }

}  // namespace
}  // namespace sshaudit
