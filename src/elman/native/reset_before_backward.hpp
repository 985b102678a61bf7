// The GRU that resets before the product, backwards: of n and z, through W_hn of r, through W_hr and W_hz of the state.
#pragma once

#include "backward.hpp"

namespace {

template <class T>
class ResetBeforeBackward : Backward<ResetBeforeGru<T>, T> {
  using Base = Backward<ResetBeforeGru<T>, T>;
  using Base::first_, Base::g_, Base::h_, Base::layout_, Base::me_, Base::s_, Base::G, Base::L;
  using V = Vector<T>;

 public:
  using Base::Base;

  void run() {
    Base::prepare();
    meet(me_);
    Base::over_time([&](int64_t rows) {
      share(layout_.vectors, rows, me_, [&](int64_t vector, int64_t row, int64_t count) {
        for (int64_t m = 0; m < count; ++m) slopes(vector * L, row + m);
      });
      meet(me_);
      for_blocks<4>(Base::panels_, rows, me_, [&](auto registers, int64_t first, int64_t row, int64_t count) {
        this->template through_reset<decltype(registers)::value>(first, row, count);
      });
    });
    Base::finish();
  }

 private:
  int64_t at_gate(int g, int64_t unit, int64_t row) const {
    return (first_ + row) * G * s_.hidden + g * s_.hidden + unit;
  }

  // Of n and z before their functions, in one register of units.
  void slopes(int64_t unit, int64_t row) {
    const int64_t H = s_.hidden, count = H - unit;
    T* const h = h_ + row * layout_.width + unit;
    const bool was_there = row < Base::rows_before_;
    const V h_old = load((was_there ? s_.output : s_.h_first) +
                             (was_there ? Base::first_before_ + row : row) * H + unit, count);
    const V z = load(s_.gates + at_gate(1, unit, row), count), n = load(s_.gates + at_gate(2, unit, row), count);
    V write = splat(T(1));
    if (s_.candidate_mask.values) write = load(at(s_.candidate_mask, first_, row, H) + unit, count);
    V d_h = load(h);
    if (g_.output) d_h += load(g_.output + (first_ + row) * H + unit, count);
    const V kept = Base::stay(s_.h_stays, d_h, unit, row);
    const V d_n = d_h * (1 - z) * write * (1 - n * n);
    const V d_z = d_h * (h_old - n * write) * (z * (1 - z));
    store(h, kept + d_h * z);
    store(g_.z + at_gate(1, unit, row), d_z, count);
    store(g_.z + at_gate(2, unit, row), d_n, count);
    Base::add_up(1, unit, d_z);
    Base::add_up(2, unit, d_n);
  }

  // Of r before its function, and of the state that was reset, in N registers of units.
  template <int N>
  void through_reset(int64_t vector, int64_t row, int64_t count) {
    const int64_t H = s_.hidden;
    const EnteringMasks<ResetBeforeGru<T>, T> masks(s_);
    Block<T, N> block;
    for (int64_t m = 0; m < count; ++m) {
      for (int n = 0; n < N; ++n) block.sums[m][n] = V{};
    }
    const T* const panel = Base::packed_ + layout_.rows * vector * L;
    multiply<T, N>(block, count, g_.z + at_gate(2, 0, row), layout_.rows, panel + 2 * H * N * L, H);
    for (int64_t m = 0; m < count; ++m) {
      for (int n = 0; n < N; ++n) {
        const int64_t unit = (vector + n) * L;
        const V r = load(s_.gates + at_gate(0, unit, row + m), H - unit);
        const V d_reset = block.sums[m][n];
        const V d_r = d_reset * load(s_.entering + (first_ + row + m) * H + unit, H - unit) * (r * (1 - r));
        store(g_.z + at_gate(0, unit, row + m), d_r, H - unit);
        Base::add_up(0, unit, d_r);
        V d_h = d_reset * r;
        masks.apply(d_h, first_, row + m, H, unit);
        T* const h = h_ + (row + m) * layout_.width + unit;
        store(h, load(h) + d_h);
      }
    }
  }
};

}  // namespace
