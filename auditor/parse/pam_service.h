// SPDX-License-Identifier: MIT
// The files of pam.d(5) as libpam reads them: tokens, controls, includes. Source: Linux-PAM 1.5, libpam/pam_handlers.c
// and pam_misc.c; Debian adds "@include".
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sshaudit/pam.h"

namespace sshaudit {

// A file as it was found; `errnum` says why it could not be read, ENOENT that it is not there.
struct PamText {
  int errnum = 0;
  std::string path;
  std::string text;
};

struct PamSources {
  // By an absolute path.
  std::function<PamText(const std::string& path)> open;
  std::vector<std::string> directories;  // those of /etc/pam.d and /usr/lib/pam.d that exist
  bool is_debian = false;                // knows "@include", and looks for included files in /etc/pam.d alone
};

// The account stack that libpam makes of the files for a service.
PamStack read_pam_stack(std::string_view service, const PamSources& sources);

// One logical line: comments and continuations taken out.
struct PamLine {
  std::string text;
  std::size_t line = 0;  // where it begins
};

// The lines that libpam takes from a file. `complete` is false when it gives up on the file there: it ends within a
// continued line, or such a line is too long.
std::vector<PamLine> pam_lines(std::string_view text, bool& complete);

// Cuts the next token off `rest`: a word, or what stands between [ and ].
std::optional<std::string> take_pam_token(std::string_view& rest);

// "required", or "success=ok default=die": what it makes of each answer. A control that is wrong makes all of them bad.
PamActions parse_pam_control(std::string_view control);

// "perm_denied", as it stands in a control, and back.
std::string_view pam_code_name(PamCode code);
std::optional<PamCode> pam_code_by_name(std::string_view name);

}  // namespace sshaudit
