// SPDX-License-Identifier: MIT
#include "gather/system_log.h"

#include <fmt/format.h>
#include <sys/uio.h>
#include <syslog.h>
#include <unistd.h>

#ifdef HAVE_SYSTEMD
#include <systemd/sd-journal.h>
#endif

namespace sshaudit {
namespace {

#ifdef HAVE_SYSTEMD
bool write_to_journal(const char* identifier, const std::string& line, const LogFields& fields) {
  constexpr auto* journal = "/run/systemd/journal/socket";
  if (access(journal, W_OK) != 0) return false;
  std::vector<std::string> entries = {"MESSAGE=" + line, "PRIORITY=" + std::to_string(LOG_NOTICE),
                                      "SYSLOG_FACILITY=" + std::to_string(LOG_AUTHPRIV >> 3),
                                      std::string("SYSLOG_IDENTIFIER=") + identifier,
                                      "SYSLOG_PID=" + std::to_string(getpid())};
  for (const auto& [name, value] : fields) {
    if (!value.empty()) entries.push_back(fmt::format("{}={}", name, value));
  }
  std::vector<iovec> pieces;
  pieces.reserve(entries.size());
  for (auto& entry : entries) pieces.push_back({entry.data(), entry.size()});
  return sd_journal_sendv(pieces.data(), static_cast<int>(pieces.size())) == 0;
}
#else
bool write_to_journal(const char* /*identifier*/, const std::string& /*line*/, const LogFields& /*fields*/) {
  return false;
}
#endif

}  // namespace

SystemLog::SystemLog(const char* identifier) : identifier_(identifier) {
  openlog(identifier_, LOG_PID | LOG_NDELAY, LOG_AUTHPRIV);
}

SystemLog::~SystemLog() { closelog(); }

void SystemLog::write(const std::string& line, const LogFields& fields) {
  if (!write_to_journal(identifier_, line, fields)) syslog(LOG_AUTHPRIV | LOG_NOTICE, "%s", line.c_str());
}

}  // namespace sshaudit
