// SPDX-License-Identifier: MIT
// Rules of the house that a machine can check: who may include whom, and how long files and functions are.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <string>
#include <vector>

namespace {

namespace fs = std::filesystem;
const fs::path source = SOURCE_DIR;

std::vector<std::string> lines_of(const fs::path& file) {
  std::ifstream in(file);
  std::vector<std::string> lines;
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

std::vector<fs::path> sources_below(const std::string& directory) {
  std::vector<fs::path> files;
  for (const auto& entry : fs::recursive_directory_iterator(source / directory)) {
    const auto extension = entry.path().extension();
    if (extension == ".cc" || extension == ".h") files.push_back(entry.path());
  }
  std::ranges::sort(files);
  return files;
}

std::string below_source(const fs::path& file) { return fs::relative(file, source).string(); }

// "auditor/rules/x.cc" -> "rules"; a file of auditor/ itself is a room of its own, and a public header is in
// "sshaudit".
std::string room_of(const std::string& path) {
  if (path.starts_with("include/sshaudit/")) return "sshaudit";
  const auto inside = path.substr(std::string("auditor/").size());
  const auto slash = inside.find('/');
  return slash == std::string::npos ? fs::path(inside).stem().string() : inside.substr(0, slash);
}

// What each room may include, beside itself.
const std::map<std::string, std::set<std::string>> arrows = {
    {"sshaudit", {}},
    {"parse", {"sshaudit"}},
    {"rules", {"sshaudit", "parse"}},
    {"render", {"sshaudit"}},
    {"gather", {"sshaudit", "parse"}},
    {"history", {"sshaudit", "gather"}},
    {"audit", {"sshaudit", "rules"}},
    {"changes", {"sshaudit", "parse"}},
    {"explain", {"sshaudit", "parse", "rules"}},
    {"refusal", {"sshaudit"}},
    {"plan", {"sshaudit", "parse", "rules"}},
    {"key_addition", {"sshaudit", "parse", "rules"}},
    {"remedy", {"sshaudit", "gather", "parse"}},
    {"wire", {"sshaudit", "rules"}},
    {"wiring", {"sshaudit", "parse"}},
    {"supervisor", {"sshaudit", "gather"}},
    {"cli",
     {"sshaudit", "audit", "changes", "explain", "gather", "history", "key_addition", "parse", "plan", "remedy",
      "render", "rules", "supervisor", "wire", "wiring"}},
    {"documents", {"sshaudit", "cli", "render", "rules"}},
    {"main", {"cli", "render"}},
};

TEST(House, IncludesFollowTheArrows) {
  const std::regex include("#include \"([^\"]+)\"");
  std::size_t seen = 0;
  for (const std::string directory : {"include", "auditor"}) {
    for (const auto& file : sources_below(directory)) {
      const auto room = room_of(below_source(file));
      ASSERT_TRUE(arrows.contains(room)) << below_source(file) << " is in no known room";
      for (const auto& line : lines_of(file)) {
        std::smatch match;
        if (!std::regex_search(line, match, include)) continue;
        const std::string name = match[1];
        const auto to =
            name.find('/') == std::string::npos ? fs::path(name).stem().string() : name.substr(0, name.find('/'));
        EXPECT_TRUE(to == room || arrows.at(room).contains(to)) << below_source(file) << " must not include " << name;
        ++seen;
      }
    }
  }
  EXPECT_GT(seen, 100U);
}

// <sys/stat.h> is allowed for the names of mode bits; a call of stat() would need a path, and none is opened there.
TEST(House, PureRoomsDoNoInputOrOutput) {
  const std::set<std::string> pure = {"sshaudit", "parse", "rules",        "render", "audit",   "explain",
                                      "refusal",  "plan",  "key_addition", "wire",   "changes", "wiring"};
  const std::regex forbidden(
      "#include "
      "<(fstream|iostream|filesystem|cstdio|stdio\\.h|ctime|chrono|thread|random|cstdlib|unistd\\.h|fcntl\\.h|pwd\\.h|"
      "grp\\.h|shadow\\.h|dirent\\.h|glob\\.h|spawn\\.h|poll\\.h|syslog\\.h|time\\.h|sys/(?!stat\\.h|types\\.h).*|"
      "linux/.*|acl/.*|libmount/.*|sqlite3\\.h)>");
  for (const std::string directory : {"include", "auditor"}) {
    for (const auto& file : sources_below(directory)) {
      if (!pure.contains(room_of(below_source(file)))) continue;
      for (const auto& line : lines_of(file)) {
        EXPECT_FALSE(std::regex_search(line, forbidden)) << below_source(file) << ": " << line;
      }
    }
  }
}

TEST(House, FilesAreShort) {
  for (const std::string directory : {"include", "auditor", "pam_module", "tests"}) {
    const std::size_t most = directory == "tests" ? 500 : 300;
    for (const auto& file : sources_below(directory)) EXPECT_LE(lines_of(file).size(), most) << below_source(file);
  }
}

// A function begins with a line that ends in ") {" and ends with a brace in the same column: what clang-format makes
// of every function here. A longer one states its reason on the line before: "// Long because ...".
TEST(House, FunctionsAreShort) {
  constexpr std::size_t most = 40;
  const std::regex opening(R"(^( {0,4})(?!if|for|while|switch|else|\}|//| ).*\)( const| override| noexcept)* \{$)");
  std::size_t seen = 0;
  for (const std::string directory : {"include", "auditor", "pam_module", "tests"}) {
    for (const auto& file : sources_below(directory)) {
      const auto lines = lines_of(file);
      for (std::size_t start = 0; start < lines.size(); ++start) {
        std::smatch match;
        if (!std::regex_match(lines[start], match, opening)) continue;
        const auto close = match[1].str() + "}";
        std::size_t end = start;
        while (end < lines.size() && !lines[end].starts_with(close)) ++end;
        const bool reason = start > 0 && lines[start - 1].find("// Long because ") != std::string::npos;
        EXPECT_TRUE(end - start + 1 <= most || reason)
            << below_source(file) << ':' << start + 1 << " has " << end - start + 1 << " lines";
        ++seen;
      }
    }
  }
  EXPECT_GT(seen, 200U);
}

TEST(House, SourcesNameTheirLicence) {
  for (const std::string directory : {"include", "auditor", "pam_module", "tests"}) {
    for (const auto& file : sources_below(directory)) {
      const auto lines = lines_of(file);
      ASSERT_FALSE(lines.empty()) << below_source(file);
      EXPECT_EQ(lines.front(), "// SPDX-License-Identifier: MIT") << below_source(file);
    }
  }
}

}  // namespace
