// Where the heads of a neural Turing machine stand, of one sequence at one step: forwards and backwards. Vectors run over
// places; what lies behind the last place, up to a whole line of the cache, is 0 in everything.
#pragma once

#include "product.hpp"
#include "turing.hpp"

namespace {

using elman::Turing;

constexpr double tiny = 1e-12, norm_floor = 1e-16, quotient_floor = 1e-8, said_most = 20.0;

// Hands out parts of one piece of memory, each from a line of the cache on.
template <class T>
struct Room {
  int64_t end = 0;
  int64_t take(int64_t values) {
    const int64_t found = end;
    end += padded<T>(values);
    return found;
  }
};

// What one head was told, after its functions.
template <class T>
struct Head {
  T beta, g, gamma, shift[3], norm;
};

// A number as the controller says it at most: e^20 is still one.
template <class T>
inline Vector<T> cut(Vector<T> x) {
  const T most = T(said_most);
  x = x < -most ? splat(-most) : x;
  return x > most ? splat(most) : x;
}

// The numbers that are said to all heads of one sequence, cut and after their functions; k, e and a lie head by head.
template <class T>
struct Said {
  const Turing<T>& of;
  T* const k;  // (U, W)
  T* const e;  // (Q, W)
  T* const a;  // (Q, W)
  Head<T>* const heads;

  // In the order in which they are said: k, β, g, s, γ of all heads, e and a of those that write.
  void take(const T* raw) const {
    constexpr int64_t L = lanes<T>;
    const int64_t U = of.units(), W = of.width, writes = of.writes * W;
    for (int64_t j = 0; j < U * W; j += L) store(k + j, tanh(cut<T>(load(raw + j, U * W - j))), U * W - j);
    raw += U * W;
    for (int64_t u = 0; u < U; ++u) head(heads[u], k + u * W, raw, u);
    raw += 6 * U;
    for (int64_t j = 0; j < writes; j += L) {
      store(e + j, sigmoid(cut<T>(load(raw + j, writes - j))), writes - j);
      store(a + j, tanh(cut<T>(load(raw + writes + j, writes - j))), writes - j);
    }
  }

 private:
  void head(Head<T>& head, const T* key, const T* raw, int64_t u) const {
    const int64_t U = of.units();
    const T* const s = raw + 2 * U + 3 * u;
    Vector<T> x{};  // what has a function of its own, side by side
    x[0] = raw[u], x[1] = raw[5 * U + u];
    const Vector<T> positive = soft_plus<T>(cut<T>(x));
    head.beta = positive[0], head.gamma = 1 + positive[1];
    head.g = sigmoid(cut<T>(splat(raw[U + u])))[0];
    T sum = 0;
    for (int n = 0; n < 3; ++n) {
      const auto power = exponential(cut<T>(splat(s[n])));
      sum += head.shift[n] = power.scale[0] + power.scale[0] * power.rest[0];
    }
    for (T& share : head.shift) share /= sum;
    T squares = T(norm_floor);
    for (int64_t d = 0; d < of.width; ++d) squares += key[d] * key[d];
    head.norm = square_root<T>(splat(squares))[0];
  }
};

// e^x / Σ e^x over the places, in place.
template <class T>
inline void soft_max(T* x, int64_t places, int64_t stride) {
  constexpr int64_t L = lanes<T>;
  T most = x[0];
  for (int64_t i = 1; i < places; ++i) most = x[i] > most ? x[i] : most;
  Vector<T> total{};
  for (int64_t i = 0; i < stride; i += L) {
    const auto e = exponential(load(x + i) - most);
    store(x + i, e.scale + e.scale * e.rest);
  }
  for (int64_t i = places; i < stride; ++i) x[i] = 0;
  for (int64_t i = 0; i < stride; i += L) total += load(x + i);
  const T sum = sum_over<T>(total);
  for (int64_t i = 0; i < stride; i += L) store(x + i, load(x + i) / sum);
}

// |M_i| of every place.
template <class T>
inline void norms(const Turing<T>& of, const T* memory, T* out) {
  constexpr int64_t L = lanes<T>;
  for (int64_t i = 0; i < of.stride; i += L) {
    Vector<T> squares = splat(T(norm_floor));
    for (int64_t d = 0; d < of.width; ++d) {
      const Vector<T> m = load(memory + d * of.stride + i);
      squares += m * m;
    }
    store(out + i, square_root<T>(squares));
  }
}

// g content + (1 - g) w, laid out as a ring: the last place also before the first, the first also behind the last.
template <class T>
inline void gate(const Turing<T>& of, const Head<T>& head, const T* content, const T* before, T* ring) {
  constexpr int64_t L = lanes<T>;
  for (int64_t i = 0; i < of.stride; i += L) {
    store(ring + 1 + i, head.g * load(content + i) + (1 - head.g) * load(before + i));
  }
  ring[0] = ring[of.places];
  ring[of.places + 1] = ring[1];
  for (int64_t i = of.places + 2; i < of.stride + 2 + L; ++i) ring[i] = 0;
}

// What the shift makes of a ring at some places: shift[0] goes a place back, shift[2] a place on.
template <class T>
inline Vector<T> shift(const Head<T>& head, const T* ring, int64_t i) {
  return head.shift[0] * load(ring + i + 2) + head.shift[1] * load(ring + i + 1) + head.shift[2] * load(ring + i);
}

// Where one head stands: cosines and content are kept, `heads` becomes the weights.
template <class T>
inline void address(const Turing<T>& of, const Said<T>& said, int64_t u, const T* memory, const T* norms_, const T* before,
                    T* ring, T* cosines, T* content, T* weights) {
  constexpr int64_t L = lanes<T>;
  const Head<T>& head = said.heads[u];
  const T* const k = said.k + u * of.width;
  for (int64_t i = 0; i < of.stride; i += L) {
    Vector<T> dot{};
    for (int64_t d = 0; d < of.width; ++d) dot += k[d] * load(memory + d * of.stride + i);
    const Vector<T> cosine = dot / (head.norm * load(norms_ + i) + T(quotient_floor));
    store(cosines + i, cosine);
    store(content + i, head.beta * cosine);
  }
  soft_max(content, of.places, of.stride);
  gate(of, head, content, before, ring);
  for (int64_t i = 0; i < of.stride; i += L) {
    store(weights + i, head.gamma * logarithm<T>(shift(head, ring, i) + T(tiny)));
  }
  soft_max(weights, of.places, of.stride);
}

// What the heads that read give, (R, W).
template <class T>
inline void read(const Turing<T>& of, const T* memory, const T* weights, T* out) {
  constexpr int64_t L = lanes<T>;
  for (int64_t r = 0; r < of.reads; ++r) {
    for (int64_t d = 0; d < of.width; ++d) {
      Vector<T> sum{};
      for (int64_t i = 0; i < of.stride; i += L) sum += load(weights + r * of.stride + i) * load(memory + d * of.stride + i);
      out[r * of.width + d] = sum_over<T>(sum);
    }
  }
}

// All heads that write erase, and then add.
template <class T>
inline void write(const Turing<T>& of, const Said<T>& said, const T* weights, T* memory) {
  constexpr int64_t L = lanes<T>;
  for (int64_t d = 0; d < of.width; ++d) {
    for (int64_t i = 0; i < of.stride; i += L) {
      Vector<T> m = load(memory + d * of.stride + i), added{};
      for (int64_t q = 0; q < of.writes; ++q) {
        const Vector<T> w = load(weights + q * of.stride + i);
        m *= 1 - w * said.e[q * of.width + d];
        added += w * said.a[q * of.width + d];
      }
      store(memory + d * of.stride + i, m + added);
    }
  }
}

}  // namespace
