// Result documents: round trips, what each mistake is called, and which files of a folder count.
#include "harness/core/document.h"

#include <doctest/doctest.h>

#include <cmath>
#include <fstream>

#include "tests/core/full_result.h"
#include "tests/core/refusal.h"
#include "tests/core/scratch_folder.h"

namespace assay {

namespace {

namespace fs = std::filesystem;
using test::full_result;
using test::refusal;
using test::ScratchFolder;

/// What validation says of the full document after `change`.
template <class Change>
std::string says_after(const Change& change) {
  Json document = to_json(full_result());
  change(document);
  return refusal([&] { validate(document, DocumentKind::result, "n1.json"); });
}

Json& samples(Json& document) { return document["measurements"][0]["samples"]; }

void rename(Json& object, const char* from, const char* to) {
  object[to] = object[from];
  object.erase(from);
}

}  // namespace

TEST_SUITE("unit") {
  TEST_CASE("a document with every field is valid and comes back the same") {
    const Json written = to_json(full_result());
    CHECK(says_after([](Json&) {}) == "");
    const Json again = to_json(result_from_json(parse_json(written.dump(), "x")));
    CHECK(again == written);
    CHECK(again["measurements"][0]["inputs"]["seed"].get<std::uint64_t>() == 18446744073709551615u);
  }

  TEST_CASE("what does not apply is absent from the document and not zero") {
    Result result = full_result();
    DeviceFacts bare;
    bare.name = "host", bare.uuid = "host-0";
    result.nodes[0].devices = {bare};
    result.nodes[0].kubernetes.reset();
    Measurement& measurement = result.measurements[0];
    measurement.samples.reset();
    measurement.verification.reset();
    measurement.metrics.clear();
    measurement.ranks.clear();
    measurement.transport.reset();
    measurement.speed_of_light_fraction.reset();
    measurement.status = MeasurementStatus::not_applicable;
    measurement.reason = "no tensor cores here";
    const Json json = to_json(result);
    validate(json, DocumentKind::result, "x");
    const Json& device = json["nodes"][0]["devices"][0];
    for (const char* field : {"serial", "ecc", "pcie", "nvlink", "power_limit_w", "memory_bytes"}) {
      CHECK(!device.contains(field));
    }
    CHECK(device["speed_of_light"].empty());
    for (const char* field : {"samples", "metrics", "ranks", "transport", "verification"}) {
      CHECK(!json["measurements"][0].contains(field));
    }
    CHECK(to_json(result_from_json(json)) == json);
  }

  TEST_CASE("an unknown field is named with the place where it stands") {
    CHECK(says_after([](Json& d) { rename(samples(d), "median_s", "median_ms"); }) ==
          "n1.json: /measurements/0/samples: unknown field \"median_ms\"");
    CHECK(says_after([](Json& d) { d["run"]["host"] = "x"; }) ==
          "n1.json: /run: unknown field \"host\"");
    CHECK(says_after([](Json& d) { d["verdict"] = "pass"; }) ==
          "n1.json: top level: unknown field \"verdict\"");
    CHECK(says_after([](Json& d) { d["nodes"][0]["devices"][0]["ecc"]["on"] = true; }) ==
          "n1.json: /nodes/0/devices/0/ecc: unknown field \"on\"");
    CHECK(says_after([](Json& d) { d["extensions"]["anything"] = 1; }) == "");
  }

  TEST_CASE("a missing field is named with the place where it belongs") {
    CHECK(says_after([](Json& d) { samples(d).erase("median_s"); }) ==
          "n1.json: /measurements/0/samples: missing field \"median_s\"");
    CHECK(says_after([](Json& d) { d["run"].erase("seed"); }) ==
          "n1.json: /run: missing field \"seed\"");
    CHECK(says_after([](Json& d) { d["measurements"][0].erase("samples"); }) ==
          "n1.json: /measurements/0: missing field \"samples\"");
    CHECK(says_after([](Json& d) { d["run"].erase("finished"); }) ==
          "n1.json: /run: missing field \"finished\"");
    CHECK(says_after([](Json& d) { d.erase("schema_version"); }) ==
          "n1.json: missing field \"schema_version\", expected \"1.1\"");
  }

  TEST_CASE("a wrong unit is refused where its size or its name gives it away") {
    const auto refused = [](const auto& change, const char* what) {
      CAPTURE(what);
      CHECK(says_after(change).find(what) != std::string::npos);
    };
    using J = Json&;
    refused([](J d) { samples(d)["median_s"] = 1.5e6; },
            "/median_s: 1500000.0 where at most 86400");
    refused([](J d) { samples(d)["values_s"][1] = 0; }, "/values_s/1: 0 where more than 0");
    refused([](J d) { d["measurements"][0]["metrics"]["flop_per_s"] = 650.0; },
            "/metrics/flop_per_s: 650.0 where at least 10000");
    refused([](J d) { d["measurements"][0]["metrics"]["bandwidth_gb_per_s"] = 650.0; },
            "field name \"bandwidth_gb_per_s\" is not");
    refused([](J d) { d["measurements"][0]["telemetry"]["clock_mhz"] = 1600; },
            "field name \"clock_mhz\" is not");
    refused([](J d) { d["measurements"][0]["speed_of_light_fraction"] = 66.0; },
            "/speed_of_light_fraction: 66.0 where at most 2");
    refused([](J d) { d["run"]["started"] = "2026-11-23T17:40:00+01:00"; },
            "/run/started: \"2026-11-23T17:40:00+01:00\" is not a UTC time");
    refused([](J d) { d["run"]["started"] = 1763919600; },
            "/run/started: 1763919600 where a string");
    refused([](J d) { d["nodes"][0]["devices"][0]["clock_max_hz"] = 1980; },
            "/clock_max_hz: 1980 where at least 1e+06");
    refused([](J d) { d["nodes"][0]["devices"][0]["power_limit_w"] = 700000; },
            "/power_limit_w: 700000 where at most 20000");
    refused([](J d) { d["nodes"][0]["devices"][0]["memory_bytes"] = 80; },
            "/memory_bytes: 80 where at least 1e+06");
    refused([](J d) { d["nodes"][0]["devices"][0]["speed_of_light"]["memory_bytes_per_s"] = 3350; },
            "/memory_bytes_per_s: 3350 where at least 1e+07");
  }

  TEST_CASE("a later version is refused by naming both") {
    for (const char* version : {"1.2", "2.0"}) {
      CHECK(says_after([&](Json& d) {
              d["schema_version"] = version;
              d["a_field_of_the_future"] = 1;
            }) == std::string("n1.json: schema_version is \"") + version +
                      "\", and this assay reads \"1.0\" and \"1.1\": use the assay that wrote it "
                      "or a later one");
    }
  }

  TEST_CASE("a document of another kind is told from one that is none") {
    CHECK(says_after([](Json& d) { d["kind"] = "assay.verdict"; }) ==
          "n1.json: is an assay.verdict document where an assay.result was expected");
    CHECK(says_after([](Json& d) { d["kind"] = "x"; }) ==
          "n1.json: kind \"x\" is no document of ours");
    CHECK(says_after([](Json& d) { d.erase("kind"); }).find("missing field \"kind\"") !=
          std::string::npos);
    CHECK(says_after([](Json& d) { d = Json::array(); }).find("not a JSON object") !=
          std::string::npos);
  }

  TEST_CASE("what no schema can say is still refused") {
    using J = Json&;
    CHECK(says_after([](J d) {
            d["measurements"][0]["dtype"] = "f16";
          }).find("/measurements/0/dtype: \"f16\" contradicts case") != std::string::npos);
    CHECK(says_after([](J d) {
            d["measurements"][0]["shape"]["hq"] = 63;
          }).find("/measurements/0/shape: ") != std::string::npos);
    CHECK(says_after([](J d) { samples(d)["ci_low_s"] = 2e-3; }) ==
          "n1.json: /measurements/0/samples/ci_low_s: above median_s");
    CHECK(says_after([](J d) { samples(d)["p95_s"] = 1e-3; }) ==
          "n1.json: /measurements/0/samples/p95_s: below median_s");
    CHECK(says_after([](J d) {
            samples(d)["count"] = 2;
          }).find("/samples/values_s: holds more values") != std::string::npos);
    CHECK(says_after([](J d) {
            d["links"][0]["measurement"] = 1;
          }).find("/links/0/measurement: 1 is not the index") != std::string::npos);
  }

  TEST_CASE("the order of a shape's fields means nothing") {
    CHECK(says_after([](Json& d) {
            Json& shape = d["measurements"][0]["shape"];
            const Json first = shape["b"];
            shape.erase("b");
            shape["b"] = first;
          }) == "");
  }

  TEST_CASE("a case that failed verification has no samples and says why") {
    const auto failed = [](Json& d) -> Json& {
      Json& m = d["measurements"][0];
      m["status"] = "failed_verification";
      m["reason"] = "first wrong element at 7";
      m["verification"] = {{"status", "failed"}};
      for (const char* field : {"samples", "metrics", "speed_of_light_fraction"}) m.erase(field);
      return m;
    };
    CHECK(says_after([&](Json& d) { failed(d); }) == "");
    CHECK(says_after([&](Json& d) {
            failed(d)["samples"] = to_json(full_result())["measurements"][0]["samples"];
          }) == "n1.json: /measurements/0/samples: must be absent here");
    CHECK(says_after([&](Json& d) {
            failed(d)["metrics"] = {{"flop_per_s", 1e12}};
          }) == "n1.json: /measurements/0/metrics: must be absent here");
    CHECK(says_after([&](Json& d) { failed(d).erase("reason"); }) ==
          "n1.json: /measurements/0: missing field \"reason\"");
    CHECK(says_after([&](Json& d) {
            failed(d)["verification"]["status"] = "exact";
          }).find("/verification/status") != std::string::npos);
    CHECK(says_after([](Json& d) {
            d["measurements"][0]["verification"]["status"] = "failed";
          }).find("/verification/status") != std::string::npos);
  }

  TEST_CASE("a number that JSON does not have is refused with its field") {
    Result result = full_result();
    result.measurements[0].metrics["bytes_per_s"] = std::nan("");
    CHECK(refusal([&] { to_json(result); }).find("/measurements/0/metrics/bytes_per_s is not") !=
          std::string::npos);
    result = full_result();
    result.measurements[0].telemetry["x"] = {1.0, INFINITY};
    CHECK(refusal([&] { to_json(result); }).find("/measurements/0/telemetry/x/1 is not") !=
          std::string::npos);
    // A wrong kernel that leaves NaN behind is written down without the number.
    result = full_result();
    result.measurements[0].verification->status = Verification::Status::failed;
    result.measurements[0].verification->error = std::nan("");
    CHECK(!to_json(result)["measurements"][0]["verification"].contains("error"));
  }

  TEST_CASE("a run that was killed is read as interrupted") {
    const ScratchFolder folder;
    Result result = full_result();
    result.status = RunStatus::running;
    result.run.finished.clear();
    write_document(to_json(result), DocumentKind::result, folder / "r.json");
    CHECK(read_result(folder / "r.json").status == RunStatus::interrupted);
    result.status = RunStatus::error;
    result.error = "CUDA error 700";
    write_document(to_json(result), DocumentKind::result, folder / "r.json");
    CHECK(read_result(folder / "r.json").error == "CUDA error 700");
  }

  TEST_CASE("an invalid document is never written") {
    const ScratchFolder folder;
    Json document = to_json(full_result());
    document["measurements"][0].erase("case");
    CHECK_THROWS_AS(write_document(document, DocumentKind::result, folder / "r.json"), Error);
    CHECK(fs::is_empty(folder.path()));
    document = to_json(full_result());
    document["nodes"][0]["labels"]["latin1"] = "caf\xe9";
    write_document(document, DocumentKind::result, folder / "r.json");
    CHECK(read_result(folder / "r.json").nodes[0].labels.at("latin1") == "caf\xef\xbf\xbd");
  }

  TEST_CASE("a folder of the folders of a run's processes stands for each document once") {
    const ScratchFolder folder;
    const auto write = [&](const std::string& name, const std::string& text) {
      fs::create_directories((folder / name).parent_path());
      std::ofstream(folder / name) << text;
    };
    const std::string result = to_json(full_result()).dump();
    write("job/pod-a/nodes/rank0000.json", result);  // rank 0 holds what it gathered
    write("job/pod-a/nodes/rank0001.json", result + " ");
    write("job/pod-a/fabric.json", result);
    write("job/pod-b/nodes/rank0001.json", result + " ");
    write("job/notes/package.json", "{}");  // no run's folder
    const fs::path job = folder / "job";
    const std::vector<fs::path> each = {job / "pod-a/fabric.json",
                                        job / "pod-a/nodes/rank0000.json",
                                        job / "pod-a/nodes/rank0001.json"};
    CHECK(expand_paths({job.string()}) == each);
    // A copy that was changed is no copy: both are kept, for the judge to refuse.
    write("job/pod-b/nodes/rank0001.json", result + "  ");
    CHECK(expand_paths({job.string()}).size() == 4);
    // What a folder holds itself is what it stands for.
    write("job/own.json", result);
    CHECK(expand_paths({job.string()}) == std::vector<fs::path>{job / "own.json"});
  }

  TEST_CASE("a folder stands for its result documents and for nothing else") {
    const ScratchFolder folder;
    const auto write = [&](const std::string& name, const std::string& text) {
      fs::create_directories((folder / name).parent_path());
      std::ofstream(folder / name) << text;
    };
    const std::string result = to_json(full_result()).dump();
    write("fabric.json", result);
    write("nodes/b.json", result);
    write("nodes/a.json", result);
    write("verdict.json", R"({"kind": "assay.verdict"})");
    write(".r.json.7.tmp", "{");
    write(".hidden.json", "{");
    write("report.html", "<html>");
    write("deeper/still/x.json", result);
    const std::string root = folder.path().string();
    CHECK(expand_paths({root}) == std::vector<fs::path>{folder / "fabric.json",
                                                        folder / "nodes/a.json",
                                                        folder / "nodes/b.json"});
    CHECK(expand_paths({(folder / "nodes/b.json").string(), root, root + "/nodes/../fabric.json"})
              .size() == 3);
    // A broken document is kept, so that it is complained about and never overlooked.
    write("nodes/c.json", result.substr(0, result.size() / 2));
    CHECK(expand_paths({root}).size() == 4);
    CHECK(refusal([&] { expand_paths({root + "/none"}); }).find("no such file or folder") !=
          std::string::npos);
    CHECK(refusal([&] {
            expand_paths({root + "/" + std::string(300, 'x')});
          }).find("no such file or folder") != std::string::npos);
    fs::create_directory(folder / "empty");
    CHECK(refusal([&] { expand_paths({root + "/empty"}); }).find("holds no result document") !=
          std::string::npos);
    CHECK(refusal([&] { read_result(folder / "none.json"); }).find("none.json: No such file") !=
          std::string::npos);
  }

  TEST_CASE("the clock writes what the schema accepts") {
    CHECK(says_after([](Json& d) { d["run"]["started"] = utc_now(); }) == "");
  }
}

}  // namespace assay
