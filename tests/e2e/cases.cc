// SPDX-License-Identifier: MIT
#include "cases.h"

#include <sys/mount.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <system_error>

namespace sshaudit::e2e {
namespace {

using Json = nlohmann::json;

constexpr auto probe = "/opt/probe";
constexpr auto usual_shadow = "19700:0:99999:7:::";

void make_persons(Scene& scene) {
  scene.system.add_usual_home(scene.person);
  scene.write_keys(scene.own_line());
  scene.system.add_usual_person("bob", stranger_id);
  scene.system.add_group("class", class_group, {scene.person.name, "bob"});
}

void write_account(Scene& scene) {
  const auto& person = scene.person;
  if (person.uid == 0) return;  // every system has root
  scene.system.add_line("passwd", person.name + ":x:" + std::to_string(person.uid) + ":" + std::to_string(person.gid) +
                                      "::" + person.home + ":" + person.shell);
  if (scene.shadow_rest != "no entry") {
    scene.system.add_line("shadow", person.name + ":" + person.password + ":" +
                                        (scene.shadow_rest.empty() ? usual_shadow : scene.shadow_rest));
  }
  if (person.gid == alice_id) scene.system.add_group(person.name, person.gid, scene.members);
}

void collect_logs(const Json& findings, std::vector<std::string>& logs) {
  for (const auto& finding : findings) {
    const auto text = finding.value("sshd_logs", Json());
    if (text.is_string() && !text.get<std::string>().empty()) logs.push_back(text.get<std::string>());
  }
}

void collect_logs_of_report(const std::string& ndjson, std::vector<std::string>& logs) {
  for (std::size_t at = 0; at < ndjson.size();) {
    const auto end = std::min(ndjson.find('\n', at), ndjson.size());
    const auto json = Json::parse(ndjson.substr(at, end - at));
    collect_logs(json.value("findings", Json::array()), logs);
    at = end + 1;
  }
}

void audit(const Scene& scene, CaseResult& result) {
  std::vector<std::string> arguments = {"--format", "ndjson", scene.person.name};
  arguments.insert(arguments.end(), scene.audit_options.begin(), scene.audit_options.end());
  const auto run = run_sshaudit(arguments, [&] { enter_debian(scene.system, scene.mounts); });
  result.audit_error = run.err;
  result.audit = report_lines(run.out);
  collect_logs_of_report(run.out, result.sshd_logs);
}

std::string rules_in(const Json& step) {
  std::string rules;
  for (const auto& finding : step.value("findings", Json::array())) {
    rules += (rules.empty() ? "" : " ") + finding.at("rule").get<std::string>();
  }
  return rules;
}

void read_explanation(const std::string& text, CaseResult& result) {
  const auto json = Json::parse(text, nullptr, false);
  if (json.is_discarded() || !json.contains("logins") || json.at("logins").size() != 1) {
    result.explain.outcome = "no explanation";
    return;
  }
  const auto& login = json.at("logins").front();
  result.explain.outcome = login.at("outcome").get<std::string>();
  result.explain_text.clear();
  for (const auto& step : login.at("steps")) {
    const auto line = step.at("step").get<std::string>() + ' ' + step.at("result").get<std::string>();
    result.explain_text += line + " [" + rules_in(step) + "] " + step.at("text").dump(-1, ' ', true) + '\n';
    if (!step.value("decides", false)) continue;
    result.explain.step = step.at("step").get<std::string>();
    collect_logs(step.value("findings", Json::array()), result.sshd_logs);
  }
  for (const auto& step : login.at("steps")) {  // of all key files, when it is there that it is settled
    if (step.at("step") == result.explain.step) result.explain.rule += rules_in(step) + ' ';
  }
}

void explain(const Scene& scene, CaseResult& result) {
  const auto user = scene.login_name.empty() ? scene.person.name : scene.login_name;
  const auto key = scene.explained.empty() ? ClientKeys::file(scene.offered.back()) + ".pub" : scene.explained;
  std::vector<std::string> arguments = {"explain", user, "--key", key, "--from", client_address, "--format", "json"};
  arguments.insert(arguments.end(), scene.explain_options.begin(), scene.explain_options.end());
  const auto run = run_sshaudit(arguments, [&] { enter_debian(scene.system, scene.mounts); });
  result.explain_text = run.out + run.err;
  read_explanation(run.out, result);
}

LoginAttempt attempt_of(const Scene& scene) {
  LoginAttempt attempt{.user = scene.login_name.empty() ? scene.person.name : scene.login_name,
                       .client_options = scene.client_options};
  std::ranges::transform(scene.offered, std::back_inserter(attempt.keys), ClientKeys::file);
  return attempt;
}

// Once more, with a program in AuthorizedKeysCommand and in the PAM stack that tells that it is run.
void ask_around(Scene& scene, CaseResult& result) {
  scene.system.make_file(probe, "#!/bin/sh\n: >\"/var/probe-$1\"\n", root_owner, 0755);
  const auto stack = run_tool({"/bin/cat", scene.system.on_host("/etc/pam.d/sshd")});
  std::ofstream(scene.system.on_host("/etc/pam.d/sshd")) << "account optional pam_exec.so quiet " << probe << " pam\n"
                                                         << "session optional pam_exec.so quiet " << probe << " pam\n"
                                                         << stack;
  auto attempt = attempt_of(scene);
  attempt.sshd_options = {std::string("AuthorizedKeysCommand=") + probe + " keys", "AuthorizedKeysCommandUser=root"};
  const auto again = log_in(attempt, [&] { enter_debian(scene.system, scene.mounts); });
  if (again.came != result.login.came) result.asked = "it came otherwise: " + again.log;
  if (std::filesystem::exists(scene.system.on_host("/var/probe-keys"))) result.asked += "K";
  if (std::filesystem::exists(scene.system.on_host("/var/probe-pam"))) result.asked += "P";
}

}  // namespace

void mount_here(const std::string& source, const std::string& path, unsigned long flags, const std::string& options) {
  if (mount(source.c_str(), path.c_str(), "tmpfs", flags, options.c_str()) != 0) {
    throw std::system_error(errno, std::generic_category(), "mount " + path);
  }
}

Scene::~Scene() {
  for (const auto& step : undo) step();
}

void Scene::write_keys(const std::string& text) { write_keys(text, person.owner(), 0600); }

void Scene::write_keys(const std::string& text, Owner owner, mode_t mode) {
  system.remove(person.key_file());
  system.make_file(person.key_file(), text, owner, mode);
}

void Scene::move_keys_to(const std::string& path, Owner owner, mode_t mode) {
  std::vector<std::string> missing;
  for (auto parent = std::filesystem::path(path).parent_path();
       !std::filesystem::exists(system.on_host(parent.string())); parent = parent.parent_path()) {
    missing.push_back(parent.string());
  }
  for (auto directory = missing.rbegin(); directory != missing.rend(); ++directory) {
    system.make_directory(*directory, root_owner, 0755);
  }
  system.move(person.key_file(), path);
  system.change_owner(path, owner);
  system.change_mode(path, mode);
  settings += "AuthorizedKeysFile " + path + "\n";
}

void build(Scene& scene, const std::function<void(Scene&)>& make) {
  make_persons(scene);
  make(scene);
  write_account(scene);
  scene.system.write_databases();
  add_debian_etc(scene.system, scene.settings, scene.matches, scene.account_line);
}

CaseResult run_case(const Case& one) {
  const TemporaryDirectory directory;
  AuditedSystem system(directory.path());
  Scene scene{system, system.person("alice", alice_id)};
  build(scene, one.make);
  CaseResult result{.user = scene.person.name};
  audit(scene, result);
  explain(scene, result);
  result.login = log_in(attempt_of(scene), [&] { enter_debian(system, scene.mounts); });
  if (!one.asked.empty()) ask_around(scene, result);
  return result;
}

}  // namespace sshaudit::e2e
