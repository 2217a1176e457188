// SPDX-License-Identifier: MIT
// Most of what is made is right, so that single faults decide.
#include "differential/certificate_generator.h"

#include <array>

#include "parse/certificate_builder.h"

namespace sshaudit::differential {
namespace {

using namespace std::string_literals;

class CertificateWriter {
 public:
  CertificateWriter(std::uint64_t seed, const KeyWorld& world, std::string user, std::string hand)
      : dice_(seed), world_(world), user_(std::move(user)), hand_(std::move(hand)) {}

  GeneratedCertificate write() {
    constexpr std::array clients = {"127.0.0.1", "127.0.0.2", "127.1.2.3"};
    made_.client = clients.at(dice_.chance(70) ? 0 : dice_.below(clients.size()));
    made_.key = any_key();
    made_.authority = other_key();
    made_.by_hand.is_wanted = dice_.chance(35);
    if (made_.by_hand.is_wanted) {
      write_by_hand();
    } else {
      write_arguments();
    }
    write_authorities();
    write_principals();
    write_key_file();
    return std::move(made_);
  }

 private:
  // DSA is of no use: the last.
  std::size_t any_key() {
    auto count = world_.keys.size();
    while (world_.keys[count - 1].type == "ssh-dss") --count;
    return dice_.below(count);
  }
  // Not the one that is offered: without its certificate it is of no use anywhere.
  std::size_t other_key() {
    auto key = any_key();
    while (key == made_.key) key = any_key();
    return key;
  }
  std::string line_of(std::size_t key) const { return world_.keys[key].type + " " + world_.keys[key].base64; }
  std::string authority_line() const { return made_.by_hand.is_wanted ? hand_ : line_of(made_.authority); }

  template <std::size_t count>
  std::string one_of(const std::array<const char*, count>& texts) {
    return texts.at(dice_.below(count));
  }

  std::string some_name() {
    constexpr std::array names = {"deploy", "www", "root", "nobody", "Alice", "al", "x-1"};
    return dice_.chance(45) ? user_ : one_of(names);
  }

  std::string network() {
    constexpr std::array networks = {"127.0.0.0/8",    "127.0.0.1", "127.0.0.1/32", "127.0.0.0/24,127.1.2.3",
                                     "10.0.0.0/8",     "::1/128",   "127.0.0.2",    "192.0.2.0/24,127.0.0.0/30",
                                     "127.0.0.0/30,::"};
    return one_of(networks);
  }

  void add(const std::vector<std::string>& words) {
    made_.arguments.insert(made_.arguments.end(), words.begin(), words.end());
  }

  void write_arguments() {
    constexpr std::array validities = {"always:forever", "-1h:+1h",    "+1h:+2h",    "-2h:-1h",
                                       "-30d:+8d",       "always:-1m", "+1m:forever"};
    add({"-I", dice_.chance(80) ? "id" : "an id, with \"all\"", "-z", std::to_string(dice_.below(1000))});
    if (dice_.chance(92)) {
      std::string names = dice_.chance(75) ? user_ : some_name();
      for (auto more = dice_.below(4); more > 1; --more) names += "," + some_name();
      add({"-n", names});
    }
    if (dice_.chance(50)) add({"-V", dice_.chance(50) ? "-1h:+1h" : one_of(validities)});
    if (dice_.chance(4)) add({"-h"});
    constexpr std::array rsa = {"rsa-sha2-512", "rsa-sha2-256", "ssh-rsa"};
    if (world_.keys[made_.authority].type == "ssh-rsa") add({"-t", one_of(rsa)});
    if (dice_.chance(50)) add_option();
    if (dice_.chance(15)) add_flag();
  }

  void add_option() {
    switch (dice_.below(4)) {
      case 0:
        return add({"-O", "force-command=" + command()});
      case 1:
        return add({"-O", "source-address=" + network()});
      case 2:
        return dice_.chance(40) ? add({"-O", "critical:new@example.com=x"}) : add_flag();
      default:
        return add_flag();
    }
  }

  void add_flag() {
    constexpr std::array flags = {"clear",      "no-pty",        "permit-pty",      "extension:x@example.com",
                                  "no-user-rc", "extension:y=z", "verify-required", "no-port-forwarding"};
    add({"-O", one_of(flags)});
  }

  std::string command() { return dice_.chance(70) ? "true" : "date"; }

  void write_by_hand() {
    auto& hand = made_.by_hand;
    if (dice_.chance(3)) hand.kind = static_cast<std::uint32_t>(dice_.below(4));
    for (auto more = 1 + dice_.below(2); more > 0; --more) hand.principals += wire_string(quirky_name());
    if (dice_.chance(3)) hand.principals.clear();
    if (dice_.chance(3)) {
      for (auto more = 254 + dice_.below(4); more > 0; --more) hand.principals += wire_string("p");
    }
    const auto now = static_cast<std::uint64_t>(world_.now);
    if (dice_.chance(10)) hand.valid_after = dice_.chance(50) ? now - 5 : ~std::uint64_t{0};
    if (dice_.chance(10)) hand.valid_before = dice_.chance(50) ? now + 86400 : 1;
    if (dice_.chance(45)) hand.critical += quirky_critical();
    if (dice_.chance(10)) hand.critical += quirky_critical();
    if (dice_.chance(30)) hand.extensions += quirky_extension();
    if (dice_.chance(3)) hand.signature_algorithm = "ssh-rsa";
  }

  std::string quirky_name() {
    switch (dice_.below(12)) {
      case 0:
        return user_ + ",deploy";
      case 1:
        return "deploy," + user_;
      case 2:
        return user_ + "\r";
      case 3:
        return user_ + "\0"s;
      case 4:
        return dice_.chance(50) ? user_ + "\0x"s : ""s;
      default:
        return dice_.chance(80) ? user_ : some_name();
    }
  }

  std::string quirky_critical() {
    switch (dice_.below(9)) {
      case 0:
        return wire_option("verify-required", dice_.chance(50) ? "" : "x");
      case 1:
        return wire_option("force-command", dice_.chance(50) ? command() : "");
      case 2:
        return wire_option("force-command\0"s, wire_string(command() + "\0"s));
      case 3:
        return wire_option("force\0command"s, wire_string("true"));
      case 4:
        return wire_option("source-address", wire_string(network()) + (dice_.chance(20) ? "x" : ""));
      case 5:
        return wire_option("source-address", wire_string(quirky_networks()));
      case 6:
        return wire_option("permit-pty", "");
      case 7:
        return dice_.chance(50) ? wire_string("alone") : wire_option("", "");
      default:
        return wire_option("force-command", wire_string(command()));
    }
  }

  std::string quirky_networks() {
    constexpr std::array lists = {
        "127.0.0.1/8",      "127.0.0.0/8,", "",          "127.0.0.0/8, 10.0.0.1", "127.*",
        "!10.0.0.1",        "localhost",    "127.1",     "127.0.0.0/08",          "127.0.0.0/8,::/129",
        "127.0.0.0/8,::%1", "0/0",          "0.0.0.0/0", "::ffff:127.0.0.1",      "127.0.0.1/"};
    return dice_.chance(10) ? std::string(48 + dice_.below(4), '0') : one_of(lists);
  }

  std::string quirky_extension() {
    constexpr std::array names = {
        "permit-pty", "no-touch-required", "permit-X11-forwarding", "permit-x11-forwarding", "force-command", "new"};
    return wire_option(dice_.chance(5) ? "permit\0pty"s : one_of(names), dice_.chance(65) ? "" : "data");
  }

  // Lines around the one that counts.
  std::string rubbish() {
    const std::vector<std::string> lines = {
        "# comment\n",
        "\n",
        " \t\n",
        "\r\n",
        "rubbish\n",
        line_of(any_key()) + "\n",
        "cert-authority " + line_of(any_key()) + "\n",
        line_of(any_key()) + "x\n",
        world_.keys[0].certificate.empty() ? "\n" : world_.keys[0].certificate + " a certificate\n",
        "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAAYQDSMYxulWd/OHalI7gu/NJls4yiSir0BjzwI3EETd1kObXyqhAlGewxChFUNYxXeRe1Pw9"
        "S8LdGNmunOxjwqUXsjJKGyrTPZtFpYRI+6EQHv9hZuyN3EuGpjedlKZjeqGU= short\n",
    };
    return lines[dice_.below(lines.size())];
  }

  void write_authorities() {
    auto& text = made_.authorities;
    if (dice_.chance(30)) text += rubbish();
    if (dice_.chance(8)) text += rubbish();
    constexpr std::array ends = {"\n", " ca@example.com\n", "\r\n", "", "\t\t\n"};
    if (dice_.chance(92)) {
      if (dice_.chance(10)) text += " \t";
      if (dice_.chance(4)) text += "cert-authority ";
      text += authority_line() + one_of(ends);
    }
    if (dice_.chance(20)) text += rubbish();
  }

  std::string line_options() {
    constexpr std::array options = {"no-pty",
                                    "from=\"127.0.0.0/8\"",
                                    "from=\"127.0.0.1\"",
                                    "from=\"10.0.0.0/8,!127.0.0.1\"",
                                    "command=\"true\"",
                                    "command=\"a b\"",
                                    "expiry-time=\"20200101\"",
                                    "expiry-time=\"20990101\"",
                                    "restrict,pty",
                                    "principals=\"x\"",
                                    "cert-authority",
                                    "unknown",
                                    "command=\"open",
                                    "no-pty,command=\"true\",from=\"127.*\""};
    return one_of(options);
  }

  std::string principals_line() {
    const std::string end = dice_.chance(6)    ? "\r\n"
                            : dice_.chance(10) ? " \t\n"
                            : dice_.chance(10) ? " # who\n"
                                               : "\n";
    const auto name = dice_.chance(60) ? user_ : some_name();
    if (dice_.chance(6)) return name + "#" + end;
    if (dice_.chance(4)) return name + " " + some_name() + end;
    if (dice_.chance(3)) return "\r\n";
    if (!dice_.chance(40)) return (dice_.chance(10) ? " \t" : "") + name + end;
    return line_options() + (dice_.chance(85) ? " " : dice_.chance(50) ? "\t" : " \t ") + name + end;
  }

  void write_principals() {
    made_.has_principals = dice_.chance(94);
    for (auto more = dice_.below(4); more > 0; --more) made_.principals += principals_line();
    if (dice_.chance(60)) made_.principals += user_ + "\n";
    constexpr std::array<unsigned, 6> modes = {0600, 0444, 0664, 0646, 0000, 0755};
    if (dice_.chance(22)) made_.principals_mode = modes.at(dice_.below(modes.size()));
    if (dice_.chance(25)) made_.principals_owner = 1 + dice_.below(2);
  }

  std::string authority_options() {
    std::string options = dice_.chance(8) ? "no-pty" : "cert-authority";
    constexpr std::array lists = {"x",           "USER",       "x,USER",   "x, USER", "x,,USER",
                                  "USER,deploy", "deploy,www", "USER\\\"", ",USER",   ""};
    if (dice_.chance(45)) {
      auto list = one_of(lists);
      const auto at = list.find("USER");
      if (at != std::string::npos) list.replace(at, 4, user_);
      options += ",principals=\"" + list + "\"";
    }
    if (dice_.chance(5)) options += ",principals=\"" + many_names() + "\"";
    if (dice_.chance(30)) options += "," + line_options();
    return options;
  }

  // As many as sshd compares before 10.3, or a few more.
  std::string many_names() {
    std::string list;
    for (auto more = 38 + dice_.below(4); more > 0; --more) list += "p,";
    return list + user_;
  }

  void write_key_file() {
    for (auto more = dice_.below(3); more > 0; --more) {
      const auto other = dice_.chance(15) ? line_of(other_key()) : authority_line();
      made_.key_file += authority_options() + " " + other + (dice_.chance(10) ? "\r\n" : " comment\n");
      if (dice_.chance(10)) made_.key_file += authority_line() + "\n";
    }
  }

  Dice dice_;
  const KeyWorld& world_;
  std::string user_;
  std::string hand_;
  GeneratedCertificate made_;
};

}  // namespace

GeneratedCertificate generate_certificate(std::uint64_t seed, const KeyWorld& world, const std::string& user,
                                          const std::string& hand) {
  return CertificateWriter(seed, world, user, hand).write();
}

}  // namespace sshaudit::differential
