// Learning vectors of words from windows of text, which each instruction set has its own code for.
#pragma once

#include <cstdint>

namespace elman {

// Two tables of vectors, and what decides which of them meet. Nothing here is owned.
template <class T>
struct WordVectors {
  int64_t width, words;  // D, V
  T *inputs, *outputs;   // rows of D numbers
  // Word w as an input is the mean of the rows parts[part_starts[w] .. part_starts[w + 1]); null: it is row w.
  const int64_t* part_starts;
  const uint32_t* parts;
  // Word w stays in the text if 32 random bits are at most keep[w].
  const uint32_t* keep;
  int64_t window;
  bool averaged;  // one input a window, the mean of its words: CBOW; else each word is one: skip-gram
  // Negative sampling: k draws from an alias table. Else (k < 0) the nodes of a word's path, and whether it goes left.
  int64_t negatives;
  const uint32_t *limits, *aliases;
  const int64_t* path_starts;
  const uint32_t* nodes;
  const uint8_t* left;
  int64_t nodes_in_all;
  // So many of the most frequent rows of each kind are copied for each thread, see `Busy`; 0 for one thread.
  int64_t busy;
};

// What a stretch of text gave.
struct WindowTotals {
  double nats = 0;    // Σ of the losses of all pairs of an input and its outputs
  int64_t pairs = 0;
  int64_t words = 0;  // that stayed in the text
};

// Memory for one thread: see `window_room`.
template <class T>
struct WindowRoom {
  int64_t stride;  // of the rows below: whole registers, zero behind D
  int64_t most_outputs;
  uint32_t* kept;
  T *inputs, *outputs, *input_changes, *output_changes;
  T *scores, *signs;
  uint32_t *now, *next;  // outputs of this window and of the one after it, of both sides
  T *now_signs, *next_signs;
  T *input_copies, *output_copies;  // of `Busy`: two rows of `stride` each
  uint8_t *input_uses, *output_uses;
};

template <class T>
struct WindowKernel {
  // Reads a stretch of text. Ids of V and more are passed over; `line_end` is one that no window reaches over. With
  // `rate` 0 nothing is changed.
  void (*read)(const WordVectors<T>&, const uint32_t* ids, int64_t count, uint32_t line_end, uint64_t seed, T rate,
               const WindowRoom<T>& room, WindowTotals& totals);
};

struct WindowKernels {
  WindowKernel<float> single;
  WindowKernel<double> twice;
};

extern const WindowKernels baseline_windows;
#ifdef ELMAN_X86
extern const WindowKernels avx2_windows, avx512_windows;
#endif

}  // namespace elman
