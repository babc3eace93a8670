// Gathers documents, devices, cases, links, fits and the verdict for the page.
#include "harness/report/report_data.h"

#include <set>

#include "harness/core/content_hash.h"
#include "harness/core/error.h"
#include "harness/core/fields.h"
#include "harness/core/marks.h"
#include "harness/core/result_fields.h"
#include "harness/report/case_data.h"
#include "harness/report/verdict_data.h"

namespace assay {

namespace {

/// Of more documents and nodes than these the page shows no provenance, so it holds none.
constexpr std::size_t kDescribed = 64;
/// Of more devices than these it holds what its tables show.
constexpr std::size_t kDescribedDevices = 512;

/// The parts of a document that are neither measurements nor devices: its provenance.
Json document_data(const Result& result, const std::string& file, bool described) {
  Json json = {{"file", file},
               {"sha256", content_sha256(result)},
               {"schema_version", result.schema_version},
               {"status", name(result.status)},
               {"simulated", result.simulated}};
  if (!result.error.empty()) json["error"] = result.error;
  json["run"] = written(result.run);
  json["software"] = result.software;
  if (!described) {
    json["run"]["command"] = Json::array();
    json["software"] = Json::object();
  }
  if (result.fabric) json["fabric"] = written(*result.fabric);
  if (result.imported) json["imported"] = written(*result.imported);
  return json;
}

Json node_data(const NodeFacts& node, int document, bool described) {
  Json json = written(node);
  json["document"] = document;
  json.erase("devices");
  if (described) return json;
  json["nics"] = Json::array();
  json["labels"] = Json::object();
  return json;
}

/// What tables and drawings of devices show.
DeviceFacts shown_facts(const DeviceFacts& device) {
  DeviceFacts shown;
  shown.index = device.index;
  shown.name = device.name;
  shown.uuid = device.uuid;
  shown.serial = device.serial;
  shown.pci_bus_id = device.pci_bus_id;
  shown.sku = device.sku;
  shown.power_limit_w = device.power_limit_w;
  shown.clock_limit_hz = device.clock_limit_hz;
  if (device.pcie) {
    shown.pcie.emplace();
    shown.pcie->generation = device.pcie->generation;
    shown.pcie->width = device.pcie->width;
  }
  if (device.nvlink) {
    shown.nvlink.emplace();
    shown.nvlink->count = device.nvlink->count;
    shown.nvlink->active = device.nvlink->active;
  }
  return shown;
}

Json device_data(const DeviceFacts& device, int node, const std::string& subject, bool described) {
  Json json = written(described ? device : shown_facts(device));
  if (!described)
    for (const char* empty : {"other_processes", "xids", "speed_of_light"}) json.erase(empty);
  json["node"] = node;
  json["subject"] = subject;
  return json;
}

/// Rates between two members, drawn as a matrix: the page's index of the case and of its row.
Json links_of(const std::vector<Result>& results) {
  Json links = Json::array();
  for (const Result& result : results) {
    for (const Link& link : result.links) {
      const Measurement& measurement = result.measurements.at(link.measurement);
      links.push_back(
          {{"a", link.a}, {"b", link.b}, {"kind", link.kind}, {"case", measurement.id.str()}});
    }
  }
  return links;
}

/// Documents may hold fits of other makers.
Json with_bandwidth(Json fit) {
  const bool has_slope =
      fit.is_object() && fit.contains("s_per_byte") && fit["s_per_byte"].is_number();
  if (has_slope && fit["s_per_byte"].get<double>() > 0)
    fit["bytes_per_s"] = 1 / fit["s_per_byte"].get<double>();
  return fit;
}

}  // namespace

Json report_data(const ReportInput& input) {
  if (input.files.size() != input.results.size()) throw Error("report_data: a file a document");
  Json data = {{"page", "report"}, {"assay", input.assay_version}};
  if (!input.site.empty()) data["site"] = input.site;
  if (input.verdict) {
    data["verdict"] = verdict_data(*input.verdict);
    data["meaning"] = input.meaning;
  } else {
    data["not_judged"] = input.not_judged;
  }
  Json documents = Json::array(), nodes = Json::array(), devices = Json::array();
  Json fits = Json::array();
  Marks marks;
  std::map<std::string, int> index_by_uuid;
  std::set<std::string> models;  // of which a device is described
  std::size_t subject = 0;
  const bool few_devices = input.device_subjects.size() <= kDescribedDevices;
  for (std::size_t i = 0; i < input.results.size(); ++i) {
    const Result& result = input.results[i];
    marks.add(input.files[i], result);
    documents.push_back(document_data(result, input.files[i], i < kDescribed));
    for (const NodeFacts& node : result.nodes) {
      const std::size_t known = devices.size();
      for (const DeviceFacts& device : node.devices) {
        if (subject >= input.device_subjects.size()) throw Error("report_data: a subject a device");
        const std::string& called = input.device_subjects[subject++];
        const int index = static_cast<int>(devices.size());
        // Several runs of one machine describe its devices again.
        if (!index_by_uuid.try_emplace(device.uuid, index).second) continue;
        devices.push_back(
            device_data(device, static_cast<int>(nodes.size()), called,
                        few_devices || models.insert(device.sku.value_or(device.name)).second));
      }
      if (devices.size() > known || node.devices.empty()) {
        nodes.push_back(node_data(node, static_cast<int>(i), nodes.size() < kDescribed));
      }
    }
    for (const Json& fit : result.fits) fits.push_back(with_bandwidth(fit));
  }
  CaseData cases = case_data(input.results, index_by_uuid);
  for (auto& [device, slowest] : cases.slowest)
    devices[static_cast<std::size_t>(device)]["slowest"] = std::move(slowest);
  data["marks"] = Json::array();
  for (const Mark& mark : marks.said()) data["marks"].push_back(mark.sentence);
  data["documents"] = std::move(documents);
  data["nodes"] = std::move(nodes);
  data["devices"] = std::move(devices);
  data["row_fields"] = row_fields();
  data["slowest_by"] = cases.slowest_by;
  data["cases"] = std::move(cases.cases);
  data["links"] = links_of(input.results);
  data["fits"] = std::move(fits);
  return data;
}

}  // namespace assay
