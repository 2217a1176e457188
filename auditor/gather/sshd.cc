// SPDX-License-Identifier: MIT
#include "gather/sshd.h"

#include <fcntl.h>
#include <glob.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstdlib>
#include <string_view>

#include "gather/fd.h"
#include "gather/path_resolver.h"
#include "gather/read_file.h"
#include "gather/subprocess.h"
#include "parse/sshd_settings.h"

namespace sshaudit {
namespace {

constexpr std::chrono::seconds patience{10};
constexpr std::size_t largest_program = 32UL * 1024 * 1024;
constexpr std::size_t largest_config = 1024UL * 1024;
constexpr int deepest_include = 16;  // sshd_config(5), Include

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
  const auto text = read_below(resolver, "/etc/os-release", largest_config);
  const auto release = parse_os_release(text ? *text : "");
  const bool by_program = !version.text.empty();
  if (!by_program && !release.sshd.empty()) {
    version = parse_sshd_version("OpenSSH_" + std::string(release.sshd)).value_or(SshdVersion{});
  }
  if (!by_program || release.vendor == Vendor::rhel) version.vendor = release.vendor;
}

std::string first_line(const std::string& text) { return text.substr(0, text.find_first_of("\r\n")); }

}  // namespace

// A key of our own for an sshd that cannot load one: without any it refuses to print its settings. It serves nobody
// and goes with this object.
class Sshd::HostKey {
 public:
  HostKey() {
    std::string directory = "/tmp/sshaudit-XXXXXX";
    if (mkdtemp(directory.data()) == nullptr) return;
    directory_ = directory;
    const std::vector<std::string> argv = {"/usr/bin/ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", path()};
    const auto made = run_program(argv, patience);
    good_ = made && made->exit_status == 0;
  }
  HostKey(const HostKey&) = delete;
  HostKey& operator=(const HostKey&) = delete;
  ~HostKey() {
    if (directory_.empty()) return;
    unlink(path().c_str());
    unlink((path() + ".pub").c_str());
    rmdir(directory_.c_str());
  }

  bool good() const { return good_; }
  std::string path() const { return directory_ + "/key"; }

 private:
  std::string directory_;
  bool good_ = false;
};

Sshd::~Sshd() = default;

Sshd::Sshd(const SshdChoice& choice) : config_(choice.config), is_default_config_(choice.config.empty()) {
  auto resolver = PathResolver::open(choice.root);
  if (!resolver) return;
  for (const auto& installation : installations) {
    const auto program = read_below(*resolver, installation.program, largest_program);
    if (!program) continue;
    server_.program = installation.program;
    const std::string config = installation.config;
    if (is_default_config_) config_ = config;
    config_directory_ = config.substr(0, config.rfind('/') + 1);
    server_.version = find_sshd_version(*program).value_or(SshdVersion{});
    break;
  }
  complete_version(server_.version, *resolver);
  if (choice.version) server_.version = *choice.version;
  if (choice.root != "/") {
    server_.reason = "the sshd of another system is not run";
    return;
  }
  if (server_.program.empty()) {
    server_.reason = "no sshd is installed";
    return;
  }
  scan_configuration();
  const auto settings = ask({});
  server_.source = settings ? SettingsSource::sshd : SettingsSource::not_asked;
  if (settings) server_.settings = *settings;
  if (!settings) server_.reason = settings.error().what;
}

Result<Settings> Sshd::settings_for(const Account& account) {
  if (server_.source != SettingsSource::sshd || !server_.matches_user) return server_.settings;
  if (account.name.find(',') != std::string::npos) {
    return tl::unexpected(Error{"sshd -T cannot be asked about a name with a comma", "", 0});
  }
  const std::string elsewhere = "192.0.2.1";  // RFC 5737
  return ask({"-C", "user=" + account.name + ",host=" + elsewhere + ",addr=" + elsewhere + ",laddr=" + elsewhere +
                        ",lport=22"});
}

std::vector<std::string> Sshd::command() const {
  std::vector<std::string> argv;
  // Not as root sshd does not insist on its run-time directory, which is there only while a daemon runs. The
  // capability lets it read a configuration that only root may read.
  if (host_key_ && geteuid() == 0) {
    argv = {"/usr/bin/setpriv",
            "--reuid=65534",
            "--regid=65534",
            "--clear-groups",
            "--inh-caps=-all,+dac_override",
            "--ambient-caps=-all,+dac_override",
            "--"};
  }
  argv.insert(argv.end(), {server_.program, "-T"});
  if (!is_default_config_) argv.insert(argv.end(), {"-f", config_});
  if (host_key_) argv.insert(argv.end(), {"-h", host_key_->path()});
  return argv;
}

Result<Settings> Sshd::run(const std::vector<std::string>& argv) {
  const auto output = run_program(argv, patience);
  if (!output) return tl::unexpected(output.error());
  if (output->exit_status != 0) return tl::unexpected(Error{first_line(output->err), server_.program, 0});
  return parse_sshd_settings(output->out);
}

Result<Settings> Sshd::ask(const std::vector<std::string>& arguments) {
  auto argv = command();
  argv.insert(argv.end(), arguments.begin(), arguments.end());
  auto settings = run(argv);
  // A key helps where sshd cannot load one, which shows with the first question.
  if (settings || host_key_ || server_.source == SettingsSource::sshd) return settings;
  auto key = std::make_unique<HostKey>();
  if (!key->good()) return settings;
  host_key_ = std::move(key);
  argv = command();
  argv.insert(argv.end(), arguments.begin(), arguments.end());
  auto second = run(argv);
  if (second) return second;
  host_key_.reset();
  return settings;
}

// Whether Match blocks are there decides how often sshd is asked. A file that cannot be read may hold some.
void Sshd::scan_configuration() { scan_file(config_, 0); }

void Sshd::scan_file(const std::string& path, int depth) {
  const auto text = read_file(path, largest_config);
  if (!text || depth > deepest_include) {
    server_.matches_user = true;
    return;
  }
  const auto mentions = scan_sshd_config(*text);
  server_.matches_user = server_.matches_user || mentions.match;
  server_.matches_address = server_.matches_address || mentions.match_address;
  for (const auto& include : mentions.includes) {
    const std::string pattern = include.starts_with('/') ? include : config_directory_ + include;
    glob_t found{};
    if (glob(pattern.c_str(), 0, nullptr, &found) == 0) {
      for (std::size_t i = 0; i < found.gl_pathc; ++i) scan_file(found.gl_pathv[i], depth + 1);
    }
    globfree(&found);
  }
}

}  // namespace sshaudit
