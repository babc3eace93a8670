// A collective at one size on this rank, as the sampler takes it: verified exactly, then timed.
#pragma once

#include <memory>
#include <vector>

#include "collectives/collective.h"
#include "harness/measure/device.h"
#include "harness/measure/timed_case.h"

namespace assay {

/// Facts that a case's verification records besides the answer.
struct CollectiveRecord {
  std::vector<Carrier> carriers;  // by rank, of the verified call
  bool is_refused = false;        // the library refuses the forced algorithm
};

struct CollectiveCaseSetup {
  Communicator* communicator = nullptr;  // moves the data
  Communicator* words = nullptr;         // for agreement between ranks; may be the same
  const Collective* collective = nullptr;
  Device* device = nullptr;
  Dtype element = Dtype::f32;
  std::size_t bytes = 0;
  bool in_place = false;
  bool registered = false;  // buffers are registered with the library
  std::size_t operand_sets = 1;
  std::uint64_t seed = 0;
  std::shared_ptr<CollectiveRecord> record;
  std::string algorithm;  // forced on the communicator; empty: its choice
};

class CollectiveCase final : public TimedCase {
 public:
  explicit CollectiveCase(CollectiveCaseSetup setup);

  /// Checks every element on every rank, in several rounds with different inputs. One wrong element
  /// on any rank fails the case on all. Throws Error if the library used another algorithm than the
  /// forced one, or did not report which.
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

/// Bytes of one operand set of the problem on the rank with the largest part.
std::size_t operand_bytes(const Collective& collective, std::size_t bytes, Dtype element,
                          int ranks);

}  // namespace assay
