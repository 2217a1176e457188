// SPDX-License-Identifier: MIT
// Writes and reads values by the lists of their members. Walks begin like the one before, also that of another account:
// where both ends remember that one, only what differs crosses.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <unordered_map>
#include <vector>

#include "wire/bytes.h"
#include "wire/members.h"

namespace sshaudit::wire {

using Components = std::vector<PathComponent>;

class Encoder {
 public:
  explicit Encoder(std::string& out, Components* last_walk = nullptr) : to_(out), last_walk_(last_walk) {}

  template <class T>
  requires std::is_integral_v<T> || std::is_enum_v<T>
  void put(const T& value) { to_.number(static_cast<std::uint64_t>(value)); }
  void put(const std::string& text) { to_.bytes(text); }
  void put(const std::string_view& text) { to_.bytes(text); }
  void put(const std::array<std::uint8_t, 32>& digest) {
    to_.raw({reinterpret_cast<const char*>(digest.data()), digest.size()});
  }
  template <class T>
  void put(const std::vector<T>& list) {
    to_.number(list.size());
    for (const auto& one : list) put(one);
  }
  void put(const Components& walk) {
    std::size_t same = 0;
    if (last_walk_ != nullptr) {
      const auto differ = std::ranges::mismatch(walk, *last_walk_).in1;
      same = static_cast<std::size_t>(differ - walk.begin());
      last_walk_->resize(same);
      last_walk_->insert(last_walk_->end(), differ, walk.end());
    }
    to_.number(same);
    to_.number(walk.size() - same);
    for (auto at = same; at < walk.size(); ++at) put(walk[at]);
  }
  template <class T>
  void put(const std::unordered_map<std::string, T>& map) {
    to_.number(map.size());
    for (const auto& [key, value] : map) {
      put(key);
      put(value);
    }
  }
  template <class T>
  void put(const std::optional<T>& value) {
    to_.number(value ? 1 : 0);
    if (value) put(*value);
  }
  template <class T>
  requires requires { Members<T>::all; }
  void put(const T& value) {
    std::apply([&](auto... member) { (put(value.*member), ...); }, Members<T>::all);
  }

 private:
  ByteWriter to_;
  Components* last_walk_;
};

// Text that lives as long as the program: what a value refers to instead of holding it.
class Words {
 public:
  // The word itself where there is room for it, otherwise an empty one.
  std::string_view keep(std::string_view word) {
    constexpr std::size_t most = 64;
    for (const auto& known : words_) {
      if (*known == word) return *known;
    }
    if (words_.size() == most) return {};
    words_.push_back(std::make_unique<const std::string>(word));
    return *words_.back();
  }

 private:
  std::vector<std::unique_ptr<const std::string>> words_;
};

class Decoder {
 public:
  Decoder(std::string_view bytes, Words& words, Components* last_walk = nullptr)
      : from_(bytes), words_(words), last_walk_(last_walk) {}

  template <class T>
  requires std::is_integral_v<T>
  void get(T& value) { value = static_cast<T>(from_.number()); }
  template <class T>
  requires std::is_enum_v<T>
  void get(T& value) {
    const auto number = from_.number();
    if (number > static_cast<std::uint64_t>(last_of<T>)) from_.fail();
    value = from_.ok() ? static_cast<T>(number) : T{};
  }
  void get(bool& value) { value = from_.number() != 0; }
  void get(std::string& text) { text = from_.bytes(); }
  void get(std::string_view& text) {
    const auto word = from_.bytes();
    text = word.empty() ? std::string_view() : words_.keep(word);
  }
  void get(std::array<std::uint8_t, 32>& digest) {
    const auto bytes = from_.raw(digest.size());
    if (bytes.size() == digest.size()) std::memcpy(digest.data(), bytes.data(), digest.size());
  }
  template <class T>
  void get(std::vector<T>& list) {
    list.resize(from_.count(sizeof(T)));
    for (auto& one : list) get(one);
  }
  void get(Components& walk) {
    auto same = static_cast<std::size_t>(from_.number());
    const auto known = last_walk_ == nullptr ? 0 : last_walk_->size();
    if (same > known) same = static_cast<std::size_t>(from_.fail());
    walk.resize(same + from_.count(sizeof(PathComponent)));
    for (std::size_t at = 0; at < same; ++at) walk[at] = (*last_walk_)[at];
    for (auto at = same; at < walk.size(); ++at) get(walk[at]);
    if (last_walk_ == nullptr) return;
    last_walk_->resize(same);
    last_walk_->insert(last_walk_->end(), walk.begin() + static_cast<std::ptrdiff_t>(same), walk.end());
  }
  template <class T>
  void get(std::unordered_map<std::string, T>& map) {
    map.clear();
    const auto size = from_.count(sizeof(T));
    map.reserve(size);
    for (std::size_t i = 0; i < size; ++i) {
      std::string key;
      get(key);
      get(map[std::move(key)]);
    }
  }
  template <class T>
  void get(std::optional<T>& value) {
    value.reset();
    if (from_.number() != 0) get(value.emplace());
  }
  template <class T>
  requires requires { Members<T>::all; }
  void get(T& value) {
    std::apply([&](auto... member) { (get(value.*member), ...); }, Members<T>::all);
  }

  ByteReader& bytes() { return from_; }

 private:
  ByteReader from_;
  Words& words_;
  Components* last_walk_;
};

}  // namespace sshaudit::wire
