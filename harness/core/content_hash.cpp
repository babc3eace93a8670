// Hashes a document without what it says of the others.
#include "harness/core/content_hash.h"

#include "harness/core/digest.h"
#include "harness/core/document.h"

namespace assay {

std::string content_sha256(const Result& result) {
  Result alone = result;
  alone.documents.reset();
  const Json document = to_json(alone);
  return sha256_hex(document.dump(-1, ' ', false, Json::error_handler_t::replace));
}

}  // namespace assay
