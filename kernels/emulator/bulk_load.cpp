// Loads into shared memory: judged and put in flight when issued, landing in batches of rows in any
// order, each batch completing its bytes on the mbarrier.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

#include "kernels/emulator/bulk_copy.h"
#include "kernels/emulator/machine.h"
#include "kernels/emulator/mbarrier.h"

namespace assay::emulator {

namespace {

constexpr std::uint32_t kLoadPieceBytes = 16;

class Load : public AsyncWork {
 public:
  Load(const CopyPlan& plan, Block& home, Mbarrier& barrier, const Thread& issuer, Site site)
      : rows_(plan.rows),
        swizzle_(plan.swizzle),
        home_(home),
        barrier_(barrier),
        issuer_(issuer),
        site_(site) {
    // Rows are taken from the back: an order that no kernel may rely on.
    Random& random = Machine::current().random();
    for (std::size_t i = rows_.size(); i > 1; --i) std::swap(rows_[i - 1], rows_[random.below(i)]);
    ++home_.landings_pending;
  }

  bool step() override {
    Random& random = Machine::current().random();
    std::size_t batch = rows_.size();
    if (random.chance(0.5)) batch = 1 + random.below(batch);
    std::uint32_t bytes = 0;
    for (; batch > 0; --batch) {
      bytes += land(rows_.back());
      rows_.pop_back();
    }
    const bool done = rows_.empty();
    if (done) --home_.landings_pending;
    complete_bytes(barrier_, bytes, issuer_, site_);
    return done;
  }

  std::string describe() const override { return site_.text(); }

 private:
  std::uint32_t land(const CopyRow& row) {
    std::array<char, 1024> bytes;
    std::memset(bytes.data(), 0, row.bytes);
    std::memcpy(bytes.data() + row.begin, row.global + row.begin, row.end - row.begin);
    const Epoch epoch = barrier_.landing();
    for (std::uint32_t i = 0; i < row.bytes; i += kLoadPieceBytes) {
      const std::uint32_t at = device::swizzled(swizzle_, row.shared + i);
      std::memcpy(home_.arena + at, bytes.data() + i, kLoadPieceBytes);
      home_.shadow->mark(at, kLoadPieceBytes, epoch);
    }
    return row.bytes;
  }

  std::vector<CopyRow> rows_;
  device::Swizzle swizzle_;
  Block& home_;
  Mbarrier& barrier_;
  const Thread& issuer_;
  Site site_;
};

/// The own block, or every block whose bit is set.
void load(const CopyPlan& plan, const void* barrier, std::uint16_t blocks, const Site& site) {
  Block& own = *Machine::self().block;
  Machine::self().warp->starts_copies = true;
  if (blocks == 0) return start_load(plan, own, barrier, site);
  const Cluster& cluster = *own.cluster;
  for (std::uint32_t rank = 0; rank < 16; ++rank) {
    if ((blocks >> rank & 1) == 0) continue;
    if (rank >= cluster.blocks.size()) {
      Machine::current().fail(
          Fault::kOutOfBounds, &Machine::self(), site,
          fmt::format("multicast to block {} of a cluster of {}", rank, cluster.blocks.size()));
    }
    start_load(plan, *cluster.blocks[rank], barrier, site);
  }
}

}  // namespace

void start_load(const CopyPlan& plan, Block& home, const void* barrier_address, const Site& site) {
  Machine& machine = Machine::current();
  const Thread& issuer = Machine::self();
  Mbarrier& barrier = barrier_for_copy(barrier_address, home, issuer, site);
  Accessor reader{&issuer.known, barrier.landing(), true, 0};
  for (const CopyRow& row : plan.rows) {
    if (row.end > row.begin) {
      check_async_read(site, issuer, reader, row.global + row.begin, row.end - row.begin);
    }
  }
  const Accessor writer{&issuer.known, machine.new_flight(site, issuer), true, 0};
  begin_async_write(site, issuer, writer, home.arena + plan.shared, plan.bytes);
  machine.post(std::make_unique<Load>(plan, home, barrier, issuer, site));
}

void bulk_load(void* shared, const void* global, std::uint32_t bytes, const void* barrier,
               std::uint16_t blocks, const Site& site) {
  const Call call(site);
  for (int i = 0; i < call.times(); ++i) {
    load(plan_bytes(call.address(shared), global, bytes, site), barrier, blocks, site);
  }
}

void tensor_load(void* shared, const CUtensorMap& map, const int* at, int rank, const void* barrier,
                 std::uint16_t blocks, const Site& site) {
  const Call call(site);
  for (int i = 0; i < call.times(); ++i) {
    load(plan_box(map, at, rank, call.address(shared), site), barrier, blocks, site);
  }
}

void tensor_prefetch(const CUtensorMap& map, int rank, const Site& site) {
  constexpr int kOrigin[5] = {};
  plan_box(map, kOrigin, rank, Machine::self().block->arena + kReservedSharedBytes, site);
}

}  // namespace assay::emulator
