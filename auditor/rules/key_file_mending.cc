// SPDX-License-Identifier: MIT
#include "rules/key_file_mending.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "parse/authorized_keys.h"
#include "rules/key_line_rules.h"

namespace sshaudit {
namespace {

using Fault = KeyLineFault;

constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
constexpr std::size_t most_on_one_line = 32;  // keys that were joined
constexpr std::size_t most_told = 20;
constexpr std::size_t largest_text = 1024UL * 1024;  // more is for a person to look at

// What may work with another sshd, what a person has to put together again, and what may be prose.
bool is_left_alone(const AuthorizedKey& line) {
  constexpr Fault faults[] = {Fault::none,    Fault::keys_joined,  Fault::no_key,      Fault::utf16,
                              Fault::rfc4716, Fault::option_newer, Fault::key_wrapped, Fault::type_unsupported};
  return line.line != line.last_line || !line.key.type.empty() ||
         std::ranges::find(faults, line.fault) != std::end(faults);
}

struct LineMend {
  std::size_t split_at = 0;  // in bytes from the beginning of the line; 0: it becomes a comment
  std::string key;           // that is behind the split, in words
};

// A newline was lost: the second key follows at once. What else looks like a key in a comment is none that anybody
// wanted to let in.
bool is_glued(std::string_view line, std::size_t at) {
  return at > 0 && at < line.size() && line[at - 1] != ' ' && line[at - 1] != '\t';
}

class Mender {
 public:
  Mender(std::string_view text, const KeyGrammar& grammar, std::string_view date)
      : grammar_(grammar), date_(date), text_(text) {}

  std::optional<MendedText> mend() {
    if (!may_be_mended()) return std::nullopt;
    mend_ends();
    for (std::size_t round = 0; round < most_on_one_line && mend_lines(Fault::keys_joined); ++round) continue;
    mend_lines(Fault::none);
    if (told_ == 0) return std::nullopt;
    if (told_ > most_told) what_.push_back(fmt::format("and {} more lines like these", told_ - most_told));
    return MendedText{std::move(text_), std::move(what_)};
  }

 private:
  bool may_be_mended() const {
    if (text_.size() > largest_text || text_.find('\0') != std::string::npos) return false;
    bool has_secret = text_.find("PRIVATE KEY") != std::string::npos;
    bool has_key = false;
    bool has_other = false;
    const auto without_mark = text_.substr(text_.starts_with(byte_order_mark) ? byte_order_mark.size() : 0);
    read_key_lines(without_mark, grammar_, [&](const AuthorizedKey& line) {
      has_secret = has_secret || line.shows_private_key || line.fault == Fault::private_key;
      const bool is_key = !line.key.type.empty() || !line.meant.type.empty();
      has_key = has_key || is_key;
      has_other = has_other || !is_key;
    });
    return (has_key || !has_other) && !has_secret;  // lines without a key among them: it may be another kind of file
  }

  void tell(std::string text) {
    if (++told_ <= most_told) what_.push_back(std::move(text));
  }

  void mend_ends() {
    if (text_.starts_with(byte_order_mark)) {
      text_.erase(0, byte_order_mark.size());
      tell("the byte order mark in front goes");
    }
    std::size_t returns = 0;
    std::string plain;
    plain.reserve(text_.size() + 1);
    for (std::size_t i = 0; i < text_.size(); ++i) {
      const bool ends_line = text_[i] == '\r' && i + 1 < text_.size() && text_[i + 1] == '\n';
      if (!ends_line) plain += text_[i];
      returns += ends_line ? 1 : 0;
    }
    if (returns > 0)
      tell(fmt::format("carriage returns go, at the end of {} line{}", returns, returns == 1 ? "" : "s"));
    if (!plain.empty() && plain.back() != '\n') {
      plain += '\n';
      tell("the last line gets its newline");
    }
    text_ = std::move(plain);
  }

  // One fault after the other, since what is behind a split is a line of its own. Whether there was something to do.
  // A key with options is left as it is: the one behind it would be let in without them.
  bool mend_lines(Fault fault) {
    std::map<std::size_t, LineMend> mends;
    bool has_key = fault == Fault::keys_joined;
    read_key_lines(text_, grammar_, [&](const AuthorizedKey& line) {
      const bool is_joined = line.fault == Fault::keys_joined && line.options == KeyOptions{} && line.column > 1;
      if (fault == Fault::keys_joined && is_joined) mends[line.line] = {line.column - 1, key_in_words(line.meant)};
      if (fault == Fault::none && !is_left_alone(line)) mends[line.line] = {};
      has_key = has_key || !line.key.type.empty();
    });
    // Where nothing else is left, a line that says what was meant is worth more than a clean file.
    return has_key && !mends.empty() && write_lines(mends);
  }

  bool write_lines(const std::map<std::size_t, LineMend>& mends) {
    const auto told_before = told_;
    std::string text;
    std::string_view rest = text_;
    for (std::size_t number = 1; !rest.empty(); ++number) {
      const auto end = std::min(rest.find('\n'), rest.size() - 1) + 1;
      auto line = rest.substr(0, end);
      rest.remove_prefix(end);
      const auto mend = mends.find(number);
      if (mend != mends.end()) mend_line(number, mend->second, line, text);
      text += line;
    }
    text_ = std::move(text);
    return told_ > told_before;
  }

  // `line` becomes what is left of it behind `text`.
  void mend_line(std::size_t number, const LineMend& mend, std::string_view& line, std::string& text) {
    if (mend.split_at == 0) {
      text += fmt::format("# {} sshaudit: no key that sshd reads: ", date_);
      tell(fmt::format("line {} becomes a comment: sshd reads no key in it", number));
    } else if (is_glued(line, mend.split_at)) {
      text.append(line.substr(0, mend.split_at)).append("\n");
      line.remove_prefix(mend.split_at);
      tell(fmt::format("line {}: a new line begins at column {} with the {}", number, mend.split_at + 1, mend.key));
    }
  }

  const KeyGrammar& grammar_;
  std::string_view date_;
  std::string text_;
  std::vector<std::string> what_;
  std::size_t told_ = 0;
};

}  // namespace

std::optional<MendedText> mend_key_text(std::string_view text, const KeyGrammar& grammar, std::string_view date) {
  return Mender(text, grammar, date).mend();
}

}  // namespace sshaudit
