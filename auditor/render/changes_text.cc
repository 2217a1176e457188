// SPDX-License-Identifier: MIT
// The mail of a night: a line with the numbers, then the new findings as in any report, and one line for whatever else
// has changed.
#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "render/changes.h"
#include "render/text_blocks.h"
#include "render/visible_text.h"

namespace sshaudit {
namespace {

std::string place_of(const std::string& path, std::size_t line) {
  if (path.empty()) return {};
  return line == 0 ? " " + visible(path) : fmt::format(" {}:{}", visible(path), line);
}

std::string_view date_of(const OpenFinding& open) { return std::string_view(open.since).substr(0, 10); }

class TextChanges : public ChangesRenderer {
 public:
  explicit TextChanges(const TextStyle& style) : style_(style) {}

  std::string begin(const ReportHeader& header) override {
    host_ = header.host.empty() ? "this host" : visible(header.host);
    return {};
  }

  std::string account(const AccountReport& report, const Changes& changes) override {
    add(visible(report.account.name), report.findings, changes, account_title(report, style_));
    return {};
  }

  void gone(NamedChanges account) override { add(visible(account.name), {}, account.changes, ""); }

  std::string end(const Summary&, const std::vector<Finding>& of_host, const Changes& changes) override {
    const auto name = host_ == "this host" ? host_ : "host " + host_;
    const auto accounts = std::exchange(blocks_, {});
    add(name, of_host, changes, block_title(name, "", style_), true);
    std::ranges::copy(accounts, std::back_inserter(blocks_));
    if (blocks_.empty()) return {};
    std::ranges::stable_sort(blocks_, [](const Block& one, const Block& other) { return one.rank > other.rank; });
    std::string text = head();
    bool was_block = true;
    for (const auto& block : blocks_) {
      const bool is_block = block.rank > lines_only;
      if (is_block || was_block) text += '\n';
      text += block.text;
      was_block = is_block;
    }
    return text;
  }

 private:
  static constexpr int lines_only = -1;
  static constexpr int host_first = 3;  // behind the worst severity
  struct Block {
    int rank = lines_only;
    std::string text;
  };

  bool is_shown(const OpenFinding& open) const { return style_.notices || !open.mark.is_quiet; }

  void add(const std::string& name, const std::vector<Finding>& findings, const Changes& changes,
           const std::string& title, bool is_host = false) {
    std::vector<Finding> fresh;
    std::string still;
    const auto still_open = [&](const FindingMark& mark, std::size_t line, std::string_view since,
                                std::string_view more) {
      ++still_;
      still += fmt::format("{}: still open: {}{} (open since {}{})\n", name, mark.rule, place_of(mark.path, line),
                           since, more);
    };
    for (std::size_t i = 0; i < findings.size(); ++i) {
      if (is_left_out(findings[i], style_)) continue;
      const auto& state = changes.states[i];
      if (state.is_new()) {
        fresh.push_back(findings[i]);
      } else {
        still_open(state.mark, findings[i].detail.line, std::string_view(state.since).substr(0, 10), "");
      }
    }
    for (const auto& one : changes.unseen) {
      if (is_shown(one)) still_open(one.mark, 0, date_of(one), "; out of sight");
    }
    const auto lines = lines_of(name, changes);
    if (fresh.empty() && lines.empty()) return;
    new_ += fresh.size();
    Block block;
    if (!fresh.empty()) {
      const auto worst = std::ranges::max(fresh, {}, &Finding::severity).severity();
      block = {is_host ? host_first : static_cast<int>(worst), title + findings_text(std::move(fresh), style_)};
    }
    block.text += lines + still;
    blocks_.push_back(std::move(block));
  }

  // What is mended, and the keys.
  std::string lines_of(const std::string& name, const Changes& changes) {
    std::string text;
    for (const auto& one : changes.mended) {
      if (!is_shown(one)) continue;
      ++mended_;
      text += fmt::format("{}: mended: {}{} (open since {}{})\n", name, one.mark.rule, place_of(one.mark.path, 0),
                          date_of(one), changes.is_gone ? "; the account is gone" : "");
    }
    const auto first = [&](const std::vector<KnownKey>& keys, std::string_view what, auto line_of) {
      constexpr std::size_t most = 20;
      for (std::size_t i = 0; i < std::min(keys.size(), most); ++i) text += line_of(keys[i]);
      if (keys.size() > most) text += fmt::format("{}: {} more keys {}\n", name, keys.size() - most, what);
    };
    first(changes.keys_added, "added", [&](const KnownKey& key) {
      return fmt::format("{}: key added: {} in{}\n", name, key.fingerprint, place_of(key.file, key.line));
    });
    first(changes.keys_removed, "removed", [&](const KnownKey& key) {
      return fmt::format("{}: key removed: {}{}\n", name, key.fingerprint,
                         changes.is_gone ? " (the account is gone)" : "");
    });
    keys_added_ += changes.keys_added.size();
    keys_removed_ += changes.keys_removed.size();
    return text;
  }

  std::string head() const {
    auto text = fmt::format("{}: {} new, {} mended, {} still open", host_, new_, mended_, still_);
    const auto keys = [&](std::size_t count, std::string_view what) {
      if (count > 0) text += fmt::format(", {} key{} {}", count, count == 1 ? "" : "s", what);
    };
    keys(keys_added_, "added");
    keys(keys_removed_, "removed");
    return text + '\n';
  }

  TextStyle style_;
  std::string host_;
  std::vector<Block> blocks_;
  std::size_t new_ = 0;
  std::size_t mended_ = 0;
  std::size_t still_ = 0;
  std::size_t keys_added_ = 0;
  std::size_t keys_removed_ = 0;
};

}  // namespace

std::unique_ptr<ChangesRenderer> make_text_changes(const TextStyle& style) {
  return std::make_unique<TextChanges>(style);
}

}  // namespace sshaudit
