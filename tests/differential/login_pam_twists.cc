// SPDX-License-Identifier: MIT
// Twists of the PAM account stack, and of nologin(5).
#include <array>

#include "differential/login_draft.h"

namespace sshaudit::differential {
namespace {

using Kind = StageNode::Kind;

void mostly_pam(Draft& draft) { draft.use_pam = draft.dice.chance(88); }

void nologin(Draft& draft) {
  const auto path = draft.pick({"/etc/nologin", "/run/nologin", "/run/nologin"});
  draft.after.push_back({path, Kind::file, draft.pick<mode_t>({0644, 0644, 0600, 0000}), 0, 0,
                         draft.pick({"", "System is booting up.\n", "The system is down.\nUntil noon.\n"})});
  if (draft.dice.chance(35)) draft.account_stack.erase(draft.account_stack.begin());
}

std::string access_rules(Draft& draft) {
  const auto& name = draft.name;
  const auto& own = draft.groups[0].name;
  if (draft.dice.chance(40)) draft.groups[2].members = draft.name;
  return draft.pick({"-:ALL EXCEPT root:ALL\n",
                     "-:" + name + ":127.0.0.0/8\n",
                     "+:" + name + ":ALL\n-:ALL:ALL\n",
                     "+:(ssh-users):ALL\n-:ALL:ALL\n",
                     "+:ssh-users:ALL\n-:ALL:ALL\n",
                     "-:bob:ALL\n",
                     "-:" + name + ":LOCAL\n",
                     "+:" + name + ":127.0.0.1\n-:ALL:ALL\n",
                     "-:(" + own + "):ALL\n",
                     "-:ALL EXCEPT (ssh-users):ALL\n",
                     std::string(),
                     "+:root:ALL\n-:ALL:127.\n",
                     "-:" + name + ":10.0.0.0/8 192.0.2.1\n",
                     "+:ALL:127.0.0.2\n-:ALL:ALL\n",
                     "# nothing\n-:ALL:cron crond\n",
                     "-:" + name + ":ALL EXCEPT 127.0.0.1\n",
                     "+ : " + name + " : ALL\n- : ALL : ALL\n",
                     "-:(wheel):ALL\n",
                     "garbage\n",
                     "+:ALL:ALL\n-:ALL:ALL\n",
                     "-:" + name + ":ssh\n"});
}

void access(Draft& draft) {
  mostly_pam(draft);
  const auto control = draft.pick({"required", "required", "required", "requisite", "sufficient", "optional"});
  const auto position = static_cast<std::ptrdiff_t>(draft.dice.below(draft.account_stack.size() + 1));
  auto path = draft.pick({"/etc/security/access.conf", "/etc/security/access.conf", "/etc/security/other.conf"});
  std::string line = fmt::format("account {} pam_access.so", control);
  if (path.ends_with("other.conf")) line += " accessfile=" + path;
  if (draft.dice.chance(10)) line += " nodefgroup";
  draft.account_stack.insert(draft.account_stack.begin() + position, line);
  draft.add_file(path, access_rules(draft));
  if (draft.dice.chance(5)) draft.before.pop_back();
}

void listfile(Draft& draft) {
  mostly_pam(draft);
  const auto item = draft.pick({"user", "user", "group", "rhost"});
  const auto content = item == "user"    ? draft.name
                       : item == "group" ? draft.pick({draft.groups[0].name, std::string("ssh-users")})
                                         : std::string("127.0.0.1");
  draft.account_stack.insert(draft.account_stack.begin(),
                             fmt::format("account {} pam_listfile.so item={} sense={} file=/etc/ssh/list onerr={}",
                                         draft.pick({"required", "required", "requisite"}), item,
                                         draft.pick({"allow", "deny"}), draft.pick({"fail", "succeed"})));
  if (draft.dice.chance(88)) {
    draft.add_file("/etc/ssh/list",
                   draft.pick({content + "\n", content, "bob\n" + content + "\n", std::string("bob\n")}),
                   draft.pick<mode_t>({0644, 0600, 0644, 0644, 0666}));
  }
}

// Long because each case is a stack of its own.
void other_stack(Draft& draft) {
  mostly_pam(draft);
  auto& stack = draft.account_stack;
  const auto first = stack.begin();
  switch (draft.dice.below(12)) {
    case 0:
      stack.insert(first, "account required pam_deny.so");
      break;
    case 1:
      stack.erase(first);
      break;
    case 2:
      stack.insert(first, draft.pick({"account sufficient pam_permit.so",
                                      "account [success=done default=ignore] pam_permit.so"}));
      break;
    case 3:
      stack = {"account required pam_permit.so"};
      break;
    case 4:
      stack.insert(first, draft.pick({"account required pam_succeed_if.so uid >= 1000 quiet",
                                      "account required pam_succeed_if.so user ingroup ssh-users",
                                      "account required pam_succeed_if.so user != alice",
                                      "account [success=1 default=ignore] pam_succeed_if.so quiet user ingroup users",
                                      "account requisite pam_succeed_if.so uid < 1000"}));
      if (draft.dice.chance(40)) draft.groups[2].members = draft.name;
      break;
    case 5:
      draft.common_account = "account required pam_unix.so no_pass_expiry\n";
      break;
    case 6:
      draft.common_account = draft.pick({"account required pam_unix.so\n", "account sufficient pam_unix.so\n",
                                         "account required pam_unix.so broken_shadow\naccount required pam_permit.so\n",
                                         "account sufficient pam_localuser.so\naccount required pam_unix.so\n",
                                         "account [default=bad success=ok user_unknown=ignore] pam_unix.so\n"});
      break;
    case 7:
      stack[1] = draft.pick(
          {"account include common-account", "account substack common-account", "account required pam_unix.so"});
      break;
    case 8:
      stack.push_back(draft.pick({"account optional pam_deny.so", "account required pam_deny.so",
                                  "account requisite pam_nologin.so", "-account required pam_none_here.so",
                                  "account required pam_none_here.so"}));
      break;
    case 9:
      stack = {"account required pam_nologin.so"};
      break;
    case 10:
      stack.insert(first, "account required pam_shells.so");
      break;
    default:
      stack.insert(first, "account sufficient pam_succeed_if.so user = " + draft.name);
  }
}

void no_file(Draft& draft) {
  mostly_pam(draft);
  draft.has_pam_file = false;
}

constexpr std::array twists = {
    Twist{"nologin", 8, nologin},           Twist{"pam_access", 9, access},     Twist{"pam_listfile", 6, listfile},
    Twist{"account stack", 9, other_stack}, Twist{"no pam.d/sshd", 1, no_file},
};

}  // namespace

std::span<const Twist> pam_twists() { return twists; }

}  // namespace sshaudit::differential
