// Rank 0 sees where all are and says to each what is its own.
#include "harness/run/machine_sharing.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>

#include "collectives/rendezvous/wire.h"
#include "harness/core/error.h"
#include "harness/run/device_lock.h"

namespace assay::run {

namespace {

using Words = std::vector<std::string>;

std::string encoded_sharing(const std::vector<MachineSharing>& all) {
  Words ranks = {""};  // no complaint
  for (const MachineSharing& one : all) {
    Words words = {std::to_string(one.turn), std::to_string(one.turns)};
    words.insert(words.end(), one.locks.begin(), one.locks.end());
    ranks.push_back(rendezvous::encode_list(words));
  }
  return rendezvous::encode_list(ranks);
}

MachineSharing decoded_sharing(const std::string& text) {
  const Words words = rendezvous::decode_list(text);
  return {Words(words.begin() + 2, words.end()), std::stoi(words.at(0)), std::stoi(words.at(1))};
}

std::string answer_for_all(const Words& gathered) {
  Words places;
  std::vector<Words> locks;
  for (const std::string& one : gathered) {
    const Words words = rendezvous::decode_list(one);
    places.push_back(words.at(0));
    locks.emplace_back(words.begin() + 1, words.end());
  }
  try {
    return encoded_sharing(machines_shared(places, locks));
  } catch (const Error& complaint) {
    return rendezvous::encode_list({complaint.what()});
  }
}

}  // namespace

std::vector<MachineSharing> machines_shared(const std::vector<std::string>& places,
                                            const std::vector<std::vector<std::string>>& locks) {
  std::vector<MachineSharing> all(places.size());
  std::map<std::pair<std::string, std::string>, std::vector<std::size_t>> holders;
  int turns = 1;
  for (std::size_t rank = 0; rank < places.size(); ++rank) {
    for (const std::string& lock : locks.at(rank)) {
      std::vector<std::size_t>& ranks = holders[{places[rank], lock}];
      if (ranks.empty()) all[rank].locks.push_back(lock);
      if (!ranks.empty() && lock != kHostLock)
        throw Error(fmt::format(
            "ranks {} and {} are on one machine and both have {}: give each rank GPUs of its own "
            "with CUDA_VISIBLE_DEVICES",
            ranks.front(), rank, lock));
      all[rank].turn = std::max(all[rank].turn, static_cast<int>(ranks.size()));
      ranks.push_back(rank);
      turns = std::max(turns, static_cast<int>(ranks.size()));
    }
  }
  for (MachineSharing& one : all) one.turns = turns;
  return all;
}

MachineSharing share_machines(rendezvous::Client& client, const std::vector<std::string>& locks) {
  Words own = {lock_place()};
  own.insert(own.end(), locks.begin(), locks.end());
  const Words gathered = client.gather("locks", rendezvous::encode_list(own));
  if (client.rank() == 0) client.set("locks of all", answer_for_all(gathered));
  const Words answer = rendezvous::decode_list(client.get("locks of all"));
  if (!answer.at(0).empty()) throw Error(answer.at(0));
  return decoded_sharing(answer.at(static_cast<std::size_t>(client.rank()) + 1));
}

}  // namespace assay::run
