// SPDX-License-Identifier: MIT
// What else goes wrong at night: a user's own file system that hangs, ways into a dead mount, a caller's lock, and a
// machine without processes or memory to spare.
#include <fcntl.h>
#include <grp.h>
#include <gtest/gtest.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstddef>
#include <cstring>

#include "fuse_device.h"
#include "night.h"

namespace sshaudit::e2e {
namespace {

constexpr int unseen = 2;  // exit status
constexpr std::size_t accounts = 60;

const AccountLine& line_of(const std::vector<AccountLine>& lines, const std::string& user) {
  static const AccountLine none;
  const auto found = std::ranges::find(lines, user, &AccountLine::user);
  return found == lines.end() ? none : *found;
}

#ifdef HAVE_SECCOMP
constexpr int why_no_filter = EPERM;
#else
constexpr int why_no_filter = ENOSYS;
#endif

void must(bool done, const char* what) {
  if (!done) throw std::system_error(errno, std::generic_category(), what);
}

class OddNightAsRoot : public ::testing::Test {
 protected:
  OddNightAsRoot() : host_(accounts, {20}) {}

  const Person& person(std::size_t number) const { return host_.people().at(number); }

  std::vector<AccountLine> good_night() {
    const auto run = audit_in(host_.with_server({}), nightly());
    return account_lines(run.out);
  }

  ManyAccounts host_;
};

// --- a user's own file system over ~/.ssh ----------------------------------------------------------------------------

class OwnMountAsRoot : public OddNightAsRoot, public ::testing::WithParamInterface<bool> {};

// As fusermount(1) mounts it for its user: others, root too, are turned away at once unless user_allow_other is set.
TEST_P(OwnMountAsRoot, CostsItsUserOnly) {
  if (!kernel_has_fuse()) GTEST_SKIP() << "this kernel has no FUSE";
  const bool is_for_all = GetParam();
  const auto& mallory = person(7);
  host_.write_databases();
  const auto space = host_.with_server({}, [&] {
    mount_many_homes(mallory.ssh(), {.silence = Silence::unread, .mounted_by = mallory.uid, .is_for_all = is_for_all});
  });
  ASSERT_EQ(space.errnum(), 0);
  const auto run = audit_in(space, nightly({"--deadline", "4"}));
  EXPECT_TRUE(comes_true([&] { return space.visitors().empty(); }));
  const auto night = account_lines(run.out);
  EXPECT_EQ(beside({mallory.name}, good_night(), night), "");
  const auto& line = line_of(night, mallory.name);
  EXPECT_EQ(line.key_login, is_for_all ? "unknown" : "refused");
  EXPECT_EQ(line.rules, std::vector<std::string>{is_for_all ? "account-timeout" : "path-unsearchable"});
  EXPECT_EQ(run.exit_status, is_for_all ? unseen : 1);
}

const auto mount_name = [](const auto& info) { return std::string(info.param ? "ForAll" : "ForItsUser"); };
INSTANTIATE_TEST_SUITE_P(Mount, OwnMountAsRoot, ::testing::Bool(), mount_name);

// --- ways into a dead mount ------------------------------------------------------------------------------------------

TEST_F(OddNightAsRoot, WaysIntoADeadMount) {
  if (!kernel_has_fuse()) GTEST_SKIP() << "this kernel has no FUSE";
  auto& system = host_.system();
  const auto& linked = person(3);
  const auto& told = person(5);
  system.remove(linked.ssh());
  system.make_link(std::string(file_server) + "/keys", linked.ssh(), linked.owner());
  auto shell = system.person("shell", 30000);
  shell.shell = std::string(file_server) + "/bin/zsh";
  system.add_usual_home(shell);
  system.add_row(shell);
  system.add_group(shell.name, shell.gid);
  system.remove("/etc/ssh/sshd_config");
  system.make_file("/etc/ssh/sshd_config",
                   "UsePAM yes\nMatch User " + told.name + "\n  AuthorizedKeysFile " + file_server + "/keys/%u\n",
                   root_owner, 0644);
  host_.write_databases();
  const auto good = good_night();
  const auto space = host_.with_server({.silence = Silence::unread});
  ASSERT_EQ(space.errnum(), 0);
  for (const auto* jobs : {"1", "64"}) {
    const auto run = audit_in(space, nightly({"--deadline", "3", "--jobs", jobs}));
    const auto night = account_lines(run.out);
    EXPECT_EQ(run.exit_status, unseen);
    const std::set<std::string> ways = {linked.name, told.name, shell.name, host_.served().front().name};
    EXPECT_EQ(beside(ways, good, night), "");
    for (const auto& name : ways) {
      EXPECT_EQ(line_of(night, name).key_login, "unknown") << line_of(night, name).json;
    }
    EXPECT_EQ(lost_to(night, {"account-timeout", "mount-not-answering", "path-unseen", "shell-unseen"}), ways);
  }
}

// --- the caller's lock -----------------------------------------------------------------------------------------------

// flock(1) leaves its descriptor open for the program that it starts. Processes that cannot be ended must not keep the
// lock, or no night after this one has a run.
TEST_F(OddNightAsRoot, NobodyKeepsTheLockOfACronJob) {
  if (!kernel_has_fuse()) GTEST_SKIP() << "this kernel has no FUSE";
  host_.write_databases();
  const auto space = host_.with_server({.silence = Silence::taken});
  ASSERT_EQ(space.errnum(), 0);
  const TemporaryDirectory directory;
  const auto lock = directory.path() + "/lock";
  const auto started = start_sshaudit(nightly({"--deadline", "1"}), [&] {
    const int fd = open(lock.c_str(), O_RDWR | O_CREAT, 0600);
    if (fd < 0 || flock(fd, LOCK_EX) != 0) throw std::system_error(errno, std::generic_category(), "lock");
    space.join();
  });
  const auto run = finish(started);
  EXPECT_EQ(run.exit_status, unseen);
  EXPECT_FALSE(space.visitors().empty());
  const int fd = open(lock.c_str(), O_RDWR | O_CLOEXEC);
  EXPECT_EQ(flock(fd, LOCK_EX | LOCK_NB), 0) << "the lock is still held";
  close(fd);
}

// --- no filter of system calls ---------------------------------------------------------------------------------------

// As a container's own filter may have it: no process gets another one.
void forbid_filters() {
  constexpr auto call = offsetof(seccomp_data, nr);
  constexpr auto argument = offsetof(seccomp_data, args);  // the lower half, on machines that begin with it
  std::array<sock_filter, 7> code = {{
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, call),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_seccomp, 3, 0),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_prctl, 0, 3),
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, argument),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, PR_SET_SECCOMP, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  }};
  const sock_fprog program{code.size(), code.data()};
  must(syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program) == 0, "seccomp");
}

TEST_F(OddNightAsRoot, WithoutAFilterItIsSaid) {
  host_.write_databases();
  const auto space = host_.with_server({});
  ASSERT_EQ(space.errnum(), 0);
  const auto good = good_night();
  const auto run = run_sshaudit(nightly(), [&] {
    space.join();
    forbid_filters();
  });
  EXPECT_EQ(run.exit_status, 0);
  EXPECT_EQ(beside({}, good, account_lines(run.out)), "");
  EXPECT_EQ(run.err, "sshaudit: what users wrote was parsed as nobody, but without a filter of system calls: " +
                         std::string(std::strerror(why_no_filter)) + "\n");
}

// --- scarcity --------------------------------------------------------------------------------------------------------

// What was written before a run gave up, without a line that was cut off.
std::vector<AccountLine> lines_so_far(const AuditRun& run) {
  auto text = run.out.substr(0, run.out.rfind('\n') + 1);
  if (text.find("\"summary\"") == std::string::npos) text += "{\"summary\":{}}\n";
  return account_lines(text);
}

// Every account of which something is said is judged as when there is enough, or unknown; and it is no quiet failure.
void expect_no_wrong_word(const AuditRun& run, const std::vector<AccountLine>& good) {
  const auto night = lines_so_far(run);
  // The last one is what a user sees who cannot run chage(1).
  const auto lost = lost_to(night, {"account-not-judged", "account-timeout", "account-state-unseen"});
  ASSERT_LE(night.size(), good.size());
  const std::vector<AccountLine> begun(good.begin(), good.begin() + static_cast<std::ptrdiff_t>(night.size()));
  EXPECT_EQ(beside(lost, begun, night), "");
  if (night.size() < good.size()) {
    EXPECT_NE(run.exit_status, 0);
    EXPECT_NE(run.exit_status, 128 + SIGALRM) << "it hangs";
    EXPECT_TRUE(!run.err.empty() || run.exit_status > 128);
  } else if (!lost.empty()) {
    EXPECT_EQ(run.exit_status, unseen);
  }
}

void limit(__rlimit_resource_t resource, rlim_t most) {
  const rlimit value{most, most};
  must(setrlimit(resource, &value) == 0, "setrlimit");
}

void become(const Person& person) {
  const auto id = person.uid;
  must(setgroups(0, nullptr) == 0 && setresgid(id, id, id) == 0 && setresuid(id, id, id) == 0, "become a user");
}

// Started without a standard input and an error output, as some daemons start what they run.
TEST_F(OddNightAsRoot, WithoutStandardFiles) {
  const auto expected = good_night();
  const auto space = host_.with_server({});
  ASSERT_EQ(space.errnum(), 0);
  const auto run = run_sshaudit(nightly(), [&] {
    space.join();
    close(STDIN_FILENO);
    close(STDERR_FILENO);
  });
  EXPECT_EQ(run.exit_status, 0);
  const auto lines = account_lines(run.out);
  ASSERT_EQ(lines.size(), expected.size());
  for (std::size_t i = 0; i < lines.size(); ++i) EXPECT_EQ(lines[i].json, expected[i].json);
}

// The limit counts the processes of a user on the whole host, those that nobody has waited for yet too; root has none.
TEST_F(OddNightAsRoot, WithoutProcessesToSpare) {
  constexpr rlim_t most = 6;
  const auto first_id = 40000 + static_cast<uid_t>(getpid()) % 10000 * 2;
  std::vector<Person> alone;
  for (rlim_t i = 0; i < most; ++i) {
    alone.push_back(host_.system().add_usual_person("alone" + std::to_string(i), first_id + static_cast<uid_t>(i)));
  }
  host_.write_databases();
  const auto space = host_.with_server({});
  ASSERT_EQ(space.errnum(), 0);
  for (rlim_t processes = 1; processes <= most; ++processes) {
    SCOPED_TRACE(std::to_string(processes) + " processes");
    const auto& person = alone.at(processes - 1);
    const auto run_with = [&](rlim_t limited) {
      return run_sshaudit(nightly(), [&] {
        space.join();
        become(person);
        setenv("ASAN_OPTIONS", "detect_leaks=0", 1);  // the search for leaks takes a process
        limit(RLIMIT_NPROC, limited);
      });
    };
    const auto run = run_with(processes);
    const auto good = account_lines(run_with(1000).out);
    EXPECT_EQ(line_of(good, person.name).key_login, "accepted");
    expect_no_wrong_word(run, good);
    const bool is_enough = processes >= 3;  // itself and one pair
    EXPECT_EQ(run.exit_status, unseen);
    EXPECT_EQ(run.err, is_enough ? "" : "sshaudit: start a process: Resource temporarily unavailable\n");
    EXPECT_EQ(lines_so_far(run).size(), is_enough ? good.size() : 0);
  }
}

TEST_F(OddNightAsRoot, WithoutMemoryToSpare) {
  const auto& heavy = person(30);
  std::string keys;
  for (std::size_t i = 0; keys.size() < 8UL * 1024 * 1024; ++i) keys += key_line(i + 100'000, "many");
  host_.system().remove(heavy.key_file());
  host_.system().make_file(heavy.key_file(), keys, heavy.owner(), 0600);
  host_.write_databases();
  const auto good = good_night();
  const auto space = host_.with_server({});
  ASSERT_EQ(space.errnum(), 0);
  std::size_t complete = 0;
  std::size_t lost = 0;
  std::size_t failed = 0;
  for (rlim_t mebibytes = 4; mebibytes < 600; mebibytes += std::max<rlim_t>(mebibytes / 8, 1)) {
    SCOPED_TRACE(std::to_string(mebibytes) + " MiB");
    const auto run = run_sshaudit(nightly({"--deadline", "5"}), [&] {
      space.join();
      limit(RLIMIT_AS, mebibytes << 20U);
    });
    expect_no_wrong_word(run, good);
    const auto night = lines_so_far(run);
    const bool is_complete = night.size() == good.size();
    const bool has_lost = !lost_to(night, {"account-not-judged", "account-timeout"}).empty();
    ++(is_complete ? (has_lost ? lost : complete) : failed);
  }
  std::printf("%zu runs complete, %zu with accounts that are unknown, %zu failed\n", complete, lost, failed);
  EXPECT_GT(failed, 0U);
}

}  // namespace
}  // namespace sshaudit::e2e
