// SPDX-License-Identifier: MIT
// Evidence, from the process that looks at an account to the one that judges it. Account, settings and their origin are
// known on both sides and do not cross. What many accounts share crosses once, and of a walk only what differs from the
// one before: both ends remember it, so there is one of each for a pair of processes, and messages are read in the
// order in which they were written.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "sshaudit/evidence.h"
#include "wire/coder.h"

namespace sshaudit::wire {

class EvidenceEncoder {
 public:
  void append(const AccountEvidence& evidence, std::string& out);

 private:
  template <class T>
  void put_shared(const std::shared_ptr<const T>& value, Encoder& encoder);

  std::unordered_map<const void*, std::size_t> sent_;
  std::vector<std::shared_ptr<const void>> kept_;  // so that no other value gets its address
  Components last_walk_;
};

class EvidenceDecoder {
 public:
  // For a message, which is read to its end.
  Decoder decoder(std::string_view message) { return {message, words_, &last_walk_}; }

  // Several, one behind the other. False where the bytes are none.
  bool read(Decoder& from, AccountEvidence& evidence);

 private:
  template <class T>
  bool get_shared(std::shared_ptr<const T>& value, Decoder& from);

  Words words_;
  std::vector<std::shared_ptr<const void>> received_;
  Components last_walk_;
};

}  // namespace sshaudit::wire
