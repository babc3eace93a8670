// `assay cluster`: runs a profile on the nodes of a Kubernetes cluster; flags, manual, verbs.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <chrono>
#include <thread>

#include "harness/cli/cluster_flags.h"
#include "harness/cli/cluster_gate.h"
#include "harness/cli/cluster_names.h"
#include "harness/cli/cluster_run.h"
#include "harness/cli/command.h"
#include "harness/cluster/folder.h"
#include "harness/cluster/gate.h"
#include "harness/core/document.h"
#include "harness/core/output.h"
#include "harness/core/plain_text.h"
#include "harness/core/print.h"
#include "harness/core/profile.h"

namespace assay::cli {

namespace {

double now_s() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

/// Names reach YAML and the API: only what a Kubernetes name may hold.
std::string plain_name(const Arguments& arguments, const std::string& flag) {
  const std::string value = arguments.value_or_empty(flag);
  if (arguments.has(flag)) refuse_no_name(flag, value);
  return value;
}

int count(const Arguments& arguments, const std::string& flag) {
  return static_cast<int>(arguments.number(flag));
}

// A ConfigMap holds a mebibyte.
constexpr std::size_t kLargestProfile = 900000;

/// A file travels with the run; a built-in profile is in the image.
void set_profile(const Arguments& arguments, cluster::Wishes& wishes) {
  wishes.profile = arguments.value("profile");
  load_profile(wishes.profile);  // refuses what is none
  const auto known = builtin_profile_names();
  if (std::find(known.begin(), known.end(), wishes.profile) != known.end()) return;
  wishes.profile_text = read_text(wishes.profile);
  if (wishes.profile_text.size() > kLargestProfile)
    throw Error(fmt::format("--profile {} has more than {} bytes, which no ConfigMap holds",
                            wishes.profile, kLargestProfile));
}

cluster::Wishes wishes_of(const Arguments& arguments) {
  cluster::Wishes wishes;
  set_profile(arguments, wishes);
  if (!arguments.has("image"))
    throw Error("--image is missing: containers/README.md says how to make one");
  wishes.image = arguments.value("image");
  wishes.name_space = plain_name(arguments, "namespace");
  wishes.allocation = arguments.value("allocation");
  wishes.gang = arguments.value("gang");
  wishes.device_class = plain_name(arguments, "device-class");
  wishes.queue = plain_name(arguments, "queue");
  wishes.results_claim = plain_name(arguments, "results-claim");
  wishes.pull_secret = plain_name(arguments, "pull-secret");
  wishes.nic_class = plain_name(arguments, "nic-class");
  if (arguments.value("alignment") != "none") wishes.alignment = arguments.value("alignment");
  if (wishes.nic_class.empty() && !wishes.alignment.empty())
    throw Error("--alignment says where a NIC is to be: name its class with --nic-class");
  wishes.nodes = count(arguments, "nodes");
  wishes.devices_per_node = count(arguments, "devices-per-node");
  wishes.nics_per_node = count(arguments, "nics-per-node");
  if (wishes.nic_class.empty() && wishes.nics_per_node > 0)
    throw Error("--nics-per-node counts NICs: name their class with --nic-class");
  wishes.deadline_s = static_cast<double>(arguments.number("deadline"));
  for (const std::string& one : arguments.all("toleration"))
    wishes.tolerations.push_back(cluster::toleration_of(one));
  return wishes;
}

cluster::Pace pace_of(const Arguments& arguments, const StopSignals& signals) {
  cluster::Pace pace;
  pace.now_s = now_s;
  pace.sleep_s = [&signals](double seconds) {  // ends early when the user stops it
    for (const double end = now_s() + seconds; now_s() < end && !*signals.flag();)
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
  };
  pace.stopped = [&signals] { return signals.flag()->load(); };
  pace.say = [](const std::string& line) {
    print(stderr, fmt::format("assay: {}\n", plain_line(line)));
  };
  pace.deadline_s = now_s() + static_cast<double>(arguments.number("deadline"));
  return pace;
}

/// -o, or its default; refused before anything is asked of the cluster for it.
std::filesystem::path output_folder(const Arguments& arguments, const std::string& otherwise) {
  std::filesystem::path folder = arguments.has("output") ? arguments.value("output") : otherwise;
  refuse_taken_folder(folder, arguments.has("force"));
  return folder;
}

ExitCode plan_verb(ClusterSession& session, const Arguments& arguments) {
  const cluster::Plan plan =
      cluster::make_plan(wishes_of(arguments), session.inventory, cluster::new_run_id());
  show_plan(plan);
  if (!arguments.has("output")) {
    print(fmt::format(
        "\nIt would apply the components of manifests/ with this kustomization:\n\n{}---\n{}",
        kustomization_text(plan), parameters_text(plan)));
    return ExitCode::passed;
  }
  cluster::write_kustomization(plan, output_folder(arguments, ""));
  print(fmt::format("Written; to apply it: kubectl apply -k {}/run\n", arguments.value("output")));
  return ExitCode::passed;
}

cluster::ProbeWishes probes_of(const Arguments& arguments) {
  const std::vector<std::string> asked = arguments.all("probe");
  const auto has = [&](const char* name) {
    return std::find(asked.begin(), asked.end(), name) != asked.end();
  };
  cluster::ProbeWishes wishes;
  wishes.gang = has("gang");
  wishes.webhook = has("webhook");
  wishes.autoscaling = has("autoscaling");
  wishes.window_s = static_cast<double>(arguments.number("window"));
  wishes.custom_resources = arguments.value_or_empty("custom-resource");
  if (!wishes.custom_resources.empty() && !wishes.webhook)
    throw Error("--custom-resource is for --probe webhook");
  if (arguments.has("exporter"))
    wishes.exporter = cluster::exporter_address(arguments.value("exporter"));
  return wishes;
}

ExitCode run_verb(ClusterSession& session, const Arguments& arguments) {
  const cluster::ProbeWishes probes = probes_of(arguments);
  const cluster::Plan plan =
      cluster::make_plan(wishes_of(arguments), session.inventory, cluster::new_run_id());
  show_plan(plan);
  if (arguments.has("dry-run")) {
    const std::vector<std::string> unused = unused_by_dry_run(arguments);
    if (!unused.empty())
      print(fmt::format("  not looked at in a dry run: {}\n", fmt::join(unused, ", ")));
    return dry_run(session, plan);
  }
  return run_on_cluster(session, plan, output_folder(arguments, plan.job()), probes);
}

/// No pod would ever be bound to it.
void refuse_unknown_node(const cluster::Inventory& inventory, const std::string& node) {
  std::vector<std::string> known;
  for (const cluster::Node& one : inventory.nodes) known.push_back(one.name);
  if (!known.empty() && std::find(known.begin(), known.end(), node) == known.end())
    throw Error(fmt::format("--node {}: the cluster has no such node (there are: {})", node,
                            fmt::join(known, ", ")));
}

ExitCode gate_verb(ClusterSession& session, const Arguments& arguments) {
  std::vector<std::string> nodes = cluster::unverified_nodes(session.inventory);
  if (arguments.has("node")) nodes = {plain_name(arguments, "node")};
  if (const auto unseen = session.inventory.unseen.find("nodes");
      nodes.empty() && unseen != session.inventory.unseen.end())
    throw Error(
        fmt::format("which nodes wait for a verdict is not known: they could not be "
                    "listed ({}); name one with --node",
                    unseen->second));
  if (nodes.empty())
    throw Error(fmt::format("no node that is ready has the taint {}: name one with --node",
                            cluster::kUnverified));
  for (const std::string& node : nodes) refuse_unknown_node(session.inventory, node);
  cluster::Wishes wishes = wishes_of(arguments);
  wishes.nodes = 1;
  const auto plan = [&](const std::string& node) {
    wishes.node = node;
    return cluster::make_plan(wishes, session.inventory, cluster::new_run_id());
  };
  return gate_nodes(session, nodes, plan,
                    arguments.has("output") ? arguments.value("output") : "assay-gate");
}

cluster::Target target_of(const std::string& verb, const Arguments& arguments) {
  const cluster::Target target{plain_name(arguments, "namespace"), plain_name(arguments, "run")};
  if (target.run.empty())
    throw Error(fmt::format(
        "assay cluster {} needs --run ID: `assay cluster run` printed it, and `kubectl "
        "get secrets -n {} -l app.kubernetes.io/managed-by=assay -L assay.io/run` lists "
        "those of which something is left",
        verb, target.name_space));
  return target;
}

/// Refuses wrong flags before a cluster is asked.
void refuse_flags(const std::string& verb, const Arguments& arguments) {
  refuse_unused_flags(verb, arguments);
  plain_name(arguments, "namespace");
  plain_name(arguments, "node");
  const bool makes_plan = verb == "plan" || verb == "run" || verb == "gate";
  if (makes_plan) wishes_of(arguments);
  if (verb == "run") probes_of(arguments);
  if (!makes_plan) target_of(verb, arguments);
  const bool writes = verb == "plan" || verb == "run" || verb == "collect";
  if (writes && arguments.has("output") && !arguments.has("dry-run")) output_folder(arguments, "");
  // A node is marked after every run of it, so that its folder may hold an earlier one.
  const std::filesystem::path folder = verb == "gate" ? arguments.value_or_empty("output") : "";
  std::error_code ignored;
  if (std::filesystem::exists(folder, ignored) && !std::filesystem::is_directory(folder, ignored))
    throw Error(fmt::format("cannot write into {}: it is a file and no folder", folder.string()));
}

ExitCode verb_of_run(const std::string& verb, ClusterSession& session, const Arguments& arguments) {
  const cluster::Target target = target_of(verb, arguments);
  if (verb == "status") return cluster_status(session, target);
  if (verb == "clean") return clean_cluster(session, target);
  return collect_from_cluster(session, target, output_folder(arguments, "assay-" + target.run));
}

ExitCode execute_cluster(const Arguments& arguments) {
  const std::string& verb = arguments.operands().front();
  refuse_flags(verb, arguments);
  const StopSignals signals;
  const auto kubectl = cluster::installed_kubectl(signals.flag());
  ClusterSession session{*kubectl, cluster::discover(*kubectl, plain_name(arguments, "namespace")),
                         pace_of(arguments, signals), signals};
  if (verb == "plan") return plan_verb(session, arguments);
  if (verb == "run") return run_verb(session, arguments);
  if (verb == "gate") return gate_verb(session, arguments);
  return verb_of_run(verb, session, arguments);
}

}  // namespace

Command cluster_command() {
  Command command;
  command.name = "cluster";
  command.summary = "run a profile on the nodes of a Kubernetes cluster";
  command.synopsis =
      "plan|run --image IMAGE [--profile NAME|FILE] [--nodes N] [--devices-per-node N] "
      "[--allocation A] [--gang G] [-o FOLDER]\n"
      "run ... [--probe gang|webhook|autoscaling]... [--window SECONDS] [--custom-resource FOLDER] "
      "[--exporter ADDRESS]\n"
      "gate --image IMAGE [--node NAME] [--profile NAME|FILE] [-o FOLDER]\n"
      "collect --run ID [--namespace NAME] [-o FOLDER] [--deadline SECONDS]\n"
      "status|clean --run ID [--namespace NAME]";
  command.description = {
      "Claims accelerators, starts one pod a node all at once, runs, gathers the documents, judges "
      "them and leaves nothing behind. "
      "Drives the kubectl of PATH (1.27 or later), so that your own authentication works.",
      "plan asks the cluster what it has and prints what it would apply and why; with -o it writes "
      "a folder for `kubectl apply -k`. "
      "run does it: every wait ends at the deadline with the name of the pod and what it waits "
      "for, or earlier, where waiting cannot "
      "mend it. Ctrl-C deletes what was applied, or says what is left. Two runs at once do not "
      "meet.",
      "With --probe and --exporter, run also tries what a cluster promises, and its documents and "
      "verdict say what came of it. gang: while one node too few is free, two gangs that each need "
      "them all are held back whole, and then start one after the other. webhook: an operator's "
      "webhook takes a good custom resource and refuses a bad one (dry run). autoscaling: claims "
      "that no node meets bring nodes, which go again. Probes come first and have their own time. "
      "--exporter: the metrics of each device rise under the run's load and fall after it.",
      "status says how far a run is and what it waits for; collect takes its results from the "
      "lowest rank that still has them, checks "
      "their digests, adds node labels, claim and allocated devices, and lets the pods end; clean "
      "deletes everything of a run and "
      "waits until it is gone.",
      "gate runs the profile (name `node`) on each node that has the taint assay.io/unverified, or "
      "on the one that is named, and marks it: label assay.io/verdict, condition "
      "AcceleratorsVerified with the recommended action (rerun, drain, service) in its message. A "
      "pass takes the taint away, anything else sets it. manifests/rbac/gate.yaml has the rights."};
  command.options = {
      {.name = "profile",
       .value_name = "NAME|FILE",
       .help = "A built-in profile, or a file, which travels with the run.",
       .default_value = "quick",
       .built_in = builtin_profile_names()},
      {.name = "namespace",
       .value_name = "NAME",
       .help = "Where to run; it must exist.",
       .default_value = "assay"},
      {.name = "image", .value_name = "IMAGE", .help = "The image of assay, as the nodes pull it."},
      {.name = "nodes",
       .value_name = "N",
       .help = "How many nodes, one pod on each.",
       .default_value = "1",
       .range = Range{1, 100000}},
      {.name = "devices-per-node",
       .value_name = "N",
       .help = "Accelerators of each pod; 0: as many as the largest node has.",
       .default_value = "0",
       .range = Range{0, 100000}},
      {.name = "allocation",
       .value_name = "auto|dra|device-plugin|none",
       .help = "How accelerators are claimed. auto: dra where a known DeviceClass has devices, "
               "else the device plugin, else none.",
       .default_value = "auto",
       .choices = {"auto", "dra", "device-plugin", "none"}},
      {.name = "device-class",
       .value_name = "NAME",
       .help = "The DeviceClass to claim from, where auto does not know it."},
      {.name = "nic-class",
       .value_name = "NAME",
       .help = "DRANET's DeviceClass of NICs for RDMA, which each pod claims beside its "
               "accelerators."},
      {.name = "nics-per-node",
       .value_name = "N",
       .help = "NICs of each pod; 0: one for each accelerator, or for every two or four, as nodes "
               "have them.",
       .default_value = "0",
       .range = Range{0, 31}},
      {.name = "alignment",
       .value_name = "pcieRoot|numaNode|none",
       .help = "What each NIC shares with its part of a pod's accelerators. A run with it and one "
               "without, both with --nic-class, show by `assay compare` what it is worth.",
       .default_value = "none",
       .choices = {"pcieRoot", "numaNode", "none"}},
      {.name = "gang",
       .value_name = "auto|kueue|native|volcano|kai|coscheduling|jobset|trainjob|none",
       .help = "Who starts all pods or none. auto: Kueue where the namespace has a LocalQueue, "
               "else the native gang where it is served.",
       .default_value = "auto",
       .choices = {"auto", "kueue", "native", "volcano", "kai", "coscheduling", "jobset",
                   "trainjob", "none"}},
      {.name = "node", .value_name = "NAME", .help = "gate: the only node to measure."},
      {.name = "toleration",
       .value_name = "KEY[=VALUE][:EFFECT]",
       .help = "A taint of nodes that the pods tolerate, such as nvidia.com/gpu. May be given "
               "several times.",
       .repeats = true},
      {.name = "queue", .value_name = "NAME", .help = "The queue, where there are several."},
      {.name = "pull-secret",
       .value_name = "NAME",
       .help = "A Secret of the namespace, by which nodes pull the image from a private registry."},
      {.name = "results-claim",
       .value_name = "NAME",
       .help =
           "A PersistentVolumeClaim that also keeps the results, in JOB/POD; with several nodes "
           "it has to be ReadWriteMany."},
      {.name = "deadline",
       .value_name = "SECONDS",
       .help = "How long the whole may take.",
       .default_value = "3600",
       .range = Range{0, 604800}},
      {.name = "probe",
       .value_name = "gang|webhook|autoscaling",
       .help = "run: what to try of the cluster first; may be repeated.",
       .choices = {"gang", "webhook", "autoscaling"},
       .repeats = true},
      {.name = "window",
       .value_name = "SECONDS",
       .help = "--probe gang: for how long no pod may be bound while a node is missing.",
       .default_value = "30",
       .range = Range{10, 3600}},
      {.name = "custom-resource",
       .value_name = "FOLDER",
       .help = "--probe webhook: good.yaml and bad.yaml for an operator beside JobSet and Kubeflow "
               "Trainer; bad.yaml must obey the schema."},
      {.name = "exporter",
       .value_name = "NAMESPACE/LABEL=VALUE:PORT",
       .help = "run: the pods of an exporter of accelerator metrics, e.g. "
               "gpu-operator/app=nvidia-dcgm-exporter:9400."},
      {.name = "dry-run",
       .help = "run: let the server look at everything and create nothing.",
       .only_value = "server"},
      {.name = "run", .value_name = "ID", .help = "The run, as `assay cluster run` printed it."},
      {.name = "output",
       .letter = 'o',
       .value_name = "FOLDER",
       .help = "Where to write; without it ./assay-<run>. It has to be empty, or not there yet."},
      {.name = "force", .help = "Write into a folder that is not empty."}};
  command.operands = {"VERB", true, {"plan", "run", "status", "collect", "clean", "gate"}};
  command.environment = {{"KUBECONFIG", "As kubectl reads it."}};
  command.exit_status = {
      {"0", "Every must of the profile passed; or the verb did what it says."},
      {"1", "A must failed; status: the run cannot go on."},
      {"2", "The run could not start or end, or something is left in the cluster."},
      {"3", "kubectl is missing."}};
  command.examples = {{"assay cluster plan --image registry.example/assay:0.1.0 --nodes 2",
                       "What would be applied, and why?"},
                      {"assay cluster run --image registry.example/assay:0.1.0 --nodes 4",
                       "From claim to verdict."},
                      {"assay cluster gate --image registry.example/assay:0.1.0 --profile node",
                       "Lets work onto the nodes that joined and pass."}};
  command.execute = execute_cluster;
  return command;
}

}  // namespace assay::cli
