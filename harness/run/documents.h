// The documents that this process writes: of its node, and on the first process of what is between
// ranks. A process alone has one for both.
#pragma once

#include <optional>
#include <vector>

#include "collectives/rendezvous/client.h"
#include "harness/run/document.h"
#include "harness/run/folder.h"
#include "harness/run/sink.h"
#include "harness/run/world.h"

namespace assay::run {

class Documents {
 public:
  /// Nothing is written yet: the files may be another run's until the devices are locked.
  Documents(DocumentPlaces places, Result first);

  const DocumentPlaces& places() const { return places_; }
  const std::filesystem::path& where() const { return places_.where; }
  /// What else a run leaves of this node stands beside it.
  const std::filesystem::path& node_path() const { return places_.node; }
  Result& node() { return node_.result(); }
  /// What this process has to show at the end.
  const Result& shown() const { return between_ranks_ ? between_ranks_->result() : node_.result(); }

  /// Writes the node's document as it stands.
  void write();
  bool is_begun() const { return is_begun_; }

  /// From here on measurements between ranks may be added, on the first process.
  void begin_between_ranks(const World& world);
  void add(Part part, const std::vector<Measurement>& measurements);

  /// Ends every document with `status`; of several processes each learns the names and SHA-256 of
  /// the others' documents, and the first gets every node's. `client` is null for a process alone.
  void finish(RunStatus status, rendezvous::Client* client);
  /// Leaves them as `status: error` where they can still be written and the folder is this run's.
  void fail(const std::string& reason) noexcept;

 private:
  RunDocument& between_ranks() { return between_ranks_ ? *between_ranks_ : node_; }

  DocumentPlaces places_;
  RunDocument node_;
  std::optional<RunDocument> between_ranks_;  // where it has a file of its own
  World world_;
  bool is_begun_ = false;
};

}  // namespace assay::run
