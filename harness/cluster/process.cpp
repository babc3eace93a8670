// posix_spawn and poll: input, output and errors move at the same time, so that no pipe can fill
// up.
#include "harness/cluster/process.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>

#include "harness/core/error.h"

extern char** environ;

namespace assay::cluster {

namespace {

using Clock = std::chrono::steady_clock;

class Pipe {
 public:
  Pipe() {
    if (pipe2(ends_.data(), O_CLOEXEC) != 0)
      throw Error(fmt::format("cannot make a pipe: {}", std::strerror(errno)));
  }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;
  ~Pipe() {
    close_end(0);
    close_end(1);
  }
  int read_end() const { return ends_[0]; }
  int write_end() const { return ends_[1]; }
  void close_end(std::size_t which) {
    if (ends_[which] >= 0) ::close(ends_[which]);
    ends_[which] = -1;
  }

 private:
  std::array<int, 2> ends_ = {-1, -1};
};

pid_t spawn(const Program& program, const Pipe& in, const Pipe& out, const Pipe& err) {
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, in.read_end(), STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions, out.write_end(), STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions, err.write_end(), STDERR_FILENO);
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP);
  std::vector<char*> words;
  for (const std::string& word : program.words) words.push_back(const_cast<char*>(word.c_str()));
  words.push_back(nullptr);
  pid_t child = 0;
  const int problem = posix_spawnp(&child, words[0], &actions, &attributes, words.data(), environ);
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&actions);
  if (problem == ENOENT)
    throw Error(fmt::format("{} was not found in PATH", program.words.front()), ExitCode::missing);
  if (problem != 0)
    throw Error(fmt::format("cannot start {}: {}", program.words.front(), std::strerror(problem)));
  return child;
}

/// Appends what is there; closes the pipe at its end.
void read_some(Pipe& pipe, std::string& text) {
  std::array<char, 65536> buffer;
  const ssize_t count = ::read(pipe.read_end(), buffer.data(), buffer.size());
  if (count > 0) text.append(buffer.data(), static_cast<std::size_t>(count));
  if (count == 0 || (count < 0 && errno != EINTR)) pipe.close_end(0);
}

void write_some(Pipe& pipe, const std::string& text, std::size_t& written) {
  const ssize_t count = ::write(pipe.write_end(), text.data() + written, text.size() - written);
  if (count > 0) written += static_cast<std::size_t>(count);
  if (written == text.size() || (count < 0 && errno != EINTR && errno != EAGAIN)) pipe.close_end(1);
}

int code_of(int status) {
  return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

enum class End { closed, timed_out, stopped };

constexpr double kLook_ms = 100;  // how soon a stop is seen

/// Moves input and outputs until both outputs have ended, or the time is up, or it is stopped.
End transfer(const Program& program, Pipe& in, Pipe& out, Pipe& err, Ended& ended) {
  const auto deadline = Clock::now() + std::chrono::duration<double>(program.timeout_s);
  std::size_t written = 0;
  if (program.input.empty()) in.close_end(1);
  fcntl(in.write_end(), F_SETFL, O_NONBLOCK);
  while (out.read_end() >= 0 || err.read_end() >= 0) {
    const std::chrono::duration<double, std::milli> left = deadline - Clock::now();
    if (left.count() <= 0) return End::timed_out;
    if (program.stop != nullptr && *program.stop) return End::stopped;
    pollfd polled[] = {
        {out.read_end(), POLLIN, 0}, {err.read_end(), POLLIN, 0}, {in.write_end(), POLLOUT, 0}};
    const double wait_ms =
        program.stop == nullptr ? left.count() : std::min(left.count(), kLook_ms);
    if (poll(polled, 3, static_cast<int>(wait_ms) + 1) <= 0) continue;
    if (polled[0].revents) read_some(out, ended.out);
    if (polled[1].revents) read_some(err, ended.err);
    if (polled[2].revents) write_some(in, program.input, written);
  }
  return End::closed;
}

}  // namespace

Ended run_program(const Program& program) {
  Pipe in, out, err;
  std::signal(SIGPIPE, SIG_IGN);  // a program that does not read its input is no reason to end
  const pid_t child = spawn(program, in, out, err);
  in.close_end(0);
  out.close_end(1);
  err.close_end(1);
  Ended ended;
  const End end = transfer(program, in, out, err, ended);
  ended.timed_out = end == End::timed_out;
  ended.stopped = end == End::stopped;
  if (end != End::closed) kill(-child, SIGKILL);  // its helpers too, which hold its outputs
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  ended.code = code_of(status);
  return ended;
}

}  // namespace assay::cluster
