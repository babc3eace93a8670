// What every instruction does first: let others run, be noted or changed by a test, agree with the
// other lanes. And how threads learn from one another.
#include <fmt/format.h>

#include <algorithm>

#include "kernels/emulator/machine.h"

namespace assay::emulator {

void pass(const Site& site) {
  if (Machine::current().schedule().preempts()) Machine::current().yield();
  Machine::self().last = site;
}

Call::Call(const Site& site) : site_(site) {
  pass(site);
  const Settings& settings = Machine::current().settings();
  if (settings.sites != nullptr) {
    const bool noted = std::any_of(settings.sites->begin(), settings.sites->end(),
                                   [&](const Site& other) { return other.same_place(site); });
    if (!noted) settings.sites->push_back(site);
  }
  if (!settings.mutation || !settings.mutation->site.same_place(site)) return;
  switch (settings.mutation->kind) {
    case Mutation::Kind::kRemove:
      times_ = 0;
      break;
    case Mutation::Kind::kRepeat:
      times_ = 2;
      break;
    case Mutation::Kind::kChange:
    case Mutation::Kind::kMove:
      change_ = &*settings.mutation;
      break;
  }
}

std::uint64_t Call::changed(Mutation::Kind kind, std::uint64_t value) const {
  return change_ == nullptr || change_->kind != kind ? value : change_->change(value);
}

void tick(Thread& thread) {
  Machine::current().note_time(++thread.time);
  thread.known.set_time(thread.time);
}

void release(Thread& thread, Gathered& into) {
  into.join(thread.known);
  tick(thread);
}

void release(Thread& thread, Knowledge& into) {
  thread.known.join_to(into);
  tick(thread);
}

void acquire(Thread& thread, Published& from) {
  thread.known.learn(from);
  ++thread.learned;
}

void acquire(Thread& thread, const Knowledge& from) {
  thread.known.learn(from);
  ++thread.learned;
}

void collective(Thread& thread, const Site& site) {
  Warp& warp = *thread.warp;
  const std::uint64_t at = thread.collectives++ - warp.collectives_dropped;
  if (at == warp.collectives.size()) {
    for (const Thread* other : warp.threads) {
      if (!other->done) continue;
      Machine::current().fail(Fault::kDivergence, &thread, site,
                              "a lane of this warp has ended and will not execute it");
    }
    warp.collectives.push_back(site);
  } else if (const Site& expected = warp.collectives[at]; !expected.same_place(site)) {
    Machine::current().fail(
        Fault::kDivergence, &thread, site,
        fmt::format("other lanes of this warp execute {} in its place", expected.text()));
  }
  std::uint64_t slowest = thread.collectives;
  if (at != 0 || warp.collectives.size() < 64) return;  // tidy up now and then
  for (const Thread* other : warp.threads) slowest = std::min(slowest, other->collectives);
  while (warp.collectives_dropped < slowest) {
    warp.collectives.pop_front();
    ++warp.collectives_dropped;
  }
}

}  // namespace assay::emulator
