// SPDX-License-Identifier: MIT
// The longer texts of --help.
#pragma once

namespace sshaudit {

inline constexpr const char* description =
    "Audits homes, ~/.ssh, authorized_keys and login shells for everything that makes sshd refuse a key login.\n"
    "Without USER it audits your own account, for which no privilege is needed.";

inline constexpr const char* footer =
    "Exit status: 0 nothing found, 1 findings at or above --fail-on, 2 wrong usage or something could not be seen.\n"
    "With --format nagios: 0 OK, 1 WARNING, 2 CRITICAL (errors), 3 UNKNOWN; --fail-on says what counts.\n"
    "Text is empty when all is well; every finding names what to do.\n\n"
    "/etc/sshaudit/sshaudit.toml may give defaults of --format (text, json, ndjson), --fail-on, --forecast, --jobs,\n"
    "--deadline, --users, --automount and --color for audit, keys, explain and fix, also with --root, and waivers of "
    "what\n"
    "is known on this host. What they cover is neither shown nor counted, and fix leaves it alone; what could not be "
    "seen\n"
    "still makes the exit status 2:\n"
    "  fail-on = \"error\"\n"
    "  [[waiver]]\n"
    "  rule = \"home-writable\"\n"
    "  account = \"web*,!web9\"    # left out for rules of the whole host; path = \"/srv/*\" may be added\n"
    "  reason = \"until the migration\"\n"
    "  until = 2026-12-31         # its last day, in UTC\n\n"
    "Examples:\n"
    "  sshaudit                       your own account\n"
    "  sshaudit alice bob             two accounts (as root)\n"
    "  sshaudit --all-users           every account (as root); what a nightly job runs\n"
    "  sshaudit explain alice         why alice's login is refused, step by step\n"
    "  sshaudit config alice          sshd's settings for alice, each with its file and line\n"
    "  sshaudit fix alice             the least change that lets sshd accept (as root), after one question\n"
    "  sshaudit keys --all-users      who can log in where: every key, and whether sshd lets it in\n"
    "  sshaudit history alice         what was found and mended, night by night\n"
    "  sshaudit rules home-writable   what a finding means\n"
    "  sshaudit enable                have the log say why a login is refused, when it happens (as root)\n"
    "  sshaudit --all-users --format prometheus -o /var/lib/prometheus/node-exporter/sshaudit.prom\n";

inline constexpr const char* config_footer =
    "--from, --lport, --sshd-config, --sshd-version, --root and --output go with it as with an audit.\n"
    "Exit status: 0 listed, 1 sshd would not start with the configuration, 2 wrong usage, or a part could not be "
    "read.\n\n"
    "Examples:\n"
    "  sshaudit config                              what holds outside of Match blocks\n"
    "  sshaudit config alice --from 10.1.2.3        for alice when she connects from there\n"
    "  sshaudit config --why PermitRootLogin root   every line that sets it, and which one counts\n";

inline constexpr const char* keys_footer =
    "One row a key: account, type, bits, fingerprint, whether sshd lets it in or why not, what its options restrict,\n"
    "comment, file and line. --from, --root, --sshd-config, --sshd-version and --output go with it as with an audit.\n"
    "Exit status: as of an audit of the same accounts.\n\n"
    "Examples:\n"
    "  sshaudit keys alice                         the keys in her key files\n"
    "  sshaudit keys --all-users --by key          a key that is used in several places stands together\n"
    "  sshaudit keys --all-users --format csv -o keys.csv\n";

inline constexpr const char* explain_footer =
    "Every step in sshd's order with its result; the first that refuses decides. Without --key each key in the key\n"
    "files is tried, without --from each kind of connection that Match blocks distinguish.\n"
    "--root, --sshd-config, --sshd-version, --lport and --run-keys-command go with it as with an audit.\n"
    "Exit status: 0 one of the logins would succeed, 1 none would, 2 wrong usage or something could not be seen.\n\n"
    "Examples:\n"
    "  sshaudit explain alice                                   each of her keys\n"
    "  sshaudit explain alice --key alice.pub --from 192.0.2.7  one login\n"
    "  sshaudit explain alice --key SHA256:KXh...               by the fingerprint that ssh -v or the log shows\n";

inline constexpr const char* fix_footer =
    "The plan is shown first: what, before, after, why, and which keys it lets in. On a terminal one question is\n"
    "asked; elsewhere --yes has to be given, and then nobody looks at the keys that are let in. Each file is opened\n"
    "as the audit opens it and changed by its descriptor, when it is still what was judged. Nothing is done to what\n"
    "others share; that is advice. Every change is recorded first, and sshaudit undo takes it back.\n"
    "--from, --sshd-config and --sshd-version go with it as with an audit.\n"
    "Exit status: as of an audit of the accounts afterwards (with --dry-run and --script: now), 2 also when something\n"
    "could not be changed, or a key was let in that had not been there before.\n\n"
    "Examples:\n"
    "  sshaudit fix --dry-run alice       what would be done\n"
    "  sshaudit fix alice                 do it, after one question\n"
    "  sshaudit fix --yes --all-users     without a question\n"
    "  sshaudit fix --content alice       mend the lines of her key files, too\n"
    "  sshaudit fix --script alice        modes and ACLs as a shell script, to be read and run\n";

inline constexpr const char* undo_footer =
    "Undoes the steps of a record, the last one first, wherever nothing has changed since. Without RECORD the records\n"
    "are listed.\n"
    "Exit status: 0 all is as it was, 2 something was left, or wrong usage.\n";

inline constexpr const char* add_key_footer =
    "Reads one public key from standard input and adds it to the file that sshd reads for USER. Directory and file "
    "are\n"
    "made when they are not there. A key that sshd could never accept is refused, with the reason; one that is there\n"
    "already is not added again. sshaudit undo takes it back.\n"
    "Exit status: 0 the key lets USER in, 1 it does not, 2 it was not added, or it is not known.\n\n"
    "Examples:\n"
    "  sshaudit add-key alice < alice.pub\n"
    "  sshaudit add-key backup --options 'restrict,command=\"/usr/bin/backup\"' < backup.pub\n";

inline constexpr const char* history_footer =
    "What runs with --changes have found, run by run: findings that are new or mended, keys that came and went.\n"
    "Exit status: 0 listed, 2 wrong usage, or the history could not be read.\n\n"
    "Examples:\n"
    "  sshaudit history          every account\n"
    "  sshaudit history alice    one account\n";

inline constexpr const char* enable_footer =
    "Writes /etc/ssh/sshd_config.d/50-sshaudit.conf (AuthorizedKeysCommand), has pam-auth-update add pam_sshaudit.so\n"
    "where there is one, and reloads sshd. Checks with sshd -t before and after, and with sshd -T and sshd itself "
    "that\n"
    "it took effect; when a step fails, everything is put back. Files of other packages are not edited: where an\n"
    "AuthorizedKeysCommand is set already, or no Include reads the file, it says which lines to put where.\n"
    "Exit status: 0 it is in effect (what is left as it is, is said), 2 nothing is changed, and why.\n\n"
    "Examples:\n"
    "  sshaudit enable           then: journalctl -t sshaudit, or /var/log/auth.log\n"
    "  sshaudit status           whether it works\n"
    "  sshaudit disable          take it out again\n";

inline constexpr const char* disable_footer =
    "Removes what enable has written, as long as nobody has changed it, and reloads sshd. Needs neither a terminal "
    "nor\n"
    "an sshd that runs.\n"
    "Exit status: 0 nothing is left of it, 2 something is, and where.\n\n"
    "Examples:\n"
    "  sshaudit disable\n";

inline constexpr const char* status_footer =
    "Starts the logger as sshd does, for a login that nobody makes, and has libpam load the module. Nothing is "
    "logged.\n"
    "Exit status: 0 it works, 1 it is not wired, or a part is not, 2 something does not work or cannot be seen.\n\n"
    "Examples:\n"
    "  sshaudit status\n";

}  // namespace sshaudit
