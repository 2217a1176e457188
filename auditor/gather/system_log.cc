// SPDX-License-Identifier: MIT
#include "gather/system_log.h"

#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <string_view>

#include "gather/fd.h"
#include "gather/inherited_files.h"

#ifdef HAVE_SYSTEMD
#include <systemd/sd-journal.h>
#endif

namespace sshaudit {
namespace {

#ifdef HAVE_SYSTEMD
bool write_to_journal(const char* identifier, int facility, int priority, const std::string& line,
                      const LogFields& fields) {
  constexpr auto* journal = "/run/systemd/journal/socket";
  if (access(journal, W_OK) != 0) return false;
  std::vector<std::string> entries = {
      "MESSAGE=" + line, "PRIORITY=" + std::to_string(priority), "SYSLOG_FACILITY=" + std::to_string(facility >> 3),
      std::string("SYSLOG_IDENTIFIER=") + identifier, "SYSLOG_PID=" + std::to_string(getpid())};
  for (const auto& [name, value] : fields) {
    if (!value.empty()) entries.push_back(fmt::format("{}={}", name, value));
  }
  std::vector<iovec> pieces;
  pieces.reserve(entries.size());
  for (auto& entry : entries) pieces.push_back({entry.data(), entry.size()});
  return sd_journal_sendv(pieces.data(), static_cast<int>(pieces.size())) == 0;
}
#else
bool write_to_journal(const char* /*identifier*/, int /*facility*/, int /*priority*/, const std::string& /*line*/,
                      const LogFields& /*fields*/) {
  return false;
}
#endif

}  // namespace

SystemLog::SystemLog(const char* identifier, int facility) : identifier_(identifier), facility_(facility) {
  openlog(identifier_, LOG_PID | LOG_NDELAY, facility_);
}

SystemLog::~SystemLog() { closelog(); }

void SystemLog::write(const std::string& line, const LogFields& fields, int priority) {
  if (!write_to_journal(identifier_, facility_, priority, line, fields))
    syslog(facility_ | priority, "%s", line.c_str());
}

void log_in_time(const std::string& line, int priority) {
  constexpr unsigned patience = 5;  // seconds
  const pid_t writer = fork();
  if (writer == 0) {
    std::signal(SIGALRM, SIG_DFL);
    sigset_t alarm_only;
    sigemptyset(&alarm_only);
    sigaddset(&alarm_only, SIGALRM);
    sigprocmask(SIG_UNBLOCK, &alarm_only, nullptr);
    alarm(patience);
    leave_inherited_files();
    SystemLog("sshaudit", LOG_AUTH).write(line, {}, priority);
    _exit(0);
  }
  while (writer > 0 && waitpid(writer, nullptr, 0) < 0 && errno == EINTR) {
  }
}

bool log_is_heard() {
#ifdef HAVE_SYSTEMD
  if (access("/run/systemd/journal/socket", W_OK) == 0) return true;
#endif
  constexpr std::string_view path = "/dev/log";
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path.copy(address.sun_path, sizeof address.sun_path - 1);
  for (const int type : {SOCK_DGRAM, SOCK_STREAM}) {
    const Fd fd(socket(AF_UNIX, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (fd && connect(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) return true;
  }
  return false;
}

}  // namespace sshaudit
