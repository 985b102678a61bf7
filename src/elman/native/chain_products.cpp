// The innermost loops of linear chains for one instruction set. This file is compiled once for each, with ELMAN_SET its
// name.
#include "chain_products.hpp"

#include "vector.hpp"

namespace {

using V = Vector<double>;
using Places = Register<double>::I;
constexpr int64_t L = lanes<double>;
constexpr int at_once = ELMAN_BYTES == 64 ? 8 : 4;

void shares(const double* x, double most, int64_t width, double* out) {
  for (int64_t k = 0; k < width; k += L) {
    const V difference = load(x + k) - most;
    const auto e = exponential(difference);
    store<double>(out + k, difference < -708.0 ? splat(0.0) : e.scale + e.scale * e.rest);
  }
}

template <int N>
void multiply_columns(const double* vector, const double* matrix, int64_t rows, int64_t width, double* out) {
  V sums[N] = {};
  for (int64_t i = 0; i < rows; ++i) {
    for (int n = 0; n < N; ++n) sums[n] += vector[i] * load(matrix + i * width + n * L);
  }
  for (int n = 0; n < N; ++n) store(out + n * L, sums[n]);
}

void multiply(const double* vector, const double* matrix, int64_t rows, int64_t width, double* out) {
  int64_t j = 0;
  for (; j + at_once * L <= width; j += at_once * L) multiply_columns<at_once>(vector, matrix + j, rows, width, out + j);
  for (; j + 2 * L <= width; j += 2 * L) multiply_columns<2>(vector, matrix + j, rows, width, out + j);
  for (; j < width; j += L) multiply_columns<1>(vector, matrix + j, rows, width, out + j);
}

void add(const double* left, const double* right, double scale, int64_t rows, int64_t width, double* matrix) {
  for (int64_t i = 0; i < rows; ++i) {
    const V factor = splat(scale * left[i]);
    double* const row = matrix + i * width;
    for (int64_t j = 0; j < width; j += L) store(row + j, load(row + j) + factor * load(right + j));
  }
}

template <int N>
void most_of_columns(const double* scores, const double* matrix, int64_t rows, int64_t width, double* best,
                     int64_t* which) {
  V most[N];
  Places places[N] = {};
  for (int n = 0; n < N; ++n) most[n] = scores[0] + load(matrix + n * L);
  for (int64_t i = 1; i < rows; ++i) {
    for (int n = 0; n < N; ++n) {
      const V other = scores[i] + load(matrix + i * width + n * L);
      const auto more = other > most[n];
      most[n] = more ? other : most[n];
      places[n] = more ? i - Places{} : places[n];
    }
  }
  for (int n = 0; n < N; ++n) {
    store(best + n * L, most[n]);
    __builtin_memcpy(which + n * L, places + n, sizeof(Places));
  }
}

void most(const double* scores, const double* matrix, int64_t rows, int64_t width, double* best, int64_t* which) {
  int64_t j = 0;
  for (; j + 4 * L <= width; j += 4 * L) most_of_columns<4>(scores, matrix + j, rows, width, best + j, which + j);
  for (; j < width; j += L) most_of_columns<1>(scores, matrix + j, rows, width, best + j, which + j);
}

}  // namespace

#define ELMAN_JOINED(set, name) set##name
#define ELMAN_JOIN(set, name) ELMAN_JOINED(set, name)

namespace elman {
extern const ChainProducts ELMAN_JOIN(ELMAN_SET, _chains);
const ChainProducts ELMAN_JOIN(ELMAN_SET, _chains) = {shares, multiply, add, most};
}  // namespace elman
