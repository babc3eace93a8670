// What a run is asked to try on its cluster in addition to measuring, and the results.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "harness/cluster/exporter.h"
#include "harness/cluster/plan.h"
#include "harness/cluster/watch.h"

namespace assay::cluster {

struct ProbeWishes {
  bool gang = false, webhook = false, autoscaling = false;
  double window_s = 30;                    // of the gang probe
  std::filesystem::path custom_resources;  // of an operator that Assay does not know; may be empty
  std::optional<ExporterAddress> exporter;
};

class Probes {
 public:
  /// Throws Error for what the plan cannot show: nobody keeps a gang together.
  Probes(Kubectl& kubectl, const Plan& plan, const Inventory& inventory, const Pace& pace,
         ProbeWishes wishes);

  /// What needs no load, one after the other, before the run is applied.
  void before_run();
  /// The pace of the run, whose deadline begins after the probes; while it sleeps, the exporter is
  /// read on the nodes that `memory` knows. Both have to outlive it.
  Pace pace_of_run(const Memory& memory);
  /// When the run's pods are gone: adds what was found to the documents of `folder`.
  void after_run(const std::filesystem::path& folder, Memory& memory);

 private:
  bool has_found_nothing() const;

  Kubectl& kubectl_;
  const Plan& plan_;
  const Inventory& inventory_;
  const Pace& pace_;
  const ProbeWishes wishes_;
  std::optional<ExporterWatch> exporter_;
  ClusterFacts found_;
};

}  // namespace assay::cluster
