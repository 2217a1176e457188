// SPDX-License-Identifier: MIT
#include "parse/pam_files.h"

#include <algorithm>
#include <array>
#include <utility>

#include "parse/access_conf.h"

namespace sshaudit {
namespace {

// Modules that ask a directory service: whether the account is in this host's own passwd tells what they will say.
constexpr std::array<std::string_view, 5> of_directories = {"pam_sss", "pam_ldap", "pam_winbind", "pam_krb5",
                                                            "pam_sss_gss"};

// The lines that fgets(3) with a buffer of `room` bytes makes of a text, each passed through `add`.
template <class Add>
void for_each_piece(std::string_view text, std::size_t room, Add add) {
  while (!text.empty()) {
    const auto newline = text.find('\n');
    const auto size = std::min(newline == std::string_view::npos ? text.size() : newline + 1, room - 1);
    auto piece = text.substr(0, size);
    text.remove_prefix(size);
    piece = piece.substr(0, piece.find('\0'));
    if (piece.ends_with('\n')) piece.remove_suffix(1);
    add(piece);
  }
}

void add_list_line(std::string_view line, PamFile& file) {
  if (line.empty()) return;
  if (line.ends_with('\r')) line.remove_suffix(1);
  file.lines.emplace(line);
}

// pam_modutil_check_user.c: what stands before the first colon, of lines as long as they like.
void add_names(std::string_view text, PamFile& file) {
  while (!text.empty()) {
    const auto line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    if (const auto colon = line.find(':'); colon != std::string_view::npos) file.lines.emplace(line.substr(0, colon));
  }
}

std::vector<PamFileUse> one(PamReader reader, std::string path) { return {{reader, std::move(path), {}}}; }

}  // namespace

std::string module_name(std::string_view module) {
  const auto name = module.substr(module.rfind('/') + 1);
  return std::string(name.substr(0, name.rfind('.')));
}

std::optional<std::string> argument_of(const PamEntry& entry, std::string_view name) {
  const auto start = std::string(name) + "=";
  std::optional<std::string> value;
  for (const auto& argument : entry.arguments) {
    if (argument.starts_with(start)) value = argument.substr(start.size());
  }
  return value;
}

bool has_argument(const PamEntry& entry, std::string_view word) {
  return std::ranges::find(entry.arguments, word) != entry.arguments.end();
}

std::string access_separators(const PamEntry& entry) { return argument_of(entry, "fieldsep").value_or(":"); }

std::vector<PamFileUse> files_read_by(const PamEntry& entry) {
  const auto name = module_name(entry.module);
  if (name == "pam_access") {
    const auto path = argument_of(entry, "accessfile").value_or(std::string(access_conf_path));
    return {{PamReader::access, path, access_separators(entry)}};
  }
  if (name == "pam_listfile") return one(PamReader::list, argument_of(entry, "file").value_or(""));
  if (name == "pam_shells") return one(PamReader::shells, "/etc/shells");
  if (name == "pam_localuser") return one(PamReader::names, argument_of(entry, "file").value_or("/etc/passwd"));
  if (std::ranges::find(of_directories, name) != of_directories.end()) return one(PamReader::names, "/etc/passwd");
  if (name == "pam_usertype") return one(PamReader::login_defs, "/etc/login.defs");
  if (name == "pam_sepermit") return one(PamReader::sepermit, "/etc/security/sepermit.conf");
  if (name == "pam_time") {
    const auto path = argument_of(entry, "conffile").value_or("");
    return one(PamReader::time, path.empty() ? "/etc/security/time.conf" : path);
  }
  if (name == "pam_nologin" && argument_of(entry, "file")) return one(PamReader::nologin, *argument_of(entry, "file"));
  return {};
}

void take_content(const PamFileUse& use, std::string text, PamFile& file) {
  switch (use.reader) {
    case PamReader::list:
      return for_each_piece(text, 256, [&](auto line) { add_list_line(line, file); });
    case PamReader::shells:
      return for_each_piece(text, 255, [&](auto line) { file.lines.emplace(line); });
    case PamReader::names:
      return add_names(text, file);
    case PamReader::access: {
      auto conf = parse_access_conf(text, use.separators);
      file.rules = std::move(conf.rules);
      file.cut_line = conf.cut_line;
      return;
    }
    default:
      file.text = std::move(text);
  }
}

}  // namespace sshaudit
