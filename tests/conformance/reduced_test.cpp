// What take_reduced() keeps of a document: each reason to keep a measurement by itself.
#include "harness/conformance/reduced.h"

#include <doctest/doctest.h>

#include <functional>
#include <string>

namespace assay {

TEST_SUITE("unit") {
  TEST_CASE("a measurement is kept for any reason alone and else taken") {
    struct Row {
      std::string what;
      std::function<void(Measurement&)> change;
      bool is_kept;
    };
    const Row table[] = {
        {"of one device", [](Measurement&) {}, false},
        {"of one rank", [](Measurement& one) { one.ranks.resize(1); }, false},
        {"of a node", [](Measurement& one) { one.scope.level = "node"; }, false},
        {"of two ranks", [](Measurement& one) { one.ranks.resize(2); }, true},
        {"of a rack", [](Measurement& one) { one.scope.level = "rack"; }, true},
        {"of a cluster", [](Measurement& one) { one.scope.level = "cluster"; }, true},
        {"with a transport", [](Measurement& one) { one.transport.emplace(); }, true},
        {"reported", [](Measurement& one) { one.status = MeasurementStatus::reported; }, true},
        {"between ranks",
         [](Measurement& one) { one.id = CaseId::parse("all_reduce.f32.nccl/bytes1024_ranks2"); },
         true}};
    for (const Row& row : table) {
      CAPTURE(row.what);
      Measurement one;
      one.id = CaseId::parse("gemm.bf16.cublaslt/m1_n1_k1");
      one.group = "g";
      one.scope.level = "device";
      one.status = MeasurementStatus::measured;
      row.change(one);
      one.samples.emplace().values_s = {1, 2};
      one.samples->pass = {0, 0};
      one.samples->median_s = 1.5;
      one.telemetry = one.extensions = Json{{"a", 1}};
      Result document;
      document.fits = Json::array({1});
      document.run.id = "r";
      document.measurements = {one};
      const Result kept = take_reduced(document);
      CHECK(kept.run.id == "r");
      CHECK(kept.fits.empty());
      CHECK((kept.measurements.size() == 1) == row.is_kept);
      CHECK(document.measurements.size() == 1);
      CHECK(document.measurements[0].group.empty() == row.is_kept);
      if (!row.is_kept) continue;
      const Samples& samples = *kept.measurements[0].samples;
      CHECK(samples.median_s == 1.5);
      CHECK(samples.values_s.empty());
      CHECK(samples.pass.empty());
      CHECK(kept.measurements[0].telemetry.empty());
      CHECK(kept.measurements[0].extensions.empty());
    }
  }

  TEST_CASE("of a document with links all measurements stay in their places") {
    Result document;
    document.measurements.resize(3);
    document.links.push_back({"a", "b", "pair", 2});
    CHECK(take_reduced(document).measurements.size() == 3);
  }
}

}  // namespace assay
