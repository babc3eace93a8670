// Reads the ranks' flags and token.
#include "harness/cli/rank_flags.h"

#include <fmt/format.h>

#include <cstdlib>

#include "harness/core/document.h"
#include "harness/core/error.h"

namespace assay::cli {

namespace {

std::optional<int> whole_number(const Arguments& arguments, const std::string& flag) {
  if (!arguments.has(flag)) return std::nullopt;
  const std::uint64_t value = arguments.number(flag);
  if (value > 1000000) throw Error(fmt::format("--{} {} is more than a million", flag, value));
  return static_cast<int>(value);
}

std::string read_token(const Arguments& arguments) {
  const char* given = std::getenv("ASSAY_TOKEN_FILE");
  const std::string path = arguments.has("token-file") ? arguments.value("token-file")
                           : given != nullptr          ? given
                                                       : "";
  if (path.empty())
    throw Error(
        "several ranks need a secret that they share: give every one --token-file FILE with the "
        "same content, e.g. of `openssl rand -hex 32`");
  std::string token = read_text(path);
  token.erase(token.find_last_not_of(" \t\r\n") + 1);
  if (token.size() < 8)
    throw Error(
        fmt::format("the token in {} has fewer than 8 characters: anybody could guess it", path));
  return token;
}

}  // namespace

std::optional<RankWorld> rank_world(const Arguments& arguments) {
  rendezvous::RankFlags flags;
  flags.rank = whole_number(arguments, "rank");
  flags.world_size = whole_number(arguments, "world-size");
  if (arguments.has("rendezvous")) flags.rendezvous = arguments.value("rendezvous");
  RankWorld world;
  world.facts = rendezvous::rank_facts(flags, [](const char* name) { return std::getenv(name); });
  if (world.facts.world_size == 1 && !flags.rendezvous) return std::nullopt;
  const std::uint64_t deadline_s = arguments.number("deadline");
  if (deadline_s < 2 || deadline_s > 86400)
    throw Error(fmt::format("--deadline {} is not from 2 to 86400 seconds", deadline_s));
  world.deadline_s = static_cast<double>(deadline_s);
  world.token = read_token(arguments);
  return world;
}

}  // namespace assay::cli
