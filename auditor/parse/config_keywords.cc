// SPDX-License-Identifier: MIT
#include "parse/config_keywords.h"

#include "parse/pattern.h"

namespace sshaudit {
namespace {

using A = ConfigArgument;

constexpr int bit(Vendor vendor) { return 1 << static_cast<int>(vendor); }
constexpr int upstream = bit(Vendor::upstream);
constexpr int debian = bit(Vendor::debian) | bit(Vendor::ubuntu);
constexpr int rhel = bit(Vendor::rhel);
constexpr int distributions = debian | rhel;  // built with Kerberos and GSSAPI

constexpr bool global = false;
constexpr bool anywhere = true;
constexpr bool shown = true;
constexpr bool hidden = false;
constexpr unsigned newest = ~0U;

constexpr ConfigKeyword keywords[] = {
    {"port", A::ports, global, shown, "22"},
    {"usepam", A::flag, global, shown, "no"},
    {"pamservicename", A::word, anywhere, shown, "sshd", 908},
    {"logingracetime", A::time, global, shown, "120"},
    {"maxauthtries", A::integer, anywhere, shown, "6"},
    {"maxsessions", A::integer, anywhere, shown, "10"},
    {"requiredrsasize", A::integer, anywhere, shown, "1024", 901},
    {"requiredrsasize", A::integer, anywhere, shown, "1024", 807, 900, rhel},
    {"permitrootlogin", A::permit_root_login, anywhere, shown, "yes", 0, 704, rhel},
    {"permitrootlogin", A::permit_root_login, anywhere, shown, "prohibit-password"},
    {"ignorerhosts", A::ignore_rhosts, anywhere, shown, "yes", 803},
    {"ignorerhosts", A::flag, global, shown, "yes", 0, 802},
    {"ignoreuserknownhosts", A::flag, global, shown, "no"},
    {"hostbasedauthentication", A::flag, anywhere, shown, "no"},
    {"hostbasedusesnamefrompacketonly", A::flag, anywhere, shown, "no"},
    {"pubkeyauthentication", A::flag, anywhere, shown, "yes"},
    {"kerberosauthentication", A::flag, anywhere, shown, "no", 0, newest, distributions},
    {"gssapiauthentication", A::flag, anywhere, shown, "no", 0, newest, distributions},
    {"passwordauthentication", A::flag, anywhere, shown, "yes"},
    {"kbdinteractiveauthentication", A::flag, anywhere, shown, "yes", 807},
    {"kbdinteractiveauthentication", A::flag, anywhere, shown, "no", 0, 806},
    {"challengeresponseauthentication", A::flag, global, shown, "yes", 0, 806},
    {"permittty", A::flag, anywhere, shown, "yes"},
    {"permituserrc", A::flag, anywhere, shown, "yes"},
    {"strictmodes", A::flag, global, shown, "yes"},
    {"permitemptypasswords", A::flag, anywhere, shown, "no"},
    {"usedns", A::flag, global, shown, "yes", 0, 704, rhel},
    {"usedns", A::flag, global, shown, "no"},
    {"exposeauthinfo", A::flag, anywhere, shown, "no", 706},
    {"refuseconnection", A::flag, anywhere, shown, "no", 909},
    {"banner", A::file, anywhere, shown, "none"},
    {"forcecommand", A::rest_of_line, anywhere, shown, "none"},
    {"chrootdirectory", A::word, anywhere, shown, "none"},
    {"trustedusercakeys", A::file, anywhere, shown, "none"},
    {"revokedkeys", A::file, anywhere, shown, "none", 0, 1002},
    {"authorizedprincipalsfile", A::home_word, anywhere, shown, "none"},
    {"authorizedkeyscommand", A::keys_command, anywhere, shown, "none"},
    {"authorizedkeyscommanduser", A::word, anywhere, shown, "none"},
    {"authorizedprincipalscommand", A::principals_command, anywhere, shown, "none"},
    {"authorizedprincipalscommanduser", A::word, anywhere, shown, "none"},
    {"casignaturealgorithms", A::ca_algorithms, anywhere, shown, "", 709},
    {"hostbasedacceptedkeytypes", A::hostbased_algorithms, anywhere, shown, "", 0, 804},
    {"hostbasedacceptedalgorithms", A::hostbased_algorithms, anywhere, shown, "", 805},
    {"pubkeyacceptedkeytypes", A::pubkey_algorithms, anywhere, shown, "", 0, 804},
    {"pubkeyacceptedalgorithms", A::pubkey_algorithms, anywhere, shown, "", 805},
    {"loglevel", A::log_level, anywhere, shown, "INFO", 706},
    {"loglevel", A::log_level, global, shown, "INFO", 0, 705},
    {"syslogfacility", A::log_facility, global, shown, "AUTH"},
    {"authorizedkeysfile", A::home_words, anywhere, shown, ".ssh/authorized_keys .ssh/authorized_keys2"},
    {"revokedkeys", A::files, anywhere, shown, "", 1003},
    {"allowusers", A::users, anywhere, shown},
    {"denyusers", A::users, anywhere, shown},
    {"allowgroups", A::groups, anywhere, shown},
    {"denygroups", A::groups, anywhere, shown},
    {"acceptenv", A::accept_env, anywhere, shown},
    {"setenv", A::set_env, anywhere, shown, "", 708},
    {"authenticationmethods", A::methods, anywhere, shown, "any"},
    {"permituserenvironment", A::user_environment, global, shown, "no"},
    {"pubkeyauthoptions", A::pubkey_auth_options, anywhere, shown, "none", 802},
    {"pubkeyacceptedkeytypes", A::pubkey_algorithms, anywhere, hidden, "", 805, newest, 0, "pubkeyacceptedalgorithms"},
    {"hostbasedacceptedkeytypes", A::hostbased_algorithms, anywhere, hidden, "", 805, newest, 0,
     "hostbasedacceptedalgorithms"},
    {"dsaauthentication", A::flag, global, hidden, "", 0, newest, 0, "pubkeyauthentication"},
    {"challengeresponseauthentication", A::flag, anywhere, hidden, "", 807, newest, 0, "kbdinteractiveauthentication"},
    {"skeyauthentication", A::flag, anywhere, hidden, "", 807, newest, 0, "kbdinteractiveauthentication"},
    {"skeyauthentication", A::flag, global, hidden, "", 0, 707, 0, "challengeresponseauthentication"},
    {"skeyauthentication", A::ignored, global, hidden, "", 708, 806},
    {"rsaminsize", A::integer, anywhere, hidden, "", 807, newest, rhel, "requiredrsasize"},
    {"printmotd", A::flag},
    {"printlastlog", A::flag},
    {"tcpkeepalive", A::flag},
    {"keepalive", A::flag},
    {"x11forwarding", A::flag, anywhere},
    {"x11uselocalhost", A::flag, anywhere},
    {"allowagentforwarding", A::flag, anywhere},
    {"disableforwarding", A::flag, anywhere},
    {"streamlocalbindunlink", A::flag, anywhere},
    {"allowtcpforwarding", A::forwarding, anywhere},
    {"allowstreamlocalforwarding", A::forwarding, anywhere},
    {"gatewayports", A::gateway_ports, anywhere},
    {"permittunnel", A::tunnel, anywhere},
    {"compression", A::compression},
    {"addressfamily", A::address_family},
    {"x11displayoffset", A::integer, anywhere},
    {"clientalivecountmax", A::integer, anywhere},
    {"clientaliveinterval", A::time, anywhere},
    {"xauthlocation", A::file},
    {"pidfile", A::file},
    {"modulifile", A::file, global, hidden, "", 806},
    {"hostcertificate", A::file},
    {"sshdsessionpath", A::file, global, hidden, "", 908},
    {"sshdauthpath", A::file, global, hidden, "", 1000},
    {"hostkey", A::host_key},
    {"hostdsakey", A::host_key},
    {"hostkeyagent", A::host_key_agent},
    {"listenaddress", A::listen_address},
    {"hostkeyalgorithms", A::host_key_algorithms},
    {"ciphers", A::ciphers},
    {"macs", A::macs},
    {"kexalgorithms", A::kex_algorithms},
    {"logverbose", A::log_verbose, anywhere, hidden, "", 805},
    {"subsystem", A::subsystem, anywhere, hidden, "", 905},
    {"subsystem", A::subsystem, global, hidden, "", 0, 904},
    {"maxstartups", A::max_startups},
    {"persourcemaxstartups", A::source_max_startups, global, hidden, "", 805},
    {"persourcenetblocksize", A::source_block_size, global, hidden, "", 805},
    {"persourcepenalties", A::source_penalties, global, hidden, "", 908},
    {"persourcepenaltyexemptlist", A::address_patterns, global, hidden, "", 908},
    {"permitopen", A::permit_open, anywhere},
    {"permitlisten", A::permit_listen, anywhere, hidden, "", 708},
    {"ipqos", A::quality_of_service, anywhere},
    {"rekeylimit", A::rekey_limit, anywhere},
    {"streamlocalbindmask", A::octal_mode, anywhere},
    {"fingerprinthash", A::digest},
    {"rdomain", A::routing_domain, anywhere, hidden, "", 707},
    {"channeltimeout", A::channel_timeout, anywhere, hidden, "", 902},
    {"unusedconnectiontimeout", A::unused_timeout, anywhere, hidden, "", 902},
    {"securitykeyprovider", A::security_key_provider, global, hidden, "", 802},
    {"versionaddendum", A::version_addendum},
    {"include", A::include, anywhere, hidden, "", 802},
    {"include", A::include, anywhere, hidden, "", 800, 801, rhel},
    {"match", A::match, anywhere},
    {"kerberosorlocalpasswd", A::flag, global, hidden, "", 0, newest, distributions},
    {"kerberosticketcleanup", A::flag, global, hidden, "", 0, newest, distributions},
    {"gssapicleanupcredentials", A::flag, global, hidden, "", 0, newest, distributions},
    {"gssapicleanupcreds", A::flag, global, hidden, "", 0, newest, distributions},
    {"gssapistrictacceptorcheck", A::flag, global, hidden, "", 0, newest, distributions},
    {"gssapikeyexchange", A::flag, global, hidden, "", 0, newest, distributions},
    {"gssapistorecredentialsonrekey", A::flag, global, hidden, "", 0, newest, distributions},
    {"gssapikexalgorithms", A::gss_kex_algorithms, global, hidden, "", 0, newest, distributions},
    {"gssapidelegatecredentials", A::flag, global, hidden, "", 1003, newest, distributions},
    {"debianbanner", A::flag, global, hidden, "", 0, newest, debian},
    {"permitblacklistedkeys", A::ignored, global, hidden, "", 0, newest, debian},
    {"gssapienablek5users", A::flag, anywhere, hidden, "", 0, newest, rhel},
    {"kerberosusekuserok", A::flag, anywhere, hidden, "", 0, newest, rhel},
    {"kerberosuniqueccache", A::flag, global, hidden, "", 0, newest, rhel},
    {"x11maxdisplays", A::integer, anywhere, hidden, "", 800, newest, rhel},
    {"showpatchlevel", A::flag, global, hidden, "", 0, 704, rhel},
    {"exposeauthenticationmethods", A::ignored, anywhere, hidden, "", 0, 704, rhel},
    {"canonicalmatchuser", A::flag, global, hidden, "", 909, newest, rhel},
    {"kerberosauthentication", A::ignored, anywhere, hidden, "", 0, newest, upstream},
    {"gssapiauthentication", A::ignored, anywhere, hidden, "", 0, newest, upstream},
    {"kerberosorlocalpasswd", A::ignored, global, hidden, "", 0, newest, upstream},
    {"kerberosticketcleanup", A::ignored, global, hidden, "", 0, newest, upstream},
    {"gssapicleanupcredentials", A::ignored, global, hidden, "", 0, newest, upstream},
    {"gssapistrictacceptorcheck", A::ignored, global, hidden, "", 0, newest, upstream},
    {"gssapidelegatecredentials", A::ignored, global, hidden, "", 1003, newest, upstream},
    {"kerberosgetafstoken", A::ignored},
    {"kerberostgtpassing", A::ignored},
    {"afstokenpassing", A::ignored},
    {"serverkeybits", A::ignored},
    {"keyregenerationinterval", A::ignored},
    {"rhostsauthentication", A::ignored},
    {"checkmail", A::ignored},
    {"verifyreversemapping", A::ignored},
    {"reversemappingcheck", A::ignored},
    {"protocol", A::ignored},
    {"uselogin", A::ignored},
    {"rhostsrsaauthentication", A::ignored, anywhere},
    {"rsaauthentication", A::ignored, anywhere},
    {"authorizedkeysfile2", A::ignored, anywhere},
    {"pamauthenticationviakbdint", A::ignored, global, hidden, "", 0, 1003},
    {"useprivilegeseparation", A::ignored, global, hidden, "", 705},
    {"useprivilegeseparation", A::word, global, hidden, "", 0, 704},
};

}  // namespace

std::span<const ConfigKeyword> config_keywords() { return keywords; }

unsigned version_number(const SshdVersion& version) {
  return version.major == 0 ? ~0U : 100 * static_cast<unsigned>(version.major) + static_cast<unsigned>(version.minor);
}

bool is_known(const ConfigKeyword& keyword, const SshdVersion& version) {
  const auto number = version_number(version);
  return keyword.since <= number && number <= keyword.until &&
         (keyword.vendors == 0 || (keyword.vendors & bit(version.vendor)) != 0);
}

std::optional<std::size_t> find_config_keyword(std::string_view written, const SshdVersion& version) {
  const auto name = lower_case(written);
  for (std::size_t i = 0; i < std::size(keywords); ++i) {
    if (keywords[i].name == name && is_known(keywords[i], version)) return i;
  }
  return std::nullopt;
}

}  // namespace sshaudit
