// A barrier for those that are late, then one text a process, then what all of them came to.
#include "harness/run/gather.h"

#include <fmt/format.h>

#include "harness/core/document.h"
#include "harness/core/result_fields.h"

namespace assay::run {

namespace {

std::string text_of(const Gathered& own) {
  return Json{{"whole", own.whole}, {"measurements", written(own.measurements)}}.dump();
}

Gathered together_of(const std::vector<std::string>& texts) {
  Gathered all;
  for (std::size_t process = 0; process < texts.size(); ++process) {
    const Json one = parse_json(texts[process], fmt::format("measurements of process {}", process));
    all.whole &= one.at("whole").get<bool>();
    std::vector<Measurement> measurements;
    read_value(one.at("measurements"), measurements, Place());
    all.measurements.insert(all.measurements.end(), measurements.begin(), measurements.end());
  }
  return all;
}

}  // namespace

Gathered gather_measurements(rendezvous::Client* client, const std::string& name, Gathered own,
                             double patience_s) {
  if (client == nullptr) return own;
  client->barrier(name + " measured", patience_s);
  const std::vector<std::string> texts = client->gather(name, text_of(own));
  const std::string key = name + " whole";
  if (client->rank() != 0) return {{}, client->get(key) == "yes"};
  Gathered all = together_of(texts);
  client->set(key, all.whole ? "yes" : "no");
  return all;
}

}  // namespace assay::run
