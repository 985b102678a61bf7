// The LSTM with a projection inside its loop, forwards: h waits for m of all units, so there are two barriers a time step.
#pragma once

#include "forward.hpp"

namespace {

// Panels of up to four registers of h.
constexpr int projection_vectors = 4;

template <class T>
int64_t projected_forward_scratch(const Sequence<T>& s) {
  return padded<T>(forward_scratch<ProjectedLstm<T>, T>(s)) + rounded_up(s.outputs, lanes<T>) * s.hidden;
}

template <class T>
class ProjectedForward : Forward<ProjectedLstm<T>, T> {
  using Base = Forward<ProjectedLstm<T>, T>;
  using Base::h_, Base::layout_, Base::me_, Base::s_, Base::wide_, Base::L;

 public:
  ProjectedForward(const Sequence<T>& s, Member me)
      : Base(s, me), outputs_(panels_of<T>(s.outputs, projection_vectors)),
        packed_hr_(s.scratch + padded<T>(forward_scratch<ProjectedLstm<T>, T>(s))) {}

  void run() {
    Base::prepare();
    pack_panels(packed_hr_, s_.projection, 1, outputs_, s_.outputs, s_.hidden, me_);
    meet(me_);
    Base::over_time([&](int64_t step, int64_t rows) {
      Base::advance(step, rows);
      meet(me_);
      for_blocks<projection_vectors>(outputs_, rows, me_, [&](auto vectors, int64_t first, int64_t row, int64_t count) {
        this->template narrow<decltype(vectors)::value>(first, row, count);
      });
    });
  }

 private:
  // h = W_hr m of some sequences.
  template <int U>
  void narrow(int64_t first, int64_t row, int64_t count) {
    const int64_t H = s_.hidden;
    Block<T, U> block;
    for (int64_t m = 0; m < count; ++m) {
      for (int n = 0; n < U; ++n) block.sums[m][n] = Vector<T>{};
    }
    multiply<T, U>(block, count, wide_ + row * layout_.width, layout_.width, packed_hr_ + first * L * H, H);
    for (int64_t m = 0; m < count; ++m) {
      for (int n = 0; n < U; ++n) {
        const int64_t unit = (first + n) * L;
        Units<T> u;
        u.h = block.sums[m][n];
        if (s_.h_stays.values) u.h_old = load(h_ + (row + m) * layout_.width + unit);
        Base::give(u, unit, row + m);
      }
    }
  }

  const Panels outputs_;
  T* const packed_hr_;
};

}  // namespace
