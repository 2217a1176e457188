// SPDX-License-Identifier: MIT
#include "parse/sshd_version.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace sshaudit {
namespace {

constexpr std::string_view product = "OpenSSH_";
constexpr std::size_t longest_version = 256;

struct ReleaseRow {
  std::string_view id;       // os-release ID
  std::string_view release;  // prefix of VERSION_ID up to a dot or the end; empty for any
  Vendor vendor;
  std::string_view sshd;
};

// The first row that fits counts.
constexpr std::array releases = {
    ReleaseRow{"debian", "11", Vendor::debian, "8.4p1"},  ReleaseRow{"debian", "12", Vendor::debian, "9.2p1"},
    ReleaseRow{"debian", "13", Vendor::debian, "10.0p1"}, ReleaseRow{"debian", "", Vendor::debian, ""},
    ReleaseRow{"ubuntu", "22", Vendor::ubuntu, "8.9p1"},  ReleaseRow{"ubuntu", "24", Vendor::ubuntu, "9.6p1"},
    ReleaseRow{"ubuntu", "", Vendor::ubuntu, ""},         ReleaseRow{"rhel", "7", Vendor::rhel, "7.4p1"},
    ReleaseRow{"rhel", "8", Vendor::rhel, "8.0p1"},       ReleaseRow{"rhel", "9", Vendor::rhel, "8.7p1"},
    ReleaseRow{"rhel", "10", Vendor::rhel, "9.9p1"},      ReleaseRow{"rhel", "", Vendor::rhel, ""},
    ReleaseRow{"fedora", "", Vendor::rhel, ""},
};

// A change of behaviour: from this version on, the fact has this value.
struct FactRow {
  int major;
  int minor;
  bool SshdFacts::*fact;
};

constexpr std::array since = {
    FactRow{7, 6, &SshdFacts::asks_rsa_size},
    FactRow{7, 7, &SshdFacts::strict_options},
    FactRow{7, 7, &SshdFacts::free_separators},
    FactRow{7, 8, &SshdFacts::expands_uid},
    FactRow{7, 8, &SshdFacts::reads_any_line},
    FactRow{7, 8, &SshdFacts::underscore_names},
    FactRow{7, 9, &SshdFacts::service_names},
    FactRow{8, 1, &SshdFacts::limits_permits},
    FactRow{8, 7, &SshdFacts::limits_environment},
    FactRow{9, 1, &SshdFacts::logs_open_failures},
    FactRow{9, 1, &SshdFacts::utc_times},
    FactRow{10, 0, &SshdFacts::globs_key_files},
    FactRow{10, 4, &SshdFacts::old_times},
    FactRow{9, 9, &SshdFacts::exact_types},
    FactRow{7, 9, &SshdFacts::needs_names},
    FactRow{10, 3, &SshdFacts::any_point},
    FactRow{9, 9, &SshdFacts::last_at},
    FactRow{9, 0, &SshdFacts::logs_expired_as_locked},
    FactRow{8, 1, &SshdFacts::files_first},
    FactRow{10, 3, &SshdFacts::needs_principals},
    FactRow{10, 3, &SshdFacts::whole_principals},
    FactRow{8, 6, &SshdFacts::quotes_in_words},
    FactRow{8, 7, &SshdFacts::escapes_blanks},
    FactRow{8, 8, &SshdFacts::groups_of_commands},
    FactRow{9, 4, &SshdFacts::connection_tokens},
};

Vendor vendor_of_tag(std::string_view tag) {
  if (tag.starts_with("Debian-")) return Vendor::debian;
  if (tag.starts_with("Ubuntu-")) return Vendor::ubuntu;
  return Vendor::upstream;
}

const char* parse_number(std::string_view text, int& value) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc{} && value >= 0 ? end : nullptr;
}

std::string_view unquoted(std::string_view value) {
  if (value.size() >= 2 && (value.front() == '"' || value.front() == '\'') && value.back() == value.front()) {
    return value.substr(1, value.size() - 2);
  }
  return value;
}

bool lists_word(std::string_view list, std::string_view word) {
  while (!list.empty()) {
    const auto blank = list.find(' ');
    if (list.substr(0, blank) == word) return true;
    list = blank == std::string_view::npos ? std::string_view{} : list.substr(blank + 1);
  }
  return false;
}

// CVE-2026-35414 was mended in packages that do not say so; of Debian 12 it is known in which.
void add_mended_principals(const SshdVersion& version, SshdFacts& facts) {
  constexpr std::string_view tag = "+deb12u";
  constexpr int mended_update = 10;
  if (facts.whole_principals) return;
  facts.split_principals = true;
  facts.whole_principals = version.vendor != Vendor::upstream;
  const auto at = version.text.find(tag);
  int update = 0;
  if (at == std::string::npos ||
      parse_number(std::string_view(version.text).substr(at + tag.size()), update) == nullptr)
    return;
  facts.whole_principals = update >= mended_update;
  facts.split_principals = !facts.whole_principals;
}

}  // namespace

std::optional<SshdVersion> parse_sshd_version(std::string_view text) {
  if (!text.starts_with(product)) return std::nullopt;
  text = text.substr(0, std::min(text.find_first_of(",\r\n"), longest_version));
  SshdVersion version;
  const auto numbers = text.substr(product.size());
  const char* const after_major = parse_number(numbers, version.major);
  if (after_major == nullptr || after_major == numbers.end() || *after_major != '.') return std::nullopt;
  const std::string_view minor(after_major + 1, static_cast<std::size_t>(numbers.end() - after_major - 1));
  if (parse_number(minor, version.minor) == nullptr) return std::nullopt;
  const auto blank = text.find(' ');
  if (blank != std::string_view::npos) version.vendor = vendor_of_tag(text.substr(blank + 1));
  version.text = text;
  return version;
}

std::optional<SshdVersion> find_sshd_version(std::string_view program_bytes) {
  std::optional<SshdVersion> best;
  for (auto at = program_bytes.find(product); at != std::string_view::npos; at = program_bytes.find(product, at + 1)) {
    auto text = program_bytes.substr(at, longest_version);
    text = text.substr(0, text.find('\0'));
    const bool whole = at > 0 && program_bytes[at - 1] == '\0';
    if (!whole || text.find_first_of("*,?%") != std::string_view::npos) continue;  // a pattern of peers' banners
    auto found = parse_sshd_version(text);
    if (found && (!best || found->text.size() > best->text.size())) best = std::move(found);
  }
  return best;
}

Release parse_os_release(std::string_view text) {
  std::string_view id;
  std::string_view like;
  std::string_view release;
  while (!text.empty()) {
    const auto end = text.find('\n');
    const auto line = text.substr(0, end);
    if (line.starts_with("ID=")) id = unquoted(line.substr(3));
    if (line.starts_with("ID_LIKE=")) like = unquoted(line.substr(8));
    if (line.starts_with("VERSION_ID=")) release = unquoted(line.substr(11));
    text = end == std::string_view::npos ? std::string_view{} : text.substr(end + 1);
  }
  release = release.substr(0, release.find('.'));
  for (const auto& row : releases) {
    const bool same_release = row.release.empty() || row.release == release;
    if (row.id == id && same_release) return {row.vendor, row.sshd};
  }
  for (const auto& row : releases) {  // a derivative: the vendor is known, the release numbers are its own
    const bool same_numbers = row.id == "rhel" && row.release == release;
    if (lists_word(like, row.id) && (row.release.empty() || same_numbers)) return {row.vendor, row.sshd};
  }
  return {};
}

SshdFacts facts_of(const SshdVersion& version) {
  SshdFacts facts;
  facts.private_groups = version.vendor == Vendor::debian || version.vendor == Vendor::ubuntu;
  for (const auto& row : since) {
    const bool older =
        version.major != 0 && (version.major < row.major || (version.major == row.major && version.minor < row.minor));
    facts.*row.fact = !older;
  }
  add_mended_principals(version, facts);
  // Backported in 8.7p1-33, years ago; the program does not say which package it is from.
  if (version.vendor == Vendor::rhel && version.major == 8 && version.minor == 7) facts.utc_times = true;
  if (version.vendor != Vendor::upstream) facts.groups_of_commands = true;  // CVE-2021-41617
  return facts;
}

}  // namespace sshaudit
