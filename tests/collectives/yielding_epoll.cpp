// epoll_wait for the tests in which ranks are threads of one process: who has asked makes way.
//
// A thread of Gloo's polls without pause while data lies ready that its rank has not asked for yet.
// With more ranks than processors these threads took nine tenths of the processors' time from the
// ranks that they wait for. What is measured (overhead_test.cpp) is linked without this file.
#include <sched.h>
#include <sys/epoll.h>

extern "C" int epoll_wait(int epoll, epoll_event* events, int most, int timeout_ms) {
  const int ready = epoll_pwait(epoll, events, most, timeout_ms, nullptr);
  sched_yield();
  return ready;
}
