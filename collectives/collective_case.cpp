// Buffers, exact checks and the timed call of one collective.
#include "collectives/collective_case.h"

#include <fmt/format.h>

#include <algorithm>

#include "collectives/agree.h"
#include "collectives/carriers.h"

namespace assay {

namespace {

constexpr std::uint64_t kRounds = 3;  // of verification, each with other inputs
constexpr unsigned char kPoison = 0xFF;

}  // namespace

CollectiveCase::CollectiveCase(CollectiveCaseSetup setup)
    : setup_(std::move(setup)),
      problem_(setup_.bytes, setup_.element, setup_.communicator->rank(),
               setup_.communicator->size()),
      extent_(setup_.collective->extent(problem_)),
      sets_(setup_.operand_sets) {
  const std::size_t width = size_of(setup_.element);
  const ExactInputs inputs(setup_.element, problem_.ranks, setup_.seed, 0);
  for (OperandSet& set : sets_) {
    const std::size_t larger = std::max(extent_.in, extent_.out);
    const std::size_t in = setup_.in_place ? larger : extent_.in;
    set.in = allocate(in * width);
    if (!setup_.in_place) set.out = allocate(extent_.out * width);
    fill(set, inputs);
  }
}

std::unique_ptr<Buffer> CollectiveCase::allocate(std::size_t bytes) {
  const std::size_t some = std::max<std::size_t>(bytes, 1);
  return setup_.registered ? setup_.communicator->allocate_registered(some)
                           : setup_.device->allocate(some);
}

std::byte* CollectiveCase::in_of(const OperandSet& set) const {
  const std::size_t skipped = setup_.in_place ? extent_.in_at : 0;
  return static_cast<std::byte*>(set.in->data()) + skipped * size_of(setup_.element);
}

std::byte* CollectiveCase::out_of(const OperandSet& set) const {
  if (!setup_.in_place) return static_cast<std::byte*>(set.out->data());
  return static_cast<std::byte*>(set.in->data()) + extent_.out_at * size_of(setup_.element);
}

void CollectiveCase::fill(const OperandSet& set, const ExactInputs& inputs) {
  const std::size_t width = size_of(setup_.element);
  const std::size_t begin = setup_.in_place ? extent_.in_at : 0;
  setup_.device->fill(setup_.in_place ? *set.in : *set.out, kPoison);
  BufferPart in(*set.in, begin * width, extent_.in * width);
  setup_.device->fill_with(in, inputs.of_rank(problem_.rank));
}

std::string CollectiveCase::complaint(const OperandSet& set, const ExactInputs& inputs) {
  const std::size_t width = size_of(setup_.element);
  const std::size_t begin = setup_.in_place ? extent_.out_at : 0;
  BufferPart out(setup_.in_place ? *set.in : *set.out, begin * width, extent_.out * width);
  const auto wrong =
      first_wrong(*setup_.device, out, setup_.collective->expected(problem_), inputs);
  if (!wrong) return "";
  return fmt::format("element {} is {}, expected {}", wrong->index, wrong->value, wrong->expected);
}

/// Whether a forced algorithm works is found by trying: the library may refuse it, on one rank or
/// on all. What fails after the trial is a failure.
void CollectiveCase::move(const OperandSet& set, bool is_trial) {
  const auto run = [&] {
    setup_.collective->run(*setup_.communicator, problem_, in_of(set), out_of(set));
    setup_.communicator->wait();
  };
  if (setup_.algorithm.empty()) return run();
  std::string own;
  try {
    run();
  } catch (const Error& error) {  // also a loss: if a rank is gone, telling the others finds out
    own = error.what();
  }
  const std::string first = first_complaint(lines_of_all(*setup_.words, own));
  setup_.record->is_refused = is_trial && !first.empty();
  if (!first.empty()) throw Error(first);
}

void CollectiveCase::check_algorithm() const {
  if (setup_.algorithm.empty()) return;
  const std::string taken = joined(setup_.record->carriers).algorithm;
  if (taken == setup_.algorithm) return;
  setup_.record->is_refused = true;
  if (taken.empty()) throw Error("the library did not tell which algorithm it took");
  throw Error(
      fmt::format("the library took {} where it was forced to {}", taken, setup_.algorithm));
}

Verification CollectiveCase::verify() {
  Verification verification;
  verification.status = Verification::Status::exact;
  for (std::uint64_t round = 1; round <= kRounds; ++round) {
    const ExactInputs inputs(setup_.element, problem_.ranks, setup_.seed, round);
    const OperandSet& set = sets_[round % sets_.size()];
    fill(set, inputs);
    move(set, round == 1);
    const std::string wrong = first_complaint(lines_of_all(*setup_.words, complaint(set, inputs)));
    if (wrong.empty()) continue;
    verification.status = Verification::Status::failed;
    verification.detail = fmt::format("round {}, {}", round, wrong);
    return verification;
  }
  setup_.record->carriers =
      carriers_of_all(*setup_.words, setup_.communicator->carrier(setup_.collective->operation()));
  check_algorithm();
  verification.error = 0;
  verification.tolerance = 0;
  return verification;
}

void CollectiveCase::enqueue(std::size_t set) {
  setup_.collective->run(*setup_.communicator, problem_, in_of(sets_[set]), out_of(sets_[set]));
}

std::size_t operand_bytes(const Collective& collective, std::size_t bytes, Dtype element,
                          int ranks) {
  const CollectiveProblem problem(bytes, element, 0, ranks);  // rank 0 has the largest part
  const CollectiveExtent extent = collective.extent(problem);
  return (extent.in + extent.out) * size_of(element);
}

}  // namespace assay
