// SPDX-License-Identifier: MIT
// Homes whose owner plays tricks on an auditor that runs as root: it has to come to an end, to stay where it belongs,
// to read nothing that the account could not read, and to print nothing that a terminal obeys.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <memory>
#include <nlohmann/json.hpp>

#include "audited_system.h"

namespace sshaudit::e2e {
namespace {

class HostileAsRoot : public ::testing::Test {
 protected:
  HostileAsRoot() {
    mkdir((directory_.path() + "/tree").c_str(), 0755);
    system_ = std::make_unique<AuditedSystem>(directory_.path() + "/tree");
    mallory_ = system_->person("mallory", 1001);
    system_->add_usual_home(mallory_);
    victim_ = system_->add_usual_person("victim", 1002);
  }

  // The rows are written at the first run: a test may change mallory's until then.
  void complete() {
    if (complete_) return;
    complete_ = true;
    system_->add_row(mallory_);
    system_->add_group("mallory", mallory_.gid);
    system_->write_databases();
  }

  void replace_key_file_by_link(const std::string& target) {
    system_->remove(mallory_.key_file());
    system_->make_link(target, mallory_.key_file(), mallory_.owner());
  }
  void replace_ssh_by_link(const std::string& target) {
    system_->remove(mallory_.ssh());
    system_->make_link(target, mallory_.ssh(), mallory_.owner());
  }

  static ReportLines of_mallory(const AuditRun& run) {
    EXPECT_LT(run.exit_status, 128) << run.err;
    auto lines = report_lines(run.out);
    std::erase_if(lines, [](const auto& line) { return line.user != "mallory"; });
    return lines;
  }
  ReportLines from_outside() {
    complete();
    return of_mallory(audit_below(*system_, {"--all-users", "--format", "ndjson", "--deadline", "50"}));
  }
  // Where /dev and /proc are real.
  ReportLines from_inside() {
    complete();
    const auto run =
        run_sshaudit({"--all-users", "--format", "ndjson", "--deadline", "50", "--sshd-version", debian_12_sshd},
                     [this] { enter(*system_); });
    return of_mallory(run);
  }
  static void expect(const ReportLines& lines, const ReportLines& expected) {
    EXPECT_EQ(difference(expected, lines), "");
  }

  ReportLines refused(const std::string& rule, const std::string& path) const {
    return {{"mallory", "refused", rule, path}};
  }
  ReportLines unknown(const std::string& path) const { return {{"mallory", "unknown", "path-unseen", path}}; }
  ReportLines accepted() const { return {{"mallory", "accepted", "", ""}}; }

  TemporaryDirectory directory_;
  std::unique_ptr<AuditedSystem> system_;
  Person mallory_;
  Person victim_;
  bool complete_ = false;
};

// --- names -----------------------------------------------------------------------------------------------------------

// Clears the screen, sets the title, ends the line, is no UTF-8, reorders text (U+202E, U+2066), hides (U+200B), and is
// a C1 control both as a byte and as a character.
const std::string evil_name =
    "\x1b[2J\x1b]0;owned\x07\n\r\tok  all is well\xff\xc3\xe2\x80\xae\xe2\x81\xa6\xe2\x80\x8b\x9b"
    "31m\xc2\x9b"
    "0m\x7f'\"\\$(reboot)";

// What no report in text may hold, whatever names it is about.
void expect_harmless(const std::string& text) {
  const auto is_control = [](char c) { return (static_cast<unsigned char>(c) < 0x20 && c != '\n') || c == '\x7f'; };
  EXPECT_TRUE(std::ranges::none_of(text, is_control)) << text;
  EXPECT_NO_THROW(static_cast<void>(nlohmann::json(text).dump())) << "not UTF-8: " << text;
  for (const auto* forbidden : {"\xe2\x80\xae", "\xe2\x81\xa6", "\xe2\x80\x8b", "\xc2\x9b", "\nok "}) {
    EXPECT_EQ(text.find(forbidden), std::string::npos) << text;
  }
}

void expect_harmless_reports(const AuditedSystem& system) {
  const auto text = audit_below(system, {"mallory"});
  EXPECT_EQ(text.exit_status, 1) << text.err;
  expect_harmless(text.out);
  for (const auto* format : {"json", "ndjson"}) {
    const auto json = audit_below(system, {"mallory", "--format", format});
    expect_harmless(json.out);
    EXPECT_TRUE(std::ranges::none_of(json.out, [](char c) { return static_cast<signed char>(c) < 0; })) << json.out;
  }
}

TEST_F(HostileAsRoot, LinkTargetWithControls) {
  replace_key_file_by_link(evil_name);
  expect(from_outside(), refused("key-file-dangling-link", mallory_.key_file()));
  expect_harmless_reports(*system_);
}

TEST_F(HostileAsRoot, DirectoryNameWithControls) {
  const auto evil = mallory_.home + "/" + evil_name;
  system_->move(mallory_.ssh(), evil);
  system_->make_link(evil_name, mallory_.ssh(), mallory_.owner());
  system_->change_mode(evil, 0777);
  expect(from_outside(), refused("ssh-dir-writable", evil));
  expect_harmless_reports(*system_);
}

TEST_F(HostileAsRoot, FileNameWithControls) {
  const auto evil = mallory_.ssh() + "/" + evil_name;
  system_->move(mallory_.key_file(), evil);
  system_->make_link(evil_name, mallory_.key_file(), mallory_.owner());
  system_->change_mode(evil, 0);
  expect(from_outside(), refused("key-file-unreadable", evil));
  expect_harmless_reports(*system_);
}

TEST_F(HostileAsRoot, LongestNames) {
  const std::string longest(NAME_MAX, 'n');
  system_->move(mallory_.ssh(), mallory_.home + "/" + longest);
  system_->make_link(longest, mallory_.ssh(), mallory_.owner());
  expect(from_outside(), accepted());
}

TEST_F(HostileAsRoot, NameThatIsTooLong) {
  const std::string too_long(NAME_MAX + 1, 'n');
  replace_key_file_by_link(too_long);
  expect(from_outside(), refused("path-unresolvable", mallory_.ssh() + "/" + too_long));
}

// --- links -----------------------------------------------------------------------------------------------------------

// The key file is the first of `count` links, the last of which leads to a file.
void make_link_chain(AuditedSystem& system, const Person& person, int count) {
  const auto name = [](int number) { return "link" + std::to_string(number); };
  system.move(person.key_file(), person.home + "/keys");
  for (int i = 2; i < count; ++i) system.make_link(name(i + 1), person.home + "/" + name(i), person.owner());
  system.make_link("keys", person.home + "/" + name(count), person.owner());
  system.make_link("../" + name(2), person.key_file(), person.owner());
}

// What the kernel itself says when the key file is opened: 0 or an errno.
int errnum_of_open(const AuditedSystem& system, const Person& person) {
  const int home = open(system.on_host(person.home).c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC);
  const int file = openat(home, ".ssh/authorized_keys", O_RDONLY | O_CLOEXEC);
  const int errnum = file < 0 ? errno : 0;
  if (file >= 0) close(file);
  close(home);
  return errnum;
}

TEST_F(HostileAsRoot, FortyLinksInARow) {
  make_link_chain(*system_, mallory_, 40);
  ASSERT_EQ(errnum_of_open(*system_, mallory_), 0);
  expect(from_outside(), accepted());
  expect(from_inside(), accepted());
}

TEST_F(HostileAsRoot, OneLinkMoreThanTheKernelFollows) {
  make_link_chain(*system_, mallory_, 41);
  ASSERT_EQ(errnum_of_open(*system_, mallory_), ELOOP);
  expect(from_outside(), refused("path-unresolvable", mallory_.home + "/link41"));
  expect(from_inside(), refused("path-unresolvable", mallory_.home + "/link41"));
}

TEST_F(HostileAsRoot, LinksOutOfTheTree) {
  const auto outside = directory_.path() + "/outside";  // beside the tree, and reached from it by ".." if by anything
  mkdir(outside.c_str(), 0755);
  mallory_.home = "/../outside";
  expect(from_outside(), refused("home-missing", "/../outside"));
}

TEST_F(HostileAsRoot, HomeIsThatOfSomebodyElse) {
  mallory_.home = "/home/mallory/../victim";
  expect(from_outside(), refused("path-unsearchable", "/home/victim/.ssh"));
  expect(from_inside(), refused("path-unsearchable", "/home/victim/.ssh"));
}

TEST_F(HostileAsRoot, HomeByManyDots) {
  mallory_.home = "/../../../../../../home/./victim/../mallory/.ssh/..//";
  expect(from_outside(), accepted());
  expect(from_inside(), accepted());
}

TEST_F(HostileAsRoot, SshIsProcSelf) {
  replace_ssh_by_link("/proc/self");
  expect(from_inside(), unknown("/proc"));
}

TEST_F(HostileAsRoot, KeyFileIsADescriptorOfTheAuditor) {
  replace_key_file_by_link("/proc/self/fd/0");
  expect(from_inside(), unknown("/proc"));
}

TEST_F(HostileAsRoot, KeyFileIsTheKernelsLog) {
  replace_key_file_by_link("/proc/kmsg");
  expect(from_inside(), unknown("/proc"));
}

TEST_F(HostileAsRoot, SshIsDev) {
  replace_ssh_by_link("/dev");
  expect(from_inside(), {{"mallory", "none", "", ""}});
}

TEST_F(HostileAsRoot, KeyFileIsADevice) {
  for (const auto* device : {"/dev/zero", "/dev/tty", "/dev/full"}) {
    system_->remove(mallory_.key_file());
    system_->make_link(device, mallory_.key_file(), mallory_.owner());
    expect(from_inside(), refused("key-file-not-regular", device));
  }
}

TEST_F(HostileAsRoot, KeyFileIsShadow) {
  replace_key_file_by_link("/etc/shadow");
  complete();
  expect(from_outside(), refused("key-file-unreadable", "/etc/shadow"));
  expect(from_inside(), refused("key-file-unreadable", "/etc/shadow"));
}

TEST_F(HostileAsRoot, KeyFileIsAnotherNameOfSomebodyElses) {
  system_->remove(mallory_.key_file());
  const auto theirs = system_->on_host(victim_.key_file());
  ASSERT_EQ(link(theirs.c_str(), system_->on_host(mallory_.key_file()).c_str()), 0);
  system_->change_mode(victim_.key_file(), 0644);
  expect(from_outside(), refused("key-file-owner", mallory_.key_file()));
  system_->change_mode(victim_.key_file(), 0600);
  auto both = refused("key-file-owner", mallory_.key_file());
  both.push_back({"mallory", "refused", "key-file-unreadable", mallory_.key_file()});
  expect(from_outside(), both);
  const auto text = audit_below(*system_, {"mallory"});
  EXPECT_EQ(text.out.find("fix:"), std::string::npos)
      << "a command here would give the victim's file away: " << text.out;
}

// --- depth and size --------------------------------------------------------------------------------------------------

// `levels` directories with names of 255 bytes inside each other, below a directory that is open. Returns the last.
int make_deep(int directory, int levels) {
  const std::string name(NAME_MAX, 'd');
  for (int i = 0; i < levels; ++i) {
    EXPECT_EQ(mkdirat(directory, name.c_str(), 0755), 0);
    const int next = openat(directory, name.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC);
    close(directory);
    directory = next;
  }
  return directory;
}

std::string deep_name(int levels) {
  std::string name;
  for (int i = 0; i < levels; ++i) name += (i == 0 ? "" : "/") + std::string(NAME_MAX, 'd');
  return name;
}

// The kernel opens it, but its name is longer than realpath(3) can say, so sshd refuses.
TEST_F(HostileAsRoot, DeeperThanAPathCanSay) {
  constexpr int halfway = 14;
  system_->make_directory(mallory_.home + "/deep", mallory_.owner(), 0755);
  const auto top = system_->on_host(mallory_.home + "/deep");
  const int middle = make_deep(open(top.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC), halfway);
  ASSERT_EQ(symlinkat(deep_name(halfway).c_str(), middle, "on"), 0);
  const int bottom = make_deep(middle, halfway);
  const int file = openat(bottom, "authorized_keys", O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
  const auto key = key_line(1, "deep");
  ASSERT_EQ(write(file, key.data(), key.size()), static_cast<ssize_t>(key.size()));
  close(file);
  close(bottom);
  replace_ssh_by_link("deep/" + deep_name(halfway) + "/on");
  ASSERT_EQ(errnum_of_open(*system_, mallory_), 0);
  auto too_long = mallory_.home + "/deep";
  while (too_long.size() < PATH_MAX) too_long += "/" + std::string(NAME_MAX, 'd');
  expect(from_outside(), refused("path-unresolvable", too_long));
  expect(from_inside(), refused("path-unresolvable", too_long));
}

TEST_F(HostileAsRoot, HugeKeyFileWithoutKeys) {
  std::string comments;
  while (comments.size() < 17UL * 1024 * 1024) comments += "# nothing to see here, and there is a lot of it\n";
  system_->remove(mallory_.key_file());
  system_->make_file(mallory_.key_file(), comments, mallory_.owner(), 0600);
  expect(from_outside(), {{"mallory", "unknown", "key-file-cut", mallory_.key_file()}});
}

TEST_F(HostileAsRoot, HugeKeyFileWithAKey) {
  auto content = key_line(1, "first");
  content.append(17UL * 1024 * 1024, '\n');
  system_->remove(mallory_.key_file());
  system_->make_file(mallory_.key_file(), content, mallory_.owner(), 0600);
  expect(from_outside(), {{"mallory", "accepted", "key-file-large", mallory_.key_file()}});
}

TEST_F(HostileAsRoot, SparseFileOfATebibyte) {
  constexpr off_t tebibyte = off_t{1} << 40;
  if (truncate(system_->on_host(mallory_.key_file()).c_str(), 0) != 0 ||
      truncate(system_->on_host(mallory_.key_file()).c_str(), tebibyte) != 0) {
    GTEST_SKIP() << "the file system of the test has no files of that size";
  }
  expect(from_outside(), {{"mallory", "unknown", "key-file-cut", mallory_.key_file()}});
}

// --- what is no file -------------------------------------------------------------------------------------------------

TEST_F(HostileAsRoot, KeyFileIsAFifo) {
  system_->remove(mallory_.key_file());
  system_->make_fifo(mallory_.key_file(), mallory_.owner(), 0600);
  expect(from_outside(), refused("key-file-not-regular", mallory_.key_file()));
}

TEST_F(HostileAsRoot, KeyFileIsASocket) {
  system_->remove(mallory_.key_file());
  const auto path = system_->on_host(mallory_.key_file());
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  ASSERT_LT(path.size(), sizeof address.sun_path);
  path.copy(address.sun_path, path.size());
  const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  ASSERT_EQ(bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  expect(from_outside(), refused("key-file-not-regular", mallory_.key_file()));
  close(fd);
}

}  // namespace
}  // namespace sshaudit::e2e
