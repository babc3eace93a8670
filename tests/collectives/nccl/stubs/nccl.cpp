// An NCCL whose ranks are threads of this process: real results, and the failures that the
// environment asks for. ASSAY_STUB_VERSION decides which functions it has.
//
// ASSAY_STUB_NCCL_INIT: `never` (in progress for ever), a count (in progress that often), `fails`.
// ASSAY_STUB_NCCL_ASYNC: the code that ncclCommGetAsyncError gives once the communicator is up.
// ASSAY_STUB_NCCL_REPORT: a file that goes to NCCL_DEBUG_FILE when rank 0 makes a communicator.
// All-reduces are told to the executable's profiler plugin, as ring and LL on 2 channels.
#include <nccl.h>

#include <atomic>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <functional>
#include <mutex>
#include <string>

#include "tests/collectives/nccl/fake_nccl.h"
#include "tests/collectives/nccl/stubs/clique.h"

using assay::stub::Clique;
using assay::stub::Part;

struct ncclComm {
  std::shared_ptr<Clique> clique;
  int rank = 0;
  int polls_left = 0;  // -1: for ever
  std::string algorithm = "RING";
  assay::test::FakeNccl plugin{assay::test::kProfilerLayouts[3]};
};

namespace {

std::mutex cliques_mutex;
std::map<std::string, std::shared_ptr<Clique>> cliques;
std::atomic<int> aborted = 0, destroyed = 0, registered = 0, allocated = 0;
thread_local int group_depth = 0;
thread_local std::vector<std::function<void()>> sends, receives;

std::string environment(const char* variable) {
  const char* value = std::getenv(variable);
  return value ? value : "";
}

void write_report() {
  const std::string from = environment("ASSAY_STUB_NCCL_REPORT");
  if (from.empty()) return;
  std::ifstream report(from, std::ios::binary);
  std::ofstream(environment("NCCL_DEBUG_FILE"), std::ios::app | std::ios::binary) << report.rdbuf();
}

std::shared_ptr<Clique> join(const std::string& key, int ranks) {
  const std::lock_guard lock(cliques_mutex);
  std::shared_ptr<Clique>& clique = cliques[key];
  if (!clique) clique = std::make_shared<Clique>(ranks);
  return clique;
}

std::size_t size_of(ncclDataType_t type) {
  switch (type) {
    case ncclFloat:
    case ncclInt32:
      return 4;
    case ncclBfloat16:
    case ncclHalf:
      return 2;
    default:
      return 1;
  }
}

float value_at(const void* data, std::size_t i, ncclDataType_t type) {
  float value = 0;
  if (type == ncclFloat) return static_cast<const float*>(data)[i];
  const std::uint32_t bits = static_cast<std::uint32_t>(static_cast<const std::uint16_t*>(data)[i])
                             << 16;
  std::memcpy(&value, &bits, sizeof value);
  return value;
}

void set_at(void* data, std::size_t i, ncclDataType_t type, float value) {
  if (type == ncclFloat) {
    static_cast<float*>(data)[i] = value;
    return;
  }
  std::uint32_t bits = 0;
  std::memcpy(&bits, &value, sizeof bits);
  static_cast<std::uint16_t*>(data)[i] = static_cast<std::uint16_t>(bits >> 16);
}

bool reduces(ncclDataType_t type) { return type == ncclFloat || type == ncclBfloat16; }

/// Sums `count` elements from `first` on; in place is safe, because all wait before any writes.
void sum_into(ncclComm* comm, const std::vector<Part>& parts, std::size_t first, std::size_t count,
              ncclDataType_t type, void* to) {
  std::vector<float> sums(count);
  for (const Part& part : parts) {
    for (std::size_t i = 0; i < count; ++i) sums[i] += value_at(part.send, first + i, type);
  }
  comm->clique->barrier();
  for (std::size_t i = 0; to && i < count; ++i) set_at(to, i, type, sums[i]);
  comm->clique->barrier();
}

void now_or_grouped(std::vector<std::function<void()>>& queue, std::function<void()> action) {
  queue.push_back(std::move(action));
  if (group_depth == 0) {
    for (const auto& each : queue) each();
    queue.clear();
  }
}

}  // namespace

extern "C" {

/// How often something happened, for the tests: aborted, destroyed, registered, allocated.
int assay_stub_count(const char* what) {
  const std::string name = what;
  if (name == "aborted") return aborted;
  if (name == "destroyed") return destroyed;
  return name == "registered" ? registered : allocated;
}

ncclResult_t ncclGetVersion(int* version) {
  *version = ASSAY_STUB_VERSION;
  return ncclSuccess;
}
const char* ncclGetErrorString(ncclResult_t result) {
  return result == ncclRemoteError ? "remote process exited or there was a network error"
                                   : "unhandled system error";
}
const char* ncclGetLastError(ncclComm_t) { return "socketProgress: Connection closed by peer"; }
ncclResult_t ncclGetUniqueId(ncclUniqueId* id) {
  static std::atomic<int> next = 0;
  std::memset(id, 0, sizeof *id);
  *reinterpret_cast<int*>(id->internal) = ++next;
  return ncclSuccess;
}

ncclResult_t ncclCommInitRankConfig(ncclComm_t* comm, int ranks, ncclUniqueId id, int rank,
                                    ncclConfig_t* config) {
  const std::string init = environment("ASSAY_STUB_NCCL_INIT");
  if (init == "fails") return ncclSystemError;
  *comm = new ncclComm{join(std::string(id.internal, sizeof id.internal), ranks), rank};
  if ((*comm)->plugin.is_loaded()) (*comm)->plugin.make_communicator(rank);
  if (rank == 0) write_report();
  // As NCCL: the environment is read when a communicator is made. This one has no NVLS.
  if (environment("NCCL_ALGO") == "tree") (*comm)->algorithm = "TREE";
  (*comm)->polls_left = init == "never" ? -1 : std::atoi(init.c_str());
  return config->blocking == 0 && (*comm)->polls_left != 0 ? ncclInProgress : ncclSuccess;
}
ncclResult_t ncclCommFinalize(ncclComm_t) { return ncclSuccess; }
ncclResult_t ncclCommDestroy(ncclComm_t comm) {
  ++destroyed;
  delete comm;
  return ncclSuccess;
}
ncclResult_t ncclCommAbort(ncclComm_t comm) {
  ++aborted;
  delete comm;
  return ncclSuccess;
}
ncclResult_t ncclCommGetAsyncError(ncclComm_t comm, ncclResult_t* error) {
  if (comm->polls_left != 0) {
    if (comm->polls_left > 0) --comm->polls_left;
    *error = ncclInProgress;
    return ncclSuccess;
  }
  *error = static_cast<ncclResult_t>(std::atoi(environment("ASSAY_STUB_NCCL_ASYNC").c_str()));
  return ncclSuccess;
}
ncclResult_t ncclCommCount(const ncclComm_t comm, int* count) {
  *count = comm->clique->ranks();
  return ncclSuccess;
}
ncclResult_t ncclCommUserRank(const ncclComm_t comm, int* rank) {
  *rank = comm->rank;
  return ncclSuccess;
}
ncclResult_t ncclCommCuDevice(const ncclComm_t, int* device) {
  *device = 0;
  return ncclSuccess;
}

ncclResult_t ncclAllReduce(const void* send, void* receive, size_t count, ncclDataType_t type,
                           ncclRedOp_t, ncclComm_t comm, cudaStream_t) {
  if (!reduces(type)) return ncclInvalidArgument;
  const char* name = type == ncclFloat ? "ncclFloat32" : "ncclBfloat16";
  if (comm->plugin.is_loaded())
    comm->plugin.collective(comm->rank, "AllReduce", comm->algorithm.c_str(), "LL", 2, count, name);
  sum_into(comm, comm->clique->meet(comm->rank, {send, receive}), 0, count, type, receive);
  return ncclSuccess;
}
ncclResult_t ncclReduce(const void* send, void* receive, size_t count, ncclDataType_t type,
                        ncclRedOp_t, int root, ncclComm_t comm, cudaStream_t) {
  if (!reduces(type)) return ncclInvalidArgument;
  sum_into(comm, comm->clique->meet(comm->rank, {send, receive}), 0, count, type,
           comm->rank == root ? receive : nullptr);
  return ncclSuccess;
}
ncclResult_t ncclReduceScatter(const void* send, void* receive, size_t count, ncclDataType_t type,
                               ncclRedOp_t, ncclComm_t comm, cudaStream_t) {
  if (!reduces(type)) return ncclInvalidArgument;
  sum_into(comm, comm->clique->meet(comm->rank, {send, receive}),
           count * static_cast<std::size_t>(comm->rank), count, type, receive);
  return ncclSuccess;
}
ncclResult_t ncclAllGather(const void* send, void* receive, size_t count, ncclDataType_t type,
                           ncclComm_t comm, cudaStream_t) {
  const std::size_t bytes = count * size_of(type);
  const std::vector<Part>& parts = comm->clique->meet(comm->rank, {send, receive});
  for (std::size_t rank = 0; rank < parts.size(); ++rank) {
    std::memmove(static_cast<char*>(receive) + rank * bytes, parts[rank].send, bytes);
  }
  comm->clique->barrier();
  return ncclSuccess;
}
ncclResult_t ncclBroadcast(const void* send, void* receive, size_t count, ncclDataType_t type,
                           int root, ncclComm_t comm, cudaStream_t) {
  const std::vector<Part>& parts = comm->clique->meet(comm->rank, {send, receive});
  std::memmove(receive, parts[static_cast<std::size_t>(root)].send, count * size_of(type));
  comm->clique->barrier();
  return ncclSuccess;
}
ncclResult_t ncclSend(const void* send, size_t count, ncclDataType_t type, int peer,
                      ncclComm_t comm, cudaStream_t) {
  const auto* bytes = static_cast<const char*>(send);
  now_or_grouped(sends, [=] {
    comm->clique->post(comm->rank, peer, {bytes, bytes + count * size_of(type)});
  });
  return ncclSuccess;
}
ncclResult_t ncclRecv(void* receive, size_t count, ncclDataType_t type, int peer, ncclComm_t comm,
                      cudaStream_t) {
  now_or_grouped(receives, [=] {
    const std::vector<char> bytes = comm->clique->take(peer, comm->rank);
    std::memcpy(receive, bytes.data(), std::min(bytes.size(), count * size_of(type)));
  });
  return ncclSuccess;
}
ncclResult_t ncclGroupStart() {
  ++group_depth;
  return ncclSuccess;
}
ncclResult_t ncclGroupEnd() {
  if (--group_depth > 0) return ncclSuccess;
  for (auto* queue : {&sends, &receives}) {
    for (const auto& each : *queue) each();
    queue->clear();
  }
  return ncclSuccess;
}

#if ASSAY_STUB_VERSION >= 21900
ncclResult_t ncclMemAlloc(void** to, size_t bytes) {
  ++allocated;
  *to = std::aligned_alloc(4096, (bytes + 4095) / 4096 * 4096);
  return ncclSuccess;
}
ncclResult_t ncclMemFree(void* data) {
  --allocated;
  std::free(data);
  return ncclSuccess;
}
ncclResult_t ncclCommRegister(const ncclComm_t, void* data, size_t, void** handle) {
  ++registered;
  *handle = data;
  return ncclSuccess;
}
ncclResult_t ncclCommDeregister(const ncclComm_t, void*) {
  --registered;
  return ncclSuccess;
}
#endif
#if ASSAY_STUB_VERSION >= 22800
ncclResult_t ncclAlltoAll(const void* send, void* receive, size_t count, ncclDataType_t type,
                          ncclComm_t comm, cudaStream_t) {
  const std::size_t bytes = count * size_of(type);
  const std::vector<Part>& parts = comm->clique->meet(comm->rank, {send, receive});
  for (std::size_t rank = 0; rank < parts.size(); ++rank) {
    std::memcpy(
        static_cast<char*>(receive) + rank * bytes,
        static_cast<const char*>(parts[rank].send) + static_cast<std::size_t>(comm->rank) * bytes,
        bytes);
  }
  comm->clique->barrier();
  return ncclSuccess;
}
#endif
}
