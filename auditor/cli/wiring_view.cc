// SPDX-License-Identifier: MIT
#include "cli/wiring_view.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>

#include "cli/version.h"
#include "gather/config_files.h"
#include "gather/daemon_program.h"
#include "gather/look_ups.h"
#include "gather/path_resolver.h"
#include "parse/config_classes.h"
#include "parse/sshd_settings.h"
#include "remedy/sshd_reload.h"
#include "render/config.h"
#include "render/visible_text.h"
#include "wiring/drop_in.h"

namespace sshaudit {
namespace {

constexpr std::size_t most_classes = 64;
constexpr auto no_config = "none";

SshdView view_with(const std::optional<Daemon>& daemon, const std::string& config = sshd_main_file) {
  SshdChoice choice;
  choice.config = config;
  choice.daemon = daemon ? static_cast<int>(daemon->pid) : -1;
  choice.home_of = [](const std::string& user) -> std::optional<std::string> {
    const auto account = user.empty() ? find_account(uid_t{0}) : find_account(user);
    if (!account || !*account) return std::nullopt;
    return (*account)->home;
  };
  const bool is_other = daemon && !runs_program(*daemon, sshd_program);
  return {daemon, is_other ? program_of(*daemon) : std::string(), std::make_unique<Sshd>(choice)};
}

// Another program may have another default. "none" where it is not known.
std::string config_of(const Daemon& daemon) {
  if (!daemon.command.config_file.empty()) return daemon.command.config_file;
  auto config = runs_program(daemon, sshd_program) ? sshd_main_file : compiled_in_config(daemon);
  return config.empty() ? no_config : config;
}

// sshd insists on its directory in /run, which is there only while a daemon runs or since one ran. It stays: a daemon
// that starts meanwhile may have found it, and needs it for every login.
void make_run_directory() {
  constexpr auto path = "/run/sshd";
  constexpr mode_t mode = S_IRWXU | S_IRGRP | S_IXGRP | S_IROTH | S_IXOTH;
  if (geteuid() == 0 && mkdir(path, mode) == 0) chmod(path, mode);
}

// The value that `sshd -T` prints for AuthorizedKeysCommand.
std::string told_command(const std::string& output) {
  const std::string label = "\nauthorizedkeyscommand ";
  const auto text = "\n" + output;
  const auto at = text.find(label);
  if (at == std::string::npos) return {};
  const auto start = at + label.size();
  return text.substr(start, text.find('\n', start) - start);
}

std::string expected(const char* keyword, const SshdConfig& config, const std::vector<bool>& reached) {
  const auto settings = evaluate(config, reached).settings;
  const auto& values = values_of(settings, keyword);
  return values.empty() ? std::string("none") : values.front().text;
}

std::string expected_command(const SshdConfig& config, const std::vector<bool>& reached) {
  return expected("authorizedkeyscommand", config, reached);
}

// Below a Match it is taken to count for somebody.
bool counts(const SshdConfig& with, const SshdConfig& without) {
  const auto is_below_match = [&](const ConfigLine& line) {
    return line.place.file == drop_in_path && !with.sections[line.section].at_start;
  };
  if (std::ranges::any_of(with.lines, is_below_match)) return true;
  return std::ranges::any_of(std::array{"authorizedkeyscommand", "authorizedkeyscommanduser"},
                             [&](const char* word) { return expected(word, with, {}) != expected(word, without, {}); });
}

Result<ConfigFile> file_of(const SshdView& view) {
  auto files = ConfigFiles::open("/");
  if (!files) return tl::unexpected(files.error());
  return files->read(view.sshd->server().config);
}

}  // namespace

std::string logger_path() { return std::string(libexec_directory) + "/sshaudit-log-refusal"; }

std::string why_logger_is_not_run() {
  const auto path = logger_path();
  auto resolver = PathResolver::open("/");
  if (!resolver) return fmt::format("{}: {}", path, resolver.error().what);
  const auto walk = walk_of(path, resolver->resolve(path));
  if (walk.end != WalkEnd::found) {
    return fmt::format("{} is not installed ({}); its package is libpam-sshaudit (Debian) or pam_sshaudit (RPM)", path,
                       std::strerror(walk.errnum));
  }
  for (const auto& component : walk.components) {
    const auto& status = component.status;
    const bool is_writable = (status.mode & S_IWOTH) != 0 || ((status.mode & S_IWGRP) != 0 && status.gid != 0);
    if (status.uid != 0) return fmt::format("sshd would not run {}: {} does not belong to root", path, component.path);
    if (is_writable) return fmt::format("sshd would not run {}: others than root may write {}", path, component.path);
  }
  const auto mode = walk.components.back().status.mode;
  if (!S_ISREG(mode) || (mode & S_IXUSR) == 0) return fmt::format("{} is no program", path);
  return {};
}

bool can_see_daemons() { return access("/proc/self/stat", F_OK) == 0; }

SshdViews look_at_sshd() {
  SshdViews found;
  for (const auto& daemon : gather_daemons()) {
    if (!sees_same_file(daemon, sshd_main_file)) continue;  // of a container, or the like
    const auto config = config_of(daemon);
    (config == sshd_main_file ? found.views : found.others).push_back(view_with(daemon, config));
  }
  if (found.views.empty()) found.views.push_back(view_with(std::nullopt));
  if (found.views.front().sshd->server().program != sshd_program) found.views.clear();
  return found;
}

Result<SshdConfig> with_drop_in(const SshdView& view, const std::string& text) {
  const auto file = file_of(view);
  if (!file) return tl::unexpected(file.error());
  return with_file(view.config(), *file, {drop_in_path, text});
}

Result<std::optional<ConfigPlace>> reached_by_drop_in(const SshdView& view, const std::string& text) {
  if (view.sshd->server().config == no_config) return std::nullopt;
  const auto file = file_of(view);
  if (!file) return tl::unexpected(file.error());
  const auto with = with_file(view.config(), *file, {drop_in_path, text});
  const auto without = with_file(view.config(), *file, {drop_in_path, ""});
  if (with.unread) return tl::unexpected(*with.unread);
  if (!counts(with, without)) return std::nullopt;
  return include_line(*file, drop_in_path);
}

Result<std::string> complaint_of(const SshdView& view) {
  make_run_directory();
  const auto run = view.sshd->test();
  if (!run) return tl::unexpected(run.error());
  if (run->exit_status == 0) return std::string();
  return run->err.empty() ? fmt::format("exit status {}", run->exit_status) : run->err;
}

Result<void> check_command(const SshdView& view) {
  make_run_directory();
  const auto& config = view.config();
  const SectionMatcher matcher(config, nullptr);
  std::size_t asked = 0;
  for (const auto& one : matcher.classes()) {
    if (++asked > most_classes) break;
    auto connection = one.sample;
    connection.user = "root";
    connection.groups = {"root"};
    const auto output = view.sshd->ask(connection);
    if (!output) return tl::unexpected(output.error());
    const auto told = told_command(*output);
    const auto expected = expected_command(config, reached_sections(config, connection));
    if (told == expected) continue;
    return tl::unexpected(
        Error{fmt::format("sshd -T says \"AuthorizedKeysCommand {}\", not \"{}\"", told, expected), "", 0});
  }
  return {};
}

Result<void> reload(const SshdView& view) {
  auto complaint = complaint_of(view);
  if (!complaint) return tl::unexpected(complaint.error());
  if (complaint->empty()) return reload_sshd(*view.daemon);
  complaint->erase(complaint->find_last_not_of("\r\n") + 1);
  std::string said;
  for (const char byte : *complaint) {
    if (byte == '\n') said += "; ";
    if (byte != '\n' && byte != '\r') said += byte;
  }
  return tl::unexpected(
      Error{fmt::format("sshd ({}) is not told, because sshd -t says: {}", view.daemon->pid, said), "", 0});
}

void finish_what_is_begun() {
  for (const int number : {SIGINT, SIGTERM, SIGHUP, SIGQUIT}) std::signal(number, SIG_IGN);
}

std::string quoted_lines(const std::string& text) {
  std::string quoted;
  std::string_view rest = text;
  while (!rest.empty()) {
    const auto end = std::min(rest.find('\n'), rest.size());
    auto line = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (!line.empty()) quoted += fmt::format("    {}\n", visible(line));
  }
  return quoted;
}

}  // namespace sshaudit
