// SPDX-License-Identifier: MIT
#include "documents/rules_page.h"

#include <fmt/format.h>

#include <array>
#include <utility>

#include "render/words.h"

namespace sshaudit {
namespace {

struct Section {
  Subject subject;
  std::string_view title;
};
constexpr std::array sections = {Section{Subject::server, "SERVER"}, Section{Subject::account, "ACCOUNT"},
                                 Section{Subject::key_file, "KEY FILE"}, Section{Subject::authorized_key, "KEY LINE"},
                                 Section{Subject::host, "HOST"}};

std::string paragraph(const RuleInfo& rule) {
  return fmt::format(".TP\n.B {}\n.RI ( {}\\fR,\\ \\fP {} )\n.br\n{}\n.IP\n{}\n.IP\n.I Remedy:\n{}\n",
                     for_troff(rule.id), word(rule.severity), word(rule.effect), for_troff(rule.summary),
                     for_troff(rule.rationale), for_troff(rule.remedy));
}

}  // namespace

std::string for_troff(std::string_view text) {
  std::string result;
  if (text.starts_with('.') || text.starts_with('\'')) result = "\\&";
  for (const char letter : text) {
    switch (letter) {
      case '\\':
        result += "\\e";
        break;
      case '-':
        result += "\\-";
        break;
      case '~':
        result += "\\(ti";
        break;
      case '^':
        result += "\\(ha";
        break;
      case '\'':
        result += "\\(aq";
        break;
      case '`':
        result += "\\(ga";
        break;
      default:
        result += letter;
    }
  }
  return result;
}

std::string rules_sections(const std::vector<const RuleInfo*>& rules) {
  std::string text;
  for (const auto& section : sections) {
    text += fmt::format(".SH {}\n", section.title);
    for (const auto* rule : rules) {
      if (rule->subject == section.subject) text += paragraph(*rule);
    }
  }
  return text;
}

}  // namespace sshaudit
