// The register pool, counted in registers of one thread. A launch that does not say how many
// registers its threads start with has no pool, and only the rules of the instruction are checked.
#include "kernels/emulator/registers.h"

#include <fmt/format.h>

#include "kernels/emulator/machine.h"

namespace assay::emulator {

namespace {

std::string describe_pool(const void* object, std::uint64_t needed) {
  const auto& block = *static_cast<const Block*>(object);
  return fmt::format("{} registers more; the pool of the block has {}", needed,
                     block.registers_free);
}

}  // namespace

void registers_decrease(int count, const Site& site) {
  const Call call(site);
  if (call.removed()) return;
  Thread& thread = Machine::self();
  collective(thread, site);
  if (thread.registers == 0) return;
  if (count > thread.registers) {
    Machine::current().fail(Fault::kRegisters, &thread, site,
                            fmt::format("decreases {} registers to {}", thread.registers, count));
  }
  thread.block->registers_free += thread.registers - count;
  thread.registers = count;
  Machine::current().wake(thread.block->registers);
}

void registers_increase(int count, const Site& site) {
  const Call call(site);
  if (call.removed()) return;
  Thread& thread = Machine::self();
  collective(thread, site);
  if (thread.registers == 0) return;
  if (count < thread.registers) {
    Machine::current().fail(Fault::kRegisters, &thread, site,
                            fmt::format("increases {} registers to {}", thread.registers, count));
  }
  const int more = count - thread.registers;
  Block& block = *thread.block;
  while (block.registers_free < more) {
    Machine::current().wait(block.registers,
                            {site, &block, static_cast<std::uint64_t>(more), describe_pool});
  }
  block.registers_free -= more;
  thread.registers = count;
}

}  // namespace assay::emulator
