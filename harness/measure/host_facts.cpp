// Reads /proc/cpuinfo, /proc/meminfo, sysfs and the cgroup's limits.
#include "harness/measure/host_facts.h"

#include <sched.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <thread>

#include "harness/measure/cgroup.h"

namespace assay {

namespace fs = std::filesystem;

namespace {

std::string first_line(const fs::path& path) {
  std::ifstream file(path);
  std::string line;
  std::getline(file, line);
  return line;
}

std::string trimmed(const std::string& text) {
  const auto first = text.find_first_not_of(" \t");
  return first == std::string::npos ? ""
                                    : text.substr(first, text.find_last_not_of(" \t") + 1 - first);
}

std::optional<double> number(const std::string& text) {
  try {
    return std::stod(text);
  } catch (const std::exception&) {
    return std::nullopt;
  }
}

std::optional<int> integer(const std::string& text) {
  try {
    return static_cast<int>(std::stol(text, nullptr, 0));  // Arm writes 0xd0c
  } catch (const std::exception&) {
    return std::nullopt;
  }
}

void read_cpuinfo(const fs::path& root, HostFacts& facts) {
  std::ifstream file(root / "proc/cpuinfo");
  for (std::string line; std::getline(file, line);) {
    const auto colon = line.find(':');
    if (colon == std::string::npos) continue;
    const std::string key = trimmed(line.substr(0, colon)), value = trimmed(line.substr(colon + 1));
    if (key == "model name" || key == "Model") facts.model_name = value;
    if (key == "vendor_id" || key == "CPU implementer") facts.vendor = value;
    if (key == "cpu family") facts.family = integer(value);
    if (key == "model") facts.model = integer(value);
    if (key == "CPU part") facts.part = integer(value);
    if (key == "cpu MHz") {
      if (const auto mhz = number(value); mhz && *mhz > 0) {
        facts.reported_clock_hz = std::max(facts.reported_clock_hz.value_or(0), *mhz * 1e6);
      }
    }
    if ((key == "flags" || key == "Features") && facts.flags.empty()) {
      std::istringstream words(value);
      for (std::string word; words >> word;) facts.flags.push_back(word);
    }
  }
  if (facts.model_name.empty()) facts.model_name = "unknown";
}

/// A core is a package and a number in it; without sysfs every logical processor counts as one.
int count_cores(const fs::path& root, const std::vector<int>& processors) {
  std::set<std::string> cores;
  for (int processor : processors) {
    const fs::path topology =
        root / "sys/devices/system/cpu" / ("cpu" + std::to_string(processor)) / "topology";
    const std::string core = first_line(topology / "core_id");
    cores.insert(core.empty() ? "cpu" + std::to_string(processor)
                              : first_line(topology / "physical_package_id") + ":" + core);
  }
  return static_cast<int>(cores.size());
}

std::int64_t parse_size(const std::string& text) {
  const std::int64_t value = static_cast<std::int64_t>(number(text).value_or(0));
  if (text.ends_with('K')) return value << 10;
  if (text.ends_with('M')) return value << 20;
  return value;
}

std::vector<HostCache> read_caches(const fs::path& root, const std::vector<int>& processors) {
  std::map<std::pair<int, std::string>, HostCache> caches;
  std::set<std::string> seen;  // an instance is told apart by its level, type and who shares it
  for (int processor : processors) {
    const fs::path folder =
        root / "sys/devices/system/cpu" / ("cpu" + std::to_string(processor)) / "cache";
    for (int index = 0; fs::exists(folder / ("index" + std::to_string(index))); ++index) {
      const fs::path cache = folder / ("index" + std::to_string(index));
      const int level = integer(first_line(cache / "level")).value_or(0);
      const std::string type = first_line(cache / "type");
      if (!seen.insert(std::to_string(level) + type + first_line(cache / "shared_cpu_list")).second)
        continue;
      HostCache& entry = caches[{level, type}];
      entry.level = level;
      entry.type = type;
      entry.bytes = std::max(entry.bytes, parse_size(first_line(cache / "size")));
      ++entry.instances;
    }
  }
  std::vector<HostCache> list;
  for (auto& [key, cache] : caches) list.push_back(cache);
  return list;
}

std::optional<double> read_max_clock(const fs::path& root, const std::vector<int>& processors) {
  std::optional<double> highest;
  for (int processor : processors) {
    const auto khz =
        number(first_line(root / "sys/devices/system/cpu" / ("cpu" + std::to_string(processor)) /
                          "cpufreq/cpuinfo_max_freq"));
    if (khz) highest = std::max(highest.value_or(0), *khz * 1e3);
  }
  return highest;
}

std::int64_t read_memory(const fs::path& root) {
  std::ifstream file(root / "proc/meminfo");
  std::string key, unit;
  std::int64_t kib = 0;
  while (file >> key >> kib >> unit) {
    if (key == "MemTotal:") return kib << 10;
  }
  return 0;
}

std::string isa_of(const HostFacts& facts) {
  if (facts.has_flag("avx512f")) return "avx512";
  if (facts.has_flag("avx2")) return "avx2";
  if (facts.has_flag("sse2")) return "sse2";
  if (facts.has_flag("sve")) return "sve";
  if (facts.has_flag("asimd")) return "neon";
  return "none known";
}

}  // namespace

bool HostFacts::has_flag(const std::string& flag) const {
  return std::find(flags.begin(), flags.end(), flag) != flags.end();
}

double HostFacts::usable_cores() const {
  return cpu_quota ? std::min<double>(cores, *cpu_quota) : cores;
}

std::int64_t HostFacts::last_level_cache_bytes() const {
  int level = 0;
  std::int64_t bytes = 0;
  for (const HostCache& cache : caches) {
    if (cache.type == "Instruction" || cache.level < level) continue;
    level = cache.level;
    bytes = cache.bytes * cache.instances;
  }
  return bytes;
}

HostFacts read_host_facts(const fs::path& root, std::vector<int> processors) {
  HostFacts facts;
  facts.processors = std::move(processors);
  read_cpuinfo(root, facts);
  facts.cores = count_cores(root, facts.processors);
  facts.caches = read_caches(root, facts.processors);
  facts.max_clock_hz = read_max_clock(root, facts.processors);
  facts.memory_bytes = read_memory(root);
  const CgroupLimits limits = read_cgroup_limits(root);
  facts.cpu_quota = limits.cpus;
  if (limits.memory_bytes) facts.memory_bytes = std::min(facts.memory_bytes, *limits.memory_bytes);
  facts.isa = isa_of(facts);
  return facts;
}

HostFacts read_host_facts() {
  cpu_set_t set;
  CPU_ZERO(&set);
  std::vector<int> processors;
  if (sched_getaffinity(0, sizeof set, &set) == 0) {
    for (int processor = 0; processor < CPU_SETSIZE; ++processor) {
      if (CPU_ISSET(processor, &set)) processors.push_back(processor);
    }
  }
  if (processors.empty()) {  // more processors than the set holds
    const int count = static_cast<int>(std::max(1u, std::thread::hardware_concurrency()));
    for (int processor = 0; processor < count; ++processor) processors.push_back(processor);
  }
  return read_host_facts("/", std::move(processors));
}

}  // namespace assay
