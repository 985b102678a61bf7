// One query that reads a source, forwards and backwards.
#pragma once

#include "attention.hpp"
#include "vector.hpp"

namespace {

using elman::Attention;

template <class T>
class Looking {
 public:
  explicit Looking(const Attention<T>& attention) : a_(attention) {}

  // Fills the weights (S) and what is read (D). A source of no place gives zeros.
  void read(int64_t source, const T* query, T* weights, T* context) const {
    const int64_t count = a_.lengths[source];
    for (int64_t j = 0; j < count; ++j) weights[j] = score(query, key(source, j));
    softmax(weights, count);
    for (int64_t j = count; j < a_.places; ++j) weights[j] = 0;
    for (int64_t d = 0; d < a_.width; d += L) {
      V sum{};
      for (int64_t j = 0; j < count; ++j) sum += weights[j] * load(value(source, j) + d, a_.width - d);
      store(context + d, sum, a_.width - d);
    }
  }

  // Given the gradient of what was read, fills that of the query, and adds to those of values, keys and vector. `slopes`
  // has room for S numbers.
  void back(int64_t source, const T* query, const T* weights, const T* d_context, T* d_query, T* d_values, T* d_keys,
            T* d_vector, T* slopes) const {
    const int64_t count = a_.lengths[source];
    T mean = 0;
    for (int64_t j = 0; j < count; ++j) {
      slopes[j] = through(weights[j], d_context, value(source, j), d_values + at_value(source, j));
      mean += weights[j] * slopes[j];
    }
    for (int64_t j = 0; j < count; ++j) slopes[j] = weights[j] * (slopes[j] - mean);
    for (int64_t k = 0; k < a_.key_width; k += L) {
      const int64_t there = a_.key_width - k;
      const V q = load(query + k, there), v = a_.vector ? load(a_.vector + k, there) : splat(a_.scale);
      V d_q{}, d_v{};
      for (int64_t j = 0; j < count; ++j) {
        const V known = load(key(source, j) + k, there);
        T* const d_key = d_keys + at_key(source, j) + k;
        if (a_.vector) {
          const V inner = tanh(q + known), slope = slopes[j] * v * (1 - inner * inner);
          d_q += slope;
          d_v += slopes[j] * inner;
          store(d_key, load(d_key, there) + slope, there);
        } else {
          d_q += slopes[j] * v * known;
          store(d_key, load(d_key, there) + slopes[j] * v * q, there);
        }
      }
      store(d_query + k, d_q, there);
      if (a_.vector) store(d_vector + k, load(d_vector + k, there) + d_v, there);
    }
  }

 private:
  using V = Vector<T>;
  static constexpr int64_t L = lanes<T>;

  int64_t at_value(int64_t source, int64_t j) const { return (source * a_.places + j) * a_.width; }
  int64_t at_key(int64_t source, int64_t j) const { return (source * a_.places + j) * a_.key_width; }
  const T* value(int64_t source, int64_t j) const { return a_.values + at_value(source, j); }
  const T* key(int64_t source, int64_t j) const { return a_.keys + at_key(source, j); }

  static T sum_of(V v) {
    T sum = 0;
    for (int64_t k = 0; k < L; ++k) sum += v[k];
    return sum;
  }

  T score(const T* query, const T* key) const {
    V sum{};
    for (int64_t k = 0; k < a_.key_width; k += L) {
      const int64_t there = a_.key_width - k;
      const V q = load(query + k, there), known = load(key + k, there);
      sum += a_.vector ? load(a_.vector + k, there) * tanh(q + known) : q * known;
    }
    return a_.vector ? sum_of(sum) : a_.scale * sum_of(sum);
  }

  static void softmax(T* scores, int64_t count) {
    T most = count ? scores[0] : 0, sum = 0;
    for (int64_t j = 1; j < count; ++j) most = scores[j] > most ? scores[j] : most;
    for (int64_t j = 0; j < count; j += L) {
      const auto e = exponential(load(scores + j, count - j) - most);
      store(scores + j, e.scale + e.scale * e.rest, count - j);
    }
    for (int64_t j = 0; j < count; ++j) sum += scores[j];
    for (int64_t j = 0; j < count; ++j) scores[j] /= sum;
  }

  // The gradient of one weight; adds to that of its value.
  T through(T weight, const T* d_context, const T* value, T* d_value) const {
    V sum{};
    for (int64_t d = 0; d < a_.width; d += L) {
      const int64_t there = a_.width - d;
      const V slope = load(d_context + d, there);
      sum += slope * load(value + d, there);
      store(d_value + d, load(d_value + d, there) + weight * slope, there);
    }
    return sum_of(sum);
  }

  const Attention<T>& a_;
};

}  // namespace
