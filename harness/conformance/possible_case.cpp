// A row's key, field by field, against what can be measured.
#include "harness/conformance/possible_case.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <set>
#include <vector>

#include "harness/conformance/baseline_lookup.h"
#include "harness/core/asked_cases.h"
#include "harness/core/case_work.h"
#include "harness/core/dtype.h"
#include "harness/core/input_pattern.h"
#include "harness/core/message.h"
#include "harness/core/profile.h"
#include "harness/core/transport_words.h"
#include "harness/core/workload.h"
#include "harness/core/workload_series.h"

namespace assay {

namespace {

using Names = std::vector<std::string>;

bool is_in(const Names& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

/// What the built-in profiles name.
struct KnownCase {
  std::string workload, dtype, backend, implementation;
  auto operator<=>(const KnownCase&) const = default;
};

const std::set<KnownCase>& known_cases() {
  static const std::set<KnownCase> known = [] {
    std::set<KnownCase> all;
    for (const std::string& name : builtin_profile_names())
      for (const ProfileCases& line : load_profile(name).cases)
        for (const std::string& dtype : line.dtypes)
          for (const std::string& implementation : line.implementations)
            all.insert({line.workload, dtype, line.backend, implementation});
    return all;
  }();
  return known;
}

/// Implementations of attention whose public figures baselines keep beside ours, for whoever reads
/// them; of cuDNN, there are cases in other dtypes.
bool is_published_elsewhere(const BaselineRow& row) {
  static const Names kElsewhere = {"cudnn", "cudnn_deterministic", "flash_attention_4",
                                   "flash_attention_4_deterministic"};
  return (row.id.workload == "attention_forward" || row.id.workload == "attention_backward") &&
         is_in(kElsewhere, row.id.implementation);
}

/// Of a backend, where it is known. What moves data between ranks does so in any dtype of whole
/// bytes, by any variant of the library.
Names implementations_of(const BaselineRow& row, const PartKind& part) {
  const bool spans = spans_ranks(row.id.workload);
  Names names;
  for (const KnownCase& one : known_cases()) {
    if (!part.backend.empty() && one.backend != part.backend) continue;
    const bool fits = spans ? spans_ranks(one.workload)
                            : one.workload == row.id.workload && one.dtype == row.id.dtype;
    if (fits && !is_in(names, one.implementation)) names.push_back(one.implementation);
  }
  return names;
}

/// `sm90` in `sm90_grouped` is the capability that it needs: wgmma and tcgen05, from 9.0 on, are of
/// that capability alone.
std::string why_not_on(const std::string& implementation, const std::string& capability) {
  if (capability.empty()) return "";
  const auto refusal = [&](const std::string& needed) {
    return fmt::format("{} needs compute capability {}, this part has {}", implementation, needed,
                       capability);
  };
  const int major = std::atoi(capability.c_str());
  if (implementation.starts_with("sm")) {
    const int needed = std::atoi(implementation.c_str() + 2) / 10;
    if (needed > major || (needed >= 9 && needed != major))
      return refusal(fmt::format("{}.0{}", needed, needed >= 9 ? " and no other" : " or later"));
  }
  const bool is_blackwell =
      implementation == "cublaslt_mxfp8" || implementation == "cublaslt_nvfp4";
  if (is_blackwell && major != 10) return refusal("10.x");
  const bool is_hopper = implementation.starts_with("cublaslt") &&
                         implementation.ends_with("block_scaled") && major != 9;
  return is_hopper ? refusal("9.0") : "";
}

std::string why_no_implementation(const BaselineRow& row, const PartKind& part) {
  const Names names = implementations_of(row, part);
  const std::string where = part.backend.empty() ? "" : " on " + part.backend;
  if (names.empty())
    return fmt::format("nothing measures {} in {}{}", row.id.workload, row.id.dtype, where);
  const std::string& wanted = row.id.implementation;
  if (wanted == "*" || is_published_elsewhere(row)) return "";
  if (!is_in(names, wanted))
    return fmt::format("{} in {}{} has no implementation {}; there are {}", row.id.workload,
                       row.id.dtype, where, in_quotes(wanted), fmt::join(names, ", "));
  return why_not_on(wanted, part.compute_capability);
}

/// The first capability that computes in a dtype.
std::string why_not_computed(const std::string& dtype, const std::string& capability) {
  if (capability.empty()) return "";
  const bool is_fp8 = dtype.starts_with("fp8"), is_fp4 = dtype.starts_with("fp4");
  if ((is_fp8 && !is_capable(capability, "8.9")) || (is_fp4 && !is_capable(capability, "10.0")))
    return fmt::format("this part has no products of {}", dtype);
  return "";
}

/// The keys of a shape, beside those that its work needs.
Names keys_of(const std::string& workload) {
  if (workload == "gemm") return {"m", "n", "k", "b", "g"};
  if (workload.starts_with("attention_"))
    return {"b", "hq",     "hkv",  "sq",   "sk",     "d",     "dv",
            "w", "causal", "full", "page", "latent", "varlen"};
  if (spans_ranks(workload)) return {"bytes", "ranks"};
  return {"bytes"};
}

std::string keys_in(const Shape& shape) {
  Names keys;
  for (const Shape::Entry& entry : shape.entries()) keys.push_back(entry.key);
  return fmt::format("{}", fmt::join(keys, " "));
}

std::string why_no_shape(const BaselineRow& row) {
  const CaseId& id = row.id;
  if (row.is_best_of_search())
    return span_of(id.workload) == Span::device && !id.workload.starts_with("memory_")
               ? ""
               : fmt::format("no search over shapes is made of {}", id.workload);
  if (spans_ranks(id.workload) && !id.shape.has("ranks"))
    return "its case does not name the number of ranks";
  const std::string none = fmt::format("{} has no such shape or dtype", id.workload);
  if (!work_of(id)) return none;
  const Names keys = keys_of(id.workload);
  std::int64_t least = 1;
  for (const Shape::Entry& entry : id.shape.entries()) {
    if (!is_in(keys, entry.key)) return fmt::format("{}: it has no {}", none, entry.key);
    least = std::min(least, entry.value.value_or(1));
  }
  if (least < 1) return none;
  if (id.workload == "gemm" && !is_in({"m n k", "m n k b", "m n k g"}, keys_in(id.shape)))
    return "the keys of a product are m, n and k, then b or g";
  if (spans_ranks(id.workload) && id.shape.entries().front().key != "bytes")
    return "a case between ranks names its bytes, then its ranks";
  if (spans_ranks(id.workload) && id.shape.at("ranks") < 2)
    return "one rank has nothing to measure between ranks";
  const auto dtype = dtype_named(id.dtype);
  if (id.shape.has("bytes") && dtype && bits_of(*dtype) % 8 == 0 &&
      id.shape.at("bytes") % static_cast<std::int64_t>(size_of(*dtype)) != 0)
    return fmt::format("its bytes are no multiple of an element of {}", id.dtype);
  return "";
}

/// The metrics that measurements of a workload have.
Names metrics_of(const std::string& workload) {
  if (spans_ranks(workload)) return {"bus_bandwidth_bytes_per_s", "bytes_per_s"};
  if (workload == "attention_decode") return {"bytes_per_s"};
  if (workload == "gemm" || workload.starts_with("attention_") || workload == "memory_triad")
    return {"flop_per_s", "bytes_per_s"};
  return {"bytes_per_s"};
}

std::string why_no_pattern(const BaselineRow& row) {
  if (row.input_pattern.empty()) return "";
  const Span span = span_of(row.id.workload);
  const Names patterns = span == Span::device            ? Names{kNormalInputs, "random"}
                         : span == Span::between_devices ? Names{"random_bits"}
                                                         : Names{"small_integers"};
  if (is_in(patterns, row.input_pattern)) return "";
  return fmt::format("{} is measured with the input pattern {}, not {}", row.id.workload,
                     patterns.front(), in_quotes(row.input_pattern));
}

std::string why_no_scope(const BaselineRow& row) {
  const std::string& level = row.scope_level;
  if (span_of(row.id.workload) != Span::device) {
    if (level == "device") return fmt::format("{} spans more than a device", row.id.workload);
  } else if (level != "device" && level != "node") {
    return fmt::format("{} is measured on a device, or on all of a node at once", row.id.workload);
  }
  if (!spans_ranks(row.id.workload) && (!row.fabric.empty() || row.nodes))
    return fmt::format("{} has no fabric and no nodes", row.id.workload);
  const bool is_wide = level == "rack" || level == "cluster";
  if (!is_wide && row.nodes.value_or(1) != 1) return fmt::format("a {} is one node", level);
  if (row.nodes && row.id.shape.has("ranks") && row.id.shape.at("ranks") < *row.nodes)
    return "it has fewer ranks than nodes";
  return "";
}

/// How many letters have to be put in, taken out or exchanged.
std::size_t edits_between(std::string_view one, std::string_view other) {
  std::vector<std::size_t> row(other.size() + 1);
  for (std::size_t j = 0; j < row.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= one.size(); ++i) {
    std::size_t corner = row[0]++;
    for (std::size_t j = 1; j < row.size(); ++j) {
      const std::size_t changed = corner + (one[i - 1] == other[j - 1] ? 0 : 1);
      corner = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, changed});
    }
  }
  return row.back();
}

/// A plugin that the list does not have is named by itself, in documents and so in what is measured
/// here; a word that nearly is one of the list is a slip.
std::string why_no_word(const BaselineRow& row, std::string_view word) {
  Names classes;
  std::size_t nearest = word.size();
  for (const TransportWord& known : kTransportWords) {
    if (word == known.word) return "";
    nearest = std::min(nearest, edits_between(word, known.word));
    if (!known.word.ends_with("_gdr") && known.word != "nvls") classes.emplace_back(known.word);
  }
  if (row.tier == "measured_here" && nearest > 2) return "";
  return fmt::format("there is no fabric {}; there are {}", in_quotes(word),
                     fmt::join(classes, ", "));
}

/// Measurements are looked up by what moves their data, whatever its variant.
std::string why_no_fabric(const BaselineRow& row, const PartKind& part) {
  if (row.fabric.empty()) return "";
  std::string_view rest = row.fabric;
  while (!rest.empty()) {
    const std::size_t plus = std::min(rest.find('+'), rest.size());
    if (std::string why = why_no_word(row, rest.substr(0, plus)); !why.empty()) return why;
    rest.remove_prefix(std::min(plus + 1, rest.size()));
  }
  Measurement measurement;
  measurement.transport.emplace().kind = row.fabric;
  const std::string looked_up = fabric_class(measurement);
  if (looked_up != row.fabric)
    return fmt::format("rows are looked up by the fabric '{}', not '{}'", looked_up, row.fabric);
  if (row.fabric == "nvlink" && part.nvlink_domain > 0 && row.id.shape.has("ranks") &&
      row.id.shape.at("ranks") > part.nvlink_domain)
    return fmt::format("NVLink joins {} of this part, not {}", part.nvlink_domain,
                       row.id.shape.at("ranks"));
  return "";
}

}  // namespace

bool is_workload(const std::string& workload) {
  const auto& known = known_cases();
  return std::any_of(known.begin(), known.end(),
                     [&](const KnownCase& one) { return one.workload == workload; });
}

std::string why_never_matched(const BaselineRow& row, const PartKind& part) {
  const std::string& workload = row.id.workload;
  if (!is_workload(workload)) return fmt::format("there is no workload {}", workload);
  if (std::string why = why_no_shape(row); !why.empty()) return why;
  if (std::string why = why_no_implementation(row, part); !why.empty()) return why;
  if (std::string why = why_not_computed(row.id.dtype, part.compute_capability);
      !why.empty() && !spans_ranks(workload))
    return why;
  if (!has_series(workload, row.series) || (part.backend == "host" && row.series == Series::graph))
    return fmt::format("{} has no series {}", workload, name(row.series));
  const Names metrics = metrics_of(workload);
  if (!is_in(metrics, row.metric)) return fmt::format("{} has no metric {}", workload, row.metric);
  if (std::string why = why_no_scope(row); !why.empty()) return why;
  if (std::string why = why_no_pattern(row); !why.empty()) return why;
  return why_no_fabric(row, part);
}

}  // namespace assay
