// The first process checks that all mean the same run and names them; then each says where its
// devices are, under the name that it was given.
#include "harness/run/world.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <sstream>

#include "collectives/rendezvous/wire.h"
#include "harness/core/error.h"

namespace assay::cli {

namespace {

using Words = std::vector<std::string>;

/// What every process must have been started with alike, and what each is called.
struct Facts {
  std::string name, profile, backend, seed, nics, rack;
  Words words() const { return {name, profile, backend, seed, nics, rack}; }
};

constexpr const char* kWhat[] = {"", "another profile", "another backend", "another seed",
                                 "other --nics"};

void require_same(std::size_t process, const Words& first, const Words& facts) {
  for (std::size_t i = 1; i < std::size(kWhat); ++i)
    if (facts.at(i) != first.at(i))
      throw Error(fmt::format("rank {} was started with {} than rank 0", process, kWhat[i]));
}

/// On the first process: the run's id, every name, every rack.
Words named(const std::string& run_id, const Words& gathered) {
  Words names, racks;
  std::map<std::string, int> seen;
  const Words first = rendezvous::decode_list(gathered.at(0));
  for (std::size_t process = 0; process < gathered.size(); ++process) {
    const Words facts = rendezvous::decode_list(gathered[process]);
    require_same(process, first, facts);
    const bool again = seen[facts.at(0)]++ > 0;
    names.push_back(again ? fmt::format("{} (rank {})", facts.at(0), process) : facts.at(0));
    racks.push_back(facts.at(5));
  }
  Words words = {run_id};
  words.insert(words.end(), names.begin(), names.end());
  words.insert(words.end(), racks.begin(), racks.end());
  return words;
}

Words words_of(const RankPlace& place) {
  const auto number = [](double value) { return fmt::format("{:.17g}", value); };
  return {place.device,
          place.node,
          place.rack,
          place.nvlink_domain,
          place.pcie_root,
          place.numa_node,
          number(place.nvlink_bytes_per_s),
          number(place.pcie_bytes_per_s),
          number(place.node_nic_bytes_per_s)};
}
constexpr std::size_t kWordsOfPlace = 9;

RankPlace place_of(const Words& words, std::size_t at, int rank) {
  const auto number = [&](std::size_t i) { return std::atof(words.at(at + i).c_str()); };
  RankPlace place;
  place.rank = rank;
  place.device = words.at(at);
  place.node = words.at(at + 1);
  place.rack = words.at(at + 2);
  place.nvlink_domain = words.at(at + 3);
  place.pcie_root = words.at(at + 4);
  place.numa_node = words.at(at + 5);
  place.nvlink_bytes_per_s = number(6);
  place.pcie_bytes_per_s = number(7);
  place.node_nic_bytes_per_s = number(8);
  return place;
}

Words listed(const std::string& text) {
  Words words;
  std::istringstream list(text);
  for (std::string word; std::getline(list, word, ',');) words.push_back(word);
  return words;
}

/// This process's devices, its node under the name that the run gave it.
std::string own_places(const Result& result, const FabricWorld& world) {
  NodeFacts node = result.nodes.front();
  node.name = world.nodes.at(static_cast<std::size_t>(world.process));
  RackOfNode racks;
  const std::string& rack = world.racks.at(static_cast<std::size_t>(world.process));
  if (!rack.empty()) racks[node.name] = rack;
  Words words;
  for (const RankPlace& place : rank_places({node}, racks)) {
    const Words more = words_of(place);
    words.insert(words.end(), more.begin(), more.end());
  }
  return rendezvous::encode_list(words);
}

void add_places(const Words& places_of_each, FabricWorld& world) {
  for (std::size_t process = 0; process < places_of_each.size(); ++process) {
    if (static_cast<int>(process) == world.process)
      world.first_rank = static_cast<int>(world.places.size());
    const Words words = rendezvous::decode_list(places_of_each[process]);
    for (std::size_t at = 0; at + kWordsOfPlace <= words.size(); at += kWordsOfPlace)
      world.places.push_back(place_of(words, at, static_cast<int>(world.places.size())));
  }
}

std::string rack_of(const NodeFacts& node, const RackOfNode& racks) {
  const auto found = racks.find(node.name);
  return found == racks.end() ? "" : found->second;
}

}  // namespace

std::vector<std::string> FabricWorld::members() const {
  std::map<std::string, int> devices;
  for (const RankPlace& place : places) ++devices[place.node];
  std::map<std::string, int> seen;
  std::vector<std::string> names;
  for (const RankPlace& place : places) {
    const int index = seen[place.node]++;
    names.push_back(devices[place.node] == 1 ? place.node
                                             : fmt::format("{}/device{}", place.node, index));
  }
  return names;
}

RackOfNode racks_of(const Arguments& arguments, const NodeFacts& node) {
  if (arguments.has("topology")) return racks_from_file(arguments.value("topology"));
  return racks_from_labels({node}, listed(arguments.value("rack-labels")));
}

std::vector<std::string> nics_of(const Arguments& arguments) {
  const std::vector<std::string> nics = listed(arguments.value_or_empty("nics"));
  for (const std::string& nic : nics)
    if (std::count(nics.begin(), nics.end(), nic) > 1)
      throw Error(fmt::format("--nics names {} twice", nic));
  return nics;
}

FabricWorld world_alone(const Result& result, const RackOfNode& racks) {
  FabricWorld world;
  world.run_id = result.run.id;
  world.nodes = {result.nodes.front().name};
  world.racks = {rack_of(result.nodes.front(), racks)};
  add_places({own_places(result, world)}, world);
  return world;
}

FabricWorld meet(rendezvous::Client& client, const Result& result, const RackOfNode& racks,
                 const std::vector<std::string>& nics) {
  const NodeFacts& node = result.nodes.front();
  const Facts facts{node.name,
                    result.run.profile_sha256,
                    result.run.backend,
                    std::to_string(result.run.seed),
                    fmt::format("{}", fmt::join(nics, ",")),
                    rack_of(node, racks)};
  const Words gathered = client.gather("facts", rendezvous::encode_list(facts.words()));
  const bool is_first = client.rank() == 0;
  if (is_first) client.set("peers", rendezvous::encode_list(named(result.run.id, gathered)));
  const Words words = rendezvous::decode_list(client.get("peers"));
  FabricWorld world;
  world.run_id = words.at(0);
  world.nics = nics;
  world.process = client.rank();
  const auto middle = words.begin() + 1 + client.world_size();
  world.nodes.assign(words.begin() + 1, middle);
  world.racks.assign(middle, words.end());
  const Words places = client.gather("places", own_places(result, world));
  if (is_first) client.set("places of all", rendezvous::encode_list(places));
  add_places(rendezvous::decode_list(client.get("places of all")), world);
  return world;
}

}  // namespace assay::cli
