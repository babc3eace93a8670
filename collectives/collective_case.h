// A collective at one size on this rank, as the sampler takes it: verified exactly, then timed.
#pragma once

#include <memory>
#include <vector>

#include "collectives/collective.h"
#include "harness/measure/device.h"
#include "harness/measure/timed_case.h"

namespace assay {

/// What a case's verification finds out beside the answer.
struct CollectiveRecord {
  std::vector<Carrier> carriers;  // by rank, of the verified call
  bool is_refused = false;        // the library does not do it as it was forced to
};

struct CollectiveCaseSetup {
  Communicator* communicator = nullptr;  // that moves the data
  Communicator* words = nullptr;         // that ranks agree through; may be the same
  const Collective* collective = nullptr;
  Device* device = nullptr;
  Dtype element = Dtype::f32;
  std::size_t bytes = 0;
  bool in_place = false;
  bool registered = false;  // buffers that the library is told of
  std::size_t operand_sets = 1;
  std::uint64_t seed = 0;
  std::shared_ptr<CollectiveRecord> record;
  std::string algorithm;  // that the communicator was forced to
};

class CollectiveCase final : public TimedCase {
 public:
  explicit CollectiveCase(CollectiveCaseSetup setup);

  /// Several rounds with other inputs; every element of every rank. One wrong element anywhere
  /// fails it everywhere.
  /// Throws Error where the library took another algorithm than it was forced to, or did not tell.
  Verification verify() override;
  void enqueue(std::size_t set) override;
  void finish() override { setup_.communicator->wait(); }
  std::size_t operand_sets() const override { return sets_.size(); }
  Work work() const override { return {}; }

 private:
  struct OperandSet {
    std::unique_ptr<Buffer> in, out;  // in place: `in` alone
  };

  std::unique_ptr<Buffer> allocate(std::size_t bytes);
  std::byte* in_of(const OperandSet& set) const;
  std::byte* out_of(const OperandSet& set) const;
  void fill(const OperandSet& set, const ExactInputs& inputs);
  void move(const OperandSet& set, bool is_trial);
  void check_algorithm() const;
  std::string complaint(const OperandSet& set, const ExactInputs& inputs);

  CollectiveCaseSetup setup_;
  CollectiveProblem problem_;
  CollectiveExtent extent_;
  std::vector<OperandSet> sets_;
};

/// Bytes that one operand set of the problem takes on its largest rank.
std::size_t operand_bytes(const Collective& collective, std::size_t bytes, Dtype element,
                          int ranks);

}  // namespace assay
