// What the emulator finds: the kind of fault, who did it, where, and why it is one.
#pragma once

#include <cstdint>
#include <string>

#include "harness/core/error.h"
#include "kernels/emulator/site.h"

namespace assay::emulator {

enum class Fault {
  kDeadlock,           ///< Nobody can go on.
  kRace,               ///< Two accesses that conflict, and nothing orders them.
  kPendingAsync,       ///< Memory touched while an asynchronous copy or product still uses it.
  kMissingProxyFence,  ///< A plain write, then an asynchronous access, no proxy fence between.
  kTransactionBytes,   ///< expect_tx and the bytes that arrive do not match.
  kArrivalCount,       ///< More arrivals at an mbarrier than its phase has.
  kBarrierMisuse,      ///< An mbarrier used before it is initialised or published, or overwritten.
  kDescriptor,         ///< A shared memory descriptor that breaks its rules.
  kTensorMap,          ///< A tensor map or a copy's coordinates, addresses or sizes break rules.
  kUninitialised,      ///< A read of what nobody wrote.
  kOutOfBounds,        ///< An access outside of every buffer.
  kAlignment,          ///< An address that the size of the access does not divide.
  kAccumulator,        ///< Accumulators touched before the wait, or a product without its fence.
  kDivergence,         ///< The threads of a warp or warpgroup execute different collectives.
  kNamedBarrier,       ///< Counts that differ or cannot be, at a named barrier.
  kRegisters,          ///< setmaxnreg against its rules.
  kUnfinished,         ///< Asynchronous work or an arrival outlives the block it concerns.
  kTrap,               ///< The kernel ended itself.
  kWrongResult,        ///< The test's own comparison.
};

const char* name(Fault fault);

struct Report {
  Fault fault = Fault::kDeadlock;
  std::string who;           ///< "block (0, 0, 0) warp 4 thread 131", empty when it is nobody's.
  Site site;                 ///< The instruction; for a plain access the last one before it.
  const void* pc = nullptr;  ///< A plain access: its return address.
  std::string detail;
  std::uint64_t seed = 0;
  std::string mode;

  /// The source line, "file:line".
  std::string location() const;
  std::string text() const;
};

/// How a launch ends that found something.
class Failure : public Error {
 public:
  explicit Failure(Report report) : Error(name(report.fault)), report_(std::move(report)) {}
  const Report& report() const { return report_; }
  /// Finding the line of a plain access takes time, so that is left to whoever wants to read it.
  std::string text() const { return report_.text(); }

 private:
  Report report_;
};

}  // namespace assay::emulator
