// Applies, waits, collects, judges and cleans up, in this order and never without the last.
#include "harness/cli/cluster_run.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "harness/cli/command.h"
#include "harness/cli/reserved_folder.h"
#include "harness/cluster/apply.h"
#include "harness/cluster/clean.h"
#include "harness/cluster/explain.h"
#include "harness/cluster/folder.h"
#include "harness/cluster/how_claimed.h"
#include "harness/cluster/private_folder.h"
#include "harness/cluster/progress.h"
#include "harness/core/number_of.h"
#include "harness/core/plain_text.h"
#include "harness/core/print.h"

namespace assay::cli {

namespace {

namespace fs = std::filesystem;

ExitCode judge_folder(const std::string& profile, const fs::path& folder) {
  const Command check = check_command();
  const auto run = [&](std::vector<std::string> words) {
    words.insert(words.begin(), {folder.string(), "--profile", profile});
    return check.execute(parse_arguments(check.options, check.operands, words, {"assay", "check"}));
  };
  run({"--format", "json", "-o", (folder / "verdict.json").string()});
  return run({});
}

std::string why_it_ended(const ClusterSession& session, const std::exception& error) {
  return session.signals.signal_name().empty() ? error.what()
                                               : "ended by " + session.signals.signal_name();
}

}  // namespace

void show_plan(const cluster::Plan& plan) {
  print(fmt::format("Run {} of profile {} on {} in namespace {}\n", plan.run, plan.wishes.profile,
                    number_of(plan.wishes.nodes, "node"), plan.wishes.name_space));
  for (const std::string& reason : plan.reasons) print(fmt::format("  {}\n", plain_line(reason)));
  std::fflush(stdout);
  if (!plan.faults.empty()) throw Error(fmt::format("{}", fmt::join(plan.faults, "; ")));
}

ExitCode dry_run(ClusterSession& session, const cluster::Plan& plan) {
  const cluster::PrivateFolder folder;
  cluster::write_kustomization(plan, folder.path());
  cluster::try_out(session.kubectl, folder.path());
  print("The server would accept it; nothing was created.\n");
  return ExitCode::passed;
}

ExitCode run_on_cluster(ClusterSession& session, const cluster::Plan& plan, const fs::path& results,
                        const cluster::ProbeWishes& wishes) {
  const ReservedFolder reserved(results);
  const cluster::Target target{plan.wishes.name_space, plan.run};
  cluster::Probes probes(session.kubectl, plan, session.inventory, session.pace, wishes);
  const cluster::PrivateFolder folder;
  cluster::write_kustomization(plan, folder.path());
  cluster::try_out(session.kubectl, folder.path());
  probes.before_run();
  if (session.pace.stopped()) throw Error("stopped before the run was applied");
  cluster::Memory memory;
  const cluster::Pace pace = probes.pace_of_run(memory);
  session.signals.set_left_undone(
      fmt::format("what was applied may be left in the cluster: `assay cluster clean --namespace "
                  "{} --run {}` deletes it",
                  target.name_space, target.run));
  try {
    cluster::apply(session.kubectl, folder.path());
    if (plan.wishes.nodes > 1) memory.gang = GangFacts{plan.gang, plan.wishes.nodes, 0};
    cluster::wait_until_running(session.kubectl, target, plan.wishes.nodes, session.inventory, pace,
                                memory);
    cluster::collect(session.kubectl, target, session.inventory, pace, memory, results);
  } catch (const std::exception& error) {                  // whatever it is, nothing is left behind
    const std::string why = why_it_ended(session, error);  // before a stop of the cleaning counts
    throw Error(fmt::format(
        "{} ({})", why,
        cluster::clean_up(session.kubectl, target, session.inventory, session.pace).text));
  }
  const cluster::Cleaned cleaned =
      cluster::clean_up(session.kubectl, target, session.inventory, session.pace);
  session.signals.set_left_undone("");
  session.pace.say(cleaned.text);
  probes.after_run(results, memory);
  print(fmt::format("Results: {}\n", results.string()));
  const ExitCode verdict = judge_folder(plan.wishes.profile, results);
  return cleaned.all ? verdict : ExitCode::broken;
}

ExitCode cluster_status(ClusterSession& session, const cluster::Target& target) {
  const cluster::Snapshot snapshot = cluster::look(session.kubectl, target, session.inventory);
  if (snapshot.jobs.empty() && snapshot.pods.empty() && snapshot.controllers.empty())
    throw Error(fmt::format(
        "nothing of run {} is in namespace {}: it was cleaned, its time to live is over, or it "
        "is in another namespace",
        target.run, target.name_space));
  const auto pods = snapshot.pods.size();
  const long wanted =
      snapshot.jobs.empty() ? static_cast<long>(pods) : snapshot.jobs.front().completions;
  print(plain_line(cluster::progress_of(snapshot, static_cast<int>(wanted)).line()) + "\n");
  for (const std::string& line : cluster::how_claimed(snapshot)) print(plain_line(line) + "\n");
  const auto causes =
      cluster::ask_why(session.kubectl, target.name_space, snapshot, session.inventory);
  for (const cluster::Cause& cause : causes)
    print(plain_line(fmt::format("{}: {}", cause.subject, cause.text)) + "\n");
  return !causes.empty() && causes.front().hopeless ? ExitCode::failed : ExitCode::passed;
}

ExitCode collect_from_cluster(ClusterSession& session, const cluster::Target& target,
                              const fs::path& folder) {
  const ReservedFolder reserved(folder);
  cluster::Memory memory;
  cluster::collect(session.kubectl, target, session.inventory, session.pace, memory, folder);
  print(fmt::format("Results: {}\n", folder.string()));
  return ExitCode::passed;
}

ExitCode clean_cluster(ClusterSession& session, const cluster::Target& target) {
  if (!cluster::may_be_there(session.kubectl, target, session.inventory)) {
    session.pace.say(fmt::format(
        "nothing of run {} is in namespace {}, and nothing was deleted: `kubectl get secrets -A -l "
        "app.kubernetes.io/managed-by=assay -L assay.io/run` lists the runs of every namespace",
        target.run, target.name_space));
    return ExitCode::passed;
  }
  const cluster::Cleaned cleaned =
      cluster::clean_up(session.kubectl, target, session.inventory, session.pace);
  if (!cleaned.all) throw Error(cleaned.text);
  session.pace.say(cleaned.text);
  return ExitCode::passed;
}

}  // namespace assay::cli
