// SPDX-License-Identifier: MIT
// The rule table itself.
#include "rules/catalogue.h"

#include <gtest/gtest.h>

#include <regex>
#include <set>

#include "render/rules.h"

namespace sshaudit {
namespace {

TEST(Catalogue, IdsAreUniqueKebabCase) {
  const std::regex kebab("[a-z]+(-[a-z]+)*");
  std::set<std::string_view> ids;
  for (const auto* rule : catalogue()) {
    EXPECT_TRUE(ids.insert(rule->id).second) << rule->id;
    EXPECT_TRUE(std::regex_match(std::string(rule->id), kebab)) << rule->id;
  }
  EXPECT_GT(ids.size(), 30U);
}

TEST(Catalogue, EveryRowSaysEverything) {
  for (const auto* rule : catalogue()) {
    for (const auto text : {rule->summary, rule->rationale, rule->remedy}) {
      EXPECT_FALSE(text.empty()) << rule->id;
      EXPECT_TRUE(text.ends_with('.') || text.find(": ") != std::string_view::npos || text.ends_with(')'))
          << rule->id << ": " << text;
    }
  }
}

// Advice that would do harm when typed as it stands.
TEST(Catalogue, NoRemedyIsDangerous) {
  const std::regex dangerous(R"(chmod -R|chown -R|chown [^-]|passwd -[ud]|StrictModes no)");
  for (const auto* rule : catalogue()) {
    EXPECT_FALSE(std::regex_search(std::string(rule->remedy), dangerous)) << rule->id;
  }
}

TEST(Catalogue, RendersOneLineARuleAndOneInFull) {
  const auto rules = catalogue();
  const auto list = render_rules(rules);
  EXPECT_EQ(static_cast<std::size_t>(std::count(list.begin(), list.end(), '\n')), rules.size());
  EXPECT_EQ(find_rule("no-such-rule"), nullptr);
  const auto* rule = find_rule("home-writable");
  ASSERT_NE(rule, nullptr);
  EXPECT_EQ(render_rule(*rule).substr(0, 72),
            "home-writable\n  subject   KeyFile\n  effect    refuses\n  severity  error\n");
}

}  // namespace
}  // namespace sshaudit
