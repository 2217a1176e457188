// SPDX-License-Identifier: MIT
#include "parse/keys_command.h"

#include <algorithm>
#include <array>

namespace sshaudit {
namespace {

constexpr std::string_view logger = "sshaudit-log-refusal";

constexpr std::array known_commands = {
    KnownCommand{"sss_ssh_authorizedkeys", "", "SSSD", "the directory that SSSD asks (LDAP, FreeIPA, Active Directory)",
                 ""},
    KnownCommand{"eic_run_authorized_keys", "", "EC2 Instance Connect", "the EC2 API",
                 "a key that is sent there counts for 60 seconds"},
    KnownCommand{"google_authorized_keys", "", "Google OS Login", "IAM", "keys in the metadata are not used"},
    KnownCommand{"google_authorized_keys_sk", "", "Google OS Login", "IAM", "keys in the metadata are not used"},
    KnownCommand{"aad_certhandler", "", "Microsoft Entra ID login", "certificates that Entra ID issues", ""},
    KnownCommand{"userdbctl", "ssh-authorized-keys", "systemd", "user records (systemd-homed, userdb)",
                 "they are changed with homectl update --ssh-authorized-keys="},
    KnownCommand{"opkssh", "verify", "opkssh", "an OpenID provider", "who may log in stands in /etc/opk/auth_id"},
    KnownCommand{"ssh-keycat", "", "ssh-keycat", "the account's own key file, read by root",
                 "it does not mind modes for which sshd refuses the file"},
    KnownCommand{"ssh-key-dir", "", "ssh-key-dir", "files below ~/.ssh/authorized_keys.d", ""},
    KnownCommand{"ssh-ldap-wrapper", "", "OpenSSH's LDAP helper", "LDAP", ""},
    KnownCommand{"ssh-ldap-helper", "", "OpenSSH's LDAP helper", "LDAP", ""},
    KnownCommand{"ssh-ldap-pubkey-wrapper", "", "ssh-ldap-pubkey", "LDAP", ""},
    KnownCommand{"gitlab-shell-authorized-keys-check", "", "GitLab", "GitLab's database", ""},
    KnownCommand{"gitea", "keys", "Gitea", "Gitea's database", ""},
    KnownCommand{"forgejo", "keys", "Forgejo", "Forgejo's database", ""},
};

bool is_quote(char c) { return c == '\'' || c == '"'; }

bool is_blank(char c) { return c == ' ' || c == '\t'; }

// One word from the front of `text`, which does not begin with a blank; false when its quote has no end.
bool take_word(std::string_view& text, std::string& word, const SshdFacts& facts) {
  char quote = '\0';
  std::size_t i = 0;
  if (!facts.quotes_in_words) {  // quotes are quotes at the start of a word only, and end it
    const bool escaped = text[0] == '\\' && text.size() > 1 && (is_quote(text[1]) || text[1] == '\\');
    if (is_quote(text[0])) quote = text[0];
    i = escaped || quote != '\0' ? 1 : 0;
  }
  for (; i < text.size(); ++i) {
    const char c = text[i];
    const char next = i + 1 < text.size() ? text[i + 1] : '\0';
    const bool is_escape = is_quote(next) || next == '\\' || (facts.escapes_blanks && quote == '\0' && next == ' ');
    if (c == '\\' && is_escape) {
      word += text[++i];
    } else if (quote == '\0' && is_blank(c)) {
      break;
    } else if (quote == '\0' && facts.quotes_in_words && is_quote(c)) {
      quote = c;
    } else if (quote != '\0' && c == quote) {
      quote = '\0';
      if (!facts.quotes_in_words) break;
    } else {
      word += c;
    }
  }
  text.remove_prefix(std::min(i + 1, text.size()));
  return quote == '\0';
}

// Calls with each token's letter, '\0' for a "%" at the end, and with what stands between.
template <class Text, class Token>
void visit(std::string_view word, const Text& on_text, const Token& on_token) {
  for (std::size_t i = 0; i < word.size(); ++i) {
    if (word[i] != '%') {
      on_text(word[i]);
    } else if (++i < word.size() && word[i] == '%') {
      on_text('%');
    } else {
      on_token(i < word.size() ? word[i] : '\0');
    }
  }
}

std::string token_text(char token) { return token == '\0' ? "%" : std::string{'%', token}; }

void note_token(char token, const SshdFacts& facts, CommandTokens& tokens) {
  const bool is_of_account = token == 'u' || token == 'h' || (token == 'U' && facts.expands_uid);
  const bool is_of_key = token == 't' || token == 'f' || token == 'k';
  const bool is_of_connection = facts.connection_tokens && (token == 'C' || token == 'D');
  tokens.key = tokens.key || is_of_key;
  tokens.connection = tokens.connection || is_of_connection;
  const bool is_known = is_of_account || is_of_key || is_of_connection;
  if (!is_known && tokens.unknown.empty()) tokens.unknown = token_text(token);
}

std::string value_of(char token, const Account& account, const KeyTokens& key) {
  if (token == 'u') return account.name;
  if (token == 'h') return account.home;
  if (token == 'U') return std::to_string(account.uid);
  if (token == 't') return key.type;
  if (token == 'f') return key.fingerprint;
  return token == 'k' ? key.base64 : std::string();
}

std::string expand(std::string_view word, const Account& account, const KeyTokens& key) {
  std::string text;
  visit(
      word, [&](char c) { text += c; }, [&](char token) { text += value_of(token, account, key); });
  return text;
}

std::string_view last_part(std::string_view path) { return path.substr(path.rfind('/') + 1); }

}  // namespace

std::optional<CommandWords> split_command(std::string_view text, const SshdFacts& facts) {
  CommandWords words;
  while (true) {
    text = text.substr(std::min(text.find_first_not_of(" \t"), text.size()));
    if (text.empty()) return words;
    std::string word;
    if (!take_word(text, word, facts)) return std::nullopt;
    words.push_back(std::move(word));
  }
}

CommandTokens tokens_of(const CommandWords& words, const SshdFacts& facts) {
  CommandTokens tokens;
  for (std::size_t i = 1; i < words.size(); ++i) {
    visit(
        words[i], [](char) {}, [&](char token) { note_token(token, facts, tokens); });
  }
  return tokens;
}

std::string unknown_token_of_user(std::string_view user) {
  std::string unknown;
  visit(
      user, [](char) {},
      [&](char token) {
        if (token != 'u' && unknown.empty()) unknown = token_text(token);
      });
  return unknown;
}

CommandWords expand_command(const CommandWords& words, const Account& account, const KeyTokens& key) {
  auto expanded = words;
  for (std::size_t i = 1; i < expanded.size(); ++i) expanded[i] = expand(words[i], account, key);
  if (expanded.size() == 1) expanded.push_back(account.name);
  return expanded;
}

std::string expand_command_user(std::string_view user, const Account& account) { return expand(user, account, {}); }

std::string command_in_log(const CommandWords& words) {
  std::string line;
  for (const auto& word : words) {
    const bool has_blank = word.find_first_of(" \t") != std::string::npos;
    if (&word != &words.front()) line += ' ';
    if (has_blank) line += '"';
    for (const char c : word) {
      if (is_quote(c) || c == '\\') line += '\\';
      line += c;
    }
    if (has_blank) line += '"';
  }
  return line;
}

CommandWords supplying_words(const CommandWords& words) {
  if (words.empty() || last_part(words[0]) != logger) return words;
  const auto then = std::ranges::find(words, "--then");
  const bool is_run = then != words.end() && std::find(words.begin(), then, "--then-user") != then;
  return is_run ? CommandWords(then + 1, words.end()) : CommandWords();
}

std::string supplying_user(const CommandWords& words, const std::string& user) {
  if (words.empty() || last_part(words[0]) != logger) return user;
  const auto then = std::ranges::find(words, "--then");
  const auto named = std::find(words.begin(), then, "--then-user");
  return named != then && named + 1 != then ? *(named + 1) : user;
}

const KnownCommand* known_command(const CommandWords& words) {
  if (words.empty()) return nullptr;
  const auto program = last_part(words[0]);
  const auto is_it = [&](const KnownCommand& row) {
    const bool has_argument = row.argument.empty() || (words.size() > 1 && words[1] == row.argument);
    return row.program == program && has_argument;
  };
  const auto* const found = std::ranges::find_if(known_commands, is_it);
  return found == known_commands.end() ? nullptr : found;
}

}  // namespace sshaudit
