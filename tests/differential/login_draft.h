// SPDX-License-Identifier: MIT
// A login that works, in parts, and the twists that change one part each. The generator picks a few of them.
#pragma once

#include <fmt/format.h>

#include <functional>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "differential/login_scenario.h"

namespace sshaudit::differential {

struct ShadowFields {
  std::string password = "*";
  std::string last_change = "19000";
  std::string min = "0";
  std::string max = "99999";
  std::string warn = "7";
  std::string inactive;
  std::string expire;
};

struct GroupFields {
  std::string name;
  gid_t gid = 0;
  std::string members;  // with commas
};

struct Draft {
  Draft(std::uint64_t seed, const LoginWorld& the_world);

  const TestKey& key() const { return world.keys.keys[scenario.key]; }
  std::string key_words() const { return key().type + " " + key().base64; }

  template <class T>
  T pick(std::initializer_list<T> values) {
    return *(values.begin() + static_cast<std::ptrdiff_t>(dice.below(values.size())));
  }
  std::string pick(std::initializer_list<const char*> values) {
    return *(values.begin() + static_cast<std::ptrdiff_t>(dice.below(values.size())));
  }

  std::string pick(std::initializer_list<std::string> values) {
    return *(values.begin() + static_cast<std::ptrdiff_t>(dice.below(values.size())));
  }

  // The first value of a keyword counts, except with lists of users and groups.
  void set(const std::string& keyword, const std::string& value);
  void add(const std::string& keyword, const std::string& value) { settings.emplace_back(keyword, value); }
  bool has(const std::string& keyword) const;

  // The home and what lies in it, in other places.
  void move_home(const std::string& path);
  void move_keys(const std::string& directory, const std::string& file, const std::string& keyword_value);
  void add_file(const std::string& path, const std::string& text, mode_t mode = 0644);
  void add_directory(const std::string& path, mode_t mode = 0755, uid_t owner = 0, gid_t of_group = 0);
  void add_other_account(const std::string& name, uid_t its_uid, gid_t its_gid);

  // The words of a name in the list of twists.
  void say(const std::string& words) { scenario.twists.push_back(words); }

  LoginScenario finish();

  Dice dice;
  const LoginWorld& world;
  LoginScenario scenario;

  std::string name = "alice";
  uid_t uid = 2001;
  gid_t gid = 2001;
  std::string home = "/home/alice";  // as passwd has it
  std::string shell = "/bin/sh";
  std::string passwd_field = "x";
  std::optional<ShadowFields> shadow = ShadowFields();
  std::string other_passwd;  // rows behind the account's own
  std::string first_passwd;  // before it
  std::string other_shadow;
  std::vector<GroupFields> groups;

  std::vector<std::pair<std::string, std::string>> settings;
  std::vector<std::string> match_lines;
  bool use_pam = true;

  std::vector<StageNode> before;   // made before the home
  std::optional<StageNode> house;  // the home directory
  std::vector<StageNode> parents;  // of the key file, from the outside inward
  std::optional<StageNode> file;   // the key file
  std::vector<StageNode> after;

  std::string options;  // of the line with the key that is offered
  bool has_key_line = true;
  std::vector<std::string> lines_before;
  std::vector<std::string> lines_after;
  std::string whole_text;  // of the key file, instead of all these lines
  std::function<std::string(std::string)> spoil;

  std::vector<std::string> account_stack;  // of /etc/pam.d/sshd
  std::string common_account;
  bool has_pam_file = true;
};

struct Twist {
  const char* name;
  int weight;
  void (*apply)(Draft&);
};
std::span<const Twist> account_twists();
std::span<const Twist> tree_twists();
std::span<const Twist> line_twists();
std::span<const Twist> setting_twists();
std::span<const Twist> pam_twists();

// All of them, in the order in which they are applied.
const std::vector<Twist>& all_twists();

}  // namespace sshaudit::differential
