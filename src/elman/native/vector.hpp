// Vectors of one register, and the functions of gates on them.
//
// This header is compiled once for each instruction set, with ELMAN_BYTES the width of a register. Everything in it has
// internal linkage, so that no linker can take the copy of one instruction set for another.
#pragma once

#include <cstdint>

#if ELMAN_BYTES > 16
#include <immintrin.h>
#endif

namespace {

template <class T>
struct Register;

template <>
struct Register<float> {
  typedef float V __attribute__((vector_size(ELMAN_BYTES)));
  typedef int32_t I __attribute__((vector_size(ELMAN_BYTES)));
  typedef double Wide __attribute__((vector_size(2 * ELMAN_BYTES)));
};

template <>
struct Register<double> {
  typedef double V __attribute__((vector_size(ELMAN_BYTES)));
  typedef int64_t I __attribute__((vector_size(ELMAN_BYTES)));
  typedef V Wide;  // the same values in double precision
};

template <class T>
using Vector = typename Register<T>::V;

template <class T>
constexpr int64_t lanes = ELMAN_BYTES / sizeof(T);

// Rows of a block: with four vectors a row, what stays in the registers of the instruction set (32 or 16 of them).
constexpr int most_rows = ELMAN_BYTES == 64 ? 6 : 3;

template <class T>
inline Vector<T> splat(T x) {
  return x - Vector<T>{};
}

template <class T>
inline Vector<T> load(const T* p) {
  Vector<T> v;
  __builtin_memcpy(&v, p, sizeof v);
  return v;
}

template <class T>
inline void store(T* p, Vector<T> v) {
  __builtin_memcpy(p, &v, sizeof v);
}

// The first `count` values; the other lanes are 0. The count may be 0 or less, and more than a register holds.
template <class T>
Vector<T> load(const T* p, int64_t count) {
  if (count >= lanes<T>) return load(p);
  Vector<T> v{};
  for (int64_t k = 0; k < count; ++k) v[k] = p[k];
  return v;
}

template <class T>
void store(T* p, Vector<T> v, int64_t count) {
  if (count >= lanes<T>) return store(p, v);
  for (int64_t k = 0; k < count; ++k) p[k] = v[k];
}

#if ELMAN_BYTES == 64
inline Vector<float> part(const float* p, int64_t count) {
  return _mm512_maskz_loadu_ps(static_cast<__mmask16>((1u << count) - 1), p);
}
template <>
Vector<float> load<float>(const float* p, int64_t count) {
  if (count >= 16) return load(p);
  return count > 0 ? part(p, count) : Vector<float>{};
}
template <>
void store<float>(float* p, Vector<float> v, int64_t count) {
  if (count >= 16) return store(p, v);
  if (count > 0) _mm512_mask_storeu_ps(p, static_cast<__mmask16>((1u << count) - 1), v);
}
#endif

// e^x = scale (1 + rest): with x = n ln 2 + r, |r| <= ln 2 / 2, scale = 2^n and rest = e^r - 1. NaN passes through rest.
template <class T>
struct Exponential {
  Vector<T> scale, rest;
};

inline Exponential<float> exponential(Vector<float> x) {
  x = x < -87.0f ? splat(-87.0f) : x;
  x = x > 88.0f ? splat(88.0f) : x;
  const float magic = 12582912.0f;  // 1.5 x 2^23: adding it rounds to an integer, which then stands in the low bits
  const Vector<float> rounded = x * 1.44269504f + magic;
  const Vector<float> n = rounded - magic;
  const Vector<float> r = (x - n * 0.693359375f) + n * 2.12194440e-4f;
  Vector<float> p = r * 1.9875691500e-4f + 1.3981999507e-3f;  // Cephes, expf
  p = p * r + 8.3334519073e-3f;
  p = p * r + 4.1665795894e-2f;
  p = p * r + 1.6666665459e-1f;
  p = p * r + 5.0000001201e-1f;
  const Register<float>::I bits = (reinterpret_cast<Register<float>::I>(rounded) - 0x4b400000 + 127) << 23;
  return {reinterpret_cast<Vector<float>>(bits), p * (r * r) + r};
}

inline Exponential<double> exponential(Vector<double> x) {
  x = x < -708.0 ? splat(-708.0) : x;
  x = x > 709.0 ? splat(709.0) : x;
  const double magic = 6755399441055744.0;  // 1.5 x 2^52
  const Vector<double> rounded = x * 1.4426950408889634 + magic;
  const Vector<double> n = rounded - magic;
  const Vector<double> r = (x - n * 6.93147180369123816490e-01) - n * 1.90821492927058770002e-10;
  Vector<double> p = splat(1.0 / 87178291200.0);  // 1 / 14!, then down to 1 / 2!
  const double factorials[] = {6227020800.0, 479001600.0, 39916800.0, 3628800.0, 362880.0, 40320.0,
                               5040.0,       720.0,       120.0,      24.0,      6.0,      2.0};
  for (double factorial : factorials) p = p * r + 1.0 / factorial;
  const Register<double>::I bits = (reinterpret_cast<Register<double>::I>(rounded) - 0x4338000000000000 + 1023) << 52;
  return {reinterpret_cast<Vector<double>>(bits), p * (r * r) + r};
}

// 1 / (1 + e^-x)
template <class V>
inline V sigmoid(V x) {
  const auto e = exponential(-x);
  return 1 / (1 + (e.scale + e.scale * e.rest));
}

// (1 - e^-2x) / (1 + e^-2x), from e^-2|x| - 1, which is as exact for small x as for large.
template <class V>
inline V tanh(V x) {
  const V size = x < 0 ? -x : x;
  const auto e = exponential(-2 * size);
  const V less = e.scale * e.rest + (e.scale - 1);
  const V result = -less / (2 + less);
  return x < 0 ? -result : result;
}

// log(1 + q) for q from 0 to 1: 2 artanh(q / (2 + q))
template <class T>
inline Vector<T> log_1p(Vector<T> q) {
  const Vector<T> z = q / (2 + q), square = z * z;
  constexpr int terms = sizeof(T) == 4 ? 8 : 17;
  Vector<T> p = splat(T(1) / (2 * terms + 1));
  for (int k = terms - 1; k >= 0; --k) p = p * square + T(1) / (2 * k + 1);
  return 2 * z * p;
}

// ln x of positive numbers: n ln 2 + 2 artanh((m - 1) / (m + 1)), m from sqrt(1/2) to sqrt(2).
template <class T>
inline Vector<T> logarithm(Vector<T> x) {
  using I = typename Register<T>::I;
  constexpr int mantissa = sizeof(T) == 4 ? 23 : 52, terms = sizeof(T) == 4 ? 5 : 12;
  constexpr int64_t root = sizeof(T) == 4 ? 0x3f3504f3 : 0x3fe6a09e667f3bcd;  // the bits of sqrt(1/2)
  const I above = reinterpret_cast<I>(x) - root;
  const Vector<T> n = __builtin_convertvector(above >> mantissa, Vector<T>);
  const Vector<T> m = reinterpret_cast<Vector<T>>((above & ((int64_t(1) << mantissa) - 1)) + root);
  const Vector<T> z = (m - 1) / (m + 1), square = z * z;
  Vector<T> p = splat(T(1) / (2 * terms + 1));
  for (int k = terms - 1; k >= 0; --k) p = p * square + T(1) / (2 * k + 1);
  return n * T(0.693147180559945309417232) + 2 * z * p;
}

// log(1 + e^x)
template <class T>
inline Vector<T> soft_plus(Vector<T> x) {
  const auto e = exponential(x < 0 ? x : -x);
  return (x < 0 ? splat(T(0)) : x) + log_1p<T>(e.scale + e.scale * e.rest);
}

template <class T>
inline Vector<T> square_root(Vector<T> x) {
  for (int64_t k = 0; k < lanes<T>; ++k) x[k] = __builtin_sqrt(x[k]);
  return x;
}

template <class T>
inline T sum_over(Vector<T> v) {
  T sum = 0;
  for (int64_t k = 0; k < lanes<T>; ++k) sum += v[k];
  return sum;
}

}  // namespace
