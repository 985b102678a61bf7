// The layer-normed LSTM forwards: three barriers a time step, since a mean over all units comes twice.
#pragma once

#include "forward.hpp"
#include "moments.hpp"

namespace {

template <class T>
int64_t normalized_forward_scratch(const Sequence<T>& s, int threads) {
  const Layout<NormalizedLstm<T>, T> layout(s);
  return padded<T>(forward_scratch<NormalizedLstm<T>, T>(s)) +
         2 * padded<T>(Moments<T>::size(layout.panels.registers, s.batch, threads));
}

template <class T>
class NormalizedForward : Forward<NormalizedLstm<T>, T> {
  using Base = Forward<NormalizedLstm<T>, T>;
  using Base::c_, Base::first_, Base::h_, Base::layout_, Base::me_, Base::s_, Base::G, Base::L;
  using V = Vector<T>;

 public:
  NormalizedForward(const Sequence<T>& s, Member me)
      : Base(s, me), room_(s.scratch + padded<T>(forward_scratch<NormalizedLstm<T>, T>(s))),
        of_product_(room_, registers(), s.batch, me),
        of_memory_(room_ + padded<T>(Moments<T>::size(registers(), s.batch, me.count)), registers(), s.batch, me) {}

  void run() {
    const double epsilon = s_.norm.epsilon;
    Base::prepare();
    meet(me_);
    Base::over_time([&](int64_t, int64_t rows) {
      each(rows, [&](int64_t number, int64_t row, int64_t count) { product(number, row, count); });
      meet(me_);
      of_product_.standardize(rows, G * s_.hidden, epsilon);
      each(rows, [&](int64_t number, int64_t row, int64_t count) {
        for (int64_t m = 0; m < count; ++m) remember(number, row + m);
      });
      meet(me_);
      of_memory_.standardize(rows, s_.hidden, epsilon);
      each(rows, [&](int64_t number, int64_t row, int64_t count) {
        for (int64_t m = 0; m < count; ++m) give(number, row + m);
      });
      if (me_.id == 0) keep_scales(rows);
    });
  }

 private:
  int64_t registers() const { return layout_.panels.registers; }

  template <class Work>
  void each(int64_t rows, const Work& work) const {
    share(registers(), rows, me_, work);
  }

  // Where a register of units of one sequence lies between the parts of a step: the product, then c and o.
  T* between(int64_t number, int64_t row) const { return Base::template projected<1>(number, row); }

  // W_hh h_{t-1} of some sequences, and what it adds to their moments.
  void product(int64_t number, int64_t row, int64_t count) {
    const int64_t H = s_.hidden;
    Block<T, G> block;
    for (int64_t m = 0; m < count; ++m) {
      for (int g = 0; g < G; ++g) block.sums[m][g] = V{};
    }
    multiply<T, G>(block, count, Base::entering_ + row * Base::stride_, Base::stride_,
                   Base::packed_ + number * G * L * H, H);
    for (int64_t m = 0; m < count; ++m) {
      T* const out = between(number, row + m);
      Sums<T> sums;
      for (int g = 0; g < G; ++g) {
        const V p = block.sums[m][g];
        store(out + g * L, p);
        sums.add(p, p);
      }
      of_product_.put(number, row + m, sums.first(), sums.second());
    }
  }

  // Gates and memory of one sequence.
  void remember(int64_t number, int64_t row) {
    const int64_t H = s_.hidden, unit = number * L, count = H - unit, gates = (first_ + row) * G * H + unit;
    const T mean = of_product_.first(row), scale = of_product_.second(row);
    T* const here = between(number, row);
    V z[G];
    for (int g = 0; g < G; ++g) {
      const V normed = (load(here + g * L) - mean) * scale;
      z[g] = load(s_.input + gates + g * H, count) + normed * load(s_.norm.gain + g * H + unit, count);
      if (s_.bias) z[g] += load(s_.bias + g * H + unit, count);
      if (s_.inner) store(s_.inner + gates + g * H, normed, count);
    }
    Units<T> u;
    u.c_old = load(c_ + row * layout_.width + unit);
    if (s_.candidate_mask.values) u.write = load(at(s_.candidate_mask, first_, row, H) + unit, count);
    NormalizedLstm<T>::remember(z, u);
    if (s_.gates) {
      for (int g = 0; g < G; ++g) store(s_.gates + gates + g * H, z[g], count);
    }
    store(here, u.c);
    store(here + L, z[3]);
    Sums<T> sums;
    sums.add(u.c, u.c);
    of_memory_.put(number, row, sums.first(), sums.second());
    Base::remember(u, unit, row);
  }

  // The output of one sequence.
  void give(int64_t number, int64_t row) {
    const int64_t H = s_.hidden, unit = number * L, count = H - unit;
    const T* const here = between(number, row);
    const V normed = (load(here) - of_memory_.first(row)) * of_memory_.second(row);
    if (s_.norm.memory) store(s_.norm.memory + (first_ + row) * H + unit, normed, count);
    Units<T> u;
    if (s_.h_stays.values) u.h_old = load(h_ + row * layout_.width + unit);
    u.h = load(here + L) *
          tanh(normed * load(s_.norm.memory_gain + unit, count) + load(s_.norm.memory_bias + unit, count));
    Base::give(u, unit, row);
  }

  void keep_scales(int64_t rows) const {
    if (!s_.norm.scales) return;
    for (int64_t row = 0; row < rows; ++row) {
      s_.norm.scales[2 * (first_ + row)] = of_product_.second(row);
      s_.norm.scales[2 * (first_ + row) + 1] = of_memory_.second(row);
    }
  }

  T* const room_;
  Moments<T> of_product_, of_memory_;
};

}  // namespace
