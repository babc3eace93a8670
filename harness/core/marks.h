// What a reader has to know of documents before reading a figure: simulated, imported, filtered.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "harness/core/result.h"

namespace assay {

/// The code is one of those that the comparison's schema lists.
struct Mark {
  std::string code;
  std::string sentence;  // with its full stop
};

/// Of several documents together: simulated, of the host backend, imported, not complete, or of
/// those cases alone that a filter chose. Every output that shows figures of documents says these
/// sentences, so that none of them has words of its own.
class Marks {
 public:
  /// `file` is what the output calls the document.
  void add(const std::string& file, const Result& result);
  /// Few, however many documents there are.
  std::vector<Mark> said() const;

 private:
  std::size_t documents_ = 0, simulated_ = 0, of_host_ = 0;
  std::vector<std::string> imported_, incomplete_;  // sentences, one a document
  std::map<std::string, std::size_t> filters_;      // documents by what they were filtered with
};

}  // namespace assay
