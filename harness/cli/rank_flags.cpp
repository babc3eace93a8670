// Reads the ranks' flags and token; lists are separated by commas.
#include "harness/cli/rank_flags.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <sstream>

#include "harness/core/asked_cases.h"
#include "harness/core/document.h"
#include "harness/core/error.h"

namespace assay::cli {

namespace {

std::optional<int> whole_number(const Arguments& arguments, const std::string& flag) {
  if (!arguments.has(flag)) return std::nullopt;
  return static_cast<int>(arguments.number(flag));
}

std::vector<std::string> listed(const std::string& text) {
  std::vector<std::string> words;
  std::istringstream list(text);
  for (std::string word; std::getline(list, word, ',');) words.push_back(word);
  return words;
}

std::string read_token(const Arguments& arguments) {
  const std::string path = token_file_of(arguments);
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

std::optional<run::Meeting> meeting_of(const Arguments& arguments, const Profile& profile) {
  rendezvous::RankFlags flags;
  flags.rank = whole_number(arguments, "rank");
  flags.world_size = whole_number(arguments, "world-size");
  if (arguments.has("rendezvous")) flags.rendezvous = arguments.value("rendezvous");
  const auto environment = [](const char* name) -> const char* { return std::getenv(name); };
  const bool is_between_ranks =
      asks_between_ranks(profile, "host") || asks_between_ranks(profile, "cuda");
  if (!is_between_ranks && !rendezvous::is_told_of_ranks(flags, environment)) return std::nullopt;
  run::Meeting meeting;
  meeting.facts = rendezvous::rank_facts(flags, environment);
  if (meeting.facts.world_size == 1 && !flags.rendezvous) return std::nullopt;
  meeting.token = read_token(arguments);
  return meeting;
}

int local_ranks_of(const Arguments& arguments) {
  if (!arguments.has("local-ranks")) return 0;
  const std::uint64_t ranks = arguments.number("local-ranks");
  for (const char* flag : {"rendezvous", "rank", "world-size", "nics"})
    if (arguments.has(flag))
      throw Error(fmt::format(
          "--local-ranks starts every rank on this machine: --{} is for ranks of several runs",
          flag));
  return static_cast<int>(ranks);
}

std::string token_file_of(const Arguments& arguments) {
  if (arguments.has("token-file")) return arguments.value("token-file");
  const char* given = std::getenv("ASSAY_TOKEN_FILE");
  return given == nullptr ? "" : given;
}

double deadline_of(const Arguments& arguments) {
  return static_cast<double>(arguments.number("deadline"));
}

run::RackSource rack_source_of(const Arguments& arguments) {
  if (arguments.has("topology")) return {arguments.value("topology"), {}};
  return {std::nullopt, listed(arguments.value("rack-labels"))};
}

std::vector<std::string> nics_of(const Arguments& arguments) {
  const std::vector<std::string> nics = listed(arguments.value_or_empty("nics"));
  for (const std::string& nic : nics)
    if (std::count(nics.begin(), nics.end(), nic) > 1)
      throw Error(fmt::format("--nics names {} twice", nic));
  return nics;
}

}  // namespace assay::cli
