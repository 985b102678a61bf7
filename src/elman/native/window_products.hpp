// What windows of text are computed with: random bits, rows of tables, small products, the errors of scores.
//
// Like all of vector.hpp this is compiled once for each instruction set, and everything has internal linkage.
#pragma once

#include "vector.hpp"

namespace {

// Random bits from a counter (Steele et al. 2014, SplitMix64).
class Draws {
 public:
  explicit Draws(uint64_t seed) : state_(seed) {}
  uint64_t next() {
    uint64_t z = state_ += 0x9e3779b97f4a7c15u;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return z ^ z >> 31;
  }
  uint32_t bits() { return static_cast<uint32_t>(next() >> 32); }
  // 0 .. n - 1
  int64_t below(int64_t n) { return static_cast<int64_t>((next() >> 32) * static_cast<uint64_t>(n) >> 32); }

 private:
  uint64_t state_;
};

template <class T>
inline void fetch(const T* row, int64_t width) {
  for (int64_t k = 0; k < width; k += 64 / sizeof(T)) __builtin_prefetch(row + k, 1);
}

template <class T>
inline T sum(Vector<T> v) {
#if ELMAN_BYTES == 64
  if constexpr (sizeof(T) == 4) {
    return _mm512_reduce_add_ps(v);
  } else {
    return _mm512_reduce_add_pd(v);
  }
#else
  T total = 0;
  for (int64_t k = 0; k < lanes<T>; ++k) total += v[k];
  return total;
#endif
}

// out = row; behind it 0 to the end of the register.
template <class T>
inline void copy(const T* row, int64_t width, T* out) {
  int64_t k = 0;
  for (; k + lanes<T> <= width; k += lanes<T>) store(out + k, load(row + k));
  if (k < width) store(out + k, load(row + k, width - k));
}

// to += scale * from
template <class T>
inline void add(const T* from, T scale, int64_t width, T* to) {
  int64_t k = 0;
  for (; k + lanes<T> <= width; k += lanes<T>) store(to + k, load(to + k) + scale * load(from + k));
  if (k < width) store(to + k, load(to + k, width - k) + scale * load(from + k, width - k), width - k);
}

// out_n = x · rows_n for N rows
template <int N, class T>
inline void products(const T* x, const T* rows, int64_t stride, T* out) {
  Vector<T> sums[N] = {};
  for (int64_t k = 0; k < stride; k += lanes<T>) {
    const Vector<T> one = load(x + k);
    for (int n = 0; n < N; ++n) sums[n] += one * load(rows + n * stride + k);
  }
  for (int n = 0; n < N; ++n) out[n] = sum<T>(sums[n]);
}

template <class T>
inline void products(const T* x, const T* rows, int64_t count, int64_t stride, T* out) {
  int64_t n = 0;
  for (; n + 6 <= count; n += 6) products<6>(x, rows + n * stride, stride, out + n);
  switch (count - n) {
    case 5: return products<5>(x, rows + n * stride, stride, out + n);
    case 4: return products<4>(x, rows + n * stride, stride, out + n);
    case 3: return products<3>(x, rows + n * stride, stride, out + n);
    case 2: return products<2>(x, rows + n * stride, stride, out + n);
    case 1: return products<1>(x, rows + n * stride, stride, out + n);
  }
}

// out = Σ_n weights[n * step] rows_n, N registers of it
template <int N, class T>
inline void combined(const T* rows, int64_t count, int64_t stride, const T* weights, int64_t step, T* out) {
  Vector<T> sums[N] = {};
  for (int64_t n = 0; n < count; ++n) {
    const T weight = weights[n * step];
    for (int v = 0; v < N; ++v) sums[v] += weight * load(rows + n * stride + v * lanes<T>);
  }
  for (int v = 0; v < N; ++v) store(out + v * lanes<T>, sums[v]);
}

template <class T>
inline void combined(const T* rows, int64_t count, int64_t stride, const T* weights, int64_t step, T* out) {
  int64_t k = 0;
  const int64_t registers = stride / lanes<T>;
  for (; k + 8 <= registers; k += 8) {
    combined<8>(rows + k * lanes<T>, count, stride, weights, step, out + k * lanes<T>);
  }
  rows += k * lanes<T>, out += k * lanes<T>;
  switch (registers - k) {
    case 7: return combined<7>(rows, count, stride, weights, step, out);
    case 6: return combined<6>(rows, count, stride, weights, step, out);
    case 5: return combined<5>(rows, count, stride, weights, step, out);
    case 4: return combined<4>(rows, count, stride, weights, step, out);
    case 3: return combined<3>(rows, count, stride, weights, step, out);
    case 2: return combined<2>(rows, count, stride, weights, step, out);
    case 1: return combined<1>(rows, count, stride, weights, step, out);
  }
}

// Makes rate s σ(-s x) of `count` scores x, and returns Σ -log σ(s x). Scores and signs have room for whole registers.
template <class T>
double errors(T* scores, T* signs, int64_t count, T rate) {
  for (int64_t k = count; k % lanes<T>; ++k) scores[k] = 80, signs[k] = 1;  // costs nothing and changes nothing
  Vector<T> nats{};
  for (int64_t k = 0; k < count; k += lanes<T>) {
    const Vector<T> sign = load(signs + k), u = sign * load(scores + k);
    const auto e = exponential(u < 0 ? u : -u);
    const Vector<T> q = e.scale + e.scale * e.rest, share = 1 / (1 + q);
    nats += (u < 0 ? -u : splat(T(0))) + log_1p<T>(q);
    store<T>(scores + k, rate * sign * (u < 0 ? share : q * share));
  }
  return static_cast<double>(sum<T>(nats));
}

}  // namespace
