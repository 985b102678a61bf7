// A neural Turing machine, backwards: the gradients of what was said, of gates and of states, from the last step to the
// first. A sequence is one thread's.
#pragma once

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
    own_size = Own(of, 0).end;
    end = own + threads * own_size;
  }

  struct Own {
    int64_t k, e, a, told, norms, ring, moved, slopes, d_norms, d_heads, d_k, d_e, d_a, end;
    Own(const Turing<T>& of, int64_t first) {
      Room<T> room{first};
      k = room.take(of.units() * of.width);
      e = room.take(of.writes * of.width);
      a = room.take(of.writes * of.width);
      told = room.take(of.units() * static_cast<int64_t>(sizeof(Head<T>) / sizeof(T)));
      norms = room.take(of.stride);
      ring = room.take(of.stride + 2 + lanes<T>);
      moved = room.take(of.stride + 2 + lanes<T>);
      slopes = room.take(of.stride);
      d_norms = room.take(of.stride);
      d_heads = room.take(of.units() * of.stride);
      d_k = room.take(of.units() * of.width);
      d_e = room.take(of.writes * of.width);
      d_a = room.take(of.writes * of.width);
      end = room.end;
    }
  };
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
  using Own = typename TuringBackwardLayout<T>::Own;
  static constexpr int64_t L = lanes<T>;

  int64_t memory_size() const { return of_.width * of_.stride; }
  int64_t heads_size() const { return of_.units() * of_.stride; }

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
    const int64_t S = of_.said_size();
    const T* const memory = of_.memory + here * memory_size();
    const T* const weights = of_.heads + here * heads_size();
    T* const d_memory = g_.memory + row * memory_size();
    T* const d_before = g_.heads + row * heads_size();
    said_.take(of_.said + here * S);
    norms(of_, memory, norms_);
    copy(d_before, heads_size(), d_heads_);
    wrote(memory, weights + of_.reads * of_.stride, d_memory, d_heads_ + of_.reads * of_.stride);
    was_read(memory, weights, states_ + row * at_.state, d_memory, d_heads_);
    for (int64_t i = 0; i < of_.stride; ++i) d_norms_[i] = 0;
    const T* const before = t ? of_.heads + (of_.first[t - 1] + row) * heads_size() : of_.heads_first + row * heads_size();
    T* const said = g_.said + here * S;
    for (int64_t u = 0; u < of_.units(); ++u) {
      const int64_t kept = here * heads_size() + u * of_.stride, place = u * of_.stride;
      addressed(u, memory, of_.cosines + kept, of_.content + kept, weights + place, before + place, d_heads_ + place,
                d_memory, d_before + place, said);
    }
    through_norms(memory, d_memory);
    tell(of_.said + here * S, said);
  }

  // The gradients of the memory before, of weights, e and a, from that of the memory after.
  void wrote(const T* memory, const T* weights, T* d_memory, T* d_weights) const {
    for (int64_t d = 0; d < of_.width; ++d) {
      for (int64_t q = 0; q < of_.writes; ++q) wrote_by(q, d, memory, weights, d_memory, d_weights);
      for (int64_t i = 0; i < of_.stride; i += L) {
        V kept = splat(T(1));
        for (int64_t q = 0; q < of_.writes; ++q) kept *= 1 - load(weights + q * of_.stride + i) * said_.e[q * of_.width + d];
        T* const slope = d_memory + d * of_.stride + i;
        store(slope, load(slope) * kept);
      }
    }
  }

  void wrote_by(int64_t q, int64_t d, const T* memory, const T* weights, const T* d_memory, T* d_weights) const {
    const T e = said_.e[q * of_.width + d], a = said_.a[q * of_.width + d];
    V d_e{}, d_a{};
    for (int64_t i = 0; i < of_.stride; i += L) {
      const V slope = load(d_memory + d * of_.stride + i), w = load(weights + q * of_.stride + i);
      V erased = slope * load(memory + d * of_.stride + i);
      for (int64_t p = 0; p < of_.writes; ++p) {
        if (p != q) erased *= 1 - load(weights + p * of_.stride + i) * said_.e[p * of_.width + d];
      }
      d_a += slope * w;
      d_e -= erased * w;
      T* const d_w = d_weights + q * of_.stride + i;
      store(d_w, load(d_w) + slope * a - erased * e);
    }
    d_e_[q * of_.width + d] = sum_over<T>(d_e);
    d_a_[q * of_.width + d] = sum_over<T>(d_a);
  }

  void was_read(const T* memory, const T* weights, const T* d_read, T* d_memory, T* d_weights) const {
    for (int64_t r = 0; r < of_.reads; ++r) {
      for (int64_t d = 0; d < of_.width; ++d) {
        const T slope = d_read[r * of_.width + d];
        for (int64_t i = 0; i < of_.stride; i += L) {
          T* const d_w = d_weights + r * of_.stride + i;
          T* const d_m = d_memory + d * of_.stride + i;
          store(d_w, load(d_w) + slope * load(memory + d * of_.stride + i));
          store(d_m, load(d_m) + slope * load(weights + r * of_.stride + i));
        }
      }
    }
  }

  // From weights w = softmax(x) and their gradient that of x, in place: w (d - Σ w d).
  void through_softmax(const T* w, T* d) const {
    V mean{};
    for (int64_t i = 0; i < of_.stride; i += L) mean += load(w + i) * load(d + i);
    const T sum = sum_over<T>(mean);
    for (int64_t i = 0; i < of_.stride; i += L) store(d + i, load(w + i) * (load(d + i) - sum));
  }

  // Where one head stood: the gradients of what it was told, of where it stood before, and of the memory.
  void addressed(int64_t u, const T* memory, const T* cosines, const T* content, const T* weights, const T* before,
                 T* slopes, T* d_memory, T* d_before, T* said) const {
    const Head<T>& head = said_.heads[u];
    const int64_t U = of_.units(), W = of_.width;
    gate(of_, head, content, before, ring_);
    through_softmax(weights, slopes);
    V d_gamma{}, d_shift[3] = {{}, {}, {}};
    for (int64_t i = 0; i < of_.stride; i += L) {
      const V moved = shift(head, ring_, i) + T(tiny), x = load(slopes + i);
      d_gamma += x * logarithm<T>(moved);
      const V d = head.gamma * x / moved;
      for (int n = 0; n < 3; ++n) d_shift[n] += d * load(ring_ + i + 2 - n);
      store(moved_ + 1 + i, d);
    }
    moved_[0] = moved_[of_.places];
    moved_[of_.places + 1] = moved_[1];
    for (int64_t i = of_.places + 2; i < of_.stride + 2 + L; ++i) moved_[i] = 0;
    V d_g{};
    for (int64_t i = 0; i < of_.stride; i += L) {
      V d = head.shift[0] * load(moved_ + i) + head.shift[1] * load(moved_ + i + 1) + head.shift[2] * load(moved_ + i + 2);
      if (i + L > of_.places) {
        for (int64_t lane = of_.places > i ? of_.places - i : 0; lane < L; ++lane) d[lane] = 0;
      }
      d_g += d * (load(content + i) - load(before + i));
      store(d_before + i, (1 - head.g) * d);
      store(slopes + i, head.g * d);
    }
    T* const single = said + U * W;
    single[U + u] = sum_over<T>(d_g);
    for (int n = 0; n < 3; ++n) single[2 * U + 3 * u + n] = sum_over<T>(d_shift[n]);
    single[5 * U + u] = sum_over<T>(d_gamma);
    through_softmax(content, slopes);
    single[u] = by_content(u, memory, cosines, slopes, d_memory);
  }

  // Through the cosines of one head: returns the gradient of β, fills that of k, adds to that of memory and norms.
  T by_content(int64_t u, const T* memory, const T* cosines, const T* slopes, T* d_memory) const {
    const Head<T>& head = said_.heads[u];
    const T* const k = said_.k + u * of_.width;
    V d_beta{}, d_norm{};
    for (int64_t i = 0; i < of_.stride; i += L) {
      const V cosine = load(cosines + i), x = load(slopes + i), norm = load(norms_ + i);
      const V d_dot = head.beta * x / (head.norm * norm + T(quotient_floor)), d_size = -d_dot * cosine;
      d_beta += x * cosine;
      d_norm += d_size * norm;
      store(d_norms_ + i, load(d_norms_ + i) + d_size * head.norm);
      store(dots_ + i, d_dot);
    }
    const T through_norm = sum_over<T>(d_norm) / head.norm;
    for (int64_t d = 0; d < of_.width; ++d) {
      V sum{};
      for (int64_t i = 0; i < of_.stride; i += L) {
        const V d_dot = load(dots_ + i);
        T* const d_m = d_memory + d * of_.stride + i;
        sum += d_dot * load(memory + d * of_.stride + i);
        store(d_m, load(d_m) + d_dot * k[d]);
      }
      d_k_[u * of_.width + d] = sum_over<T>(sum) + through_norm * k[d];
    }
    return sum_over<T>(d_beta);
  }

  void through_norms(const T* memory, T* d_memory) const {
    for (int64_t i = 0; i < of_.stride; i += L) store(d_norms_ + i, load(d_norms_ + i) / load(norms_ + i));
    for (int64_t d = 0; d < of_.width; ++d) {
      for (int64_t i = 0; i < of_.stride; i += L) {
        T* const d_m = d_memory + d * of_.stride + i;
        store(d_m, load(d_m) + load(d_norms_ + i) * load(memory + d * of_.stride + i));
      }
    }
  }

  // From the gradients of what was made of numbers those of the numbers; none where they were cut.
  void tell(const T* raw, T* said) const {
    const int64_t U = of_.units(), W = of_.width, writes = of_.writes * W;
    for (int64_t j = 0; j < U * W; ++j) said[j] = d_k_[j] * (1 - said_.k[j] * said_.k[j]);
    T* const single = said + U * W;
    for (int64_t u = 0; u < U; ++u) {
      const Head<T>& head = said_.heads[u];
      single[u] *= rise(raw[U * W + u]);
      single[U + u] *= head.g * (1 - head.g);
      T mean = 0;
      T* const shifts = single + 2 * U + 3 * u;
      for (int n = 0; n < 3; ++n) mean += head.shift[n] * shifts[n];
      for (int n = 0; n < 3; ++n) shifts[n] = head.shift[n] * (shifts[n] - mean);
      single[5 * U + u] *= rise(raw[U * W + 5 * U + u]);
    }
    T* const vectors = single + 6 * U;
    for (int64_t j = 0; j < writes; ++j) {
      vectors[j] = d_e_[j] * said_.e[j] * (1 - said_.e[j]);
      vectors[writes + j] = d_a_[j] * (1 - said_.a[j] * said_.a[j]);
    }
    for (int64_t j = 0; j < of_.said_size(); ++j) {
      if (raw[j] < T(-said_most) || raw[j] > T(said_most)) said[j] = 0;
    }
  }

  // The slope of log(1 + e^x).
  static T rise(T x) { return sigmoid(splat(x))[0]; }

  TuringBackward(const TuringGradient<T>& g, Member me, const TuringBackwardLayout<T>& at)
      : TuringBackward(g, me, at, Own(g.of, at.own + me.id * at.own_size)) {}

  TuringBackward(const TuringGradient<T>& g, Member me, const TuringBackwardLayout<T>& at, const Own& own)
      : g_(g), of_(g.of), me_(me), at_(at), mine_(g.of.batch, me), states_(g.scratch + at.states),
        outer_(g.scratch + at.outer),
        said_{g.of, g.scratch + own.k, g.scratch + own.e, g.scratch + own.a,
              reinterpret_cast<Head<T>*>(g.scratch + own.told)},
        norms_(g.scratch + own.norms), ring_(g.scratch + own.ring), moved_(g.scratch + own.moved),
        dots_(g.scratch + own.slopes), d_norms_(g.scratch + own.d_norms), d_heads_(g.scratch + own.d_heads),
        d_k_(g.scratch + own.d_k), d_e_(g.scratch + own.d_e), d_a_(g.scratch + own.d_a) {}

  const TuringGradient<T>& g_;
  const Turing<T>& of_;
  const Member me_;
  const TuringBackwardLayout<T> at_;
  const Share mine_;
  T* const states_;  // gradients of [r; h] of each sequence
  T* const outer_;   // that of h, with what it said
  const Said<T> said_;
  T* const norms_;
  T* const ring_;
  T* const moved_;
  T* const dots_;
  T* const d_norms_;
  T* const d_heads_;
  T* const d_k_;
  T* const d_e_;
  T* const d_a_;
};

}  // namespace
