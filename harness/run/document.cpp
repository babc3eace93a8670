// Rewrites the document through core's writer.
#include "harness/run/document.h"

#include "harness/core/document.h"

namespace assay::run {

RunDocument::RunDocument(std::filesystem::path path, Result result)
    : path_(std::move(path)), result_(std::move(result)) {}

void RunDocument::write() const { write_document(to_json(result_), DocumentKind::result, path_); }

void RunDocument::set_end(RunStatus status) {
  result_.status = status;
  result_.run.finished = utc_now();
}

void RunDocument::fail(const std::string& reason) noexcept {
  try {
    result_.error = reason;
    set_end(RunStatus::error);
    write();
  } catch (const std::exception&) {
    // The disk still has the last whole document, which reads as interrupted.
  }
}

}  // namespace assay::run
