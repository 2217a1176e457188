// SPDX-License-Identifier: MIT
// An expected failure and the type that carries it.
#pragma once

#include <string>
#include <tl/expected.hpp>

namespace sshaudit {

// What was attempted, on which path (empty where there is none), and the errno that came back (0 where the
// system was not asked).
struct Error {
  std::string what;
  std::string path;
  int errnum = 0;

  bool operator==(const Error&) const = default;
};

template <class T>
using Result = tl::expected<T, Error>;

}  // namespace sshaudit
