// Hashes a document without what it says of the others.
#include "harness/core/content_hash.h"

#include "harness/core/document.h"

namespace assay {

std::string content_sha256(const Result& result) {
  Json document = to_json(result);
  if (document.contains("extensions")) {
    document["extensions"].erase("documents");
    if (document["extensions"].empty()) document.erase("extensions");
  }
  return sha256_hex(document.dump(-1, ' ', false, Json::error_handler_t::replace));
}

}  // namespace assay
