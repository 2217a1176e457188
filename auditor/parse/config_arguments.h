// SPDX-License-Identifier: MIT
// What a line of sshd_config(5) gives its keyword, and what sshd finds wrong with it. Source: OpenSSH servconf.c,
// process_server_config_line.
#pragma once

#include <cstddef>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "parse/config_keywords.h"
#include "parse/sshd_config.h"

namespace sshaudit {

constexpr std::size_t all_words = ~std::size_t{0};

struct ArgumentContext {
  const SshdVersion& version;
  const ConfigHost& host;
  bool active = true;   // the line is in a section that takes effect
  bool is_set = false;  // its keyword has a value already
};

struct TakenArguments {
  std::vector<std::string> values;  // as `sshd -T` prints them
  std::size_t used = 1;             // words that were looked at; one more is an error
  std::string fault;                // empty when sshd takes the line
};

TakenArguments take_arguments(ConfigArgument argument, const ConfigLine& line, const ArgumentContext& context);

// The same for keywords that do not bear on a login: they are only checked.
TakenArguments take_transport_arguments(ConfigArgument argument, const ConfigLine& line,
                                        const ArgumentContext& context);

TakenArguments take_limit_arguments(ConfigArgument argument, const ConfigLine& line, const ArgumentContext& context);

// Pieces of all.
TakenArguments wrong(std::string_view word);  // a fault that names the word, or says that it is missing
TakenArguments one_word(const ConfigLine& line, bool is_good);  // the first word, or that it is wrong
TakenArguments fault_of(std::string message);
TakenArguments one_of(const ConfigLine& line, std::initializer_list<std::string_view> choices);  // in lower case
bool reads_new_words(const SshdVersion& version);                                                // 8.7
std::string_view first_word(const ConfigLine& line);  // empty when it is missing, which is a fault everywhere

}  // namespace sshaudit
