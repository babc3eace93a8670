// wgmma: products that a warpgroup starts together and that happen later, in order.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <memory>
#include <vector>

#include "kernels/device/element.h"
#include "kernels/emulator/format.h"
#include "kernels/emulator/threads.h"

namespace assay::emulator {

/// m64nNkK with 32 bytes of K.
struct ProductShape {
  Format a = Format::kBf16;
  Format b = Format::kBf16;
  device::Major major_a = device::Major::kK;
  device::Major major_b = device::Major::kK;
  std::uint32_t n = 0;
  bool a_in_registers = false;

  std::uint32_t k() const { return 32 / format_bytes(a); }
  bool is_integer() const { return a == Format::kS8; }
  friend bool operator==(const ProductShape&, const ProductShape&) = default;
};

/// What the instruction names besides its accumulators.
struct ProductOperands {
  std::uint64_t a = 0;  ///< A descriptor, unless A is in registers.
  const std::uint32_t* a_registers = nullptr;
  std::uint64_t b = 0;
  bool accumulate = false;
};

/// 64 rows of accumulators, while the tensor core owns them. Bits of float or of std::int32_t.
struct Accumulators {
  std::uint32_t n = 0;
  std::vector<std::uint32_t> bits;
  std::uint64_t last_product = 0;
};

struct Product {
  Site site;
  ProductShape shape;
  ProductOperands operands;
  std::uint32_t deposits = 0;
  std::uint64_t index = 0;
  bool fresh = false;  ///< Its accumulators came from the threads with this product.
  std::shared_ptr<Accumulators> accumulators;
  std::vector<float> a;  ///< From registers: 64 by K.
};

struct Warpgroup {
  Block* block = nullptr;
  std::uint32_t index = 0;
  std::vector<Thread*> threads;

  std::deque<Product> products;  ///< Under way: not yet done, or not started by all threads.
  std::uint64_t done = 0;        ///< Products executed so far: the index of products.front().
  bool executing = false;        ///< Posted as asynchronous work.
  Slot slot = 0;
  WaitQueue queue;
  Known known;      ///< What every warp knew when it started the newest product.
  Raised finished;  ///< What its threads know after the wait of one of them.
  std::uint64_t learned = ~0ull;
};

void wgmma_fence(const Site& site);
void wgmma(const ProductShape& shape, void* d, const ProductOperands& operands, const Site& site);
void wgmma_commit(const Site& site);
/// Gives back the accumulators within [begin, begin + bytes).
void wgmma_wait(std::uint32_t pending, void* begin, std::size_t bytes, const Site& site);

/// Ends the run when a plain access touches accumulators that the tensor core owns.
void check_accumulators(Thread& thread, const void* address, std::size_t bytes, const void* pc);

/// An operand's 16-byte pieces: their shared addresses, line by line of the layout.
struct OperandPieces {
  std::array<std::uint32_t, 512> address;
  std::uint32_t count = 0;
};

OperandPieces operand_pieces(std::uint64_t descriptor, device::Major major, Format format,
                             std::uint32_t mn);

/// Decodes one thread's fragment of A.
void deposit_fragment(Product& product, std::uint32_t thread, const std::uint32_t* registers);

/// Does the arithmetic, with the operands as they are in shared memory now.
void multiply(const Product& product, const Block& block);

}  // namespace assay::emulator
