// SPDX-License-Identifier: MIT
// Modules that look something up in a plain file: pam_listfile(8), pam_shells(8), pam_localuser(8), pam_nologin(8).
// Source: Linux-PAM 1.5, modules/*.
#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>

#include "parse/pam_files.h"
#include "rules/pam_modules.h"
#include "rules/wording.h"

namespace sshaudit {
namespace {

constexpr std::size_t longest_value = 255;  // of pam_listfile's arguments

struct ListOptions {
  std::string item;
  std::string file;
  std::string apply;
  std::optional<bool> denies;  // sense=
  bool is_applied = false;
  PamCode on_error = PamCode::service_err;
  std::optional<PamCode> fault;  // of an argument that is wrong: nothing behind it is read
};

void take_list_option(const std::string& name, const std::string& value, ListOptions& options) {
  if (name == "onerr") {
    if (value == "succeed") options.on_error = PamCode::success;
    if (value == "fail") options.on_error = PamCode::service_err;
    if (value != "succeed" && value != "fail") options.fault = PamCode::service_err;
  } else if (name == "sense") {
    if (value != "allow" && value != "deny") options.fault = options.on_error;
    options.denies = value == "deny";
  } else if (name == "file") {
    options.file = value;
  } else if (name == "item") {
    options.item = value;
  } else if (name == "apply") {
    options.apply = value;
    options.is_applied = true;
  } else {
    options.fault = options.on_error;
  }
}

ListOptions list_options(const PamEntry& entry) {
  ListOptions options;
  for (const auto& argument : entry.arguments) {
    const auto equals = argument.find('=');
    if (equals > longest_value || options.fault) continue;
    take_list_option(argument.substr(0, equals), argument.substr(equals + 1, longest_value), options);
  }
  return options;
}

bool is_item(const std::string& item) {
  constexpr std::array<std::string_view, 6> items = {"user", "tty", "rhost", "ruser", "group", "shell"};
  return std::ranges::find(items, item) != items.end();
}

// Whether apply= leaves this account out. It counts for terminals and clients only.
bool does_not_apply(const ListOptions& options, const PamQuestion& question) {
  if (!options.is_applied || (options.item != "tty" && options.item != "rhost")) return false;
  if (options.apply.starts_with('@')) return !is_in_group(question, std::string_view(options.apply).substr(1));
  return options.apply != question.evidence.account.name;
}

bool is_group_listed(const PamFile& file, const PamQuestion& question) {
  const auto& groups = question.evidence.groups;
  if (std::ranges::any_of(groups, [&](const auto& group) { return file.lines.contains(group); })) return true;
  // Other names of the same groups.
  return std::ranges::any_of(file.lines, [&](const auto& line) { return is_in_group(question, line); });
}

// Whether the item is in the list; nothing when that depends on the client.
std::optional<bool> is_listed(const ListOptions& options, const PamFile& file, const PamQuestion& question) {
  const auto& account = question.evidence.account;
  if (options.item == "user") return file.lines.contains(account.name);
  if (options.item == "group") return is_group_listed(file, question);
  if (options.item == "shell") return file.lines.contains(account.shell);
  if (options.item == "tty") return file.lines.contains("ssh") || file.lines.contains("/dev/ssh");
  if (file.lines.empty()) return false;
  if (!question.rhost) return std::nullopt;
  return file.lines.contains(*question.rhost);
}

std::string sense_in_words(const ListOptions& options, bool listed) {
  return fmt::format("its {} is {}in {}", options.item, listed ? "" : "not ", shown(options.file));
}

bool writable_by_everyone(mode_t mode) { return (mode & S_IWOTH) != 0; }

}  // namespace

PamAnswer pam_listfile(const PamEntry& entry, const PamQuestion& question) {
  const auto options = list_options(entry);
  if (options.fault) return certain(*options.fault, "its arguments are wrong");
  const bool has_all = is_item(options.item) && !options.file.empty() && options.denies;
  const bool applies_to_nobody = options.is_applied && (options.apply.empty() || options.apply == "@");
  if (!has_all || applies_to_nobody) return certain(options.on_error, "its arguments are not complete");
  if (does_not_apply(options, question)) return certain(PamCode::ignore);
  const bool denies = *options.denies;
  if (options.item == "ruser") return certain(denies ? PamCode::success : PamCode::auth_err, "ruser is never set");
  const auto* file = file_of(question, {PamReader::list, options.file, {}});
  if (file == nullptr) return anything();
  if (file->errnum == ENOENT || file->errnum == ENOTDIR)
    return certain(options.on_error, fmt::format("{} does not exist", shown(options.file)));
  if (file->is_link || !S_ISREG(file->mode) || writable_by_everyone(file->mode)) {
    return certain(PamCode::auth_err,
                   fmt::format("{} is writable by everyone, or no regular file", shown(options.file)));
  }
  if (file->errnum != 0) {
    auto answer = one_of({PamCode::success, PamCode::auth_err, options.on_error});
    answer.unread = options.file;
    return answer;
  }
  const auto listed = is_listed(options, *file, question);
  if (!listed) return one_of({PamCode::success, PamCode::auth_err}, fmt::format("{} says so", shown(options.file)));
  return *listed != denies ? certain(PamCode::success) : certain(PamCode::auth_err, sense_in_words(options, *listed));
}

PamAnswer pam_shells(const PamEntry&, const PamQuestion& question) {
  const auto* file = file_of(question, {PamReader::shells, "/etc/shells", {}});
  if (file == nullptr) return anything();
  if (file->errnum == EACCES) return one_of({PamCode::success, PamCode::auth_err});
  if (file->errnum != 0 || !S_ISREG(file->mode) || writable_by_everyone(file->mode))
    return certain(PamCode::auth_err, "/etc/shells is missing, writable by everyone, or no regular file");
  const auto& shell = question.evidence.account.shell;
  if (file->lines.contains(shell.empty() ? "/bin/sh" : shell)) return certain(PamCode::success);
  return certain(PamCode::auth_err, fmt::format("its shell \"{}\" is not in /etc/shells", shown(shell)));
}

PamAnswer pam_localuser(const PamEntry& entry, const PamQuestion& question) {
  const auto* file = file_of(question, files_read_by(entry).front());
  if (file == nullptr) return anything();
  if (file->errnum != 0) return certain(PamCode::service_err, "its file cannot be opened");
  if (file->lines.contains(question.evidence.account.name)) return certain(PamCode::success);
  return certain(PamCode::perm_denied, "it is no account of this host's own passwd");
}

namespace {

PamAnswer shut(const NologinFile& file, const PamQuestion& question, PamCode without) {
  PamAnswer answer;
  if (file.errnum != 0) {
    answer = one_of({without, PamCode::auth_err}, file.path + " may exist");
    answer.unread = file.path;
  } else if (!file.is_file) {
    answer = certain(PamCode::system_err, file.path + " exists and cannot be read");
  } else {
    answer = certain(question.evidence.account.uid == 0 ? without : PamCode::auth_err, file.path + " exists");
  }
  answer.file = file.path;
  return answer;
}

}  // namespace

PamAnswer pam_nologin(const PamEntry& entry, const PamQuestion& question) {
  const auto without = has_argument(entry, "successok") ? PamCode::success : PamCode::ignore;
  if (const auto path = argument_of(entry, "file")) {
    const auto* file = file_of(question, {PamReader::nologin, *path, {}});
    if (file == nullptr) return anything();
    if (file->errnum == ENOENT || file->errnum == ENOTDIR) return certain(without);
    return shut({.path = *path, .errnum = file->errnum == EISDIR ? 0 : file->errnum, .is_file = S_ISREG(file->mode)},
                question, without);
  }
  if (question.host.nologin.empty()) return certain(without);
  return shut(question.host.nologin.front(), question, without);
}

}  // namespace sshaudit
