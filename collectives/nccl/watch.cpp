// NCCL's environment, its report by communicator, and its choices by operation.
#include "collectives/nccl/watch.h"

#include <algorithm>
#include <atomic>
#include <cctype>
#include <cstdlib>
#include <fstream>
#include <iterator>

#include "collectives/nccl/transport_seen.h"

namespace assay::nccl {

namespace {

std::mutex listeners_mutex;
int listeners = 0;

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

/// NCCL takes %h and %p in a file's name for the host and the process, and %% for a percent sign.
std::string without_patterns(const std::string& path) {
  std::string plain;
  for (const char c : path) plain += c == '%' ? "%%" : std::string(1, c);
  return plain;
}

/// Sends and receives have no algorithm, and NCCL makes an all-to-all of them.
bool is_of_sends(const std::string& function) {
  return function == "Send" || function == "Recv" || function == "AlltoAll";
}

void set_or_unset(const char* variable, const std::string& value) {
  if (value.empty()) {
    unsetenv(variable);
  } else {
    setenv(variable, value.c_str(), 1);
  }
}

}  // namespace

Watch::Watch(const std::filesystem::path& report) : path_(std::filesystem::absolute(report)) {
  std::error_code absent;
  std::filesystem::remove(path_, absent);  // an earlier run's
  setenv("NCCL_DEBUG", "INFO", 1);
  setenv("NCCL_DEBUG_SUBSYS", "INIT,GRAPH,NET", 1);
  setenv("NCCL_DEBUG_FILE", without_patterns(path_.string()).c_str(), 1);
  setenv("NCCL_PROFILER_PLUGIN", "STATIC_PLUGIN", 1);
  // Rings and trees are connected when the communicator is made, so that the report is whole then.
  setenv("NCCL_RUNTIME_CONNECT", "0", 1);
}

void Watch::force(const std::string& algorithm, const std::string& protocol) {
  set_or_unset("NCCL_ALGO", algorithm);
  set_or_unset("NCCL_PROTO", protocol);
}

void Watch::begins(const std::string& id) {
  const std::lock_guard lock(mutex_);
  for (const auto& [begun, at] : begun_) {
    if (begun == id) return;
  }
  std::error_code absent;  // NCCL makes the file when it first writes
  const std::uintmax_t size = std::filesystem::file_size(path_, absent);
  begun_.emplace_back(id, absent ? 0 : size);
}

/// From where its first rank began to where the next communicator's did.
Report Watch::report_of(const std::string& id) const {
  std::ifstream file(path_, std::ios::binary);
  const std::string all{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  for (std::size_t i = 0; i < begun_.size(); ++i) {
    if (begun_[i].first != id) continue;
    const std::size_t begin = std::min<std::size_t>(begun_[i].second, all.size());
    const std::size_t end = i + 1 < begun_.size()
                                ? std::min<std::size_t>(begun_[i + 1].second, all.size())
                                : all.size();
    return parse_report(std::string_view(all).substr(0, end), begin);
  }
  return {};
}

void Watch::take_choices() {
  for (profiler::Choice& choice : profiler::take()) {
    const OperationKey asked{choice.function, choice.datatype, choice.count};
    choices_[{choice.rank, asked}] = std::move(choice);
  }
}

ObservedTransport Watch::observed(const std::string& id, int rank, const OperationKey& asked) {
  const std::lock_guard lock(mutex_);
  take_choices();
  ObservedTransport observed;
  std::string algorithm;
  int channels = 0;
  if (const auto choice = choices_.find({rank, asked}); choice != choices_.end()) {
    algorithm = choice->second.algorithm;
    channels = choice->second.channels;
    observed.algorithm = lower(algorithm);
    observed.protocol = lower(choice->second.protocol);
  }
  if (algorithm.empty() && is_of_sends(asked.function)) algorithm = kSendReceive;
  Report report = report_of(id);
  TransportSeen seen = transport_seen(report, algorithm);
  observed.kind = std::move(seen.kind);
  observed.nics = std::move(seen.nics);
  observed.degraded = std::move(seen.degraded);
  observed.warnings = std::move(report.warnings);
  if (!seen.why.empty()) observed.warnings.push_back(std::move(seen.why));
  observed.channels = channels > 0 ? channels : seen.channels;
  return observed;
}

Listening::Listening() {
  const std::lock_guard lock(listeners_mutex);
  if (listeners++ == 0) profiler::start();
}

Listening::~Listening() {
  const std::lock_guard lock(listeners_mutex);
  if (--listeners == 0) profiler::stop();
}

}  // namespace assay::nccl
