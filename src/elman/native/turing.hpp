// A neural Turing machine over packed rows: plain data, the same for every instruction set.
#pragma once

#include <cstdint>

#include "team.hpp"

namespace elman {

// A controller (LSTM) with a memory of P places of W numbers, R heads that read and Q that write, U = R + Q. Rows are those
// of step 0, then of step 1, and so on; step t has the first sizes[t] sequences. N rows, B sequences, H units, S numbers
// said a step, P' = P rounded up to whole cache lines. Memory and heads lie by number and head, places last.
template <class T>
struct Turing {
  int64_t steps, batch, hidden, places, stride, width, reads, writes;  // T, B, H, P, P', W, R, Q
  const int64_t* sizes;
  const int64_t* first;

  const T* input;         // (N, 4 H) W_x x + b
  const T* weight_state;  // (4 H, R W + H) of [r; h]
  const T* weight_said;   // (S, H)
  const T* bias_said;     // (S)
  const T* state_first;   // (B, R W + H) [r; h]
  const T* c_first;       // (B, H)
  const T* memory_first;  // (B, W, P')
  const T* heads_first;   // (B, U, P')

  T* output;       // (N, R W + H) [r; h]
  T* state_last;   // (B, R W + H)
  T* c_last;       // (B, H)
  T* memory_last;  // (B, W, P')
  T* heads_last;   // (B, U, P')
  // What the way back reads; null where nothing is learned.
  T* gates;    // (N, 4 H) after their functions
  T* cells;    // (N, H) c
  T* said;     // (N, S) before they are cut
  T* cosines;  // (N, U, P')
  T* content;  // (N, U, P')
  T* heads;    // (N, U, P')
  T* memory;   // (N, W, P') before the step
  T* scratch;  // aligned to 64 bytes

  int64_t units() const { return reads + writes; }
  int64_t read_size() const { return reads * width; }
  int64_t state_size() const { return read_size() + hidden; }
  int64_t said_size() const { return units() * (width + 6) + 2 * writes * width; }
};

// The gradients of it. Those of the weights are left to products of matrices.
template <class T>
struct TuringGradient {
  Turing<T> of;
  const T* output;  // (N, R W + H) of [r; h], or null
  T* state;         // (B, R W + H) in: of the last; out: of the first
  T* c;             // (B, H)
  T* memory;        // (B, W, P')
  T* heads;         // (B, U, P')
  T* z;             // (N, 4 H) filled in: of the gates before their functions
  T* said;          // (N, S) filled in
  T* scratch;
};

template <class T>
struct TuringKernel {
  int64_t (*forward_scratch)(const Turing<T>&, int threads);
  int64_t (*backward_scratch)(const TuringGradient<T>&, int threads);
  void (*forward)(const Turing<T>&, Member);
  void (*backward)(const TuringGradient<T>&, Member);
};

struct TuringKernels {
  TuringKernel<float> single;
  TuringKernel<double> twice;
};

extern const TuringKernels baseline_turing;
#ifdef ELMAN_X86
extern const TuringKernels avx2_turing, avx512_turing;
#endif

}  // namespace elman
