// SPDX-License-Identifier: MIT
// What is new, mended or gone since the run before, piece by piece as in renderer.h. Nothing new is an empty text.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "render/renderer.h"
#include "sshaudit/changes.h"
#include "sshaudit/report.h"

namespace sshaudit {

struct NamedChanges {
  std::string name;
  Changes changes;
};

class ChangesRenderer {
 public:
  virtual ~ChangesRenderer() = default;
  virtual std::string begin(const ReportHeader& header) = 0;
  virtual std::string account(const AccountReport& report, const Changes& changes) = 0;
  virtual void gone(NamedChanges account) = 0;
  // `of_host` are all findings of the server and of the host, those of the header too.
  virtual std::string end(const Summary& summary, const std::vector<Finding>& of_host, const Changes& changes) = 0;
};

std::unique_ptr<ChangesRenderer> make_text_changes(const TextStyle& style);
std::unique_ptr<ChangesRenderer> make_json_changes();
std::unique_ptr<ChangesRenderer> make_ndjson_changes();

}  // namespace sshaudit
