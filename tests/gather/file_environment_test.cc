// SPDX-License-Identifier: MIT
// File systems, flags, locked homes and labels, as they are seen of real files.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <linux/fs.h>
#include <linux/fscrypt.h>
#include <sys/ioctl.h>
#include <sys/wait.h>

#include <cstring>
#include <fstream>
#include <functional>

#include "gather/fd.h"
#include "gather/home_lock.h"
#include "gather/path_resolver.h"
#include "gather/scratch_directory.h"
#include "gather/selinux.h"
#include "gather/subprocess.h"
#include "private_mounts.h"

namespace sshaudit {
namespace {

PathComponent seen(const std::string& path) {
  auto resolver = PathResolver::open("/");
  const auto walk = walk_of(path, resolver->resolve(path));
  return walk.end == WalkEnd::found ? walk.components.back() : PathComponent();
}

bool set_flag(const std::string& path, int flag, bool on) {
  const Fd fd(open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
  int flags = 0;
  if (!fd || ioctl(fd.get(), FS_IOC_GETFLAGS, &flags) != 0) return false;
  flags = on ? flags | flag : flags & ~flag;
  return ioctl(fd.get(), FS_IOC_SETFLAGS, &flags) == 0;
}

class FileEnvironmentAsRoot : public testing::Test {
 protected:
  void SetUp() override { ASSERT_EQ(geteuid(), 0U) << "this test has to be run by root"; }

  // In a process of its own, whose mounts are gone with it. The result is that of `check`, or -1.
  int in_private_mounts(const std::function<int()>& check) {
    const pid_t child = fork();
    if (child == 0) _exit(enter_private_mounts() ? check() : 99);
    int status = 0;
    if (waitpid(child, &status, 0) != child || !WIFEXITED(status)) return -1;
    return WEXITSTATUS(status);
  }

  ScratchDirectory scratch_;
};

TEST_F(FileEnvironmentAsRoot, AnOrdinaryFileHasNothingToSay) {
  scratch_.file("home/file");
  scratch_.directory("home");
  scratch_.file("home/file");
  EXPECT_EQ(seen(scratch_.path("home/file")).attributes, FileAttributes());
  EXPECT_FALSE(seen(scratch_.path("home/file")).file_system.read_only);
}

TEST_F(FileEnvironmentAsRoot, FlagsAreSeenOfFilesAndDirectories) {
  scratch_.directory("home");
  scratch_.file("home/file");
  if (!set_flag(scratch_.path("home/file"), FS_IMMUTABLE_FL, true)) GTEST_SKIP() << "no flags on this file system";
  ASSERT_TRUE(set_flag(scratch_.path("home"), FS_APPEND_FL, true));
  const auto file = seen(scratch_.path("home/file")).attributes;
  const auto home = seen(scratch_.path("home")).attributes;
  set_flag(scratch_.path("home"), FS_APPEND_FL, false);
  set_flag(scratch_.path("home/file"), FS_IMMUTABLE_FL, false);
  EXPECT_TRUE(file.immutable);
  EXPECT_FALSE(file.append_only);
  EXPECT_TRUE(home.append_only);
  EXPECT_FALSE(home.immutable);
}

TEST_F(FileEnvironmentAsRoot, AMountIsReadOnlyWhereItIs) {
  scratch_.directory("mount");
  const auto path = scratch_.path("mount");
  EXPECT_EQ(in_private_mounts([&] {
              if (mount("tmpfs", path.c_str(), "tmpfs", 0, "") != 0) return 1;
              scratch_.directory("mount/home");
              scratch_.file("mount/home/file");
              if (seen(path + "/home/file").file_system.read_only || seen(path).file_system.read_only) return 2;
              if (!seen(path).attributes.mount_root || seen(path + "/home").attributes.mount_root) return 3;
              if (mount(nullptr, path.c_str(), nullptr, MS_REMOUNT | MS_RDONLY, nullptr) != 0) return 4;
              if (!seen(path + "/home/file").file_system.read_only || !seen(path).file_system.read_only) return 5;
              return seen(scratch_.path()).file_system.read_only ? 6 : 0;
            }),
            0);
}

// The device is the same on both sides: only the mount differs.
TEST_F(FileEnvironmentAsRoot, ABindMountMayBeReadOnlyByItself) {
  scratch_.directory("home/.ssh");
  scratch_.file("home/.ssh/keys");
  const auto ssh = scratch_.path("home/.ssh");
  const auto keys = ssh + "/keys";
  EXPECT_EQ(in_private_mounts([&] {
              if (mount(keys.c_str(), keys.c_str(), nullptr, MS_BIND, nullptr) != 0) return 1;
              if (mount(nullptr, keys.c_str(), nullptr, MS_BIND | MS_REMOUNT | MS_RDONLY, nullptr) != 0) return 2;
              if (!seen(keys).file_system.read_only) return 3;
              return seen(ssh).file_system.read_only ? 4 : 0;
            }),
            0);
}

TEST_F(FileEnvironmentAsRoot, AFileSystemIsFullWithoutBlocksOrInodes) {
  scratch_.directory("mount");
  const auto path = scratch_.path("mount");
  EXPECT_EQ(in_private_mounts([&] {
              if (mount("tmpfs", path.c_str(), "tmpfs", 0, "size=64k,nr_inodes=3") != 0) return 1;
              if (seen(path).file_system.full) return 2;
              scratch_.file("mount/one", "");
              scratch_.file("mount/two", "");
              if (!seen(path + "/two").file_system.full) return 3;
              if (unlink((path + "/two").c_str()) != 0) return 4;
              if (seen(path).file_system.full) return 5;
              scratch_.file("mount/one", std::string(65536, 'x'));
              return seen(path).file_system.full ? 0 : 6;
            }),
            0);
}

// What ecryptfs and systemd-homed leave behind is told by its name.
TEST_F(FileEnvironmentAsRoot, ALockedHomeIsKnownByWhatIsInItsPlace) {
  scratch_.directory("home/carol");
  auto resolver = PathResolver::open(scratch_.path());
  const auto lock_of = [&](const std::string& name) {
    const Account account{name, 0, 0, "/home/" + name, "/bin/sh"};
    resolver->identity_changed();
    return find_home_lock(*resolver, account, walk_of(account.home, resolver->resolve_directory(account.home)));
  };
  EXPECT_EQ(lock_of("carol"), HomeLock());
  scratch_.file("home/carol/Access-Your-Private-Data.desktop");
  EXPECT_EQ(lock_of("carol"), (HomeLock{HomeLock::Kind::ecryptfs, "/home/carol/Access-Your-Private-Data.desktop"}));
  EXPECT_EQ(lock_of("dora"), HomeLock());
  scratch_.directory("home/dora.homedir");
  EXPECT_EQ(lock_of("dora"), (HomeLock{HomeLock::Kind::homed, "/home/dora.homedir"}));
  scratch_.file("home/emil.home");
  EXPECT_EQ(lock_of("emil"), (HomeLock{HomeLock::Kind::homed, "/home/emil.home"}));
}

bool ran(const std::vector<std::string>& argv) {
  const auto output = run_program(argv, std::chrono::seconds(60));
  return output && output->exit_status == 0;
}

// The key of a file system that encrypts, there or taken away.
class EncryptionKey {
 public:
  explicit EncryptionKey(const std::string& mount) : mount_(open(mount.c_str(), O_RDONLY | O_CLOEXEC)) {}

  bool add() {
    std::array<char, sizeof(fscrypt_add_key_arg) + size> bytes{};
    auto* const request = reinterpret_cast<fscrypt_add_key_arg*>(bytes.data());
    request->key_spec.type = FSCRYPT_KEY_SPEC_TYPE_IDENTIFIER;
    request->raw_size = size;
    std::memset(request->raw, 7, size);
    if (ioctl(mount_.get(), FS_IOC_ADD_ENCRYPTION_KEY, request) != 0) return false;
    specifier_ = request->key_spec;
    return true;
  }

  bool encrypt(const std::string& directory) const {
    fscrypt_policy_v2 policy{};
    policy.version = FSCRYPT_POLICY_V2;
    policy.contents_encryption_mode = FSCRYPT_MODE_AES_256_XTS;
    policy.filenames_encryption_mode = FSCRYPT_MODE_AES_256_CTS;
    policy.flags = FSCRYPT_POLICY_FLAGS_PAD_32;
    std::memcpy(policy.master_key_identifier, specifier_.u.identifier, sizeof policy.master_key_identifier);
    const Fd fd(open(directory.c_str(), O_RDONLY | O_CLOEXEC));
    return ioctl(fd.get(), FS_IOC_SET_ENCRYPTION_POLICY, &policy) == 0;
  }

  bool remove() const {
    fscrypt_remove_key_arg request{};
    request.key_spec = specifier_;
    return ioctl(mount_.get(), FS_IOC_REMOVE_ENCRYPTION_KEY_ALL_USERS, &request) == 0;
  }

 private:
  static constexpr std::size_t size = 64;
  Fd mount_;
  fscrypt_key_specifier specifier_{};
};

HomeLock lock_of_home(const std::string& root, const std::string& name) {
  auto resolver = PathResolver::open(root);
  const auto home = walk_of("/" + name, resolver->resolve_directory("/" + name));
  return find_home_lock(*resolver, {name, 0, 0, "/" + name, "/bin/sh"}, home);
}

// 77: there is no file system that encrypts.
int lock_and_look(const ScratchDirectory& scratch) {
  const auto image = scratch.path("image");
  const auto root = scratch.path("mount");
  std::ofstream(image) << "";
  if (truncate(image.c_str(), 32L * 1024 * 1024) != 0 || !ran({"/sbin/mkfs.ext4", "-q", "-O", "encrypt", image}) ||
      !ran({"/bin/mount", "-o", "loop", image, root})) {
    return 77;
  }
  EncryptionKey key(root);
  scratch.directory("mount/carol");
  if (!key.add() || !key.encrypt(root + "/carol")) return 77;
  scratch.directory("mount/carol/.ssh");
  scratch.file("mount/carol/.ssh/authorized_keys");
  const auto file = root + "/carol/.ssh/authorized_keys";
  if (!seen(root + "/carol").attributes.encrypted || seen(file).path.empty()) return 1;
  if (lock_of_home(root, "carol") != HomeLock()) return 2;
  if (!key.remove()) return 3;
  if (!seen(file).path.empty()) return 4;
  return lock_of_home(root, "carol") == HomeLock{HomeLock::Kind::fscrypt, "/carol"} ? 0 : 5;
}

TEST_F(FileEnvironmentAsRoot, AnEncryptedHomeIsLockedWithoutItsKey) {
  scratch_.directory("mount");
  const auto result = in_private_mounts([&] { return lock_and_look(scratch_); });
  if (result == 77) GTEST_SKIP() << "no file system that encrypts can be made here";
  EXPECT_EQ(result, 0);
}

TEST_F(FileEnvironmentAsRoot, LabelsAreReadFromTheHomeDown) {
  scratch_.directory("home/carol/.ssh");
  scratch_.file("home/carol/.ssh/authorized_keys");
  scratch_.directory("etc/keys");
  scratch_.file("etc/keys/carol");
  auto resolver = PathResolver::open(scratch_.path());
  LabelSource source;
  source.read = [](int fd) -> std::optional<std::string> {
    struct stat status {};
    if (fstat(fd, &status) != 0) return std::nullopt;
    return S_ISDIR(status.st_mode) ? "u:r:dir_t:s0" : "u:r:file_t:s0";
  };
  source.expected = [](const std::string& path, mode_t) { return std::optional("u:r:" + path); };
  std::vector<FileLabel> labels;
  note_labels(source, resolver->resolve("/home/carol/.ssh/authorized_keys"), "/home/carol", labels);
  note_labels(source, resolver->resolve("/home/carol/.ssh/authorized_keys2"), "/home/carol", labels);
  note_labels(source, resolver->resolve("/etc/keys/carol"), "/home/carol", labels);
  const std::vector<FileLabel> expected = {
      {"/home/carol/.ssh/authorized_keys", "u:r:file_t:s0", "u:r:/home/carol/.ssh/authorized_keys"},
      {"/home/carol/.ssh", "u:r:dir_t:s0", "u:r:/home/carol/.ssh"},
      {"/home/carol", "u:r:dir_t:s0", "u:r:/home/carol"},
      {"/etc/keys/carol", "u:r:file_t:s0", "u:r:/etc/keys/carol"},
      {"/etc/keys", "u:r:dir_t:s0", "u:r:/etc/keys"}};
  EXPECT_EQ(labels, expected);
}

}  // namespace
}  // namespace sshaudit
