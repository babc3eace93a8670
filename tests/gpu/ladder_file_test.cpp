// The emulator's file comes back as it was written, and no damage to it goes unnoticed.
#include "tests/gpu/ladder_file.h"

#include <doctest/doctest.h>
#include <unistd.h>

#include <fstream>
#include <iterator>

#include "harness/core/error.h"
#include "tests/gpu/sample_cases.h"

namespace assay::gpu {
namespace {

/// A path of this process's own, removed at the end.
struct TemporaryFile {
  std::filesystem::path path = std::filesystem::temp_directory_path() /
                               ("assay-ladder-" + std::to_string(::getpid()) + ".bin");
  ~TemporaryFile() { std::filesystem::remove(path); }

  std::string text() const {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  void put(const std::string& text) const { std::ofstream(path, std::ios::binary) << text; }
};

std::vector<LadderCase> samples() { return {sample_copy(kRandom), sample_product(kIntegers)}; }

/// The message of the Error, which is one line and names the file.
std::string refusal(const TemporaryFile& file) {
  try {
    read_ladder_file(file.path);
  } catch (const Error& error) {
    const std::string message = error.what();
    CHECK(message.find('\n') == std::string::npos);
    CHECK(message.find(file.path.string()) != std::string::npos);
    return message;
  }
  return "";
}

bool says(const std::string& message, const std::string& words) {
  INFO(message);
  return message.find(words) != std::string::npos;
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  REQUIRE(text.find(from) != std::string::npos);
  return text.replace(text.find(from), from.size(), to);
}

TEST_SUITE("unit") {
  TEST_CASE("a ladder file is read as it was written") {
    const TemporaryFile file;
    write_ladder_file(file.path, samples());
    const auto read = read_ladder_file(file.path);
    const auto written = samples();
    REQUIRE(read.size() == written.size());
    for (std::size_t i = 0; i < read.size(); ++i) {
      CHECK(read[i].name() == written[i].name());
      CHECK(read[i].dtype == written[i].dtype);
      CHECK(read[i].blocks == written[i].blocks);
      CHECK((read[i].a == written[i].a && read[i].b == written[i].b && read[i].c == written[i].c));
    }
  }

  TEST_CASE("a ladder file cut anywhere is refused in one line") {
    const TemporaryFile file;
    write_ladder_file(file.path, samples());
    const std::string whole = file.text();
    for (std::size_t length = 0; length < whole.size(); length += 7) {
      file.put(whole.substr(0, length));
      CHECK_MESSAGE(refusal(file) != "", "cut to ", length);
    }
    file.put(whole.substr(0, whole.size() - 1));
    CHECK(says(refusal(file), "case 2 of 2: product: the file is truncated: 127 of 128 bytes"));
  }

  TEST_CASE("any changed byte of a ladder file is refused in one line") {
    const TemporaryFile file;
    write_ladder_file(file.path, samples());
    const std::string whole = file.text();
    for (std::size_t i = 0; i < whole.size(); i += 5) {
      std::string damaged = whole;
      damaged[i] = static_cast<char>(damaged[i] ^ 1);
      file.put(damaged);
      CHECK_MESSAGE(refusal(file) != "", "byte ", i);
    }
    std::string damaged = whole;
    damaged.back() = static_cast<char>(damaged.back() ^ 1);
    file.put(damaged);
    CHECK(says(refusal(file), "case 2 of 2: product: the checksum is "));
  }

  TEST_CASE("a ladder file of another version or kind is refused") {
    const TemporaryFile file;
    CHECK(says(refusal(file), "cannot be opened"));
    write_ladder_file(file.path, samples());
    const std::string whole = file.text();
    file.put(replaced(whole, "ladder 1 2", "ladder 2 2"));
    CHECK(says(refusal(file), "its version is 2"));
    file.put(replaced(whole, "assay-", "other-"));
    CHECK(says(refusal(file), "not a file of emulated_ladder"));
    file.put(replaced(whole, "ladder 1 2", "ladder 1 0"));
    CHECK(says(refusal(file), "no case"));
    file.put(whole + "x");
    CHECK(says(refusal(file), "more follows"));
    file.put(replaced(whole, " 6 4 0 ", " 6 4000000 0 "));
    CHECK(says(refusal(file), "its shape is damaged"));
  }
}

}  // namespace
}  // namespace assay::gpu
