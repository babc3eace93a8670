// Which documents of the evidence are of the same node.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "harness/core/error.h"
#include "harness/core/result.h"

namespace assay {

/// Two of the documents, by their places among them, are of the same node.
class RepeatedNode : public Error {
 public:
  RepeatedNode(const std::string& message, std::size_t first, std::size_t second)
      : Error(message), first_(first), second_(second) {}

  std::size_t first() const { return first_; }
  std::size_t second() const { return second_; }

 private:
  std::size_t first_, second_;
};

/// A copy of a document is not another node. Throws RepeatedNode, naming both, for two documents of
/// one process of a run, whatever their files and nodes are called, and for a device that two
/// documents describe. The document between the nodes of a run is no node's.
/// `by_claims`: the same devices are compared under claims that align them and that do not.
void refuse_repeated_nodes(const std::vector<Result>& results, bool by_claims = false);

}  // namespace assay
