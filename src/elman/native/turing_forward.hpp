// A neural Turing machine, forwards. A sequence is one thread's from its first step to its last.
#pragma once

#include "addressing.hpp"
#include "shares.hpp"

namespace {

template <class T>
inline void copy(const T* from, int64_t count, T* to) {
  __builtin_memcpy(to, from, count * sizeof(T));
}

// Where the packed matrices of a call and the rows of its sequences lie in its memory.
template <class T>
struct TuringLayout {
  int64_t state, hidden, said, gates;  // what a row of each takes
  int64_t weight_state, weight_said, states, cells, sums, told, heads, memory, own, own_size, end;

  TuringLayout(const Turing<T>& of, int threads)
      : state(padded<T>(of.state_size())), hidden(padded<T>(of.hidden)), said(padded<T>(of.said_size())),
        gates(padded<T>(4 * of.hidden)) {
    Room<T> room;
    weight_state = room.take(rounded_up(4 * of.hidden, lanes<T>) * of.state_size());
    weight_said = room.take(rounded_up(of.said_size(), lanes<T>) * of.hidden);
    states = room.take(of.batch * state);
    cells = room.take(of.batch * hidden);
    sums = room.take(of.batch * gates);
    told = room.take(of.batch * said);
    heads = room.take(of.batch * of.units() * of.stride);
    memory = room.take(of.batch * of.width * of.stride);
    own = room.end;
    own_size = Own(of, 0).end;
    end = own + threads * own_size;
  }

  // What one thread needs for a sequence at a time.
  struct Own {
    int64_t k, e, a, told, cosines, content, norms, ring, weights, end;
    Own(const Turing<T>& of, int64_t first) {
      Room<T> room{first};
      k = room.take(of.units() * of.width);
      e = room.take(of.writes * of.width);
      a = room.take(of.writes * of.width);
      told = room.take(of.units() * static_cast<int64_t>(sizeof(Head<T>) / sizeof(T)));
      cosines = room.take(of.stride);
      content = room.take(of.stride);
      norms = room.take(of.stride);
      ring = room.take(of.stride + 2 + lanes<T>);
      weights = room.take(of.units() * of.stride);
      end = room.end;
    }
  };
};

template <class T>
class TuringForward {
 public:
  TuringForward(const Turing<T>& of, Member me) : TuringForward(of, me, TuringLayout<T>(of, me.count)) {}

  void run() {
    pack_panels(of_.scratch + at_.weight_state, of_.weight_state, 1, panels_of<T>(4 * of_.hidden, shared_vectors),
                4 * of_.hidden, of_.state_size(), me_);
    pack_panels(of_.scratch + at_.weight_said, of_.weight_said, 1, panels_of<T>(of_.said_size(), shared_vectors),
                of_.said_size(), of_.hidden, me_);
    start();
    meet(me_);
    for (int64_t t = 0; t < of_.steps; ++t) step(of_.first[t], mine_.up_to(of_.sizes[t]));
    finish();
  }

 private:
  using V = Vector<T>;
  static constexpr int64_t L = lanes<T>;

  int64_t memory_size() const { return of_.width * of_.stride; }
  int64_t heads_size() const { return of_.units() * of_.stride; }

  void start() const {
    for (int64_t b = mine_.first; b < mine_.first + mine_.count; ++b) {
      copy(of_.state_first + b * of_.state_size(), of_.state_size(), states_ + b * at_.state);
      copy(of_.c_first + b * of_.hidden, of_.hidden, cells_ + b * at_.hidden);
      copy(of_.memory_first + b * memory_size(), memory_size(), memory_ + b * memory_size());
      copy(of_.heads_first + b * heads_size(), heads_size(), heads_ + b * heads_size());
    }
  }

  void finish() const {
    for (int64_t b = mine_.first; b < mine_.first + mine_.count; ++b) {
      copy(states_ + b * at_.state, of_.state_size(), of_.state_last + b * of_.state_size());
      copy(cells_ + b * at_.hidden, of_.hidden, of_.c_last + b * of_.hidden);
      copy(memory_ + b * memory_size(), memory_size(), of_.memory_last + b * memory_size());
      copy(heads_ + b * heads_size(), heads_size(), of_.heads_last + b * heads_size());
    }
  }

  void step(int64_t first, const Share& mine) const {
    const int64_t G = 4 * of_.hidden, S = of_.said_size(), reads = of_.read_size();
    own_product<T>(G, mine, states_, at_.state, of_.scratch + at_.weight_state, of_.state_size(),
                   [&](int64_t row, int64_t k) { return load(of_.input + (first + row) * G + k, G - k); },
                   [&](V sum, int64_t row, int64_t k) { store(sums_ + row * at_.gates + k, sum, G - k); });
    for (int64_t row = mine.first; row < mine.first + mine.count; ++row) control(first + row, row);
    own_product<T>(S, mine, states_ + reads, at_.state, of_.scratch + at_.weight_said, of_.hidden,
                   [&](int64_t, int64_t k) { return load(of_.bias_said + k, S - k); },
                   [&](V sum, int64_t row, int64_t k) { store(told_ + row * at_.said + k, sum, S - k); });
    for (int64_t row = mine.first; row < mine.first + mine.count; ++row) turn(first + row, row);
  }

  // The gates of one row, c and h.
  void control(int64_t here, int64_t row) const {
    const int64_t H = of_.hidden;
    T* const z = sums_ + row * at_.gates;
    for (int64_t k = 0; k < H; k += L) {
      const int64_t there = H - k;
      const V i = sigmoid(load(z + k, there)), f = sigmoid(load(z + H + k, there)), g = tanh(load(z + 2 * H + k, there)),
              o = sigmoid(load(z + 3 * H + k, there));
      const V c = f * load(cells_ + row * at_.hidden + k, there) + i * g;
      store(cells_ + row * at_.hidden + k, c, there);
      store(states_ + row * at_.state + of_.read_size() + k, o * tanh(c), there);
      if (!of_.gates) continue;
      T* const kept = of_.gates + here * 4 * H + k;
      store(kept, i, there), store(kept + H, f, there), store(kept + 2 * H, g, there), store(kept + 3 * H, o, there);
      store(of_.cells + here * H + k, c, there);
    }
  }

  // Memory and heads of one row.
  void turn(int64_t here, int64_t row) const {
    const T* const told = told_ + row * at_.said;
    T* const memory = memory_ + row * memory_size();
    T* const heads = heads_ + row * heads_size();
    if (of_.said) {
      copy(told, of_.said_size(), of_.said + here * of_.said_size());
      copy(memory, memory_size(), of_.memory + here * memory_size());
    }
    said_.take(told);
    norms(of_, memory, norms_);
    for (int64_t u = 0; u < of_.units(); ++u) {
      const int64_t kept = here * heads_size() + u * of_.stride;
      address(of_, said_, u, memory, norms_, heads + u * of_.stride, ring_, of_.cosines ? of_.cosines + kept : cosines_,
              of_.content ? of_.content + kept : content_, weights_ + u * of_.stride);
    }
    copy(weights_, heads_size(), heads);
    if (of_.heads) copy(weights_, heads_size(), of_.heads + here * heads_size());
    T* const state = states_ + row * at_.state;
    read(of_, memory, heads, state);
    copy(state, of_.state_size(), of_.output + here * of_.state_size());
    write(of_, said_, heads + of_.reads * of_.stride, memory);
  }

  using Own = typename TuringLayout<T>::Own;

  TuringForward(const Turing<T>& of, Member me, const TuringLayout<T>& at)
      : TuringForward(of, me, at, Own(of, at.own + me.id * at.own_size)) {}

  TuringForward(const Turing<T>& of, Member me, const TuringLayout<T>& at, const Own& own)
      : of_(of), me_(me), at_(at), mine_(of.batch, me), states_(of.scratch + at.states), cells_(of.scratch + at.cells),
        sums_(of.scratch + at.sums), told_(of.scratch + at.told), heads_(of.scratch + at.heads),
        memory_(of.scratch + at.memory),
        said_{of, of.scratch + own.k, of.scratch + own.e, of.scratch + own.a,
              reinterpret_cast<Head<T>*>(of.scratch + own.told)},
        cosines_(of.scratch + own.cosines), content_(of.scratch + own.content), norms_(of.scratch + own.norms),
        ring_(of.scratch + own.ring), weights_(of.scratch + own.weights) {}

  const Turing<T>& of_;
  const Member me_;
  const TuringLayout<T> at_;
  const Share mine_;
  T* const states_;
  T* const cells_;
  T* const sums_;
  T* const told_;
  T* const heads_;
  T* const memory_;
  const Said<T> said_;
  T* const cosines_;
  T* const content_;
  T* const norms_;
  T* const ring_;
  T* const weights_;
};

}  // namespace
