// The problem size of a workload, and the id of a case made from it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace assay {

/// An ordered list of dimensions, written `m8192_n8192_k8192`, and flags, written `causal`.
/// A key is lower-case letters; a dimension's value is at least 0.
class Shape {
 public:
  struct Entry {
    std::string key;
    std::optional<std::int64_t> value;  // absent: a flag
    bool operator==(const Entry&) const = default;
  };

  Shape() = default;
  Shape(std::initializer_list<Entry> entries) : entries_(entries) {}

  /// Reads `m8192_n8192_k8192` or `b1_hq64_causal`; throws Error naming the part that is wrong.
  static Shape parse(std::string_view text);

  std::string str() const;
  const std::vector<Entry>& entries() const { return entries_; }
  bool has(std::string_view key) const;
  /// The value of a dimension; throws Error when the shape has none of that name.
  std::int64_t at(std::string_view key) const;
  void add(std::string key, std::optional<std::int64_t> value);

  bool operator==(const Shape&) const = default;

 private:
  std::vector<Entry> entries_;
};

/// `workload.dtype.implementation/shape`, e.g. `gemm.bf16.sm90/m8192_n8192_k8192`.
struct CaseId {
  std::string workload;
  std::string dtype;
  std::string implementation;
  Shape shape;

  /// Throws Error naming what is wrong. The implementation may be `*`, as in a baseline's row: any.
  static CaseId parse(std::string_view text);
  std::string str() const;
  /// `workload.dtype/shape`: what every implementation of one group shares.
  std::string group() const;
  bool operator==(const CaseId&) const = default;
};

}  // namespace assay
