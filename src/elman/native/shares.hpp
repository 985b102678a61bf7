// Rows of a batch that are one thread's from the first step to the last, and products of them alone.
#pragma once

#include "product.hpp"

namespace {

// Registers of a panel of these products.
constexpr int shared_vectors = 4;

// Which of some rows are this thread's.
struct Share {
  int64_t first, count;
  Share(int64_t rows, Member me) : first(rows * me.id / me.count), count(rows * (me.id + 1) / me.count - first) {}

  // Those of them that are among the first `rows`.
  Share up_to(int64_t rows) const {
    Share some = *this;
    some.count = rows < first ? 0 : rows - first < count ? rows - first : count;
    return some;
  }
};

// out = rows · W for the rows of one thread, with packed columns. `start` says what the sums begin with, and `finish` takes
// each of them: finish(sum, row, column).
template <class T, class Start, class Finish>
inline void own_product(int64_t columns, const Share& mine, const T* rows, int64_t stride, const T* packed, int64_t depth,
                        const Start& start, const Finish& finish) {
  constexpr int64_t L = lanes<T>;
  const Panels panels = panels_of<T>(columns, shared_vectors);
  for_blocks<shared_vectors>(panels, mine.count, Member{0, 1, nullptr},
                          [&](auto vectors, int64_t first, int64_t row, int64_t count) {
    constexpr int N = decltype(vectors)::value;
    Block<T, N> block;
    for (int64_t m = 0; m < count; ++m) {
      for (int n = 0; n < N; ++n) block.sums[m][n] = start(mine.first + row + m, (first + n) * L);
    }
    multiply<T, N>(block, count, rows + (mine.first + row) * stride, stride, packed + first * L * depth, depth);
    for (int64_t m = 0; m < count; ++m) {
      for (int n = 0; n < N; ++n) finish(block.sums[m][n], mine.first + row + m, (first + n) * L);
    }
  });
}

}  // namespace
