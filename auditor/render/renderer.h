// SPDX-License-Identifier: MIT
// A report in, text out, piece by piece: what comes back is to be written at once, in order.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "sshaudit/report.h"

namespace sshaudit {

class Renderer {
 public:
  virtual ~Renderer() = default;
  virtual std::string begin(const ReportHeader& header) = 0;
  virtual std::string account(const AccountReport& report) = 0;
  virtual std::string end(const Summary& summary, const std::vector<Finding>& of_host) = 0;  // found on the way
};

struct TextStyle {
  bool color = false;
  std::size_t columns = 0;  // where to fold lines; 0 for never
  bool headline = false;    // what the run comes to is the first line, where there is any
  bool notices = true;      // otherwise what is no fault is left out
};

std::unique_ptr<Renderer> make_text_renderer(const TextStyle& style);
std::unique_ptr<Renderer> make_json_renderer();    // one object, at the end; keeps every account until then
std::unique_ptr<Renderer> make_ndjson_renderer();  // one object a line: header, accounts, summary; keeps nothing

std::unique_ptr<Renderer> make_prometheus_renderer();

// One line about the whole run, for a person who looks at it.
std::string render_summary(const Summary& summary);

}  // namespace sshaudit
