// SPDX-License-Identifier: MIT
// Accounts, files and arguments at random, judged by us and by the modules of this host, in a mount namespace with an
// account database of its own: SSHAUDIT_PAM_CASES says how many, SSHAUDIT_PAM_SEED which.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <security/pam_appl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <map>
#include <random>

#include "gather/accounts.h"
#include "gather/host.h"
#include "gather/look_ups.h"
#include "gather/pam.h"
#include "parse/pam_service.h"
#include "parse/sshd_version.h"
#include "private_mounts.h"
#include "rules/pam_verdict.h"

namespace sshaudit {
namespace {

namespace fs = std::filesystem;
const fs::path stage = "/mnt";

unsigned setting(const char* name, unsigned otherwise) {
  const char* const value = std::getenv(name);
  return value == nullptr ? otherwise : static_cast<unsigned>(std::stoul(value));
}

void write(const fs::path& path, const std::string& text, mode_t mode = 0644) {
  std::ofstream(path, std::ios::binary) << text;
  chmod(path.c_str(), mode);
}

bool cover(const std::string& name, bool is_directory) {
  const auto mine = stage / name;
  if (is_directory) fs::create_directories(mine);
  if (!is_directory) write(mine, "");
  return mount(mine.c_str(), ("/etc/" + name).c_str(), nullptr, MS_BIND, nullptr) == 0;
}

// Covers what the modules read, for this process alone.
bool enter_stage() {
  if (!enter_private_mounts()) return false;
  bool done = mount("tmpfs", stage.c_str(), "tmpfs", 0, "mode=0755") == 0 &&
              mount("tmpfs", "/run", "tmpfs", 0, "mode=0755") == 0;
  for (const auto* name : {"passwd", "shadow", "group", "nsswitch.conf", "shells", "login.defs"})
    done = done && cover(name, false);
  for (const auto* name : {"security", "pam.d"}) done = done && cover(name, true);
  write("/etc/nsswitch.conf", "passwd: files\ngroup: files\nshadow: files\nnetgroup: files\n");
  return done;
}

int say_nothing(int, const pam_message**, pam_response**, void*) { return PAM_CONV_ERR; }

int ask_libpam(const std::string& user, const std::string& from) {
  const pam_conv conversation{say_nothing, nullptr};
  pam_handle_t* handle = nullptr;
  if (pam_start("sshd", user.c_str(), &conversation, &handle) != PAM_SUCCESS) return PAM_ABORT;
  pam_set_item(handle, PAM_RHOST, from.c_str());
  pam_set_item(handle, PAM_TTY, "ssh");
  const int code = pam_acct_mgmt(handle, 0);
  pam_end(handle, code);
  return code;
}

class Generator {
 public:
  explicit Generator(unsigned seed) : random_(seed) {}

  void write_accounts(std::int64_t today);
  void write_files();
  std::string stack();
  std::string user() { return any<std::string>({"root", "alice", "bob", "uid", "sys"}); }
  std::string client() {
    return any<std::string>({"10.1.2.3", "10.1.3.3", "192.0.2.7", "2001:db8::7", "::1", "127.0.0.1"});
  }

 private:
  unsigned below(unsigned limit) { return std::uniform_int_distribution<unsigned>(0, limit - 1)(random_); }
  bool one_in(unsigned chances) { return below(chances) == 0; }
  template <class T>
  const T& any(const std::vector<T>& from) {
    return from[below(static_cast<unsigned>(from.size()))];
  }
  std::string days(std::int64_t middle) { return std::to_string(middle + any<int>({-3, -2, -1, 0, 1, 2, 3, 40, -40})); }
  std::string number(std::int64_t today, std::initializer_list<std::string> more);
  std::string users();
  std::string origins();
  std::string access_conf();
  std::string list_file();
  std::string condition();
  std::string arguments(const std::string& module);
  std::string module();

  std::mt19937 random_;
};

std::string Generator::number(std::int64_t today, std::initializer_list<std::string> more) {
  if (one_in(3)) return days(today);
  return any<std::string>(more);
}

void Generator::write_accounts(std::int64_t today) {
  std::string passwd;
  std::string shadow;
  unsigned uid = 1000;
  for (const std::string name : {"root", "alice", "bob", "uid", "sys"}) {
    const auto id = name == "root" ? 0 : name == "sys" ? any<unsigned>({65, 99, 101, 500, 999, 65534}) : uid++;
    passwd += fmt::format(
        "{}:{}:{}:{}::/home/{}:{}\n", name, any<std::string>({"x", "x", "x", "x", "*", "!", "##" + name}), id,
        any<unsigned>({100, 200, 300}), name, any<std::string>({"/bin/sh", "/bin/bash", "", "/usr/sbin/nologin"}));
    if (one_in(8)) continue;
    const auto changed = number(today, {"", "0", "1", "-1", "19000", std::to_string(today - 60)});
    const auto expire = number(today, {"", "", "", "0", "-1", "1", "99999"});
    shadow += fmt::format(
        "{}:{}:{}:{}:{}:{}:{}:{}:\n", name, any<std::string>({"*", "!", "!!", "!$6$x$y", "$6$x$y", ""}), changed,
        any<std::string>({"", "0", "7", "100"}), any<std::string>({"", "99999", "60", "0", "59", "61", "-1", "1"}),
        any<std::string>({"", "7", "0"}), any<std::string>({"", "", "0", "1", "30", "-1"}), expire);
  }
  write("/etc/passwd", passwd);
  write("/etc/shadow", shadow, 0640);
  const auto members = [&] { return any<std::string>({"", "alice", "alice,bob", "root,uid", "sys"}); };
  write("/etc/group",
        fmt::format("root:x:0:\nusers:x:100:{}\nstaff:x:200:{}\nother:x:200:{}\nssh:x:300:{}\nalice:x:400:{}\n",
                    members(), members(), members(), members(), members()));
}

std::string Generator::users() {
  std::string text;
  for (auto left = 1 + below(3); left > 0; --left) {
    if (one_in(5)) text += "EXCEPT ";
    text += any<std::string>(
                {"ALL", "alice", "bob", "Alice", "root", "(staff)", "(other)", "staff", "ssh", "()", "nobody", "uid"}) +
            any<std::string>({" ", ", ", ",", "\t"});
  }
  return text;
}

std::string Generator::origins() {
  std::string text;
  for (auto left = 1 + below(3); left > 0; --left) {
    if (one_in(5)) text += "EXCEPT ";
    text += any<std::string>({"ALL",
                              "all",
                              "LOCAL",
                              "10.1.2.3",
                              "10.1.",
                              "10.",
                              "1.",
                              "10.1.2.0/24",
                              "10.1.2.9/24",
                              "0.0.0.0/0",
                              "10.0.0.0/255.0.0.0",
                              "10.0.0.0/33",
                              "192.0.2.7/0x20",
                              "2001:db8::/32",
                              "2001:DB8::7",
                              "::/0",
                              "ssh",
                              "tty1",
                              ".3",
                              ".example.org",
                              "host",
                              "127.0.0.1",
                              "::1",
                              "10.1.2.3/",
                              "10.1.2.3/024"}) +
            any<std::string>({" ", ", ", ","});
  }
  return text;
}

std::string Generator::access_conf() {
  std::string text;
  for (auto left = below(5); left > 0; --left) {
    if (one_in(6))
      text += any<std::string>(
          {"# - : ALL : ALL\n", "\n", "  \n", " + : ALL : ALL\n", "x:ALL:ALL\n", "+:ALL\n", ":-:ALL:ALL\n"});
    text += any<std::string>({"+", "-", "+ ", "- "}) + ":" + (one_in(2) ? " " : "") + users() + ":" +
            (one_in(2) ? " " : "") + origins() + any<std::string>({"\n", "\n", "\n", " \n", "\r\n"});
  }
  if (one_in(10)) text += "- : ALL : ALL";
  return text;
}

std::string Generator::list_file() {
  std::string text;
  for (auto left = below(5); left > 0; --left)
    text +=
        any<std::string>({"alice", "bob", "root", "staff", "other", "users", "10.1.2.3", "2001:db8::7", "/bin/sh",
                          "/bin/bash", "ssh", "", "alice ", std::string(255, 'x'), std::string(255, 'x') + "alice"}) +
        any<std::string>({"\n", "\n", "\r\n"});
  return text + (one_in(3) ? "bob" : "");
}

void Generator::write_files() {
  write("/etc/security/access.conf", access_conf());
  fs::remove_all("/etc/security/access.d");
  if (one_in(3)) {
    fs::create_directories("/etc/security/access.d");
    write("/etc/security/access.d/20.conf", access_conf());
    write("/etc/security/access.d/10.conf", access_conf());
    write("/etc/security/access.d/.hidden.conf", "- : ALL : ALL\n");
  }
  if (one_in(12)) fs::remove("/etc/security/access.conf");
  write(stage / "more.conf", access_conf());
  write(stage / "list", list_file(), one_in(10) ? 0666 : 0644);
  fs::remove(stage / "link");
  fs::create_symlink(stage / "list", stage / "link");
  write("/etc/shells", "# shells\n/bin/sh\n" + any<std::string>({"", "/bin/bash\n", "/usr/sbin/nologin"}),
        one_in(10) ? 0646 : 0644);
  write("/etc/login.defs", any<std::string>({"", "UID_MIN 500\n", "UID_MIN\t2000\nSYS_UID_MIN 100 # x\n",
                                             "SYS_UID_MAX 600\n#UID_MIN 1\n"}));
  write("/etc/security/time.conf", "# none\n");
  write("/etc/security/sepermit.conf", any<std::string>({"# none\n", "\n"}));
  fs::remove_all("/run/nologin");
  if (one_in(5)) write("/run/nologin", "going down\n");
  if (one_in(20) && !fs::exists("/run/nologin")) fs::create_directories("/run/nologin");
}

std::string Generator::condition() {
  const auto name = any<std::string>(
      {"user", "uid", "gid", "shell", "home", "service", "rhost", "tty", "ruser", "User", "login", "nonsense"});
  if (one_in(4))
    return "user " + any<std::string>({"ingroup", "notingroup", "INGROUP"}) + " " +
           any<std::string>({"staff", "other", "ssh:users", "nobody", ":"});
  const auto test =
      any<std::string>({"=", "!=", "=~", "!~", "in", "notin", "eq", "ne", "<", "le", ">", ">=", "lt", "GE", "is"});
  return name + " " + test + " " +
         any<std::string>({"alice", "alice:bob", "bob:alice:root", "1000", "0x3e8", "100:200", "/bin/*", "a*", "sshd",
                           "10.1.2.3", "ssh", "0", "*", "al", "010"});
}

std::string Generator::arguments(const std::string& module) {
  const auto maybe = [&](const std::string& text) { return one_in(3) ? text : std::string(); };
  if (module == "pam_unix") return maybe(" no_pass_expiry") + maybe(" broken_shadow") + maybe(" nullok");
  if (module == "pam_nologin")
    return maybe(" successok") + maybe(" file=" + any<std::string>({"/mnt/list", "/mnt/none", "/mnt"}));
  if (module == "pam_usertype") return any<std::string>({" issystem", " isregular", " issystem use_uid", ""});
  if (module == "pam_localuser") return maybe(" file=" + any<std::string>({"/etc/passwd", "/mnt/none"}));
  if (module == "pam_access")
    return maybe(" nodefgroup") + maybe(" accessfile=/mnt/" + any<std::string>({"more.conf", "more.conf", "none"})) +
           maybe(any<std::string>({" listsep=,", " fieldsep=|", " noaudit"}));
  if (module == "pam_listfile")
    return " " +
           any<std::string>(
               {"item=user", "item=group", "item=shell", "item=rhost", "item=tty", "item=ruser", "item=x", ""}) +
           " " + any<std::string>({"sense=allow", "sense=deny", "sense=deny", "sense=x", ""}) + " " +
           any<std::string>({"file=/mnt/list", "file=/mnt/list", "file=/mnt/link", "file=/mnt/none"}) +
           maybe(" onerr=" + any<std::string>({"succeed", "fail", "x"})) +
           maybe(" apply=" + any<std::string>({"alice", "@staff", "@"})) + maybe(" quiet");
  if (module != "pam_succeed_if") return "";
  std::string text = maybe(" quiet") + maybe(" debug");
  for (auto left = below(3); left > 0; --left) text += " " + condition();
  return text + (one_in(12) ? " user =" : "");
}

std::string Generator::module() {
  const auto name = any<std::string>(
      {"pam_unix",     "pam_unix",      "pam_unix",     "pam_nologin",    "pam_access",     "pam_access",
       "pam_access",   "pam_listfile",  "pam_listfile", "pam_succeed_if", "pam_succeed_if", "pam_succeed_if",
       "pam_usertype", "pam_localuser", "pam_shells",   "pam_permit",     "pam_deny",       "pam_rootok",
       "pam_time",     "pam_sepermit",  "pam_warn",     "pam_env",        "pam_group"});
  return name + ".so" + arguments(name);
}

// One module whose answer comes out as it is, or several as an administrator may stack them.
std::string Generator::stack() {
  if (!one_in(4)) return "account [default=ok] " + module() + "\n";
  std::string text;
  for (auto left = 1 + below(4); left > 0; --left)
    text += "account " +
            any<std::string>({"required", "requisite", "sufficient", "[success=1 default=ignore]",
                              "[default=bad success=ok user_unknown=ignore]"}) +
            " " + module() + "\n";
  return text +
         "account [success=1 new_authtok_reqd=done default=ignore] pam_unix.so\naccount requisite pam_deny.so\naccount "
         "required pam_permit.so\n";
}

struct Judged {
  PamCodes codes;
  std::string why;
};

Judged judge(const std::string& user, const std::string& from) {
  const auto database = gather_accounts();
  const AccountIndex index(*database);
  auto host = gather_host_state("/");
  add_pam_to(host, "/", "sshd");
  Server server;
  server.version = {"OpenSSH_9.2p1 Debian-2", 9, 2, Vendor::debian};
  Connection connection;
  connection.host = connection.address = from;
  Context context{index, facts_of(server.version), &server};
  context.now = seconds_now();
  context.host = &host;
  context.connection = from.empty() ? nullptr : &connection;
  AccountEvidence evidence;
  evidence.account = *index.account(user);
  evidence.identity = index.identity_of(evidence.account);
  evidence.groups = look_up_group_names(evidence.account);
  evidence.settings.use_pam = true;
  evidence.shadow_seen = database->shadow_seen;
  if (database->shadow.contains(user)) evidence.shadow = database->shadow.at(user);
  const auto verdict = pam_verdict(evidence, context, context.now / 86400);
  Judged judged{verdict.codes, {}};
  for (const auto* list : {&verdict.causes, &verdict.doubts})
    for (const auto& one : *list)
      judged.why += fmt::format("{} says {}: {}\n", one.entry->module, pam_code_name(one.code), one.answer.why);
  if (verdict.refuses() && verdict.causes.empty()) judged.why += "nobody is blamed\n";
  return judged;
}

std::string everything() {
  std::string text;
  for (const auto* path : {"/etc/pam.d/sshd", "/etc/passwd", "/etc/shadow", "/etc/group", "/etc/security/access.conf",
                           "/mnt/more.conf", "/mnt/list", "/etc/login.defs"}) {
    std::ifstream file(path);
    text += fmt::format("== {}\n{}\n", path, std::string(std::istreambuf_iterator<char>(file), {}));
  }
  return text;
}

TEST(PamModulesAgainstLibpamAsRoot, GeneratedAccountsComeToTheSame) {
  ASSERT_EQ(geteuid(), 0U) << "this test has to be run by root";
  ASSERT_TRUE(enter_stage());
  const auto cases = setting("SSHAUDIT_PAM_CASES", 3000);
  const auto first = setting("SSHAUDIT_PAM_SEED", 1);
  std::map<int, unsigned> seen;
  unsigned certain = 0;
  write("/etc/pam.d/other", "account required pam_deny.so\n");
  for (auto seed = first; seed < first + cases; ++seed) {
    Generator generator(seed);
    generator.write_accounts(seconds_now() / 86400);
    generator.write_files();
    write("/etc/pam.d/sshd", generator.stack());
    const auto user = generator.user();
    const auto from = generator.client();
    const auto predicted = judge(user, from);
    const auto from_anywhere = judge(user, "");
    const int actual = ask_libpam(user, from);
    const auto code = only(static_cast<PamCode>(actual));
    ++seen[actual];
    certain += predicted.codes.count() == 1 ? 1 : 0;
    const auto about = fmt::format("seed {}: {} from {}: libpam says {}\n{}{}", seed, user, from,
                                   pam_code_name(static_cast<PamCode>(actual)), predicted.why, everything());
    ASSERT_EQ(predicted.codes & code, code) << about;
    ASSERT_EQ(from_anywhere.codes & code, code) << about;
    ASSERT_EQ(predicted.why.empty(), (predicted.codes & ~any_of({PamCode::success, PamCode::new_authtok_reqd})).none())
        << about;
  }
  EXPECT_EQ(certain, cases);
  EXPECT_GT(seen.size(), 8U);
  std::string counts;
  for (const auto& [code, times] : seen)
    counts += fmt::format(" {}={}", pam_code_name(static_cast<PamCode>(code)), times);
  std::cout << cases << " logins:" << counts << '\n';
}

}  // namespace
}  // namespace sshaudit
