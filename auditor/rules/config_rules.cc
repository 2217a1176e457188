// SPDX-License-Identifier: MIT
// What is wrong with sshd's configuration as a whole.
#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>

#include "parse/config_mentions.h"
#include "rules/host_rules.h"
#include "rules/settings_rules.h"
#include "rules/wording.h"

namespace sshaudit {
namespace {

using Details = std::vector<Detail>;

Details config_invalid(const Server& server, const Context&) {
  Details details;
  for (const auto& fault : server.faults) {
    details.push_back({.path = fault.place.file,
                       .message = fmt::format(
                           "sshd does not start with this configuration: {}: {}{}", place_in_words(fault.place),
                           fault.message, server.running ? "; the one that runs goes on with what it had read" : ""),
                       .expected = "a configuration that sshd accepts",
                       .actual = fault.message,
                       .remedy = {{}, "correct the line, and see what \"sshd -t\" says before sshd is restarted"},
                       .line = fault.place.line});
  }
  return details;
}

Details config_ends_connections(const Server& server, const Context&) {
  Details details;
  for (const auto& fault : server.connection_faults) {
    details.push_back(
        {.path = fault.place.file,
         .message =
             fmt::format("sshd starts, but ends every connection: {}: {}", place_in_words(fault.place), fault.message),
         .expected = "a Match line that this sshd understands",
         .actual = fault.message,
         .remedy = {{}, "correct the line, and see what \"sshd -T -C user=root,host=x,addr=192.0.2.1\" says"},
         .line = fault.place.line});
  }
  return details;
}

Details config_unread(const Server& server, const Context&) {
  if (!server.unread) return {};
  const auto& error = *server.unread;
  const auto reason = error.errnum == 0 ? error.what : fmt::format("{}: {}", error.what, errno_in_words(error.errnum));
  return {{.path = error.path,
           .message = fmt::format("a part of sshd's configuration is not known: {}: {}", error.path, reason),
           .expected = "a file that can be read",
           .actual = reason,
           .remedy = {{}, server.by_root ? "see what \"sshd -t\" says of the file" : "run sshaudit as root"}}};
}

Details config_directory(const Server& server, const Context&) {
  Details details;
  for (const auto& path : server.directories) {
    details.push_back({.path = path,
                       .message = fmt::format("{} is a directory: sshd takes it for an empty file", path),
                       .expected = "a file",
                       .actual = "a directory",
                       .remedy = {{}, "put the file in its place, or correct the Include line that names it"}});
  }
  return details;
}

Details self_check_different(const Server& server, const Context&) {
  Details details;
  for (const auto& difference : server.differences) {
    details.push_back({.path = server.config,
                       .message = fmt::format("sshd -T says \"{}\" for {} and user {}, sshaudit has read \"{}\": what "
                                              "sshd says was used",
                                              difference.told, difference.keyword, difference.user, difference.read),
                       .expected = difference.told,
                       .actual = difference.read,
                       .remedy = {{}, "report this as a fault of sshaudit, with the lines that mention the keyword"}});
  }
  return details;
}

Details self_check_missing(const Server& server, const Context&) {
  const bool asked = server.self_check != SelfCheck::not_possible || server.config.empty();
  if (asked || !server.faults.empty() || server.unread) return {};
  return {{.path = server.config,
           .message = fmt::format("the configuration was read by sshaudit alone, without a word from sshd -T: {}",
                                  server.reason.empty() ? "there was no account to ask about" : server.reason),
           .expected = "an answer from sshd -T",
           .actual = server.reason,
           .remedy = {{}, "nothing to do, unless an sshd is meant to run here: then run sshaudit as root"}}};
}

Details settings_assumed(const Server& server, const Context&) {
  if (!server.config.empty() || server.unread) return {};
  return {{.path = {},
           .message = "there is no sshd_config: compiled-in defaults were assumed",
           .expected = "a configuration",
           .actual = "none",
           .remedy = {{}, "nothing to do if no sshd is meant to run here"}}};
}

Details config_newer(const Server& server, const Context&) {
  if (server.newer_file.empty()) return {};
  return {
      {.path = server.newer_file,
       .message = fmt::format("{} has changed since sshd read it: what is said here holds after the next reload, not "
                              "yet",
                              server.newer_file),
       .expected = "a daemon that has read its files",
       .actual = fmt::format("sshd (pid {}) read them earlier", server.running ? server.running->pid : 0),
       .remedy = {{}, "if \"sshd -t\" has nothing to say, reload sshd (systemctl reload ssh, or sshd)"}}};
}

std::string command_line_of(const RunningSshd& daemon) {
  std::vector<std::string> words = {"sshd"};
  if (!daemon.config.empty()) words.insert(words.end(), {"-f", daemon.config});
  for (const auto& option : daemon.options) words.insert(words.end(), {"-o", "'" + option + "'"});
  return fmt::format("{}", fmt::join(words, " "));
}

// Options such as Ciphers have no say in whether a key is accepted.
bool bears_on_a_login(const RunningSshd& daemon, const SshdVersion& version) {
  const auto bears = [&](const std::string& option) {
    return shown_keyword(option.substr(0, option.find_first_of(" \t=")), version).has_value();
  };
  return !daemon.config.empty() || std::ranges::any_of(daemon.options, bears);
}

Details daemon_options(const Server& server, const Context&) {
  if (!server.running || !bears_on_a_login(*server.running, server.version)) return {};
  const auto line = command_line_of(*server.running);
  return {
      {.path = {},
       .message = fmt::format("sshd (pid {}) was started with options that count before the file{}: {}",
                              server.running->pid, server.running->exact ? "" : ", as far as its title tells", line),
       .expected = "an sshd without -f and -o",
       .actual = line,
       .remedy = {{}, "nothing to do if this is meant; \"sshaudit config\" shows which values come from there"}}};
}

Details daemons_differ(const Server& server, const Context&) {
  Details details;
  for (const auto& daemon : server.other_daemons) {
    const auto line = command_line_of(daemon);
    details.push_back(
        {.path = daemon.config,
         .message = fmt::format("another sshd (pid {}) listens here and was not judged: {}", daemon.pid, line),
         .expected = "one configuration",
         .actual = line,
         .remedy = {{},
                    daemon.config.empty() ? "its options cannot be judged beside those of the first"
                                          : "judge it too, with --sshd-config " + daemon.config}});
  }
  return details;
}

Details setting_shadowed(const Server& server, const Context&) {
  Details details;
  for (const auto& line : server.shadowed) {
    details.push_back(
        {.path = line.place.file,
         .message = fmt::format("{} {} in {} never counts: {} says \"{}\" first", line.keyword, line.text,
                                place_in_words(line.place), place_in_words(line.winner), line.winning_text),
         .expected = line.winning_text,
         .actual = line.text,
         .remedy =
             {{},
              "sshd uses the first value: if that is right, remove this line; if not, change the first one, which "
              "another program may write"},
         .line = line.place.line});
  }
  return details;
}

Details key_never_enough(const Server& server, const Context&) {
  const auto& lists = server.settings.authentication_methods;
  const auto is_a_key_alone = [](const std::string& list) { return list == "publickey"; };
  const auto mentions_keys = [](const std::string& list) { return list.find("publickey") != std::string::npos; };
  if (std::ranges::any_of(lists, is_a_key_alone) || std::ranges::none_of(lists, mentions_keys)) return {};
  return {{.path = {},
           .message = fmt::format("a key alone lets nobody in: AuthenticationMethods {}", fmt::join(lists, " ")),
           .expected = "AuthenticationMethods publickey",
           .actual = fmt::format("{}", fmt::join(lists, " ")),
           .remedy = {{}, "nothing to do if more than a key is meant to be asked for"}}};
}

Details classes_left_out(const Server& server, const Context&) {
  if (server.all_classes) return {};
  return {{.path = server.config,
           .message = "the Match blocks distinguish more kinds of connections than are looked at: some were left out",
           .expected = "at most 512 kinds of connections",
           .actual = "more",
           .remedy = {{}, "ask about a connection: sshaudit USER --from ADDRESS"}}};
}

using S = Rule<Server>;
const std::array rows = {
    S{{"config-invalid", Subject::server, Effect::refuses, Severity::error,
       "sshd would not start with its configuration.",
       "A line that sshd does not accept ends it at the start, in Match blocks too. (OpenSSH servconf.c: "
       "process_server_config_line)",
       "Correct the line; see what \"sshd -t\" says before sshd is restarted."},
      config_invalid},
    S{{"config-ends-connections", Subject::server, Effect::refuses, Severity::error,
       "sshd starts, but ends every connection.",
       "Before 8.4 the addresses of a Match line are looked at only when somebody connects; RHEL 8 cannot answer "
       "RDomain. (OpenSSH servconf.c: match_cfg_line)",
       "Correct the Match line."},
      config_ends_connections},
    S{{"config-unread", Subject::server, Effect::unknown, Severity::notice,
       "A part of sshd's configuration could not be read.",
       "What a file says that was not read is not known, and it may come before anything that was.",
       "Run sshaudit as root."},
      config_unread},
    S{{"config-directory", Subject::server, Effect::informs, Severity::warning,
       "A directory stands where sshd looks for a configuration file.",
       "sshd opens it, reads nothing and says nothing. (OpenSSH servconf.c: load_server_config)",
       "Put the file in its place, or correct the Include line that names it."},
      config_directory},
    S{{"self-check-different", Subject::server, Effect::unknown, Severity::warning,
       "sshd -T and sshaudit read the configuration differently.",
       "Values that sshaudit reads are held against sshd -T once a run; what sshd says counts.",
       "Report it as a fault of sshaudit."},
      self_check_different},
    S{{"self-check-missing", Subject::server, Effect::informs, Severity::notice,
       "The configuration was read without asking sshd itself.",
       "sshd -T could not be asked, so nothing confirms what sshaudit has read.",
       "Nothing to do, unless an sshd is meant to run here."},
      self_check_missing},
    S{{"settings-assumed", Subject::server, Effect::informs, Severity::notice, "There is no sshd_config.",
       "Accounts are judged by the defaults that are compiled into sshd.",
       "Nothing to do if no sshd is meant to run here."},
      settings_assumed},
    S{{"config-newer", Subject::server, Effect::informs, Severity::warning,
       "A configuration file has changed since sshd read it.",
       "sshd reads its files when it starts and when it is reloaded, not for each connection.", "Reload sshd."},
      config_newer},
    S{{"daemon-options", Subject::server, Effect::informs, Severity::notice,
       "sshd was started with options that count before its file.",
       "-o comes before every line of the file, and -f names another file (sshd(8)).",
       "Nothing to do if this is meant."},
      daemon_options},
    S{{"daemons-differ", Subject::server, Effect::informs, Severity::warning,
       "Another sshd with another configuration listens on this host.",
       "One configuration is judged at a time; the other may accept and refuse others.",
       "Judge the other one too: sshaudit --sshd-config FILE"},
      daemons_differ},
    S{{"setting-shadowed", Subject::server, Effect::informs, Severity::notice,
       "A line of sshd_config never counts, because an earlier one says something else.",
       "For each keyword the first value is used (sshd_config(5)); files that Include names at the top come first.",
       "Remove the line that is not meant."},
      setting_shadowed},
    S{{"key-never-enough", Subject::server, Effect::informs, Severity::notice, "A key alone lets nobody in.",
       "Each list of AuthenticationMethods (sshd_config(5)) has to be gone through whole.",
       "Nothing to do if more than a key is meant to be asked for."},
      key_never_enough},
    S{{"classes-left-out", Subject::server, Effect::unknown, Severity::notice,
       "Not every kind of connection was looked at.",
       "Match blocks with very many addresses, ports and names distinguish more kinds of connections than are tried.",
       "Ask about one: sshaudit USER --from ADDRESS"},
      classes_left_out},
};

}  // namespace

std::span<const Rule<Server>> config_rules() { return rows; }

}  // namespace sshaudit
