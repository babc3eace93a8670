// `kubectl get --raw` of the path of a pod: no port is forwarded, and no image needs a client.
#include "harness/cluster/exporter.h"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

#include "harness/cluster/objects.h"
#include "harness/core/message.h"
#include "harness/core/regular_expression.h"

namespace assay::cluster {

namespace {

constexpr double kScrape_s = 5;
constexpr double kFalling_s = 60;  // DCGM's exporter reads its devices every 30 s

}  // namespace

ExporterAddress exporter_address(const std::string& text) {
  static const RegularExpression kAddress(
      R"(([a-z0-9][a-z0-9-]*)/([A-Za-z0-9][A-Za-z0-9._/-]*)=([A-Za-z0-9][A-Za-z0-9._-]*):([0-9]{1,5}))");
  if (!kAddress.is_all_of(text))
    throw Error(
        fmt::format("--exporter {}: expected NAMESPACE/LABEL=VALUE:PORT, e.g. "
                    "gpu-operator/app=nvidia-dcgm-exporter:9400",
                    in_quotes(text)));
  const std::vector<std::string> match = kAddress.groups_in(text);
  return {match[1], match[2], match[3], match[4]};
}

ExporterWatch::ExporterWatch(Kubectl& kubectl, ExporterAddress address, const Pace& pace)
    : kubectl_(kubectl), address_(std::move(address)), pace_(pace) {
  facts_.exporter = address_.text();
}

void ExporterWatch::before() { before_ = scrape(nullptr); }

void ExporterWatch::during(const std::set<std::string>& nodes) {
  if (nodes.empty() || pace_.now_s() - last_s_ < kScrape_s) return;
  last_s_ = pace_.now_s();
  nodes_ = nodes;
  ++facts_.scrapes;
  for (const auto& [where, now] : scrape(&nodes_)) {
    DeviceReading& most = most_.emplace(where, now).first->second;
    most.utilization = std::max(most.utilization, now.utilization);
    most.memory = std::max(most.memory, now.memory);
  }
}

ExporterFacts ExporterWatch::after() {
  const double until_s = pace_.now_s() + kFalling_s;
  Readings now = scrape(&nodes_);
  while (!has_fallen(now) && pace_.now_s() < until_s && !pace_.stopped()) {
    pace_.sleep_s(kScrape_s);
    now = scrape(&nodes_);
  }
  for (const auto& [where, most] : most_) {
    ExportedDevice one;
    std::tie(one.node, one.device) = where;
    one.utilization_metric = most.utilization_metric;
    one.memory_metric = most.memory_metric;
    const auto first = before_.find(where), last = now.find(where);
    if (first == before_.end() || last == now.end()) {
      fault(fmt::format("{}: {} was not exported both before and after", one.node, one.device));
      continue;
    }
    if (!one.utilization_metric.empty())
      one.utilization = {first->second.utilization, most.utilization, last->second.utilization};
    if (!one.memory_metric.empty())
      one.memory = {first->second.memory, most.memory, last->second.memory};
    facts_.devices.push_back(std::move(one));
  }
  return facts_;
}

/// Every device is nearer to what it was before than to the most.
bool ExporterWatch::has_fallen(const Readings& now) const {
  return std::all_of(now.begin(), now.end(), [&](const auto& one) {
    const auto first = before_.find(one.first), most = most_.find(one.first);
    if (first == before_.end() || most == most_.end()) return true;
    const auto near = [](double value, double low, double high) {
      return high <= low || value - low < (high - low) / 2;
    };
    return near(one.second.utilization, first->second.utilization, most->second.utilization) &&
           near(one.second.memory, first->second.memory, most->second.memory);
  });
}

std::map<std::string, std::string> ExporterWatch::pods() {
  const Answer answer = kubectl_.ask({{"get", "pods", "-n", address_.name_space, "-l",
                                       address_.label + "=" + address_.value, "-o", "json"}});
  if (!answer.ok()) {
    fault("the exporter's pods cannot be listed: " + reason_of(answer));
    return {};
  }
  std::map<std::string, std::string> by_node;
  for (const Pod& pod : read_snapshot(answer.out).pods)
    if (pod.running) by_node[pod.node] = pod.name;
  if (by_node.empty()) fault("no pod of the exporter runs");
  return by_node;
}

ExporterWatch::Readings ExporterWatch::scrape(const std::set<std::string>* nodes) {
  Readings readings;
  try {
    for (const auto& [node, pod] : pods()) {
      if (nodes != nullptr && !nodes->count(node)) continue;
      const Answer answer =
          kubectl_.ask({{"get", "--raw",
                         fmt::format("/api/v1/namespaces/{}/pods/{}:{}/proxy/metrics",
                                     address_.name_space, pod, address_.port)}});
      if (!answer.ok()) {
        fault(fmt::format("{}: its exporter cannot be read: {}", node, reason_of(answer)));
        continue;
      }
      for (const auto& [device, reading] : read_devices_of_exporter(answer.out))
        readings[{node, device}] = reading;
    }
  } catch (const Unreachable& why) {
    pace_.say(why.what());  // asked again later
  } catch (const Error& error) {
    fault(fmt::format("what the exporter writes cannot be read: {}", error.what()));
  }
  return readings;
}

void ExporterWatch::fault(const std::string& text) {
  if (std::find(facts_.faults.begin(), facts_.faults.end(), text) == facts_.faults.end())
    facts_.faults.push_back(text);
}

}  // namespace assay::cluster
