// SPDX-License-Identifier: MIT
// Who has been on this host, of the many that a directory service may know.
#pragma once

#include <sys/types.h>

#include <functional>
#include <set>
#include <string>
#include <vector>

#include "sshaudit/account.h"

namespace sshaudit {

struct SeenPeople {
  std::set<std::string> names;
  std::set<uid_t> uids;
};

// Whose homes are in these directories, by owner and by name; after whom files are named where a name of
// AuthorizedKeysFile has %u in it, outside of the homes; who stands in lastlog(8) and wtmp(5). Looks at nothing below
// that, and mounts nothing. Of very many the first 100,000.
SeenPeople find_seen_people(const std::vector<std::string>& home_directories,
                            const std::vector<std::string>& key_file_names);

// Looks each of them up that the database does not have, with their groups and their entries in shadow(5). Where that
// fails, `not_listed` says so.
void add_people(const SeenPeople& people, UserDatabase& database, const std::function<void()>& after_each);

}  // namespace sshaudit
