// A whole sequence, forwards: one barrier a time step.
#pragma once

#include "product.hpp"
#include "units.hpp"

namespace {

using elman::Mask;
using elman::Sequence;

// Sizes that forward and backward need, for one cell.
template <class Cell, class T>
struct Layout {
  static constexpr int64_t vectors = Cell::gates * Cell::vectors;  // of a panel
  static constexpr int64_t units = Cell::vectors * lanes<T>;       // of the state in a panel
  int64_t hidden, panels, width, panel_size;

  explicit Layout(const Sequence<T>& s)
      : hidden(s.hidden),
        panels((s.hidden + units - 1) / units),
        width(padded<T>(panels * units)),
        panel_size(s.hidden * vectors * lanes<T>) {}
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
  // The panels, h before and after a step, c; and as much as a prefetch may look ahead.
  return layout.panels * layout.panel_size + 3 * s.batch * layout.width + 64;
}

template <class Cell, class T>
class Forward {
 public:
  Forward(const Sequence<T>& s, Member me)
      : s_(s), me_(me), layout_(s), packed_(s.scratch), h_(packed_ + layout_.panels * layout_.panel_size),
        h_next_(h_ + s.batch * layout_.width), c_(h_next_ + s.batch * layout_.width) {}

  void run() {
    prepare();
    meet(me_);
    for (int64_t step = 0; step < s_.steps; ++step) {
      const int64_t t = s_.backwards ? s_.steps - 1 - step : step;
      const int64_t rows = s_.sizes[t];
      first_ = s_.first[t];
      // Sequences that end with this step: the last ones, or all in the end.
      staying_ = step + 1 == s_.steps ? 0 : s_.backwards ? rows : s_.sizes[t + 1];
      entering_ = h_;
      stride_ = layout_.width;
      if (s_.entering) enter(rows);
      share(layout_.panels, rows, me_,
            [&](int64_t panel, int64_t row, int64_t count) { this->block(panel, row, count); });
      meet(me_);
      T* const before = h_;
      h_ = h_next_;
      h_next_ = before;
    }
  }

 private:
  using V = Vector<T>;
  static constexpr int G = Cell::gates, U = Cell::vectors;
  static constexpr int64_t L = lanes<T>;

  // Packs the weights and copies the first state: rows of the batch that are not yet, or never, there keep it.
  void prepare() {
    const int64_t H = s_.hidden;
    for (int64_t p = layout_.panels * me_.id / me_.count; p < layout_.panels * (me_.id + 1) / me_.count; ++p) {
      pack_panel(packed_ + p * layout_.panel_size, s_.weight, G, U, H, H, p);
    }
    for (int64_t b = s_.batch * me_.id / me_.count; b < s_.batch * (me_.id + 1) / me_.count; ++b) {
      for (int64_t k = 0; k < layout_.width; k += L) {
        const V h = load(s_.h_first + b * H + k, H - k);
        store(h_ + b * layout_.width + k, h);
        store(h_next_ + b * layout_.width + k, h);
        store(s_.h_last + b * H + k, h, H - k);
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
    const int64_t H = s_.hidden;
    const EnteringMasks<Cell, T> masks(s_);
    for (int64_t row = rows * me_.id / me_.count; row < rows * (me_.id + 1) / me_.count; ++row) {
      T* const out = s_.entering + (first_ + row) * H;
      __builtin_memcpy(out, h_ + row * layout_.width, H * sizeof(T));
      masks.apply(out, first_, row, H);
    }
    if (masks.any()) {
      meet(me_);
      entering_ = s_.entering + first_ * H;
      stride_ = H;
    }
  }

  // Some sequences of one panel: the product, and the step on it while it is in the cache.
  void block(int64_t panel, int64_t row, int64_t count) {
    const int64_t H = s_.hidden;
    Block<T, G * U> block;
    for (int64_t m = 0; m < count; ++m) {
      for (int n = 0; n < G * U; ++n) {
        const int64_t unit = panel * layout_.units + (n % U) * L, place = (n / U) * H + unit;
        const bool alone = Cell::has_inner && n / U == G - 1;
        V start = alone ? V{} : load(s_.projected + (first_ + row + m) * G * H + place, H - unit);
        if (s_.bias) start += load(s_.bias + place, H - unit);
        block.sums[m][n] = start;
      }
    }
    multiply<T, G * U>(block, count, entering_ + row * stride_, stride_, packed_ + panel * layout_.panel_size, H);
    for (int64_t m = 0; m < count; ++m) {
      for (int u = 0; u < U; ++u) {
        V z[G];
        for (int g = 0; g < G; ++g) z[g] = block.sums[m][g * U + u];
        finish(z, panel * layout_.units + u * L, row + m);
      }
    }
  }

  void finish(V (&z)[G], int64_t unit, int64_t row) {
    const int64_t H = s_.hidden, count = H - unit;
    if (count <= 0) return;
    const int64_t here = (first_ + row) * H + unit, inside = row * layout_.width + unit;
    Units<T> u;
    if (Cell::sees_h || s_.h_stays.values) u.h_old = load(h_ + inside);
    if constexpr (Cell::has_memory) u.c_old = load(c_ + inside);
    if constexpr (Cell::has_inner) u.x = load(s_.projected + (first_ + row) * G * H + (G - 1) * H + unit, count);
    if constexpr (Cell::has_peepholes) {
      for (int p = 0; p < 3; ++p) u.peephole[p] = load(s_.peephole + p * H + unit, count);
    }
    if (Cell::writes && s_.candidate_mask.values) u.write = load(at(s_.candidate_mask, first_, row, H) + unit, count);
    Cell::forward(z, u);
    if (s_.h_stays.values) {
      const V stays = load(at(s_.h_stays, first_, row, H) + unit, count);
      u.h = stays * u.h_old + (1 - stays) * u.h;
    }
    if (s_.gates) {
      for (int g = 0; g < G; ++g) store(s_.gates + (first_ + row) * G * H + g * H + unit, z[g], count);
    }
    if (Cell::has_inner && s_.inner) store(s_.inner + here, u.inner, count);
    store(s_.output + here, u.h, count);
    store(h_next_ + inside, u.h);
    if (row >= staying_) store(s_.h_last + row * H + unit, u.h, count);
    if constexpr (Cell::has_memory) remember(u, unit, row);
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
  T* h_;
  T* h_next_;
  T* const c_;
  int64_t first_ = 0, staying_ = 0, stride_ = 0;
  const T* entering_ = nullptr;
};

}  // namespace
