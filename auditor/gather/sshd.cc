// SPDX-License-Identifier: MIT
#include "gather/sshd.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <string_view>

#include "gather/daemons.h"
#include "gather/fd.h"
#include "gather/host_key.h"
#include "gather/keys_command.h"
#include "gather/look_ups.h"
#include "gather/named_files.h"
#include "gather/path_resolver.h"
#include "gather/read_file.h"
#include "parse/config_mentions.h"
#include "parse/config_words.h"
#include "parse/pattern.h"
#include "parse/revoked_keys.h"
#include "parse/sshd_settings.h"

namespace sshaudit {
namespace {

constexpr std::chrono::seconds patience{10};
constexpr std::size_t largest_program = 32UL * 1024 * 1024;
constexpr std::size_t largest_release = 1024UL * 1024;

struct Installation {
  const char* program;
  const char* config;
};
constexpr std::array installations = {
    Installation{"/usr/sbin/sshd", "/etc/ssh/sshd_config"},
    Installation{"/usr/local/sbin/sshd", "/usr/local/etc/sshd_config"},
};

// The bytes of a file of the audited system.
Result<std::string> read_below(PathResolver& resolver, const std::string& path, std::size_t limit) {
  const auto found = resolver.resolve(path);
  if (found.end != WalkEnd::found) return tl::unexpected(Error{"open", path, found.errnum});
  if (!S_ISREG(found.node->component.status.mode)) return tl::unexpected(Error{"not a regular file", path, 0});
  const Fd fd = open_for_reading(*found.node);
  if (!fd) return tl::unexpected(errno_error("open", path));
  return read_open_file(fd.get(), path, limit);
}

// What os-release knows completes what the program says of itself: RHEL's carries no tag, all others do.
void complete_version(SshdVersion& version, PathResolver& resolver) {
  const auto text = read_below(resolver, "/etc/os-release", largest_release);
  const auto release = parse_os_release(text ? *text : "");
  const bool by_program = !version.text.empty();
  if (!by_program && !release.sshd.empty()) {
    version = parse_sshd_version("OpenSSH_" + std::string(release.sshd)).value_or(SshdVersion{});
  }
  if (!by_program || release.vendor == Vendor::rhel) version.vendor = release.vendor;
}

// What ended it comes last; before that may come remarks on deprecated keywords.
std::string last_line(std::string text) {
  text.erase(text.find_last_not_of("\r\n") + 1);
  return text.substr(text.find_last_of("\r\n") + 1);
}

RunningSshd running_sshd(const Daemon& daemon) {
  return {static_cast<int>(daemon.pid), daemon.command.config_file, daemon.command.options, daemon.command.exact};
}

bool asks_for_rdomain(const SshdConfig& config) {
  return std::ranges::any_of(config.sections, [](const ConfigSection& section) {
    return std::ranges::any_of(section.criteria, [](const auto& criterion) { return criterion.first == "rdomain"; });
  });
}

}  // namespace

Sshd::~Sshd() = default;

Sshd::Sshd(const SshdChoice& choice) {
  auto resolver = PathResolver::open(choice.root);
  auto files = ConfigFiles::open(choice.root);
  if (!resolver || !files) return;
  files_ = std::move(*files);
  find_program(*resolver);
  server_.by_root = geteuid() == 0;
  const auto installed = server_.version;
  if (choice.version) server_.version = *choice.version;
  const auto& judged = server_.version;
  const bool other_version =
      judged.major != installed.major || judged.minor != installed.minor || judged.vendor != installed.vendor;
  const bool here = choice.root == "/";
  user_exists_ = [here, home_of = choice.home_of](const std::string& user) {
    if ((home_of && home_of(user)) || !here) return home_of && home_of(user);
    const auto found = find_account(user);
    return !found || found->has_value();
  };
  if (here) find_daemon(choice);
  if (!choice.config.empty()) server_.config = choice.config;
  read_configuration(choice);
  if (other_version) {
    server_.reason = "another version is judged";
  } else if (!here) {
    server_.reason = "the sshd of another system is not run";
  } else if (server_.program.empty()) {
    server_.reason = "no sshd is installed";
  }
}

void Sshd::find_program(PathResolver& resolver) {
  default_config_ = installations.front().config;
  for (const auto& installation : installations) {
    const auto program = read_below(resolver, installation.program, largest_program);
    if (!program) continue;
    server_.program = installation.program;
    default_config_ = installation.config;
    server_.version = find_sshd_version(*program).value_or(SshdVersion{});
    break;
  }
  complete_version(server_.version, resolver);
  server_.config = default_config_;
}

// Of several daemons the one that is meant counts, or else the first that has the wanted configuration, or the default
// one; the others are named where they differ. With a configuration that no daemon has, none counts.
void Sshd::find_daemon(const SshdChoice& choice) {
  const auto& wanted = choice.config;
  const auto daemons = gather_daemons();
  const auto config_of = [&](const Daemon& daemon) {
    return daemon.command.config_file.empty() ? default_config_ : daemon.command.config_file;
  };
  const auto& config = wanted.empty() ? default_config_ : wanted;
  auto chosen = std::ranges::find(daemons, choice.daemon, &Daemon::pid);
  if (chosen == daemons.end()) chosen = std::ranges::find(daemons, config, config_of);
  if (chosen == daemons.end() && wanted.empty()) chosen = daemons.begin();
  if (chosen == daemons.end()) return;
  for (const auto& daemon : daemons) {
    const bool same =
        daemon.command.config_file == chosen->command.config_file && daemon.command.options == chosen->command.options;
    if (!same && wanted.empty()) server_.other_daemons.push_back(running_sshd(daemon));
  }
  server_.running = running_sshd(*chosen);
  loaded_ = chosen->loaded;
  overrides_.options = chosen->command.options;
  overrides_.ports = chosen->command.ports;
  if (!chosen->command.config_file.empty()) server_.config = chosen->command.config_file;
}

void Sshd::read_configuration(const SshdChoice& choice) {
  ConfigHost host;
  host.directory = default_config_.substr(0, default_config_.rfind('/'));
  host.include = [this](const std::string& pattern) { return files_->read_all(pattern); };
  host.home_of = choice.home_of;
  host.port_of = find_port;
  bool is_missing_whole = false;
  auto file = server_.config == "none" ? ConfigFile{} : files_->read(server_.config);
  if (!file) {
    const bool is_missing = file.error().errnum == ENOENT;
    const bool is_needed = !is_missing || server_.running || !choice.config.empty();
    if (is_needed) server_.unread = file.error();
    const bool ends_sshd = !is_needed && !server_.program.empty();
    if (!is_needed && !ends_sshd) server_.config.clear();
    is_missing_whole = ends_sshd;
    file = ConfigFile{};
  }
  config_ = parse_sshd_config(*file, overrides_, host, server_.version);
  if (!server_.unread) server_.unread = config_.unread;
  server_.faults = config_.faults;
  if (is_missing_whole) server_.faults.insert(server_.faults.begin(), {{server_.config, 0}, "there is no such file"});
  server_.directories = files_->directories();
  server_.connection_faults = config_.connection_faults;
  note_newer_file();
  const auto settings = evaluate(config_, {}).settings;
  server_.settings = settings_of(settings);
  server_.places = std::make_shared<const ConfigPlaces>(places_of(settings));
  server_.shadowed = shadowed_lines(config_, settings);
  server_.named_files = look_at_files(server_.settings, *server_.places);
  note_command(server_.settings, *server_.places);
}

void Sshd::note_command(const Settings& settings, const ConfigPlaces& places) {
  note_keys_command(server_, settings, places, user_exists_);
}

// The pid file, which sshd writes anew with each reload, may be named in the configuration itself.
void Sshd::note_newer_file() {
  constexpr std::int64_t start_is_known_to = 2;  // seconds
  const auto is_pid_file = [](const ConfigLine& line) { return lower_case(line.written) == "pidfile"; };
  const auto line = std::ranges::find_if(config_.lines, is_pid_file);
  if (!server_.running || !loaded_) return;
  if (line != config_.lines.end() && !line->words.empty()) {
    if (lower_case(line->words[0]) == "none") return;  // then a reload leaves no trace
    loaded_ = std::max(*loaded_, pid_file_written(line->words[0], server_.running->pid).value_or(*loaded_));
  }
  server_.newer_file = files_->newer_than(*loaded_ + start_is_known_to);
}

std::vector<NamedFile> Sshd::look_at_files(const Settings& settings, const ConfigPlaces& places) {
  if (!files_) return {};
  return look_at_named_files(*files_, settings, places, key_grammar(server_.version));
}

std::vector<std::string> Sshd::command(const char* question) const {
  std::vector<std::string> argv;
  // Not as root sshd does not insist on its run-time directory, which is there only while a daemon runs. The
  // capability lets it read a configuration that only root may read.
  if (host_key_ && geteuid() == 0) {
    argv = {"/usr/bin/setpriv",
            "--reuid=65534",
            "--regid=65534",
            "--clear-groups",
            "--inh-caps=-all,+dac_read_search",
            "--ambient-caps=-all,+dac_read_search",
            "--"};
  }
  argv.insert(argv.end(), {server_.program, question});
  if (server_.config != default_config_) argv.insert(argv.end(), {"-f", server_.config});
  for (const auto& option : overrides_.options) {
    const bool is_port = !overrides_.ports.empty() && option.starts_with("Port ");
    if (!is_port) argv.insert(argv.end(), {"-o", option});
  }
  for (const int port : overrides_.ports) argv.insert(argv.end(), {"-p", std::to_string(port)});
  if (host_key_) argv.insert(argv.end(), {"-h", host_key_->path()});
  return argv;
}

Result<std::string> Sshd::run(const std::vector<std::string>& arguments) {
  auto argv = command("-T");
  argv.insert(argv.end(), arguments.begin(), arguments.end());
  auto output = run_program(argv, patience);
  if (!output) return tl::unexpected(output.error());
  if (output->exit_status != 0) return tl::unexpected(Error{last_line(output->err), server_.program, 0});
  return std::move(output->out);
}

Result<ProgramOutput> Sshd::test() const { return run_program(command("-t"), patience); }

Result<std::string> Sshd::ask(const Connection& connection) {
  if (!server_.reason.empty()) return tl::unexpected(Error{server_.reason, "", 0});
  const std::string elsewhere = "192.0.2.1";  // RFC 5737
  const auto address = connection.address.value_or(elsewhere);
  std::vector<std::string> values = {"user=" + connection.user.value_or(""),
                                     "host=" + connection.host.value_or(address), "addr=" + address,
                                     "laddr=" + connection.local_address.value_or(elsewhere),
                                     "lport=" + std::to_string(connection.local_port.value_or(22))};
  if (asks_for_rdomain(config_)) values.push_back("rdomain=" + connection.rdomain.value_or(""));
  std::string specification;
  for (const auto& value : values) {
    if (value.find(',') != std::string::npos) {
      return tl::unexpected(Error{"sshd -T cannot be asked about a name with a comma", "", 0});
    }
    specification += (specification.empty() ? "" : ",") + value;
  }
  const std::vector<std::string> arguments = {"-C", specification};
  auto output = run(arguments);
  // A key helps where sshd cannot load one, which shows with the first question.
  if (output || host_key_ || asked_) {
    asked_ = asked_ || output.has_value();
    return output;
  }
  asked_ = true;
  auto key = std::make_unique<HostKey>();
  if (!key->good()) return output;
  host_key_ = std::move(key);
  auto second = run(arguments);
  if (second) return second;
  host_key_.reset();
  return output;
}

}  // namespace sshaudit
