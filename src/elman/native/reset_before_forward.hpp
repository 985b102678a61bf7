// The GRU that resets before the product, forwards: W_hn waits for r, so there are two barriers a time step.
#pragma once

#include "forward.hpp"

namespace {

// Panels of one or two registers of units for r and z, and of up to four for n.
constexpr int reset_vectors = 2, candidate_vectors = 4;

template <class T>
int64_t reset_before_forward_scratch(const Sequence<T>& s) {
  const Layout<ResetBeforeGru<T>, T> layout(s);
  return padded<T>(forward_scratch<ResetBeforeGru<T>, T>(s)) + 2 * s.batch * layout.width;
}

template <class T>
class ResetBeforeForward : Forward<ResetBeforeGru<T>, T> {
  using Base = Forward<ResetBeforeGru<T>, T>;
  using Base::first_, Base::h_, Base::layout_, Base::me_, Base::packed_, Base::s_, Base::G, Base::L;
  using V = Vector<T>;

 public:
  ResetBeforeForward(const Sequence<T>& s, Member me)
      : Base(s, me), gates_(layout_.panels.registers, reset_vectors),
        candidates_(layout_.panels.registers, candidate_vectors),
        packed_n_(packed_ + 2 * layout_.panels.registers * L * s.hidden),
        reset_(s.scratch + padded<T>(forward_scratch<ResetBeforeGru<T>, T>(s))),
        update_(reset_ + s.batch * layout_.width) {}

  void run() {
    pack();
    Base::start();
    meet(me_);
    Base::over_time([&](int64_t, int64_t rows) {
      for_blocks<reset_vectors>(gates_, rows, me_, [&](auto vectors, int64_t first, int64_t row, int64_t count) {
        this->template reset<decltype(vectors)::value>(first, row, count);
      });
      meet(me_);
      for_blocks<candidate_vectors>(candidates_, rows, me_, [&](auto vectors, int64_t first, int64_t row, int64_t count) {
        this->template write<decltype(vectors)::value>(first, row, count);
      });
    });
  }

 private:
  void pack() {
    const int64_t H = s_.hidden;
    pack_panels(packed_, s_.weight, 2, gates_, H, H, me_);
    pack_panels(packed_n_, s_.weight + 2 * H * H, 1, candidates_, H, H, me_);
  }

  // What the input and the bias give to a gate of one sequence.
  V given(int gate, int64_t unit, int64_t row) const {
    const int64_t H = s_.hidden;
    const V x = load(s_.input + (first_ + row) * G * H + gate * H + unit, H - unit);
    return s_.bias ? x + load(s_.bias + gate * H + unit, H - unit) : x;
  }

  void keep(int gate, int64_t unit, int64_t row, V value) const {
    const int64_t H = s_.hidden;
    if (s_.gates) store(s_.gates + (first_ + row) * G * H + gate * H + unit, value, H - unit);
  }

  // r and z of some sequences, and r ⊙ h.
  template <int U>
  void reset(int64_t first, int64_t row, int64_t count) {
    const int64_t H = s_.hidden;
    Block<T, 2 * U> block;
    for (int64_t m = 0; m < count; ++m) {
      for (int n = 0; n < 2 * U; ++n) block.sums[m][n] = given(n / U, (first + n % U) * L, row + m);
    }
    const T* const entering = Base::entering_ + row * Base::stride_;
    multiply<T, 2 * U>(block, count, entering, Base::stride_, packed_ + first * 2 * L * H, H);
    for (int64_t m = 0; m < count; ++m) {
      for (int u = 0; u < U; ++u) {
        const int64_t unit = (first + u) * L, inside = (row + m) * layout_.width + unit;
        const V r = sigmoid(block.sums[m][u]), z = sigmoid(block.sums[m][U + u]);
        const V h = r * load(entering + m * Base::stride_ + unit, H - unit);
        store(reset_ + inside, h);
        store(update_ + inside, z);
        if (s_.inner) store(s_.inner + (first_ + row + m) * H + unit, h, H - unit);
        keep(0, unit, row + m, r);
        keep(1, unit, row + m, z);
      }
    }
  }

  // n and the new state of some sequences.
  template <int U>
  void write(int64_t first, int64_t row, int64_t count) {
    const int64_t H = s_.hidden;
    Block<T, U> block;
    for (int64_t m = 0; m < count; ++m) {
      for (int u = 0; u < U; ++u) block.sums[m][u] = given(2, (first + u) * L, row + m);
    }
    multiply<T, U>(block, count, reset_ + row * layout_.width, layout_.width, packed_n_ + first * L * H, H);
    for (int64_t m = 0; m < count; ++m) {
      for (int n = 0; n < U; ++n) {
        const int64_t unit = (first + n) * L, inside = (row + m) * layout_.width + unit;
        const V candidate = tanh(block.sums[m][n]), z = load(update_ + inside);
        keep(2, unit, row + m, candidate);
        Units<T> u;
        u.h_old = load(h_ + inside);
        if (s_.candidate_mask.values) {
          u.write = load(at(s_.candidate_mask, first_, row + m, H) + unit, H - unit);
        }
        mix(z, candidate, u);
        Base::give(u, unit, row + m);
      }
    }
  }

  const Panels gates_, candidates_;
  T* const packed_n_;
  T* const reset_;   // r ⊙ h
  T* const update_;  // z
};

}  // namespace
