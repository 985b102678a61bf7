// The product in the middle of a recurrence, and how threads share it.
#pragma once

#include "sequence.hpp"
#include "vector.hpp"

namespace {

using elman::Member;

template <int N>
struct Int {
  static constexpr int value = N;
};

inline int64_t rounded_up(int64_t n, int64_t unit) { return (n + unit - 1) / unit * unit; }

// Values before a row starts on a cache line.
template <class T>
inline int64_t padded(int64_t n) {
  return rounded_up(n, 64 / sizeof(T));
}

// Cuts columns x rows into blocks of one column and at most `most` rows, gives each thread an even share of them, column
// by column so that its weights stay in its cache, and calls work(column, first row, rows) for each.
template <class Work>
inline void share(int64_t columns, int64_t rows, Member me, const Work& work) {
  if (rows == 0) return;
  const int64_t blocks = (rows + most_rows - 1) / most_rows;
  const int64_t stop = columns * blocks * (me.id + 1) / me.count;
  for (int64_t item = columns * blocks * me.id / me.count; item < stop; ++item) {
    const int64_t column = item / blocks, block = item % blocks;
    const int64_t first = block * rows / blocks;
    work(column, first, (block + 1) * rows / blocks - first);
  }
}

// A block of the product: N vectors for each of at most most_rows rows.
template <class T, int N>
struct Block {
  Vector<T> sums[most_rows][N];
};

template <class T, int M, int N>
__attribute__((noinline)) void multiply_rows(Block<T, N>& block, const T* rows, int64_t stride, const T* panel,
                                             int64_t depth) {
  Vector<T> sums[M][N];
  for (int m = 0; m < M; ++m) {
    for (int n = 0; n < N; ++n) sums[m][n] = block.sums[m][n];
  }
  for (int64_t k = 0; k < depth; ++k, panel += N * lanes<T>) {
    Vector<T> weights[N];
    for (int n = 0; n < N; ++n) {
      weights[n] = *reinterpret_cast<const Vector<T>*>(panel + n * lanes<T>);
      // Once for each line of the cache. One row reads too fast for it: there the machine's own prefetching is better.
      if (M > 1 && n * ELMAN_BYTES % 64 == 0) __builtin_prefetch(panel + (8 * N + n) * lanes<T>);
    }
    for (int m = 0; m < M; ++m) {
      for (int n = 0; n < N; ++n) sums[m][n] += weights[n] * rows[m * stride + k];
    }
  }
  for (int m = 0; m < M; ++m) {
    for (int n = 0; n < N; ++n) block.sums[m][n] = sums[m][n];
  }
}

// block[m][n] += rows[m] · panel[:, n] for the first `count` rows, all in registers. A panel has N vectors for each k, so
// that it is read from front to back, once.
template <class T, int N, int M = most_rows>
inline void multiply(Block<T, N>& block, int64_t count, const T* rows, int64_t stride, const T* panel, int64_t depth) {
  if constexpr (M > 1) {
    if (count < M) return multiply<T, N, M - 1>(block, count, rows, stride, panel, depth);
  }
  multiply_rows<T, M, N>(block, rows, stride, panel, depth);
}

// out[k][j] = in[j][k] for `width` rows of `in`, zeros above them: the columns of a panel from rows of a matrix.
template <class T>
inline void transpose(T* out, int64_t out_stride, const T* in, int64_t in_stride, int64_t width, int64_t depth) {
  constexpr int64_t tile = 16;
  for (int64_t k0 = 0; k0 < depth; k0 += tile) {
    const int64_t k1 = k0 + tile < depth ? k0 + tile : depth;
    for (int64_t j = 0; j < width; ++j) {
      for (int64_t k = k0; k < k1; ++k) out[k * out_stride + j] = in[j * in_stride + k];
    }
    for (int64_t k = k0; k < k1; ++k) {
      for (int64_t j = width; j < lanes<T>; ++j) out[k * out_stride + j] = 0;
    }
  }
}

// The registers of units of a layer, cut into panels of at most `most` registers that differ by one at most: what is
// computed for units that are not there is less than one register.
struct Panels {
  int64_t registers, count;
  Panels(int64_t registers, int64_t most) : registers(registers), count((registers + most - 1) / most) {}
  int64_t first(int64_t panel) const { return panel * registers / count; }
};

template <class T>
inline Panels panels_of(int64_t units, int64_t most) {
  return Panels((units + lanes<T> - 1) / lanes<T>, most);
}

// Calls work(Int<N>) for N = count, 1 to the most that there can be.
template <int N, class Work>
inline void with_registers(int64_t count, const Work& work) {
  if constexpr (N > 1) {
    if (count < N) return with_registers<N - 1>(count, work);
  }
  work(Int<N>{});
}

// Calls work(Int<registers>, first register, row, rows) for the blocks of this thread, of panels of at most `most` registers.
template <int most, class Work>
inline void for_blocks(const Panels& panels, int64_t rows, Member me, const Work& work) {
  share(panels.count, rows, me, [&](int64_t panel, int64_t row, int64_t count) {
    const int64_t first = panels.first(panel);
    with_registers<most>(panels.first(panel + 1) - first, [&](auto registers) { work(registers, first, row, count); });
  });
}

// A panel of a weight matrix (gates x units, depth), as `multiply` reads it: for each k, `vectors` registers of units for
// each gate, from register `first` on. Units that are not there have weight 0.
template <class T>
inline void pack_panel(T* out, const T* weight, int gates, int64_t first, int64_t vectors, int64_t hidden,
                       int64_t depth) {
  for (int n = 0; n < gates * vectors; ++n) {
    const int64_t unit = (first + n % vectors) * lanes<T>;
    const int64_t width = hidden - unit < lanes<T> ? hidden - unit : lanes<T>;
    transpose(out + n * lanes<T>, gates * vectors * lanes<T>, weight + ((n / vectors) * hidden + unit) * depth, depth,
              width, depth);
  }
}

// All panels of a weight matrix that are this thread's.
template <class T>
inline void pack_panels(T* out, const T* weight, int gates, const Panels& panels, int64_t hidden, int64_t depth,
                        Member me) {
  for (int64_t p = panels.count * me.id / me.count; p < panels.count * (me.id + 1) / me.count; ++p) {
    const int64_t first = panels.first(p);
    pack_panel(out + first * gates * lanes<T> * depth, weight, gates, first, panels.first(p + 1) - first, hidden, depth);
  }
}

// The same of a matrix (depth, columns) whose rows begin `stride` apart, for products with it as it lies: this thread's.
template <class T>
inline void pack_columns(T* out, const T* weight, int64_t stride, const Panels& panels, int64_t columns, int64_t depth,
                         Member me) {
  constexpr int64_t L = lanes<T>;
  for (int64_t p = panels.count * me.id / me.count; p < panels.count * (me.id + 1) / me.count; ++p) {
    const int64_t first = panels.first(p), stop = panels.first(p + 1);
    T* to = out + depth * first * L;
    for (int64_t k = 0; k < depth; ++k) {
      for (int64_t v = first; v < stop; ++v, to += L) store(to, load(weight + k * stride + v * L, columns - v * L));
    }
  }
}

}  // namespace
