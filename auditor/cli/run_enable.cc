// SPDX-License-Identifier: MIT
#include "cli/run_enable.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <cstdio>
#include <optional>
#include <string>

#include "cli/command_advice.h"
#include "cli/pam_wiring.h"
#include "cli/question.h"
#include "cli/wiring_view.h"
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

constexpr int wired = 0;
constexpr int nothing_changed = 2;

constexpr auto start_anew = "Start sshd anew, by its absolute path, and run this again.\n";
using Text = std::string;  // for people, escaped already; lines with a newline behind each

// What is looked at first, then done step by step, and taken back when a step fails.
class Enable {
 public:
  Result<int> run() {
    auto seen = look_at_sshd();
    views_ = std::move(seen.views);
    if (views_.empty()) return refuse(fmt::format("there is no sshd at {}\n", sshd_program));
    others_ = std::move(seen.others);
    for (const auto& other : others_) {
      notes_ += fmt::format("sshd ({}) goes by another configuration: it is left as it is\n", other.daemon->pid);
    }
    auto why = obstacle();
    if (!why) return tl::unexpected(why.error());
    if (!why->empty()) return refuse(*why);
    if (auto done = carry_out(); !done) return take_back(done.error());
    return tell_end();
  }

 private:
  const SshdVersion& version() const { return views_.front().sshd->server().version; }

  Text lines() const { return quoted_lines(wiring_lines(logger_path(), version())); }

  static Result<int> refuse(const Text& why) {
    std::fprintf(stderr, "sshaudit: nothing is changed: %s", why.c_str());
    return nothing_changed;
  }

  // Why nothing is changed; empty when nothing is known to be in the way.
  Result<Text> obstacle() {
    if (auto why = why_logger_is_not_run(); !why.empty()) return visible(why) + "\n";
    for (const auto& view : views_) {
      if (!view.other_program.empty()) {
        return fmt::format(
            "sshd ({}) is {}, not {}, and goes by {} as well\n"
            "What enable writes is for the version of {}. Have one of them go by a file of its own, and run this "
            "again.\n",
            view.daemon->pid, visible(view.other_program), sshd_program, sshd_main_file, sshd_program);
      }
      const auto complaint = complaint_of(view);
      if (!complaint) return tl::unexpected(complaint.error());
      if (!complaint->empty()) {
        return fmt::format("sshd would not start with its configuration; mend that first. sshd -t says:\n{}",
                           quoted_lines(*complaint));
      }
      if (view.sshd->server().unread) {
        return fmt::format("not all of sshd's configuration could be read: {}\n",
                           in_words(*view.sshd->server().unread));
      }
      if (auto why = taken(view); !why.empty()) return why;
      if (auto why = view.daemon ? why_not_reloaded(*view.daemon) : std::string(); !why.empty()) {
        return fmt::format("sshd ({}) cannot be reloaded: {}\n{}", view.daemon->pid, visible(why), start_anew);
      }
    }
    if (is_by_hand_) return Text();
    return obstacle_to_file();
  }

  // The slot has one place: for a command that is there the line to put in its stead.
  Text taken(const SshdView& view) {
    for (const auto& line : command_lines(view.config(), logger_path())) {
      if (!is_by_hand_ && line.is_ours && line.place.file != drop_in_path && line.condition.empty()) {
        is_by_hand_ = true;
        notes_ += fmt::format("{} runs the logger already: the configuration of sshd is left as it is\n",
                              render_place(line.place));
      }
      if (line.is_ours || line.is_none) continue;
      const auto place = place_of(line.place, view);
      const auto where = line.condition.empty() ? Text() : fmt::format(" (Match {})", visible(line.condition));
      return fmt::format(
          "AuthorizedKeysCommand is taken, {}{}:\n    AuthorizedKeysCommand {}\n"
          "The logger can stand before that command. Put these two lines in the place of that one and its\n"
          "AuthorizedKeysCommandUser, check with sshd -t, and {}:\n{}",
          place, where, visible(line.text), line.place.line == 0 ? "start sshd anew" : "reload sshd",
          lines_with_logger(logger_path(), version(), line));
    }
    return {};
  }

  static Text place_of(const ConfigPlace& place, const SshdView& view) {
    if (place.line != 0 || !view.daemon) return render_place(place);
    return fmt::format("on the command line of sshd ({})", view.daemon->pid);
  }

  Result<Text> obstacle_to_file() {
    auto file = PlacedFile::open(drop_in_directory, drop_in_name);
    if (!file) return fmt::format("{}\n{}", in_words(file.error()), by_hand());
    const auto text = file->text();
    if (!text) return fmt::format("{}: move it away first\n", in_words(text.error()));
    file_.emplace(std::move(*file));
    before_ = *text;
    if (before_ && !is_drop_in_text(*before_, logger_path())) {
      return fmt::format("{} is there, and is not as enable writes it: move it away first\n", drop_in_path);
    }
    for (const auto& view : views_) {
      const auto changed = with_drop_in(view, drop_in_text(logger_path(), version()));
      if (!changed) return tl::unexpected(changed.error());
      if (const auto hindrance = hindrance_to(drop_in_path, *changed)) return hindered(*hindrance, view);
    }
    return obstacle_of_others();
  }

  // A file of theirs may include our directory as well.
  Text obstacle_of_others() const {
    for (const auto& other : others_) {
      const auto file = visible(other.sshd->server().config);
      const auto place = reached_by_drop_in(other, drop_in_text(logger_path(), version()));
      if (!place) {
        return fmt::format("sshd ({}) goes by {}, and whether that reads {} cannot be seen: {}\n", other.daemon->pid,
                           file, drop_in_path, in_words(place.error()));
      }
      if (!*place) continue;
      return fmt::format(
          "sshd ({}) goes by {}, and would read {} too, by its Include ({})\n"
          "Have that Include name the files that it means, and run this again; or do it by hand:\n{}",
          other.daemon->pid, file, drop_in_path, render_place(**place), by_hand());
    }
    return {};
  }

  Text by_hand() const {
    return fmt::format("Put these two lines into {}, above the first Match, check with sshd -t, and reload sshd:\n{}",
                       sshd_main_file, lines());
  }

  Text hindered(const Hindrance& hindrance, const SshdView& view) const {
    using Kind = Hindrance::Kind;
    const auto place = place_of(hindrance.place, view);
    const auto line = visible(hindrance.line);
    switch (hindrance.kind) {
      case Kind::not_read:
        return fmt::format("{} has no Include that reads {}\n{}", sshd_main_file, drop_in_path, by_hand());
      case Kind::in_match:
        return fmt::format("the Include that reads {} stands below \"{}\" ({})\n{}", drop_in_path, line, place,
                           by_hand());
      case Kind::came_late:
        return fmt::format(
            "\"{}\" ({}) comes before {}, and the first value wins\n"
            "Take that line out, and run this again.\n",
            line, place, drop_in_path);
      case Kind::other_user:
        return fmt::format(
            "\"{}\" ({}) would have the logger run as somebody else than root\n"
            "Take that line out, and run this again.\n",
            line, place);
    }
    return {};
  }

  Result<void> carry_out() {
    const auto text = drop_in_text(logger_path(), version());
    if (file_) file_->remove_left_over();
    if (file_ && before_ != text) {
      if (auto done = file_->write(text); !done) return done;
      is_written_ = true;
    }
    if (auto done = check_sshd(); !done) return done;
    if (auto done = pam_.carry_out(views_.front()); !done) return done;
    return reload_all();
  }

  // As sshd sees it now.
  Result<void> check_sshd() {
    for (auto& view : look_at_sshd().views) {
      const auto complaint = complaint_of(view);
      if (!complaint) return tl::unexpected(complaint.error());
      if (!complaint->empty()) {
        return tl::unexpected(Error{fmt::format("sshd would not start with it: {}", *complaint), drop_in_path, 0});
      }
      if (auto done = check_command(view); !done) return done;
    }
    return {};
  }

  // Also where the file was there: whoever wrote it may have been killed before. When a daemon has read its files is
  // known to two seconds.
  Result<void> reload_all() {
    struct stat status {};
    if (!file_ || stat(drop_in_path, &status) != 0) return {};
    for (const auto& view : views_) {
      if (!view.daemon || status.st_mtim.tv_sec + 2 < view.daemon->loaded) continue;
      reloaded_.push_back(&view);
      if (auto done = reload(view); !done) return done;
    }
    return {};
  }

  // Each on its own, so that one that fails does not keep the others from being done.
  Result<int> take_back(const Error& error) {
    Text failed;
    const auto note = [&](const Result<void>& done) {
      if (!done) failed += fmt::format("    {}\n", in_words(done.error()));
    };
    if (is_written_) note(before_ ? file_->write(*before_) : file_->remove());
    if (pam_.is_changed()) note(remove_pam_profile());
    // The last of them is the one that did not do it.
    for (std::size_t i = 0; i + 1 < reloaded_.size(); ++i) note(reload(*reloaded_[i]));
    if (failed.empty()) {
      return refuse(
          fmt::format("{}\n{}", in_words(error), reloaded_.empty() && pam_.is_changed() ? "" : by_hand_after()));
    }
    std::fprintf(stderr, "sshaudit: %s\nNot everything could be put back:\n%s", in_words(error).c_str(),
                 failed.c_str());
    return nothing_changed;
  }

  Text by_hand_after() const {
    if (!reloaded_.empty()) {
      const auto complaint = complaint_of(*reloaded_.back());
      return complaint && complaint->empty() ? start_anew : "Mend that, and run this again.\n";
    }
    return file_ && !is_written_ ? by_hand() : Text();
  }

  Result<int> tell_end() const {
    if (const auto note = removal_note()) (void)note->remove();  // what a disable has left to be done, nobody needs
    Text text = notes_;
    if (file_) {
      text += fmt::format("sshd: {} {}; ", drop_in_path, is_written_ ? "is written" : "was there already");
      text += reloaded_.empty() ? no_reload() : has_read();
    }
    const auto& left = pam_.left_alone();
    text += left.empty() ? fmt::format("PAM: auth, account, session come to {}\n", pam_module_name)
                         : fmt::format("PAM: {}", left);
    if (!views_.front().sshd->server().settings.use_pam) text += "PAM: sshd does not ask it (UsePAM no)\n";
    text += "\"sshaudit status\" says whether it works, \"sshaudit disable\" takes it out\n";
    if (auto done = tell(text); !done) return tl::unexpected(done.error());
    return wired;
  }

  Text has_read() const {
    std::vector<std::string> pids;
    for (const auto* view : reloaded_) pids.push_back(std::to_string(view->daemon->pid));
    return fmt::format("sshd ({}) has read it\n", listed(pids));
  }

  Text no_reload() const {
    const bool runs = views_.front().daemon.has_value();
    if (!can_see_daemons()) return "without /proc it cannot be seen whether an sshd runs: reload it if one does\n";
    if (runs) return "sshd goes by it\n";
    return others_.empty() ? "no sshd listens, and the next one that starts reads it\n"
                           : "no sshd that listens goes by it, and the next one that starts does\n";
  }

  std::vector<SshdView> views_;
  std::vector<SshdView> others_;
  std::optional<PlacedFile> file_;
  std::optional<std::string> before_;      // the text of the file that was there
  std::vector<const SshdView*> reloaded_;  // the last one was told to, at least
  Text notes_;
  PamAddition pam_;
  bool is_by_hand_ = false;
  bool is_written_ = false;
};

}  // namespace

Result<int> run_enable() {
  if (auto done = require_root("enable"); !done) return tl::unexpected(done.error());
  umask(S_IWGRP | S_IWOTH);
  finish_what_is_begun();
  const auto lock = lock_wiring();
  if (!lock) return tl::unexpected(lock.error());
  return Enable().run();
}

}  // namespace sshaudit
