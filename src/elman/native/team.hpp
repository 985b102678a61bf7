// Threads that work on one call together.
#pragma once

#include <sched.h>

namespace elman {

// Where the threads of one call meet between time steps.
struct Barrier {
  alignas(64) int arrived = 0;
  alignas(64) int turn = 0;
};

// Which thread of how many.
struct Member {
  int id, count;
  Barrier* barrier;
};

}  // namespace elman

namespace {

using elman::Member;

// Waits until every thread of the call is here. After a while it lets others run: there may be fewer cores than threads.
inline void meet(Member me) {
  if (me.count == 1) return;
  elman::Barrier& barrier = *me.barrier;
  const int turn = __atomic_load_n(&barrier.turn, __ATOMIC_RELAXED);
  if (__atomic_add_fetch(&barrier.arrived, 1, __ATOMIC_ACQ_REL) == me.count) {
    __atomic_store_n(&barrier.arrived, 0, __ATOMIC_RELAXED);
    __atomic_store_n(&barrier.turn, turn + 1, __ATOMIC_RELEASE);
    return;
  }
  for (int spins = 0; __atomic_load_n(&barrier.turn, __ATOMIC_ACQUIRE) == turn; ++spins) {
    if (spins > 4000) {
      sched_yield();
    } else {
#if defined(__x86_64__)
      __builtin_ia32_pause();
#endif
    }
  }
}

}  // namespace
