// Runs a fuzz target on its corpus and on seeded mutations of it, under any compiler.
#include "tests/fuzz/replay.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

namespace assay::fuzz {

namespace {

void run(Target target, const std::string& text) {
  target(reinterpret_cast<const std::uint8_t*>(text.data()), text.size());
}

std::vector<std::string> texts_in(const std::filesystem::path& corpus) {
  std::vector<std::filesystem::path> paths;
  for (const auto& entry : std::filesystem::directory_iterator(corpus))
    paths.push_back(entry.path());
  std::sort(paths.begin(), paths.end());
  std::vector<std::string> texts;
  for (const std::filesystem::path& path : paths) {
    std::ifstream file(path, std::ios::binary);
    texts.emplace_back(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
  }
  return texts;
}

/// Pieces that parsers trip over.
constexpr std::string_view kPieces[] = {"{",
                                        "}",
                                        "[",
                                        "]",
                                        ",",
                                        ":",
                                        "\"",
                                        "\\u0000",
                                        "\\ud800",
                                        "\xff",
                                        "NaN",
                                        "1e999",
                                        "-0",
                                        "1.0",
                                        "1e300",
                                        "null",
                                        "true",
                                        "*",
                                        ".",
                                        "/",
                                        "_",
                                        "m0",
                                        "99999999999999999999",
                                        "\n",
                                        "\xEF\xBB\xBF",
                                        "\"kind\"",
                                        "-1",
                                        "0"};

std::string mutated(const std::vector<std::string>& texts, std::mt19937_64& random) {
  const auto below = [&](std::size_t bound) { return bound == 0 ? 0 : random() % bound; };
  std::string text = texts[below(texts.size())];
  for (std::size_t edits = 1 + below(4); edits > 0; --edits) {
    const std::size_t at = below(text.size() + 1);
    switch (below(5)) {
      case 0:
        if (at < text.size()) text[at] = static_cast<char>(random());
        break;
      case 1:
        text.erase(at, below(20));
        break;
      case 2:
        text.insert(at, kPieces[below(std::size(kPieces))]);
        break;
      case 3:
        text.insert(at, text.substr(below(text.size() + 1), below(60)));
        break;
      default: {
        const std::string& other = texts[below(texts.size())];
        text.resize(at);
        text += other.substr(below(other.size() + 1));
      }
    }
  }
  return text;
}

}  // namespace

void replay(Target target, const std::filesystem::path& corpus) {
  const std::vector<std::string> texts = texts_in(corpus);
  REQUIRE(texts.size() >= 3);
  for (const std::string& text : texts) run(target, text);
  const char* asked = std::getenv("ASSAY_SOAK_COUNT");
  const int count = std::max(1000, asked == nullptr ? 0 : std::atoi(asked));
  std::mt19937_64 random(5);
  for (int i = 0; i < count; ++i) run(target, mutated(texts, random));
}

}  // namespace assay::fuzz
