// One collective: the data it moves and its expected output. What follows from its name, such as
// its bus-bandwidth factor, is in harness/core/workload.h, for code that judges it without running
// it.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "collectives/communicator.h"
#include "collectives/expectation.h"

namespace assay {

/// A collective at one size, as one rank sees it. Parts are as even as possible: if the size does
/// not divide by the number of ranks, the first ranks have one element more; if it is too small,
/// the last ranks have none.
struct CollectiveProblem {
  CollectiveProblem(std::size_t bytes, Dtype moved, int this_rank, int rank_count);

  std::size_t elements;  // of the whole array: `bytes` in the case id
  Dtype element;
  int rank, ranks;
  int root = 0;
  std::vector<std::size_t> parts;      // of `elements`, by rank
  std::vector<std::size_t> from_each;  // parts[rank], once for every rank

  std::size_t part() const { return parts[static_cast<std::size_t>(rank)]; }
  std::size_t before() const;  // elements of the ranks before this one
};

/// Elements of this rank's buffers.
struct CollectiveExtent {
  std::size_t in = 0;
  std::size_t out = 0;
  /// In place: the offsets of input and output in one buffer of max(in, out) elements.
  std::size_t in_at = 0, out_at = 0;
};

/// The element type of a case id's dtype, or nothing if no collective moves it: tf32 exists only in
/// arithmetic, and elements smaller than a byte have no address.
std::optional<Dtype> moved_dtype(std::string_view dtype);

class Collective {
 public:
  virtual ~Collective() = default;
  /// The name in case ids: `all_reduce`.
  virtual std::string workload() const = 0;
  /// The communicator's operation, by which algorithms and transports are looked up.
  virtual Operation operation() const = 0;
  /// What `assay list` prints beside the name.
  virtual std::string summary() const = 0;
  virtual CollectiveExtent extent(const CollectiveProblem& problem) const = 0;
  /// Why the problem cannot be done in place, or an empty text.
  virtual std::string refuses_in_place(const CollectiveProblem&) const { return ""; }
  virtual void run(Communicator& communicator, const CollectiveProblem& problem, const void* in,
                   void* out) const = 0;
  /// The expected output of this rank, from its beginning. Elements after the last segment are
  /// scratch.
  virtual std::vector<Segment> expected(const CollectiveProblem& problem) const = 0;
};

/// Sorted by name.
const std::vector<std::unique_ptr<Collective>>& collectives();
/// Null if there is none of that name.
const Collective* find_collective(const std::string& workload);
void enrol(std::unique_ptr<Collective> collective);

/// A namespace-scope object of this type in the collective's own file enrols it.
template <class T>
struct CollectiveEnrolment {
  CollectiveEnrolment() { enrol(std::make_unique<T>()); }
};

}  // namespace assay
