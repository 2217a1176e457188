// SPDX-License-Identifier: MIT
#include "fault_tree.h"

#include <algorithm>
#include <array>
#include <random>
#include <stdexcept>

namespace sshaudit::e2e {
namespace {

constexpr uid_t first_uid = 10000;
constexpr uid_t mates_above = 2000000;          // a mate's uid lies that much above the person's
constexpr std::size_t crowd_row = 64UL * 1024;  // bytes of the shared group's list of members
constexpr std::size_t one_broken_in = 4;        // accounts, where there are enough of them

std::string name_of(std::size_t number) {
  constexpr std::array names = {"alice", "bob", "carol", "dave", "eve", "frank", "grace", "heidi", "ivan", "judy"};
  return names.at(number % names.size()) + std::to_string(number);
}

// Which kind each account is of: every broken kind as often as the others, the healthy ones in turn on what is left.
// The library's own shuffle differs between implementations, and the same seed has to mean the same system.
std::vector<Kind> scattered_kinds(const FaultTreeSize& size) {
  const auto broken = broken_kinds();
  const auto healthy = healthy_kinds();
  if (size.accounts < broken.size() + healthy.size()) {
    throw std::runtime_error("at least " + std::to_string(broken.size() + healthy.size()) + " accounts are needed");
  }
  const auto of_each = std::max<std::size_t>(1, size.accounts / one_broken_in / broken.size());
  std::vector<Kind> kinds;
  for (std::size_t i = 0; i < of_each * broken.size(); ++i) kinds.push_back(broken[i % broken.size()]);
  for (std::size_t i = 0; kinds.size() < size.accounts; ++i) kinds.push_back(healthy[i % healthy.size()]);
  std::mt19937_64 random(size.seed);
  for (auto i = kinds.size() - 1; i > 0; --i) std::swap(kinds[i], kinds[random() % (i + 1)]);
  return kinds;
}

void make_places(AuditedSystem& system) {
  system.make_directory("/etc/ssh/keys", root_owner, 0755);
  system.make_directory("/srv/homes", root_owner, 0755);
  system.make_directory("/srv/keys", root_owner, 0755);
  system.make_directory("/srv/open", root_owner, 0777);
  system.make_directory("/srv/sticky", root_owner, 01777);
  system.make_directory("/srv/closed", root_owner, 0700);
  system.make_directory("/srv/shells", root_owner, 0755);
  system.make_directory("/srv/shells/directory", root_owner, 0755);
  system.make_file("/srv/shells/good", "#!/bin/sh\n", root_owner, 0755);
  system.make_file("/srv/shells/plain", "#!/bin/sh\n", root_owner, 0644);
  system.make_file("/srv/shells/private", "#!/bin/sh\n", root_owner, 0700);
  system.make_link("/srv/shells/good", "/srv/shells/link");
  system.make_link("/srv/shells/gone", "/srv/shells/dangling");
}

void make_account(AuditedSystem& system, std::size_t number, const Kind& kind, ReportLines& expected) {
  Site site{system, system.person(name_of(number), first_uid + static_cast<uid_t>(number))};
  site.person.gecos = kind.name;
  if (number % 4 == 0) site.person.home = "/srv/homes/" + site.person.name;
  system.add_usual_home(site.person);
  kind.make(site);
  system.add_row(site.person);
  system.add_group(site.person.name, site.person.gid, site.listed_members);
  for (auto& line : site.findings) {
    if (line.user.empty()) line = {site.person.name, site.key_login, line.rule, line.path};
    expected.push_back(line);
  }
  const bool silent = std::ranges::none_of(site.findings, [&](auto& line) { return line.user == site.person.name; });
  if (silent) expected.push_back({site.person.name, site.key_login, "", ""});
}

void make_crowd(AuditedSystem& system, std::size_t accounts) {
  std::vector<std::string> members;
  std::size_t bytes = 0;
  for (std::size_t i = 0; i < accounts || bytes < crowd_row; ++i) {  // past the last account, names that are none
    members.push_back(name_of(i));
    bytes += members.back().size() + 1;
  }
  system.add_group("crowd", shared_group, members);
}

void expect_accepted(const std::string& user, ReportLines& expected) { expected.push_back({user, "accepted", "", ""}); }

void make_shared_uids(AuditedSystem& system, ReportLines& expected) {
  for (const auto* name : {"twin1", "twin2"}) {
    auto twin = system.person(name, 9101);
    system.add_usual_home(twin);
    system.add_row(twin);
    expect_accepted(name, expected);
  }
  const auto alias = system.person("alias1", 9102);
  system.add_usual_home(alias);
  for (const auto* name : {"alias1", "alias2"}) {  // a second name for the same person: one uid, one home
    auto row = alias;
    row.name = name;
    system.add_row(row);
    expect_accepted(name, expected);
  }
  system.add_group("twins", 9101);
  system.add_group("aliases", 9102);
  expected.push_back({"-", "-", "uid-shared", ""});
  expected.push_back({"-", "-", "uid-shared", ""});
}

void make_repeated_name(AuditedSystem& system, ReportLines& expected) {
  const auto first = system.add_usual_person("echo", 9201);
  auto second = first;
  second.uid = 9202;
  second.home = "/home/echo2";
  second.shell = "/srv/shells/gone";
  system.add_row(second);  // never logs in, so what is wrong with it does not matter
  expect_accepted("echo", expected);
  expected.push_back({"-", "-", "name-repeated", ""});
}

void make_shared_home(AuditedSystem& system, ReportLines& expected) {
  const std::string home = "/srv/team";
  system.make_directory(home, root_owner, 0755);
  system.make_directory(home + "/.ssh", root_owner, 0755);
  system.make_file(home + "/.ssh/authorized_keys", key_line(9301, "team"), root_owner, 0644);
  for (const uid_t uid : {9301U, 9302U}) {
    auto mate = system.person("team" + std::to_string(uid), uid);
    mate.home = home;
    system.add_row(mate);
    system.add_group(mate.name, mate.gid);
    expect_accepted(mate.name, expected);
  }
  expected.push_back({"-", "-", "home-shared", home});
}

void make_malformed_rows(AuditedSystem& system, ReportLines& expected) {
  constexpr std::array passwd = {"there is no colon in this row", "nouid:x::100::/home/nouid:/bin/sh",
                                 "baduid:x:12a:100::/home/baduid:/bin/sh", "badgid:x:4000:x::/home/badgid:/bin/sh"};
  for (const auto* row : passwd) {
    system.add_line("passwd", row);
    expected.push_back({"-", "-", "row-malformed", "/etc/passwd"});
  }
  system.add_line("passwd", ":x:4001:4001::/home/noname:/usr/sbin/nologin");  // no name is a name to the C library
  expected.push_back({"", "none", "", ""});
  system.add_line("passwd", "# neither is a comment an account");
  system.add_line("passwd", "");
  system.add_line("passwd", "+::::::");  // rows for the compat service, which nobody looks up
  system.add_line("passwd", "-alice1::::::");
  system.add_line("group", "+:::");
  system.add_line("group", "badgroup:x:many:alice0");
  expected.push_back({"-", "-", "row-malformed", "/etc/group"});
  system.add_line("shadow", "badshadow:*:yesterday:0:99999:7:::");
  expected.push_back({"-", "-", "row-malformed", "/etc/shadow"});
}

}  // namespace

void Site::find(std::string_view rule, const std::string& path) {
  findings.push_back({"", "", std::string(rule), path});
}

void Site::refuse(std::string_view rule, const std::string& path) {
  find(rule, path);
  change("refused");
}

void Site::add_mate() {
  auto mate = system.person(person.name + "mate", person.uid + mates_above);
  mate.gid = person.gid;
  mate.home = "/nonexistent/" + mate.name;
  mate.shell = "/usr/sbin/nologin";
  system.add_row(mate);
  findings.push_back({mate.name, "none", "", ""});
}

void Site::move_key_file(const std::string& to, Owner owner, mode_t mode, const std::string& target) {
  system.remove(person.key_file());
  system.make_file(to, key_line(person.uid, person.name), owner, mode);
  system.make_link(target, person.key_file(), person.owner());
}

void Site::move_ssh(const std::string& to) {
  system.move(person.ssh(), to);
  system.make_link(to, person.ssh(), person.owner());
}

ReportLines make_fault_tree(AuditedSystem& system, const FaultTreeSize& size) {
  const auto kinds = scattered_kinds(size);
  ReportLines expected;
  for (const auto& name : AuditedSystem::own_accounts()) expected.push_back({name, "none", "", ""});
  expected.push_back(
      {"-", "-", "self-check-missing", "/etc/ssh/sshd_config"});  // --root runs no sshd of another system
  make_places(system);
  system.add_usual_person(Stranger::name, Stranger::uid);
  expect_accepted(Stranger::name, expected);
  for (std::size_t i = 0; i < kinds.size(); ++i) make_account(system, i, kinds[i], expected);
  make_crowd(system, size.accounts);
  make_shared_uids(system, expected);
  make_repeated_name(system, expected);
  make_shared_home(system, expected);
  make_malformed_rows(system, expected);
  system.write_databases();
  std::ranges::sort(expected);
  return expected;
}

}  // namespace sshaudit::e2e
