// SPDX-License-Identifier: MIT
// A system with one account whose home, .ssh and key files have everything wrong with them that `fix --content` mends.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "cases.h"
#include "home_picture.h"
#include "traced_run.h"

namespace sshaudit::e2e {

class MendableSystem {
 public:
  // `make_home` makes /home/alice, again and again; nothing: the one with everything wrong.
  explicit MendableSystem(std::function<void(AuditedSystem&)> make_home = {});

  AuditedSystem& system() { return system_; }
  Scene& scene() { return scene_; }

  // As it was made, and no record.
  void renew();

  // Of the system, but for what sshaudit remembers.
  Picture picture() const;

  // The names of the records, oldest first.
  std::vector<std::string> records() const;
  std::string record_path(const std::string& name) const { return system_.on_host(undo_directory + "/" + name); }

  // Within the system, after the mounts of the scene.
  AuditRun run(const std::vector<std::string>& arguments, const std::string& input = {}) const;
  TracedRun traced(const std::vector<std::string>& arguments, const std::string& input,
                   const TraceOrders& orders) const;

  static const std::string undo_directory;

 private:
  TemporaryDirectory directory_;
  AuditedSystem system_;
  Scene scene_;
  std::function<void(AuditedSystem&)> make_home_;
};

// Of a home that is there.
void fill_broken_home(AuditedSystem& system);

// The text of the key file: a byte order mark, two keys on one line, no newline at the end.
std::string broken_text();
std::string mended_text();

constexpr uid_t nobodys_id = 4242;  // no account has it

}  // namespace sshaudit::e2e
