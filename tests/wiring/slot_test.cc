// SPDX-License-Identifier: MIT
#include "wiring/slot.h"

#include <gtest/gtest.h>

#include <map>

#include "wiring/drop_in.h"

namespace sshaudit {
namespace {

const std::string logger = "/usr/libexec/sshaudit/sshaudit-log-refusal";
const SshdVersion debian_12 = *parse_sshd_version("OpenSSH_9.2p1 Debian-2+deb12u3");

// A host with these files below sshd_config.d.
SshdConfig config_of(const std::string& main, const std::map<std::string, std::string>& files = {},
                     const std::vector<std::string>& options = {}) {
  ConfigHost host;
  host.include = [files](const std::string& pattern) -> Result<std::vector<ConfigFile>> {
    std::vector<ConfigFile> found;
    for (const auto& [name, text] : files) {
      const auto path = std::string(drop_in_directory) + "/" + name;
      if (pattern == std::string(drop_in_directory) + "/*.conf" || pattern == path) found.push_back({path, text});
    }
    return found;
  };
  return parse_sshd_config({"/etc/ssh/sshd_config", main}, {options, {}}, host, debian_12);
}

std::string listed(const std::vector<CommandLine>& lines) {
  std::string text;
  for (const auto& line : lines) {
    text += line.place.file + ":" + std::to_string(line.place.line) + " [" + line.text + "] by [" + line.user + "] (" +
            line.condition + ")" + (line.is_ours ? " ours" : "") + (line.is_none ? " none" : "") + "\n";
  }
  return text;
}

TEST(Slot, WhoHasIt) {
  struct Row {
    SshdConfig config;
    std::string lines;
  };
  const std::vector<Row> rows = {
      {config_of("UsePAM yes\n#AuthorizedKeysCommand none\n"), ""},
      {config_of("AuthorizedKeysCommand  /bin/a  %u \nAuthorizedKeysCommandUser nobody\n"),
       "/etc/ssh/sshd_config:1 [/bin/a  %u] by [nobody] ()\n"},
      {config_of("authorizedkeyscommand=/bin/a\n"), "/etc/ssh/sshd_config:1 [/bin/a] by [] ()\n"},
      {config_of("AuthorizedKeysCommandUser bob\nMatch User x\nAuthorizedKeysCommand /bin/a\n"),
       "/etc/ssh/sshd_config:3 [/bin/a] by [bob] (User x)\n"},
      {config_of("AuthorizedKeysCommandUser bob\nMatch User x\nAuthorizedKeysCommand /bin/a\n"
                 "AuthorizedKeysCommandUser eve\n"),
       "/etc/ssh/sshd_config:3 [/bin/a] by [eve] (User x)\n"},
      {config_of("", {}, {"AuthorizedKeysCommand=/bin/a", "AuthorizedKeysCommandUser=bob"}),
       "command line:0 [/bin/a] by [bob] ()\n"},
      {config_of("Include /etc/ssh/sshd_config.d/*.conf\n", {{"a.conf", "AuthorizedKeysCommand none\n"}}),
       "/etc/ssh/sshd_config.d/a.conf:1 [none] by [] () none\n"},
      {config_of("Include /etc/ssh/sshd_config.d/*.conf\n",
                 {{"50-sshaudit.conf", "AuthorizedKeysCommandUser root\n"},
                  {"90-a.conf", "AuthorizedKeysCommand /bin/a\nAuthorizedKeysCommandUser bob\n"}}),
       "/etc/ssh/sshd_config.d/90-a.conf:1 [/bin/a] by [bob] ()\n"},
      {config_of("AuthorizedKeysCommand " + logger + " %u %U %h %t %f %k --then-user a --then /bin/b\n"),
       "/etc/ssh/sshd_config:1 [" + logger + " %u %U %h %t %f %k --then-user a --then /bin/b] by [] () ours\n"},
  };
  for (const auto& row : rows) EXPECT_EQ(listed(command_lines(row.config, logger)), row.lines);
}

std::optional<Hindrance> hindrance(const std::string& main, const std::map<std::string, std::string>& files = {},
                                   const std::vector<std::string>& options = {}) {
  const ConfigFile added{drop_in_path, drop_in_text(logger, debian_12)};
  return hindrance_to(drop_in_path, with_file(config_of(main, files, options), {"/etc/ssh/sshd_config", main}, added));
}

TEST(Slot, WhatSshdWouldGoBy) {
  using Kind = Hindrance::Kind;
  const std::string all = "Include /etc/ssh/sshd_config.d/*.conf\n";
  const std::string directory = std::string(drop_in_directory) + "/";
  const auto by = [](Kind kind, std::string file, std::size_t line, std::string text) {
    return std::optional<Hindrance>({kind, {std::move(file), line}, std::move(text)});
  };
  const std::optional<Hindrance> not_read = Hindrance{};
  EXPECT_EQ(hindrance(all), std::nullopt);
  EXPECT_EQ(hindrance("UsePAM yes\nInclude sshd_config.d/*.conf\n"), std::nullopt);
  EXPECT_EQ(hindrance("Include " + std::string(drop_in_path) + "\n"), std::nullopt);
  EXPECT_EQ(hindrance(all, {{"50-sshaudit.conf", "AuthorizedKeysCommand /bin/other\n"}}), std::nullopt);
  EXPECT_EQ(hindrance("Match all\n" + all), std::nullopt);
  EXPECT_EQ(hindrance(""), not_read);
  EXPECT_EQ(hindrance("Include /etc/ssh/*.conf\n"), not_read);
  EXPECT_EQ(hindrance("Match User a\n" + all), by(Kind::in_match, "/etc/ssh/sshd_config", 1, "Match User a"));
  EXPECT_EQ(hindrance(all, {{"10-a.conf", "Match User a\n"}}), std::nullopt);
  EXPECT_EQ(hindrance("AuthorizedKeysCommand none\n" + all),
            by(Kind::came_late, "/etc/ssh/sshd_config", 1, "AuthorizedKeysCommand none"));
  EXPECT_EQ(hindrance(all + "AuthorizedKeysCommand none\n"), std::nullopt);
  EXPECT_EQ(hindrance(all, {{"60-a.conf", "AuthorizedKeysCommand none\nAuthorizedKeysCommandUser bob\n"}}),
            std::nullopt);
  EXPECT_EQ(hindrance(all, {{"10-a.conf", "AuthorizedKeysCommandUser bob\n"}}),
            by(Kind::came_late, directory + "10-a.conf", 1, "AuthorizedKeysCommandUser bob"));
  EXPECT_EQ(hindrance(all, {{"10-a.conf", "AuthorizedKeysCommandUser root\n"}}), std::nullopt);
  EXPECT_EQ(hindrance(all, {}, {"AuthorizedKeysCommand=none"}),
            by(Kind::came_late, "command line", 0, "AuthorizedKeysCommand none"));
  EXPECT_EQ(hindrance(all + "Match User a\nAuthorizedKeysCommandUser bob\n"),
            by(Kind::other_user, "/etc/ssh/sshd_config", 3, "AuthorizedKeysCommandUser bob"));
  EXPECT_EQ(hindrance(all + "Match User a\nAuthorizedKeysCommand none\n"), std::nullopt);
}

TEST(Slot, TheIncludeThatLeadsToAFile) {
  const auto line = [](const std::string& text) { return include_line({"/etc/ssh/own", text}, drop_in_path).line; };
  EXPECT_EQ(line("# Include /etc/ssh/sshd_config.d/*.conf\n\n include=/a /etc/ssh/sshd_config.d/*.conf\n"), 3U);
  EXPECT_EQ(line("Include sshd_config.d/*\nInclude /etc/ssh/sshd_config.d/*\n"), 1U);
  EXPECT_EQ(line("Include /etc/ssh/more.conf\nInclude /etc/ssh/*\n"), 0U);
}

TEST(DropIn, TokensThatTheVersionKnows) {
  const auto tokens = [](const char* version) {
    return logger_command("x", *parse_sshd_version(version)).substr(std::string("x ").size());
  };
  EXPECT_EQ(tokens("OpenSSH_7.4p1"), "%u - %h %t %f %k");
  EXPECT_EQ(tokens("OpenSSH_7.8p1"), "%u %U %h %t %f %k");
  EXPECT_EQ(tokens("OpenSSH_9.3p2"), "%u %U %h %t %f %k");
  EXPECT_EQ(tokens("OpenSSH_9.4p1"), "%u %U %h %t %f %k %C %D");
  EXPECT_EQ(wiring_lines("x", debian_12, "/bin/a %u", "bob"),
            "AuthorizedKeysCommand x %u %U %h %t %f %k --then-user bob --then /bin/a %u\n"
            "AuthorizedKeysCommandUser root\n");
}

TEST(DropIn, OurOwnIsKnownWhateverTheVersion) {
  for (const auto* version : {"OpenSSH_7.4p1", "OpenSSH_9.2p1", "OpenSSH_9.9p2", "OpenSSH_10.0p2"}) {
    const auto text = drop_in_text(logger, *parse_sshd_version(version));
    EXPECT_TRUE(is_drop_in_text(text, logger)) << version;
    EXPECT_FALSE(is_drop_in_text(text + "\n", logger));
    EXPECT_FALSE(is_drop_in_text(text, "/opt/other"));
  }
  EXPECT_FALSE(is_drop_in_text("", logger));
}

}  // namespace
}  // namespace sshaudit
