// SPDX-License-Identifier: MIT
#include "differential/key_option_words.h"

#include <array>

namespace sshaudit::differential {
namespace {

constexpr const char* hosts_and_ports = R"(localhost:80
*:80
host:*
*:*
10.0.0.1:65535
[::1]:22
[::1]/22
host/22
a.b.c:1
localhost:ssh
localhost:http
h:0080
:80
[]:80)";

constexpr const char* bad_hosts_and_ports = R"(host
host:
host:0
host:65536
host:-1
host:+80
host:80x
host: 80
host:80:90
::1:22
[::1:22
::1]:22
[::1]22
[::1]
host:no-such-service
host:SSH
host:99999999999999999999
host:0x50
a/b/80
/80
)";

constexpr std::array forms = {
    OptionForm{"from", R"(127.0.0.1
127.0.0.*
127.0.0.1,127.0.0.2
127.0.0.0/8
127.0.0.0/30,10.0.0.1
*
?*
!127.0.0.3,*
10.0.0.0/8,127.0.0.0/24
*.example.org,127.0.0.0/29
!host.example,127.*
0.0.0.0/0
127.0.0.1/32,127.0.0.2/32
::1,127.0.0.?
::/0,127.0.0.1)",
               R"(127.0.0.2
!127.0.0.1,*
!127.0.0.2,127.0.0.0/8
!127.0.0.0/8
127.0.0.1/8
127.0.0.1/33
127.0.0.0/
127.0.0.0/x
127.0.0.0/-1
127.0.0.0/08
127.0.0.0/ 8
/8

,
*,
,*
127.0.0.1,,127.0.0.2
127.0.0.1, 127.0.0.2
 127.0.0.1
127.0.0.1 
127.0.0.1,!
!
!!127.0.0.1
localhost
*.example.org
LOCALHOST,127.0.0.*
127.1
127.0.0.01
0127.0.0.1
2130706433
0x7f000001
::ffff:127.0.0.1
::ffff:127.0.0.0/104
::1
[127.0.0.1]
127.0.0.1:22
127.0.0.1-127.0.0.9
127.0.0.0/255.0.0.0
user@127.0.0.1
127.0.0.1;127.0.0.2
127.0.0.1%lo
fe80::1%lo,*
fe80::/10,!10.0.0.0/8,*
*,127.0.0.1/8
127.0.0.1/8,*
*,300.1.1.1/8
*,10.0.0.0/33
*,host/8
!10.0.0.1/8,*
!127.0.0.0/8,127.0.0.1,*)"},
    OptionForm{"expiry-time", R"(20991231
203001010000
20380119031408
20991231235959
99991231
20991231Z
20991231UTC
20991231utc
209912312359z
20991231235959UtC
29990229
20990231
21060207
22620411
20380119)",
               R"(20200101
202001010000
20200101000000Z
19700101
19700102
19700101Z
197001010000Z
19700101000001Z
19700101000000
19691231
19000101
00010101
00000000
16010101Z
20991301
20990001
20990100
20990132
2099123
209912311
2099123112
20991231123
2099123112345
209912311234567
209912312400
209912312360
20991231235960
20991231235961
2099-12-31
2099 1 1
2099 101
209912 1
20991 01
 2099101
20991231 
20991231ZZ
20991231 Z
20991231+0000
20991231GMT
20991231T10
20991231T1000
2099123110:00
2099Dec1
Dec12099
abcdefgh
Z
UTC
UTCZ
ZUTC

+2099101
-2099101
++++++++
2099+1+1
2099-1-1
209912-1
0x991231
20991231100Z
99999999
999999999999
never
1.1.2099
31122099)"},
    OptionForm{"environment", R"(A=b
PATH=/bin
A=
A==
A=b=c
_A=1
A_2=x
A1=
9=9
a=\"quoted\"
LANG=de_DE.UTF-8
A= b
A=b,c)",
               R"(A
=b
=

A-B=1
A B=1
 A=1
A =1
A.b=1
Ä=1
A\=1
$A=1
A"=1)"},
    OptionForm{"permitopen", hosts_and_ports, bad_hosts_and_ports},
    OptionForm{"permitlisten", R"(80
*
localhost:80
*:8080
[::1]:22
65535
localhost:*
http
:80
host/22)",
               R"(0
65536
-1
host
host:
host:0

*:
::1:22
[::1]
ssh-
 80
80 
/80
80/)"},
    OptionForm{"tunnel", R"(0
1
any
ANY
Any
2147483645
007
+1)",
               R"(-1

2147483646
2147483647
2147483648
9999999999999999999999
0x1
0:1
any:any
1 
 1
point-to-point
yes
none)"},
    OptionForm{"command", R"(true
echo hello
exit 3

/bin/echo \"quoted\", words
echo 'a' b
a\b
a\\b
\n
echo hello > /dev/null && exit 1
echo "
 
sh -c 'exit 0' # comment
ssh-rsa AAAA
echo Please login as the user ubuntu rather than root.;echo;sleep 10)",
               R"(a"b
a\"
\
a\
"
a""b
x" y)"},
    OptionForm{"principals", "", R"(root
alice,bob

*
a b)"},
};

constexpr const char* flag_words = R"(restrict
no-pty
pty
no-port-forwarding
port-forwarding
no-agent-forwarding
agent-forwarding
no-X11-forwarding
x11-forwarding
no-user-rc
user-rc
restrict,pty
pty,restrict
no-touch-required
touch-required
verify-required
no-verify-required
restrict,port-forwarding,no-x11-forwarding)";

constexpr const char* bad_flag_words = R"(cert-authority
cert-authority,no-pty
Cert-Authority
no-cert-authority
no-restrict
no-command
no-from
no-no-pty
No_pty
NOPTY
no-ptyx
ptyx
pty-
pty=
pty=yes
pty=""
"pty"
no-pty""
restrict=1
restricted
restrict;no-pty
command
from
from=
command=
tunnel
environment
principals
=
=""
x
"
""
\"
,
#
#no-pty
-
no-
no- pty
no-port-forwarding no-pty
no-x11-forwarding,no-agent-fowarding
no-agent-forwading
permit-open="host:80"
idle-timeout=5m
idle-timeout="5m"
zos-key-ring-label="x"
tls
strict
nopty
port
no-port
user_rc
no-pty,
no-pty,,
,no-pty
,,no-pty
no-pty,,user-rc
no-pty ,user-rc
no-pty, user-rc
no-pty , user-rc
no-pty;user-rc
no-pty.user-rc
'no-pty'
*
!no-pty
ssh-rsa
ssh-ed25519
AAAA
1024
256
2048 65537
@cert-authority
@revoked
127.0.0.1
*.example.org)";

}  // namespace

std::span<const OptionForm> option_forms() { return forms; }
const char* good_flags() { return flag_words; }
const char* bad_flags() { return bad_flag_words; }

}  // namespace sshaudit::differential
