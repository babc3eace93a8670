// Starts kubectl, and distinguishes a cluster that refuses from one that cannot be reached.
#include "harness/cluster/kubectl.h"

#include <fmt/format.h>

#include <algorithm>
#include <sstream>

#include "harness/cluster/process.h"
#include "harness/core/error.h"
#include "harness/core/message.h"
#include "harness/core/regular_expression.h"

namespace assay::cluster {

namespace {

struct Fault {
  const char* sign;
  const char* meaning;
};

// The first that fits counts: one text may hold the sign of a later one too.
constexpr Fault kFaults[] = {
    {"You must be logged in to the server", "the cluster does not know you: log in again"},
    {"x509: certificate signed by unknown authority",
     "the cluster's certificate is signed by nobody that the kubeconfig trusts"},
    {"is before 20", "this machine's clock is behind, or a certificate is not valid yet"},
    {"x509: certificate has expired", "a certificate has expired: renew the kubeconfig"},
    {"no such host", "the API server's name is not known here"},
    {"dial tcp: lookup", "the API server's name cannot be looked up from here"},
    {"localhost:8080 was refused",
     "no kubeconfig names a cluster, so that kubectl tried this machine: set KUBECONFIG to a "
     "file that is there"},
    {"context was not found for specified context",
     "the kubeconfig has no such context: `kubectl config get-contexts` lists those that it has"},
    {"error loading config file", "the kubeconfig is no kubeconfig: mend it, or name another"},
    {"error: EOF",
     "what answers at the API server's address is no API server: look at the kubeconfig's server"},
    {"was refused - did you specify the right host or port",
     "nobody answers at the API server's address"},
    {"connection refused", "nobody answers at the API server's address"},
    {"i/o timeout", "the API server does not answer in time"},
    {"context deadline exceeded", "the API server does not answer in time"},
    {"TLS handshake timeout", "the API server does not answer in time"},
    {"connection reset by peer", "the connection to the API server was cut"},
    {"http2: client connection lost", "the connection to the API server was cut"},
    {"unexpected EOF", "the connection to the API server was cut"},
    {"no route to host", "the API server cannot be reached from here"},
    {"network is unreachable", "the API server cannot be reached from here"},
    {"Unable to connect to the server", "the API server cannot be reached from here"},
};

/// What a call asks for, without its flags: `get nodes`, `exec POD -- assay export`.
std::string asked_for(const Call& call) {
  std::string text;
  bool is_value = false;
  for (const std::string& word : call.words) {
    const bool is_flag = word.starts_with('-') && word != "--" && word != "--raw";
    if (!is_flag && !is_value) text += (text.empty() ? "" : " ") + word;
    is_value = word.size() == 2 && is_flag;  // -n NAMESPACE, -o FORMAT, -l SELECTOR
  }
  return printable(text, 200);
}

class InstalledKubectl : public Kubectl {
 public:
  explicit InstalledKubectl(const std::atomic<bool>* stop) : stop_(stop) {}

  Answer ask(const Call& call) override {
    std::vector<std::string> words = {"kubectl"};
    words.insert(words.end(), call.words.begin(), call.words.end());
    const Ended ended =
        run_program({words, "", call.timeout_s, call.whole || *stop_ ? nullptr : stop_});
    if (ended.stopped) throw Error("stopped while the cluster was asked");
    if (ended.timed_out)
      throw Unreachable(fmt::format("kubectl {} gave no answer within {:.0f} s", asked_for(call),
                                    call.timeout_s));
    if (ended.code != 0)
      if (const std::string fault = connection_fault(ended.err); !fault.empty())
        throw Unreachable(fmt::format("the cluster cannot be asked: {} ({})", fault,
                                      reason_of({ended.code, "", ended.err})));
    return {ended.code, ended.out, ended.err};
  }

 private:
  const std::atomic<bool>* stop_;
};

}  // namespace

std::unique_ptr<Kubectl> installed_kubectl(const std::atomic<bool>* stop) {
  return std::make_unique<InstalledKubectl>(stop);
}

std::string connection_fault(const std::string& err) {
  const auto holds = [&](const char* text) { return err.find(text) != std::string::npos; };
  if (holds("context \"") && holds("does not exist")) return "the kubeconfig has no such context";
  if (holds("error: stat ") && holds("no such file")) return "the kubeconfig is not there";
  // A server that was reached may itself fail to reach a webhook or a node.
  if (holds("Error from server")) return "";
  for (const Fault& fault : kFaults)
    if (holds(fault.sign)) return fault.meaning;
  return "";
}

std::string reason_of(const Answer& answer) {
  // klog writes a level, month and day: kubectl logs what it tries again and what is deprecated.
  static const RegularExpression kLog(R"(^[EWI]\d{4} )");
  std::istringstream lines(answer.err);
  for (std::string line; std::getline(lines, line);)
    if (!line.empty() && !line.starts_with("Warning:") && !kLog.is_found_in(line))
      return printable(line, 400);
  return answer.err.empty() ? fmt::format("kubectl ended with {}", answer.code)
                            : printable(answer.err, 400);
}

std::string require(const Answer& answer, const std::string& what) {
  if (!answer.ok()) throw Error(fmt::format("{}: {}", what, reason_of(answer)));
  return answer.out;
}

}  // namespace assay::cluster
