// What comes out of documents stands in JSON between fences, where none of it is markup.
#include "harness/conformance/evidence/page.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <set>

#include "harness/core/json_text.h"
#include "harness/core/plain_text.h"

namespace assay {

namespace {

std::string fenced(const char* language, const std::string& text) {
  return fmt::format("```{}\n{}\n```\n\n", language, text);
}

std::string fenced_json(const Json& json) {
  std::string text = json_text(json);
  while (text.ends_with('\n')) text.pop_back();
  return fenced("json", text);
}

/// A word as a POSIX shell takes it.
std::string shell_word(const std::string& word) {
  constexpr const char* kPlain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./:=,@%+";
  if (!word.empty() && word.find_first_not_of(kPlain) == std::string::npos) return word;
  std::string quoted = "'";
  for (const char letter : plain_line(word)) {
    if (letter == '\'') {
      quoted += "'\\''";
    } else {
      quoted += letter;
    }
  }
  return quoted + "'";
}

std::string command_line(const std::vector<std::string>& words) {
  std::string line;
  for (const std::string& word : words) line += (line.empty() ? "" : " ") + shell_word(word);
  return line;
}

/// Ranks of one run were started with one command.
std::string commands_of(const EvidenceRequest& request) {
  std::set<std::string> runs;
  for (const EvidenceDocument& document : request.documents)
    runs.insert(command_line(document.result.run.command));
  return "What measured:\n\n" + fenced("sh", fmt::format("{}", fmt::join(runs, "\n"))) +
         "What judged and wrote this page; `assay check` on the same documents gives the verdict "
         "again:\n\n" +
         fenced("sh", command_line(request.command));
}

Json description_of(const EvidenceDocument& document) {
  const Result& result = document.result;
  Json nodes = Json::array();
  for (const NodeFacts& node : result.nodes) {
    Json devices = Json::array();
    for (const DeviceFacts& device : node.devices)
      devices.push_back({{"name", device.name}, {"uuid", device.uuid}});
    Json one = {{"name", node.name}, {"devices", devices}};
    if (node.kubernetes)
      one["kubernetes"] = {{"namespace", node.kubernetes->kube_namespace},
                           {"pod", node.kubernetes->pod},
                           {"image_digest", node.kubernetes->image_digest},
                           {"claim", node.kubernetes->claim},
                           {"allocated", node.kubernetes->allocated}};
    nodes.push_back(one);
  }
  return {{"document", document.name},
          {"sha256", document.sha256},
          {"run", result.run.id},
          {"started", result.run.started},
          {"finished", result.run.finished},
          {"software", result.software},
          {"nodes", nodes}};
}

std::string documents_of(const EvidenceRequest& request) {
  Json documents = Json::array();
  for (const EvidenceDocument& document : request.documents)
    documents.push_back(description_of(document));
  const std::string signature =
      request.signed_by.empty()
          ? "They were not given with a signature.\n\n"
          : fmt::format("Their signature was verified with the key {}.\n\n", request.signed_by);
  return signature + fenced_json(documents);
}

}  // namespace

std::string proof_page(const EvidenceRequest& request, const ChecklistRow& row,
                       const RowProof& proof) {
  std::string page = fmt::format("# {} ({}, {})\n\n{}\n\nLeft open: {}\n\n## Verdicts\n\n", row.id,
                                 row.level, request.product, proof.reason, proof.limits);
  for (const RequirementVerdict* one : proof.verdicts)
    page += fenced_json({{"requirement", one->id},
                         {"verdict", name(one->verdict)},
                         {"reason", one->reason},
                         {"figures", one->figures}});
  page += fmt::format("## Commands\n\n{}## Documents\n\n", commands_of(request));
  return page + documents_of(request);
}

std::string performance_page(const EvidenceRequest& request, const VerdictDocument& verdict) {
  return fmt::format(
      "# Performance: not a requirement of the CNCF AI Conformance programme\n\nThe programme has "
      "no requirement on performance, and nothing on this page is claimed in PRODUCT.yaml. It is "
      "the verdict of Assay's profile {} on the same documents.\n\n{}\n## Commands\n\n{}"
      "## Documents\n\n{}",
      verdict.profile_name, to_markdown(verdict), commands_of(request), documents_of(request));
}

}  // namespace assay
