// Reads rank, world size and rendezvous from every launcher's variables, and refuses two that
// disagree.
#include "collectives/rendezvous/rank_facts.h"

#include <fmt/format.h>

#include <array>
#include <charconv>

#include "harness/core/error.h"

namespace assay::rendezvous {

namespace {

using Environment = std::function<const char*(const char*)>;

/// What the first source that knows it gave; every other must agree.
template <class Value>
struct Fact {
  std::optional<Value> value;
  std::string source;

  void add(const std::optional<Value>& given, const std::string& given_by) {
    if (!given) return;
    if (!value) {
      value = given;
      source = given_by;
    } else if (*value != *given) {
      throw Error(fmt::format("{} says {} and {} says {}: unset the one that is wrong", source,
                              *value, given_by, *given));
    }
  }
};

std::optional<int> whole_number(const Environment& environment, const char* name) {
  const char* text = environment(name);
  if (text == nullptr || *text == '\0') return std::nullopt;
  const std::string_view digits(text);
  int value = 0;
  const auto [end, error] = std::from_chars(digits.begin(), digits.end(), value);
  if (error != std::errc() || end != digits.end() || value < 0)
    throw Error(fmt::format("{} is '{}': a whole number from 0 is needed", name, text));
  return value;
}

std::optional<std::string> text_of(const Environment& environment, const char* name) {
  const char* text = environment(name);
  if (text == nullptr || *text == '\0') return std::nullopt;
  return text;
}

struct Launcher {
  const char* rank;
  const char* world_size;  // null: it sets none
};

constexpr std::array<Launcher, 5> kLaunchers = {{{"ASSAY_RANK", "ASSAY_WORLD_SIZE"},
                                                 {"RANK", "WORLD_SIZE"},
                                                 {"JOB_COMPLETION_INDEX", nullptr},
                                                 {"SLURM_PROCID", "SLURM_NTASKS"},
                                                 {"OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE"}}};

}  // namespace

bool is_told_of_ranks(const RankFlags& flags, const Environment& environment) {
  if (flags.rank || flags.world_size || flags.rendezvous) return true;
  return text_of(environment, "ASSAY_RANK") || text_of(environment, "ASSAY_WORLD_SIZE") ||
         text_of(environment, "ASSAY_RENDEZVOUS");
}

RankFacts rank_facts(const RankFlags& flags, const Environment& environment) {
  Fact<int> rank, world_size;
  Fact<std::string> address;
  rank.add(flags.rank, "--rank");
  world_size.add(flags.world_size, "--world-size");
  address.add(flags.rendezvous, "--rendezvous");
  for (const Launcher& launcher : kLaunchers) {
    rank.add(whole_number(environment, launcher.rank), launcher.rank);
    if (launcher.world_size != nullptr)
      world_size.add(whole_number(environment, launcher.world_size), launcher.world_size);
  }
  address.add(text_of(environment, "ASSAY_RENDEZVOUS"), "ASSAY_RENDEZVOUS");
  if (const auto host = text_of(environment, "MASTER_ADDR"))
    if (const auto port = text_of(environment, "MASTER_PORT"))
      address.add(host_and_port(*host, *port), "MASTER_ADDR:MASTER_PORT");

  RankFacts facts;
  if (rank.value && !world_size.value)
    throw Error(fmt::format("{} gives a rank but nothing gives the world size: add --world-size",
                            rank.source));
  if (!rank.value && world_size.value.value_or(1) > 1)
    throw Error(fmt::format("{} gives a world size but nothing gives the rank: add --rank",
                            world_size.source));
  facts.rank = rank.value.value_or(0);
  facts.world_size = world_size.value.value_or(1);
  facts.source = rank.source;
  if (facts.world_size < 1 || facts.rank >= facts.world_size)
    throw Error(fmt::format("rank {} ({}) does not exist in a world of {} ({})", facts.rank,
                            rank.source, facts.world_size, world_size.source));
  if (address.value) facts.rendezvous = parse_endpoint(*address.value, address.source);
  if (facts.world_size > 1 && facts.rendezvous.host.empty())
    throw Error(fmt::format("a world of {} ({}) needs --rendezvous HOST:PORT of rank 0",
                            facts.world_size, world_size.source));
  return facts;
}

}  // namespace assay::rendezvous
