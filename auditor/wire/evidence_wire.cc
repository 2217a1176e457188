// SPDX-License-Identifier: MIT
#include "wire/evidence_wire.h"

namespace sshaudit::wire {
namespace {

constexpr std::size_t most_shared = 256;  // more are sent each time
constexpr std::size_t nothing = 0;
constexpr std::size_t sent_once = 1;  // it follows, and is not remembered
constexpr std::size_t first = 2;      // number of the first that is remembered

// The members that cross as they are. The others are named in append() and read().
constexpr auto plain_members =
    std::tuple(&AccountEvidence::identity, &AccountEvidence::name_error, &AccountEvidence::home,
               &AccountEvidence::key_files, &AccountEvidence::ignored_key_files, &AccountEvidence::nearby_files,
               &AccountEvidence::revocations, &AccountEvidence::groups, &AccountEvidence::shadow,
               &AccountEvidence::shadow_seen, &AccountEvidence::principals_files, &AccountEvidence::chroot,
               &AccountEvidence::commands, &AccountEvidence::has_sftp_keys, &AccountEvidence::principals_name_error,
               &AccountEvidence::keys_command, &AccountEvidence::home_lock, &AccountEvidence::labels,
               &AccountEvidence::asked_about, &AccountEvidence::by_root, &AccountEvidence::as_user);
constexpr std::size_t known_members = 3;   // account, settings, origin
constexpr std::size_t shared_members = 2;  // shell, authorities
static_assert(member_count<AccountEvidence>() ==
                  std::tuple_size_v<decltype(plain_members)> + known_members + shared_members,
              "a member is not sent");

}  // namespace

template <class T>
void EvidenceEncoder::put_shared(const std::shared_ptr<const T>& value, Encoder& encoder) {
  if (!value) return encoder.put(nothing);
  const auto known = sent_.find(value.get());
  if (known != sent_.end()) return encoder.put(known->second);
  const bool is_kept = kept_.size() < most_shared;
  const auto number = is_kept ? kept_.size() + first : sent_once;
  encoder.put(number);
  encoder.put(*value);
  if (!is_kept) return;
  sent_.emplace(value.get(), number);
  kept_.push_back(value);
}

void EvidenceEncoder::append(const AccountEvidence& evidence, std::string& out) {
  Encoder encoder(out, &last_walk_);
  std::apply([&](auto... member) { (encoder.put(evidence.*member), ...); }, plain_members);
  put_shared(evidence.shell, encoder);
  put_shared(evidence.authorities, encoder);
}

template <class T>
bool EvidenceDecoder::get_shared(std::shared_ptr<const T>& value, Decoder& from) {
  value.reset();
  const auto number = from.bytes().number();
  if (number == nothing) return from.bytes().ok();
  if (number >= first && number - first < received_.size()) {
    value = std::static_pointer_cast<const T>(received_[number - first]);
    return true;
  }
  if (number != sent_once && number - first != received_.size()) return false;
  auto fresh = std::make_shared<T>();
  from.get(*fresh);
  value = std::move(fresh);
  if (number != sent_once) received_.push_back(value);
  return from.bytes().ok();
}

bool EvidenceDecoder::read(Decoder& from, AccountEvidence& evidence) {
  std::apply([&](auto... member) { (from.get(evidence.*member), ...); }, plain_members);
  return get_shared(evidence.shell, from) && get_shared(evidence.authorities, from) && from.bytes().ok();
}

}  // namespace sshaudit::wire
