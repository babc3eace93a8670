// In place of NCCL where nccl.h was not found when this was built.
#include "collectives/nccl/join.h"

namespace assay {

std::string why_no_nccl() {
  return "this assay was built without NCCL's header: build the cuda preset where nccl.h is";
}

std::string make_nccl_id() { throw Error(why_no_nccl(), ExitCode::missing); }

std::unique_ptr<Communicator> join_nccl(const NcclWorld&, Device&, std::shared_ptr<nccl::Watch>) {
  throw Error(why_no_nccl(), ExitCode::missing);
}

}  // namespace assay
