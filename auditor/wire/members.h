// SPDX-License-Identifier: MIT
// Which members of a value cross from one process to another, in one place for both directions. A member that is added
// to a struct and not here does not compile.
#pragma once

#include <cstddef>
#include <tuple>
#include <type_traits>
#include <utility>

#include "sshaudit/evidence.h"
#include "sshaudit/report.h"

namespace sshaudit::wire {

struct Anything {
  template <class T>
  operator T() const;  // NOLINT(google-explicit-constructor): it stands for a value of every type
};

template <class T, class... Values>
constexpr std::size_t member_count() {
  if constexpr (requires { T{Values{}..., Anything{}}; }) {
    return member_count<T, Values..., Anything>();
  } else {
    return sizeof...(Values);
  }
}

template <class T>
struct Members;  // `all` is a tuple of pointers to members

template <class T, auto... members>
struct AllMembers {
  static_assert(member_count<T>() == sizeof...(members), "a member is not sent");
  static constexpr auto all = std::tuple(members...);
};

template <>
struct Members<FileStatus> : AllMembers<FileStatus, &FileStatus::mode, &FileStatus::uid, &FileStatus::gid,
                                        &FileStatus::device, &FileStatus::inode, &FileStatus::links> {};
template <>
struct Members<FileSystemState>
    : AllMembers<FileSystemState, &FileSystemState::type, &FileSystemState::read_only, &FileSystemState::full> {};
template <>
struct Members<FileAttributes> : AllMembers<FileAttributes, &FileAttributes::immutable, &FileAttributes::append_only,
                                            &FileAttributes::encrypted, &FileAttributes::mount_root> {};
template <>
struct Members<HomeLock> : AllMembers<HomeLock, &HomeLock::kind, &HomeLock::marker> {};
template <>
struct Members<FileLabel> : AllMembers<FileLabel, &FileLabel::path, &FileLabel::actual, &FileLabel::expected> {};
template <>
struct Members<AclEntry> : AllMembers<AclEntry, &AclEntry::kind, &AclEntry::id, &AclEntry::permissions> {};
template <>
struct Members<PathComponent>
    : AllMembers<PathComponent, &PathComponent::path, &PathComponent::status, &PathComponent::file_system,
                 &PathComponent::attributes, &PathComponent::acl> {};
template <>
struct Members<FollowedLink>
    : AllMembers<FollowedLink, &FollowedLink::path, &FollowedLink::target, &FollowedLink::through> {};
template <>
struct Members<PathWalk> : AllMembers<PathWalk, &PathWalk::requested, &PathWalk::end, &PathWalk::components,
                                      &PathWalk::links, &PathWalk::stopped_at, &PathWalk::errnum> {};
template <>
struct Members<KeyFile>
    : AllMembers<KeyFile, &KeyFile::path, &KeyFile::walk, &KeyFile::open_errnum, &KeyFile::read_errnum,
                 &KeyFile::changed, &KeyFile::truncated, &KeyFile::hidden_exists, &KeyFile::key_lines, &KeyFile::text> {
};
template <>
struct Members<NearbyFile> : AllMembers<NearbyFile, &NearbyFile::path, &NearbyFile::text> {};
template <>
struct Members<Revocations>
    : AllMembers<Revocations, &Revocations::revoked, &Revocations::unsure, &Revocations::reason> {};
template <>
struct Members<ChrootComponent> : AllMembers<ChrootComponent, &ChrootComponent::path, &ChrootComponent::status,
                                             &ChrootComponent::errnum, &ChrootComponent::is_unseen> {};
template <>
struct Members<ChrootEvidence>
    : AllMembers<ChrootEvidence, &ChrootEvidence::path, &ChrootEvidence::error, &ChrootEvidence::components,
                 &ChrootEvidence::shell, &ChrootEvidence::has_shell> {};
template <>
struct Members<ForcedCommand>
    : AllMembers<ForcedCommand, &ForcedCommand::path, &ForcedCommand::walk, &ForcedCommand::is_executable> {};
template <>
struct Members<ShadowEntry>
    : AllMembers<ShadowEntry, &ShadowEntry::password, &ShadowEntry::last_change, &ShadowEntry::min, &ShadowEntry::max,
                 &ShadowEntry::warn, &ShadowEntry::inactive, &ShadowEntry::expire, &ShadowEntry::has_hash> {};
template <>
struct Members<KeysCommandRun>
    : AllMembers<KeysCommandRun, &KeysCommandRun::command, &KeysCommandRun::user, &KeysCommandRun::end,
                 &KeysCommandRun::status, &KeysCommandRun::reason, &KeysCommandRun::last_words,
                 &KeysCommandRun::printed, &KeysCommandRun::truncated, &KeysCommandRun::key_lines> {};
template <>
struct Members<Identity> : AllMembers<Identity, &Identity::uid, &Identity::gid, &Identity::supplementary> {};

template <>
struct Members<Account> : AllMembers<Account, &Account::name, &Account::uid, &Account::gid, &Account::home,
                                     &Account::shell, &Account::password> {};
template <>
struct Members<Group> : AllMembers<Group, &Group::name, &Group::gid, &Group::members> {};
template <>
struct Members<MalformedRow>
    : AllMembers<MalformedRow, &MalformedRow::file, &MalformedRow::line, &MalformedRow::reason> {};
template <>
struct Members<UserDatabase> : AllMembers<UserDatabase, &UserDatabase::accounts, &UserDatabase::groups,
                                          &UserDatabase::malformed, &UserDatabase::shadow, &UserDatabase::shadow_seen,
                                          &UserDatabase::left_out, &UserDatabase::not_listed> {};

template <>
struct Members<Change>
    : AllMembers<Change, &Change::path, &Change::judged, &Change::acl, &Change::take, &Change::give, &Change::owner> {};
template <>
struct Members<Remedy> : AllMembers<Remedy, &Remedy::commands, &Remedy::note, &Remedy::change> {};
template <>
struct Members<Detail> : AllMembers<Detail, &Detail::path, &Detail::message, &Detail::sshd_logs, &Detail::expected,
                                    &Detail::actual, &Detail::remedy, &Detail::line, &Detail::column> {};
template <>
struct Members<ListedKey>
    : AllMembers<ListedKey, &ListedKey::file, &ListedKey::line, &ListedKey::type, &ListedKey::bits,
                 &ListedKey::fingerprint, &ListedKey::options, &ListedKey::restrictions, &ListedKey::comment,
                 &ListedKey::use, &ListedKey::why> {};
template <>
struct Members<KeyMention> : AllMembers<KeyMention, &KeyMention::digest, &KeyMention::file, &KeyMention::line,
                                        &KeyMention::usable, &KeyMention::restricted> {};
template <>
struct Members<NearbyKey> : AllMembers<NearbyKey, &NearbyKey::digest, &NearbyKey::path> {};

// The last enumerator: what is behind it is no value.
template <class Enum>
inline constexpr Enum last_of = {};
template <>
inline constexpr auto last_of<KeyLogin> = KeyLogin::unknown;
template <>
inline constexpr auto last_of<KeyUse> = KeyUse::unknown;
template <>
inline constexpr auto last_of<AclEntry::Kind> = AclEntry::Kind::group;
template <>
inline constexpr auto last_of<WalkEnd> = WalkEnd::unseen;
template <>
inline constexpr auto last_of<HomeLock::Kind> = HomeLock::Kind::homed;
template <>
inline constexpr auto last_of<PasswordField> = PasswordField::other;
template <>
inline constexpr auto last_of<KeysCommandEnd> = KeysCommandEnd::timed_out;

}  // namespace sshaudit::wire
