// Reads an exporter of accelerator metrics before, while and after a run loads its devices.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>

#include "harness/cluster/exposition.h"
#include "harness/cluster/kubectl.h"
#include "harness/cluster/watch.h"
#include "harness/core/cluster_facts.h"

namespace assay::cluster {

/// Its pods, one a node.
struct ExporterAddress {
  std::string name_space, label, value, port;
  std::string text() const { return name_space + "/" + label + "=" + value + ":" + port; }
};

/// `NAMESPACE/LABEL=VALUE:PORT`; throws Error for anything else.
ExporterAddress exporter_address(const std::string& text);

/// Scrapes through the API server's proxy to pods. A pod that cannot be read is a fault in the
/// facts and no error.
class ExporterWatch {
 public:
  ExporterWatch(Kubectl& kubectl, ExporterAddress address, const Pace& pace);

  /// Every pod of the exporter, before anything was applied.
  void before();
  /// Those on `nodes`, at most every five seconds.
  void during(const std::set<std::string>& nodes);
  /// The same nodes, when their devices are free again; waits up to a minute for the exporter,
  /// which has an interval of its own, to say so.
  ExporterFacts after();

 private:
  using Readings = std::map<std::pair<std::string, std::string>, DeviceReading>;  // node, device

  std::map<std::string, std::string> pods();  // by node
  Readings scrape(const std::set<std::string>* nodes);
  bool has_fallen(const Readings& now) const;
  void fault(const std::string& text);

  Kubectl& kubectl_;
  const ExporterAddress address_;
  const Pace& pace_;
  Readings before_, most_;
  std::set<std::string> nodes_;
  double last_s_ = -1e9;
  ExporterFacts facts_;
};

}  // namespace assay::cluster
