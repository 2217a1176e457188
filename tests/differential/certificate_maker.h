// SPDX-License-Identifier: MIT
// Signs what ssh-keygen(1) would not sign.
#pragma once

#include <memory>
#include <string>

#include "differential/certificate_generator.h"

namespace sshaudit::differential {

class HandAuthority {
 public:
  HandAuthority();
  ~HandAuthority();
  HandAuthority(const HandAuthority&) = delete;
  HandAuthority& operator=(const HandAuthority&) = delete;

  std::string line() const;  // "ssh-ed25519 AAAA..."

  // "TYPE BASE64\n"
  std::string certify(const TestKey& key, const HandMade& made) const;

 private:
  struct Secret;
  std::string wire() const;
  std::unique_ptr<Secret> secret_;
};

}  // namespace sshaudit::differential
