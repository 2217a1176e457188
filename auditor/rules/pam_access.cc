// SPDX-License-Identifier: MIT
// pam_access(8) and access.conf(5). Source: Linux-PAM 1.5, modules/pam_access/pam_access.c.
#include <arpa/inet.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "parse/access_conf.h"
#include "parse/c_number.h"
#include "parse/pam_files.h"
#include "parse/pattern.h"
#include "rules/pam_modules.h"
#include "rules/wording.h"

namespace sshaudit {
namespace {

enum class Match { no, maybe, yes };

Match either(Match a, Match b) { return std::max(a, b); }
Match both(Match a, Match b) { return std::min(a, b); }
Match negated(Match match) {
  if (match == Match::maybe) return match;
  return match == Match::yes ? Match::no : Match::yes;
}
Match is(bool yes) { return yes ? Match::yes : Match::no; }

bool same_word(std::string_view a, std::string_view b) { return lower_case(a) == lower_case(b); }

struct Bytes {
  int family = 0;
  std::array<std::uint8_t, 16> value{};
};

std::optional<Bytes> address_of(const std::string& text) {
  Bytes bytes;
  for (const int family : {AF_INET, AF_INET6}) {
    bytes.family = family;
    if (inet_pton(family, text.c_str(), bytes.value.data()) == 1) return bytes;
  }
  return std::nullopt;
}

// A mask of no bits is none at all: such a network is one address. Nothing when the mask is wrong.
std::optional<std::optional<Bytes>> mask_of(const std::string& text, int family) {
  constexpr long long widest_v4 = 32;
  constexpr long long widest_v6 = 128;
  if (address_of(text)) {
    Bytes mask{family, {}};
    if (inet_pton(family, text.c_str(), mask.value.data()) != 1) return std::optional<Bytes>();
    return std::optional(mask);
  }
  const auto bits = c_number(text);
  if (text.empty() || !bits || *bits < 0 || *bits > (family == AF_INET ? widest_v4 : widest_v6)) return std::nullopt;
  if (*bits == 0) return std::optional<Bytes>();
  Bytes mask{family, {}};
  for (long long bit = 0; bit < *bits; ++bit) {
    mask.value.at(static_cast<std::size_t>(bit / 8)) |= static_cast<std::uint8_t>(0x80U >> (bit % 8));
  }
  return std::optional(mask);
}

bool are_equal(const Bytes& a, const Bytes& b, const std::optional<Bytes>& mask) {
  if (a.family != b.family) return false;
  for (std::size_t i = 0; i < a.value.size(); ++i) {
    const std::uint8_t bits = mask ? mask->value.at(i) : 0xff;
    if ((a.value.at(i) & bits) != (b.value.at(i) & bits)) return false;
  }
  return true;
}

// network_netmask_match(). Before 1.7 it knows no host names.
Match matches_network(std::string_view token, const PamQuestion& question) {
  const auto slash = token.find('/');
  const auto network = address_of(std::string(token.substr(0, slash)));
  const bool is_name = !network && slash == std::string_view::npos && token.find('.') != std::string_view::npos;
  if (is_name && question.age != PamAge::before_1_6) return Match::maybe;
  if (!network) return Match::no;
  std::optional<Bytes> mask;
  if (slash != std::string_view::npos) {
    const auto read = mask_of(std::string(token.substr(slash + 1)), network->family);
    if (!read) return Match::no;
    mask = *read;
  }
  if (!question.rhost) return Match::maybe;
  const auto client = address_of(*question.rhost);
  return client ? is(are_equal(*client, *network, mask)) : Match::maybe;
}

Match matches_remote(std::string_view token, const PamQuestion& question) {
  const auto& rhost = question.rhost;
  if (token.starts_with('.')) {
    const bool is_end_of_address = token.find_first_not_of("0123456789.") == std::string_view::npos;
    if (!rhost) return question.evidence.settings.use_dns || is_end_of_address ? Match::maybe : Match::no;
    return is(rhost->size() > token.size() && same_word(rhost->substr(rhost->size() - token.size()), token));
  }
  if (!token.ends_with('.')) return matches_network(token, question);
  if (!rhost) return Match::maybe;
  const auto client = address_of(*rhost);
  if (!client) return Match::maybe;
  return is(client->family == AF_INET && (*rhost + ".").starts_with(token));
}

// from_match(), for a client on the network.
Match matches_origin(std::string_view token, const PamQuestion& question) {
  if (token.starts_with('@')) return Match::maybe;  // netgroups are not read
  if (same_word(token, "ALL")) return Match::yes;
  if (question.rhost && same_word(token, *question.rhost)) return Match::yes;
  if (same_word(token, "LOCAL")) return Match::no;
  const auto match = matches_remote(token, question);
  const bool could_be_a_name = !question.rhost && question.evidence.settings.use_dns;
  return could_be_a_name && token.find('.') != std::string_view::npos ? either(match, Match::maybe) : match;
}

bool is_number(std::string_view text) { return text.find_first_not_of("0123456789") == std::string_view::npos; }

Match matches_group(std::string_view name, const PamQuestion& question) {
  if (is_in_group(question, name)) return Match::yes;
  return question.age != PamAge::before_1_6 && is_number(name) ? Match::maybe : Match::no;
}

// user_match().
Match matches_user(std::string_view token, const PamQuestion& question, bool groups_in_brackets) {
  if (token.starts_with('(') && token.ends_with(')')) {
    return token.size() < 3 ? Match::no : matches_group(token.substr(1, token.size() - 2), question);
  }
  const auto name_start = std::min(token.find_first_not_of('@'), token.size());
  if (const auto at = token.find('@', name_start); at != std::string_view::npos) {
    const auto user = matches_user(token.substr(0, at), question, groups_in_brackets);
    return both(user, Match::maybe);  // of logins on the host that is named behind it
  }
  if (token.starts_with('@')) return Match::maybe;
  if (same_word(token, "ALL") || same_word(token, question.evidence.account.name)) return Match::yes;
  if (!groups_in_brackets && is_in_group(question, token)) return Match::yes;
  return question.age != PamAge::before_1_6 && is_number(token) ? Match::maybe : Match::no;
}

// list_match(): words up to EXCEPT, and then those that take something away again.
template <class MatchWord>
Match matches_list(std::string_view list, std::string_view separators, MatchWord matches_word) {
  auto match = Match::no;
  auto word = take_word(list, separators);
  for (; !word.empty() && !same_word(word, "EXCEPT"); word = take_word(list, separators)) {
    if (match != Match::yes) match = either(match, matches_word(word));
  }
  if (match == Match::no || word.empty()) return match;
  return both(match, negated(matches_list(list, separators, matches_word)));
}

struct Access {
  PamCodes codes;
  bool goes_on = true;  // no rule has settled it
  std::string file;     // of a rule that refuses
  const AccessRule* refusal = nullptr;
};

void go_through(const std::string& path, const PamFile& file, const PamEntry& entry, const PamQuestion& question,
                Access& access) {
  const auto separators = argument_of(entry, "listsep").value_or(", \t");
  const bool groups_in_brackets = has_argument(entry, "nodefgroup");
  for (const auto& rule : file.rules) {
    const auto user = matches_list(rule.users, separators,
                                   [&](auto word) { return matches_user(word, question, groups_in_brackets); });
    if (user == Match::no) continue;
    const auto match =
        both(user, matches_list(rule.origins, separators, [&](auto word) { return matches_origin(word, question); }));
    if (match == Match::no) continue;
    access.codes |= only(rule.allows ? PamCode::success : PamCode::perm_denied);
    if (!rule.allows && access.refusal == nullptr) {
      access.refusal = &rule;
      access.file = path;
    }
    access.goes_on = match != Match::yes;
    if (!access.goes_on) return;
  }
}

std::string_view trimmed(std::string_view text) {
  text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
  return text.substr(0, text.find_last_not_of(' ') + 1);
}

PamAnswer answer_from(const Access& access) {
  PamAnswer answer{access.codes, access.codes, {}, {}, 0, {}};
  if (access.refusal != nullptr) {
    answer.file = access.file;
    answer.line = access.refusal->line;
    answer.why = fmt::format("the rule \"- : {} : {}\" ({}:{}) keeps it out", shown(trimmed(access.refusal->users)),
                             shown(trimmed(access.refusal->origins)), access.file, access.refusal->line);
  }
  return answer;
}

}  // namespace

PamAnswer pam_access(const PamEntry& entry, const PamQuestion& question) {
  const auto use = files_read_by(entry).front();
  const auto* file = file_of(question, use);
  if (file == nullptr) return anything();
  const bool is_usual = !argument_of(entry, "accessfile");
  if (file->errnum == EACCES) {
    auto answer = one_of({PamCode::success, PamCode::perm_denied});
    answer.unread = use.path;
    return answer;
  }
  if (file->errnum != 0 && !is_usual) return certain(PamCode::abort, use.path + " cannot be opened");
  if (file->errnum != 0 && file->errnum != ENOENT) return certain(PamCode::perm_denied, use.path + " cannot be opened");
  Access access;
  go_through(use.path, *file, entry, question, access);
  for (const auto& path : question.host.access_files) {
    if (!is_usual || !access.goes_on) break;
    const auto* more = file_of(question, {PamReader::access, path, use.separators});
    if (more != nullptr) go_through(path, *more, entry, question, access);
  }
  if (access.goes_on) access.codes |= only(PamCode::success);
  auto answer = answer_from(access);
  if (access.refusal != nullptr && file->cut_line > 0)
    answer.why += fmt::format("; {}:{} is not read, because no newline ends it", use.path, file->cut_line);
  return answer;
}

}  // namespace sshaudit
