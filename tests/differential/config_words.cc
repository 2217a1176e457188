// SPDX-License-Identifier: MIT
// What the generated configurations say: the keywords of sshd_config(5) with values, and rules that the values name.
#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>

#include "differential/config_generator.h"

namespace sshaudit::differential {
namespace {

struct Rule {
  std::string_view name;
  std::string_view text;
};

constexpr std::array rules = {
    Rule{"flag", "yes|no|yes|no|yes|no|YES|No"},
    Rule{"badflag", "maybe|1|on|true|false|true|off|y|yess|none|yes,no|delayed"},
    Rule{"int", "0|1|2|3|5|6|10|100|007|2147483647"},
    Rule{"badint", "-1|x|1x|0x10|99999999999|2147483648|+|1.5|-0|3 3"},
    Rule{"time", "0|30|120|2m|1h30m|1H|1w2d3h4m5s|90s|600|1m30|2M5S|010"},
    Rule{"badtime", "1x|m|-1|1h-30m|99999999999999999999|0x10|1.5h|1m m|none|4000000000|3600w|h1|2147483647w|+5"},
    Rule{"port", "22|2222|22|8022|65535|0022"},
    Rule{"badport", "0|-1|65536|ssh2|22x|x|22,23|22-25|+22"},
    Rule{"user", "alice|bob|carol|dave|alice|bob|root|nobody|ghost"},
    Rule{"userpat", "<user>|<user>|<user>|<user>|a*|?ob|*|*a*|!<user>|!d*|d?ve|Alice|*o*|a#b|ali\\ce|é*"},
    Rule{"userhost", "<user>@<hostpat>|*@<cidr>|<user>@<cidr>|!<user>@<cidr>|<user>@10.1.2.?|@<host>|a@b@<host>"},
    Rule{"users", "<userpat>|<userpat> <userpat>|<userpat> <userhost>|<userhost>|<user> <user> <userpat> <userpat>"},
    Rule{"userlist", "<userpat>|<user>|<userpat>,<userpat>|*,!<user>|!<user>,*|<user>,<userpat>,<userpat>|*,!a*,!b*"},
    Rule{"group", "staff|wheel|devs|sftponly|staff|devs|alice|root|nogroup|nosuch"},
    Rule{"grouppat", "<group>|<group>|<group>|s*|*|!<group>|w?eel|STAFF|d*"},
    Rule{"groups", "<grouppat>|<grouppat> <grouppat>|<group> <group> <grouppat>"},
    Rule{"grouplist", "<grouppat>|<group>|<grouppat>,<grouppat>|*,!<group>|!<group>,*|<group>,<group>,<grouppat>"},
    Rule{"host", "host.example.org|gate.example.com|localhost|HOST.Example.Org"},
    Rule{"hostpat", "<host>|*.example.org|*.example.com|HOST.*|192.0.2.*|10.*|!*.example.org|2001:*|host.*.org|*"},
    Rule{"hostlist", "<hostpat>|<hostpat>,<hostpat>|*,!<host>|!<hostpat>,*|*.org,!gate*"},
    Rule{"cidr",
         "10.0.0.0/8|192.0.2.0/24|192.0.2.7|192.0.2.7/32|2001:db8::/32|2001:db8::5|2001:db8::/64|0.0.0.0/0|::/0|"
         "10.1.2.3|10.1.2.2/31|172.16.0.0/12|2001:db8::5/128|::ffff:10.1.2.3|::ffff:0:0/96|127.0.0.1|2001:DB8::/32"},
    Rule{"badcidr",
         "10.0.0.1/8|192.0.2.0/33|2001:db8::/129|192.0.2.7/|10.0.0.0/a|/8|10.0.0.0/-1|2001:db8::5/32|10.1.2.3/31|"
         "192.0.2.0/24/24|10.0.0/8|10.0.0.0/08x|10.0.0.0/+8|2001:db8:::/32|[2001:db8::5]|192.0.2.256/32"},
    Rule{"addrlist",
         "<cidr>|<cidr>|<cidr>,<cidr>|!<cidr>,<cidr>|10.1.*|*|*,!192.0.2.7|10.1.2.?|<cidr>,10.*,!<cidr>|!<cidr>|"
         "192.0.2.0/024|2001:db8:*|10.1.2.3,!10.0.0.0/8"},
    Rule{"domains", "blue|none|b*|*,!blue|blue,red|!red,*"},
    Rule{"case", "User|user|USER|uSeR"},
    Rule{"criterion",
         "<case> <userlist>|<case> <userlist>|User <userlist>|User <userlist>|Group <grouplist>|Group <grouplist>|"
         "group <grouplist>|GROUP <group>|Host <hostlist>|host <hostlist>|Address <addrlist>|Address <addrlist>|"
         "address <addrlist>|LocalAddress <addrlist>|localaddress *|LocalPort <port>|LOCALPORT <port>|localport 2222|"
         "RDomain <domains>|User=<userlist>|group=<grouplist>|Address=<addrlist>|LocalPort=22|User <longlist>"},
    Rule{"longlist", "<long>|<long>,alice|alice,<long>|*,!<long>"},
    Rule{"long",
         "<l50><l50><l50><l50><l50><l50><l50><l50><l50><l50><l50><l50><l50><l50><l50><l50><l50><l50><l50><l50>"
         "<l20>"},
    Rule{"l50", "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwx"},
    Rule{"l20",
         "abcdefghijklmnopqrst|abcdefghijklmnopqrstu|abcdefghijklmnopqrstuv|abcdefghijklmnopqrstuvw|"
         "abcdefghijklmnopqrstuvwx|*"},
    Rule{"badmatch",
         "|<case>|Group|Address|LocalPort|Exec /bin/true|Canonical|Final|Tagged x|Invalid-User|invalid-user User alice|"
         "all User alice|User alice all|all all|all=|User=|User= alice|User =alice|User = alice|User \"\"|Group ''|"
         "Address <badcidr>|Address 10.0.0.0/8,<badcidr>|LocalAddress <badcidr>|LocalPort <badport>|LocalPort 22,2222|"
         "User alice,|User ,alice|Group staff,,devs|Address ,|User alice bob|Nosuch x|user,group alice|"
         "User \"alice|\"User alice\"|\"User\" alice|'User' alice|User alice # and bob|all # of them|all #|User # x|"
         "# x|User alice#b|User !|Address !|Host |=|= User alice|User alice, bob|Version OpenSSH*|Version=*|version *|"
         "SessionType shell|Command x|RDomain|User\talice|User alice\tGroup staff|User alice=bob|User=alice=bob|All|"
         "User a\\|User alice Address 300.1.1.1|Address <badcidr> User nosuch|User nosuch Address <badcidr>|"
         "User \"alice\"bob|User alice\"bob\"|User ali\\ ce|User \"alice bob\"|User !alice,!bob"},
    Rule{"file", "/etc/ssh/<name>|/srv/<name>|<name>|.ssh/<name>|%h/<name>|/srv/%u/<name>|~/<name>|~root/<name>"},
    Rule{"abs", "/etc/ssh/<name>|/srv/keys/<name>|/no/such/<name>|none|/dev/null|<dir>/<name>"},
    Rule{"rel", "<name>|./<name>|../<name>|~/<name>|~root/<name>|~nobody/<name>|NONE|None|sub/<name>"},
    Rule{"name", "keys|authorized_keys|a.b|x-1|K%%y|file_2|keys2"},
    Rule{"keyfiles",
         ".ssh/authorized_keys|.ssh/authorized_keys .ssh/authorized_keys2|/srv/keys/%u|%h/.ssh/keys|<file>|<file>|"
         "<file> <file>|<file> <file> <file>|/etc/ssh/keys/%u .ssh/authorized_keys|/srv/%U/k|/srv/*/k|~alice/k"},
    Rule{"command",
         "/usr/bin/keys %u|/usr/bin/keys|/usr/bin/keys  %u   %k|/usr/bin/keys %u # not a comment|none|NONE|"
         "/usr/bin/keys \"a b\" 'c' \\d|/usr/bin/keys --user=%u"},
    Rule{"localuser", "nobody|root|%u|alice|ghost|none"},
    Rule{"keyalg",
         "ssh-ed25519|rsa-sha2-512|rsa-sha2-256|ecdsa-sha2-nistp256|ssh-rsa|sk-ssh-ed25519@openssh.com|"
         "ssh-ed25519-cert-v01@openssh.com|ecdsa-sha2-nistp521"},
    Rule{"plainalg", "ssh-ed25519|rsa-sha2-512|rsa-sha2-256|ecdsa-sha2-nistp256|ssh-rsa|ecdsa-sha2-nistp521"},
    Rule{"keyalgs",
         "<keyalg>|<keyalg>,<keyalg>|+<keyalg>|-<keyalg>|^<keyalg>|-*|-ecdsa*|+ssh-rsa*|ssh-*|rsa-*,ssh-ed*|"
         "^<keyalg>,<keyalg>|+<keyalg>,<keyalg>|-ssh-*,rsa*|-*nistp*|^rsa-*|-nosuch|*|ssh-?d25519|*,!ssh-rsa*|"
         "<keyalg>,<keyalg>,<keyalg>|-*cert*|+ssh-ed25519"},
    Rule{"plainalgs",
         "<plainalg>|<plainalg>,<plainalg>|+<plainalg>|-<plainalg>|^<plainalg>|-ecdsa*|ssh-*|^<plainalg>,<plainalg>|"
         "-rsa*,sk*|-*nistp*|*ed25519"},
    Rule{"badalgs",
         "nosuch|+|^|-|,|<keyalg>,nosuch|ssh-ed25519,,ssh-rsa|+nosuch|^nosuch|!*|+-ssh-rsa|<keyalg>,|Ssh-rsa"},
    Rule{"cipher", "aes128-ctr|aes256-ctr|aes256-gcm@openssh.com|chacha20-poly1305@openssh.com|aes192-ctr"},
    Rule{"ciphers",
         "<cipher>|<cipher>,<cipher>|+aes128-cbc|-<cipher>|^<cipher>|-aes*|^aes256-ctr,aes128-ctr|+3des-cbc"},
    Rule{"mac", "hmac-sha2-256|hmac-sha2-512|umac-64@openssh.com|hmac-sha1|hmac-sha2-256-etm@openssh.com"},
    Rule{"macs", "<mac>|<mac>,<mac>|+hmac-md5|-<mac>|^<mac>|-umac*|-*etm*"},
    Rule{"kex", "curve25519-sha256|ecdh-sha2-nistp256|diffie-hellman-group14-sha256|diffie-hellman-group16-sha512"},
    Rule{"kexs", "<kex>|<kex>,<kex>|+diffie-hellman-group14-sha1|-<kex>|^<kex>|-ecdh*"},
    Rule{"method",
         "publickey|publickey|password|publickey,password|publickey,keyboard-interactive|publickey,publickey|"
         "keyboard-interactive:pam|publickey,keyboard-interactive:bsdauth|keyboard-interactive|hostbased,publickey"},
    Rule{"qos", "lowdelay|throughput|af11|cs1|ef|0x10|0|none|reliability|AF42|8|63|le|CS7"},
    Rule{"openhost", "192.0.2.1|host.example.org|*|localhost|[::1]|[2001:db8::1]|127.0.0.1"},
    Rule{"open", "<openhost>:80|<openhost>:*|<openhost>:65535|host:443"},
    Rule{"listen", "8080|<openhost>:8080|*|*:22|<openhost>:*"},
    Rule{"channel", "session|x11-connection|agent-connection|*|direct-tcpip|session:*|forwarded-*"},
    Rule{"size", "1G|512M|16K|1000000|none|default|1g|4294967295|20"},
    Rule{"env", "LANG|LC_*|XMODIFIERS|A?|TERM|*|X_Y"},
    Rule{"setenv", "LANG=C|A=b|FOO=|X=y=z|P=/a:/b|A=\"b c\"|B='c'|\"Q=r s\"|E=a#b|LANG=de_DE.UTF-8|A=1|\"A=2\""},
    Rule{
        "listenaddress",
        "192.0.2.1|192.0.2.1:2222|[2001:db8::1]:22|2001:db8::1|0.0.0.0|::|127.0.0.1|[::1]|[127.0.0.1]:8022|0.0.0.0:22"},
    Rule{"subsystem",
         "sftp internal-sftp|sftp /usr/lib/openssh/sftp-server|sftp internal-sftp -l INFO -f AUTH|"
         "netconf /usr/bin/netconf  x|x1 /bin/x \"a b\"|x2 \"/bin/x y\" z|x3 /bin/x # comment|X4 a|sub=sys /bin/x"},
    Rule{"forced",
         "internal-sftp|internal-sftp -d /srv|/bin/date|echo \"a  b\"|echo 'it''s'|none|NONE|/bin/sh -c \"exit 1\"|"
         "echo a # not a comment|/bin/x=y|a\tb|é|none none|\"/bin/date\"|echo a\\ b|\"/bin/a b\" c"},
    Rule{"chroot", "/srv/%u|%h|/srv/chroot|none|NONE|/|/srv/a%%b|/home/%u/x|~|/srv/%U"},
    Rule{"addendum", "none|NONE|Debian|a  b c|x # y|-1|\"quoted\"|none x|a\tb|#x|é"},
    Rule{"loglevel", "INFO|QUIET|FATAL|ERROR|VERBOSE|DEBUG|DEBUG1|DEBUG2|DEBUG3|info|Verbose"},
    Rule{"facility", "AUTH|AUTHPRIV|DAEMON|USER|LOCAL0|LOCAL7|auth|Local3"},
    Rule{"gone", "yes|no|1024|3600|2|0|sandbox|anything at all|/x|\"a b\"|x # y"},
};

constexpr std::array forms = {
    KeywordForm{"AllowUsers", 11, "mf", 0, "<users>",
                "<user>@<badcidr>|alice,bob|\"\"|alice \"\"|@|!|alice@|<user>@!<cidr>"},
    KeywordForm{"DenyUsers", 8, "mf", 0, "<users>", "<user>@<badcidr>|ok \"\" ok|!!bob|*@*@*|bob@10.0.0.0/8,bob@::/0"},
    KeywordForm{"AllowGroups", 9, "mf", 0, "<groups>", "\"\"|staff \"\"|staff,devs|staff@host"},
    KeywordForm{"DenyGroups", 6, "mf", 0, "<groups>", "\"\"|!|staff,"},
    KeywordForm{"AuthorizedKeysFile", 11, "mf", 0, "<keyfiles>|<keyfiles>|none",
                "\"\"|a \"\"|none <file>|<file> none|NONE|~ghost/k"},
    KeywordForm{"AuthenticationMethods", 6, "m", 0, "any|<method>|<method> <method>|<method> <method>",
                "any <method>|<method> "
                "any|foo|publickey,|,|none|Publickey|publickey,any|\"\"|hostbased|gssapi-with-mic|publickey:x|keyboard-"
                "interactive:|password,,publickey|keyboard-interactive:foo|publickey \"\""},
    KeywordForm{"PermitRootLogin", 10, "m", 0,
                "yes|no|prohibit-password|without-password|forced-commands-only|Prohibit-Password|YES",
                "true|maybe|\"\"|without_password|prohibit-password no"},
    KeywordForm{"PubkeyAuthentication", 5, "m", 0, "<flag>", "<badflag>"},
    KeywordForm{"DSAAuthentication", 1, "", 0, "<flag>", "<badflag>"},
    KeywordForm{"PubkeyAcceptedAlgorithms", 6, "ma", 805, "<keyalgs>", "<badalgs>"},
    KeywordForm{"PubkeyAcceptedKeyTypes", 3, "ma", 0, "<keyalgs>", "<badalgs>"},
    KeywordForm{"CASignatureAlgorithms", 4, "ma", 709, "<plainalgs>", "<badalgs>|-*"},
    KeywordForm{"HostbasedAcceptedAlgorithms", 3, "ma", 805, "<keyalgs>", "<badalgs>"},
    KeywordForm{"HostbasedAcceptedKeyTypes", 1, "ma", 0, "<keyalgs>", "<badalgs>"},
    KeywordForm{"HostKeyAlgorithms", 2, "a", 0, "<keyalgs>", "<badalgs>"},
    KeywordForm{"PasswordAuthentication", 7, "m", 0, "<flag>", "<badflag>"},
    KeywordForm{"KbdInteractiveAuthentication", 5, "m", 0, "<flag>", "<badflag>"},
    KeywordForm{"ChallengeResponseAuthentication", 2, "", 0, "<flag>", "<badflag>"},
    KeywordForm{"SKeyAuthentication", 1, "", 0, "<flag>", "<badflag>"},
    KeywordForm{"HostbasedAuthentication", 2, "m", 0, "<flag>", "<badflag>"},
    KeywordForm{"HostbasedUsesNameFromPacketOnly", 1, "m", 0, "<flag>", "<badflag>"},
    KeywordForm{"StrictModes", 5, "", 0, "<flag>", "<badflag>"},
    KeywordForm{"UsePAM", 4, "", 0, "<flag>", "<badflag>"},
    KeywordForm{"UseDNS", 3, "", 0, "<flag>", "<badflag>"},
    KeywordForm{"MaxAuthTries", 4, "m", 0, "<int>", "<badint>"},
    KeywordForm{"MaxSessions", 3, "m", 0, "<int>", "<badint>"},
    KeywordForm{"LoginGraceTime", 5, "", 0, "<time>", "<badtime>"},
    KeywordForm{"RequiredRSASize", 3, "m", 901, "1024|2048|4096|0|512|2147483647", "<badint>"},
    KeywordForm{"LogLevel", 3, "m", 0, "<loglevel>", "debug4|\"\"|SILENT|info info|0"},
    KeywordForm{"SyslogFacility", 2, "", 0, "<facility>", "LOCAL8|KERN|\"\"|SYSLOG"},
    KeywordForm{"ForceCommand", 5, "mf", 0, "<forced>", "\"\"|\"|'x|\\|#x|# x|= x"},
    KeywordForm{"ChrootDirectory", 4, "mf", 0, "<chroot>", "\"\"|srv|/a /b|relative/%u"},
    KeywordForm{"TrustedUserCAKeys", 4, "mf", 0, "<abs>|<abs>|<rel>", "\"\"|/a /b|~ghost/x"},
    KeywordForm{"RevokedKeys", 3, "mf", 0, "<abs>|<abs>|<rel>", "\"\"|/a /b|none /a|/a none|~ghost/x"},
    KeywordForm{"AuthorizedPrincipalsFile", 4, "mf", 0, "/etc/ssh/p/%u|.ssh/principals|none|%h/p|<abs>|~/p|None",
                "\"\"|/a /b|~ghost/x"},
    KeywordForm{"AuthorizedKeysCommand", 2, "mf", 0, "none|NONE|none",
                "keys %u|\"/usr/bin/keys\"|./keys|none none|/usr/bin/keys|~/keys|\"\"|'none'|none # x"},
    KeywordForm{"AuthorizedKeysCommandUser", 3, "mf", 0, "<localuser>", "\"\"|a b"},
    KeywordForm{"AuthorizedPrincipalsCommand", 1, "mf", 0, "none|NONE", "keys %u|/usr/bin/keys|none x|\"none\""},
    KeywordForm{"AuthorizedPrincipalsCommandUser", 2, "mf", 0, "<localuser>", "\"\"|a b"},
    KeywordForm{"PermitTTY", 2, "m", 0, "<flag>", "<badflag>"},
    KeywordForm{"PermitUserRC", 2, "m", 0, "<flag>", "<badflag>"},
    KeywordForm{"PermitEmptyPasswords", 4, "m", 0, "<flag>", "<badflag>"},
    KeywordForm{"PermitUserEnvironment", 3, "", 0, "<flag>|LANG,LC_*|A?,!AB|x", "\"\"|yes yes|,"},
    KeywordForm{"IgnoreRhosts", 2, "", 802, "yes|no|shosts-only", "<badflag>"},
    KeywordForm{"IgnoreUserKnownHosts", 1, "", 0, "<flag>", "<badflag>"},
    KeywordForm{"ExposeAuthInfo", 3, "m", 706, "<flag>", "<badflag>"},
    KeywordForm{"Banner", 3, "mf", 0, "none|/etc/issue|/etc/issue.net|<rel>|%u", "\"\"|/a /b|~ghost/x"},
    KeywordForm{"SetEnv", 4, "mf", 708, "<setenv>|<setenv> <setenv>|<setenv> <setenv> <setenv>",
                "LANG|\"\"|=x|A=b C|A = b"},
    KeywordForm{"AcceptEnv", 3, "mf", 0, "<env>|<env> <env>|<env> <env>", "A=b|\"\"|LANG \"\"|A,B"},
    KeywordForm{"PubkeyAuthOptions", 4, "m", 802,
                "none|touch-required|verify-required|touch-required verify-required|none "
                "touch-required|Touch-Required|touch-required touch-required",
                "touch|\"\"|none x|touch-required,verify-required"},
    KeywordForm{
        "PermitOpen", 3, "m", 0, "any|none|<open>|<open> <open>",
        "any <open>|<open> any|host|host:|:80|host:x|host:0|host:65536|::1:80|[::1:80|\"\"|none none|8080|*:any|ANY"},
    KeywordForm{"PermitListen", 3, "m", 708, "any|none|<listen>|<listen> <listen>",
                "any <listen>|<listen> any|host|host:|x|0|65536|\"\"|:8080|*:x"},
    KeywordForm{"MaxStartups", 2, "", 0, "10|10:30:60|100:1:200|5:100:5|1:50:1000",
                "10:30|10:0:60|10:101:60|60:30:10|0|-1|x|10:30:60:1|10:30:60x|\"\"|0:30:60|10x"},
    KeywordForm{"PerSourceMaxStartups", 2, "", 805, "none|0|1|10", "-1|x|\"\"|None"},
    KeywordForm{"PerSourceNetBlockSize", 2, "", 805, "32|24:64|0:0|32:128|8",
                "33|24:129|-1|x|24:|:64|24:64:1|none|\"\"|+8"},
    KeywordForm{"Subsystem", 3, "f", 0, "<subsystem>", "sftp|\"\" x|sftp \"\"|sftp #"},
    KeywordForm{"Port", 4, "", 0, "<port>", "<badport>|\"\"|22 23"},
    KeywordForm{"AddressFamily", 2, "", 0, "any|inet|any|ANY", "inet4|ipv6|\"\""},
    KeywordForm{"ListenAddress", 3, "", 0, "<listenaddress>",
                "300.1.1.1|192.0.2.1:0|192.0.2.1:65536|[::1|192.0.2.1 rdomain|192.0.2.1:x|\"\"|1.2.3.4 x "
                "y|192.0.2.1:22:23|192.0.2.1:"},
    KeywordForm{"X11Forwarding", 2, "m", 0, "<flag>", "<badflag>"},
    KeywordForm{"X11DisplayOffset", 1, "m", 0, "<int>", "<badint>"},
    KeywordForm{"X11UseLocalhost", 1, "m", 0, "<flag>", "<badflag>"},
    KeywordForm{"XAuthLocation", 1, "f", 0, "/usr/bin/xauth|/x|~/x", "\"\"|a b"},
    KeywordForm{"AllowTcpForwarding", 3, "m", 0, "yes|no|all|local|remote|YES|Local", "<badflag>|true"},
    KeywordForm{"AllowStreamLocalForwarding", 1, "m", 0, "yes|no|all|local|remote", "<badflag>|true"},
    KeywordForm{"AllowAgentForwarding", 2, "m", 0, "<flag>", "<badflag>"},
    KeywordForm{"ClientAliveInterval", 2, "m", 0, "<time>", "<badtime>"},
    KeywordForm{"ClientAliveCountMax", 1, "m", 0, "<int>", "<badint>"},
    KeywordForm{"RekeyLimit", 2, "m", 0, "<size>|<size> 1h|<size> none|default none|1G 3600",
                "1|15|1T|x|1G x|1G 1h x|-1|\"\"|1G \"\"|99999999999999999999G|1G 0x|none default|1G\"#\"|16K#x"},
    KeywordForm{"IPQoS", 2, "m", 0, "<qos>|<qos> <qos>|af21 cs1",
                "x|256|0x100|\"\"|-1|af11 x|af11 \"\"|1 2 3|va|08|+1|\" 1\"|1x"},
    KeywordForm{"Ciphers", 2, "a", 0, "<ciphers>", "nosuch|<cipher>,nosuch|+nosuch|\"\"|aes*|,|-*"},
    KeywordForm{"MACs", 2, "a", 0, "<macs>", "nosuch|<mac>,nosuch|+nosuch|\"\"|hmac*|-*"},
    KeywordForm{"KexAlgorithms", 2, "a", 0, "<kexs>", "nosuch|<kex>,nosuch|^nosuch|\"\"|-*"},
    KeywordForm{"HostKey", 2, "f", 0, "/etc/ssh/no_such_key|<dir>/nokey|~/nokey", "\"\"|/a /b"},
    KeywordForm{"HostKeyAgent", 1, "f", 0, "SSH_AUTH_SOCK|/run/agent|none", "\"\"|a b"},
    KeywordForm{"HostCertificate", 1, "f", 0, "none", "\"\"|a b"},
    KeywordForm{"VersionAddendum", 3, "f", 0, "<addendum>", "\"\"|#|\"|'a"},
    KeywordForm{"ChannelTimeout", 3, "mf", 902,
                "none|<channel>=10m|<channel>=1h <channel>=0|<channel>=90|<channel>=5m30s",
                "none <channel>=1m|<channel>=1m none|session|session=|=5|session=x|\"\"|session=5m=6|NONE x"},
    KeywordForm{"UnusedConnectionTimeout", 2, "m", 902, "<time>|none|NONE", "<badtime>|none x"},
    KeywordForm{"FingerprintHash", 2, "", 0, "sha256|md5|SHA256|MD5|sha1|sha512", "sha3|\"\"|none|md5 x"},
    KeywordForm{"GatewayPorts", 2, "m", 0, "yes|no|clientspecified|ClientSpecified", "<badflag>|true"},
    KeywordForm{"Compression", 2, "", 0, "yes|no|delayed|Delayed", "<badint>|true|\"\""},
    KeywordForm{"PermitTunnel", 2, "m", 0, "yes|no|point-to-point|ethernet", "YES|true|\"\"|none"},
    KeywordForm{"StreamLocalBindMask", 2, "m", 0, "0177|077|0777|0|177|7", "0888|1000|-1|x|\"\"|0x7f|0177x|8"},
    KeywordForm{"StreamLocalBindUnlink", 2, "m", 0, "<flag>", "<badflag>"},
    KeywordForm{"LogVerbose", 1, "mf", 805, "none|auth.c:*:*|kex*|a b|*", "\"\"|none x|x none|a \"\""},
    KeywordForm{"SecurityKeyProvider", 1, "f", 802, "internal|/usr/lib/sk.so|Internal|~/sk.so", "\"\"|sk.so|a b"},
    KeywordForm{"DisableForwarding", 3, "m", 704, "<flag>", "<badflag>"},
    KeywordForm{"KerberosAuthentication", 1, "m", 0, "<flag>", "<badflag>"},
    KeywordForm{"KerberosOrLocalPasswd", 1, "", 0, "<flag>", "<badflag>"},
    KeywordForm{"KerberosTicketCleanup", 1, "", 0, "<flag>", "<badflag>"},
    KeywordForm{"KerberosGetAFSToken", 1, "", 0, "<flag>", "<badflag>"},
    KeywordForm{"GSSAPIAuthentication", 2, "m", 0, "<flag>", "<badflag>"},
    KeywordForm{"GSSAPICleanupCredentials", 1, "", 0, "<flag>", "<badflag>"},
    KeywordForm{"GSSAPIStrictAcceptorCheck", 1, "", 0, "<flag>", "<badflag>"},
    KeywordForm{"GSSAPIDelegateCredentials", 1, "m", 1002, "<flag>", "<badflag>"},
    KeywordForm{"GSSAPIKeyExchange", 1, "d", 0, "<flag>", "<badflag>"},
    KeywordForm{"GSSAPIStoreCredentialsOnRekey", 1, "d", 0, "<flag>", "<badflag>"},
    KeywordForm{"GSSAPIKexAlgorithms", 1, "d", 0, "gss-group14-sha256-,gss-group16-sha512-|gss-gex-sha1-",
                "x|\"\"|gss-*"},
    KeywordForm{"DebianBanner", 2, "d", 0, "<flag>", "<badflag>"},
    KeywordForm{"PrintMotd", 1, "", 0, "<flag>", "<badflag>"},
    KeywordForm{"PrintLastLog", 1, "", 0, "<flag>", "<badflag>"},
    KeywordForm{"TCPKeepAlive", 1, "", 0, "<flag>", "<badflag>"},
    KeywordForm{"KeepAlive", 1, "", 0, "<flag>", "<badflag>"},
    KeywordForm{"PidFile", 1, "f", 0, "none|/run/x.pid|~/x.pid", "\"\"|a b"},
    KeywordForm{"ModuliFile", 1, "f", 805, "/etc/ssh/moduli|~/moduli", "\"\"|a b"},
    KeywordForm{"HostDSAKey", 1, "f", 0, "/etc/ssh/no_such_key", "\"\"|a b"},
    KeywordForm{"PAMServiceName", 1, "mf", 908, "sshd|other", "\"\"|a b"},
    KeywordForm{"PerSourcePenalties", 1, "", 908, "yes|no|crash:1m|max:5m min:15s",
                "x|\"\"|crash:|crash:x|yes no|authfail"},
    KeywordForm{"PerSourcePenaltyExemptList", 1, "f", 908, "none|<cidr>|<cidr>,<cidr>", "<badcidr>|\"\"|a b"},
    KeywordForm{"RefuseConnection", 2, "m", 909, "<flag>", "<badflag>"},
    KeywordForm{"UsePrivilegeSeparation", 1, "f", 0, "<gone>", "\"\""},
    KeywordForm{"UseLogin", 1, "f", 0, "<gone>", "\"\""},
    KeywordForm{"Protocol", 1, "f", 0, "<gone>", "\"\""},
    KeywordForm{"RSAAuthentication", 1, "mf", 0, "<gone>", "\""},
    KeywordForm{"RhostsRSAAuthentication", 1, "mf", 0, "<gone>", "'"},
    KeywordForm{"KeyRegenerationInterval", 1, "f", 0, "<gone>", "\"\""},
    KeywordForm{"ServerKeyBits", 1, "f", 0, "<gone>", "\"\""},
    KeywordForm{"AuthorizedKeysFile2", 1, "mf", 0, "<gone>", "\"\""},
    KeywordForm{"CheckMail", 1, "f", 0, "<gone>", "\"\""},
    KeywordForm{"KerberosTgtPassing", 1, "f", 0, "<gone>", "\"\""},
    KeywordForm{"AFSTokenPassing", 1, "f", 0, "<gone>", "\"\""},
    KeywordForm{"RDomain", 1, "m", 9900, "none", "none|%D|0|blue"},
    KeywordForm{"SshdSessionPath", 1, "f", 9900, "/usr/lib/openssh/sshd-session", "\"\"|/a /b"},
    KeywordForm{"NoSuchKeyword", 1, "m", 9900, "yes|no|a b c", "\"\"|\""},
    KeywordForm{"IdentityFile", 1, "m", 9900, "~/.ssh/id", "x"},
    KeywordForm{"Hostname", 1, "", 9900, "x", "\"\""},
};

std::string_view text_of(std::string_view name) {
  const auto* const rule = std::ranges::find(rules, name, &Rule::name);
  if (rule == rules.end()) {
    std::fprintf(stderr, "config_words: no rule <%.*s>\n", static_cast<int>(name.size()), name.data());
    std::abort();
  }
  return rule->text;
}

std::string_view one_of(std::string_view text, Dice& dice) {
  auto skip = dice.below(1 + static_cast<std::size_t>(std::ranges::count(text, '|')));
  for (; skip > 0; --skip) text.remove_prefix(text.find('|') + 1);
  return text.substr(0, text.find('|'));
}

}  // namespace

std::span<const KeywordForm> keyword_forms() { return forms; }

std::string expand(std::string_view text, const std::string& directory, Dice& dice) {
  auto rest = one_of(text, dice);
  std::string expanded;
  for (std::size_t open = 0; (open = rest.find('<')) != std::string_view::npos;) {
    const auto close = rest.find('>', open);
    const auto name = rest.substr(open + 1, close - open - 1);
    expanded += rest.substr(0, open);
    expanded += name == "dir" ? directory : expand(text_of(name), directory, dice);
    rest.remove_prefix(close + 1);
  }
  return expanded.append(rest);
}

}  // namespace sshaudit::differential
