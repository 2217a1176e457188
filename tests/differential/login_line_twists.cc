// SPDX-License-Identifier: MIT
// Twists of what stands in the key file, and of certificates.
#include <algorithm>
#include <array>
#include <cctype>

#include "differential/login_draft.h"

namespace sshaudit::differential {
namespace {

using Kind = StageNode::Kind;

const TestKey& other_key(Draft& draft) {
  const auto& keys = draft.world.keys.keys;
  const auto step = 1 + draft.dice.below(keys.size() - 1);
  return keys[(draft.scenario.key + step) % keys.size()];
}

std::string line_of(const TestKey& key) { return key.type + " " + key.base64 + " another@example.org"; }

void other_keys_only(Draft& draft) {
  draft.has_key_line = false;
  draft.lines_before.push_back(line_of(other_key(draft)));
}

void other_lines(Draft& draft) {
  const auto count = 1 + draft.dice.below(4);
  for (std::size_t i = 0; i < count; ++i) {
    auto& lines = draft.dice.chance(60) ? draft.lines_before : draft.lines_after;
    lines.push_back(draft.dice.chance(55)
                        ? line_of(other_key(draft))
                        : draft.pick({"", "# a comment", "garbage", "ssh-ed25519", "\"", "no-pty", "command=\"x",
                                      "-----BEGIN OPENSSH PRIVATE KEY-----", "\t", "cert-authority"}));
  }
}

std::string some_option(Draft& draft) {
  const auto year = [&](int years) { return std::to_string(2026 + years); };
  switch (draft.dice.below(8)) {
    case 0:
      return draft.pick({"from=\"127.0.0.1\"", "from=\"127.0.0.2\"", "from=\"127.0.0.0/8\"", "from=\"10.0.0.0/8\"",
                         "from=\"127.*\"", "from=\"!127.0.0.2,127.*\"", "from=\"!127.0.0.2\"", "from=\"127.0.0.1/8\"",
                         "from=\"localhost\"", "from=\"10.0.0.1, 127.0.0.1\"", "from=\"*\"", "from=\"\"",
                         "from=\"10.0.0.1,127.0.0.1\"", "from=\"::1\""});
    case 1:
      return fmt::format("expiry-time=\"{}\"",
                         draft.pick({year(-2) + "0101", year(8) + "0101", year(9) + "01010000", year(9) + "0101000000Z",
                                     year(9) + "-01-01", year(-1) + "0601120000", year(9) + "1301", year(8) + "0101UTC",
                                     std::string("20200229"), std::string()}));
    case 2:
    case 3:
      return draft.pick({"command=\"/srv/bin/forced\"", "command=\"/srv/bin/forced with words\"",
                         "command=\"/srv/bin/missing\"", "command=\"echo the-session-works\"",
                         "command=\"internal-sftp\"", "command=\"/srv/bin/not-executable\"",
                         "command=\"/bin/echo the-session-works\"", "command=\"/srv/bin/forced\""});
    case 4:
      return draft.pick({"restrict", "no-pty", "restrict,pty", "no-port-forwarding,no-X11-forwarding", "RESTRICT",
                         "no-touch-required", "verify-required", "no-user-rc", "restrict,command=\"/srv/bin/forced\""});
    case 5:
      return draft.pick({"environment=\"A=b\"", "permitopen=\"localhost:80\"", "permitlisten=\"8080\"", "tunnel=\"1\"",
                         "permitopen=\"localhost\"", "environment=\"A-B=c\"", "permitlisten=\"localhost:x\""});
    case 6:
      return draft.pick({"no-ptty", "restrict, no-pty", "command='x'", "from=127.0.0.1", "command=\"x",
                         "no-pty,,no-user-rc", "permit-pty", "from=\"127.0.0.1\",from=\"127.0.0.1\"", "restrict,"});
    default:
      return draft.pick({"cert-authority", "principals=\"alice\"", "cert-authority,principals=\"alice\"",
                         "principals=\"\"", "cert-authority,from=\"127.0.0.1\""});
  }
}

void add_not_executable(Draft& draft) {
  draft.add_file("/srv/bin/not-executable", fmt::format("#!/bin/sh\necho {}\n", session_mark), 0644);
}

void has_options(Draft& draft) {
  draft.options = some_option(draft);
  if (draft.dice.chance(20)) draft.options += "," + some_option(draft);
  add_not_executable(draft);
}

void twice(Draft& draft) {
  const auto line = some_option(draft) + " " + draft.key_words();
  (draft.dice.chance(50) ? draft.lines_before : draft.lines_after).push_back(line);
  if (draft.dice.chance(50)) draft.options = some_option(draft);
  add_not_executable(draft);
}

std::string with(std::string text, const std::string& old, const std::string& other) {
  for (std::size_t at = 0; (at = text.find(old, at)) != std::string::npos; at += other.size()) {
    text.replace(at, old.size(), other);
  }
  return text;
}

std::string in_utf16(const std::string& text) {
  std::string made = "\xFF\xFE";
  for (const char byte : text) made += {byte, '\0'};
  return made;
}

void spoilt(Draft& draft) {
  const auto other = line_of(other_key(draft));
  const auto own = draft.key_words();
  switch (draft.dice.below(10)) {
    case 0:
      draft.spoil = [](const std::string& text) { return with(text, "\n", "\r\n"); };
      break;
    case 1:
      draft.spoil = [](const std::string& text) { return "\xEF\xBB\xBF" + text; };
      break;
    case 2:
      draft.spoil = in_utf16;
      break;
    case 3:
      draft.spoil = [](const std::string& text) { return text.substr(0, text.size() - 1); };
      break;
    case 4:
      draft.spoil = [other](const std::string& text) { return other + text; };  // two on one line
      break;
    case 5:
      draft.spoil = [](const std::string& text) { return with(text, "\n", "\r"); };
      break;
    case 6:
      draft.spoil = [own](const std::string& text) {
        return with(text, own, own.substr(0, 40) + "\n" + own.substr(40));
      };
      break;
    case 7:
      draft.spoil = [own](const std::string& text) { return with(text, own, own.substr(0, own.size() - 6)); };
      break;
    case 8:
      draft.spoil = [own](const std::string& text) { return with(text, own, "\xE2\x80\x9C" + own + "\xE2\x80\x9D"); };
      break;
    default:
      draft.spoil = [](const std::string& text) { return text + std::string(1, '\0') + text; };
  }
  draft.lines_before.emplace_back("# spoilt");
}

bool holds(std::string text, const std::string& word) {
  std::ranges::transform(text, text.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text.find(word) != std::string::npos;
}

// What key_line_generator.h makes; forced commands are left out, because nobody knows what those would print.
void generated(Draft& draft) {
  constexpr int tries = 60;
  for (int i = 0; i < tries; ++i) {
    const auto made = generate_key_file(draft.dice.below(1U << 30), draft.world.keys);
    const bool is_dsa = draft.world.keys.keys[made.offered].type == "ssh-dss";
    if (is_dsa || holds(made.text, "command") || made.text.empty()) continue;
    draft.scenario.key = made.offered;
    draft.scenario.client = made.client;
    draft.whole_text = made.text;
    return;
  }
}

// A certificate takes the place of the key: the key itself is listed nowhere.
void certified(Draft& draft) {
  const auto& certificate = draft.world.certificates[draft.dice.below(draft.world.certificates.size())];
  draft.scenario.certificate = certificate.file;
  draft.scenario.key = certificate.key;
  draft.has_key_line = false;
  draft.say(certificate.words);
  const auto& authority = draft.world.authority;
  if (draft.dice.chance(35)) {
    draft.lines_before.push_back(
        draft.pick({"cert-authority", "cert-authority", "cert-authority,principals=\"alice\"", "no-pty",
                    "cert-authority,principals=\"bob,carol\"", "cert-authority,from=\"127.0.0.1\"",
                    "cert-authority,command=\"/srv/bin/forced\"", "cert-authority,expiry-time=\"20200101\""}) +
        " " + authority);
    if (draft.dice.chance(80)) return;
  }
  const auto other = line_of(other_key(draft)) + "\n";
  draft.set("TrustedUserCAKeys", "/srv/authorities");
  const auto text = draft.dice.below(10);
  if (text < 9) {
    draft.add_file("/srv/authorities", text == 0   ? other
                                       : text == 1 ? other + authority + "\n"
                                       : text == 2 ? "garbage\n" + authority + "\n"
                                       : text == 3 ? "cert-authority " + authority + "\n"
                                       : text == 4 ? "# mine\n\n" + authority + "\r\n"
                                                   : authority + " authority\n");
  }
  if (!draft.dice.chance(35)) return;
  const auto value = draft.pick({".ssh/principals", "/srv/principals/%u", "none", ".ssh/none-here"});
  draft.set("AuthorizedPrincipalsFile", value);
  const auto principals =
      draft.pick({"alice\n", "bob\nalice\n", "carol\n", "alice\r\n", "# alice\n", " alice # me\n", "no-pty alice\n",
                  "from=\"10.0.0.0/8\" alice\n", "ALICE\n", "bob\n", "*\n", "command=\"/srv/bin/forced\" alice\n"});
  const auto mode = draft.pick<mode_t>({0644, 0644, 0644, 0600, 0666});
  if (value.starts_with("/srv")) {
    draft.before.push_back({"/srv/principals", Kind::directory});
    draft.before.push_back({"/srv/principals/" + draft.name, Kind::file, mode, 0, 0, principals});
  } else if (value == ".ssh/principals" && draft.house && !draft.parents.empty()) {
    draft.after.push_back({draft.house->path + "/.ssh/principals", Kind::file, mode, draft.uid, draft.gid, principals});
  }
}

constexpr std::array twists = {
    Twist{"other keys only", 5, other_keys_only},
    Twist{"other lines", 8, other_lines},
    Twist{"options", 18, has_options},
    Twist{"the key twice", 6, twice},
    Twist{"spoilt file", 9, spoilt},
    Twist{"generated file", 9, generated},
    Twist{"certificate", 11, certified},
};

}  // namespace

std::span<const Twist> line_twists() { return twists; }

}  // namespace sshaudit::differential
