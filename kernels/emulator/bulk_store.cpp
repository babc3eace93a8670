// Stores and reductions out of shared memory: they read at some later time, and their writes become
// visible later still; a thread waits for either in groups.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

#include "kernels/device/formats.h"
#include "kernels/emulator/bulk_copy.h"
#include "kernels/emulator/machine.h"

namespace assay::emulator {

namespace {

constexpr std::uint32_t kStorePieceBytes = 16;

template <typename T, typename Add>
void add_each(char* global, const char* from, std::uint32_t bytes, const Add& add) {
  for (std::uint32_t i = 0; i < bytes; i += sizeof(T)) {
    T sum;
    T term;
    std::memcpy(&sum, global + i, sizeof(T));
    std::memcpy(&term, from + i, sizeof(T));
    sum = add(sum, term);
    std::memcpy(global + i, &sum, sizeof(T));
  }
}

void apply(Addition addition, char* global, const char* from, std::uint32_t bytes) {
  using device::Bf16;
  using device::F16;
  switch (addition) {
    case Addition::kNone:
      std::memcpy(global, from, bytes);
      return;
    case Addition::kF32:
      return add_each<float>(global, from, bytes, [](float a, float b) { return a + b; });
    case Addition::kBf16:
      return add_each<Bf16>(global, from, bytes, [](Bf16 a, Bf16 b) {
        return device::to_bf16(device::to_float(a) + device::to_float(b));
      });
    case Addition::kF16:
      return add_each<F16>(global, from, bytes, [](F16 a, F16 b) {
        return device::to_f16(device::to_float(a) + device::to_float(b));
      });
    case Addition::kS32:
    case Addition::kU32:
      return add_each<std::uint32_t>(global, from, bytes,
                                     [](std::uint32_t a, std::uint32_t b) { return a + b; });
  }
}

class Store : public AsyncWork {
 public:
  Store(CopyPlan plan, Addition addition, Thread& issuer, Site site)
      : plan_(std::move(plan)),
        addition_(addition),
        issuer_(issuer),
        group_(issuer.bulk.committed),
        site_(site) {
    Random& random = Machine::current().random();
    std::vector<CopyRow>& rows = plan_.rows;
    for (std::size_t i = rows.size(); i > 1; --i) std::swap(rows[i - 1], rows[random.below(i)]);
    values_.resize(plan_.bytes);
  }

  bool step() override {
    Random& random = Machine::current().random();
    const std::size_t left = plan_.rows.size() - done_;
    std::size_t batch = random.chance(0.5) ? left : 1 + random.below(left);
    for (; batch > 0; --batch, ++done_) {
      if (reading_) {
        read(plan_.rows[done_]);
      } else {
        write(plan_.rows[done_]);
      }
    }
    if (done_ < plan_.rows.size()) return false;
    BulkGroups& groups = issuer_.bulk;
    --(reading_ ? groups.unread : groups.unwritten)[group_];
    Machine::current().wake(groups.progress);
    const bool finished = !reading_;
    reading_ = false;
    done_ = 0;
    return finished;
  }

  std::string describe() const override { return site_.text(); }

 private:
  void read(const CopyRow& row) {
    for (std::uint32_t i = 0; i < row.bytes; i += kStorePieceBytes) {
      const std::uint32_t at = device::swizzled(plan_.swizzle, row.shared + i);
      std::memcpy(values_.data() + (row.shared - plan_.shared) + i, issuer_.block->arena + at,
                  kStorePieceBytes);
    }
  }

  void write(const CopyRow& row) {
    if (row.end <= row.begin) return;
    const std::uint32_t bytes = row.end - row.begin;
    apply(addition_, row.global + row.begin,
          values_.data() + (row.shared - plan_.shared) + row.begin, bytes);
    const std::uint32_t time = Machine::current().base_time() + group_;
    land_async_write(row.global + row.begin, bytes, make_epoch(issuer_.bulk.write_slot, time));
  }

  CopyPlan plan_;
  Addition addition_;
  Thread& issuer_;
  std::uint32_t group_;
  Site site_;
  std::vector<char> values_;
  std::size_t done_ = 0;
  bool reading_ = true;
};

Addition addition_of(device::TensorElement element) {
  switch (element) {
    case device::TensorElement::kF16:
      return Addition::kF16;
    case device::TensorElement::kF32:
      return Addition::kF32;
    case device::TensorElement::kBf16:
      return Addition::kBf16;
    case device::TensorElement::kU8:
    case device::TensorElement::kU16:
    case device::TensorElement::kU32:
    case device::TensorElement::kS32:
      break;
  }
  return Addition::kU32;
}

/// Waits until at most `pending` of the groups have copies left in `counts`.
std::uint32_t wait_for_groups(const std::vector<std::uint32_t>& counts, std::uint64_t pending,
                              const Site& site) {
  BulkGroups& groups = Machine::self().bulk;
  const std::uint32_t target =
      groups.committed > pending ? groups.committed - static_cast<std::uint32_t>(pending) : 0;
  const auto is_busy = [&] {
    return std::any_of(counts.begin(), counts.begin() + target,
                       [](std::uint32_t copies) { return copies > 0; });
  };
  while (is_busy()) {
    Machine::current().wait(groups.progress,
                            {site, &groups, target, [](const void*, std::uint64_t group) {
                               return fmt::format("its bulk stores before group {}", group);
                             }});
  }
  return target;
}

void learn(Thread& thread, Slot slot, std::uint32_t groups) {
  if (groups == 0) return;
  thread.known.raise(slot, Machine::current().base_time() + groups - 1);
  ++thread.learned;
}

}  // namespace

void start_store(CopyPlan plan, Addition addition, const Site& site) {
  Machine& machine = Machine::current();
  Thread& thread = Machine::self();
  BulkGroups& groups = thread.bulk;
  if (groups.read_slot == 0) {
    groups.read_slot = machine.new_slot("the reading of a bulk store of " + describe(thread));
    groups.write_slot = machine.new_slot("the writing of a bulk store of " + describe(thread));
  }
  if (groups.open++ == 0) {
    groups.unread.push_back(0);
    groups.unwritten.push_back(0);
  }
  ++groups.unread.back();
  ++groups.unwritten.back();
  groups.last = site;
  thread.warp->starts_copies = true;
  const std::uint32_t time = machine.base_time() + groups.committed;
  machine.note_time(time);
  const Accessor reader{&thread.known, make_epoch(groups.read_slot, time), true, 0};
  check_async_read(site, thread, reader, thread.block->arena + plan.shared, plan.bytes);
  const Accessor writer{&thread.known, machine.new_flight(site, thread), true, 0};
  for (const CopyRow& row : plan.rows) {
    if (row.end <= row.begin) continue;
    char* global = row.global + row.begin;
    if (addition == Addition::kNone) {
      begin_async_write(site, thread, writer, global, row.end - row.begin);
    } else {
      check_inside(site, thread, global, row.end - row.begin);  // additions may meet in any order
    }
  }
  machine.post(std::make_unique<Store>(std::move(plan), addition, thread, site));
}

void bulk_store(void* global, const void* shared, std::uint32_t bytes, Addition addition,
                const Site& site) {
  const Call call(site);
  for (int i = 0; i < call.times(); ++i) {
    start_store(plan_bytes(call.address(shared), global, bytes, site), addition, site);
  }
}

void tensor_store(const CUtensorMap& map, const int* at, int rank, const void* shared, bool adds,
                  const Site& site) {
  const Call call(site);
  for (int i = 0; i < call.times(); ++i) {
    CopyPlan plan = plan_box(map, at, rank, call.address(shared), site);
    const Addition addition = adds ? addition_of(plan.element) : Addition::kNone;
    start_store(std::move(plan), addition, site);
  }
}

void bulk_commit(const Site& site) {
  const Call call(site);
  for (int i = 0; i < call.times(); ++i) {
    BulkGroups& groups = Machine::self().bulk;
    if (groups.open == 0) {  // an empty group counts too
      groups.unread.push_back(0);
      groups.unwritten.push_back(0);
    }
    groups.open = 0;
    ++groups.committed;
  }
}

void bulk_wait_read(std::uint32_t pending, const Site& site) {
  const Call call(site);
  if (call.removed()) return;
  Thread& thread = Machine::self();
  const std::uint32_t target = wait_for_groups(thread.bulk.unread, call.operand(pending), site);
  thread.bulk.waited_read = std::max(thread.bulk.waited_read, target);
  learn(thread, thread.bulk.read_slot, target);
}

void bulk_wait(std::uint32_t pending, const Site& site) {
  const Call call(site);
  if (call.removed()) return;
  Thread& thread = Machine::self();
  const std::uint32_t target = wait_for_groups(thread.bulk.unwritten, call.operand(pending), site);
  thread.bulk.waited_read = std::max(thread.bulk.waited_read, target);
  learn(thread, thread.bulk.read_slot, target);
  learn(thread, thread.bulk.write_slot, target);
}

}  // namespace assay::emulator
