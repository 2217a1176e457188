// SPDX-License-Identifier: MIT
#include "remedy/undo.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <optional>
#include <span>

#include "gather/file_status.h"
#include "gather/identity.h"
#include "gather/read_file.h"
#include "remedy/new_text.h"
#include "remedy/step.h"
#include "remedy/target.h"

namespace sshaudit {
namespace {

using Kind = RecordedStep::Kind;

struct End {
  UndoEnd end = UndoEnd::left;
  std::string why;
};

End left(std::string why) { return {UndoEnd::left, std::move(why)}; }
End left(const Error& error) {
  return left(error.errnum == 0 ? error.what : fmt::format("{}: {}", error.what, strerrordesc_np(error.errnum)));
}
const std::string changed = "it has changed since";

class Undoer {
 public:
  // The last of these steps, which all are to be taken back.
  End undo(std::span<const RecordedStep> steps) {
    identity_.restore();
    auto end = one(steps.back(), steps);
    identity_.restore();
    return end;
  }

 private:
  End one(const RecordedStep& step, std::span<const RecordedStep> steps) {
    if (!step.temporary.empty()) remove_draft(step);
    auto target = open(step.path, step.identity);
    if (step.kind == Kind::new_file || step.kind == Kind::new_directory) return remove(step, target, steps);
    if (!target) return is_shut(step, target.error()) ? End{UndoEnd::as_before, {}} : left(target.error());
    if (step.kind == Kind::content) return put_text_back(step, *target, steps);
    const auto now = state_of(*target);
    if (was_before(steps, step.path, now)) return {UndoEnd::as_before, {}};
    if (!is_it(step, *target)) return left("it is another file by now");
    if (now != step.after) return left(changed);
    if (step.kind == Kind::owner && S_ISREG(now.mode)) {  // what somebody has written since does not become another's
      const auto digest = text_digest(*target);
      if (!digest || *digest != step.text_before) return left(changed);
    }
    const bool is_of_account_alone = step.kind != Kind::owner && now.uid == step.identity.uid;
    if (!S_ISDIR(now.mode) && target->status.links > 1 && !is_of_account_alone) {
      return left("it has more names (hard links) by now");
    }
    const auto done = take_step(reversed(step), *target, identity_);
    return done ? End{UndoEnd::undone, {}} : left(done.error());
  }

  Result<Target> open(const std::string& path, const Identity& account) {
    if (auto done = identity_.become(account); !done) return tl::unexpected(done.error());
    auto target = open_target(path);
    identity_.restore();
    return target;
  }

  // What has been undone behind it may keep the account out again: then root looks whether this is so.
  bool is_shut(const RecordedStep& step, const Error& error) const {
    if (error.errnum != EACCES) return false;
    const auto target = open_target(step.path);
    return target && is_it(step, *target) && state_of(*target) == step.before;
  }

  // Before the last of these steps, or already before one that led to it: an undo may have been cut off.
  static bool was_before(std::span<const RecordedStep> steps, const std::string& path, const FileState& state) {
    return std::ranges::any_of(steps, [&](const RecordedStep& step) {
      const bool is_new = step.kind == Kind::new_file || step.kind == Kind::new_directory;
      return !is_new && step.path == path && step.before == state;
    });
  }

  // A file whose text was put back is another one than before, and stands in for it.
  FileMark mark_of(const RecordedStep& step) const {
    auto mark = step.file;
    for (const auto& one : stand_ins_) {
      if (one.of == mark) mark = one.is;
    }
    return mark;
  }

  // One that cannot be kept does for the steps of this record all the same.
  void stand_in(const RecordedStep& step, const FileMark& now) {
    const auto mark = mark_of(step);
    if (now == mark) return;
    stand_ins_.push_back({mark, now});
    static_cast<void>(keep_stand_in(stand_ins_.back()));
  }

  bool is_it(const RecordedStep& step, const Target& target) const {
    const auto mark = mark_of(step);
    const bool is_same_device = target.mark.device == mark.device || mark.born != 0;  // it may be mounted anew since
    return is_same_device && target.mark.inode == mark.inode && target.mark.born == mark.born;
  }

  End put_text_back(const RecordedStep& step, const Target& target, std::span<const RecordedStep> steps) {
    if (!S_ISREG(target.status.mode)) return left(changed);
    const auto text = read_target(target);
    if (!text) return left(text.error());
    const auto state = state_of(target);
    const bool is_before = *text == step.text_before && was_before(steps, step.path, state);
    if (!is_before && (*text != step.text_after || state != step.after)) return left(changed);
    if (!is_before) {
      const auto done = replace_text(reversed(step), target, identity_);
      identity_.restore();
      if (!done) return left(done.error());
    }
    const auto again = open(step.path, step.identity);
    if (again && is_put_back(step, *again)) stand_in(step, again->mark);
    return {is_before ? UndoEnd::as_before : UndoEnd::undone, {}};
  }

  // The name may mean another file by now.
  static bool is_put_back(const RecordedStep& step, const Target& target) {
    if (!S_ISREG(target.status.mode) || target.status.links > 1 || state_of(target) != step.before) return false;
    const auto text = read_target(target);
    return text && *text == step.text_before;
  }

  // A home that is not mounted now may come back with it: the directory in which it lay, or in which that was made, is
  // to be there, or one above it that is the account's own.
  bool is_gone(const RecordedStep& step, std::span<const RecordedStep> steps) {
    const auto directory_of = [](const std::string& path) { return path.substr(0, path.rfind('/')); };
    const auto is_made = [&](const std::string& path) {
      return std::ranges::any_of(
          steps, [&](const RecordedStep& one) { return one.kind == Kind::new_directory && one.path == path; });
    };
    auto lay_in = directory_of(step.path);
    auto above = lay_in;
    if (is_made(lay_in)) lay_in = directory_of(lay_in);
    for (; !above.empty(); above = directory_of(above)) {
      const auto target = open(above, step.identity);
      if (target) return target->status.uid == step.identity.uid || above.size() >= lay_in.size();
      if (target.error().errnum != ENOENT) return false;
    }
    return false;
  }

  End remove(const RecordedStep& step, const Result<Target>& target, std::span<const RecordedStep> steps) {
    if (!target) {
      const bool is_nowhere = target.error().errnum == ENOENT;
      return is_nowhere && is_gone(step, steps) ? End{UndoEnd::as_before, {}} : left(target.error());
    }
    const bool is_directory = step.kind == Kind::new_directory;
    const auto now = state_of(*target);
    const bool is_cut_off = is_directory && now.uid == 0;   // made, and not given to the account yet
    const mode_t handed_down = is_directory ? S_ISGID : 0;  // by the directory above
    if ((now.mode & ~handed_down) != step.after.mode || (now.uid != step.after.uid && !is_cut_off))
      return left(changed);
    const auto text = is_directory ? Result<std::string>() : read_target(*target);
    if (!text || *text != step.text_after) return left(changed);
    if (auto done = act_in(target->directory->fd.get(), target->directory->component.status, step.identity, identity_);
        !done)
      return left(done.error());
    const int flags = is_directory ? AT_REMOVEDIR : 0;
    if (unlinkat(target->directory->fd.get(), target->name.c_str(), flags) != 0) {
      return left(errno_error(is_directory ? "there is something in it" : "cannot be removed", step.path));
    }
    return {UndoEnd::undone, {}};
  }

  // What was left of a text when its writing was cut off. It lies where the account, or root alone, may write, and is
  // removed with no more rights than that.
  void remove_draft(const RecordedStep& step) {
    const auto directory = open(step.path.substr(0, step.path.rfind('/')), step.identity);
    if (!directory || !S_ISDIR(directory->status.mode)) return;
    if (act_in(directory->fd.get(), directory->status, step.identity, identity_))
      unlinkat(directory->fd.get(), step.temporary.c_str(), 0);
    identity_.restore();
  }

  FileIdentity identity_;
  std::vector<StandIn> stand_ins_ = kept_stand_ins();
};

}  // namespace

void undo_steps(const std::vector<RecordedStep>& steps,
                const std::function<void(const RecordedStep&, UndoEnd, const std::string& why)>& tell) {
  Undoer undoer;
  for (std::span<const RecordedStep> rest = steps; !rest.empty(); rest = rest.first(rest.size() - 1)) {
    const auto end = undoer.undo(rest);
    tell(rest.back(), end.end, end.why);
  }
}

}  // namespace sshaudit
