// Every collective over Gloo: exact answers at awkward rank counts and sizes, and bus bandwidths.
#include <doctest/doctest.h>

#include "collectives/agree.h"
#include "collectives/collective_case.h"
#include "harness/core/workload.h"
#include "harness/measure/sanitized.h"
#include "tests/collectives/gloo_world.h"
#include "tests/collectives/plain_device.h"

namespace assay {
namespace {

Verification verified(Communicator& communicator, const Collective& collective, Dtype element,
                      std::size_t bytes, bool in_place) {
  test::PlainDevice device;
  CollectiveCaseSetup setup;
  setup.communicator = &communicator;
  setup.words = &communicator;
  setup.collective = &collective;
  setup.device = &device;
  setup.element = element;
  setup.bytes = bytes;
  setup.in_place = in_place;
  setup.operand_sets = 2;
  setup.seed = 42;
  setup.record = std::make_shared<CollectiveRecord>();
  return CollectiveCase(std::move(setup)).verify();
}

void verify_all(Communicator& communicator, Dtype element, std::size_t bytes) {
  const int ranks = communicator.size();
  const CollectiveProblem problem(bytes, element, communicator.rank(), ranks);
  for (const auto& collective : collectives()) {
    for (const bool in_place : {false, true}) {
      if (in_place && !collective->refuses_in_place(problem).empty()) continue;
      const Verification answer = verified(communicator, *collective, element, bytes, in_place);
      if (!answer.ok())
        throw Error(collective->workload() + " of " + std::to_string(bytes) + " bytes over " +
                    std::to_string(ranks) + " ranks: " + answer.detail);
    }
  }
}

TEST_SUITE("integration") {
  TEST_CASE("every collective is exact for two to nine ranks and sizes that do not divide") {
    test::need_gloo();
    // A sanitizer watches the least, an odd and the largest world alone: all took it 54 s.
    const std::vector<int> sanitized = {2, 3, 9}, every = {2, 3, 4, 5, 6, 7, 8, 9};
    for (const int ranks : kSanitized ? sanitized : every) {
      test::on_every_rank(ranks, [](Communicator& communicator) {
        // Fewer elements than ranks, one each, no multiple of anything, and a round number.
        for (const std::size_t bytes : {4u, 12u, 36u, 4u * 1019u, 65536u})
          verify_all(communicator, Dtype::f32, bytes);
        verify_all(communicator, Dtype::bf16, 2 * 1013);
        verify_all(communicator, Dtype::int8, 1009);
      });
    }
  }
  TEST_CASE("collectives are exact when a part is more than one of the segments that Gloo sends") {
    test::need_gloo();
    for (const int ranks : {2, 3})
      test::on_every_rank(ranks, [](Communicator& communicator) {
        verify_all(communicator, Dtype::f32, (std::size_t{18} << 20) + 20);
      });
  }
  TEST_CASE("a subgroup counts its members in their order and leaves the others alone") {
    test::need_gloo();
    test::on_every_rank(5, [](Communicator& communicator) {
      const std::vector<int> odd = {1, 3}, even = {0, 2, 4};
      const auto& mine = communicator.rank() % 2 == 1 ? odd : even;
      const auto group = communicator.subgroup(mine, communicator.rank() % 2 == 1 ? "odd" : "even");
      if (mine[static_cast<std::size_t>(group->rank())] != communicator.rank())
        throw Error("a rank has the wrong place in its group");
      verify_all(*group, Dtype::f32, 4000);
      communicator.barrier();
    });
  }
  TEST_CASE("a silent rank ends the others within the deadline and not before") {
    test::need_gloo();
    const auto begin = std::chrono::steady_clock::now();
    const auto thrown = test::every_rank(3, 1, [](Communicator& communicator) {
      if (communicator.rank() == 2) {
        std::this_thread::sleep_for(std::chrono::milliseconds(1800));
        return;
      }
      communicator.barrier();
    });
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
    CHECK(took.count() < 5);
    for (const std::size_t rank : {0, 1}) {
      REQUIRE(thrown[rank]);
      CHECK_THROWS_AS(std::rethrow_exception(thrown[rank]), LostPeer);
    }
  }
  TEST_CASE("a step that fails on one rank fails on every rank in its words") {
    test::need_gloo();
    const auto thrown = test::every_rank(3, 20, [](Communicator& communicator) {
      together(communicator, [&] {
        if (communicator.rank() == 1) throw Error("no room on this one");
      });
    });
    for (const auto& one : thrown) {
      REQUIRE(one);
      try {
        std::rethrow_exception(one);
      } catch (const Error& error) {
        CHECK(std::string(error.what()).find("no room on this one") != std::string::npos);
      }
    }
  }
  TEST_CASE("one rank that aborts ends the others at once and later calls end too") {
    test::need_gloo();
    const auto begin = std::chrono::steady_clock::now();
    const auto thrown = test::every_rank(4, 20, [](Communicator& communicator) {
      communicator.barrier();
      if (communicator.rank() == 1) {
        communicator.abort();
        return;
      }
      try {
        for (;;) communicator.barrier();
      } catch (const LostPeer&) {
        CHECK(communicator.is_broken());
        CHECK_THROWS_AS(communicator.barrier(), LostPeer);
      }
    });
    for (const auto& one : thrown) CHECK_FALSE(one);
    CHECK(std::chrono::steady_clock::now() - begin < std::chrono::seconds(8));
  }
}

TEST_SUITE("unit") {
  TEST_CASE("bus bandwidth factors are those derived in the README for eight ranks and for three") {
    const auto factor = [](const char* name, int ranks) {
      return bus_factor_of(name, ranks).value();
    };
    CHECK(factor("all_reduce", 8) == 1.75);
    CHECK(factor("all_gather", 8) == 0.875);
    CHECK(factor("reduce_scatter", 8) == 0.875);
    CHECK(factor("all_to_all", 8) == 0.875);
    CHECK(factor("broadcast", 8) == 1);
    CHECK(factor("reduce", 8) == 1);
    CHECK(factor("send_recv", 8) == 1);
    CHECK(factor("all_reduce", 3) == doctest::Approx(4.0 / 3));
    CHECK(factor("all_gather", 3) == doctest::Approx(2.0 / 3));
    CHECK(factor("reduce_scatter", 3) == doctest::Approx(2.0 / 3));
    CHECK(factor("all_to_all", 3) == doctest::Approx(2.0 / 3));
    CHECK(factor("all_reduce", 2) == 1);
  }
  TEST_CASE("what is measured as a collective is judged as one and the other way round") {
    CHECK_FALSE(collectives().empty());
    for (const auto& collective : collectives()) {
      CAPTURE(collective->workload());
      CHECK(span_of(collective->workload()) == Span::between_ranks);
    }
    for (const CollectiveFacts& facts : collective_facts()) {
      CAPTURE(facts.workload);
      CHECK(find_collective(std::string(facts.workload)) != nullptr);
    }
  }
  TEST_CASE("so many ranks that their sum is not exact are refused") {
    CHECK_THROWS_WITH_AS(ExactInputs(Dtype::fp8_e5m2, 9, 1, 1),
                         doctest::Contains("choose a wider dtype"), Error);
  }
  TEST_CASE("inputs change with rank and index and round and their sum is what ranks hold") {
    const ExactInputs first(Dtype::f32, 5, 7, 1), second(Dtype::f32, 5, 7, 2);
    int same_rank = 0, same_index = 0, same_round = 0;
    for (std::size_t index = 0; index < 500; ++index) {
      int sum = 0;
      for (int rank = 0; rank < 5; ++rank) sum += first.at(rank, index);
      CHECK(sum == first.sum(index));
      same_rank += first.at(0, index) == first.at(1, index);
      same_index += first.at(0, index) == first.at(0, index + 1);
      same_round += first.at(0, index) == second.at(0, index);
    }
    // One in 17 by chance: about 29 of 500.
    for (const int same : {same_rank, same_index, same_round}) CHECK(same < 80);
  }
}

}  // namespace
}  // namespace assay
