// `assay evidence`: fills a checklist of the AI Conformance programme with what documents prove.
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "harness/cli/command.h"
#include "harness/cli/judged.h"
#include "harness/cli/table.h"
#include "harness/cli/terminal.h"
#include "harness/conformance/evidence/pack.h"
#include "harness/core/attestation.h"
#include "harness/core/consistency.h"
#include "harness/core/digest.h"
#include "harness/core/document.h"
#include "harness/core/output.h"
#include "harness/core/print.h"

namespace assay::cli {

namespace {

namespace fs = std::filesystem;

std::vector<EvidenceDocument> read_documents(const Arguments& arguments) {
  std::vector<EvidenceDocument> documents;
  for (const fs::path& path : expand_paths(arguments.operands())) {
    EvidenceDocument document{path.filename().string(), sha256_hex(read_text(path)),
                              read_result(path)};
    refuse_contradictions(document.result, path.string());
    documents.push_back(std::move(document));
  }
  return documents;
}

/// The id of the key that signed the documents; empty where no signature was given.
std::string verified_key(const Arguments& arguments) {
  if (arguments.has("signature") != arguments.has("key"))
    throw Error("--signature and --key belong together: the envelope, and who should have signed");
  if (!arguments.has("signature")) return "";
  const SigningKey key = SigningKey::public_from_file(arguments.value("key"));
  const fs::path envelope = arguments.value("signature");
  verify_envelope(read_text(envelope), envelope.string(),
                  signed_files(arguments.operands(), envelope), key);
  return key.id();
}

void write(const EvidencePack& pack, const fs::path& folder) {
  std::error_code failure;
  fs::create_directories(folder / "evidence", failure);
  if (failure)
    throw Error(fmt::format("cannot make the folder {}: {}", (folder / "evidence").string(),
                            failure.message()));
  for (const auto& [name, text] : pack.files) write_text(text, folder / name);
}

const char* word_of(RowOutcome::Kind kind) {
  switch (kind) {
    case RowOutcome::Kind::proved:
      return "proved";
    case RowOutcome::Kind::not_applicable:
      return "N/A";
    case RowOutcome::Kind::kept:
      return "kept";
    case RowOutcome::Kind::open:
      return "no proof";
  }
  return "no proof";
}

void print_outcome(const Checklist& checklist, const EvidencePack& pack) {
  Rows rows = {{"requirement", "level", "outcome", "why"}};
  for (std::size_t i = 0; i < pack.rows.size(); ++i)
    rows.push_back({checklist.rows[i].id, checklist.rows[i].level, word_of(pack.rows[i].kind),
                    pack.rows[i].why});
  print(table(rows, line_columns(stdout)) + "\n");
  if (pack.metadata.empty()) return;
  Rows problems = {{"metadata", "for the submitter to put right"}};
  for (const std::string& problem : pack.metadata) {
    const std::size_t blank = problem.find(' ');
    problems.push_back({problem.substr(0, blank), problem.substr(blank + 1)});
  }
  print(table(problems, line_columns(stdout)) + "\n");
}

ExitCode execute_evidence(const Arguments& arguments) {
  const fs::path folder = arguments.value("output");
  refuse_taken_folder(folder, arguments.has("force"));
  EvidenceRequest request;
  const std::string& path = arguments.value("checklist");
  request.checklist = read_checklist(read_text(path), path);
  request.product = arguments.value("product-path");
  request.documents = read_documents(arguments);
  request.signed_by = verified_key(arguments);
  request.command = arguments.command_line();
  std::vector<Result> results;
  for (const EvidenceDocument& document : request.documents) results.push_back(document.result);
  const Profile profile = load_profile(profile_of(results));
  request.profile = &profile;
  request.baselines = builtin_baselines();
  const EvidencePack pack = make_evidence(request);
  write(pack, folder);
  print_outcome(request.checklist, pack);
  long open = 0;
  for (std::size_t i = 0; i < pack.rows.size(); ++i)
    open +=
        pack.rows[i].kind == RowOutcome::Kind::open && request.checklist.rows[i].level == "MUST";
  const auto count = [&](RowOutcome::Kind kind) {
    return std::count_if(pack.rows.begin(), pack.rows.end(),
                         [kind](const RowOutcome& row) { return row.kind == kind; });
  };
  print(fmt::format(
      "Evidence: {} of {} requirements proved, {} not applicable, {} MUST without a proof, written "
      "to {}\n",
      count(RowOutcome::Kind::proved), pack.rows.size(), count(RowOutcome::Kind::not_applicable),
      open, folder.string()));
  return open == 0 ? ExitCode::passed : ExitCode::failed;
}

}  // namespace

Command evidence_command() {
  Command command;
  command.name = "evidence";
  command.summary = "fill a conformance checklist with what documents prove";
  command.synopsis =
      "--checklist FILE PATH... --product-path PATH -o DIR [--signature FILE --key FILE] [--force]";
  command.description = {
      "Fills status, evidence and notes of a checklist of the CNCF Kubernetes AI Conformance "
      "programme, of version 1.33 or later, where result documents prove the requirement, and "
      "changes no other byte. DIR/PRODUCT.yaml is the checklist, DIR/evidence/ID.md shows for each "
      "requirement what passed, with the figures, the commands and the documents. A row that is "
      "filled already is kept as it is.",
      "A row becomes Implemented only when the documents pass the profile that they were made "
      "with, hold every case of it, name each other by the digests that they have, and pass what "
      "the row needs: that the devices of a claim are those that its container sees, that a "
      "container without a claim sees none, that a gang was held back whole, that the driver is "
      "the published one. Everything else is open and is named with the reason. "
      "cluster_autoscaling becomes N/A, the only row that the programme takes it of, where a run "
      "that looked for an autoscaler found no sign of one and no node came; the notes have the "
      "reason. Documents that were simulated, imported or made by the host backend are refused.",
      "Performance is no part of the programme: DIR/evidence/performance.md has the profile's "
      "verdict, and the checklist does not refer to it. What is wrong in the checklist's metadata "
      "is listed for the submitter."};
  command.options = {
      {.name = "checklist",
       .value_name = "FILE",
       .help =
           "The programme's AIConformance-1.MINOR.yaml, or a PRODUCT.yaml that is partly filled.",
       .required = true},
      {.name = "product-path",
       .value_name = "PATH",
       .help = "Where DIR will lie in the programme's repository, such as v1.37/example.",
       .required = true},
      {.name = "output",
       .letter = 'o',
       .value_name = "DIR",
       .help = "The product's folder, which has to be empty.",
       .required = true},
      {.name = "signature",
       .value_name = "FILE",
       .help = "The envelope that assay sign wrote of the same PATHs: documents that were changed "
               "since are refused."},
      {.name = "key", .value_name = "FILE", .help = "The public key of whoever signed, PEM."},
      {.name = "force", .help = "Write into a folder that is not empty."}};
  command.operands = {"PATH...", true};
  command.exit_status = {
      {"0", "Every MUST has a proof, does not apply, or was filled before."},
      {"1",
       "A MUST has no proof, or was filled before with what the programme does not take: another "
       "status, no evidence, N/A without a reason. The rest was written all the same."},
      {"2", "A document, the checklist, the signature or the folder is refused."}};
  command.examples = {{"assay evidence --checklist my.yaml nodes/ --product-path v1.37/my -o my/",
                       "What of the checklist do the results of a cluster run prove?"}};
  command.execute = execute_evidence;
  return command;
}

}  // namespace assay::cli
