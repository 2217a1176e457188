// SPDX-License-Identifier: MIT
#include "remedy/record.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <memory>
#include <thread>
#include <utility>

#include "gather/host.h"
#include "gather/read_file.h"
#include "gather/state_directory.h"
#include "remedy/record_json.h"

namespace sshaudit {
namespace {

constexpr auto records = "undo";
constexpr auto stand_ins = ".stand-ins";
constexpr std::size_t largest_record = 1024UL * 1024 * 1024;
constexpr int most_in_a_second = 100;

std::string path_of(const std::string& name) { return std::string(state_directory) + "/" + records + "/" + name; }

// "2026-01-31T02:17:03Z" -> "20260131T021703Z"
std::string name_of(std::string time) {
  std::erase_if(time, [](char c) { return c == '-' || c == ':'; });
  return time;
}

Result<std::string> text_of(int directory, const std::string& name) {
  const bool is_name = !name.empty() && !name.starts_with('.') && name.find('/') == std::string::npos;
  if (!is_name) return tl::unexpected(Error{"not the name of a record (see sshaudit undo)", name, 0});
  const Fd file(openat(directory, name.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
  if (!file && errno == ENOENT) return tl::unexpected(Error{"no such record (see sshaudit undo)", name, 0});
  struct stat status {};
  if (!file || fstat(file.get(), &status) != 0) return tl::unexpected(errno_error("open", path_of(name)));
  if (!S_ISREG(status.st_mode) || status.st_uid != 0 || (status.st_mode & (S_IWGRP | S_IWOTH)) != 0) {
    return tl::unexpected(Error{"not believed: a record belongs to root, who alone may write it", path_of(name), 0});
  }
  return read_open_file(file.get(), path_of(name), largest_record);
}

// Takes one line, without its newline; what is left without one was cut off.
std::optional<std::string> take_line(std::string_view& text) {
  const auto end = text.find('\n');
  if (end == std::string_view::npos) return std::nullopt;
  std::string line(text.substr(0, end));
  text.remove_prefix(end + 1);
  return line;
}

bool write_all(int file, std::string_view text) {
  while (!text.empty()) {
    const auto done = write(file, text.data(), text.size());
    if (done < 0 && errno == EINTR) continue;
    if (done < 0) return false;
    text.remove_prefix(static_cast<std::size_t>(done));
  }
  return true;
}

std::vector<std::string> names_in(int directory) {
  std::vector<std::string> names;
  const int copy = openat(directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  const std::unique_ptr<DIR, int (*)(DIR*)> stream(fdopendir(copy), closedir);
  if (!stream) return names;
  while (const auto* entry = readdir(stream.get())) {  // NOLINT(concurrency-mt-unsafe): the stream is this thread's own
    if (entry->d_name[0] != '.') names.emplace_back(entry->d_name);
  }
  std::ranges::sort(names);
  return names;
}

}  // namespace

Record::Record(Record&& other) noexcept
    : name_(std::move(other.name_)),
      directory_(std::move(other.directory_)),
      file_(std::move(other.file_)),
      steps_(std::exchange(other.steps_, 0)) {}

Record::~Record() {
  if (file_ && steps_ == 0) unlinkat(directory_.get(), name_.c_str(), 0);
}

Result<Record> Record::create(const std::string& verb) {
  auto directory = open_state(records);
  if (!directory) return tl::unexpected(directory.error());
  Record record;
  record.directory_ = std::move(*directory);
  const auto started = utc_now();
  for (int number = 1; !record.file_ && number < most_in_a_second; ++number) {
    record.name_ = name_of(started) + (number == 1 ? "" : "-" + std::to_string(number));
    record.file_ = Fd(openat(record.directory_.get(), record.name_.c_str(),
                             O_WRONLY | O_APPEND | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
    if (!record.file_ && errno != EEXIST) break;
  }
  if (!record.file_) return tl::unexpected(errno_error("write", path_of(record.name_)));
  const auto done = record.append(header_line(verb, started));
  if (!done) return tl::unexpected(done.error());
  if (fsync(record.directory_.get()) != 0) return tl::unexpected(errno_error("write", path_of(record.name_)));
  return record;
}

Result<void> Record::append(const std::string& line) {
  if (write_all(file_.get(), line) && fdatasync(file_.get()) == 0) return {};
  return tl::unexpected(errno_error("write", path_of(name_)));
}

// What of a line came to the disk when there is no room for the rest goes again: the next line begins at a beginning.
Result<void> Record::add(const RecordedStep& step) {
  const auto size = lseek(file_.get(), 0, SEEK_END);
  if (static_cast<std::size_t>(size) >= largest_record / 2) {
    return tl::unexpected(Error{"the record is full; run sshaudit fix again", path_of(name_), 0});
  }
  if (auto done = append(step_line(step)); !done) {
    if (ftruncate(file_.get(), size) != 0) return tl::unexpected(errno_error("write", path_of(name_)));
    return done;
  }
  ++steps_;
  return {};
}

Result<void> Record::withdraw() {
  if (auto done = append(not_done_line()); !done) return done;
  --steps_;
  return {};
}

Result<std::vector<RecordedStep>> read_record(const std::string& name) {
  const auto directory = open_state(records);
  if (!directory) return tl::unexpected(directory.error());
  const auto text = text_of(directory->get(), name);
  if (!text) return tl::unexpected(text.error());
  std::string_view rest = *text;
  const auto header = take_line(rest);
  if (!header || !parse_header(*header)) {
    return tl::unexpected(Error{"no record of this version of sshaudit", path_of(name), 0});
  }
  std::vector<RecordedStep> steps;
  for (std::size_t line = 2; const auto one = take_line(rest); ++line) {
    if (is_not_done(*one) && !steps.empty()) {
      steps.pop_back();
      continue;
    }
    auto step = parse_step(*one);
    if (!step) return tl::unexpected(Error{"line " + std::to_string(line) + " is no step", path_of(name), 0});
    steps.push_back(std::move(*step));
  }
  return steps;
}

Result<std::vector<RecordSummary>> list_records() {
  const auto directory = open_state(records);
  if (!directory) return tl::unexpected(directory.error());
  std::vector<RecordSummary> all;
  for (const auto& name : names_in(directory->get())) {
    const auto text = text_of(directory->get(), name);
    if (!text) continue;
    std::string_view rest = *text;
    const auto header = take_line(rest);
    auto summary = header ? parse_header(*header) : std::nullopt;
    if (!summary) continue;
    summary->name = name;
    while (const auto line = take_line(rest)) {
      if (!is_not_done(*line)) {
        ++summary->steps;
      } else if (summary->steps > 0) {
        --summary->steps;
      }
    }
    all.push_back(std::move(*summary));
  }
  return all;
}

// A line that was cut off is ended by the empty one that is written first.
Result<void> keep_stand_in(const StandIn& stand_in) {
  const auto directory = open_state(records);
  if (!directory) return tl::unexpected(directory.error());
  const Fd file(
      openat(directory->get(), stand_ins, O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW | O_CLOEXEC, S_IRUSR | S_IWUSR));
  if (file && write_all(file.get(), "\n" + stand_in_line(stand_in)) && fdatasync(file.get()) == 0) return {};
  return tl::unexpected(errno_error("write", path_of(stand_ins)));
}

std::vector<StandIn> kept_stand_ins() {
  std::vector<StandIn> kept;
  const auto text = read_file(path_of(stand_ins), largest_record).value_or("");
  std::string_view rest = text;
  while (const auto line = take_line(rest)) {
    if (const auto one = parse_stand_in(*line)) kept.push_back(*one);
  }
  return kept;
}

Result<Fd> lock_state() {
  const auto directory = open_state(records);
  if (!directory) return tl::unexpected(directory.error());
  Fd file(openat(directory->get(), ".lock", O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600));
  if (!file) return tl::unexpected(errno_error("open", path_of(".lock")));
  struct flock whole {};
  whole.l_type = F_WRLCK;
  constexpr int tries = 100;
  for (int i = 0; i < tries; ++i) {
    if (fcntl(file.get(), F_SETLK, &whole) == 0) return file;
    if (errno != EAGAIN && errno != EACCES && errno != EINTR) break;
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
  }
  return tl::unexpected(
      Error{"another sshaudit is changing something; try again when it is done", path_of(".lock"), errno});
}

}  // namespace sshaudit
