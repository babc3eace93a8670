// Reads rank, world size and rendezvous from every launcher's variables, and refuses a quarrel.
#include "collectives/rendezvous/rank_facts.h"

#include <fmt/format.h>

#include <array>
#include <charconv>

#include "harness/core/error.h"

namespace assay::rendezvous {

namespace {

using Environment = std::function<const char*(const char*)>;

/// One fact, and who said it.
template <class Value>
struct Said {
  std::optional<Value> value;
  std::string by;

  void hear(const std::optional<Value>& other, const std::string& source) {
    if (!other) return;
    if (!value) {
      value = other;
      by = source;
    } else if (*value != *other) {
      throw Error(fmt::format("{} says {} and {} says {}: unset the one that is wrong", by, *value,
                              source, *other));
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

void split_address(const std::string& address, const std::string& by, RankFacts& facts) {
  const std::size_t colon = address.rfind(':');
  unsigned port = 0;
  if (colon != std::string::npos && colon > 0) {
    const std::string_view digits = std::string_view(address).substr(colon + 1);
    const auto [end, error] = std::from_chars(digits.begin(), digits.end(), port);
    if (error != std::errc() || end != digits.end()) port = 0;
  }
  if (port == 0 || port > 65535)
    throw Error(fmt::format("{} is '{}': HOST:PORT is needed, e.g. node-0:29400", by, address));
  facts.host = address.substr(0, colon);
  if (facts.host.front() == '[' && facts.host.back() == ']')  // an IPv6 address
    facts.host = facts.host.substr(1, facts.host.size() - 2);
  facts.port = static_cast<std::uint16_t>(port);
}

}  // namespace

RankFacts rank_facts(const RankFlags& flags, const Environment& environment) {
  Said<int> rank, world_size;
  Said<std::string> address;
  rank.hear(flags.rank, "--rank");
  world_size.hear(flags.world_size, "--world-size");
  address.hear(flags.rendezvous, "--rendezvous");
  for (const Launcher& launcher : kLaunchers) {
    rank.hear(whole_number(environment, launcher.rank), launcher.rank);
    if (launcher.world_size != nullptr)
      world_size.hear(whole_number(environment, launcher.world_size), launcher.world_size);
  }
  address.hear(text_of(environment, "ASSAY_RENDEZVOUS"), "ASSAY_RENDEZVOUS");
  if (const auto host = text_of(environment, "MASTER_ADDR"))
    if (const auto port = text_of(environment, "MASTER_PORT"))
      address.hear(*host + ":" + *port, "MASTER_ADDR:MASTER_PORT");

  RankFacts facts;
  if (rank.value && !world_size.value)
    throw Error(
        fmt::format("{} gives a rank but nothing gives the world size: add --world-size", rank.by));
  if (!rank.value && world_size.value.value_or(1) > 1)
    throw Error(
        fmt::format("{} gives a world size but nothing gives the rank: add --rank", world_size.by));
  facts.rank = rank.value.value_or(0);
  facts.world_size = world_size.value.value_or(1);
  facts.source = rank.by;
  if (facts.world_size < 1 || facts.rank >= facts.world_size)
    throw Error(fmt::format("rank {} ({}) does not exist in a world of {} ({})", facts.rank,
                            rank.by, facts.world_size, world_size.by));
  if (address.value) split_address(*address.value, address.by, facts);
  if (facts.world_size > 1 && facts.host.empty())
    throw Error(fmt::format("a world of {} ({}) needs --rendezvous HOST:PORT of rank 0",
                            facts.world_size, world_size.by));
  return facts;
}

}  // namespace assay::rendezvous
