// What must come out of a collective: its segments cover the output, and one flipped bit is named.
#include "collectives/expectation.h"

#include <doctest/doctest.h>

#include <cmath>
#include <random>

#include "collectives/collective_case.h"
#include "tests/collectives/gloo_world.h"
#include "tests/collectives/plain_device.h"

namespace assay {
namespace {

constexpr int kRanks = 3;

/// The numbers of the segments one after another, without a pattern.
std::vector<int> numbers_of(const std::vector<Segment>& segments, const ExactInputs& inputs) {
  std::vector<int> numbers;
  for (const Segment& segment : segments)
    for (std::size_t i = segment.index; i < segment.index + segment.count; ++i)
      numbers.push_back(segment.whose == kSumOverRanks ? inputs.sum(i)
                                                       : inputs.at(segment.whose, i));
  return numbers;
}

/// The ends of the segments and of every period in them.
std::vector<std::size_t> borders_of(const std::vector<Segment>& segments) {
  std::vector<std::size_t> borders;
  std::size_t begin = 0;
  for (const Segment& segment : segments) {
    for (std::size_t at = 0; at < segment.count; at += ExactInputs::kPeriod)
      borders.push_back(begin + at);
    begin += segment.count;
  }
  borders.push_back(begin);
  return borders;
}

/// An output in which one bit can be flipped.
struct Output {
  Output(Dtype moved, const std::vector<int>& numbers) : element(moved) {
    right = encode(element, std::vector<float>(numbers.begin(), numbers.end()));
    right.insert(right.end(), 12, std::byte{0xFF});  // scratch, of which nothing is expected
    buffer = device.allocate(right.size());
    device.copy_in(*buffer, right.data(), right.size());
  }
  /// Returns the value that then stands there.
  double flip(std::size_t index, unsigned bit) {
    auto* at = static_cast<std::byte*>(buffer->data()) + index * size_of(element);
    at[bit / 8] ^= std::byte{1} << (bit % 8);
    return decode(element, std::span(at, size_of(element))).front();
  }

  Dtype element;
  test::PlainDevice device;
  std::vector<std::byte> right;
  std::unique_ptr<Buffer> buffer;
};

void find_every_flip(Dtype element, const std::vector<Segment>& segments, std::mt19937_64& random) {
  const ExactInputs inputs(element, kRanks, 9, 2);
  const std::vector<int> numbers = numbers_of(segments, inputs);
  Output output(element, numbers);
  CHECK_FALSE(first_wrong(output.device, *output.buffer, segments, inputs));
  std::vector<std::size_t> positions;
  for (const std::size_t border : borders_of(segments)) {
    if (border > 0) positions.push_back(border - 1);
    if (border < numbers.size()) positions.push_back(border);
  }
  for (int i = 0; i < 50; ++i) positions.push_back(random() % numbers.size());
  for (const std::size_t index : positions) {
    const auto bit = static_cast<unsigned>(random() % (8 * size_of(element)));
    const double seen = output.flip(index, bit);
    const auto wrong = first_wrong(output.device, *output.buffer, segments, inputs);
    REQUIRE(wrong);
    CHECK(wrong->index == index);
    CHECK((wrong->value == seen || (std::isnan(wrong->value) && std::isnan(seen))));
    CHECK(wrong->expected == numbers[index]);
    output.flip(index, bit);
  }
}

/// An all-reduce to which something happens.
class DisturbedSum : public Collective {
 public:
  std::string workload() const override { return "all_reduce"; }
  Operation operation() const override { return Operation::all_reduce; }
  std::string summary() const override { return ""; }
  CollectiveExtent extent(const CollectiveProblem& problem) const override {
    return {problem.elements, problem.elements, 0, 0};
  }
  void run(Communicator& communicator, const CollectiveProblem& problem, const void* in,
           void* out) const override {
    communicator.all_reduce(in, out, problem.elements, problem.element);
    if (problem.rank == 1) disturb(static_cast<unsigned char*>(out));
  }
  std::vector<Segment> expected(const CollectiveProblem& problem) const override {
    return {{problem.elements, kSumOverRanks, 0}};
  }

 private:
  virtual void disturb(unsigned char* out) const = 0;
};

class FlipsOneBit final : public DisturbedSum {
  void disturb(unsigned char* out) const override { out[4 * 1500 + 3] ^= 0x80; }
};

class FailsAtCall final : public DisturbedSum {
 public:
  explicit FailsAtCall(int call) : left_(call) {}

 private:
  void disturb(unsigned char*) const override {
    if (--left_ == 0) throw Error("it broke");
  }
  mutable int left_;
};

/// 2,000 numbers of `collective`, with a record of their own.
CollectiveCaseSetup case_of(const Collective& collective, Communicator& communicator,
                            Device& device) {
  CollectiveCaseSetup setup;
  setup.communicator = setup.words = &communicator;
  setup.collective = &collective;
  setup.device = &device;
  setup.bytes = 4 * 2000;
  setup.seed = 3;
  setup.record = std::make_shared<CollectiveRecord>();
  return setup;
}

TEST_SUITE("property") {
  TEST_CASE("one flipped bit anywhere in an output is found and named with what must be there") {
    std::mt19937_64 random(5);
    for (const Dtype element : {Dtype::f32, Dtype::bf16, Dtype::int8}) {
      CAPTURE(static_cast<int>(element));
      // An element, none, less than a period, exactly one, several; and more than is copied at
      // once.
      find_every_flip(
          element, {{1, 2, 0}, {0, 1, 5}, {1000, 0, 7}, {1021, kSumOverRanks, 1020}, {5000, 1, 3}},
          random);
      find_every_flip(element, {{700'000 / size_of(element), kSumOverRanks, 4321}, {3, 0, 0}},
                      random);
    }
  }
}

TEST_SUITE("unit") {
  TEST_CASE("the segments of every collective cover its output and nothing else") {
    for (int ranks = 1; ranks <= 9; ++ranks) {
      for (int rank = 0; rank < ranks; ++rank) {
        for (const std::size_t bytes : {4u, 12u, 36u, 4u * 1019u, 65536u}) {
          const CollectiveProblem problem(bytes, Dtype::f32, rank, ranks);
          for (const auto& collective : collectives()) {
            CAPTURE(collective->workload());
            std::size_t covered = 0;
            for (const Segment& segment : collective->expected(problem)) {
              CHECK(segment.whose >= kSumOverRanks);
              CHECK(segment.whose < ranks);
              covered += segment.count;
            }
            const bool scratch = collective->operation() == Operation::reduce && rank != 0;
            CHECK(covered == (scratch ? 0 : collective->extent(problem).out));
          }
        }
      }
    }
  }
  TEST_CASE("segments that an output does not hold are an error") {
    const ExactInputs inputs(Dtype::f32, kRanks, 9, 2);
    Output output(Dtype::f32, {inputs.at(0, 0)});
    CHECK_THROWS_AS(first_wrong(output.device, *output.buffer, {{1, 0, 0}, {99, 0, 0}}, inputs),
                    Error);
  }
  TEST_CASE("a rank that holds a wrong bit fails the verification of every rank with its words") {
    test::need_gloo();
    test::on_every_rank(2, [](Communicator& communicator) {
      test::PlainDevice device;
      const FlipsOneBit flips;
      const ExactInputs inputs(Dtype::f32, 2, 3, 1);
      REQUIRE(inputs.sum(1500) != 0);  // its sign is flipped
      const Verification answer = CollectiveCase(case_of(flips, communicator, device)).verify();
      CHECK(answer.status == Verification::Status::failed);
      CHECK(answer.detail == "round 1, rank 1: element 1500 is " +
                                 std::to_string(-inputs.sum(1500)) + ", expected " +
                                 std::to_string(inputs.sum(1500)));
    });
  }
  TEST_CASE("a forced algorithm is refused by its first call and broken by a later one") {
    test::need_gloo();
    for (const int call : {1, 2}) {
      CAPTURE(call);
      test::on_every_rank(2, [call](Communicator& communicator) {
        test::PlainDevice device;
        const FailsAtCall fails(call);
        CollectiveCaseSetup setup = case_of(fails, communicator, device);
        setup.algorithm = "ring";
        const auto record = setup.record;
        CHECK_THROWS_WITH_AS(CollectiveCase(std::move(setup)).verify(), "rank 1: it broke", Error);
        CHECK(record->is_refused == (call == 1));
      });
    }
  }
}

}  // namespace
}  // namespace assay
