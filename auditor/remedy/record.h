// SPDX-License-Identifier: MIT
// What was changed, written down and on the disk before it is done, so that it can be taken back. One file a run, with
// one JSON object a line: a header, then the steps in their order. Root only: a record is believed.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <vector>

#include "gather/fd.h"
#include "sshaudit/account.h"
#include "sshaudit/result.h"

namespace sshaudit {

// Which file it is, for as long as it exists: an inode number comes again, with another time of birth.
struct FileMark {
  dev_t device = 0;
  ino_t inode = 0;
  std::int64_t born = 0;  // nanoseconds since 1970; 0 where the file system does not say

  bool operator==(const FileMark&) const = default;
};

struct FileState {
  mode_t mode = 0;  // type and permission bits, as in st_mode
  uid_t uid = 0;
  gid_t gid = 0;
  std::string acl;  // the extended access ACL, as acl_from_text(3) takes it; empty without one

  bool operator==(const FileState&) const = default;
};

// One system call that changes something, or one file that takes the place of another.
struct RecordedStep {
  enum class Kind { owner, mode, acl, content, new_file, new_directory };
  Kind kind = Kind::mode;
  std::string user;
  Identity identity;  // of the account, as which the path is walked
  std::string path;   // without symbolic links
  FileMark file;      // before; of none for what is new
  FileState before;   // equal to `after` for a content
  FileState after;
  std::string text_before;  // of a content; of a file whose owner is changed its digest, as text_digest() has it
  std::string text_after;   // of a content or a new file
  std::string temporary;    // the name beside it under which the new text is written

  bool operator==(const RecordedStep&) const = default;
};

class Record {
 public:
  // A new one below the state directory, which is made when it is not there; named by the time. An error says what is
  // in the way: then nothing may be changed.
  static Result<Record> create(const std::string& verb);

  Record(Record&& other) noexcept;
  Record& operator=(Record&&) = delete;
  ~Record();  // one without steps is removed

  // On the disk when it returns.
  Result<void> add(const RecordedStep& step);

  // The last step was not done after all, and left nothing: undo is to know nothing of it.
  Result<void> withdraw();

  const std::string& name() const { return name_; }
  std::size_t steps() const { return steps_; }

 private:
  Record() = default;
  Result<void> append(const std::string& line);

  std::string name_;
  Fd directory_;
  Fd file_;
  std::size_t steps_ = 0;
};

struct RecordSummary {
  std::string name;
  std::string verb;
  std::string started;  // UTC, RFC 3339
  std::size_t steps = 0;
};

// All that there are, oldest first.
Result<std::vector<RecordSummary>> list_records();

// The steps of one. A last line that was cut off while it was written is left out: its step was not done. Errors: no
// such record, one that others may write, or one that is no record.
Result<std::vector<RecordedStep>> read_record(const std::string& name);

// Where a text was put back, another file stands in for the one that was changed, also for the records before.
struct StandIn {
  FileMark of;
  FileMark is;
};
Result<void> keep_stand_in(const StandIn& stand_in);
std::vector<StandIn> kept_stand_ins();  // oldest first

// Held while something is changed, so that two runs do not mix, and by this process alone: those that it starts may
// have to be left behind. Waits for at most 10 s.
Result<Fd> lock_state();

}  // namespace sshaudit
