// The layer-normed LSTM backwards: of the output, of the gates, of the product, of the state before.
#pragma once

#include "backward.hpp"
#include "moments.hpp"

namespace {

template <class T>
int64_t normalized_backward_scratch(const Sequence<T>& s, int threads) {
  const BackwardLayout<NormalizedLstm<T>, T> layout(s);
  return padded<T>(backward_scratch<NormalizedLstm<T>, T>(s, threads)) + s.batch * layout.width +
         2 * padded<T>(Moments<T>::size(layout.vectors, s.batch, threads));
}

template <class T>
class NormalizedBackward : Backward<NormalizedLstm<T>, T> {
  using Base = Backward<NormalizedLstm<T>, T>;
  using Base::at_gate, Base::c_, Base::first_, Base::g_, Base::h_, Base::layout_, Base::me_, Base::s_, Base::G, Base::L;
  using V = Vector<T>;

 public:
  NormalizedBackward(const Gradient<T>& g, Member me)
      : Base(g, me), normed_(g.scratch + padded<T>(backward_scratch<NormalizedLstm<T>, T>(g.of, me.count))),
        of_memory_(normed_ + s_.batch * layout_.width, layout_.vectors, s_.batch, me),
        of_product_(normed_ + s_.batch * layout_.width +
                        padded<T>(Moments<T>::size(layout_.vectors, s_.batch, me.count)),
                    layout_.vectors, s_.batch, me) {}

  void run() {
    Base::prepare();
    meet(me_);
    Base::over_time([&](int64_t rows) {
      Base::each_register(rows, layout_.vectors, [&](int64_t vector, int64_t row) { output(vector, row); });
      meet(me_);
      of_memory_.settle(rows, s_.hidden);
      Base::each_register(rows, layout_.vectors, [&](int64_t vector, int64_t row) { gates(vector, row); });
      meet(me_);
      of_product_.settle(rows, G * s_.hidden);
      Base::each_register(rows, layout_.vectors, [&](int64_t vector, int64_t row) { product(vector, row); });
    });
    Base::finish();
    if (me_.id == 0) finish();
  }

 private:
  // Of the output gate, and of the normalized memory.
  void output(int64_t vector, int64_t row) {
    const int64_t H = s_.hidden, unit = vector * L, count = H - unit, here = (first_ + row) * H + unit;
    const int64_t at_o = at_gate(3, unit, row);
    T* const h = h_ + row * layout_.width + unit;
    V d_h = load(h);
    if (g_.output) d_h += load(g_.output + here, count);
    store(h, Base::stay(s_.h_stays, d_h, unit, row, H));
    const V normed = load(s_.norm.memory + here, count), gain = load(s_.norm.memory_gain + unit, count);
    const V squashed = tanh(normed * gain + load(s_.norm.memory_bias + unit, count));
    const V o = load(s_.gates + at_o, count);
    store(g_.z + at_o, d_h * squashed * (o * (1 - o)), count);
    const V slope = d_h * o * (1 - squashed * squashed);
    Base::add_up(2 * G, unit, slope * normed);
    Base::add_up(2 * G + 1, unit, slope);
    const V d_normed = slope * gain;
    store(normed_ + row * layout_.width + unit, d_normed);
    Sums<T> sums;
    sums.add(d_normed, normed);
    of_memory_.put(vector, row, sums.first(), sums.second());
  }

  // Of the memory, of the other gates, and of the normalized product.
  void gates(int64_t vector, int64_t row) {
    const int64_t H = s_.hidden, unit = vector * L, count = H - unit, here = (first_ + row) * H + unit;
    const bool was_there = row < Base::rows_before_;
    const int64_t before = (was_there ? Base::first_before_ + row : row) * H + unit;
    T* const c = c_ + row * layout_.width + unit;
    Units<T> u;
    Slopes<T> d;
    u.c_old = load((was_there ? s_.memory : s_.c_first) + before, count);
    if (s_.candidate_mask.values) u.write = load(at(s_.candidate_mask, first_, row, H) + unit, count);
    d.c = load(c);
    const V kept = Base::stay(s_.c_stays, d.c, unit, row, H);
    const V d_normed = load(normed_ + row * layout_.width + unit), normed = load(s_.norm.memory + here, count);
    d.c += s_.norm.scales[2 * (first_ + row) + 1] * (d_normed - of_memory_.first(row) - normed * of_memory_.second(row));
    V z[G];
    for (int g = 0; g < G; ++g) z[g] = load(s_.gates + at_gate(g, unit, row), count);
    NormalizedLstm<T>::backward(z, u, d);
    z[3] = load(g_.z + at_gate(3, unit, row), count);
    store(c, kept + d.c_old);
    Sums<T> sums;
    for (int g = 0; g < G; ++g) {
      const V product = load(s_.inner + at_gate(g, unit, row), count);
      store(g_.z + at_gate(g, unit, row), z[g], count);
      Base::add_up(g, unit, z[g]);
      Base::add_up(G + g, unit, z[g] * product);
      sums.add(z[g] * load(s_.norm.gain + g * H + unit, count), product);
    }
    of_product_.put(vector, row, sums.first(), sums.second());
  }

  // Of the product.
  void product(int64_t vector, int64_t row) {
    const int64_t H = s_.hidden, unit = vector * L, count = H - unit;
    const T scale = s_.norm.scales[2 * (first_ + row)];
    for (int g = 0; g < G; ++g) {
      const int64_t here = at_gate(g, unit, row);
      const V d_normed = load(g_.z + here, count) * load(s_.norm.gain + g * H + unit, count);
      const V normed = load(s_.inner + here, count);
      store(g_.inner + here, scale * (d_normed - of_product_.first(row) - normed * of_product_.second(row)), count);
    }
  }

  // The sums behind those of the biases.
  void finish() {
    const int64_t H = s_.hidden;
    for (int g = 0; g < G; ++g) {
      __builtin_memcpy(g_.gain + g * H, Base::sums_ + (G + g) * layout_.width, H * sizeof(T));
    }
    __builtin_memcpy(g_.memory_gain, Base::sums_ + 2 * G * layout_.width, H * sizeof(T));
    __builtin_memcpy(g_.memory_bias, Base::sums_ + (2 * G + 1) * layout_.width, H * sizeof(T));
  }

  T* const normed_;  // of the normalized memory, between two parts of a step
  Moments<T> of_memory_, of_product_;
};

}  // namespace
