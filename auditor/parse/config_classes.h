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
  // only that one. Keeps a reference to the configuration.
  SectionMatcher(const SshdConfig& config, const Connection* given);

  const std::vector<ConnectionClass>& classes() const { return classes_; }
  bool is_complete() const { return complete_; }  // no class was left out for there being too many
  bool asks_for_groups() const { return asks_for_groups_; }

  // The sections whose questions about the user are true. `groups` are the names of the groups that the user is in.
  std::vector<bool> fitting(const std::string& user, const std::vector<std::string>& groups) const;

  // The sections that such a user reaches from each class, in the order of classes().
  std::vector<std::vector<bool>> reached(const std::vector<bool>& fitting) const;

 private:
  // One element of a list: "!wheel". A text without wildcards is compared, not matched.
  struct Element {
    std::string pattern;
    bool negated = false;
    bool is_literal = false;
  };
  struct Question {
    bool about_groups = false;
    std::vector<Element> elements;
  };

  void find_classes();
  void add_class(const Connection& sample);
  void prepare_questions();
  static int answer(const std::string& name, const std::vector<Element>& elements);
  static bool holds_for(const Question& question, const std::string& user, const std::vector<std::string>& groups);

  const SshdConfig& config_;
  std::vector<ConnectionClass> classes_;
  std::vector<std::vector<bool>> of_connection_;  // by class: the sections whose questions about it are true
  std::vector<std::vector<Question>> questions_;  // about the user, by section
  bool complete_ = true;
  bool asks_for_groups_ = false;
};

}  // namespace sshaudit
