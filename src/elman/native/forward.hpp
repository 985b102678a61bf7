// A whole sequence, forwards: one barrier a time step, one more where masks meet the state before, and where the input's
// part of the next steps is computed.
#pragma once

#include "product.hpp"
#include "units.hpp"

namespace {

using elman::Mask;
using elman::Sequence;

// Sizes that forward and backward need, for one cell.
template <class Cell, class T>
struct Layout {
  Panels panels;
  int64_t width;         // of a row of the state
  int64_t row_size;      // of the gates of one sequence, whole registers
  int64_t rows_at_once;

  explicit Layout(const Sequence<T>& s)
      : panels(panels_of<T>(s.hidden, Cell::vectors)),
        width(padded<T>(panels_of<T>(s.hidden > s.outputs ? s.hidden : s.outputs, 1).registers * lanes<T>)),
        row_size(Cell::gates * panels.registers * lanes<T>),
        // The input's part is computed for several steps at once, so that W_ih is read once for many rows.
        // Where it comes computed, one step's product may lie there.
        rows_at_once(s.batch < 96 && s.inputs > 0 ? 96 + s.batch : s.batch) {}
};

template <class T>
inline const T* at(const Mask<T>& mask, int64_t first, int64_t row, int64_t hidden) {
  return mask.values + ((mask.each_step ? first : 0) + row) * hidden;
}

// The masks that act on h_{t-1} where it enters the product.
template <class Cell, class T>
struct EnteringMasks {
  const Mask<T> masks[2];

  explicit EnteringMasks(const Sequence<T>& s)
      : masks{s.entering_mask, Cell::writes ? Mask<T>{} : s.candidate_mask} {}

  bool any() const { return masks[0].values || masks[1].values; }

  void apply(T* values, int64_t first, int64_t row, int64_t hidden) const {
    for (const Mask<T>& mask : masks) {
      if (!mask.values) continue;
      const T* const factors = at(mask, first, row, hidden);
      for (int64_t k = 0; k < hidden; ++k) values[k] *= factors[k];
    }
  }

  void apply(Vector<T>& v, int64_t first, int64_t row, int64_t hidden, int64_t unit) const {
    for (const Mask<T>& mask : masks) {
      if (mask.values) v *= load(at(mask, first, row, hidden) + unit, hidden - unit);
    }
  }
};

template <class Cell, class T>
int64_t forward_scratch(const Sequence<T>& s) {
  const Layout<Cell, T> layout(s);
  // The panels of both matrices, h before and after a step, c, what is projected, and the input's part of some steps.
  return layout.row_size * (s.outputs + s.inputs + layout.rows_at_once) +
         (is_projected<Cell> ? 4 : 3) * s.batch * layout.width + 64;
}

template <class Cell, class T>
class Forward {
 public:
  Forward(const Sequence<T>& s, Member me)
      : s_(s), me_(me), layout_(s), packed_(s.scratch), packed_ih_(packed_ + layout_.row_size * s.outputs),
        from_input_(packed_ih_ + layout_.row_size * s.inputs),
        h_(from_input_ + layout_.row_size * layout_.rows_at_once),
        h_next_(h_ + s.batch * layout_.width), c_(h_next_ + s.batch * layout_.width),
        wide_(c_ + s.batch * layout_.width) {}

  void run() {
    prepare();
    meet(me_);
    over_time([&](int64_t step, int64_t rows) { advance(step, rows); });
  }

 protected:
  using V = Vector<T>;
  static constexpr int G = Cell::gates;
  static constexpr int64_t L = lanes<T>;

  // The product and what follows it, of all units of some sequences.
  void advance(int64_t step, int64_t rows) {
    if (step == ready_) ready_ = project(step);
    for_blocks<Cell::vectors>(layout_.panels, rows, me_, [&](auto vectors, int64_t first, int64_t row, int64_t count) {
      this->template block<decltype(vectors)::value>(first, row, count, [](auto&) {});
    });
  }

  // Calls advance(step, sequences) for each step; then all threads meet.
  template <class Advance>
  void over_time(const Advance& advance) {
    for (int64_t step = 0; step < s_.steps; ++step) {
      const int64_t t = at_step(step);
      const int64_t rows = s_.sizes[t];
      first_ = s_.first[t];
      // Sequences that end with this step: the last ones, or all in the end.
      staying_ = step + 1 == s_.steps ? 0 : s_.backwards ? rows : s_.sizes[t + 1];
      entering_ = h_;
      stride_ = layout_.width;
      if (s_.entering) enter(rows);
      advance(step, rows);
      meet(me_);
      T* const before = h_;
      h_ = h_next_;
      h_next_ = before;
    }
  }

  int64_t at_step(int64_t step) const { return s_.backwards ? s_.steps - 1 - step : step; }

  // Computes W_ih x + bias for as many of the next steps as there is room for. Returns the step after them.
  int64_t project(int64_t step) {
    int64_t stop = step, rows = 0;
    while (stop < s_.steps && (stop == step || rows + s_.sizes[at_step(stop)] <= layout_.rows_at_once)) {
      rows += s_.sizes[at_step(stop++)];
    }
    input_first_ = s_.first[at_step(s_.backwards ? stop - 1 : step)];
    for_blocks<Cell::vectors>(layout_.panels, rows, me_, [&](auto vectors, int64_t first, int64_t row, int64_t count) {
      this->template project_block<decltype(vectors)::value>(first, row, count);
    });
    meet(me_);
    return stop;
  }

  template <int U>
  void project_block(int64_t first, int64_t row, int64_t count) {
    const int64_t H = s_.hidden;
    Block<T, G * U> block;
    for (int n = 0; n < G * U; ++n) {
      const int64_t unit = (first + n % U) * L;
      const V bias = s_.bias ? load(s_.bias + (n / U) * H + unit, H - unit) : V{};
      for (int64_t m = 0; m < count; ++m) block.sums[m][n] = bias;
    }
    multiply<T, G * U>(block, count, s_.input + (input_first_ + row) * s_.inputs, s_.inputs,
                       packed_ih_ + first * G * L * s_.inputs, s_.inputs);
    T* const out = projected<U>(first, row);
    for (int64_t m = 0; m < count; ++m) {
      for (int n = 0; n < G * U; ++n) store(out + (m * G * U + n) * L, block.sums[m][n]);
    }
  }

  // The input's part of a row that was projected, in the order of a block's registers.
  template <int U>
  T* projected(int64_t first, int64_t row) const {
    return from_input_ + first * G * L * layout_.rows_at_once + row * G * U * L;
  }

  void prepare() {
    pack();
    start();
  }

  void pack() {
    pack_panels(packed_, s_.weight, G, layout_.panels, s_.hidden, s_.outputs, me_);
    pack_panels(packed_ih_, s_.weight_ih, G, layout_.panels, s_.hidden, s_.inputs, me_);
  }

  // Copies the first state: rows of the batch that are not yet, or never, there keep it.
  void start() {
    const int64_t H = s_.hidden, P = s_.outputs;
    for (int64_t b = s_.batch * me_.id / me_.count; b < s_.batch * (me_.id + 1) / me_.count; ++b) {
      for (int64_t k = 0; k < layout_.width; k += L) {
        const V h = load(s_.h_first + b * P + k, P - k);
        store(h_ + b * layout_.width + k, h);
        store(h_next_ + b * layout_.width + k, h);
        store(s_.h_last + b * P + k, h, P - k);
        if constexpr (Cell::has_memory) {
          const V c = load(s_.c_first + b * H + k, H - k);
          store(c_ + b * layout_.width + k, c);
          store(s_.c_last + b * H + k, c, H - k);
        }
      }
    }
  }

  // Keeps h_{t-1} as the product sees it, for the gradient of the weights; with a mask the product reads it from there.
  void enter(int64_t rows) {
    const int64_t P = s_.outputs;
    const EnteringMasks<Cell, T> masks(s_);
    for (int64_t row = rows * me_.id / me_.count; row < rows * (me_.id + 1) / me_.count; ++row) {
      T* const out = s_.entering + (first_ + row) * P;
      __builtin_memcpy(out, h_ + row * layout_.width, P * sizeof(T));
      masks.apply(out, first_, row, P);
    }
    if (masks.any()) {
      meet(me_);
      entering_ = s_.entering + first_ * P;
      stride_ = P;
    }
  }

  // Some sequences of one panel: the product, and the step on it while it is in the cache. `add` adds to the input's part.
  template <int U, class Add>
  void block(int64_t first, int64_t row, int64_t count, const Add& add) {
    const int64_t H = s_.hidden;
    const T* const from_input = projected<U>(first, first_ - input_first_ + row);
    Block<T, G * U> block;
    V x[most_rows]{};
    for (int64_t m = 0; m < count; ++m) {
      for (int n = 0; n < G * U; ++n) block.sums[m][n] = load(from_input + (m * G * U + n) * L);
    }
    add(block);
    if constexpr (Cell::has_inner) {
      for (int64_t m = 0; m < count; ++m) {
        x[m] = block.sums[m][G - 1];
        block.sums[m][G - 1] = s_.inner_bias ? load(s_.inner_bias + first * L, H - first * L) : V{};
      }
    }
    multiply<T, G * U>(block, count, entering_ + row * stride_, stride_, packed_ + first * G * L * s_.outputs, s_.outputs);
    for (int64_t m = 0; m < count; ++m) {
      for (int u = 0; u < U; ++u) {
        V z[G];
        for (int g = 0; g < G; ++g) z[g] = block.sums[m][g * U + u];
        finish(z, x[m], (first + u) * L, row + m);
      }
    }
  }

  void finish(V (&z)[G], V x, int64_t unit, int64_t row) {
    const int64_t H = s_.hidden, count = H - unit;
    const int64_t here = (first_ + row) * H + unit, inside = row * layout_.width + unit;
    Units<T> u;
    if (Cell::sees_h || (s_.h_stays.values && !is_projected<Cell>)) u.h_old = load(h_ + inside);
    if constexpr (Cell::has_memory) u.c_old = load(c_ + inside);
    if constexpr (Cell::has_inner) u.x = x;
    if constexpr (Cell::has_peepholes) {
      for (int p = 0; p < 3; ++p) u.peephole[p] = load(s_.peephole + p * H + unit, count);
    }
    if (Cell::writes && s_.candidate_mask.values) u.write = load(at(s_.candidate_mask, first_, row, H) + unit, count);
    Cell::forward(z, u);
    if (s_.gates) {
      for (int g = 0; g < G; ++g) store(s_.gates + (first_ + row) * G * H + g * H + unit, z[g], count);
    }
    if (Cell::has_inner && s_.inner) store(s_.inner + here, u.inner, count);
    if constexpr (is_projected<Cell>) {
      store(wide_ + inside, u.h);
      if (s_.inner) store(s_.inner + here, u.h, count);
    } else {
      give(u, unit, row);
    }
    if constexpr (Cell::has_memory) remember(u, unit, row);
  }

  void give(Units<T>& u, int64_t unit, int64_t row) {
    const int64_t P = s_.outputs, count = P - unit;
    if (s_.h_stays.values) {
      const V stays = load(at(s_.h_stays, first_, row, P) + unit, count);
      u.h = stays * u.h_old + (1 - stays) * u.h;
    }
    store(s_.output + (first_ + row) * P + unit, u.h, count);
    store(h_next_ + row * layout_.width + unit, u.h);
    if (row >= staying_) store(s_.h_last + row * P + unit, u.h, count);
  }

  void remember(Units<T>& u, int64_t unit, int64_t row) {
    const int64_t H = s_.hidden, count = H - unit;
    if (s_.c_stays.values) {
      const V stays = load(at(s_.c_stays, first_, row, H) + unit, count);
      u.c = stays * u.c_old + (1 - stays) * u.c;
    }
    store(c_ + row * layout_.width + unit, u.c);
    if (s_.memory) store(s_.memory + (first_ + row) * H + unit, u.c, count);
    if (row >= staying_) store(s_.c_last + row * H + unit, u.c, count);
  }

  const Sequence<T>& s_;
  const Member me_;
  const Layout<Cell, T> layout_;
  T* const packed_;
  T* const packed_ih_;
  T* const from_input_;  // panels of rows_at_once rows: W_ih x + bias of some steps, as the registers take them
  T* h_;
  T* h_next_;
  T* const c_;
  T* const wide_;  // of the projected LSTM: m, before it is h
  int64_t first_ = 0, staying_ = 0, stride_ = 0, input_first_ = 0, ready_ = 0;
  const T* entering_ = nullptr;
};

}  // namespace
