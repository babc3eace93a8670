// The documents that this process writes: of its node, and on the first process of what is between
// ranks. A process alone has one for both.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "harness/run/document.h"
#include "harness/run/folder.h"
#include "harness/run/sink.h"

namespace assay::run {

/// What a process's documents are called in the run's folder, and their SHA-256.
struct DocumentHashes {
  NamedDocument node;
  std::optional<NamedDocument> shared;  // between ranks, where this process has it
};

class Documents {
 public:
  /// Nothing is written yet: the files may be another run's until the devices are locked.
  Documents(DocumentPlaces places, Result first);

  const DocumentPlaces& places() const { return places_; }
  const std::filesystem::path& where() const { return places_.where; }
  const Result& node() const { return node_.result(); }
  /// What this process has to show at the end.
  const Result& shown() const { return between_ranks_ ? between_ranks_->result() : node_.result(); }

  /// Takes what `node` says of the run and the machine, and keeps the measurements.
  void describe(const Result& node);
  /// Writes the node's document as it stands.
  void write();
  bool is_begun() const { return is_begun_; }

  /// From here on measurements between ranks may be added, on the first process; `isolation` is for
  /// a document that gets pairs.
  void begin_between_ranks(const FabricFacts& fabric, const IsolationFacts& isolation);
  void add(Part part, const std::vector<Measurement>& measurements);

  /// Ends every document with `status`. One that is alone is written; those of a folder wait for
  /// the others' names.
  DocumentHashes end(RunStatus status);
  /// Writes the node's document, which now names the others of `all`.
  void name_others(const std::vector<NamedDocument>& all);
  /// On the first process: writes the other nodes' documents, whose `texts` are in the order of
  /// `all`, and then the one between ranks.
  void keep_others(const std::vector<NamedDocument>& all, const std::vector<std::string>& texts);
  /// Leaves them as `status: error` where they can still be written and the folder is this run's.
  void fail(const std::string& reason) noexcept;

 private:
  RunDocument& between_ranks() { return between_ranks_ ? *between_ranks_ : node_; }

  DocumentPlaces places_;
  RunDocument node_;
  std::optional<RunDocument> between_ranks_;  // where it has a file of its own
  IsolationFacts isolation_;
  bool is_begun_ = false;
};

}  // namespace assay::run
