// SPDX-License-Identifier: MIT
#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>

#include "render/plan.h"
#include "render/visible_text.h"

namespace sshaudit {
namespace {

// The step runs in a shell of its own, which is stopped when the file turns out to be one that cannot be opened at
// once. The descriptor is opened once; stat, chmod, chown and setfacl are all told of it, and of no name.
constexpr std::string_view beginning =
    R"sh(#!/bin/sh
# Written by sshaudit fix --script. Read it, then run it as root.
set -u
[ "$(id -u)" = 0 ] || { echo "this has to run as root" >&2; exit 2; }
left=0

# change EXPECTED PATH COMMAND...: runs COMMAND on what PATH is, if that is what was judged:
# device, inode, raw mode, uid, gid and number of names as stat(1) has them.
change() {
  timeout -s KILL 10 sh -c '
    expected=$1 path=$2
    shift 2
    [ -f "$path" ] || [ -d "$path" ] || exit 1
    exec 3<"$path" || exit 1
    [ "$(readlink /proc/self/fd/3)" = "$path" ] || exit 1
    [ "$(stat -L -c "%d %i %f %u %g %h" /proc/self/fd/3)" = "$expected" ] || exit 1
    exec "$@" /proc/self/fd/3' sh "$@" && { printf "changed: %s\n" "$2"; return; }
  printf "left, it is something else by now or cannot be changed: %s\n" "$2" >&2
  left=2
}

)sh";

std::string expected(const Change& change, mode_t mode, uid_t uid) {
  const auto& judged = change.judged;
  return fmt::format("{} {} {:x} {} {} {}", judged.device, judged.inode, mode, uid, judged.gid, judged.links);
}

std::string step(const std::string& expected, const std::string& path, std::vector<std::string> command) {
  std::vector<std::string> words = {"change", expected, path};
  words.insert(words.end(), command.begin(), command.end());
  return shell_line(words) + '\n';
}

std::string acl_words(const PlannedChange& one) {
  std::string words;
  const auto letters = [](unsigned permissions) {
    std::string text = "rwx";
    if ((permissions & 4U) == 0) text[0] = '-';
    if ((permissions & 2U) == 0) text[1] = '-';
    if ((permissions & 1U) == 0) text[2] = '-';
    return text;
  };
  for (const auto& entry : one.acl_after) {
    const auto* kind = entry.kind == AclEntry::Kind::user ? "user" : "group";
    const auto id = entry.kind == AclEntry::Kind::owning_group ? std::string() : std::to_string(entry.id);
    words += fmt::format("{}:{}:{},", kind, id, letters(entry.permissions));
  }
  return words + "mask::" + letters((one.after.mode >> 3U) & 7U);
}

std::string commands_of(const PlannedChange& one) {
  const auto& change = one.change;
  const auto& judged = change.judged;
  std::string text;
  auto mode = judged.mode;
  if (!change.acl.empty() && (change.take & S_IWGRP) != 0) {
    text += step(expected(change, mode, judged.uid), change.path, {"setfacl", "-m", acl_words(one)});
    mode &= ~static_cast<mode_t>(S_IWGRP);
  }
  if (mode != one.after.mode) {
    text += step(expected(change, mode, judged.uid), change.path,
                 {"chmod", fmt::format("{:04o}", one.after.mode & 07777U)});
  }
  return text;
}

std::string why_not_here(const PlannedChange& one) {
  if (!one.obstacle.empty()) return one.obstacle;
  if (one.change.owner) return "what is in it has to be looked at before it gets another owner";
  return visible(one.change.path) == one.change.path ? std::string() : "its name is no plain text";
}

std::string as_comment(const Plan& plan, const Finding& finding) {
  const auto& remedy = finding.detail.remedy;
  auto text =
      fmt::format("# {}: {}: {}\n", visible(plan.account.name), finding.rule->id, visible(finding.detail.message));
  for (const auto& command : remedy.commands) text += fmt::format("#   fix: {}\n", shell_line(command));
  if (!remedy.note.empty()) text += fmt::format("#   advice: {}\n", visible(remedy.note));
  return text + '\n';
}

}  // namespace

std::string render_script(const std::vector<Plan>& plans) {
  std::string text(beginning);
  for (const auto& plan : plans) {
    for (const auto& one : plan.changes) {
      for (const auto& why : one.why) text += fmt::format("# {}: {}\n", visible(plan.account.name), visible(why));
      const auto why = why_not_here(one);
      text += why.empty() ? commands_of(one) + '\n'
                          : fmt::format("# {}: left to {}: {}\n\n", visible(one.change.path),
                                        shell_line({"sshaudit", "fix", plan.account.name}), visible(why));
    }
    for (const auto& one : plan.contents) {
      text += fmt::format(
          "# The text of {} is {}.\n\n", visible(one.path),
          one.obstacle.empty() ? "mended by sshaudit fix --content only" : "left alone: " + visible(one.obstacle));
    }
    for (const auto& finding : plan.advice) text += as_comment(plan, finding);
  }
  return text + "exit $left\n";
}

}  // namespace sshaudit
