// SPDX-License-Identifier: MIT
#include "supervisor/lookouts.h"

#include <sys/mman.h>

#include <new>

#include "gather/read_file.h"

namespace sshaudit {
namespace {

constexpr std::size_t page = 4096;
static_assert(sizeof(Lookout) <= page);

void* share(std::size_t size) {
  void* const memory = mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  return memory == MAP_FAILED ? nullptr : memory;
}

}  // namespace

Result<void> Lookouts::open() {
  void* const observers = share(pairs_ * sizeof(Lookout));
  void* const given_up = share(sizeof(GivenUpMounts));
  void* const judges = share(pairs_ * page);
  if (observers == nullptr || given_up == nullptr || judges == nullptr) {
    return tl::unexpected(errno_error("share memory", ""));
  }
  observers_ = new (observers) Lookout[pairs_];
  given_up_ = new (given_up) GivenUpMounts;
  judges_ = static_cast<char*>(judges);
  for (std::size_t i = 0; i < pairs_; ++i) new (judges_ + i * page) Lookout;
  return {};
}

Lookouts::~Lookouts() {
  if (observers_ != nullptr) munmap(observers_, pairs_ * sizeof(Lookout));
  if (given_up_ != nullptr) munmap(given_up_, sizeof(GivenUpMounts));
  if (judges_ != nullptr) munmap(judges_, pairs_ * page);
}

Lookout& Lookouts::judge(std::size_t pair) { return *reinterpret_cast<Lookout*>(judges_ + pair * page); }

void Lookouts::leave_only_judge(std::size_t pair) {
  munmap(observers_, pairs_ * sizeof(Lookout));
  munmap(given_up_, sizeof(GivenUpMounts));
  for (std::size_t i = 0; i < pairs_; ++i) {
    if (i != pair) munmap(judges_ + i * page, page);
  }
}

}  // namespace sshaudit
