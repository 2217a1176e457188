// SPDX-License-Identifier: MIT
#include "cli/pam_wiring.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <optional>

#include "gather/pam_run.h"
#include "gather/read_file.h"
#include "remedy/pam_update.h"
#include "remedy/placed_file.h"
#include "render/config.h"
#include "render/visible_text.h"
#include "rules/wording.h"

namespace sshaudit {
namespace {

constexpr std::size_t largest_pam_file = 1024UL * 1024;

std::optional<std::string> pam_file(const std::string& path) {
  auto text = read_file(path, largest_pam_file);
  if (!text) return std::nullopt;
  return std::move(*text);
}

bool is_kept_by_update(const std::string& path) {
  return std::ranges::any_of(pam_profile_files,
                             [&](const char* name) { return path == fmt::format("/etc/pam.d/common-{}", name); });
}

// Also who owns a file, and its mode, would not be as before.
std::string why_foreign(const char* name) {
  const auto path = fmt::format("/etc/pam.d/common-{}", name);
  struct stat status {};
  constexpr mode_t usual = S_IFREG | S_IRUSR | S_IWUSR | S_IRGRP | S_IROTH;
  if (lstat(path.c_str(), &status) != 0) return fmt::format("{}: {}", path, std::strerror(errno));
  if (status.st_mode != usual || status.st_uid != 0 || status.st_gid != 0 || status.st_nlink != 1) {
    return fmt::format("{} is no file of root's with mode 0644 and one name", path);
  }
  const auto current = pam_file(path);
  const auto saved = pam_file(fmt::format("/var/lib/pam/{}", name));
  const auto line = current && saved ? foreign_pam_line(name, *current, *saved) : std::optional<std::size_t>(0);
  if (!line) return {};
  if (*line == 0) return fmt::format("{} is not as pam-auth-update has written it", path);
  return fmt::format("{}:{} is not as pam-auth-update has written it", path, *line);
}

// Whether the service would come to the module in each kind, once pam-auth-update has written it.
bool comes_to_profile(const std::string& service) {
  const auto read = [](const std::string& path) {
    auto text = pam_file(path);
    for (const std::string kind : pam_kinds) {
      if (text && path == "/etc/pam.d/common-" + kind)
        *text += fmt::format("\n{} optional {}\n", kind, pam_module_name);
    }
    return text;
  };
  PamView view;
  view.lines = pam_module_lines(service, read);
  return view.kinds().size() == pam_kinds.size();
}

// The files that pam-auth-update writes, in the order of their names.
using PamTexts = std::array<std::string, pam_profile_files.size()>;

PamTexts pam_texts() {
  PamTexts texts;
  std::ranges::transform(pam_profile_files, texts.begin(), [](const char* name) {
    return pam_file(fmt::format("/etc/pam.d/common-{}", name)).value_or("");
  });
  return texts;
}

// As pam-auth-update takes the module out again, and byte for byte.
Result<void> put_back(const PamTexts& before) {
  if (auto done = remove_pam_profile(); !done) return done;
  const auto after = pam_texts();
  for (std::size_t i = 0; i < before.size(); ++i) {
    if (after[i] == before[i]) continue;
    const auto file = PlacedFile::open("/etc/pam.d", fmt::format("common-{}", pam_profile_files[i]));
    if (!file) return tl::unexpected(file.error());
    if (auto done = file->write(before[i]); !done) return done;
  }
  return {};
}

std::string left_as_it_is(const std::string& why, const std::string& service) {
  return fmt::format("left as it is: {}. Add these lines to /etc/pam.d/{}, above all others:\n{}", visible(why),
                     visible(service),
                     "    -auth    optional pam_sshaudit.so\n    -account optional pam_sshaudit.so\n"
                     "    -session optional pam_sshaudit.so\n");
}

}  // namespace

bool PamView::has_kind(const char* kind) const {
  return std::ranges::find(lines, kind, &PamModuleLine::kind) != lines.end();
}

std::vector<std::string> PamView::kinds() const {
  std::vector<std::string> words;
  for (const auto* kind : pam_kinds) {
    if (has_kind(kind)) words.emplace_back(kind);
  }
  return words;
}

std::vector<PamModuleLine> PamView::by_hand() const {
  auto others = lines;
  std::erase_if(others, [](const PamModuleLine& line) { return is_kept_by_update(line.place.file); });
  return others;
}

PamView look_at_pam(const SshdView* view) {
  PamView pam;
  pam.service = view == nullptr ? "sshd" : view->sshd->server().settings.pam_service_name;
  pam.is_asked = view != nullptr && view->sshd->server().settings.use_pam;
  pam.lines = pam_module_lines(pam.service, pam_file);
  pam.is_loadable = pam_module_loads(pam_module_name);
  for (const auto* name : pam_profile_files) {
    if (has_pam_auth_update() && pam.foreign.empty()) pam.foreign = why_foreign(name);
  }
  if (pam.foreign.empty() && !comes_to_profile(pam.service)) {
    pam.foreign = fmt::format("/etc/pam.d/{} does not include each of common-auth, common-account and common-session",
                              pam.service);
  }
  return pam;
}

Result<void> PamAddition::carry_out(const SshdView& view) {
  const auto pam = look_at_pam(&view);
  if (!pam.is_loadable) {
    left_alone_ = fmt::format("left as it is: libpam finds no {} that it can load\n", pam_module_name);
  } else if (pam.kinds().size() == pam_kinds.size()) {
    left_alone_.clear();
  } else if (!has_pam_auth_update() || access(pam_profile_path, R_OK) != 0) {
    left_alone_ = fmt::format("left as it is: {}; {}\n",
                              has_pam_auth_update() ? fmt::format("there is no {}", pam_profile_path)
                                                    : std::string("there is no pam-auth-update here"),
                              "with authselect do what /usr/share/doc/sshaudit/authselect.md says");
  } else if (!pam.foreign.empty()) {
    left_alone_ = left_as_it_is(pam.foreign, pam.service);
  } else {
    return update(view);
  }
  return {};
}

// The first module of a block may be the one that asks for a password: ours takes that place, and the next one would
// wait for a password that nobody is asked for.
Result<void> PamAddition::update(const SshdView& view) {
  const auto before = pam_texts();
  is_changed_ = true;
  if (auto done = enable_pam_profile(); !done) return done;
  const auto after = pam_texts();
  for (std::size_t i = 0; i < before.size(); ++i) {
    const auto changed = changed_pam_line(before[i], after[i]);
    if (!changed) continue;
    if (auto done = put_back(before); !done) return done;
    is_changed_ = false;
    left_alone_ =
        left_as_it_is(fmt::format("pam-auth-update would change another line of /etc/pam.d/common-{} with it, "
                                  "to \"{}\"",
                                  pam_profile_files[i], *changed),
                      look_at_pam(&view).service);
    return {};
  }
  const auto pam = look_at_pam(&view);
  const auto kinds = pam.kinds();
  if (kinds.size() == pam_kinds.size()) return {};
  return tl::unexpected(Error{fmt::format("pam-auth-update has run, and /etc/pam.d/{} comes to {} {}", pam.service,
                                          pam_module_name, kinds.empty() ? "nowhere" : "in " + listed(kinds) + " only"),
                              "", 0});
}

}  // namespace sshaudit
