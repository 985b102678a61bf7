// A whole sequence, backwards: gradients of the gates, then of the state before, with a barrier after each.
#pragma once

#include "forward.hpp"

namespace {

using elman::Gradient;

template <class Cell, class T>
struct BackwardLayout {
  int64_t rows, vectors, outputs, width, sums;  // registers of units and of h; sums: what a thread adds up over time

  explicit BackwardLayout(const Sequence<T>& s)
      : rows(Cell::gates * s.hidden),
        vectors((s.hidden + lanes<T> - 1) / lanes<T>),
        outputs((s.outputs + lanes<T> - 1) / lanes<T>),
        width(padded<T>((vectors > outputs ? vectors : outputs) * lanes<T>)),
        sums((Cell::gates + Cell::has_inner + (Cell::has_peepholes ? 3 : is_normalized<Cell> ? Cell::gates + 2 : 0)) *
             width) {}
};

template <class Cell, class T>
int64_t backward_scratch(const Sequence<T>& s, int threads) {
  const BackwardLayout<Cell, T> layout(s);
  return layout.rows * layout.outputs * lanes<T> + 2 * s.batch * layout.width + threads * layout.sums + 1024;
}

template <class Cell, class T>
class Backward {
 public:
  Backward(const Gradient<T>& g, Member me)
      : g_(g), s_(g.of), me_(me), layout_(g.of), panels_(layout_.outputs, 4), packed_(g.scratch),
        h_(packed_ + padded<T>(layout_.rows * layout_.outputs * L)), c_(h_ + s_.batch * layout_.width),
        sums_(c_ + s_.batch * layout_.width) {}

  void run() {
    prepare();
    meet(me_);
    over_time([&](int64_t rows) {
      each_register(rows, layout_.vectors, [&](int64_t vector, int64_t row) { slopes(vector * L, row); });
    });
    finish();
  }

 protected:
  using V = Vector<T>;
  static constexpr int G = Cell::gates;
  static constexpr int64_t L = lanes<T>;

  // Calls of_product(sequences) for each step from the last one back: it makes the gradients of what the product gave,
  // from which those of the state before follow.
  template <class Work>
  void over_time(const Work& of_product) {
    for (int64_t step = 0; step < s_.steps; ++step) {
      const int64_t t = s_.backwards ? step : s_.steps - 1 - step;
      const int64_t before = s_.backwards ? t + 1 : t - 1;
      const bool first = step + 1 == s_.steps;
      rows_before_ = first ? 0 : s_.sizes[before];
      first_before_ = first ? 0 : s_.first[before];
      first_ = s_.first[t];
      of_product(s_.sizes[t]);
      meet(me_);
      for_blocks<4>(panels_, s_.sizes[t], me_, [&](auto registers, int64_t first, int64_t row, int64_t count) {
        this->template product<decltype(registers)::value>(first, row, count);
      });
      meet(me_);
    }
  }

  // Calls work(register, row) for this thread's share of a step, row by row: so memory is read from front to back.
  template <class Work>
  void each_register(int64_t rows, int64_t registers, const Work& work) const {
    const int64_t stop = rows * registers * (me_.id + 1) / me_.count;
    int64_t item = rows * registers * me_.id / me_.count;
    int64_t row = item / registers, vector = item % registers;
    for (; item < stop; ++item) {
      work(vector, row);
      if (++vector == registers) vector = 0, ++row;
    }
  }

  void prepare() {
    const int64_t H = s_.hidden, P = s_.outputs;
    pack_columns(packed_, s_.weight, P, panels_, P, layout_.rows, me_);
    for (int64_t b = s_.batch * me_.id / me_.count; b < s_.batch * (me_.id + 1) / me_.count; ++b) {
      for (int64_t k = 0; k < layout_.width; k += L) {
        store(h_ + b * layout_.width + k, load(g_.h + b * P + k, P - k));
        if constexpr (Cell::has_memory) store(c_ + b * layout_.width + k, load(g_.c + b * H + k, H - k));
      }
    }
    for (int64_t k = 0; k < layout_.sums; ++k) sums_[me_.id * layout_.sums + k] = 0;
  }

  // Where a gate of one register of units of one sequence lies.
  int64_t at_gate(int gate, int64_t unit, int64_t row) const {
    return ((first_ + row) * G + gate) * s_.hidden + unit;
  }

  // The gradients of the gates of one sequence, in one register of units.
  void slopes(int64_t unit, int64_t row) {
    T* const h = h_ + row * layout_.width + unit;
    Slopes<T> d;
    const V kept = arriving(d.h, unit, row);
    of_gates(d, unit, row);
    store(h, kept + d.h_old);
  }

  // What reaches h of a step, from the output and from the step after; what zoneout kept of it is returned.
  V arriving(V& d, int64_t unit, int64_t row) const {
    const int64_t P = s_.outputs;
    d = load(h_ + row * layout_.width + unit);
    if (g_.output) d += load(g_.output + (first_ + row) * P + unit, P - unit);
    return stay(s_.h_stays, d, unit, row, P);
  }

  // From the gradient of what the step made of h.
  void of_gates(Slopes<T>& d, int64_t unit, int64_t row) {
    const int64_t H = s_.hidden, count = H - unit, here = (first_ + row) * H + unit;
    const bool was_there = row < rows_before_;
    const int64_t before = (was_there ? first_before_ + row : row) * H + unit;
    Units<T> u;
    V z[G];
    for (int g = 0; g < G; ++g) z[g] = load(s_.gates + at_gate(g, unit, row), count);
    if constexpr (Cell::sees_h) u.h_old = load((was_there ? s_.output : s_.h_first) + before, count);
    if constexpr (Cell::has_memory) u.c_old = load((was_there ? s_.memory : s_.c_first) + before, count);
    if constexpr (Cell::has_inner) u.inner = load(s_.inner + here, count);
    if constexpr (Cell::has_peepholes) {
      for (int p = 0; p < 3; ++p) u.peephole[p] = load(s_.peephole + p * H + unit, count);
    }
    if (Cell::writes && s_.candidate_mask.values) u.write = load(at(s_.candidate_mask, first_, row, H) + unit, count);
    V c_kept{};
    if constexpr (Cell::has_memory) {
      d.c = load(c_ + row * layout_.width + unit);
      c_kept = stay(s_.c_stays, d.c, unit, row, H);
    }
    Cell::backward(z, u, d);
    if constexpr (Cell::has_memory) store(c_ + row * layout_.width + unit, c_kept + d.c_old);
    for (int g = 0; g < G; ++g) store(g_.z + at_gate(g, unit, row), z[g], count);
    if constexpr (Cell::has_inner) store(g_.inner + here, d.inner, count);
    add_up(z, d, unit);
  }

  // Splits a gradient of zoneout: what stayed is returned, and what was made anew is left.
  V stay(const Mask<T>& mask, V& d, int64_t unit, int64_t row, int64_t width) const {
    if (!mask.values) return V{};
    const V stays = load(at(mask, first_, row, width) + unit, width - unit);
    const V kept = stays * d;
    d -= kept;
    return kept;
  }

  void add_up(const V (&z)[G], const Slopes<T>& d, int64_t unit) {
    if (g_.bias) {
      for (int g = 0; g < G; ++g) add_up(g, unit, z[g]);
      if constexpr (Cell::has_inner) add_up(G, unit, d.inner);
    }
    if constexpr (Cell::has_peepholes) {
      for (int p = 0; p < 3; ++p) add_up(G + p, unit, d.peephole[p]);
    }
  }

  // Adds to what this thread sums over time: of the biases, then of what else has one number a unit.
  void add_up(int number, int64_t unit, V v) {
    T* const sum = sums_ + me_.id * layout_.sums + number * layout_.width + unit;
    store(sum, load(sum) + v);
  }

  // Adds what passed the product, z W_hh, to the gradient of some sequences' state, in N registers of units.
  template <int N>
  void product(int64_t vector, int64_t row, int64_t count) {
    // The last rows of the weights saw something else than z, or were here before.
    const int64_t H = s_.hidden, unit = vector * L;
    const int64_t depth = layout_.rows - (Cell::has_inner || resets_before<Cell> ? H : 0);
    const T* const panel = packed_ + layout_.rows * unit;
    const EnteringMasks<Cell, T> masks(s_);
    Block<T, N> block;
    for (int64_t m = 0; m < count; ++m) {
      for (int n = 0; n < N; ++n) block.sums[m][n] = V{};
    }
    multiply<T, N>(block, count, (is_normalized<Cell> ? g_.inner : g_.z) + (first_ + row) * layout_.rows, layout_.rows, panel, depth);
    if constexpr (Cell::has_inner) {
      multiply<T, N>(block, count, g_.inner + (first_ + row) * H, H, panel + depth * N * L, H);
    }
    for (int64_t m = 0; m < count; ++m) {
      for (int n = 0; n < N; ++n) {
        V sum = block.sums[m][n];
        masks.apply(sum, first_, row + m, s_.outputs, unit + n * L);
        T* const h = h_ + (row + m) * layout_.width + unit + n * L;
        store(h, load(h) + sum);
      }
    }
  }

  // The gradient of the first state, and the sums of all threads.
  void finish() {
    const int64_t H = s_.hidden, P = s_.outputs;
    for (int64_t b = s_.batch * me_.id / me_.count; b < s_.batch * (me_.id + 1) / me_.count; ++b) {
      for (int64_t k = 0; k < P; k += L) store(g_.h + b * P + k, load(h_ + b * layout_.width + k), P - k);
      for (int64_t k = 0; k < H; k += L) {
        if constexpr (Cell::has_memory) store(g_.c + b * H + k, load(c_ + b * layout_.width + k), H - k);
      }
    }
    if (me_.id > 0) return;
    for (int thread = 1; thread < me_.count; ++thread) {
      for (int64_t k = 0; k < layout_.sums; ++k) sums_[k] += sums_[thread * layout_.sums + k];
    }
    for (int g = 0; g < G && g_.bias; ++g) __builtin_memcpy(g_.bias + g * H, sums_ + g * layout_.width, H * sizeof(T));
    if (g_.inner_bias) __builtin_memcpy(g_.inner_bias, sums_ + G * layout_.width, H * sizeof(T));
    if constexpr (Cell::has_peepholes) {
      for (int p = 0; p < 3; ++p) {
        __builtin_memcpy(g_.peephole + p * H, sums_ + (G + p) * layout_.width, H * sizeof(T));
      }
    }
  }

  const Gradient<T>& g_;
  const Sequence<T>& s_;
  const Member me_;
  const BackwardLayout<Cell, T> layout_;
  const Panels panels_;
  T* const packed_;
  T* const h_;
  T* const c_;
  T* const sums_;
  int64_t rows_before_ = 0, first_before_ = 0, first_ = 0;
};

}  // namespace
