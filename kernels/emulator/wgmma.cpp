// Starting, committing and waiting for products, and the rules about the registers they own.
#include "kernels/emulator/wgmma.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "kernels/device/descriptor.h"
#include "kernels/device/fragment.h"
#include "kernels/emulator/machine.h"

namespace assay::emulator {

namespace {

constexpr std::uint32_t kWarpgroupSize = 128;
constexpr std::uint32_t kSignallingNan = 0xFFBADBAD;

std::string describe_products(const void* object, std::uint64_t target) {
  const auto& warpgroup = *static_cast<const Warpgroup*>(object);
  std::uint32_t deposits = kWarpgroupSize;
  if (!warpgroup.products.empty()) deposits = warpgroup.products.front().deposits;
  return fmt::format("products before number {} ({} are done, {} threads started the next)", target,
                     warpgroup.done, deposits);
}

/// Products of a warpgroup, executed one by one in the order they were started in.
class Execution : public AsyncWork {
 public:
  explicit Execution(Warpgroup& warpgroup) : warpgroup_(warpgroup) {}
  bool step() override {
    multiply(warpgroup_.products.front(), *warpgroup_.block);
    warpgroup_.products.pop_front();
    ++warpgroup_.done;
    Machine::current().wake(warpgroup_.queue);
    const bool more =
        !warpgroup_.products.empty() && warpgroup_.products.front().deposits == kWarpgroupSize;
    warpgroup_.executing = more;
    return !more;
  }
  std::string describe() const override { return "wgmma"; }

 private:
  Warpgroup& warpgroup_;
};

Epoch epoch_of(const Warpgroup& warpgroup, std::uint64_t product) {
  return make_epoch(warpgroup.slot,
                    Machine::current().base_time() + static_cast<std::uint32_t>(product));
}

void check_descriptor(const Thread& thread, const Site& site, const char* operand,
                      std::uint64_t bits) {
  const device::MatrixDescriptor descriptor = device::decode_descriptor(bits);
  const char* fault = device::descriptor_fault(bits);
  if (fault == nullptr && descriptor.base_offset != 0) {
    fault = "its base offset is not 0: align the operand to its swizzle's period";
  }
  if (fault == nullptr && descriptor.swizzle != device::Swizzle::kNone &&
      (descriptor.start & (device::swizzle_period(descriptor.swizzle) - 1)) >=
          device::swizzle_span(descriptor.swizzle)) {
    fault = "its start is not aligned to the swizzle's period, and the base offset is 0";
  }
  if (fault == nullptr) return;
  Machine::current().fail(Fault::kDescriptor, &thread, site,
                          fmt::format("descriptor {} ({:#018x}): {}", operand, bits, fault));
}

/// What every warp of the warpgroup knows: within a warp the lanes execute as one.
void refresh_knowledge(Warpgroup& warpgroup) {
  std::uint64_t learned = 0;
  for (const Thread* thread : warpgroup.threads) learned += thread->learned;
  if (learned == warpgroup.learned) return;
  warpgroup.learned = learned;
  Knowledge all;
  Gathered of_warp;
  for (std::size_t i = 0; i < kWarpgroupSize; ++i) {
    of_warp.join(warpgroup.threads[i]->known);
    if (i % 32 != 31) continue;
    const SharedKnowledge warp = of_warp.take();
    if (i == 31) {
      all = {*warp.plain, *warp.fenced};
    } else {
      all.meet(warp);
    }
  }
  warpgroup.known = Known(std::move(all));
}

void remember_reads(Warpgroup& warpgroup, const Product& product, std::uint64_t descriptor,
                    device::Major major, Format format, std::uint32_t mn) {
  const Accessor accessor{&warpgroup.known, epoch_of(warpgroup, product.index + 1), true,
                          make_epoch(warpgroup.slot, Machine::current().base_time())};
  const OperandPieces pieces = operand_pieces(descriptor, major, format, mn);
  for (std::uint32_t i = 0; i < pieces.count; ++i) {
    check_async_read(product.site, Machine::self(), accessor,
                     warpgroup.block->arena + pieces.address[i], 16);
  }
}

void start(Warpgroup& warpgroup, const Product& product) {
  if (warpgroup.slot == 0) {
    warpgroup.slot = Machine::current().new_slot(
        fmt::format("wgmma of warpgroup {} of block ({}, {}, {})", warpgroup.index,
                    warpgroup.block->index.x, warpgroup.block->index.y, warpgroup.block->index.z));
  }
  refresh_knowledge(warpgroup);
  Machine::current().note_time(clock_of(epoch_of(warpgroup, product.index + 1)));
  const ProductShape& shape = product.shape;
  if (!shape.a_in_registers) {
    remember_reads(warpgroup, product, product.operands.a, shape.major_a, shape.a, 64);
  }
  remember_reads(warpgroup, product, product.operands.b, shape.major_b, shape.b, shape.n);
  if (warpgroup.executing || product.index != warpgroup.done) return;
  warpgroup.executing = true;
  Machine::current().post(std::make_unique<Execution>(warpgroup));
}

/// The product that this thread's next wgmma belongs to; the first thread to come creates it.
Product& product_of(Thread& thread, const ProductShape& shape, const ProductOperands& operands,
                    const Site& site) {
  Warpgroup& warpgroup = *thread.warpgroup;
  const std::uint64_t at = thread.products.issued++ - warpgroup.done;
  if (at == warpgroup.products.size()) {
    Product product;
    product.site = site;
    product.shape = shape;
    product.operands = operands;
    product.index = warpgroup.done + at;
    if (shape.a_in_registers) product.a.resize(64 * shape.k());
    warpgroup.products.push_back(std::move(product));
    return warpgroup.products.back();
  }
  Product& product = warpgroup.products[at];
  const ProductOperands& others = product.operands;
  if (!(product.shape == shape) || !product.site.same_place(site) || others.a != operands.a ||
      others.b != operands.b || others.accumulate != operands.accumulate) {
    Machine::current().fail(
        Fault::kDivergence, &thread, site,
        fmt::format("other threads of the warpgroup execute {} in its place, or with other "
                    "operands",
                    product.site.text()));
  }
  return product;
}

/// Hands this thread's accumulators to the tensor core, which leaves nonsense behind.
void give(Thread& thread, Product& product, char* d) {
  const std::size_t count = product.shape.n / 2;
  std::vector<HeldRegisters>& held = thread.products.held;
  const auto found = std::find_if(held.begin(), held.end(), [&](const HeldRegisters& other) {
    return other.accumulators != nullptr && d < other.end && d + 4 * count > other.begin;
  });
  const bool held_already = found != held.end();
  if (held_already && (found->begin != d || found->end != d + 4 * count)) {
    Machine::current().fail(Fault::kAccumulator, &thread, product.site,
                            "accumulators of which a wgmma under way owns a part");
  }
  if (product.deposits == 0) {
    product.fresh = !held_already;
    product.accumulators = held_already ? found->accumulators : std::make_shared<Accumulators>();
    if (product.fresh) {
      product.accumulators->n = product.shape.n;
      product.accumulators->bits.resize(64 * product.shape.n);
    }
  }
  Accumulators& accumulators = *product.accumulators;
  if (product.fresh == held_already ||
      (held_already && found->accumulators.get() != &accumulators)) {
    Machine::current().fail(
        Fault::kDivergence, &thread, product.site,
        "other threads of the warpgroup name other accumulators, or have waited "
        "for theirs in between");
  }
  accumulators.last_product = product.index;
  if (held_already) {
    found->last_product = product.index;
    return;
  }
  if (!thread.products.fenced) {
    Machine::current().fail(Fault::kAccumulator, &thread, product.site,
                            "no wgmma.fence since the registers were last the thread's own");
  }
  const int in_group = static_cast<int>(thread.linear % kWarpgroupSize);
  for (std::size_t i = 0; i < count; ++i) {
    const device::Position at = device::accumulator_position(in_group, static_cast<int>(i));
    auto* bits = &accumulators.bits[static_cast<std::size_t>(at.row) * accumulators.n +
                                    static_cast<std::size_t>(at.column)];
    std::memcpy(bits, d + 4 * i, 4);
    std::memcpy(d + 4 * i, &kSignallingNan, 4);
  }
  held.push_back({d, d + 4 * count, product.index, product.accumulators});
}

void take_back(Thread& thread, const HeldRegisters& held) {
  const Accumulators& accumulators = *held.accumulators;
  const int in_group = static_cast<int>(thread.linear % kWarpgroupSize);
  for (std::size_t i = 0; i < accumulators.n / 2; ++i) {
    const device::Position at = device::accumulator_position(in_group, static_cast<int>(i));
    std::memcpy(held.begin + 4 * i,
                &accumulators.bits[static_cast<std::size_t>(at.row) * accumulators.n +
                                   static_cast<std::size_t>(at.column)],
                4);
  }
}

}  // namespace

void wgmma_fence(const Site& site) {
  const Call call(site);
  if (call.removed()) return;
  collective(Machine::self(), site);
  Machine::self().products.fenced = true;
}

void wgmma(const ProductShape& shape, void* d, const ProductOperands& operands, const Site& site) {
  const Call call(site);
  if (call.removed()) return;
  Thread& thread = Machine::self();
  Warpgroup& warpgroup = *thread.warpgroup;
  collective(thread, site);
  if (warpgroup.threads.size() != kWarpgroupSize) {
    Machine::current().fail(Fault::kDivergence, &thread, site, "a warpgroup has 128 threads");
  }
  ProductOperands named = operands;
  named.b = call.operand(operands.b);
  if (!shape.a_in_registers) check_descriptor(thread, site, "A", named.a);
  check_descriptor(thread, site, "B", named.b);
  Product& product = product_of(thread, shape, named, site);
  thread.products.last = site;
  give(thread, product, static_cast<char*>(d));
  if (shape.a_in_registers) {
    if (!thread.products.fenced) {
      Machine::current().fail(Fault::kAccumulator, &thread, site,
                              "no wgmma.fence since A's registers were last the thread's own");
    }
    deposit_fragment(product, thread.linear % kWarpgroupSize, named.a_registers);
    char* begin = reinterpret_cast<char*>(const_cast<std::uint32_t*>(named.a_registers));
    thread.products.held.push_back({begin, begin + 16, product.index, nullptr});
  }
  if (++product.deposits == kWarpgroupSize) start(warpgroup, product);
}

void wgmma_commit(const Site& site) {
  const Call call(site);
  for (int i = 0; i < call.times(); ++i) {
    ThreadProducts& products = Machine::self().products;
    collective(Machine::self(), site);
    products.groups.push_back(products.issued);
  }
}

void wgmma_wait(std::uint32_t pending, void* begin, std::size_t bytes, const Site& site) {
  const Call call(site);
  if (call.removed()) return;
  Thread& thread = Machine::self();
  Warpgroup& warpgroup = *thread.warpgroup;
  ThreadProducts& products = thread.products;
  collective(thread, site);
  const std::uint64_t leave = call.operand(pending);
  products.fenced = false;
  while (products.groups.size() > leave) {
    products.waited = products.groups.front();
    products.groups.pop_front();
  }
  while (warpgroup.done < products.waited) {
    Machine::current().wait(warpgroup.queue,
                            {site, &warpgroup, products.waited, describe_products});
  }
  if (products.waited > 0) {
    thread.known.raise(warpgroup.slot, clock_of(epoch_of(warpgroup, products.waited)),
                       warpgroup.finished);
    ++thread.learned;
  }
  const char* first = static_cast<const char*>(begin);
  std::erase_if(products.held, [&](const HeldRegisters& held) {
    if (held.last_product >= products.waited) return false;
    if (held.accumulators == nullptr) return true;
    if (held.begin < first || held.end > first + bytes) return false;
    take_back(thread, held);
    return true;
  });
}

void check_accumulators(Thread& thread, const void* address, std::size_t bytes, const void* pc) {
  const auto* byte = static_cast<const char*>(address);
  for (const HeldRegisters& held : thread.products.held) {
    if (byte + bytes <= held.begin || byte >= held.end) continue;
    const bool done = held.last_product < thread.products.waited;
    Machine::current().fail(
        Fault::kAccumulator, &thread, thread.last,
        done ? "accumulators that no wgmma_wait has listed since their last product: the compiler "
               "may move this access before the wait"
             : "registers of a wgmma that has not been waited for",
        pc);
  }
}

}  // namespace assay::emulator
