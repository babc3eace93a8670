// Looks NCCL's functions up, and says what the version that is here lacks.
#include "collectives/nccl/cuda/symbols.h"

#include <fmt/format.h>

#include <array>
#include <utility>

namespace assay::nccl {

namespace {

constexpr int kOldest = 21800;

/// A feature's name, the version that brought it, and the functions that it needs: none where the
/// version alone decides.
struct FeatureNeeds {
  Feature feature;
  const char* name;
  int since;
  std::array<const char*, 4> functions;
};

constexpr FeatureNeeds kFeatures[] = {
    {Feature::registered_buffers,
     "registered buffers",
     21900,
     {"ncclMemAlloc", "ncclMemFree", "ncclCommRegister", "ncclCommDeregister"}},
    {Feature::fp8, "fp8", 22400, {}},
};

const FeatureNeeds& needs_of(Feature feature) {
  for (const FeatureNeeds& needs : kFeatures) {
    if (needs.feature == feature) return needs;
  }
  throw Error("a feature of NCCL that has no row in the table");
}

std::string major_minor(int version) {
  return fmt::format("{}.{}", version / 10000, version / 100 % 100);
}

void look_up(const Library& library, Functions& to) {
  const auto need = [&]<class F>(F& function, const char* symbol) {
    function = library.sym<F>(symbol);
  };
  const auto want = [&]<class F>(F& function, const char* symbol) {
    function = library.find_sym<F>(symbol);
  };
  need(to.get_unique_id, "ncclGetUniqueId");
  need(to.comm_init_rank_config, "ncclCommInitRankConfig");
  need(to.comm_finalize, "ncclCommFinalize");
  need(to.comm_destroy, "ncclCommDestroy");
  need(to.comm_abort, "ncclCommAbort");
  need(to.comm_get_async_error, "ncclCommGetAsyncError");
  need(to.get_error_string, "ncclGetErrorString");
  need(to.get_last_error, "ncclGetLastError");
  need(to.all_reduce, "ncclAllReduce");
  need(to.all_gather, "ncclAllGather");
  need(to.reduce_scatter, "ncclReduceScatter");
  need(to.broadcast, "ncclBroadcast");
  need(to.reduce, "ncclReduce");
  need(to.send, "ncclSend");
  need(to.recv, "ncclRecv");
  need(to.group_start, "ncclGroupStart");
  need(to.group_end, "ncclGroupEnd");

  want(to.mem_alloc, "ncclMemAlloc");
  want(to.mem_free, "ncclMemFree");
  want(to.comm_register, "ncclCommRegister");
  want(to.comm_deregister, "ncclCommDeregister");
  want(to.all_to_all, "ncclAlltoAll");
}

}  // namespace

std::string version_text(int version) {
  return fmt::format("{}.{}.{}", version / 10000, version / 100 % 100, version % 100);
}

std::shared_ptr<const Symbols> Symbols::open() {
  return std::shared_ptr<const Symbols>(new Symbols(Library::open("libnccl.so.2")));
}

std::shared_ptr<const Symbols> Symbols::find(std::string* reason) {
  try {
    return open();
  } catch (const Error& error) {
    if (reason) *reason = error.what();
    return nullptr;
  }
}

Symbols::Symbols(Library library) : library_(std::move(library)) {
  functions_.get_version = library_.sym<decltype(&ncclGetVersion)>("ncclGetVersion");
  if (functions_.get_version(&version_) != ncclSuccess || version_ < kOldest) {
    throw Error(fmt::format("{} is NCCL {}: 2.18 or later is needed", path(), version_text()),
                ExitCode::missing);
  }
  look_up(library_, functions_);
}

std::string Symbols::version_text() const { return nccl::version_text(version_); }

std::optional<std::string> Symbols::lacks(Feature feature) const {
  const FeatureNeeds& needs = needs_of(feature);
  for (const char* function : needs.functions) {
    if (function && !library_.find_sym<void (*)()>(function)) {
      return fmt::format("{}: off, NCCL {} has no {} (since {})", needs.name, version_text(),
                         function, major_minor(needs.since));
    }
  }
  if (version_ < needs.since) {
    return fmt::format("{}: off, NCCL {} is older than {}", needs.name, version_text(),
                       major_minor(needs.since));
  }
  return std::nullopt;
}

}  // namespace assay::nccl
