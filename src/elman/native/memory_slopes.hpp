// What a neural Turing machine did with its memory in a step, backwards, of one sequence. Vectors run over places; what lies
// behind the last place is 0 in everything.
#pragma once

#include "addressing.hpp"

namespace {

template <class T>
struct SlopesRoom {
  int64_t k, e, a, told, norms, ring, moved, slopes, d_norms, d_heads, d_k, d_e, d_a, end;
  SlopesRoom(const Turing<T>& of, int64_t first) {
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

// What was kept of a step: the memory before it, where the heads stood before it, what was said, and where they stand.
template <class T>
struct Kept {
  const T *memory, *before, *said, *cosines, *content, *heads;
};

template <class T>
class MemorySlopes {
 public:
  MemorySlopes(const Turing<T>& of, T* scratch, int64_t first) : MemorySlopes(of, scratch, SlopesRoom<T>(of, first)) {}

  // Given the gradients of what is read, of the memory after the step and of where the heads stand, fills that of what was
  // said, and makes of the other two those of the step before.
  void of(const Kept<T>& step, const T* d_read, T* d_memory, T* d_heads, T* said) const {
    said_.take(step.said);
    norms(of_, step.memory, norms_);
    __builtin_memcpy(d_heads_, d_heads, of_.units() * of_.stride * sizeof(T));
    wrote(step.memory, step.heads + of_.reads * of_.stride, d_memory, d_heads_ + of_.reads * of_.stride);
    was_read(step.memory, step.heads, d_read, d_memory, d_heads_);
    for (int64_t i = 0; i < of_.stride; ++i) d_norms_[i] = 0;
    for (int64_t u = 0; u < of_.units(); ++u) {
      const int64_t at = u * of_.stride;
      addressed(u, step.memory, step.cosines + at, step.content + at, step.heads + at, step.before + at, d_heads_ + at,
                d_memory, d_heads + at, said);
    }
    through_norms(step.memory, d_memory);
    tell(step.said, said);
  }

 private:
  using V = Vector<T>;
  static constexpr int64_t L = lanes<T>;

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

  MemorySlopes(const Turing<T>& of, T* scratch, const SlopesRoom<T>& at)
      : of_(of), said_{of, scratch + at.k, scratch + at.e, scratch + at.a, reinterpret_cast<Head<T>*>(scratch + at.told)},
        norms_(scratch + at.norms), ring_(scratch + at.ring), moved_(scratch + at.moved), dots_(scratch + at.slopes),
        d_norms_(scratch + at.d_norms), d_heads_(scratch + at.d_heads), d_k_(scratch + at.d_k), d_e_(scratch + at.d_e),
        d_a_(scratch + at.d_a) {}

  const Turing<T>& of_;
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
