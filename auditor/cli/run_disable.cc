// SPDX-License-Identifier: MIT
#include "cli/run_disable.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <string>

#include "cli/command_advice.h"
#include "cli/pam_wiring.h"
#include "cli/question.h"
#include "cli/wiring_view.h"
#include "gather/read_file.h"
#include "remedy/pam_update.h"
#include "remedy/placed_file.h"
#include "remedy/sshd_reload.h"
#include "remedy/wiring_state.h"
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
    const auto note = removal_note();
    if (!note) return leave(in_words(note.error()));
    if (!remove_file(*note)) return;
    const auto left = note->text();
    if (!left) return leave(in_words(left.error()));
    if (!*left) return;
    struct stat status {};
    if (stat(note->path().c_str(), &status) != 0) return leave(in_words(errno_error("stat", note->path())));
    if (tell_daemons(status.st_mtim.tv_sec)) {
      if (auto done = note->remove(); !done) leave(in_words(done.error()));
    }
    check();
  }

  // False when it is there still.
  bool remove_file(const PlacedFile& note) {
    const auto file = PlacedFile::open(drop_in_directory, drop_in_name);
    if (!file && file.error().errnum == ENOENT) return true;
    if (!file) return fail(file.error());
    file->remove_left_over();
    const auto text = file->text();
    if (!text) {
      leave(fmt::format("left alone: {}", in_words(text.error())));
      return false;
    }
    if (!*text) return true;
    if (!is_drop_in_text(**text, logger_path())) {
      leave(fmt::format("left alone: {} has been changed since enable wrote it: {}", drop_in_path, advice_for_file()));
      return false;
    }
    if (auto done = note.write("\n"); !done) return fail(done.error());
    if (auto done = file->remove(); !done) return fail(done.error());
    is_removed_ = true;
    return true;
  }

  bool fail(const Error& error) {
    leave(in_words(error));
    return false;
  }

  std::string advice_for_file() const {
    const CommandLine nothing;
    if (views_.empty()) return how_to_take_out(nothing, {});
    const auto& config = views_.front().config();
    const auto lines = command_lines(config, logger_path());
    const auto found =
        std::ranges::find_if(lines, [](const CommandLine& line) { return line.place.file == drop_in_path; });
    return how_to_take_out(found == lines.end() ? nothing : *found, config.version);
  }

  void name_other_lines(const SshdView& view) {
    for (const auto& line : command_lines(view.config(), logger_path())) {
      if (!line.is_ours || line.place.file == drop_in_path) continue;
      leave(fmt::format("left alone: {} runs the logger, and was not put there by enable: {}", render_place(line.place),
                        how_to_take_out(line, view.config().version)));
    }
  }

  // Whether all of them have read that the file is gone. When one has read its files is known to two seconds.
  bool tell_daemons(std::int64_t removed) {
    std::vector<std::string> pids;
    bool is_done = true;
    for (const auto& view : views_) {
      if (!view.daemon || removed + 2 < view.daemon->loaded) continue;
      if (auto done = reload(view); !done) {
        is_done = false;
        leave(fmt::format("{} is removed; {}\n{}", drop_in_path, in_words(done.error()), after_reload(*view.daemon)));
      } else {
        pids.push_back(std::to_string(view.daemon->pid));
      }
    }
    std::string read;
    if (!pids.empty()) read = fmt::format("; sshd ({}) has read that", listed(pids));
    if (!can_see_daemons()) read = "; without /proc it cannot be seen whether an sshd runs: reload it if one does";
    if (is_removed_ || !read.empty()) has_done_ += fmt::format("sshd: {} is removed{}\n", drop_in_path, read);
    return is_done;
  }

  static std::string after_reload(const Daemon& daemon) {
    if (has_ended(daemon)) return "It does not run any more: nobody can log in until it is started.";
    if (!why_not_reloaded(daemon).empty()) return "It runs the logger until it is started anew.";
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
  bool is_removed_ = false;  // now, by this run
  int status_ = taken_out;
};

}  // namespace

Result<int> run_disable() {
  if (auto done = require_root("disable"); !done) return tl::unexpected(done.error());
  umask(S_IWGRP | S_IWOTH);
  finish_what_is_begun();
  const auto lock = lock_wiring();
  if (!lock) return tl::unexpected(lock.error());
  return Disable().run();
}

}  // namespace sshaudit
