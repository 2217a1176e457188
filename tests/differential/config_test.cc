// SPDX-License-Identifier: MIT
// The reader of sshd_config(5) against a real sshd: what is generated has to be refused by both or by neither, and to
// mean the same for each connection. As root only: the accounts live in a mount namespace of a child of this process.
//
//   SSHAUDIT_SSHD          the sshd (/usr/sbin/sshd)
//   SSHAUDIT_SSHD_VERSION  what it says of itself with -V (found in the program)
//   SSHAUDIT_CONFIG_CASES  configurations to try (1200), from
//   SSHAUDIT_CONFIG_SEED   this number on (1); a difference names the number that shows it alone
#include <fmt/format.h>
#include <glob.h>
#include <gtest/gtest.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>
#include <set>
#include <sstream>

#include "differential/attempt.h"
#include "differential/config_generator.h"
#include "gather/read_file.h"
#include "gather/subprocess.h"
#include "parse/sshd_config.h"
#include "parse/sshd_version.h"
#include "private_mounts.h"

namespace sshaudit::differential {
namespace {

namespace fs = std::filesystem;

constexpr std::chrono::seconds patience{20};
constexpr std::size_t shown_differences = 6;  // one of each kind
const fs::path stage = "/mnt";                // FHS: any host has it; covered by a tmpfs here

void write_file(const fs::path& path, const std::string& text, mode_t mode = 0644) {
  std::ofstream(path, std::ios::binary) << text;
  must(chmod(path.c_str(), mode) == 0, path);
}

std::string read_text(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return std::move(text).str();
}

void cover(const fs::path& mine, const char* hosts) {
  if (!fs::exists(hosts)) return;
  must(mount(mine.c_str(), hosts, nullptr, MS_BIND, nullptr) == 0, std::string("mount over ") + hosts);
}

void write_accounts() {
  std::string passwd;
  std::string shadow;
  std::string group;
  for (const auto& one : made_up_accounts()) {
    passwd += fmt::format("{}:x:{}:{}::{}:/bin/sh\n", one.name, one.uid, one.gid, one.home);
    shadow += fmt::format("{}:*:19000::::::\n", one.name);
  }
  for (const auto& one : made_up_groups()) group += fmt::format("{}:x:{}:{}\n", one.name, one.gid, one.members);
  write_file(stage / "passwd", passwd);
  write_file(stage / "shadow", shadow, 0600);
  write_file(stage / "group", group);
  write_file(stage / "nsswitch.conf", "passwd: files\ngroup: files\nshadow: files\nhosts: files\n");
  for (const std::string name : {"passwd", "shadow", "group", "nsswitch.conf"}) {
    cover(stage / name, ("/etc/" + name).c_str());
  }
}

// Accounts, a host key and the run-time directory that sshd insists on. No socket of a name service is left on /run.
void enter_namespace() {
  must(enter_private_mounts(), "make a mount namespace");
  umask(022);
  must(mount("tmpfs", stage.c_str(), "tmpfs", 0, "mode=0755") == 0, "mount tmpfs");
  must(mount("tmpfs", "/run", "tmpfs", 0, "mode=0755") == 0, "mount tmpfs");
  fs::create_directory("/run/sshd");
  write_accounts();
  must(chdir("/") == 0, "chdir");
  const auto made =
      run_program({"/usr/bin/ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", stage / "host_key"}, patience);
  if (!made || made->exit_status != 0) give_up("ssh-keygen does not work");
}

// The lines of sshd -T, by keyword in lower case.
using Lines = std::map<std::string, std::vector<std::string>>;

std::string lower(std::string text) {
  std::ranges::transform(text, text.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

Lines lines_of(const std::string& text) {
  Lines lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) {
    const auto end = std::min(line.find(' '), line.size());
    lines[lower(line.substr(0, end))].push_back(line.substr(std::min(end + 1, line.size())));
  }
  return lines;
}

std::vector<std::string> lines_of(const ConfigSetting& setting) {
  std::vector<std::string> lines;
  for (const auto& value : setting.values) {
    if (lines.empty() || !setting.one_line) {
      lines.push_back(value.text);
    } else {
      lines.back() += " " + value.text;
    }
  }
  return lines;
}

// Printable, and of a length that can be read.
std::string shown(const std::string& text) {
  std::string made;
  std::size_t same = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    same = i > 0 && text[i] == text[i - 1] ? same + 1 : 0;
    if (same > 60) continue;
    if (same == 60) {
      made += fmt::format("[... {} bytes in all]", text.size());
    } else if (byte == '\n') {
      made += "\n    ";
    } else if (byte < ' ' || byte > '~') {
      made += fmt::format("\\x{:02x}", byte);
    } else {
      made += text[i];
    }
  }
  constexpr std::size_t most = 6000;
  return made.size() <= most ? made : made.substr(0, most) + fmt::format("[... {} bytes]", text.size());
}

Result<std::vector<ConfigFile>> include(const std::string& pattern) {
  glob_t found{};
  std::vector<ConfigFile> files;
  const int answer = glob(pattern.c_str(), 0, nullptr, &found);
  for (std::size_t i = 0; answer == 0 && i < found.gl_pathc; ++i) {
    files.push_back({found.gl_pathv[i], read_text(found.gl_pathv[i])});
  }
  globfree(&found);
  if (answer != 0 && answer != GLOB_NOMATCH) return tl::unexpected(Error{"glob", pattern, 0});
  return files;
}

ConfigHost this_host() {
  ConfigHost host;
  host.include = include;
  host.home_of = [](const std::string& user) -> std::optional<std::string> {
    for (const auto& one : made_up_accounts()) {
      if (one.name == (user.empty() ? "root" : user)) return one.home;
    }
    return std::nullopt;
  };
  return host;
}

std::string specification(const Connection& connection, const SshdVersion& version) {
  auto text = fmt::format("user={},host={},addr={},laddr={},lport={}", *connection.user, *connection.host,
                          *connection.address, *connection.local_address, *connection.local_port);
  if (connection.rdomain) text += ",rdomain=" + *connection.rdomain;
  const bool takes_invalid_user = version.major > 9 || (version.major == 9 && version.minor >= 9);
  return text + (takes_invalid_user && !connection.user_exists ? ",invalid-user" : "");
}

class Comparison {
 public:
  Comparison(std::string sshd, SshdBuild build) : sshd_(std::move(sshd)), build_(std::move(build)) {}

  void compare(std::uint64_t seed);
  std::string summary() const;
  bool is_agreement() const { return differences_.empty() && (configurations_ < 100 || values_ > 0); }

 private:
  ProgramOutput ask(const std::vector<std::string>& arguments);
  void compare_start(const SshdConfig& config);
  void compare_connection(const SshdConfig& config, const Connection& connection);
  void compare_settings(const EffectiveConfig& settings, const ProgramOutput& output, const std::string& asked);
  void differ(const std::string& about, const std::string& asked, const std::string& sshds, const std::string& ours);

  std::string sshd_;
  SshdBuild build_;
  fs::path directory_ = stage / "config";
  std::uint64_t seed_ = 0;
  GeneratedConfig made_;
  std::string messages_;  // of sshd
  std::size_t configurations_ = 0;
  std::size_t accepted_ = 0;
  std::size_t spoiled_and_accepted_ = 0;
  std::size_t spoiled_ = 0;
  std::size_t pairs_ = 0;
  std::size_t pairs_accepted_ = 0;
  std::size_t values_ = 0;
  std::set<std::string> compared_keywords_;
  std::map<std::string, std::size_t> refusals_;
  std::map<std::string, std::vector<std::uint64_t>> differences_;  // by what they are about
};

ProgramOutput Comparison::ask(const std::vector<std::string>& arguments) {
  std::vector<std::string> argv = {sshd_, "-f", made_.files.front().path, "-h", stage / "host_key"};
  argv.insert(argv.end(), arguments.begin(), arguments.end());
  auto output = run_program(argv, patience);
  if (!output) give_up(fmt::format("seed {}: {}: {}", seed_, output.error().path, output.error().what));
  messages_ = output->err;
  return std::move(*output);
}

void Comparison::differ(const std::string& about, const std::string& asked, const std::string& sshds,
                        const std::string& ours) {
  auto& seeds = differences_[about];
  const bool first = seeds.empty();
  if (first || seeds.back() != seed_) seeds.push_back(seed_);
  if (!first || differences_.size() > shown_differences) return;
  std::cout << fmt::format("DIFFERENCE in {}: SSHAUDIT_CONFIG_SEED={} SSHAUDIT_CONFIG_CASES=1\n  {}\n", about, seed_,
                           asked);
  for (const auto& file : made_.files) std::cout << fmt::format("  {}:\n    {}\n", file.path, shown(file.bytes));
  std::cout << fmt::format("  sshd's messages:\n    {}\n  sshd:\n    {}\n  we:\n    {}\n", shown(messages_),
                           shown(sshds), shown(ours))
            << std::endl;
}

std::string joined(const std::vector<std::string>& lines) {
  return fmt::format("{} line(s)\n{}", lines.size(), fmt::join(lines, "\n"));
}

std::string in_words(const std::vector<ConfigFault>& faults) {
  std::string words;
  for (const auto& fault : faults) {
    words += fmt::format("{} line {}: {}\n", fault.place.file, fault.place.line, fault.message);
  }
  return words.empty() ? "no fault" : words;
}

void Comparison::compare_settings(const EffectiveConfig& settings, const ProgramOutput& output,
                                  const std::string& asked) {
  const auto lines = lines_of(output.out);
  for (const auto& setting : settings) {
    const auto keyword = lower(setting.keyword);
    const auto found = lines.find(keyword);
    const auto sshds = found == lines.end() ? std::vector<std::string>() : found->second;
    const auto ours = lines_of(setting);
    const bool is_algorithms = keyword.ends_with("algorithms") || keyword.ends_with("keytypes");
    if (is_algorithms && !build_.has_openssl) continue;
    compared_keywords_.insert(keyword);
    ++values_;
    if (sshds != ours) differ(keyword, asked, joined(sshds), joined(ours));
  }
}

// The last message without the place, to count kinds of refusals. What is wrong with Match stands in the one before.
std::string kind_of_refusal(const std::string& messages) {
  std::istringstream in(messages);
  std::string last;
  for (std::string line; std::getline(in, line);) {
    const bool tells = line.find("terminating") == std::string::npos && line.find("Bad Match") == std::string::npos;
    if (tells && line.find("eprecated") == std::string::npos) last = line;
  }
  const auto place = last.find(" line ");
  return last.substr(place == std::string::npos ? 0 : std::min(last.find(": ", place), last.size())).substr(0, 40);
}

void Comparison::compare_start(const SshdConfig& config) {
  const auto output = ask({"-t"});
  const bool accepted = output.exit_status == 0;
  accepted_ += accepted ? 1 : 0;
  spoiled_ += made_.spoiled ? 1 : 0;
  spoiled_and_accepted_ += made_.spoiled && accepted ? 1 : 0;
  if (!accepted) ++refusals_[(made_.spoiled ? "on purpose: " : "by chance: ") + kind_of_refusal(output.err)];
  if (accepted != config.faults.empty()) {
    differ(accepted ? "acceptance at start (we refuse)" : "acceptance at start (sshd refuses)", "-t",
           accepted ? "accepted" : "refused", in_words(config.faults));
  }
}

void Comparison::compare_connection(const SshdConfig& config, const Connection& connection) {
  const auto wanted = specification(connection, build_.version);
  const auto asked = "-T -C " + wanted;
  const auto output = ask({"-T", "-C", wanted});
  const bool accepted = output.exit_status == 0;
  ++pairs_;
  pairs_accepted_ += accepted ? 1 : 0;
  Evaluation evaluation;
  if (config.faults.empty()) evaluation = evaluate(config, reached_sections(config, connection));
  auto faults = config.faults;
  faults.insert(faults.end(), config.connection_faults.begin(), config.connection_faults.end());
  faults.insert(faults.end(), evaluation.faults.begin(), evaluation.faults.end());
  if (accepted != faults.empty()) {
    differ(accepted ? "acceptance of a connection (we refuse)" : "acceptance of a connection (sshd refuses)", asked,
           accepted ? "accepted" : "refused", in_words(faults));
  } else if (accepted) {
    compare_settings(evaluation.settings, output, asked);
  }
}

void Comparison::compare(std::uint64_t seed) {
  seed_ = seed;
  fs::remove_all(directory_);
  made_ = generate_config(seed, directory_, build_);
  for (const auto& file : made_.files) {
    fs::create_directories(fs::path(file.path).parent_path());
    write_file(file.path, file.bytes);
  }
  ++configurations_;
  const auto config = parse_sshd_config(made_.files.front(), {}, this_host(), build_.version);
  if (config.unread) differ("readability", "", "reads it", config.unread->what);
  compare_start(config);
  for (const auto& connection : made_.connections) compare_connection(config, connection);
}

std::string Comparison::summary() const {
  auto text = fmt::format(
      "{} configurations, {} accepted by sshd ({} %); {} spoiled on purpose, {} of them accepted\n"
      "{} pairs of configuration and connection, {} accepted; {} keywords compared {} times\n",
      configurations_, accepted_, configurations_ == 0 ? 0 : 100 * accepted_ / configurations_, spoiled_,
      spoiled_and_accepted_, pairs_, pairs_accepted_, compared_keywords_.size(), values_);
  if (std::getenv("SSHAUDIT_CONFIG_REFUSALS") != nullptr) {
    for (const auto& [kind, count] : refusals_) text += fmt::format("{:6} {}\n", count, shown(kind));
  }
  for (const auto& [about, seeds] : differences_) {
    const auto some = std::vector(seeds.begin(), seeds.begin() + std::min<std::ptrdiff_t>(8, std::ssize(seeds)));
    text += fmt::format("DIFFERENT {} in {} configurations: {}\n", about, seeds.size(), fmt::join(some, " "));
  }
  return text;
}

int compare_all() {
  const auto [sshd, version] = tried_sshd();
  enter_namespace();
  write_file(stage / "empty", "");
  const auto settings = run_program({sshd, "-T", "-f", stage / "empty", "-h", stage / "host_key"}, patience);
  if (!settings || settings->exit_status != 0) give_up(sshd + " does not work: " + (settings ? settings->err : ""));
  Comparison comparison(sshd, {version, settings->out.find("rsa-sha2-512") != std::string::npos});
  const auto first = std::stoull(setting_of("SSHAUDIT_CONFIG_SEED", "1"));
  const auto count = std::stoull(setting_of("SSHAUDIT_CONFIG_CASES", "1200"));
  for (auto seed = first; seed < first + count; ++seed) comparison.compare(seed);
  std::cout << sshd << ' ' << version.text << '\n' << comparison.summary() << std::flush;
  return comparison.is_agreement() ? 0 : 1;
}

TEST(ConfigDifferentialAsRoot, MeansWhatSshdTakesItToMean) {
  ASSERT_EQ(geteuid(), 0U) << "this needs root";
  EXPECT_EQ(status_of(in_child(compare_all)), 0) << "1: differences; 2: it could not be tried";
}

TEST(ConfigGenerator, MakesTheSameTextAgain) {
  const auto once = generate_config(7, "/x", {});
  const auto again = generate_config(7, "/x", {});
  ASSERT_EQ(once.files.size(), again.files.size());
  for (std::size_t i = 0; i < once.files.size(); ++i) EXPECT_EQ(once.files[i].bytes, again.files[i].bytes);
}

}  // namespace
}  // namespace sshaudit::differential
