// The most memory that a step takes, found in a process of its own.
#pragma once

#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <functional>
#include <stdexcept>
#include <string>

namespace assay::test {

/// A line of /proc/self/status, in bytes.
inline double status_bytes(const std::string& wanted) {
  std::ifstream file("/proc/self/status");
  for (std::string line; std::getline(file, line);)
    if (line.starts_with(wanted + ":")) return std::stod(line.substr(wanted.size() + 1)) * 1024;
  return 0;
}

/// The most that a fresh process has resident during `step`, above what it had after `warm_up`,
/// which starts threads and libraries. Throws what either throws there, by its message.
inline double peak_bytes(const std::function<void()>& warm_up, const std::function<void()>& step) {
  int channel[2];
  if (pipe(channel) != 0) throw std::runtime_error("no pipe");
  const pid_t child = fork();
  if (child == 0) {
    std::string answer;
    try {
      warm_up();
      const double before = status_bytes("VmRSS");
      std::ofstream("/proc/self/clear_refs") << "5";  // VmHWM begins anew
      step();
      answer = std::to_string(status_bytes("VmHWM") - before);
    } catch (const std::exception& error) {
      answer = error.what();
    }
    const bool told = write(channel[1], answer.data(), answer.size()) >= 0;
    _exit(told ? 0 : 1);
  }
  close(channel[1]);
  char text[512] = {};
  const ssize_t heard = read(channel[0], text, sizeof text - 1);
  close(channel[0]);
  waitpid(child, nullptr, 0);
  char* end = text;
  const double peak = std::strtod(text, &end);
  if (heard <= 0 || *end != '\0') throw std::runtime_error(std::string("the child: ") + text);
  return peak;
}

}  // namespace assay::test
