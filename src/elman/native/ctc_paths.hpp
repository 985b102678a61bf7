// Sums over all alignments of an utterance, which each instruction set has its own code for.
#pragma once

#include <cstdint>

namespace elman {

template <class T>
struct Utterance {
  int64_t frames, symbols, labels, blank;
  const T* logits;        // (frames, symbols)
  const int64_t* target;  // (labels,), without blanks
  T* gradient;            // (frames, symbols), or nothing
  double* scratch;        // aligned to 64 bytes
};

struct CtcPaths {
  // How many numbers `scratch` must hold.
  int64_t (*room)(int64_t frames, int64_t symbols, int64_t labels, bool learns);
  // -log p(target), and its gradient by the logits if there is a place for it.
  double (*single)(const Utterance<float>&);
  double (*twice)(const Utterance<double>&);
};

extern const CtcPaths baseline_ctc;
#ifdef ELMAN_X86
extern const CtcPaths avx2_ctc, avx512_ctc;
#endif

}  // namespace elman
