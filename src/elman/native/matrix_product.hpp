// The product of two large matrices: of all time steps at once. Both are cut into blocks that stay in a cache and are
// copied there in the order in which they are read; what is added up stays in registers.
//
// Every number of the result adds the same blocks of the depth in the same order, in whichever row, column or thread it
// is: a row has the same bits alone and among others.
#pragma once

#include "matrices.hpp"
#include "product.hpp"

namespace {

using elman::Product;

template <class T>
class MatrixProduct {
 public:
  MatrixProduct(const Product<T>& product, Member me)
      : p_(product), me_(me), right_(product.scratch), left_(right_ + right_size(product) + me.id * left_size) {}

  static int64_t scratch(const Product<T>& product, int threads) { return right_size(product) + threads * left_size; }

  void run() {
    if (p_.depth == 0) return clear();
    for (int64_t column = 0; column < p_.columns; column += most_columns) {
      for (int64_t k = 0; k < p_.depth; k += most_depth) {
        if (column || k) meet(me_);  // all have read the block before
        const Part part = {k, least(p_.depth - k, most_depth), column, least(p_.columns - column, most_columns)};
        const Panels panels = panels_of<T>(part.columns, registers);
        pack_right(part, panels);
        meet(me_);
        if (p_.transposed) {
          each_left<true>(part, panels);
        } else {
          each_left<false>(part, panels);
        }
      }
    }
  }

 private:
  using V = Vector<T>;
  static constexpr int64_t L = lanes<T>;
  // What is added up: as many registers as hide how long an addition takes, and as there are.
  static constexpr int height = ELMAN_BYTES == 64 ? 12 : 6, registers = 2;
  // A panel of `right` of this depth fits into the first cache, the rows of `left` that it meets into the second.
  static constexpr int64_t most_depth = 1024 / sizeof(T), most_rows_at_once = 144, most_columns = 4096 / sizeof(T);
  // From row to row of `left` where it is not transposed: lines of a cache that do not fall on each other.
  static constexpr int64_t left_width = most_depth + 64 / sizeof(T);
  static constexpr int64_t left_size = most_rows_at_once * left_width;

  // A block of `right`.
  struct Part {
    int64_t k, depth, column, columns;
  };

  static int64_t least(int64_t a, int64_t b) { return a < b ? a : b; }

  static int64_t right_size(const Product<T>& p) {
    return padded<T>(least(p.depth, most_depth) * rounded_up(least(p.columns, most_columns), L));
  }

  void clear() const {
    if (me_.id > 0 || p_.adds) return;
    for (int64_t i = 0; i < p_.rows * p_.columns; ++i) p_.out[i] = 0;
  }

  // All threads copy a block of `right` together: panels of some registers of columns, for each k.
  void pack_right(const Part& part, const Panels& panels) const {
    const int64_t end = panels.count * (me_.id + 1) / me_.count;
    for (int64_t number = panels.count * me_.id / me_.count; number < end; ++number) {
      const int64_t first = panels.first(number) * L, stop = panels.first(number + 1) * L;
      T* out = right_ + first * part.depth;
      if (p_.right_transposed) {
        for (int64_t j = first; j < stop; j += L) {
          const T* const column = p_.right + (part.column + j) * p_.right_stride + part.k;
          transpose(out + j - first, stop - first, column, p_.right_stride, least(L, part.columns - j), part.depth);
        }
        continue;
      }
      const T* row = p_.right + part.k * p_.right_stride + part.column;
      for (int64_t k = 0; k < part.depth; ++k, row += p_.right_stride) {
        for (int64_t j = first; j < stop; j += L, out += L) store(out, load(row + j, part.columns - j));
      }
    }
  }

  // Multiplies this thread's rows of `left` with a block of `right`.
  template <bool transposed>
  void each_left(const Part& part, const Panels& panels) const {
    const int64_t blocks = (p_.rows + height - 1) / height;
    const int64_t stop = least(p_.rows, blocks * (me_.id + 1) / me_.count * height);
    for (int64_t row = blocks * me_.id / me_.count * height; row < stop; row += most_rows_at_once) {
      const int64_t rows = least(stop - row, most_rows_at_once);
      pack_left<transposed>(part, row, rows);
      for (int64_t number = 0; number < panels.count; ++number) {
        const int64_t first = panels.first(number);
        with_registers<registers>(panels.first(number + 1) - first, [&](auto count) {
          for (int64_t r = 0; r < rows; r += height) {
            multiply<decltype(count)::value, transposed>(part, left_ + r * left_width, first * L, row + r,
                                                         least(rows - r, height));
          }
        });
      }
    }
  }

  // Copies rows of `left` into blocks of `height`: row after row, or, where it is transposed, all rows of one k after
  // those of another, as they lie there. Rows that are not there are 0.
  template <bool transposed>
  void pack_left(const Part& part, int64_t row, int64_t rows) const {
    const int64_t whole = rows / height * height, room = rounded_up(rows, height);
    if constexpr (transposed) {
      const T* in = p_.left + part.k * p_.left_stride + row;
      for (int64_t k = 0; k < part.depth; ++k, in += p_.left_stride) {
        T* const out = left_ + k * height;
        for (int64_t r = 0; r < whole; r += height) __builtin_memcpy(out + r * left_width, in + r, height * sizeof(T));
        for (int64_t r = whole; r < room; ++r) out[whole * left_width + r - whole] = r < rows ? in[r] : 0;
      }
    } else {
      for (int64_t r = 0; r < room; ++r) {
        T* const out = left_ + r * left_width;
        if (r < rows) {
          __builtin_memcpy(out, p_.left + (row + r) * p_.left_stride + part.k, part.depth * sizeof(T));
        } else {
          for (int64_t k = 0; k < part.depth; ++k) out[k] = 0;
        }
      }
    }
  }

  // out[row + m][column + j] (+)= left[m] · panel[:, j]; the first block of the depth writes, unless all add.
  template <int N, bool transposed>
  __attribute__((noinline)) void multiply(const Part& part, const T* left, int64_t column, int64_t row,
                                          int64_t rows) const {
    constexpr int64_t from_row = transposed ? 1 : left_width, from_k = transposed ? height : 1;
    const T* panel = right_ + column * part.depth;
    T* const out = p_.out + row * p_.columns + part.column + column;
    for (int64_t m = 0; m < rows; ++m) __builtin_prefetch(out + m * p_.columns, 1);
    V sums[height][N];
    for (int m = 0; m < height; ++m) {
      for (int n = 0; n < N; ++n) sums[m][n] = V{};
    }
    for (int64_t k = 0; k < part.depth; ++k, panel += N * L, left += from_k) {
      V weights[N];
      for (int n = 0; n < N; ++n) weights[n] = *reinterpret_cast<const V*>(panel + n * L);
      for (int m = 0; m < height; ++m) {
        for (int n = 0; n < N; ++n) sums[m][n] += weights[n] * left[m * from_row];
      }
    }
    const int64_t columns = part.columns - column;
    for (int m = 0; m < height; ++m) {
      if (m >= rows) return;
      for (int n = 0; n < N; ++n) {
        T* const here = out + m * p_.columns + n * L;
        store(here, part.k || p_.adds ? load(here, columns - n * L) + sums[m][n] : sums[m][n], columns - n * L);
      }
    }
  }

  const Product<T>& p_;
  const Member me_;
  T* const right_;
  T* const left_;
};

template <class T>
int64_t product_scratch(const Product<T>& product, int threads) {
  return MatrixProduct<T>::scratch(product, threads);
}

template <class T>
void multiply(const Product<T>& product, Member me) {
  MatrixProduct<T>(product, me).run();
}

}  // namespace
