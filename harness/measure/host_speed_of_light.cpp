// The host's speed of light: a table of microarchitectures, and the arithmetic on top of it.
#include "harness/measure/host_speed_of_light.h"

#include <fmt/format.h>

#include <algorithm>
#include <span>

#include "harness/core/digest.h"

namespace assay {

namespace {

/// `requires_flag`: without it the vector unit that the row counts on cannot be reached.
struct X86Row {
  const char* vendor;
  int family, model_low, model_high;
  double flop_per_clock;
  const char* requires_flag;
  const char* source;
};

// AMD: "Software Optimization Guide" of family 17h, 19h and 1Ah, floating-point unit.
// Intel: "Optimization Reference Manual", the tables of execution units. Server parts with AVX-512
// are counted with two 512-bit FMA units; some of the smaller ones have one, so this is a bound.
constexpr X86Row kX86[] = {
    {"AuthenticAMD", 0x17, 0x00, 0x2f, 16, "avx2", "Zen 1: 2 x 128-bit FMA"},
    {"AuthenticAMD", 0x17, 0x30, 0xff, 32, "avx2", "Zen 2: 2 x 256-bit FMA"},
    {"AuthenticAMD", 0x19, 0x00, 0x0f, 32, "avx2", "Zen 3: 2 x 256-bit FMA"},
    {"AuthenticAMD", 0x19, 0x20, 0x5f, 32, "avx2", "Zen 3: 2 x 256-bit FMA"},
    {"AuthenticAMD", 0x19, 0x10, 0x1f, 32, "avx2", "Zen 4: 2 x 256-bit FMA"},
    {"AuthenticAMD", 0x19, 0x60, 0xaf, 32, "avx2", "Zen 4: 2 x 256-bit FMA"},
    {"AuthenticAMD", 0x1a, 0x00, 0x1f, 64, "avx512f", "Zen 5 server: 2 x 512-bit FMA"},
    {"AuthenticAMD", 0x1a, 0x40, 0x4f, 64, "avx512f", "Zen 5 desktop: 2 x 512-bit FMA"},
    {"GenuineIntel", 6, 0x3c, 0x3f, 32, "avx2", "Haswell or Broadwell: 2 x 256-bit FMA"},
    {"GenuineIntel", 6, 0x45, 0x47, 32, "avx2", "Haswell or Broadwell: 2 x 256-bit FMA"},
    {"GenuineIntel", 6, 0x4f, 0x4f, 32, "avx2", "Broadwell server: 2 x 256-bit FMA"},
    {"GenuineIntel", 6, 0x56, 0x56, 32, "avx2", "Broadwell server: 2 x 256-bit FMA"},
    {"GenuineIntel", 6, 0x4e, 0x4e, 32, "avx2", "Skylake client: 2 x 256-bit FMA"},
    {"GenuineIntel", 6, 0x5e, 0x5e, 32, "avx2", "Skylake client: 2 x 256-bit FMA"},
    {"GenuineIntel", 6, 0x8e, 0x8e, 32, "avx2", "Kaby or Coffee Lake: 2 x 256-bit FMA"},
    {"GenuineIntel", 6, 0x9e, 0x9e, 32, "avx2", "Kaby or Coffee Lake: 2 x 256-bit FMA"},
    {"GenuineIntel", 6, 0xa5, 0xa6, 32, "avx2", "Comet Lake: 2 x 256-bit FMA"},
    {"GenuineIntel", 6, 0x7d, 0x7e, 32, "avx2", "Ice Lake client: 1 x 512-bit FMA"},
    {"GenuineIntel", 6, 0x8c, 0x8d, 32, "avx2", "Tiger Lake: 1 x 512-bit FMA"},
    {"GenuineIntel", 6, 0xa7, 0xa7, 32, "avx2", "Rocket Lake: 1 x 512-bit FMA"},
    {"GenuineIntel", 6, 0x55, 0x55, 64, "avx512f", "Skylake-SP family: 2 x 512-bit FMA"},
    {"GenuineIntel", 6, 0x6a, 0x6c, 64, "avx512f", "Ice Lake server: 2 x 512-bit FMA"},
    {"GenuineIntel", 6, 0x8f, 0x8f, 64, "avx512f", "Sapphire Rapids: 2 x 512-bit FMA"},
    {"GenuineIntel", 6, 0xcf, 0xcf, 64, "avx512f", "Emerald Rapids: 2 x 512-bit FMA"},
    {"GenuineIntel", 6, 0xad, 0xae, 64, "avx512f", "Granite Rapids: 2 x 512-bit FMA"},
};

struct ArmRow {
  int part;
  double flop_per_clock;
  const char* source;
};

// Arm: "Neoverse <core> Software Optimization Guide", the pipeline overview. Implementer 0x41.
constexpr ArmRow kArm[] = {
    {0xd0c, 16, "Neoverse N1: 2 x 128-bit FMA"},
    {0xd40, 32, "Neoverse V1: 2 x 256-bit FMA"},
    {0xd49, 16, "Neoverse N2: 2 x 128-bit FMA"},
    {0xd4f, 32, "Neoverse V2: 4 x 128-bit FMA"},
};

struct Clock {
  double hz;
  const char* source;  // a value of SpeedOfLight::clock_source
};

/// The most that is known. A guest's /proc/cpuinfo often shows the time-stamp counter's rate,
/// which the core outruns: then the clock that was measured is the better bound.
std::optional<Clock> bounding_clock(const HostFacts& facts, std::optional<double> measured) {
  if (facts.max_clock_hz) return Clock{*facts.max_clock_hz, "maximum"};
  const double reported = facts.reported_clock_hz.value_or(0);
  if (measured && *measured > reported) return Clock{*measured, "measured"};
  if (reported > 0) return Clock{reported, "cpuinfo"};
  return std::nullopt;
}

}  // namespace

std::optional<CoreRate> host_core_rate(const HostFacts& facts) {
  for (const X86Row& row : kX86) {
    if (facts.vendor == row.vendor && facts.family == row.family && facts.model &&
        *facts.model >= row.model_low && *facts.model <= row.model_high) {
      if (facts.has_flag(row.requires_flag) && facts.has_flag("fma")) {
        return CoreRate{row.flop_per_clock, row.source};
      }
      // AVX-512 is masked on many guests; its FMA units then work on 256 bits.
      if (row.flop_per_clock == 64 && facts.has_flag("avx2") && facts.has_flag("fma")) {
        return CoreRate{32, std::string(row.source) + ", used as 256-bit: no avx512f here"};
      }
    }
  }
  if (facts.vendor == "0x41" && facts.part) {
    for (const ArmRow& row : kArm) {
      if (row.part == *facts.part) return CoreRate{row.flop_per_clock, row.source};
    }
  }
  return std::nullopt;
}

const std::string& host_tables_version() {
  static const std::string version = [] {
    std::string rows;
    for (const X86Row& row : kX86)
      rows += fmt::format("{} {} {} {} {} {}\n", row.vendor, row.family, row.model_low,
                          row.model_high, row.flop_per_clock, row.requires_flag);
    for (const ArmRow& row : kArm) rows += fmt::format("{} {}\n", row.part, row.flop_per_clock);
    return "host-" + sha256_hex(rows).substr(0, 12);
  }();
  return version;
}

SpeedOfLight host_speed_of_light(const HostFacts& facts, std::optional<double> measured_clock_hz,
                                 std::optional<double> read_bandwidth) {
  SpeedOfLight light;
  const std::optional<CoreRate> rate = host_core_rate(facts);
  const std::optional<Clock> clock = bounding_clock(facts, measured_clock_hz);
  light.clock_measured_hz = measured_clock_hz;
  if (clock) {
    light.clock_hz = clock->hz;
    light.clock_source = clock->source;
  }
  if (rate) {
    // bf16 and f16 on the host are f32 arithmetic on rounded operands.
    for (const char* dtype : {"f32", "bf16"}) {
      const double per_clock = facts.usable_cores() * rate->flop_per_clock;
      if (clock) light.flop_per_s[dtype] = per_clock * clock->hz;
      if (measured_clock_hz) light.flop_per_s_measured[dtype] = per_clock * *measured_clock_hz;
    }
    light.source = fmt::format(
        "{:g} cores x {:g} f32 FLOP per clock ({}); bf16 is f32 arithmetic "
        "on rounded operands",
        facts.usable_cores(), rate->flop_per_clock, rate->source);
  } else {
    light.source = "FLOP per clock unknown: '" + facts.model_name + "' is not in the table";
  }
  if (read_bandwidth) {
    light.memory_bytes_per_s = read_bandwidth;
    light.source +=
        "; memory: the most of read bandwidth on all usable cores before, between and after the "
        "workloads and of what they reached, a bound that was measured, no figure of the vendor's";
  }
  return light;
}

}  // namespace assay
