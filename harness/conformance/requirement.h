// One requirement: a rule that a profile may ask for, evaluated on documents alone.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "harness/core/baseline.h"
#include "harness/core/plain_text.h"
#include "harness/core/profile.h"
#include "harness/core/result.h"
#include "harness/core/verdict.h"

namespace assay {

class AskedMemo;
struct DeviceLayout;

/// Everything a verdict may depend on, so that it can be replayed from files.
struct Evidence {
  std::vector<Result> results;
  const Profile* profile = nullptr;
  std::vector<Baseline> baselines;
  /// What device_groups() selects from, made once for all requirements; null: made when asked for.
  std::shared_ptr<const DeviceLayout> layout = nullptr;
  /// What the profile asks of documents that come one after the other; null: expanded each time.
  std::shared_ptr<AskedMemo> asked = nullptr;
  bool has_lists = true;  ///< Of figures; false: nobody reads them.
};

/// What to do about a verdict, and why that.
struct Advice {
  Action action = Action::none;
  std::string reason;
};

/// By the verdict's reason code and subjects; nothing for a pass and for what does not apply.
Advice usual_advice(const RequirementVerdict& verdict);

/// One requirement on its way through the documents, some at a time and in their order. What a
/// fleet's devices measured is too much to keep, so it is noted while its document is looked at.
class Inquiry {
 public:
  virtual ~Inquiry() = default;
  /// The next documents. Their nodes and devices stay where they are until the verdict; everything
  /// else may be gone when this returns.
  virtual void look(const Evidence& some) = 0;
  /// Before the first documents: nobody reads the lists of figures, one entry a case or device.
  virtual void leave_out_lists() {}
  /// `all` are the documents that were looked at, reduced (see reduced.h) or not.
  virtual RequirementVerdict verdict(const Evidence& all) = 0;
};

class Requirement {
 public:
  virtual ~Requirement() = default;
  /// The `kind` that a profile's requirement names, e.g. `throughput`.
  virtual std::string kind() const = 0;
  virtual Axis axis() const = 0;
  /// Fills verdict, reason_code, reason, subjects and figures; id, level and axis are set by the
  /// judge, which has already dealt with `applies_when`. Something missing is never a pass. By
  /// default what `inquire` finds; one that overrides it reads nothing of a document that reducing
  /// takes.
  virtual RequirementVerdict evaluate(const Evidence& evidence,
                                      const ProfileRequirement& asked) const;
  /// A requirement that reads what devices measured has one; null: `evaluate` reads facts alone.
  virtual std::unique_ptr<Inquiry> inquire(const Profile&, const ProfileRequirement&) const {
    return nullptr;
  }
  /// Whether its inquiry may look at some documents before it has seen the others.
  virtual bool looks_at_some(const Profile&) const { return true; }
  /// Of a verdict of this requirement; one whose reason codes the usual advice does not know has
  /// its own.
  virtual Advice advice(const RequirementVerdict& verdict) const { return usual_advice(verdict); }
};

const std::vector<std::unique_ptr<Requirement>>& requirements();
void enrol(std::unique_ptr<Requirement> requirement);

/// A namespace-scope object of this type in the requirement's own file enrols it.
template <class T>
struct RequirementEnrolment {
  RequirementEnrolment() { enrol(std::make_unique<T>()); }
};

/// An inquiry of two functions that share `notes`: `see(some, notes)` and `conclude(notes)`.
template <class Notes, class See, class Conclude>
class NotedInquiry final : public Inquiry {
 public:
  NotedInquiry(Notes notes, See see, Conclude conclude)
      : notes_(std::move(notes)), see_(std::move(see)), conclude_(std::move(conclude)) {}
  void look(const Evidence& some) override { see_(some, notes_); }
  void leave_out_lists() override {
    if constexpr (requires { notes_.findings.leave_out_lists(); })
      notes_.findings.leave_out_lists();
    else if constexpr (requires { notes_.leave_out_lists(); })
      notes_.leave_out_lists();
  }
  RequirementVerdict verdict(const Evidence&) override { return conclude_(notes_); }

 private:
  Notes notes_;
  See see_;
  Conclude conclude_;
};

template <class Notes, class See, class Conclude>
std::unique_ptr<Inquiry> inquiry(Notes notes, See see, Conclude conclude) {
  return std::make_unique<NotedInquiry<Notes, See, Conclude>>(std::move(notes), std::move(see),
                                                              std::move(conclude));
}

/// Throws Error, naming the profile's entry, for what no documents could make good: a requirement
/// of an unknown kind, a condition or parameter that it does not have, a shape or a dtype that no
/// case has, a size that the dtype cannot have.
void refuse_unfit(const Profile& profile);

/// Judges every requirement of the profile. Refuses unfit profiles and (Error, exit 2) documents of
/// a backend that the profile is not for.
VerdictDocument judge(const Evidence& evidence);

/// Judges documents as they are read: `judge` of all of them, without having them all in memory.
class Judge {
 public:
  /// Of a fleet the verdict's lists of figures take longer than all else; only JSON shows them.
  enum class Lists { kept, left_out };

  Judge(const Profile& profile, std::vector<Baseline> baselines, Lists lists = Lists::kept);
  Judge(const Judge&) = delete;
  Judge& operator=(const Judge&) = delete;
  ~Judge();

  /// Whether the profile's requirements can look at some documents before they have seen others.
  bool looks_at_some() const;
  /// The next documents, in order. Only of processes alone: others refer to one another. Returns
  /// what it does not keep of them: memory to read others into.
  std::vector<Result> look(std::vector<Result> documents);
  /// The documents that were looked at, reduced.
  const std::vector<Result>& documents() const;
  /// As `judge`, and throws what it throws.
  VerdictDocument verdict();

 private:
  struct Course;
  std::unique_ptr<Course> course_;
};

/// Whether a document can be judged without others of its run.
bool is_alone(const Result& result);

/// The verdict as text for a terminal, in lines of `width` columns; one table, failures first with
/// their subjects and what to do.
std::string to_text(const VerdictDocument& document, bool colour, std::size_t width = kPipeColumns);
/// The same as Markdown.
std::string to_markdown(const VerdictDocument& document);
/// The verdict as JUnit XML: one test case a requirement.
std::string to_junit(const VerdictDocument& document);
/// The verdict as Prometheus text for node_exporter's textfile collector.
std::string to_prometheus(const VerdictDocument& document);
/// The measurements as CSV, one row a measurement, the variables of its case in columns.
std::string to_csv(const std::vector<Result>& results);

}  // namespace assay
