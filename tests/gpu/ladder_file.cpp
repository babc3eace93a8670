// Writes and reads the file of the emulator's outcomes.
#include "tests/gpu/ladder_file.h"

#include <bit>
#include <cinttypes>
#include <cstdio>
#include <fstream>
#include <sstream>

#include "harness/core/error.h"

namespace assay::gpu {

namespace {

static_assert(std::endian::native == std::endian::little, "the arrays lie in the file as they are");

constexpr const char* kTitle = "assay-emulated-ladder";
constexpr const char* kVersion = "1";
constexpr int kLargestSide = 4096;  // a damaged line must not ask for all memory

std::string words_of(const LadderCase& one) {
  std::ostringstream words;
  words << one.variant << ' ' << one.dtype << ' ' << one.shape.m << ' ' << one.shape.n << ' '
        << one.shape.k << ' ' << one.blocks << ' ' << one.data << ' '
        << one.a.size() + one.b.size() + one.c.size();
  return words.str();
}

std::string checksum(const LadderCase& one) {
  std::uint64_t sum = 0xCBF29CE484222325;
  const auto add = [&](unsigned char byte) { sum = (sum ^ byte) * 0x100000001B3; };
  for (const char letter : words_of(one)) add(static_cast<unsigned char>(letter));
  for (const Bytes* array : {&one.a, &one.b, &one.c}) {
    for (const std::byte byte : *array) add(std::to_integer<unsigned char>(byte));
  }
  char text[17];
  std::snprintf(text, sizeof text, "%016" PRIx64, sum);
  return text;
}

/// Reads one file; every complaint names the file, the case, and the way out.
class Reader {
 public:
  explicit Reader(const std::filesystem::path& path) : path_(path), in_(path, std::ios::binary) {
    if (!in_) fail("it cannot be opened");
  }

  std::vector<LadderCase> read() {
    std::istringstream line(next_line());
    std::string title, version;
    int count = 0;
    if (!(line >> title >> version >> count) || title != kTitle) {
      fail("it is not a file of emulated_ladder");
    }
    if (version != kVersion) fail("its version is " + version + ", not " + kVersion);
    if (count < 1) fail("it holds no case");
    std::vector<LadderCase> cases;
    while (static_cast<int>(cases.size()) < count) {
      where_ = "case " + std::to_string(cases.size() + 1) + " of " + std::to_string(count) + ": ";
      cases.push_back(next_case());
    }
    where_.clear();
    if (in_.peek() != std::ifstream::traits_type::eof()) fail("more follows after its last case");
    return cases;
  }

 private:
  [[noreturn]] void fail(const std::string& why) const {
    throw Error("reading the emulator's outcomes from " + path_.string() + ": " + where_ + why +
                "; write the file again with emulated_ladder");
  }

  std::string next_line() {
    std::string line;
    constexpr std::size_t kLongestLine = 256;
    for (char letter; line.size() < kLongestLine && in_.get(letter);) {
      if (letter == '\n') return line;
      line += letter;
    }
    fail(in_ ? "a line of text was expected here" : "the file is truncated in a line of text");
  }

  LadderCase next_case() {
    std::istringstream line(next_line());
    LadderCase one;
    std::size_t bytes = 0;
    std::string sum;
    if (!(line >> one.variant >> one.dtype >> one.shape.m >> one.shape.n >> one.shape.k >>
          one.blocks >> one.data >> bytes >> sum)) {
      fail("its line is damaged");
    }
    where_ += one.variant + ": ";
    check(one, bytes);
    next_array(one.a, one.bytes_a());
    next_array(one.b, one.bytes_b());
    next_array(one.c, one.bytes_c());
    if (checksum(one) != sum) {
      fail("the checksum is " + checksum(one) + " and should be " + sum);
    }
    return one;
  }

  void check(const LadderCase& one, std::size_t bytes) const {
    const auto [m, n, k] = one.shape;
    if (m < 1 || n < 1 || k < 0 || m > kLargestSide || n > kLargestSide || k > kLargestSide) {
      fail("its shape is damaged");
    }
    if (one.dtype != "f32" && one.dtype != "bf16") fail("dtype " + one.dtype + " is unknown");
    if (one.is_product() && one.dtype != "bf16") fail("products are of bf16, not " + one.dtype);
    if (one.data != kIntegers && one.data != kRandom) fail("data " + one.data + " is unknown");
    if (one.blocks < 1) fail("it has no blocks");
    if (bytes != one.bytes_a() + one.bytes_b() + one.bytes_c()) {
      fail("the number of bytes does not fit its shape");
    }
  }

  void next_array(Bytes& array, std::size_t bytes) {
    array.resize(bytes);
    in_.read(reinterpret_cast<char*>(array.data()), static_cast<std::streamsize>(bytes));
    if (const auto got = in_.gcount(); static_cast<std::size_t>(got) != bytes) {
      fail("the file is truncated: " + std::to_string(got) + " of " + std::to_string(bytes) +
           " bytes of an array are there");
    }
  }

  std::filesystem::path path_;
  std::ifstream in_;
  std::string where_;
};

}  // namespace

void write_ladder_file(const std::filesystem::path& path, const std::vector<LadderCase>& cases) {
  const std::filesystem::path unfinished = path.string() + ".new";
  {
    std::ofstream out(unfinished, std::ios::binary);
    out << kTitle << ' ' << kVersion << ' ' << cases.size() << '\n';
    for (const LadderCase& one : cases) {
      out << words_of(one) << ' ' << checksum(one) << '\n';
      for (const Bytes* array : {&one.a, &one.b, &one.c}) {
        out.write(reinterpret_cast<const char*>(array->data()),
                  static_cast<std::streamsize>(array->size()));
      }
    }
    out.close();
    if (!out) throw Error("writing " + unfinished.string() + " failed: is the disk full?");
  }
  std::filesystem::rename(unfinished, path);
}

std::vector<LadderCase> read_ladder_file(const std::filesystem::path& path) {
  return Reader(path).read();
}

}  // namespace assay::gpu
