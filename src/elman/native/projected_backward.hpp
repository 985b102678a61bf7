// The LSTM with a projection inside its loop, backwards: of h, through W_hr of m and the gates, through W_hh of h before.
#pragma once

#include "backward.hpp"

namespace {

template <class T>
int64_t projected_backward_scratch(const Sequence<T>& s, int threads) {
  return padded<T>(backward_scratch<ProjectedLstm<T>, T>(s, threads)) + rounded_up(s.hidden, lanes<T>) * s.outputs;
}

template <class T>
class ProjectedBackward : Backward<ProjectedLstm<T>, T> {
  using Base = Backward<ProjectedLstm<T>, T>;
  using Base::first_, Base::g_, Base::h_, Base::layout_, Base::me_, Base::s_, Base::L;

 public:
  ProjectedBackward(const Gradient<T>& g, Member me)
      : Base(g, me), units_(layout_.vectors, 4),
        packed_hr_(g.scratch + padded<T>(backward_scratch<ProjectedLstm<T>, T>(g.of, me.count))) {}

  void run() {
    Base::prepare();
    pack_columns(packed_hr_, s_.projection, s_.hidden, units_, s_.hidden, s_.outputs, me_);
    meet(me_);
    Base::over_time([&](int64_t rows) {
      Base::each_register(rows, layout_.outputs, [&](int64_t vector, int64_t row) { output(vector * L, row); });
      meet(me_);
      for_blocks<4>(units_, rows, me_, [&](auto registers, int64_t first, int64_t row, int64_t count) {
        this->template widen<decltype(registers)::value>(first, row, count);
      });
    });
    Base::finish();
  }

 private:
  // Of what W_hr m gave, in one register of h.
  void output(int64_t unit, int64_t row) {
    Vector<T> d;
    const Vector<T> kept = Base::arriving(d, unit, row);
    store(h_ + row * layout_.width + unit, kept);
    store(g_.inner + (first_ + row) * s_.outputs + unit, d, s_.outputs - unit);
  }

  // Of m, and from it of the gates, in N registers of units.
  template <int N>
  void widen(int64_t vector, int64_t row, int64_t count) {
    const int64_t P = s_.outputs;
    Block<T, N> block;
    for (int64_t m = 0; m < count; ++m) {
      for (int n = 0; n < N; ++n) block.sums[m][n] = Vector<T>{};
    }
    multiply<T, N>(block, count, g_.inner + (first_ + row) * P, P, packed_hr_ + P * vector * L, P);
    for (int64_t m = 0; m < count; ++m) {
      for (int n = 0; n < N; ++n) {
        Slopes<T> d;
        d.h = block.sums[m][n];
        Base::of_gates(d, (vector + n) * L, row + m);
      }
    }
  }

  const Panels units_;
  T* const packed_hr_;
};

}  // namespace
