// fork and exec, with output to files: no pipe that a quiet test would let fill up.
#include "tests/cli/process.h"

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <thread>

namespace assay::test {

namespace {

constexpr int kExecFailed = 127;

std::string slurp_and_remove(const std::filesystem::path& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  std::filesystem::remove(path);
  return text.str();
}

/// An empty file outside the folder under test; `path` is what it is called.
int new_output(std::filesystem::path& path) {
  std::string name = (std::filesystem::temp_directory_path() / "assay-output-XXXXXX").string();
  const int descriptor = mkostemp(name.data(), O_CLOEXEC);
  if (descriptor < 0) throw std::runtime_error("no file for a child's output: " + name);
  path = name;
  return descriptor;
}

void keep_to_one_core() {
  cpu_set_t allowed;
  if (sched_getaffinity(0, sizeof allowed, &allowed) != 0) return;
  int chosen = static_cast<int>(getpid()) % CPU_COUNT(&allowed);  // tests side by side spread out
  for (int core = 0; core < CPU_SETSIZE; ++core) {
    if (!CPU_ISSET(core, &allowed) || chosen-- > 0) continue;
    CPU_ZERO(&allowed);
    CPU_SET(core, &allowed);
    sched_setaffinity(0, sizeof allowed, &allowed);
    return;
  }
}

[[noreturn]] void become(const Launch& launch, int executable, int out, int err) {
  for (const int number : {SIGINT, SIGTERM, SIGHUP, SIGUSR1, SIGUSR2, SIGPIPE})
    signal(number, SIG_DFL);
  dup2(out, STDOUT_FILENO);
  dup2(err, STDERR_FILENO);
  dup2(open("/dev/null", O_RDONLY), STDIN_FILENO);
  if (!launch.folder.empty() && chdir(launch.folder.c_str()) != 0) _exit(kExecFailed);
  setenv("ASAN_OPTIONS", "report_globals=0:detect_leaks=0", 0);
  for (const auto& [name, value] : launch.environment) setenv(name.c_str(), value.c_str(), 1);
  if (launch.one_core) keep_to_one_core();
  if (launch.in_child) launch.in_child();
  std::vector<std::string> words = {launch.executable.string()};
  words.insert(words.end(), launch.words.begin(), launch.words.end());
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  fexecve(executable, arguments.data(), environ);  // by descriptor: another user may run it too
  _exit(kExecFailed);
}

}  // namespace

double now_s() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

void sleep_s(double seconds) {
  std::this_thread::sleep_for(std::chrono::duration<double>(seconds));
}

void sanitize_children_in_full() { setenv("ASAN_OPTIONS", "", 1); }

Process::Process(const Launch& launch) : started_(now_s()) {
  const int executable = open(launch.executable.c_str(), O_RDONLY | O_CLOEXEC);
  if (executable < 0) throw std::runtime_error("no executable " + launch.executable.string());
  const int out = new_output(out_);
  const int err = new_output(err_);
  pid_ = fork();
  if (pid_ == 0) become(launch, executable, out, err);
  for (const int descriptor : {executable, out, err}) close(descriptor);
  if (pid_ < 0) throw std::runtime_error("fork failed");
}

Process::~Process() {
  if (ended_) return;
  send(SIGKILL);
  wait();
}

void Process::send(int signal) const {
  if (!ended_) kill(pid_, signal);
}

void Process::reap(int status) {
  ended_ = true;
  if (WIFEXITED(status)) outcome_.exit_code = WEXITSTATUS(status);
  if (WIFSIGNALED(status)) outcome_.signal = WTERMSIG(status);
  outcome_.seconds = now_s() - started_;
  outcome_.out = slurp_and_remove(out_);
  outcome_.err = slurp_and_remove(err_);
}

bool Process::running() {
  int status = 0;
  if (!ended_ && waitpid(pid_, &status, WNOHANG) == pid_) reap(status);
  return !ended_;
}

Outcome Process::wait(double limit_s) {
  const double deadline = now_s() + limit_s;
  while (running()) {
    if (now_s() > deadline) {
      kill(pid_, SIGKILL);
      int status = 0;
      waitpid(pid_, &status, 0);
      reap(status);
      throw std::runtime_error("a child did not end in time; stderr: " + outcome_.err);
    }
    sleep_s(0.002);
  }
  return outcome_;
}

pid_t worker_of(const Process& run) {
  const std::string pid = std::to_string(run.pid());
  std::ifstream children("/proc/" + pid + "/task/" + pid + "/children");
  pid_t worker = 0;
  children >> worker;
  return worker;
}

Outcome run_process(const Launch& launch) { return Process(launch).wait(); }

}  // namespace assay::test
