// `assay run`: measures what a profile asks for and leaves a result document, however it ends.
#include <fmt/format.h>

#include <csignal>

#include "harness/cli/command.h"
#include "harness/cli/fit_profile.h"
#include "harness/cli/outcome.h"
#include "harness/cli/progress.h"
#include "harness/cli/rank_flags.h"
#include "harness/cli/stop_signal.h"
#include "harness/cli/summary.h"
#include "harness/cli/terminal.h"
#include "harness/core/document.h"
#include "harness/core/output.h"
#include "harness/core/print.h"
#include "harness/core/version.h"
#include "harness/measure/benchmark_report.h"
#include "harness/run/folder.h"
#include "harness/run/supervisor.h"

namespace assay::cli {

namespace {

/// Every file that this command reads.
std::vector<std::filesystem::path> inputs_of_run(const Arguments& arguments) {
  std::vector<std::filesystem::path> inputs = files_of_profile(arguments.value("profile"));
  if (arguments.has("topology")) inputs.emplace_back(arguments.value("topology"));
  if (const std::string token = token_file_of(arguments); !token.empty())
    inputs.emplace_back(token);
  return inputs;
}

/// Refused before anything is measured.
void refuse_benchmark_out(const Arguments& arguments) {
  if (!arguments.has("benchmark-out")) return;
  std::vector<std::filesystem::path> taken = inputs_of_run(arguments);
  if (arguments.has("output")) taken.emplace_back(arguments.value("output"));
  refuse_output(
      {arguments.value("benchmark-out"), benchmark_report_kind(), arguments.has("force"), taken});
}

/// 0 without the flag.
double case_deadline_of(const Arguments& arguments) {
  if (!arguments.has("case-deadline")) return 0;
  return static_cast<double>(arguments.number("case-deadline"));
}

run::RunOptions options_of(const Arguments& arguments, const StopSignals& signals) {
  run::RunOptions options;
  options.profile = load_fit_profile(arguments.value("profile"));
  options.backend = arguments.value("backend");
  options.filter = arguments.value_or_empty("filter");
  options.seed = arguments.number("seed");
  if (arguments.has("output")) options.output = arguments.value("output");
  options.force = arguments.has("force");
  options.inputs = inputs_of_run(arguments);
  options.local_ranks = local_ranks_of(arguments);
  if (options.local_ranks == 0) options.meeting = meeting_of(arguments, options.profile);
  options.deadline_s = deadline_of(arguments);
  options.case_deadline_s = case_deadline_of(arguments);
  options.verify_only = arguments.has("verify-only");
  options.racks = rack_source_of(arguments);
  options.nics = nics_of(arguments);
  if (!options.meeting && !options.nics.empty())
    throw Error("--nics is for several ranks: a run needs --rendezvous, --rank and --world-size");
  options.command = arguments.command_line();
  options.version = version();
  options.stop = signals.flag();
  return options;
}

/// What was measured, where it is, and how to judge it. Standard output that has the document has
/// nothing else.
void print_end(const run::RunEnd& end, bool is_folder, const std::string& profile) {
  if (is_standard_output(end.where))
    return print(stderr, summary(end.result, line_columns(stderr)));
  const std::string where = end.where.string();
  print(fmt::format("{}\nDocument{}: {}\nTo judge {}: {}\n",
                    summary(end.result, line_columns(stdout)), is_folder ? "s" : "", where,
                    is_folder ? "them" : "it", check_line(where, profile)));
}

/// Of all documents that this process has, when it is the first: it has gathered the others'.
void write_benchmark_report(const run::RunEnd& end, const std::filesystem::path& file) {
  std::vector<Result> documents;
  if (std::filesystem::is_directory(end.where)) {
    for (const auto& path : expand_paths({end.where.string()}))
      documents.push_back(read_result(path));
  } else {
    documents.push_back(end.result);
  }
  write_text(benchmark_report(documents), file);
}

ExitCode execute_run(const Arguments& arguments) {
  const StopSignals signals;
  std::signal(SIGPIPE, SIG_IGN);  // a closed pager must not end a measurement
  run::RunOptions options = options_of(arguments, signals);
  const std::string benchmark_out = arguments.value_or_empty("benchmark-out");
  refuse_benchmark_out(arguments);
  run::RunEnd end;
  {
    Progress progress(stderr);
    options.on_step = [&](const run::Step& step) { progress.show(step); };
    end = run::run(options);
  }
  if (!benchmark_out.empty() && end.is_first) write_benchmark_report(end, benchmark_out);
  if (!end.whole) {
    const std::string signal = signals.signal_name();
    throw Error(fmt::format("ended by {}: {} has what was measured until then, as interrupted",
                            signal.empty() ? "another rank's signal" : signal,
                            shown_output(end.where)));
  }
  if (end.is_first)
    print_end(end, options.meeting || options.local_ranks > 0, arguments.value("profile"));
  // Another rank has cases of its own, if any.
  if (!end.is_first && end.result.measurements.empty()) return ExitCode::passed;
  return outcome(end.result, options.verify_only);
}

}  // namespace

Command run_command() {
  Command command;
  command.name = "run";
  command.summary = "measure what a profile asks for, into a result document";
  command.synopsis =
      "--profile NAME|FILE [--filter REGEX] [--backend auto|cuda|host] [--seed N] [-o FILE] "
      "[--verify-only] [--case-deadline SECONDS] [--benchmark-out FILE] [--force]\n"
      "--profile NAME|FILE --local-ranks N [-o FOLDER]\n"
      "--profile NAME|FILE --rendezvous HOST:PORT --rank R --world-size N --token-file FILE "
      "[--deadline SECONDS] [-o FOLDER] [--benchmark-out FILE]";
  command.description = {
      "Runs every case of the profile on every device of the backend. Each case is verified "
      "against a reference before it is timed; one that gives a wrong answer is reported and never "
      "timed. Cases of one workload, dtype, shape and device form a group and are measured in "
      "alternation, so that drift hits all of them alike.",
      "The result document holds what was measured and where, and no judgement: `assay check` "
      "makes verdicts of it, here or on another machine. It is on disk from the start with status "
      "running, and is rewritten whole after every group. Ctrl-C or SIGTERM ends the run after the "
      "current sample and leaves status interrupted; another one, or the same a second later, ends "
      "it at once.",
      "Several processes, one a node, measure what is between them: each is started with the same "
      "profile, --rendezvous, --world-size and token and with a --rank of its own, or by a "
      "launcher that sets them (Kubernetes indexed Jobs, torchrun, Slurm, Open MPI). Rank 0 "
      "listens at the rendezvous. -o then names a folder: nodes/ has one document a node, written "
      "by its own rank and gathered by rank 0, and fabric.json what spans nodes; each names the "
      "others by SHA-256. When a rank is lost, the others end within the deadline and say which it "
      "was. On GPUs every process drives all of its own, one thread each, joined by NCCL; a "
      "process alone measures what is between them into its one document.",
      "A process of its own measures. A case that makes no progress for --case-deadline, or whose "
      "process dies (out of memory, an abort in a library, a fault on a GPU), is an error with its "
      "reason, and a fresh process measures the cases after it. Of several ranks all end then, "
      "and the message names the rank.",
      "One run at a time may measure a device. A run that finds a device taken ends with the "
      "holder's process id. On a terminal, standard error shows how far the run is and about how "
      "long it will take."};
  command.options = {
      {.name = "profile",
       .value_name = "NAME|FILE",
       .help = "Which cases to run: a built-in profile or a file.",
       .built_in = builtin_profile_names(),
       .required = true},
      {.name = "filter",
       .value_name = "REGEX",
       .help = "Run only the cases whose id, such as gemm.f32.openblas/m512_n512_k512, has a match "
               "of this regular expression (RE2 syntax)."},
      {.name = "backend",
       .value_name = "auto|cuda|host",
       .help =
           "What to measure. auto is cuda when a CUDA driver library or a device node is found, "
           "else host. A driver that does not work is an error, never host.",
       .default_value = "auto",
       .choices = {"auto", "cuda", "host"}},
      {.name = "seed",
       .value_name = "N",
       .help = "Seed of the input data; recorded in the document.",
       .default_value = "1",
       .range = Range{}},
      {.name = "output",
       .letter = 'o',
       .value_name = "FILE",
       .help = "Where to write the document; with several ranks a folder. Without it: "
               "./assay-<profile>-<UTC>.json, and without .json the folder. - is standard output, "
               "which gets the document once, at the end. A file that is there is replaced if it "
               "is a result document, a folder is taken if it is empty."},
      {.name = "force",
       .help = "Replace whatever file -o and --benchmark-out name, unless it is read here; take a "
               "folder that is not empty, whose result documents go."},
      {.name = "verify-only",
       .help =
           "Verify every case and time none, for compute-sanitizer and the like: a right answer "
           "leaves its case not applicable, with its verification. Cases between ranks are left "
           "out."},
      {.name = "case-deadline",
       .value_name = "SECONDS",
       .help = "How long a case may go on without progress (its answer is verified, a sample is "
               "taken) before it counts as hung. Without it 30 s and the longest that its series "
               "may take.",
       .range = Range{1, 86400}},
      {.name = "benchmark-out",
       .value_name = "FILE",
       .help = "Writes the measurements as Google Benchmark's JSON too, for tools such as its "
               "compare.py: every sample is a repetition, the median an aggregate. Of several "
               "ranks the first writes what all have measured."},
      {.name = "local-ranks",
       .value_name = "N",
       .help = "Measures between N ranks on this machine, without a launcher: -o names a folder, "
               "with one document of the node and fabric.json. Host backend; on GPUs every GPU is "
               "a rank of its own already.",
       .range = Range{2, 256}},
      {.name = "rendezvous",
       .value_name = "HOST:PORT",
       .help = "Where rank 0 listens, as all ranks reach it: node-0:29400 or [fd00::1]:29400."},
      {.name = "rank",
       .value_name = "R",
       .help = "This process among the ranks.",
       .range = Range{0, 999999}},
      {.name = "world-size",
       .value_name = "N",
       .help = "How many ranks there are.",
       .range = Range{1, 1000000}},
      {.name = "token-file",
       .value_name = "FILE",
       .help = "A file with the secret that every rank of the run holds; else ASSAY_TOKEN_FILE."},
      {.name = "topology",
       .value_name = "FILE",
       .help = "Which rack each node is in: one rack a line, its name and then its nodes. Without "
               "it the label of --rack-labels says."},
      {.name = "rack-labels",
       .value_name = "KEY[,KEY]...",
       .help = "The node labels that may name a node's rack, the first that it has counts.",
       .default_value = "topology.kubernetes.io/rack"},
      {.name = "nics",
       .value_name = "NAME[,NAME]...",
       .help =
           "Measures the pairs of nodes through each of these network interfaces alone, so that "
           "a slow one is named; every node has them under the same names. Without it pairs go "
           "the way that leads to the rendezvous. Host backend."},
      {.name = "deadline",
       .value_name = "SECONDS",
       .help = "How long a rank waits for the others before it ends and names who is missing.",
       .default_value = "60",
       .range = Range{2, 86400}}};
  command.environment = {
      {"ASSAY_CUDA_LIBS", "Folder to look for the vendor's libraries in, before all others."},
      {"ASSAY_LOCK_DIR", "Folder of the device locks, the same for all users. Default: /tmp."},
      {"ASSAY_TOKEN_FILE", "Where the ranks' token is, when --token-file does not say."},
      {"ASSAY_RANK, ASSAY_WORLD_SIZE, ASSAY_RENDEZVOUS",
       "As --rank, --world-size and --rendezvous. After them are read: RANK, WORLD_SIZE, "
       "MASTER_ADDR and MASTER_PORT; JOB_COMPLETION_INDEX; SLURM_PROCID and SLURM_NTASKS; "
       "OMPI_COMM_WORLD_RANK and OMPI_COMM_WORLD_SIZE. Two that disagree are an error. Launchers' "
       "variables alone are left unread for a profile that measures nothing between ranks."},
      {"ASSAY_NODE_LABELS",
       "Labels of this node, key=value,key=value, for its document; one may name its rack."},
      {"NO_COLOR", "When set, output has no colour."}};
  command.exit_status = {
      {"0", "Every case was measured (verified, with --verify-only) or is not applicable here."},
      {"1", "A case failed verification or ended in an error, or nothing could be measured."},
      {"2", "The input or the run is broken, a rank was lost, or the run was interrupted."},
      {"3", "The backend asked for by name is missing, or Gloo, which joins hosts."}};
  command.examples = {{"assay run --profile quick", "Measures this machine in under a minute."},
                      {"assay run --profile node --filter 'gemm.bf16' -o gemm.json",
                       "Only the bf16 matrix products of the node profile."},
                      {"compute-sanitizer assay run --profile quick --verify-only -o v.json",
                       "The answers of the quick profile, under a tool that holds launches."}};
  command.execute = execute_run;
  return command;
}

}  // namespace assay::cli
