// SPDX-License-Identifier: MIT
#include "tricked_host.h"

#include <algorithm>
#include <fstream>

#include "debian_etc.h"

namespace sshaudit::e2e {
namespace {

constexpr uid_t first_id = 20000;

std::vector<Trick> all_tricks() {
  std::vector<Trick> all;
  for (const auto& more : {tricks_with_files(), tricks_with_lines(), tricks_with_mounts()}) {
    all.insert(all.end(), more.begin(), more.end());
  }
  return all;
}

}  // namespace

TrickedHost::TrickedHost() : tricks_(all_tricks()), system_(directory_.path()) {
  system_.make_file("/root/secret", std::string(secret) + "\n" + key_line(1, secret), root_owner, 0600);
  for (std::size_t i = 0; i < tricks_.size(); ++i) {
    if (i % 4 == 0) add_honest();
    const auto& trick = tricks_[i];
    tricksters_.push_back(add(trick.user));
    if (trick.play) trick.play(system_, tricksters_.back());
  }
  add_honest();
  system_.write_databases();
  std::ofstream(system_.on_host("/etc/shadow"), std::ios::app) << secret << ":*:20000:0:99999:7:::\n";
}

void TrickedHost::play_inside() const {
  enter_debian(system_, {});
  for (std::size_t i = 0; i < tricks_.size(); ++i) {
    if (tricks_[i].inside) tricks_[i].inside(tricksters_.at(i));
  }
}

Person TrickedHost::add(const std::string& name) {
  order_.push_back(name);
  return system_.add_usual_person(name, first_id + static_cast<uid_t>(order_.size()));
}

void TrickedHost::add_honest() {
  const auto number = std::to_string(honest_.size() + 1);
  honest_.push_back("honest" + std::string(2 - std::min<std::size_t>(number.size(), 2), '0') + number);
  const auto person = add(honest_.back());
  system_.remove(person.key_file());
  system_.make_file(person.key_file(), key_line(person.uid, secret), person.owner(), 0600);
}

}  // namespace sshaudit::e2e
