// In place of cuDNN where cudnn-frontend's headers were not found when this was built.
#include "kernels/attention/cudnn/cudnn.h"

namespace assay::attention::cudnn {

bool is_left_out() { return true; }

std::string why_none() {
  return "this assay was built without cudnn-frontend's headers: scripts/fetch-cudnn-frontend gets "
         "them";
}

std::optional<std::string> refusal(const Pass&) { return why_none(); }

std::unique_ptr<const Plans> make_plans(const Pass&, Device&, std::size_t) {
  throw Error(why_none(), ExitCode::missing);
}

}  // namespace assay::attention::cudnn
