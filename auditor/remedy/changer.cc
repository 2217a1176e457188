// SPDX-License-Identifier: MIT
#include "remedy/changer.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <random>

#include "gather/acl.h"
#include "remedy/guard.h"
#include "remedy/new_text.h"
#include "remedy/step.h"

namespace sshaudit {
namespace {

std::string in_words(const Error& error) {
  return error.errnum == 0 ? error.what : fmt::format("{}: {}", error.what, strerrordesc_np(error.errnum));
}

std::string owner_and_mode(const FileStatus& status) {
  return fmt::format("{:04o} of uid {}, gid {}", status.mode & 07777U, status.uid, status.gid);
}

// What is different from what was judged; empty when nothing is.
std::string difference(const FileStatus& judged, const FileStatus& now) {
  if (judged.device != now.device || judged.inode != now.inode) return "it is another file by now";
  if (judged.mode != now.mode || judged.uid != now.uid || judged.gid != now.gid) {
    return fmt::format("it is {} by now, and was {}", owner_and_mode(now), owner_and_mode(judged));
  }
  const bool has_more_names = !S_ISDIR(now.mode) && judged.links != now.links;
  return has_more_names ? "the number of its names (hard links) has changed" : std::string();
}

bool is_below(const std::string& path, const std::string& directory) {
  return !directory.empty() && path.starts_with(directory + "/");
}

std::string name_beside(const std::string& path, const Record& record) {
  std::random_device random;  // nobody makes it first
  return fmt::format(".{}.sshaudit-{}-{:08x}", path.substr(path.rfind('/') + 1), record.name(), random());
}

}  // namespace

// What lies in the home has to lie on the home's own mount.
Result<Target> Changer::open_as_account(const Plan& plan, const std::string& path) {
  if (auto done = identity_.become(plan.identity); !done) return tl::unexpected(done.error());
  auto target = open_target(path);
  auto home = is_below(path, plan.home) ? open_target(plan.home) : Result<Target>();
  identity_.restore();
  if (!target) return target;
  if (!home) return tl::unexpected(home.error());
  if (home->fd && !is_same_mount(home->fd.get(), target->fd.get())) {
    return tl::unexpected(Error{"something else is mounted there", path, 0});
  }
  return target;
}

Result<Target> Changer::open_judged(const Plan& plan, const std::string& path, const FileStatus& judged) {
  auto target = open_as_account(plan, path);
  if (!target) return target;
  if (auto what = difference(judged, target->status); !what.empty()) {
    return tl::unexpected(Error{std::move(what), path, 0});
  }
  return target;
}

Result<Target> Changer::open_for(const Plan& plan, const Change& change) {
  auto target = open_judged(plan, change.path, change.judged);
  if (!target) return target;
  const bool shows_acl = (change.judged.mode & S_IWGRP) != 0;
  if (shows_acl && read_acl(target->fd.get()) != change.acl) {
    return tl::unexpected(Error{"its ACL has changed", change.path, 0});
  }
  if (!change.owner) return target;
  if (auto why = why_not_given(*target, plan.identity, change.path == plan.home, grammar_, identity_); !why.empty()) {
    return tl::unexpected(Error{"not given to " + plan.account.name + ": " + why, change.path, 0});
  }
  return target;
}

std::string Changer::obstacle_to(const Plan& plan, const Change& change) {
  const auto target = open_for(plan, change);
  return target ? std::string() : in_words(target.error());
}

std::string Changer::obstacle_to(const Plan& plan, const PlannedContent& content) {
  const auto target = open_judged(plan, content.path, content.judged);
  return target ? std::string() : in_words(target.error());
}

Result<void> Changer::make(const Plan& plan, const Change& change, Record& record) {
  const auto target = open_for(plan, change);
  if (!target) return tl::unexpected(target.error());
  const auto steps = steps_of(plan, change, *target);
  if (!steps) return tl::unexpected(steps.error());
  for (const auto& step : *steps) {
    if (auto done = record.add(step); !done) return done;
    if (auto done = take_step(step, *target, identity_); !done) return done;
  }
  return {};
}

// Owner and mode may have been changed a moment ago, by the plan itself.
Result<void> Changer::make(const Plan& plan, const PlannedContent& content, Record& record) {
  if (!content.obstacle.empty()) return tl::unexpected(Error{content.obstacle, content.path, 0});
  auto target = open_judged(plan, content.path, content.judged);
  const auto change = std::ranges::find(plan.changes, content.path, [](const auto& one) { return one.change.path; });
  if (!target && change != plan.changes.end()) target = open_judged(plan, content.path, change->after);
  if (!target) return tl::unexpected(target.error());
  const auto state = state_of(*target);
  const auto& judged = target->status;
  if (state.mode != judged.mode || state.uid != judged.uid || state.gid != judged.gid) {
    return tl::unexpected(Error{"its owner or mode has changed", content.path, 0});
  }
  if ((state.mode & (S_ISUID | S_ISGID)) != 0) {
    return tl::unexpected(Error{"it is set-user-ID or set-group-ID, and no key file", content.path, 0});
  }
  const RecordedStep step{.kind = RecordedStep::Kind::content,
                          .user = plan.account.name,
                          .identity = plan.identity,
                          .path = content.path,
                          .file = target->mark,
                          .before = state,
                          .after = state,
                          .text_before = content.before,
                          .text_after = content.after,
                          .temporary = name_beside(content.path, record)};
  if (auto done = record.add(step); !done) return done;
  auto done = replace_text(step, *target, identity_);
  identity_.restore();
  return done;
}

Result<void> Changer::make(const Account& account, const Identity& identity, const KeyAddition& addition,
                           Record& record) {
  Plan plan;
  plan.account = account;
  plan.identity = identity;
  plan.home = addition.home;
  if (!addition.judged) return make_missing(plan, addition, record);
  return make(plan, {addition.path, *addition.judged, addition.before, addition.after, {}, {}}, record);
}

Result<void> Changer::make_missing(const Plan& plan, const KeyAddition& addition, Record& record) {
  const auto directory_of = [](const std::string& path) { return path.substr(0, path.rfind('/')); };
  const auto make_in = [&](const RecordedStep& step, auto make_it) -> Result<void> {
    const auto directory = open_as_account(plan, directory_of(step.path));
    if (!directory) return tl::unexpected(directory.error());
    if (auto done = record.add(step); !done) return done;
    auto done = make_it(step, *directory, identity_);
    identity_.restore();
    if (!done) (void)record.withdraw();  // what comes to stand there is somebody else's
    return done;
  };
  RecordedStep step{.user = plan.account.name, .identity = plan.identity};
  if (!addition.new_directory.empty()) {
    step.kind = RecordedStep::Kind::new_directory;
    step.path = addition.new_directory;
    step.after = {S_IFDIR | S_IRWXU, plan.account.uid, plan.account.gid, {}};
    if (auto done = make_in(step, make_directory); !done) return done;
  }
  step.kind = RecordedStep::Kind::new_file;
  step.path = addition.path;
  step.after = {addition.made.mode, addition.made.uid, addition.made.gid, {}};
  step.text_after = addition.after;
  step.temporary = name_beside(addition.path, record);
  return make_in(step, make_file);
}

}  // namespace sshaudit
