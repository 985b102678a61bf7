// The innermost loops of linear chains, which each instruction set has its own of.
#pragma once

#include <cstdint>

namespace elman {

// Rows of a matrix begin at whole registers: they are `width` numbers long, a multiple of 8, and aligned to 64 bytes.
struct ChainProducts {
  // out_k = exp(x_k - most), 0 below the smallest number.
  void (*shares)(const double* x, double most, int64_t width, double* out);
  // out_j = Σ_i vector_i matrix_ij
  void (*multiply)(const double* vector, const double* matrix, int64_t rows, int64_t width, double* out);
  // matrix_ij += scale left_i right_j
  void (*add)(const double* left, const double* right, double scale, int64_t rows, int64_t width, double* matrix);
  // best_j = max_i scores_i + matrix_ij, and the first i that has it.
  void (*most)(const double* scores, const double* matrix, int64_t rows, int64_t width, double* best, int64_t* which);
};

extern const ChainProducts baseline_chains;
#ifdef ELMAN_X86
extern const ChainProducts avx2_chains, avx512_chains;
#endif

}  // namespace elman
