// Describes a pass to cuDNN through its frontend, and builds the plans that it offers. The only
// unit that reads the frontend's headers, which take half a minute.
#include <cudnn.h>
#include <dlfcn.h>
#include <fmt/format.h>

#include <algorithm>
#include <type_traits>
#include <unordered_map>
#include <vector>

#include "harness/measure/refused.h"
#include "kernels/attention/cudnn/cudnn.h"
#include "kernels/attention/cudnn/library.h"

#define dlopen ::assay::attention::cudnn::open_for_frontend
#define dlsym ::assay::attention::cudnn::symbol_for_frontend
#include <cudnn_frontend.h>
#undef dlopen
#undef dlsym

void* cudnn_frontend::cudnn_dlhandle = nullptr;

namespace assay::attention::cudnn {
namespace {

namespace fe = cudnn_frontend;
using Tensor = std::shared_ptr<fe::graph::Tensor_attributes>;

/// Arrays by the numbers that a plan knows them by.
enum Array : std::int64_t { kQ = 1, kK, kV, kO, kLogSumExp, kdO, kdQ, kdK, kdV };

/// cuDNN's words in one line: they hold zeros and line ends.
std::string words(std::string text) {
  std::erase(text, '\0');
  for (char& c : text)
    if (c == '\n' || c == '\r') c = ' ';
  return "cuDNN: " + text;
}

/// The library, which the frontend gets to know with the first call; throws Error (exit 3) when it
/// is absent.
const Library& library() {
  static const Library* const known = [] {
    std::string reason;
    const Library* found = find_library(reason);
    if (!found) throw Error(reason, ExitCode::missing);
    fe::cudnn_dlhandle = const_cast<Library*>(found);
    return found;
  }();
  return *known;
}

/// Of a graph's arrays: cuDNN counts [batch, head, position, width], rows lie [batch, position,
/// head, width].
struct Rows {
  std::int64_t batches, heads, positions, width;

  void lay_out(fe::graph::Tensor_attributes& tensor, Array array) const {
    tensor.set_uid(array)
        .set_dim({batches, heads, positions, width})
        .set_stride({positions * heads * width, width, heads * width, 1});
  }
  Tensor input(fe::graph::Graph& graph, Array array, const char* name) const {
    fe::graph::Tensor_attributes tensor;
    lay_out(tensor, array);
    return graph.tensor(tensor.set_name(name));
  }
  void output(const Tensor& tensor, Array array) const { lay_out(tensor->set_output(true), array); }
};

void lay_out_log_sum_exp(fe::graph::Tensor_attributes& tensor, const Problem& p) {
  const std::int64_t heads = p.query_heads, queries = p.queries;
  tensor.set_uid(kLogSumExp)
      .set_dim({p.batches, heads, queries, 1})
      .set_stride({heads * queries, queries, 1, 1})
      .set_data_type(fe::DataType_t::FLOAT);
}

template <class Options>
Options options_of(const Problem& p, const char* name) {
  Options options;
  options.set_name(name).set_attn_scale(static_cast<float>(p.scale()));
  if (p.mask.kind != Mask::Kind::causal) return options;
  // The same mask, but the second is refused where lengths are no multiples of 64.
  if (p.queries == p.keys) {
    options.set_causal_mask(true);
  } else {
    options.set_causal_mask_bottom_right(true);
  }
  return options;
}

std::shared_ptr<fe::graph::Graph> graph_of(const Pass& pass) {
  const Problem& p = pass.problem;
  const Rows q{p.batches, p.query_heads, p.queries, p.width};
  const Rows o{p.batches, p.query_heads, p.queries, p.value_width};
  const Rows k{p.batches, p.key_heads, p.keys, p.width};
  const Rows v{p.batches, p.key_heads, p.keys, p.value_width};

  auto graph = std::make_shared<fe::graph::Graph>();
  graph
      ->set_io_data_type(pass.element == Dtype::bf16 ? fe::DataType_t::BFLOAT16
                                                     : fe::DataType_t::HALF)
      .set_intermediate_data_type(fe::DataType_t::FLOAT)
      .set_compute_data_type(fe::DataType_t::FLOAT);
  const Tensor in_q = q.input(*graph, kQ, "Q");
  const Tensor in_k = k.input(*graph, kK, "K");
  const Tensor in_v = v.input(*graph, kV, "V");
  if (pass.workload == Workload::forward) {
    auto options = options_of<fe::graph::SDPA_attributes>(p, "attention");
    options.set_is_inference(false);  // the log-sum-exp is wanted
    const auto [output, log_sum_exp] = graph->sdpa(in_q, in_k, in_v, options);
    o.output(output, kO);
    lay_out_log_sum_exp(log_sum_exp->set_output(true), p);
    return graph;
  }
  fe::graph::Tensor_attributes log_sum_exp;
  lay_out_log_sum_exp(log_sum_exp, p);
  const auto [dq, dk, dv] =
      graph->sdpa_backward(in_q, in_k, in_v, o.input(*graph, kO, "O"), o.input(*graph, kdO, "dO"),
                           graph->tensor(log_sum_exp.set_name("log_sum_exp")),
                           options_of<fe::graph::SDPA_backward_attributes>(p, "gradients"));
  q.output(dq, kdQ);
  k.output(dk, kdK);
  v.output(dv, kdV);
  return graph;
}

std::unordered_map<std::int64_t, void*> addresses_of(Workload workload, const Pointers& arrays) {
  const auto read = [](const void* address) { return const_cast<void*>(address); };
  std::unordered_map<std::int64_t, void*> addresses = {{kQ, read(arrays.q)},
                                                       {kK, read(arrays.k)},
                                                       {kV, read(arrays.v)},
                                                       {kO, arrays.output},
                                                       {kLogSumExp, arrays.log_sum_exp}};
  if (workload == Workload::backward)
    addresses.insert({{kdO, read(arrays.output_gradient)},
                      {kdQ, arrays.dq},
                      {kdK, arrays.dk},
                      {kdV, arrays.dv}});
  return addresses;
}

/// Passes on what the frontend throws, too.
template <class Failure, class Step>
void require(Step&& step) {
  std::string said;
  try {
    auto status = step();  // its message is not const
    if (status.is_good()) return;
    said = status.get_message();
  } catch (const std::exception& thrown) {
    said = thrown.what();
  }
  throw Failure(words(said));
}

class Handle {
 public:
  Handle(const Library& from, Device& device)
      : destroy_(from.sym<decltype(&cudnnDestroy)>("cudnnDestroy")) {
    device.make_current();
    const auto text = from.sym<decltype(&cudnnGetErrorString)>("cudnnGetErrorString");
    const auto check = [&](cudnnStatus_t status, const char* attempted) {
      if (status != CUDNN_STATUS_SUCCESS)
        throw Error(fmt::format("cuDNN: {} failed: {}", attempted, text(status)));
    };
    check(from.sym<decltype(&cudnnCreate)>("cudnnCreate")(&handle_), "creating a handle");
    check(from.sym<decltype(&cudnnSetStream)>("cudnnSetStream")(
              handle_, static_cast<cudaStream_t>(device.stream())),
          "choosing a stream");
  }
  ~Handle() { destroy_(handle_); }
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;

  cudnnHandle_t get() const { return handle_; }

 private:
  decltype(&cudnnDestroy) destroy_;
  cudnnHandle_t handle_ = nullptr;
};

class FrontendPlans final : public Plans {
 public:
  FrontendPlans(const Pass& pass, const Library& from, Device& device,
                std::size_t most_workspace_bytes)
      : workload_(pass.workload), handle_(from, device), graph_(graph_of(pass)) {
    set_capability_major(pass.capability_major);
    require<Refused>([&] { return graph_->validate(); });
    require<Refused>([&] { return graph_->build_operation_graph(handle_.get()); });
    require<Refused>([&] { return graph_->create_execution_plans({fe::HeurMode_t::A}); });
    graph_->deselect_workspace_greater_than(static_cast<std::int64_t>(most_workspace_bytes));
    std::string last_words = "cuDNN: the heuristics offer no plan";
    for (std::int64_t i = 0; i < graph_->get_execution_plan_count(); ++i) {
      try {
        require<Refused>([&] { return graph_->build_plan_at_index(handle_.get(), i); });
        built_.push_back(i);
      } catch (const Refused& refused) {
        last_words = refused.what();
      }
    }
    if (built_.empty()) throw Refused(last_words);
  }

  std::size_t count() const override { return built_.size(); }

  std::string name(std::size_t plan) const override {
    std::string name;
    require<Error>([&] { return graph_->get_plan_name_at_index(built_[plan], name); });
    return name;
  }

  std::size_t workspace_bytes() const override {
    std::int64_t most = 0;
    for (const std::int64_t plan : built_) {
      std::int64_t bytes = 0;
      require<Error>([&] { return graph_->get_workspace_size_plan_at_index(plan, bytes); });
      most = std::max(most, bytes);
    }
    return static_cast<std::size_t>(most);
  }

  void run(std::size_t plan, const Pointers& arrays, void* workspace) const override {
    auto addresses = addresses_of(workload_, arrays);
    require<Error>([&] {
      return graph_->execute_plan_at_index(handle_.get(), addresses, workspace, built_[plan]);
    });
  }

  std::size_t library_version() const override { return fe::detail::get_backend_version(); }

 private:
  Workload workload_;
  Handle handle_;
  std::shared_ptr<fe::graph::Graph> graph_;
  std::vector<std::int64_t> built_;  // the frontend's numbers of plans
};

}  // namespace

bool is_left_out() { return false; }

std::string why_none() {
  std::string reason;
  return find_library(reason) ? "" : reason;
}

std::optional<std::string> refusal(const Pass& pass) {
  try {
    library();
    set_capability_major(pass.capability_major);
    require<Refused>([&] { return graph_of(pass)->validate(); });
  } catch (const Error& error) {
    return error.what();
  }
  return std::nullopt;
}

std::unique_ptr<const Plans> make_plans(const Pass& pass, Device& device,
                                        std::size_t most_workspace_bytes) {
  return std::make_unique<const FrontendPlans>(pass, library(), device, most_workspace_bytes);
}

}  // namespace assay::attention::cudnn
