// A neural Turing machine, backwards: the gradients of what was said, of gates and of states, from the last step to the
// first. A sequence is one thread's.
#pragma once

#include "memory_slopes.hpp"
#include "turing_forward.hpp"

namespace {

using elman::TuringGradient;

// Where the packed matrices of a call and the rows of its sequences lie in its memory.
template <class T>
struct TuringBackwardLayout {
  int64_t state, hidden;  // what a row of each takes
  int64_t weight_state, weight_said, states, outer, own, own_size, end;

  TuringBackwardLayout(const TuringGradient<T>& g, int threads)
      : state(padded<T>(g.of.state_size())), hidden(padded<T>(g.of.hidden)) {
    const Turing<T>& of = g.of;
    Room<T> room;
    weight_state = room.take(4 * of.hidden * rounded_up(of.state_size(), lanes<T>));
    weight_said = room.take(of.said_size() * rounded_up(of.hidden, lanes<T>));
    states = room.take(of.batch * state);
    outer = room.take(of.batch * hidden);
    own = room.end;
    own_size = SlopesRoom<T>(of, 0).end;
    end = own + threads * own_size;
  }
};

template <class T>
class TuringBackward {
 public:
  TuringBackward(const TuringGradient<T>& g, Member me) : TuringBackward(g, me, TuringBackwardLayout<T>(g, me.count)) {}

  void run() {
    const int64_t G = 4 * of_.hidden, S = of_.said_size(), state = of_.state_size(), H = of_.hidden;
    pack_columns(g_.scratch + at_.weight_state, of_.weight_state, state, panels_of<T>(state, shared_vectors), state, G, me_);
    pack_columns(g_.scratch + at_.weight_said, of_.weight_said, H, panels_of<T>(H, shared_vectors), H, S, me_);
    for (int64_t b = mine_.first; b < mine_.first + mine_.count; ++b) copy(g_.state + b * state, state, states_ + b * at_.state);
    meet(me_);
    for (int64_t t = of_.steps - 1; t >= 0; --t) step(t, mine_.up_to(of_.sizes[t]));
    for (int64_t b = mine_.first; b < mine_.first + mine_.count; ++b) copy(states_ + b * at_.state, state, g_.state + b * state);
  }

 private:
  using V = Vector<T>;
  static constexpr int64_t L = lanes<T>;

  void step(int64_t t, const Share& mine) const {
    const int64_t first = of_.first[t], state = of_.state_size(), reads = of_.read_size(), H = of_.hidden, G = 4 * H;
    const int64_t S = of_.said_size();
    for (int64_t row = mine.first; row < mine.first + mine.count; ++row) {
      if (g_.output) add(g_.output + (first + row) * state, state, states_ + row * at_.state);
      turn(t, first + row, row);
    }
    own_product<T>(H, mine, g_.said + first * S, S, g_.scratch + at_.weight_said, S,
                   [&](int64_t row, int64_t k) { return load(states_ + row * at_.state + reads + k, H - k); },
                   [&](V sum, int64_t row, int64_t k) { store(outer_ + row * at_.hidden + k, sum, H - k); });
    for (int64_t row = mine.first; row < mine.first + mine.count; ++row) control(t, first + row, row);
    own_product<T>(state, mine, g_.z + first * G, G, g_.scratch + at_.weight_state, G, [](int64_t, int64_t) { return V{}; },
                   [&](V sum, int64_t row, int64_t k) { store(states_ + row * at_.state + k, sum, state - k); });
  }

  static void add(const T* from, int64_t count, T* to) {
    for (int64_t k = 0; k < count; k += L) store(to + k, load(to + k, count - k) + load(from + k, count - k), count - k);
  }

  // The gates of one row, from the gradients of h and c.
  void control(int64_t t, int64_t here, int64_t row) const {
    const int64_t H = of_.hidden;
    const T* const before = t ? of_.cells + (of_.first[t - 1] + row) * H : of_.c_first + row * H;
    for (int64_t k = 0; k < H; k += L) {
      const int64_t there = H - k;
      const T* const gates = of_.gates + here * 4 * H + k;
      const V i = load(gates, there), f = load(gates + H, there), g = load(gates + 2 * H, there), o = load(gates + 3 * H, there);
      const V out = tanh(load(of_.cells + here * H + k, there)), d_h = load(outer_ + row * at_.hidden + k, there);
      const V d_c = load(g_.c + row * H + k, there) + d_h * o * (1 - out * out);
      T* const z = g_.z + here * 4 * H + k;
      store(z, d_c * g * i * (1 - i), there);
      store(z + H, d_c * load(before + k, there) * f * (1 - f), there);
      store(z + 2 * H, d_c * i * (1 - g * g), there);
      store(z + 3 * H, d_h * out * o * (1 - o), there);
      store(g_.c + row * H + k, d_c * f, there);
    }
  }

  // Memory and heads of one row: what was said, and where the heads stood before.
  void turn(int64_t t, int64_t here, int64_t row) const {
    const int64_t heads = of_.units() * of_.stride, memory = of_.width * of_.stride, S = of_.said_size();
    const T* const before = t ? of_.heads + (of_.first[t - 1] + row) * heads : of_.heads_first + row * heads;
    const Kept<T> step = {of_.memory + here * memory, before,  of_.said + here * S, of_.cosines + here * heads,
                          of_.content + here * heads, of_.heads + here * heads};
    slopes_.of(step, states_ + row * at_.state, g_.memory + row * memory, g_.heads + row * heads, g_.said + here * S);
  }

  TuringBackward(const TuringGradient<T>& g, Member me, const TuringBackwardLayout<T>& at)
      : g_(g), of_(g.of), me_(me), at_(at), mine_(g.of.batch, me), states_(g.scratch + at.states),
        outer_(g.scratch + at.outer), slopes_(g.of, g.scratch, at.own + me.id * at.own_size) {}

  const TuringGradient<T>& g_;
  const Turing<T>& of_;
  const Member me_;
  const TuringBackwardLayout<T> at_;
  const Share mine_;
  T* const states_;  // gradients of [r; h] of each sequence
  T* const outer_;   // that of h, with what it said
  const MemorySlopes<T> slopes_;
};

}  // namespace
