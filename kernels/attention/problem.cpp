// Reads a shape key by key, and refuses what makes no sense together.
#include "kernels/attention/problem.h"

#include <fmt/format.h>

#include <array>
#include <cmath>

#include "harness/core/shape.h"

namespace assay::attention {
namespace {

constexpr std::int64_t kMostHeads = 65535, kMostTokens = std::int64_t{1} << 26, kMostWidth = 1024;
constexpr int kMostDecodeQueries = 16, kMostPage = 4096;

/// The entries of a shape, one after the other.
class Reader {
 public:
  explicit Reader(const Shape& shape) : entries_(shape.entries()) {}

  bool at_end() const { return next_ == entries_.size(); }
  bool is_at(const char* key) const { return !at_end() && entries_[next_].key == key; }

  /// A dimension from 1 to `most`; otherwise false, and refusal() says why.
  bool read(const char* key, std::int64_t most, int& value) {
    if (!is_at(key) || !entries_[next_].value || *entries_[next_].value < 1 ||
        *entries_[next_].value > most) {
      refusal_ =
          fmt::format("an attention shape needs {} from 1 to {} at place {}", key, most, next_ + 1);
      return false;
    }
    value = static_cast<int>(*entries_[next_++].value);
    return true;
  }

  bool read_mask(Mask& mask) {
    if (is_at("w")) {
      mask.kind = Mask::Kind::window;
      return read("w", kMostTokens, mask.width);
    }
    const bool causal = is_at("causal");
    if ((!causal && !is_at("full")) || entries_[next_].value) {
      refusal_ = "an attention shape needs its mask after the widths: causal, full or w<N>";
      return false;
    }
    mask.kind = causal ? Mask::Kind::causal : Mask::Kind::full;
    ++next_;
    return true;
  }

  /// Whether a flag is next, which is then read.
  bool read_flag(const char* key) {
    const bool is_there = is_at(key) && !entries_[next_].value;
    if (is_there) ++next_;
    return is_there;
  }

  const std::string& refusal() const { return refusal_; }

 private:
  const std::vector<Shape::Entry>& entries_;
  std::size_t next_ = 0;
  std::string refusal_;
};

/// What makes no sense together, or an empty line.
std::string contradiction(Workload workload, const Problem& p) {
  if (p.query_heads % p.key_heads != 0) {
    return fmt::format("hq {} is not a multiple of hkv {}", p.query_heads, p.key_heads);
  }
  if (p.width % 8 != 0 || p.value_width % 8 != 0) return "d and dv are multiples of 8";
  if (workload != Workload::decode) return "";
  if (p.mask.kind == Mask::Kind::window) return "decode takes causal or full, no window";
  if (p.queries > kMostDecodeQueries) {
    return fmt::format("decode takes 1 to {} queries (sq) a step", kMostDecodeQueries);
  }
  if (p.queries > p.keys) return "decode has its own queries in the cache: sq is at most sk";
  if (p.latent && p.value_width > p.width) {
    return "latent takes the first dv elements of a key as its value: dv is at most d";
  }
  return "";
}

}  // namespace

const char* name(Workload workload) {
  constexpr std::array kNames = {"attention_forward", "attention_decode", "attention_backward"};
  return kNames[static_cast<std::size_t>(workload)];
}

double Problem::scale() const { return 1 / std::sqrt(static_cast<double>(width)); }

ParsedProblem problem_of(Workload workload, const Shape& shape) {
  Reader reader(shape);
  Problem p;
  const bool read =
      reader.read("b", kMostHeads, p.batches) && reader.read("hq", kMostHeads, p.query_heads) &&
      reader.read("hkv", kMostHeads, p.key_heads) && reader.read("sq", kMostTokens, p.queries) &&
      reader.read("sk", kMostTokens, p.keys) && reader.read("d", kMostWidth, p.width);
  if (!read) return {std::nullopt, reader.refusal()};
  p.value_width = p.width;
  if (reader.is_at("dv") && !reader.read("dv", kMostWidth, p.value_width)) {
    return {std::nullopt, reader.refusal()};
  }
  if (!reader.read_mask(p.mask)) return {std::nullopt, reader.refusal()};
  if (workload == Workload::decode && !reader.read("page", kMostPage, p.page)) {
    return {std::nullopt, reader.refusal()};
  }
  if (workload == Workload::decode) p.latent = reader.read_flag("latent");
  if (workload == Workload::forward) p.varlen = reader.read_flag("varlen");
  if (!reader.at_end()) {
    return {std::nullopt, fmt::format("{} shape has something after its {}", name(workload),
                                      workload == Workload::decode ? "page" : "mask")};
  }
  std::string refusal = contradiction(workload, p);
  if (!refusal.empty()) return {std::nullopt, std::move(refusal)};
  return {p, ""};
}

}  // namespace assay::attention
