// SPDX-License-Identifier: MIT
// The sshd of the audited system: asked for its effective settings, never started as a server.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "parse/sshd_version.h"
#include "sshaudit/account.h"
#include "sshaudit/result.h"
#include "sshaudit/server.h"

namespace sshaudit {

struct SshdChoice {
  std::string root = "/";              // the audited system; only the host's own sshd ("/") can be asked
  std::string config;                  // other configuration file; empty for the default
  std::optional<SshdVersion> version;  // overrides what the program says of itself
};

class Sshd {
 public:
  // Finds sshd, its version and its global settings. Where it cannot be asked, server() says why and holds the
  // compiled-in defaults.
  explicit Sshd(const SshdChoice& choice);
  Sshd(const Sshd&) = delete;
  Sshd& operator=(const Sshd&) = delete;
  ~Sshd();

  const Server& server() const { return server_; }

  // The settings for one account, Match blocks applied for a connection from an address that no configuration
  // names (192.0.2.1). An error when sshd was asked and did not answer.
  Result<Settings> settings_for(const Account& account);

 private:
  class HostKey;

  Result<Settings> ask(const std::vector<std::string>& arguments);
  Result<Settings> run(const std::vector<std::string>& argv);
  std::vector<std::string> command() const;
  void scan_configuration();
  void scan_file(const std::string& path, int depth);

  Server server_;
  std::string config_;            // path of the configuration file
  std::string config_directory_;  // what relative names in Include start from
  bool is_default_config_ = true;
  std::unique_ptr<HostKey> host_key_;  // made when sshd finds no key of its own
};

}  // namespace sshaudit
