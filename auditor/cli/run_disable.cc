// SPDX-License-Identifier: MIT
#include "cli/run_disable.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <string>

#include "cli/pam_wiring.h"
#include "cli/question.h"
#include "cli/wiring_view.h"
#include "remedy/pam_update.h"
#include "remedy/placed_file.h"
#include "remedy/sshd_reload.h"
#include "render/config.h"
#include "render/visible_text.h"
#include "rules/wording.h"
#include "wiring/drop_in.h"

namespace sshaudit {
namespace {

constexpr int taken_out = 0;
constexpr int something_left = 2;

// Each part on its own: what is left of one does not keep the other in.
class Disable {
 public:
  Result<int> run() {
    views_ = look_at_sshd().views;
    take_out_of_sshd();
    take_out_of_pam();
    if (auto done = tell(has_done_.empty() && status_ == taken_out ? "nothing is wired\n" : has_done_); !done) {
      return tl::unexpected(done.error());
    }
    return status_;
  }

 private:
  void leave(const std::string& what) {
    std::fprintf(stderr, "sshaudit: %s\n", what.c_str());
    status_ = something_left;
  }

  void take_out_of_sshd() {
    for (const auto& view : views_) name_other_lines(view);
    const auto file = PlacedFile::open(drop_in_directory, drop_in_name);
    if (!file) {
      if (file.error().errnum != ENOENT) leave(in_words(file.error()));
      return;
    }
    file->remove_left_over();
    const auto text = file->text();
    if (!text) return leave(fmt::format("left alone: {}", in_words(text.error())));
    if (!*text) return;
    if (!is_drop_in_text(**text, logger_path())) {
      return leave(
          fmt::format("left alone: {} has been changed since enable wrote it: take it out by hand, and reload "
                      "sshd",
                      drop_in_path));
    }
    if (auto done = file->remove(); !done) return leave(in_words(done.error()));
    has_done_ += fmt::format("sshd: {} is removed{}\n", drop_in_path, reload_all());
    check();
  }

  void name_other_lines(const SshdView& view) {
    for (const auto& line : command_lines(view.config(), logger_path())) {
      if (!line.is_ours || line.place.file == drop_in_path) continue;
      leave(
          fmt::format("left alone: {} runs the logger, and was not put there by enable: take it out by hand, and "
                      "reload sshd",
                      render_place(line.place)));
    }
  }

  std::string reload_all() {
    std::vector<std::string> pids;
    for (const auto& view : views_) {
      if (!view.daemon) continue;
      if (auto done = reload(view); !done) {
        leave(fmt::format("{} is removed; {}\n{}", drop_in_path, in_words(done.error()), after_reload(*view.daemon)));
      } else {
        pids.push_back(std::to_string(view.daemon->pid));
      }
    }
    return pids.empty() ? "" : fmt::format("; sshd ({}) has read that", listed(pids));
  }

  static std::string after_reload(const Daemon& daemon) {
    if (has_ended(daemon)) return "It does not run any more: nobody can log in until it is started.";
    return "It runs the logger until it reads its configuration: see that sshd -t says nothing, and run this again.";
  }

  // What sshd complains of now it did before; but it must not name the logger any more.
  void check() {
    for (const auto& view : look_at_sshd().views) {
      const auto told = view.sshd->ask({});
      if (status_ != taken_out || !told || told->find(logger_path()) == std::string::npos) continue;
      leave("sshd -T names the logger still");
    }
  }

  void take_out_of_pam() {
    const auto* const view = views_.empty() ? nullptr : &views_.front();
    const auto before = look_at_pam(view);
    const auto by_hand = before.by_hand();
    for (const auto& line : by_hand) {
      leave(fmt::format("left alone: {} names {}, and was not put there by enable: take the line out by hand",
                        render_place(line.place), pam_module_name));
    }
    if (before.lines.size() == by_hand.size()) return;
    const auto done = has_pam_auth_update() ? remove_pam_profile() : Result<void>();
    const auto after = look_at_pam(view);
    for (const auto& line : after.lines) {
      if (by_hand.end() != std::ranges::find(by_hand, line)) continue;
      leave(fmt::format("{} still names {}{}: take the line out by hand", render_place(line.place), pam_module_name,
                        done ? "" : fmt::format(" ({})", in_words(done.error()))));
    }
    if (after.lines.size() == by_hand.size()) has_done_ += fmt::format("PAM: {} is taken out\n", pam_module_name);
  }

  std::vector<SshdView> views_;
  std::string has_done_;
  int status_ = taken_out;
};

}  // namespace

Result<int> run_disable() {
  if (auto done = require_root("disable"); !done) return tl::unexpected(done.error());
  umask(S_IWGRP | S_IWOTH);
  finish_what_is_begun();
  const auto lock = lock_directory("/etc/ssh");
  if (!lock) return tl::unexpected(lock.error());
  return Disable().run();
}

}  // namespace sshaudit
