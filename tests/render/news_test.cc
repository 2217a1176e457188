// SPDX-License-Identifier: MIT
#include "render/news.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "render/renderer.h"
#include "rules/catalogue.h"
#include "sshaudit/policy.h"

namespace sshaudit {
namespace {

struct Row {
  Summary summary;
  std::string news;
  std::string log_line;
};

// accepted, refused, closes, none, unknown; notices, warnings, errors; waived; complete
const std::vector<Row> rows = {
    {{},
     "no key login is refused (0 accounts); no errors or warnings",
     "audited 0 accounts; no errors or warnings; 12 s"},
    {{1, {1, 0, 0, 0, 0}, {9, 0, 0}, 0, true},
     "no key login is refused (1 account); no errors or warnings",
     "audited 1 account: 1 accepted; no errors or warnings; 12 s"},
    {{214, {210, 2, 1, 0, 1}, {5, 1, 3}, 0, false},
     "key login is refused for 2 accounts, closed at once for 1, unknown for 1 (of 214); 3 errors, 1 warning; not "
     "everything could be seen",
     "audited 214 accounts: 210 accepted, 2 refused, 1 closes, 1 unknown; 3 errors, 1 warning; not everything could "
     "be seen; 12 s"},
    {{3, {1, 1, 0, 1, 0}, {0, 2, 1}, 4, true},
     "key login is refused for 1 account (of 3); 1 error, 2 warnings, 4 waived",
     "audited 3 accounts: 1 accepted, 1 refused, 1 without keys; 1 error, 2 warnings, 4 waived; 12 s"},
    {{2, {0, 0, 2, 0, 0}, {0, 0, 0}, 2, true},
     "key login is closed at once for 2 accounts (of 2); no errors or warnings, 2 waived",
     "audited 2 accounts: 2 closes; no errors or warnings, 2 waived; 12 s"},
};

TEST(News, IsOneLine) {
  for (const auto& row : rows) {
    EXPECT_EQ(news_of(row.summary), row.news);
    EXPECT_EQ(log_line_of(row.summary, 12), row.log_line);
  }
}

std::string rendered(const TextStyle& style, const std::string& host, const std::vector<Finding>& findings) {
  const auto renderer = make_text_renderer(style);
  ReportHeader header;
  header.host = host;
  header.findings = findings;
  const auto begin = renderer->begin(header);
  return begin + renderer->end({1, {0, 1, 0, 0, 0}, {0, 1, 0}, 0, true}, {});
}

TEST(News, IsTheHeadlineOfATextThatIsNotEmpty) {
  Finding finding{.rule = find_rule("name-repeated")};
  finding.detail.message = "twice";
  const TextStyle style{.headline = true, .notices = false};
  EXPECT_EQ(rendered(style, "web\x1b", {finding}),
            "web\\x1b: key login is refused for 1 account (of 1); 1 warning\n\n"
            "host web\\x1b:\n  warning  name-repeated  twice\n");
  EXPECT_EQ(rendered(style, "", {finding}),
            "this host: key login is refused for 1 account (of 1); 1 warning\n\n"
            "this host:\n  warning  name-repeated  twice\n");
  EXPECT_EQ(rendered(style, "web1", {}), "");
  EXPECT_EQ(rendered({}, "web1", {finding}), "host web1:\n  warning  name-repeated  twice\n");
  const Waiver waiver{"name-repeated", "", "", "known", "2026-12-31", 1};
  finding.waiver = &waiver;
  EXPECT_EQ(rendered({.headline = true}, "web1", {finding}), "");
}

}  // namespace
}  // namespace sshaudit
