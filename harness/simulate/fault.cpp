// Faults as a user plants them.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "harness/core/error.h"
#include "harness/core/message.h"
#include "harness/core/workload.h"
#include "harness/simulate/parts.h"

namespace assay {

namespace {

struct FaultKind {
  const char* name;
  Fault::Kind kind;
  bool has_amount;
  const char* meaning;
};

constexpr std::array kFaultKinds = {
    FaultKind{"compute", Fault::Kind::slow, true, "loses that share of its rate in every product"},
    FaultKind{"memory", Fault::Kind::slow, true, "loses that share of its memory's rate"},
    FaultKind{"links", Fault::Kind::slow, true, "loses that share of its links' rate"},
    FaultKind{"wrong", Fault::Kind::wrong, false, "gives a wrong answer that verification finds"},
    FaultKind{"bits", Fault::Kind::other_bits, false, "computes other bits than its peers"},
    FaultKind{"lost", Fault::Kind::lost, false, "is not there"},
    FaultKind{"ecc", Fault::Kind::memory_errors, false, "had an uncorrected memory error"},
    FaultKind{"noise", Fault::Kind::noisy, true, "has that many times the noise"}};

std::vector<std::string> split(const std::string& text, char at) {
  std::vector<std::string> parts(1);
  for (const char letter : text) {
    if (letter == at)
      parts.emplace_back();
    else
      parts.back() += letter;
  }
  return parts;
}

template <class Number>
bool read_number(const std::string& text, Number& value) {
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
  return problem == std::errc() && end == text.data() + text.size();
}

}  // namespace

std::string fault_kinds() {
  std::string text;
  for (const FaultKind& kind : kFaultKinds)
    text += fmt::format("{}{}:NODE/DEVICE{} {}", text.empty() ? "" : "; ", kind.name,
                        kind.has_amount ? ":AMOUNT" : "", kind.meaning);
  return text;
}

Fault fault_from_spec(const std::string& spec) {
  const auto refuse = [&](const std::string& why) -> Fault {
    throw Error(fmt::format("--fault {}: {}; there are {}", in_quotes(spec), why, fault_kinds()));
  };
  const std::vector<std::string> parts = split(spec, ':');
  for (const FaultKind& known : kFaultKinds) {
    if (parts.front() != known.name) continue;
    if (parts.size() != (known.has_amount ? 3u : 2u))
      return refuse(known.has_amount ? "its amount is missing" : "it takes a device alone");
    Fault fault;
    fault.spec = spec;
    fault.kind = known.kind;
    fault.family = family_named(known.name).value_or(Family::compute);
    const std::vector<std::string> place = split(parts[1], '/');
    int device = 0;
    if (place.size() != 2 || !read_number(place[0], fault.node) || fault.node < 0)
      return refuse("a device is NODE/DEVICE, both counted from 0");
    if (place[1] != "*") {
      if (!read_number(place[1], device) || device < 0)
        return refuse("a device is a number, or * for all of the node");
      fault.device = device;
    }
    const double most = fault.kind == Fault::Kind::slow ? 0.99 : 1000;
    if (known.has_amount &&
        (!read_number(parts[2], fault.amount) || !(fault.amount > 0) || fault.amount > most))
      return refuse(fmt::format("its amount is over 0 and at most {:g}", most));
    return fault;
  }
  return refuse("there is no such kind");
}

std::string why_unseen(const Fault& fault, const Profile& profile) {
  const auto has = [&](const auto& is_meant) {
    return std::any_of(profile.cases.begin(), profile.cases.end(), [&](const ProfileCases& line) {
      return line.backend == "cuda" && is_meant(line);
    });
  };
  const auto is_product = [](const ProfileCases& line) { return line.workload == "gemm"; };
  const auto compares_bits = [](const ProfileCases& line) {
    return std::any_of(line.implementations.begin(), line.implementations.end(),
                       [](const std::string& one) { return one.ends_with("_sdc"); });
  };
  const auto is_of_family = [&](const ProfileCases& line) {
    const bool is_between = span_of(line.workload) != Span::device;
    return family_of(line.workload) == fault.family ||
           (is_between && fault.family == Family::links);
  };
  switch (fault.kind) {
    case Fault::Kind::slow:
      return has(is_of_family) ? "" : fmt::format("no case of it is about {}", name(fault.family));
    case Fault::Kind::wrong:
      return has(is_product) ? "" : "no case of it is a product";
    case Fault::Kind::other_bits:
      return has(compares_bits) ? "" : "no case of it compares bits";
    case Fault::Kind::lost:
    case Fault::Kind::memory_errors:
    case Fault::Kind::noisy:
      return "";
  }
  return "";
}

namespace simulate {

bool concerns(const Fault& fault, int node, int device) {
  return fault.node == node && (!fault.device || *fault.device == device);
}

}  // namespace simulate

}  // namespace assay
