// The GRU that resets before the product, backwards: of n and z, through W_hn of r, through W_hr and W_hz of the state.
#pragma once

#include "backward.hpp"

namespace {

template <class T>
class ResetBeforeBackward : Backward<ResetBeforeGru<T>, T> {
  using Base = Backward<ResetBeforeGru<T>, T>;
  using Base::at_gate, Base::first_, Base::g_, Base::h_, Base::layout_, Base::me_, Base::s_, Base::L;
  using V = Vector<T>;

 public:
  using Base::Base;

  void run() {
    Base::prepare();
    meet(me_);
    Base::over_time([&](int64_t rows) {
      Base::each_register(rows, layout_.vectors, [&](int64_t vector, int64_t row) { slopes(vector * L, row); });
      meet(me_);
      for_blocks<4>(Base::panels_, rows, me_, [&](auto registers, int64_t first, int64_t row, int64_t count) {
        this->template through_reset<decltype(registers)::value>(first, row, count);
      });
    });
    Base::finish();
  }

 private:
  // Of n and z before their functions, in one register of units.
  void slopes(int64_t unit, int64_t row) {
    const int64_t H = s_.hidden, count = H - unit;
    T* const h = h_ + row * layout_.width + unit;
    const bool was_there = row < Base::rows_before_;
    const int64_t before = (was_there ? Base::first_before_ + row : row) * H + unit;
    Units<T> u;
    Slopes<T> d;
    u.h_old = load((was_there ? s_.output : s_.h_first) + before, count);
    if (s_.candidate_mask.values) u.write = load(at(s_.candidate_mask, first_, row, H) + unit, count);
    V z = load(s_.gates + at_gate(1, unit, row), count), n = load(s_.gates + at_gate(2, unit, row), count);
    d.h = load(h);
    if (g_.output) d.h += load(g_.output + (first_ + row) * H + unit, count);
    const V kept = Base::stay(s_.h_stays, d.h, unit, row, H);
    unmix(z, n, u, d);
    store(h, kept + d.h_old);
    store(g_.z + at_gate(1, unit, row), z, count);
    store(g_.z + at_gate(2, unit, row), n, count);
    Base::add_up(1, unit, z);
    Base::add_up(2, unit, n);
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
