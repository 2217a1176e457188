// SPDX-License-Identifier: MIT
// The keywords of sshd_config(5): which version of sshd knows them, where they may stand, and what they take. Source:
// OpenSSH servconf.c, 7.4 to 10.5, and the patches of Debian and RHEL.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

#include "sshaudit/server.h"

namespace sshaudit {

// What a keyword takes. Where the comment says nothing, the first line wins.
enum class ConfigArgument {
  flag,
  permit_root_login,
  ignore_rhosts,
  address_family,
  compression,
  gateway_ports,
  forwarding,
  tunnel,
  integer,
  time,
  word,
  file,
  files,       // the first line wins
  home_word,   // one name, `~` is a home
  home_words,  // several; the first line wins
  users,       // every line adds
  groups,      // every line adds
  accept_env,  // every line adds
  set_env,
  host_key,        // every line adds
  ports,           // every line adds
  listen_address,  // every line adds
  methods,
  rest_of_line,
  keys_command,
  principals_command,
  pubkey_algorithms,
  hostbased_algorithms,
  host_key_algorithms,
  ca_algorithms,
  ciphers,
  macs,
  kex_algorithms,
  gss_kex_algorithms,
  log_level,
  log_facility,
  log_verbose,
  user_environment,
  pubkey_auth_options,
  subsystem,
  max_startups,
  source_max_startups,
  source_block_size,
  source_penalties,
  address_patterns,
  permit_open,
  permit_listen,
  quality_of_service,
  rekey_limit,
  octal_mode,
  digest,
  routing_domain,
  channel_timeout,
  unused_timeout,
  security_key_provider,
  host_key_agent,
  version_addendum,
  ignored,  // deprecated, or not built in: the arguments are not looked at
  include,
  match,
};

struct ConfigKeyword {
  std::string_view name;  // lower case
  ConfigArgument argument = ConfigArgument::flag;
  bool in_match = false;          // may stand in a Match block
  bool shown = false;             // bears on a login
  std::string_view initial = {};  // the compiled-in default, as `sshd -T` prints it; blanks separate words
  unsigned since = 0;             // version, as 100 * major + minor
  unsigned until = ~0U;           // the last one
  int vendors = 0;                // bits 1 << Vendor; 0 for all
  std::string_view alias_of = {};
};

// Those shown come in the order of `sshd -T`.
std::span<const ConfigKeyword> config_keywords();

// 100 * major + minor; the newest when the version is not known.
unsigned version_number(const SshdVersion& version);

// The row that this sshd has for a keyword written in any case, or nothing.
std::optional<std::size_t> find_config_keyword(std::string_view written, const SshdVersion& version);

bool is_known(const ConfigKeyword& keyword, const SshdVersion& version);

}  // namespace sshaudit
