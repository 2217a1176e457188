// SPDX-License-Identifier: MIT
// AuthorizedKeysCommand as a source of keys beside the files. sshd asks it for accounts that are let in otherwise, and
// only when no file has the key; up to 8.0 before it looks into the files (OpenSSH auth2-pubkey.c: user_key_allowed).
#pragma once

#include <optional>
#include <span>
#include <string>

#include "rules/key_lines.h"
#include "rules/rule.h"
#include "sshaudit/evidence.h"
#include "sshaudit/public_key.h"
#include "sshaudit/server.h"

namespace sshaudit {

enum class KeysCommandFate {
  none,             // there is none, it supplies no keys, or sshd does not run it
  ends_connection,  // sshd dies when it comes to it
  not_run,          // what it prints is not known
  failed,           // what it prints does not count
  printed,          // key lines, or nothing
};
KeysCommandFate fate_of_keys_command(const AccountEvidence& evidence, const Context& context);

// Whether the account gets keys from it, or may.
bool gets_keys_from_command(const AccountEvidence& evidence, const Context& context);

// Why sshd does not run a program, whoever it would run as; empty when it does.
std::string why_program_is_unsafe(const PathWalk& program, const Context& context);

// What was printed, in the shape of a key file; its name is what sshd calls it in its log.
KeyFile printed_keys(const AccountEvidence& evidence);

// The same for one key that is offered: how many of the lines that name it let it in.
struct KeysCommandAnswer {
  KeysCommandFate fate = KeysCommandFate::none;
  JudgedLines lines;  // only when something was printed
};
KeysCommandAnswer ask_keys_command(const AccountEvidence& evidence, const KeyDigest& key, const Context& context);

// What the key files of the account come to, which decides whether the command matters.
struct KeysCommandSubject {
  const AccountEvidence& evidence;
  bool files_accept = false;
  bool files_refuse = false;  // there are keys, and every one of them is refused
};
std::span<const Rule<KeysCommandSubject>> keys_command_rules();
std::span<const Rule<Server>> keys_command_server_rules();

}  // namespace sshaudit
