// SPDX-License-Identifier: MIT
// Account stacks at random, read and run through by us and by the libpam of this host: SSHAUDIT_PAM_CASES says how
// many, SSHAUDIT_PAM_SEED which.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <security/pam_appl.h>
#include <sys/stat.h>

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <map>
#include <random>

#include "gather/scratch_directory.h"
#include "parse/pam_service.h"
#include "rules/pam_modules.h"

// libpam itself forgets memory over some of the faulty stacks; LeakSanitizer asks for this name.
extern "C" const char* __lsan_default_suppressions() { return "leak:libpam.so"; }

namespace sshaudit {
namespace {

namespace fs = std::filesystem;

unsigned setting(const char* name, unsigned otherwise) {
  const char* const value = std::getenv(name);
  return value == nullptr ? otherwise : static_cast<unsigned>(std::stoul(value));
}

int say_nothing(int, const pam_message**, pam_response**, void*) { return PAM_CONV_ERR; }

// What libpam returns; 26 (PAM_ABORT) when it does not even start.
int ask_libpam(const std::string& directory) {
  const pam_conv conversation{say_nothing, nullptr};
  pam_handle_t* handle = nullptr;
  if (pam_start_confdir("sshd", "root", &conversation, directory.c_str(), &handle) != PAM_SUCCESS) return PAM_ABORT;
  const int code = pam_acct_mgmt(handle, PAM_SILENT);
  pam_end(handle, code);
  return code;
}

class Generator {
 public:
  Generator(unsigned seed, std::string directory) : random_(seed), directory_(std::move(directory)) {}

  // By name below the directory; "sshd" and "other" are services, the rest is included.
  std::map<std::string, std::string> files() {
    std::map<std::string, std::string> result;
    for (const std::string name : {"sshd", "other", "a", "b", "c"}) {
      level_ = name == "sshd" || name == "other" ? 0 : static_cast<int>(name[0] - 'a') + 1;
      if (!(level_ == 0 && one_in(8))) result[name] = file();
    }
    return result;
  }

 private:
  unsigned below(unsigned limit) { return std::uniform_int_distribution<unsigned>(0, limit - 1)(random_); }
  bool one_in(unsigned chances) { return below(chances) == 0; }
  template <class T>
  const T& any(const std::vector<T>& from) {
    return from[below(static_cast<unsigned>(from.size()))];
  }

  std::string code() { return std::string(pam_code_name(static_cast<PamCode>(below(pam_code_count - 1)))); }
  std::string blank() { return any<std::string>({" ", "\t", "  ", " \\\n ", " \\\n# a comment\n\n"}); }

  std::string action() {
    if (one_in(3)) return std::to_string(1 + below(4));
    return any<std::string>({"ok", "done", "bad", "die", "ignore", "reset"});
  }

  std::string control() {
    if (one_in(2)) return any<std::string>({"required", "requisite", "sufficient", "optional", "Required"});
    if (one_in(30))
      return any<std::string>({"[]", "[success=0]", "[nonsense=ok]", "[success]", "maybe", "[success=ok,x=y]"});
    std::string pairs = "[";
    for (auto left = 1 + below(3); left > 0; --left)
      pairs += any<std::string>({code(), "success", "auth_err"}) + "=" + action() + " ";
    return pairs + (one_in(2) ? "default=" + action() : "") + (one_in(5) ? " ]" : "]");
  }

  std::string module() {
    if (one_in(6))
      return any<std::string>({"pam_permit.so", "pam_deny.so", "pam_nowhere.so", "pam_limits.so", "pam_warn.so"});
    const auto said =
        any<std::string>({"success", "success", "success", "auth_err", "ignore", "new_authtok_reqd", code()});
    return "pam_debug.so" + blank() + "acct=" + said;
  }

  std::string included() {
    if (one_in(12)) return directory_ + "/nowhere";
    return directory_ + "/" + any<std::string>({"a", "b", "c"});
  }

  // Of an "@include" that fails in a file which is itself included for one type, libpam leaves the actions undefined.
  std::string line() {
    const auto type = any<std::string>({"account", "account", "account", "Account", "-account", "auth", "session"});
    if (one_in(5) && level_ < 3) {
      const auto deeper =
          directory_ + "/" +
          std::string(1, static_cast<char>('a' + level_ + static_cast<int>(below(static_cast<unsigned>(3 - level_)))));
      const auto name = one_in(10) ? included() : deeper;
      if (name == deeper || name.ends_with("nowhere"))
        return level_ == 0 && one_in(5) ? "@include " + name
                                        : type + blank() + any<std::string>({"include ", "substack "}) + name;
    }
    if (one_in(60))
      return any<std::string>(
          {"nonsense", "account", "account required", "account optional", "what required pam_permit.so"});
    return type + blank() + control() + blank() + module() + (one_in(8) ? " # and more" : "");
  }

  std::string file() {
    std::string text;
    for (auto left = below(level_ == 0 ? 7 : 5); left > 0; --left) text += (one_in(9) ? "\n# " : "") + line() + "\n";
    if (one_in(100)) text += "account required \\";
    return text;
  }

  std::mt19937 random_;
  std::string directory_;
  int level_ = 0;
};

PamText read_text(const std::string& path) {
  if (!fs::exists(path)) return {ENOENT, path, {}};
  std::ifstream file(path);
  return {0, path, {std::istreambuf_iterator<char>(file), {}}};
}

// Services of this directory stand for those of /etc/pam.d; included files have absolute names.
PamStack read_stack(const std::string& directory) {
  PamSources sources;
  sources.directories = {"/etc/pam.d"};
  sources.is_debian = fs::exists("/etc/debian_version");
  sources.open = [&](const std::string& path) {
    const std::string start = "/etc/pam.d/";
    return read_text(path.starts_with(start) ? directory + "/" + path.substr(start.size()) : path);
  };
  return read_pam_stack("sshd", sources);
}

PamOutcomes predict(PamStack stack) {
  static const UserDatabase database;
  static const AccountIndex index(database);
  const AccountEvidence evidence;
  const Context context{index, facts_of({})};
  if (!stack.fault.empty()) return {only(PamCode::abort), {}};
  std::vector<PamCodes> answers;
  for (auto& entry : stack.account) {
    entry.is_missing = entry.module == "pam_nowhere.so";
    answers.push_back(answer_of(entry, question_about(evidence, context, 0)).possible);
  }
  return run_through(stack.account, answers);
}

TEST(PamStackAgainstLibpam, GeneratedStacksComeToTheSame) {
  const auto cases = setting("SSHAUDIT_PAM_CASES", 3000);
  const auto first = setting("SSHAUDIT_PAM_SEED", 1);
  std::map<int, unsigned> seen;
  for (auto seed = first; seed < first + cases; ++seed) {
    const ScratchDirectory directory;
    const auto files = Generator(seed, directory.path()).files();
    std::string text;
    for (const auto& [name, content] : files) {
      std::ofstream(directory.path(name)) << content;
      text += "== " + name + "\n" + content;
    }
    const auto predicted = predict(read_stack(directory.path()));
    const int actual = ask_libpam(directory.path());
    ++seen[actual];
    ASSERT_EQ(predicted.codes, only(static_cast<PamCode>(actual)))
        << "seed " << seed << ", libpam says " << actual << "\n"
        << text;
  }
  // The generator would be of no use if nearly everything came to the same.
  EXPECT_GT(seen.size(), 10U);
  EXPECT_GT(seen[PAM_SUCCESS], cases / 10);
  std::string counts;
  for (const auto& [code, times] : seen)
    counts += fmt::format(" {}={}", pam_code_name(static_cast<PamCode>(code)), times);
  std::cout << cases << " stacks:" << counts << '\n';
}

// Where modules may answer this or that, what libpam says for each is among the outcomes, and nothing else is.
TEST(PamStackAgainstLibpam, SetsOfAnswersComeToAllOutcomes) {
  const auto first = setting("SSHAUDIT_PAM_SEED", 1);
  for (auto seed = first; seed < first + setting("SSHAUDIT_PAM_CASES", 3000) / 10; ++seed) {
    const ScratchDirectory directory;
    for (const auto& [name, content] : Generator(seed, directory.path()).files())
      std::ofstream(directory.path(name)) << content;
    const auto stack = read_stack(directory.path());
    if (!stack.fault.empty() || stack.account.empty()) continue;
    std::mt19937 random(seed);
    std::vector<PamCodes> sets(stack.account.size());
    for (auto& set : sets) set.set(random() % 30).set(random() % 30);
    PamCodes expected;
    std::vector<PamCodes> chosen(sets.size());
    for (unsigned way = 0; way < (1U << std::min<std::size_t>(sets.size(), 10)); ++way) {
      for (std::size_t at = 0; at < sets.size(); ++at) {
        chosen[at] = sets[at];
        if (at >= 10) continue;
        const bool wants_last = (way >> at & 1U) != 0;
        const std::size_t low = sets[at]._Find_first();
        const std::size_t high = sets[at]._Find_next(low);
        chosen[at].reset().set(wants_last && high < pam_code_count ? high : low);
      }
      expected |= run_through(stack.account, chosen).codes;
    }
    ASSERT_EQ(run_through(stack.account, sets).codes, expected) << "seed " << seed;
  }
}

}  // namespace
}  // namespace sshaudit
