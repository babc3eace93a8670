// The figures that the page is handed: each is the document's or derived once, here.
#include "harness/report/case_data.h"

#include <doctest/doctest.h>

#include "harness/core/document.h"
#include "harness/report/report_data.h"

namespace assay::test {

namespace {

Measurement measurement(const std::string& case_id, const std::string& device, double time_s) {
  Measurement one;
  one.id = CaseId::parse(case_id);
  one.group = one.id.group();
  one.scope = {"device", {device}};
  one.status = MeasurementStatus::measured;
  Samples& samples = one.samples.emplace();
  samples.count = 10;
  samples.median_s = samples.ci_low_s = samples.ci_high_s = time_s;
  one.metrics = {{"flop", 8e9}, {"moved_bytes", 2e9}, {"flop_per_s", 8e9 / time_s}};
  one.speed_of_light_fraction = 0.5;
  one.verification.emplace().status = Verification::Status::exact;
  return one;
}

constexpr const char* kNative = "gemm.f32.blocked/m8_n8_k8";
constexpr const char* kLibrary = "gemm.f32.openblas/m8_n8_k8";

/// Three devices of one node, the last at half the speed of the others.
Result three_devices() {
  Result result;
  result.nodes.resize(1);
  result.nodes[0].name = "node-a";
  for (int i = 0; i < 3; ++i) {
    DeviceFacts device;
    device.index = i;
    device.uuid = "GPU-" + std::to_string(i);
    result.nodes[0].devices.push_back(device);
    result.measurements.push_back(measurement(kNative, device.uuid, i == 2 ? 0.02 : 0.01));
    result.measurements.push_back(measurement(kLibrary, device.uuid, 0.008));
  }
  return result;
}

Json figure(const Json& data, const Json& one, int row, const std::string& field) {
  const Json& fields = data.at("row_fields");
  for (std::size_t i = 0; i < fields.size(); ++i) {
    if (fields[i] == field) return one.at("rows").at(static_cast<std::size_t>(row)).at(i);
  }
  FAIL("no such field: " << field);
  return nullptr;
}

Json data_of(const Result& result) {
  ReportInput input;
  input.files = {"result.json"};
  input.results = {result};
  for (const NodeFacts& node : result.nodes) {
    for (const DeviceFacts& device : node.devices) {
      input.device_subjects.push_back(node.name + " device " + std::to_string(device.index));
    }
  }
  input.not_judged = "a test";
  return report_data(input);
}

}  // namespace

TEST_SUITE("unit") {
  TEST_CASE("a case is told once and has a row for each device that measured it") {
    const Json data = data_of(three_devices());
    REQUIRE(data.at("cases").size() == 2);
    const Json& native = data.at("cases").at(0);
    CHECK(native.at("case") == kNative);
    CHECK(native.at("metric") == "flop_per_s");
    CHECK(native.at("flop_per_byte") == 4);
    CHECK_FALSE(native.contains("library"));
    CHECK(data.at("cases").at(1).at("library") == true);
    REQUIRE(native.at("rows").size() == 3);
    CHECK(figure(data, native, 2, "device") == 2);
    CHECK(figure(data, native, 2, "rate").get<double>() == doctest::Approx(4e11));
    CHECK(figure(data, native, 2, "speed_of_light_rate").get<double>() == doctest::Approx(8e11));
  }

  TEST_CASE("a device is beside the median of its peers and the library of its own device") {
    const Json data = data_of(three_devices());
    const Json& native = data.at("cases").at(0);
    CHECK(figure(data, native, 0, "of_peers").get<double>() == doctest::Approx(1));
    CHECK(figure(data, native, 2, "of_peers").get<double>() == doctest::Approx(0.5));
    CHECK(figure(data, native, 2, "library_ratio").get<double>() == doctest::Approx(0.4));
    CHECK(figure(data, data.at("cases").at(1), 0, "library_ratio").is_null());
  }

  TEST_CASE("a measurement that was not taken has its reason and no figures") {
    Result result = three_devices();
    Measurement& one = result.measurements[0];
    one.status = MeasurementStatus::error;
    one.reason = "hung";
    one.samples.reset();
    const Json data = data_of(result);
    const Json& native = data.at("cases").at(0);
    CHECK(figure(data, native, 0, "median_s").is_null());
    CHECK(figure(data, native, 0, "rate").is_null());
    CHECK(native.at("rows").at(0).back().at("reason") == "hung");
  }

  TEST_CASE("a device that two documents describe is one device") {
    ReportInput input;
    input.files = {"a.json", "b.json"};
    input.results = {three_devices(), three_devices()};
    input.device_subjects.assign(6, "a device");
    const Json data = report_data(input);
    CHECK(data.at("devices").size() == 3);
    CHECK(data.at("nodes").size() == 1);
    CHECK(data.at("cases").at(0).at("rows").size() == 6);
    CHECK(data.at("cases").at(0).at("rows").at(3).back().at("document") == 1);
  }

  TEST_CASE("samples are left out of a page of very many measurements") {
    Result result = three_devices();
    CHECK(data_of(result).at("cases").at(0).at("rows").at(0).back().contains("samples"));
    while (result.measurements.size() <= kDetailedMeasurements) {
      result.measurements.push_back(result.measurements[0]);
    }
    const Json data = data_of(result);
    CHECK(data.at("cases").at(0).at("rows").at(0).size() == data.at("row_fields").size());
  }

  TEST_CASE("a fit has its bandwidth beside its time a byte") {
    Result result = three_devices();
    result.fits =
        Json::array({{{"curve", "a"}, {"s_per_byte", 2e-12}}, {{"curve", "b"}}, "of others"});
    const Json fits = data_of(result).at("fits");
    CHECK(fits[0]["bytes_per_s"].get<double>() == doctest::Approx(5e11));
    CHECK(fits[1] == Json({{"curve", "b"}}));
    CHECK(fits[2] == "of others");
  }
}

}  // namespace assay::test
