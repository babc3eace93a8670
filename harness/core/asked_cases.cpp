// Expands a profile's lines, merges those that name one group, and refuses what cannot exist.
#include "harness/core/asked_cases.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "harness/core/case_work.h"
#include "harness/core/dtype.h"
#include "harness/core/error.h"
#include "harness/core/message.h"
#include "harness/core/workload.h"
#include "harness/core/workload_series.h"

namespace assay {

namespace {

constexpr std::int64_t kCopyGranule = 16;  // bytes; what one lane of a copy kernel moves at once

SamplingRule stricter(const SamplingRule& a, const SamplingRule& b) {
  return {std::max(a.min_samples, b.min_samples),
          std::max(a.min_time_s, b.min_time_s),
          std::max(a.max_time_s, b.max_time_s),
          std::min(a.rel_stdev, b.rel_stdev),
          std::max(a.passes, b.passes),
          std::min(a.max_relative_interval, b.max_relative_interval),
          std::min(a.contention_limit, b.contention_limit)};
}

/// `8.9` as {8, 9}.
std::pair<int, int> parts_of(const std::string& compute_capability) {
  const std::size_t dot = compute_capability.find('.');
  return {std::atoi(compute_capability.c_str()),
          dot == std::string::npos ? 0 : std::atoi(compute_capability.c_str() + dot + 1)};
}

bool is_among(const std::string& compute_capability, const std::vector<std::string>& wanted) {
  return wanted.empty() || compute_capability.empty() ||
         std::find(wanted.begin(), wanted.end(), compute_capability) != wanted.end();
}

/// The groups of one world, each once, in the order in which the profile names them.
class Expansion {
 public:
  Expansion(const Profile& profile, const AskedWorld& world,
            const std::vector<Implemented>& implemented)
      : profile_(profile), world_(world), implemented_(implemented) {}

  void add(const ProfileCases& line) {
    if (line.backend != world_.backend) return;
    if (!is_capable(world_.compute_capability, line.min_compute_capability)) return;
    if (!is_among(world_.compute_capability, line.compute_capabilities)) return;
    for (const std::string& dtype : line.dtypes)
      for (const Shape& shape : line.shapes)
        for (const Series series : line.series_or_cold()) add(line, dtype, shape, series);
  }
  std::vector<AskedGroup> take() { return std::move(groups_); }

 private:
  void add(const ProfileCases& line, const std::string& dtype, const Shape& shape, Series series) {
    AskedGroup group{line.workload, dtype, shape, series, Reach::each_device, {}};
    group.sampling = line.sampling.value_or(profile_.sampling);
    group.implementations =
        line.implementations.empty() ? all_implementations(line, dtype) : line.implementations;
    switch (span_of(line.workload)) {
      case Span::device:
        if (line.scope == "node") group.reach = Reach::devices_at_once;
        if (line.scope != "node" || world_.devices > 1) merge(std::move(group));
        break;
      case Span::between_devices:
        group.reach = Reach::between_devices;
        if (world_.devices > 1) merge(std::move(group));
        break;
      case Span::between_ranks:
        group.reach = Reach::between_ranks;
        add_for_ranks(std::move(group), world_.ranks);
        break;
      case Span::rank_pairs:
        group.reach = Reach::rank_pairs;
        group.series = Series::hot;  // a few exchanges on one buffer
        if (!world_.ranks.empty() && world_.ranks.front() != 1)
          add_for_ranks(std::move(group), {world_.ranks.front() == kAnyRanks ? kAnyRanks : 2});
        break;
    }
  }

  void add_for_ranks(AskedGroup group, const std::vector<int>& sizes) {
    const Shape asked = group.shape;
    for (const int ranks : sizes) {
      if (ranks == 1) continue;
      group.shape = asked;
      if (ranks != kAnyRanks) group.shape.add("ranks", ranks);
      merge(group);
    }
  }

  std::vector<std::string> all_implementations(const ProfileCases& line,
                                               const std::string& dtype) const {
    std::vector<std::string> names;
    for (const Implemented& one : implemented_)
      if (one.workload == line.workload && one.dtype == dtype && one.backend == line.backend &&
          !one.on_request)
        names.push_back(one.name);
    return names;
  }

  void merge(AskedGroup group) {
    const auto same = std::find_if(groups_.begin(), groups_.end(), [&](const AskedGroup& known) {
      return known.shape == group.shape && known.series == group.series &&
             known.reach == group.reach && known.dtype == group.dtype &&
             known.workload == group.workload;
    });
    if (same == groups_.end()) {
      groups_.push_back(std::move(group));
      return;
    }
    same->sampling = stricter(same->sampling, group.sampling);
    for (const std::string& name : group.implementations) {
      auto& names = same->implementations;
      if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
    }
  }

  const Profile& profile_;
  const AskedWorld& world_;
  const std::vector<Implemented>& implemented_;
  std::vector<AskedGroup> groups_;
};

bool has_empty_side(const Shape& shape) {
  return std::any_of(shape.entries().begin(), shape.entries().end(),
                     [](const auto& entry) { return entry.value.value_or(1) < 1; });
}

/// The shape of a product or of attention: every key that its work follows from.
void refuse_shape(const ProfileCases& line, const std::string& dtype, const Shape& shape) {
  if (line.workload != "gemm" && !line.workload.starts_with("attention_")) return;
  if (work_of({line.workload, dtype, "", shape}) && !has_empty_side(shape)) return;
  throw Error(fmt::format("{} has no shape {}: see the shape keys in results-schema/README.md",
                          line.workload, shape.str()));
}

/// The shape of a workload between devices or ranks, and of any other that is bytes alone.
void refuse_size(const ProfileCases& line, const std::string& dtype, const Shape& shape) {
  const Span span = span_of(line.workload);
  const bool is_bytes = shape.entries().size() == 1 && shape.entries()[0].key == "bytes" &&
                        shape.entries()[0].value.has_value();
  if (!is_bytes && span == Span::device) return;
  const std::int64_t unit = span == Span::between_devices
                                ? kCopyGranule
                                : static_cast<std::int64_t>(size_of(*dtype_named(dtype)));
  if (is_bytes && shape.at("bytes") > 0 && shape.at("bytes") % unit == 0) return;
  throw Error(fmt::format("{} in {} at {}: its shape is bytes alone, a positive multiple of {}{}",
                          line.workload, dtype, shape.str(), unit,
                          spans_ranks(line.workload) ? "; the ranks are those that run" : ""));
}

/// Pairs are of one series, whichever the line says.
void refuse_series(const ProfileCases& line) {
  if (span_of(line.workload) != Span::device) return;
  for (const Series series : line.series)
    if (!has_series(line.workload, series))
      throw Error(fmt::format("{} has no series {}", line.workload, name(series)));
}

/// Only of backends that the executable has implementations for.
void refuse_implementations(const ProfileCases& line, const std::string& dtype,
                            const std::vector<Implemented>& implemented) {
  std::vector<std::string> names;
  bool has_backend = false;
  for (const Implemented& one : implemented) {
    if (one.backend != line.backend) continue;
    has_backend = true;
    if (one.workload == line.workload && one.dtype == dtype) names.push_back(one.name);
  }
  if (!has_backend) return;
  if (names.empty())
    throw Error(
        fmt::format("nothing here implements {} in {} on {}: `assay list` shows what there is",
                    line.workload, dtype, line.backend));
  for (const std::string& name : line.implementations)
    if (std::find(names.begin(), names.end(), name) == names.end())
      throw Error(fmt::format("{} in {} on {} has no implementation {}; there are {}",
                              line.workload, dtype, line.backend, in_quotes(name),
                              fmt::join(names, ", ")));
}

void refuse_second_pair(const Profile& profile) {
  std::vector<std::string> backends;
  for (const ProfileCases& line : profile.cases) {
    if (span_of(line.workload) != Span::rank_pairs) continue;
    const bool again = std::find(backends.begin(), backends.end(), line.backend) != backends.end();
    if (again || line.dtypes.size() * line.shapes.size() > 1)
      throw Error(
          fmt::format("profile {}: it asks for pairs at two sizes or in two dtypes on {}: "
                      "one is what is compared",
                      profile.name, line.backend));
    backends.push_back(line.backend);
  }
}

[[noreturn]] void refuse_nothing_asked(const Profile& profile, const std::string& backend) {
  bool has_backend = false;
  for (const ProfileCases& line : profile.cases) has_backend |= line.backend == backend;
  if (!has_backend)
    throw Error(fmt::format("profile {} has no case for {}", profile.name, backend));
  if (asks_between_ranks(profile, backend))
    throw Error(fmt::format(
        "profile {} measures what is between ranks and this is one process: start one a node with "
        "--rendezvous HOST:PORT --rank R --world-size N --token-file FILE, or {}",
        profile.name,
        backend == "cuda" ? "one on a machine with two GPUs or more, each of which is a rank"
                          : "several on this machine with --local-ranks N"));
  throw Error(
      fmt::format("profile {} measures what is between devices and there is one", profile.name));
}

}  // namespace

std::string least_compute_capability(const std::vector<DeviceFacts>& devices) {
  std::string least;
  for (const DeviceFacts& device : devices) {
    if (!device.compute_capability) return "";
    if (least.empty() || !is_capable(*device.compute_capability, least))
      least = *device.compute_capability;
  }
  return least;
}

bool is_capable(const std::string& compute_capability, const std::string& least) {
  return compute_capability.empty() || parts_of(compute_capability) >= parts_of(least);
}

CaseId AskedGroup::id(const std::string& implementation) const {
  return {workload, dtype, implementation, shape};
}

std::string AskedGroup::name() const {
  return fmt::format("{}{}{}", id("").group(),
                     series == Series::cold ? "" : fmt::format(" ({})", assay::name(series)),
                     reach == Reach::devices_at_once ? " on all devices at once" : "");
}

std::vector<AskedGroup> asked_cases(const Profile& profile, const AskedWorld& world,
                                    const std::vector<Implemented>& implemented) {
  Expansion expansion(profile, world, implemented);
  for (const ProfileCases& line : profile.cases) expansion.add(line);
  return expansion.take();
}

std::vector<AskedGroup> asked_of_run(const Profile& profile, const AskedWorld& world,
                                     const std::vector<Implemented>& implemented,
                                     const std::string& filter) {
  const CaseIdFilter id_filter(filter);
  std::vector<AskedGroup> groups = asked_cases(profile, world, implemented);
  if (groups.empty()) refuse_nothing_asked(profile, world.backend);
  for (AskedGroup& group : groups)
    std::erase_if(group.implementations,
                  [&](const std::string& name) { return !id_filter.takes(group.id(name)); });
  std::erase_if(groups, [](const AskedGroup& group) { return group.implementations.empty(); });
  if (groups.empty())
    throw Error(
        fmt::format("--filter '{}' matches no case of profile {} on {}: `assay list "
                    "--profile {}` shows them",
                    filter, profile.name, world.backend, profile.name));
  return groups;
}

void refuse_unknown_cases(const Profile& profile, const std::vector<Implemented>& implemented) {
  refuse_second_pair(profile);
  for (std::size_t i = 0; i < profile.cases.size(); ++i) {
    const ProfileCases& line = profile.cases[i];
    try {
      refuse_series(line);
      for (const std::string& dtype : line.dtypes) {
        for (const Shape& shape : line.shapes) {
          refuse_shape(line, dtype, shape);
          refuse_size(line, dtype, shape);
        }
        refuse_implementations(line, dtype, implemented);
      }
    } catch (const Error& error) {
      throw Error(fmt::format("profile {}: /cases/{}: {}", profile.name, i, error.what()));
    }
  }
}

bool is_for(const Profile& profile, const std::string& backend) {
  const auto& backends = profile.backends;
  return std::find(backends.begin(), backends.end(), backend) != backends.end();
}

bool asks_between_ranks(const std::vector<AskedGroup>& groups) {
  return std::any_of(groups.begin(), groups.end(), [](const AskedGroup& group) {
    return group.reach == Reach::between_ranks || group.reach == Reach::rank_pairs;
  });
}

bool asks_between_ranks(const Profile& profile, const std::string& backend) {
  return std::any_of(profile.cases.begin(), profile.cases.end(), [&](const ProfileCases& line) {
    return line.backend == backend && spans_ranks(line.workload);
  });
}

}  // namespace assay
