// SPDX-License-Identifier: MIT
// Which connections a configuration treats alike. Match blocks ask about the user and about the connection; the second
// part has few answers, whatever addresses there are, and each account is judged once for each of them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "parse/sshd_config.h"

namespace sshaudit {

struct ConnectionClass {
  Connection sample;               // without a user
  std::vector<std::string> holds;  // what Match asks of the connection and is true: "Address 10.0.0.0/8"
};

class SectionMatcher {
 public:
  // Finds the classes of connections, the first of them being one that no Match block names. With `given` there is
  // only that one.
  SectionMatcher(const SshdConfig& config, const Connection* given);

  const std::vector<ConnectionClass>& classes() const { return classes_; }
  bool is_complete() const { return complete_; }  // no class was left out for there being too many
  bool asks_for_groups() const { return asks_for_groups_; }

  // Which sections a user reaches from each class, in the order of classes().
  std::vector<std::vector<bool>> reached(const std::string& user, const std::vector<std::string>& groups) const;

 private:
  void find_classes();
  void add_class(const Connection& sample);

  const SshdConfig& config_;
  std::vector<ConnectionClass> classes_;
  std::vector<std::vector<bool>> of_connection_;  // by class: the sections whose questions about it are true
  bool complete_ = true;
  bool asks_for_groups_ = false;
};

}  // namespace sshaudit
