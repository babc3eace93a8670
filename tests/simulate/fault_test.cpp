// Faults as a user plants them.
#include <doctest/doctest.h>

#include "harness/simulate/model.h"
#include "tests/core/refusal.h"

namespace assay {

TEST_SUITE("unit") {
  TEST_CASE("a fault names its kind and device and amount") {
    const Fault fault = fault_from_spec("memory:12/3:0.05");
    CHECK(fault.kind == Fault::Kind::slow);
    CHECK(fault.family == Family::memory);
    CHECK(fault.node == 12);
    CHECK(fault.device == 3);
    CHECK(fault.amount == 0.05);
    CHECK(fault_from_spec("wrong:0/7").kind == Fault::Kind::wrong);
    CHECK_FALSE(fault_from_spec("lost:1/*").device);
  }

  TEST_CASE("a fault that is none says what there are") {
    for (const char* spec : {"", "compute", "compute:1/2", "compute:1/2:0", "compute:1/2:1.5",
                             "compute:x/2:0.1", "compute:1:0.1", "wrong:1/2:0.1", "slow:1/2:0.1",
                             "compute:1/2:0.1:9", "compute:-1/2:0.1", "noise:1/2:nan"}) {
      CAPTURE(spec);
      const std::string text = test::refusal([&] { fault_from_spec(spec); });
      CHECK(text.find("memory:NODE/DEVICE:AMOUNT") != std::string::npos);
    }
  }

  TEST_CASE("a fault that no case of a profile shows says why") {
    const auto unseen = [](const char* spec, const char* profile) {
      return why_unseen(fault_from_spec(spec), load_profile(profile));
    };
    CHECK(unseen("bits:0/0", "training") == "");
    CHECK(unseen("bits:0/0", "inference") == "no case of it compares bits");
    CHECK(unseen("links:0/0:0.1", "copies") == "");
    CHECK(unseen("links:0/0:0.1", "gemm") == "no case of it is about links");
    CHECK(unseen("compute:0/0:0.1", "copies") == "no case of it is about compute");
    CHECK(unseen("memory:0/0:0.1", "burn") == "no case of it is about memory");
    CHECK(unseen("wrong:0/0", "copies") == "no case of it is a product");
    CHECK(unseen("wrong:0/0", "node") == "");
    for (const char* spec : {"lost:0/0", "ecc:0/0", "noise:0/0:3"})
      CHECK(unseen(spec, "copies") == "");
    Profile between;  // collectives alone
    between.cases = {{"all_reduce", "cuda", {"f32"}, {"nccl"}, {}, {}}};
    CHECK(why_unseen(fault_from_spec("links:0/0:0.1"), between) == "");
    between.cases.front().backend = "host";
    CHECK(why_unseen(fault_from_spec("links:0/0:0.1"), between) == "no case of it is about links");
  }
}

}  // namespace assay
