// The first process checks that all mean the same run and names them; then each says where its
// devices are, under the name that it was given.
#include "harness/run/world.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <set>

#include "collectives/rendezvous/wire.h"
#include "collectives/topology/scopes.h"
#include "harness/core/digest.h"
#include "harness/core/document.h"
#include "harness/core/error.h"
#include "harness/core/message.h"

namespace assay::run {

namespace {

using Words = std::vector<std::string>;

std::string rack_of(const NodeFacts& node, const RackOfNode& racks) {
  const auto found = racks.find(node.name);
  return found == racks.end() ? "" : found->second;
}

/// What a process says of itself. The names of these words, in their order:
enum Word : std::size_t { kName, kRack, kFolderTaken, kFirstCompared };
constexpr std::size_t kFirstShown = kFirstCompared + 2;

/// The compared words, of which the last are shown too.
constexpr const char* kCompared[] = {"another build of assay",
                                     "another profile",
                                     "another version of assay",
                                     "another backend",
                                     "another seed",
                                     "another --filter",
                                     "other --nics"};

Words facts_of(const Result& result, const RackOfNode& racks, const StartedWith& own) {
  const NodeFacts& node = result.nodes.front();
  const auto version = result.software.find("assay");
  static const std::string build = sha256_hex(read_text("/proc/self/exe"));
  return {node.name,
          rack_of(node, racks),
          own.folder_taken,
          build,
          result.run.profile_sha256,
          version == result.software.end() ? "" : version->second,
          result.run.backend,
          std::to_string(result.run.seed),
          own.filter,
          fmt::format("{}", fmt::join(own.nics, ","))};
}

/// How a process differs from the first; empty: it does not. What can be read is rather said than
/// the difference of two digests.
std::string difference(const Words& facts, const Words& first) {
  if (facts.size() != first.size()) return "another version of assay than rank 0";
  for (std::size_t i = first.size(); i-- > kFirstCompared;) {
    if (facts[i] == first[i]) continue;
    const char* what = kCompared[i - kFirstCompared];
    if (i < kFirstShown) return fmt::format("{} than rank 0", what);
    return fmt::format("{} than rank 0: {} and not {}", what, in_quotes(facts[i]),
                       in_quotes(first[i]));
  }
  return "";
}

/// Why the run cannot start, as it is sent to every process; empty: it can.
std::string refusal_of(const std::vector<Words>& facts) {
  for (std::size_t process = 1; process < facts.size(); ++process)
    if (const std::string other = difference(facts[process], facts[0]); !other.empty())
      return fmt::format("rank {} was started with {}", process, other);
  for (std::size_t process = 0; process < facts.size(); ++process)
    if (const std::string& taken = facts[process][kFolderTaken]; !taken.empty())
      return fmt::format("rank {}: {}", process, taken);
  return "";
}

/// On the first process: why the run cannot be, its id, every name, every rack.
Words named(const std::string& run_id, const Words& gathered) {
  std::vector<Words> facts;
  for (const std::string& one : gathered) facts.push_back(rendezvous::decode_list(one));
  Words words = {refusal_of(facts), run_id}, racks;
  if (!words.front().empty()) return words;
  std::map<std::string, int> seen;
  for (std::size_t process = 0; process < facts.size(); ++process) {
    const std::string& name = facts[process][kName];
    const bool again = seen[name]++ > 0;
    words.push_back(again ? fmt::format("{} (rank {})", name, process) : name);
    racks.push_back(facts[process][kRack]);
  }
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
          number(place.node_nic_bytes_per_s),
          number(place.has_adding_switches)};
}
constexpr std::size_t kWordsOfPlace = 10;

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
  place.has_adding_switches = number(9) != 0;
  return place;
}

/// This process's devices, its node under the name that the run gave it.
std::string own_places(const Result& result, const World& world) {
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

void add_places(const Words& places_of_each, World& world) {
  for (std::size_t process = 0; process < places_of_each.size(); ++process) {
    if (static_cast<int>(process) == world.process)
      world.first_rank = static_cast<int>(world.places.size());
    const Words words = rendezvous::decode_list(places_of_each[process]);
    for (std::size_t at = 0; at + kWordsOfPlace <= words.size(); at += kWordsOfPlace)
      world.places.push_back(place_of(words, at, static_cast<int>(world.places.size())));
  }
}

/// A copy of a node is another node, and its devices are others.
void set_apart(NodeFacts& node, int process) {
  const std::string suffix = fmt::format(" (rank {})", process);
  node.name += suffix;
  for (DeviceFacts& device : node.devices) device.uuid += suffix;
}

}  // namespace

std::vector<std::string> World::members() const {
  std::map<std::string, int> ranks;
  std::map<std::string, std::set<std::string>> devices;
  for (const RankPlace& place : places) {
    ++ranks[place.node];
    devices[place.node].insert(place.device);
  }
  std::map<std::string, int> seen;
  std::vector<std::string> names;
  for (const RankPlace& place : places) {
    const int index = seen[place.node]++;
    const bool share = devices[place.node].size() == 1;
    names.push_back(ranks[place.node] == 1
                        ? place.node
                        : fmt::format("{}/{}{}", place.node, share ? "rank" : "device", index));
  }
  return names;
}

AskedWorld World::as_asked(const Devices& devices) const {
  const Backend backend = devices.front()->backend();
  const bool is_joined = places.size() > 1 || backend == Backend::cuda;
  std::vector<DeviceFacts> facts;
  for (const auto& device : devices) facts.push_back(device->facts());
  return {name(backend), static_cast<int>(devices.size()),
          is_joined ? sizes_of_groups(places) : std::vector<int>{1},
          least_compute_capability(facts)};
}

RackOfNode racks_of(const RackSource& source, const NodeFacts& node) {
  return source.file ? racks_from_file(*source.file) : racks_from_labels({node}, source.label_keys);
}

World world_like(const Result& machine, int processes, const RackOfNode& racks) {
  std::vector<NodeFacts> nodes(static_cast<std::size_t>(processes), machine.nodes.front());
  World world;
  world.run_id = machine.run.id;
  for (int process = 0; process < processes; ++process) {
    NodeFacts& node = nodes[static_cast<std::size_t>(process)];
    if (process > 0) set_apart(node, process);
    world.nodes.push_back(node.name);
    world.racks.push_back(rack_of(node, racks));
  }
  world.places = rank_places(nodes, racks);
  return world;
}

World world_of_local_ranks(const Result& machine, int ranks, const RackOfNode& racks) {
  World world = world_like(machine, 1, racks);
  const RankPlace place = world.places.front();
  world.places.assign(static_cast<std::size_t>(ranks), place);
  for (int rank = 0; rank < ranks; ++rank) world.places[static_cast<std::size_t>(rank)].rank = rank;
  return world;
}

World world_met(rendezvous::Client& client, const Result& result, const RackOfNode& racks,
                const StartedWith& own) {
  const Words gathered =
      client.gather("facts", rendezvous::encode_list(facts_of(result, racks, own)));
  const bool is_first = client.rank() == 0;
  if (is_first) client.set("peers", rendezvous::encode_list(named(result.run.id, gathered)));
  const Words words = rendezvous::decode_list(client.get("peers"));
  if (!words.at(0).empty()) throw Error(words[0]);
  World world;
  world.run_id = words.at(1);
  world.nics = own.nics;
  world.process = client.rank();
  const auto middle = words.begin() + 2 + client.world_size();
  world.nodes.assign(words.begin() + 2, middle);
  world.racks.assign(middle, words.end());
  const Words places = client.gather("places", own_places(result, world));
  if (is_first) client.set("places of all", rendezvous::encode_list(places));
  add_places(rendezvous::decode_list(client.get("places of all")), world);
  return world;
}

}  // namespace assay::run
