// SPDX-License-Identifier: MIT
#include "remedy/undo.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <map>
#include <optional>

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
  End undo(const RecordedStep& step) {
    identity_.restore();
    auto end = one(step);
    identity_.restore();
    return end;
  }

 private:
  End one(const RecordedStep& step) {
    if (!step.temporary.empty()) remove_draft(step);
    auto target = open(step.path, step.identity);
    if (step.kind == Kind::new_file || step.kind == Kind::new_directory) return remove(step, target);
    if (!target) return left(target.error());
    if (step.kind == Kind::content) return put_text_back(step, *target);
    if (!is_it(step, *target)) return left("it is another file by now");
    const auto now = state_of(*target);
    if (now == step.before) return {UndoEnd::as_before, {}};
    if (now != step.after) return left(changed);
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

  // A file whose text was put back is another one than before, and stands in for it.
  bool is_it(const RecordedStep& step, const Target& target) const {
    const auto stand_in = stand_ins_.find(step.path);
    const auto& mark = stand_in == stand_ins_.end() ? step.file : stand_in->second;
    const bool is_same_device = target.mark.device == mark.device || mark.born != 0;  // it may be mounted anew since
    return is_same_device && target.mark.inode == mark.inode && target.mark.born == mark.born;
  }

  End put_text_back(const RecordedStep& step, const Target& target) {
    if (state_of(target) != step.after || !S_ISREG(target.status.mode)) return left(changed);
    const auto text = read_target(target);
    if (!text) return left(text.error());
    const bool is_before = *text == step.text_before;
    if (!is_before && *text != step.text_after) return left(changed);
    if (!is_before) {
      const auto done = replace_text(reversed(step), target, identity_);
      identity_.restore();
      if (!done) return left(done.error());
    }
    const auto again = open(step.path, step.identity);
    if (again && is_put_back(step, *again)) stand_ins_[step.path] = again->mark;
    return {is_before ? UndoEnd::as_before : UndoEnd::undone, {}};
  }

  // The name may mean another file by now.
  static bool is_put_back(const RecordedStep& step, const Target& target) {
    if (!S_ISREG(target.status.mode) || target.status.links > 1 || state_of(target) != step.before) return false;
    const auto text = read_target(target);
    return text && *text == step.text_before;
  }

  End remove(const RecordedStep& step, const Result<Target>& target) {
    if (!target) {
      const bool is_gone = target.error().errnum == 0;
      return is_gone ? End{UndoEnd::as_before, {}} : left(target.error());
    }
    const bool is_directory = step.kind == Kind::new_directory;
    const auto now = state_of(*target);
    const bool is_cut_off = is_directory && now.uid == 0;  // made, and not given to the account yet
    if (now.mode != step.after.mode || (now.uid != step.after.uid && !is_cut_off)) return left(changed);
    const auto text = is_directory ? Result<std::string>() : read_target(*target);
    if (!text || *text != step.text_after) return left(changed);
    if (auto done = act_in(target->directory->component.status, step.identity, identity_); !done)
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
    if (act_in(directory->status, step.identity, identity_)) unlinkat(directory->fd.get(), step.temporary.c_str(), 0);
    identity_.restore();
  }

  FileIdentity identity_;
  std::map<std::string, FileMark> stand_ins_;  // by path
};

}  // namespace

void undo_steps(const std::vector<RecordedStep>& steps,
                const std::function<void(const RecordedStep&, UndoEnd, const std::string& why)>& tell) {
  Undoer undoer;
  for (auto step = steps.rbegin(); step != steps.rend(); ++step) {
    const auto end = undoer.undo(*step);
    tell(*step, end.end, end.why);
  }
}

}  // namespace sshaudit
