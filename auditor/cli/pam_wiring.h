// SPDX-License-Identifier: MIT
// What PAM is told, as enable, disable and status see it, and how enable tells it.
#pragma once

#include <string>
#include <vector>

#include "cli/wiring_view.h"
#include "sshaudit/result.h"
#include "wiring/pam_profile.h"

namespace sshaudit {

// What PAM's files say for the service of sshd.
struct PamView {
  std::string service;
  bool is_asked = false;             // UsePAM yes
  std::vector<PamModuleLine> lines;  // of our module
  bool is_loadable = false;          // libpam finds and loads it
  std::string foreign;               // why pam-auth-update would leave its files alone; empty when it would not
  bool has_kind(const char* kind) const;
  std::vector<std::string> kinds() const;
  // Of other files than those that pam-auth-update keeps.
  std::vector<PamModuleLine> by_hand() const;
};
PamView look_at_pam(const SshdView* view);

// Has pam-auth-update add the module, unless something says that it had better not, or that it did harm: then all is as
// it was.
class PamAddition {
 public:
  // An error when it failed; nothing is taken back then.
  Result<void> carry_out(const SshdView& view);

  bool is_changed() const { return is_changed_; }
  const std::string& left_alone() const { return left_alone_; }  // why, escaped, in lines; empty when all is wired

 private:
  Result<void> update(const SshdView& view);

  std::string left_alone_;
  bool is_changed_ = false;
};

}  // namespace sshaudit
