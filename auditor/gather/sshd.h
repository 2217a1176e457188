// SPDX-License-Identifier: MIT
// The sshd of the audited system: which one it is, how it was started, and what its configuration says. It is asked
// (sshd -T), never started as a server.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "gather/config_files.h"
#include "gather/host_key.h"
#include "gather/subprocess.h"
#include "parse/sshd_config.h"
#include "parse/sshd_version.h"
#include "sshaudit/result.h"
#include "sshaudit/server.h"

namespace sshaudit {

struct SshdChoice {
  std::string root = "/";              // the audited system; only the host's own sshd ("/") can be asked
  std::string config;                  // other configuration file; empty for the one of the daemon, or the default
  int daemon = 0;                      // the process that is meant, where several listen; 0: none in particular
  std::optional<SshdVersion> version;  // instead of the one that the program says of itself
  std::function<std::optional<std::string>(const std::string& user)> home_of;  // "" is root
};

class Sshd {
 public:
  // Finds sshd, its version, the daemon that runs, and reads its configuration.
  explicit Sshd(const SshdChoice& choice);
  Sshd(const Sshd&) = delete;
  Sshd& operator=(const Sshd&) = delete;
  ~Sshd();

  // What is known of it; the caller adds what comes out of questions.
  Server& server() { return server_; }
  const Server& server() const { return server_; }
  const SshdConfig& config() const { return config_; }

  // What `sshd -T` prints for a connection. An error when it cannot be asked, or does not answer.
  Result<std::string> ask(const Connection& connection);

  // What `sshd -t` says of the configuration, with the options of the daemon.
  Result<ProgramOutput> test() const;

  // The command of these settings joins those of the server.
  void note_command(const Settings& settings, const ConfigPlaces& places);

  // The files that settings name, as they are now.
  std::vector<NamedFile> look_at_files(const Settings& settings, const ConfigPlaces& places);

 private:
  void find_program(PathResolver& resolver);
  void find_daemon(const SshdChoice& choice);
  void read_configuration(const SshdChoice& choice);
  void note_newer_file();
  Result<std::string> run(const std::vector<std::string>& arguments);
  std::vector<std::string> command(const char* question) const;

  Server server_;
  SshdConfig config_;
  std::optional<ConfigFiles> files_;
  ConfigOverrides overrides_;  // of the daemon's command line
  std::string default_config_;
  std::function<bool(const std::string& user)> user_exists_;
  std::optional<std::int64_t> loaded_;  // when the daemon read its configuration
  std::unique_ptr<HostKey> host_key_;   // made when sshd finds no key of its own
  bool asked_ = false;                  // it has answered once
};

}  // namespace sshaudit
