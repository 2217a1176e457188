// SPDX-License-Identifier: MIT
#include "mendable_system.h"

#include <algorithm>
#include <filesystem>

namespace sshaudit::e2e {
namespace {

std::string without_newline(std::string line) {
  line.pop_back();
  return line;
}

void make_broken_home(AuditedSystem& system) {
  system.make_directory("/home/alice", root_owner, 0755);
  fill_broken_home(system);
}

}  // namespace

const std::string MendableSystem::undo_directory = "/var/lib/sshaudit/undo";

void fill_broken_home(AuditedSystem& system) {
  const Owner nobodys{nobodys_id, class_group};
  system.change_owner("/home/alice", nobodys);
  system.set_acl("/home/alice", "u::rwx,u:2002:rwx,g::rwx,m::rwx,o::r-x");
  system.make_directory("/home/alice/.ssh", nobodys, 0777);
  system.make_file("/home/alice/.ssh/authorized_keys", broken_text(), nobodys, 0644);
  system.set_acl("/home/alice/.ssh/authorized_keys", "u::rw-,u:2002:rw-,g::r--,m::rw-,o::r--");
  system.make_file("/home/alice/.ssh/authorized_keys2", key_line(7, "alice@desk"), nobodys, 0666);
  system.make_file("/home/alice/.profile", "umask 022\n", {alice_id, alice_id}, 0644);
}

std::string broken_text() {
  return "\xEF\xBB\xBF" + without_newline(key_line(1, "alice@laptop")) + key_line(2, "alice@phone") +
         without_newline(ClientKeys::line("ed25519"));
}

std::string mended_text() {
  return key_line(1, "alice@laptop") + key_line(2, "alice@phone") + ClientKeys::line("ed25519");
}

MendableSystem::MendableSystem(std::function<void(AuditedSystem&)> make_home)
    : system_(directory_.path()),
      scene_{system_, system_.person("alice", alice_id)},
      make_home_(make_home ? std::move(make_home) : make_broken_home) {
  build(scene_, [](Scene&) {});
  renew();
}

void MendableSystem::renew() {
  system_.remove("/home/alice");
  system_.remove("/var/lib/sshaudit");
  make_home_(system_);
}

Picture MendableSystem::picture() const {
  auto picture = picture_of(system_.root());
  std::erase_if(picture, [](const auto& entry) {
    return entry.first == "/var/lib/sshaudit" || entry.first.starts_with("/var/lib/sshaudit/");
  });
  return picture;
}

std::vector<std::string> MendableSystem::records() const {
  std::vector<std::string> names;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(system_.on_host(undo_directory), error)) {
    if (const auto name = entry.path().filename().string(); !name.starts_with('.')) names.push_back(name);
  }
  std::ranges::sort(names);
  return names;
}

AuditRun MendableSystem::run(const std::vector<std::string>& arguments, const std::string& input) const {
  return run_with_input(arguments, input, [&] { enter_debian(system_, scene_.mounts); });
}

TracedRun MendableSystem::traced(const std::vector<std::string>& arguments, const std::string& input,
                                 const TraceOrders& orders) const {
  return run_traced(
      arguments, input, [&] { enter_debian(system_, scene_.mounts); }, orders);
}

}  // namespace sshaudit::e2e
