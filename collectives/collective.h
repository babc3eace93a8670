// One collective: what it moves, what must come out, and what its time says about the wire.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "collectives/communicator.h"
#include "collectives/expectation.h"

namespace assay {

/// A collective at one size, seen from one rank. Parts are as even as can be: the first ranks have
/// one element more where the size does not divide, and the last none where it is too small.
struct CollectiveProblem {
  CollectiveProblem(std::size_t bytes, Dtype moved, int this_rank, int rank_count);

  std::size_t elements;  // of the whole: what `bytes` in the case id holds
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
  /// In place: where in one buffer of max(in, out) elements the smaller one begins.
  std::size_t in_at = 0, out_at = 0;
};

/// The elements of a case id's dtype; none where no collective moves them: tf32 is only computed
/// with, and elements of less than a byte have no address.
std::optional<Dtype> moved_dtype(std::string_view dtype);

class Collective {
 public:
  virtual ~Collective() = default;
  /// The name in case ids: `all_reduce`.
  virtual std::string workload() const = 0;
  /// What it is to the communicator: what it can be forced to and carried by.
  virtual Operation operation() const = 0;
  /// What `assay list` prints beside the name.
  virtual std::string summary() const = 0;
  /// Bus bandwidth is bytes / time * factor: what one rank's link carries in one direction. Derived
  /// in README.md.
  virtual double bus_factor(int ranks) const = 0;
  virtual CollectiveExtent extent(const CollectiveProblem& problem) const = 0;
  /// Why the problem cannot be done in place, or an empty text.
  virtual std::string refuses_in_place(const CollectiveProblem&) const { return ""; }
  virtual void run(Communicator& communicator, const CollectiveProblem& problem, const void* in,
                   void* out) const = 0;
  /// What must stand in this rank's output from its beginning on; what they leave out is scratch.
  virtual std::vector<Segment> expected(const CollectiveProblem& problem) const = 0;
};

/// Sorted by name.
const std::vector<std::unique_ptr<Collective>>& collectives();
/// Null where there is none of that name.
const Collective* find_collective(const std::string& workload);
void enrol(std::unique_ptr<Collective> collective);

/// A namespace-scope object of this type in the collective's own file enrols it.
template <class T>
struct CollectiveEnrolment {
  CollectiveEnrolment() { enrol(std::make_unique<T>()); }
};

}  // namespace assay
