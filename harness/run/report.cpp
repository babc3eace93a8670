// Each call is one message and its answer.
#include "harness/run/report.h"

#include <utility>

#include "harness/measure/sign_of_life.h"
#include "harness/run/messages.h"

namespace assay::run {

Report::Report(Channel channel, Shared& shared) : channel_(std::move(channel)), shared_(shared) {
  signs_of_life = &shared_.beats;
}

Report::~Report() { signs_of_life = nullptr; }

Json Report::ask(const Json& message) {
  const bool waits = std::exchange(is_answered_, false);
  if (!channel_.send(message)) throw Error("the supervisor of this run is gone");
  if (!waits) return Json::object();
  Json answer = channel_.receive();
  is_answered_ = true;
  if (const auto error = answer.find("error"); error != answer.end())
    throw Error(error->get<std::string>(), static_cast<ExitCode>(answer.at("code").get<int>()));
  return answer;
}

void Report::phase(const std::string& what) { ask({{kVerb, "phase"}, {"what", what}}); }

void Report::lock(const std::vector<std::string>& devices) {
  ask({{kVerb, "lock"}, {"devices", devices}});
}

void Report::describe(const Result& node) { ask({{kVerb, "describe"}, {"node", to_json(node)}}); }

void Report::write(const Result& node) {
  describe(node);
  ask({{kVerb, "write"}});
}

void Report::begin_between_ranks(const FabricFacts& fabric, const IsolationFacts& isolation) {
  ask({{kVerb, "between_ranks"}, {"fabric", written(fabric)}, {"isolation", written(isolation)}});
}

void Report::under_way(const Step& step) {
  shared_.number.store(0);
  ask({{kVerb, "under_way"}, {"step", written_step(step)}});
}

void Report::at_case(std::size_t number) noexcept {
  shared_.number.store(number, std::memory_order_relaxed);
  shared_.beats.fetch_add(1, std::memory_order_relaxed);
}

void Report::member_ended(const Measurement& measurement) {
  ask({{kVerb, "member_ended"}, {"measurement", written(measurement)}});
}

void Report::measured(Part part, const std::vector<Measurement>& measurements) {
  ask({{kVerb, "measured"},
       {"between_ranks", part == Part::between_ranks},
       {"measurements", written(measurements)}});
}

DocumentHashes Report::end(RunStatus status) {
  const Json answer = ask({{kVerb, "end"}, {"status", written(status)}});
  DocumentHashes hashes{read_from<NamedDocument>(answer.at("node")), std::nullopt};
  if (const auto shared = answer.find("shared"); shared != answer.end())
    hashes.shared = read_from<NamedDocument>(*shared);
  return hashes;
}

void Report::name_others(const std::vector<NamedDocument>& all) {
  ask({{kVerb, "name_others"}, {"all", written(all)}});
}

void Report::keep_others(const std::vector<NamedDocument>& all,
                         const std::vector<std::string>& texts) {
  ask({{kVerb, "keep_others"}, {"all", written(all)}, {"texts", texts}});
}

void Report::fail(const Result& node, const std::string& reason) noexcept {
  try {
    describe(node);
    ask({{kVerb, "fail"}, {"reason", reason}});
  } catch (const std::exception&) {
    // The supervisor is gone, and has left the last whole document.
  }
}

void Report::finished(bool whole, bool is_first) {
  ask({{kVerb, "finished"}, {"whole", whole}, {"is_first", is_first}});
}

void Report::spent(const std::string& reason) noexcept {
  try {
    ask({{kVerb, "spent"}, {"reason", reason}});
  } catch (const std::exception&) {
    // As in fail().
  }
}

void Report::broken(const std::string& message, ExitCode code) noexcept {
  try {
    ask({{kVerb, "broken"}, {"message", message}, {"code", static_cast<int>(code)}});
  } catch (const std::exception&) {
    // As in fail().
  }
}

}  // namespace assay::run
