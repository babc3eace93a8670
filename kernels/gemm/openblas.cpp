// Opens libopenblas once for the process; its threads outlive every case.
#include "kernels/gemm/openblas.h"

#include <algorithm>
#include <memory>

#include "harness/measure/library.h"

namespace assay {
namespace {

// From cblas.h, so that the header is not needed to build.
constexpr int kRowMajor = 101, kNoTranspose = 111;
using Sgemm = void (*)(int order, int transpose_a, int transpose_b, int m, int n, int k,
                       float alpha, const float* a, int lda, const float* b, int ldb, float beta,
                       float* c, int ldc);
using SetThreads = void (*)(int);
using CoreName = char* (*)();

constexpr const char* kLibrary = "libopenblas.so.0";

struct OpenBlas {
  Library library;
  Sgemm sgemm;
  SetThreads set_threads;
  CoreName core_name;
};

/// Null when the library is absent, or lacks a symbol; then `reason` says so.
const OpenBlas* open_blas(std::string& reason) {
  static std::string why_not;
  static const std::unique_ptr<const OpenBlas> blas = []() -> std::unique_ptr<const OpenBlas> {
    auto library = Library::find(kLibrary, &why_not);
    if (!library) return nullptr;
    const auto sgemm = library->find_sym<Sgemm>("cblas_sgemm");
    const auto set_threads = library->find_sym<SetThreads>("openblas_set_num_threads");
    const auto core_name = library->find_sym<CoreName>("openblas_get_corename");
    if (!sgemm || !set_threads || !core_name) {
      why_not = "it lacks cblas_sgemm, openblas_set_num_threads or openblas_get_corename";
      return nullptr;
    }
    return std::make_unique<const OpenBlas>(
        OpenBlas{std::move(*library), sgemm, set_threads, core_name});
  }();
  reason = why_not;
  return blas.get();
}

}  // namespace

std::optional<std::string> OpenBlasGemm::missing(const Device&) const {
  std::string reason;
  if (open_blas(reason)) return std::nullopt;
  return std::string(kLibrary) + " is missing: " + reason;
}

std::unique_ptr<TimedCase> OpenBlasGemm::prepare(GroupContext& context) const {
  std::string reason;
  const OpenBlas* blas = open_blas(reason);
  if (!blas) throw Error(std::string(kLibrary) + " is missing: " + reason, ExitCode::missing);
  const int threads = std::max(context.device().facts().multiprocessors.value_or(1), 1);
  blas->set_threads(threads);
  const auto operands = GemmOperands::of(context, types());
  const int m = static_cast<int>(operands->shape().m), n = static_cast<int>(operands->shape().n),
            k = static_cast<int>(operands->shape().k);
  const auto multiply = [sgemm = blas->sgemm, m, n, k](const GemmPointers& p) {
    sgemm(kRowMajor, kNoTranspose, kNoTranspose, m, n, k, 1.0F, static_cast<const float*>(p.a), k,
          static_cast<const float*>(p.b), n, 0.0F, static_cast<float*>(p.c), n);
  };
  return std::make_unique<GemmCase>(
      operands, multiply, Json{{"threads", threads}, {"core", std::string(blas->core_name())}});
}

}  // namespace assay
