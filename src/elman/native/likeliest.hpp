// The likeliest classes of rows of logits, and how likely one class is that is none of them.
#pragma once

#include "attention.hpp"
#include "product.hpp"

#include <cmath>

namespace {

using elman::Likeliest;

template <class T>
class Ranking {
 public:
  explicit Ranking(const Likeliest<T>& of) : of_(of) {}

  void run(Member me) const {
    for (int64_t row = of_.rows * me.id / me.count; row < of_.rows * (me.id + 1) / me.count; ++row) rank(row);
  }

 private:
  using V = Vector<T>;
  static constexpr int64_t L = lanes<T>, chunk = 4 * L;

  void rank(int64_t row) const {
    const T* const logits = of_.logits + row * of_.classes;
    double* const best = of_.log_probs + row * of_.k;
    int64_t* const ids = of_.ids + row * of_.k;
    T most = logits[0];
    for (int64_t i = 0; i < of_.k; ++i) best[i] = -INFINITY, ids[i] = 0;
    for (int64_t first = 0; first < of_.classes; first += chunk) {
      const int64_t stop = first + chunk < of_.classes ? first + chunk : of_.classes;
      const T largest = largest_of(logits, first, stop);
      if (largest > most) most = largest;
      if (largest > best[of_.k - 1]) take(logits, first, stop, best, ids);
    }
    // NaN is larger than nothing, but passes through the sum.
    const double log_sum = static_cast<double>(most) + std::log(sum_of(logits, most));
    for (int64_t i = 0; i < of_.k; ++i) best[i] -= log_sum;
    of_.log_end[row] = (of_.end < 0 ? -INFINITY : static_cast<double>(logits[of_.end])) - log_sum;
  }

  static T largest_of(const T* logits, int64_t first, int64_t stop) {
    T largest = logits[first];
    if (stop - first == chunk) {
      const V a = load(logits + first), b = load(logits + first + L), c = load(logits + first + 2 * L),
              d = load(logits + first + 3 * L);
      const V left = a > b ? a : b, right = c > d ? c : d, both = left > right ? left : right;
      for (int64_t k = 0; k < L; ++k) largest = both[k] > largest ? both[k] : largest;
      return largest;
    }
    for (int64_t k = first; k < stop; ++k) largest = logits[k] > largest ? logits[k] : largest;
    return largest;
  }

  // Puts classes in their places: largest first, equal ones by their numbers, as they come.
  void take(const T* logits, int64_t first, int64_t stop, double* best, int64_t* ids) const {
    for (int64_t id = first; id < stop; ++id) {
      if (id == of_.end || !(logits[id] > best[of_.k - 1])) continue;
      int64_t place = of_.k - 1;
      for (; place > 0 && logits[id] > best[place - 1]; --place) {
        best[place] = best[place - 1];
        ids[place] = ids[place - 1];
      }
      best[place] = logits[id];
      ids[place] = id;
    }
  }

  double sum_of(const T* logits, T most) const {
    V sum{};
    int64_t k = 0;
    for (; k + L <= of_.classes; k += L) {
      const auto e = exponential(load(logits + k) - most);
      sum += e.scale + e.scale * e.rest;
    }
    double total = 0;
    for (int64_t j = 0; j < L; ++j) total += sum[j];
    for (; k < of_.classes; ++k) total += std::exp(static_cast<double>(logits[k] - most));
    return total;
  }

  const Likeliest<T>& of_;
};

}  // namespace
