// SPDX-License-Identifier: MIT
// Where logins with generated key files are tried: a mount namespace with accounts and keys of its own.
#pragma once

#include <array>
#include <filesystem>
#include <string>

#include "differential/attempt.h"
#include "differential/key_line_generator.h"

namespace sshaudit::differential {

inline const std::filesystem::path stage = "/mnt";  // FHS: any host has it; covered by a tmpfs

// Two accounts, so that two logins can be tried at a time.
struct StageAccount {
  const char* name;
  unsigned id;  // of the user and of his group
};
inline constexpr std::array stage_accounts = {StageAccount{"alice", 2001}, StageAccount{"bob", 2002}};

void write_file(const std::filesystem::path& path, const std::string& text, mode_t mode = 0644);
std::string read_text(const std::filesystem::path& path);

// Printable, and of a length that can be read.
std::string shown(const std::string& text);

// Covers the stage, /run and the account database of the host, for this process alone.
void enter_stage();

// Keys of every type, made in the directory: their private parts are files there, by their names.
KeyWorld make_keys(const std::filesystem::path& directory);

}  // namespace sshaudit::differential
