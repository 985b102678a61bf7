// Drawing a token from logits: the same numbers as elman.decoding.sampling.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <numeric>
#include <vector>

namespace {

struct Choice {
  double temperature;
  int64_t top_k;
  double top_p;
};

class Sampler {
 public:
  // Makes room for all that it will need, so that drawing among other threads cannot fail.
  Sampler(Choice choice, const int64_t* excluded, std::size_t count, int64_t classes)
      : choice_(choice), excluded_(excluded, excluded + count), values_(classes), order_(classes) {}

  // The token k with P(<k) <= u < P(<=k), P the softmax of logits / temperature over what top_k and top_p keep; -1 if
  // a logit is no number or infinite.
  template <class T>
  int64_t draw(const T* logits, int64_t classes, double u) {
    std::copy_n(logits, classes, values_.begin());
    for (double value : values_) {
      if (std::isnan(value) || value == std::numeric_limits<double>::infinity()) return -1;
    }
    for (int64_t token : excluded_) values_[token] = -std::numeric_limits<double>::infinity();
    const auto best = std::max_element(values_.begin(), values_.end());
    if (choice_.temperature == 0) return best - values_.begin();
    const double most = *best / choice_.temperature;
    double total = 0;
    for (double& value : values_) total += value = std::exp(value / choice_.temperature - most);
    if (choice_.top_k > 0 || choice_.top_p < 1) truncate(total);
    double sum = 0;
    for (double& value : values_) value = sum += value;
    const auto found = std::upper_bound(values_.begin(), values_.end(), u * sum);
    if (found != values_.end()) return found - values_.begin();
    return std::lower_bound(values_.begin(), values_.end(), sum) - values_.begin();  // the last with a probability
  }

 private:
  void truncate(double total) {
    std::iota(order_.begin(), order_.end(), int64_t{0});
    std::sort(order_.begin(), order_.end(), [&](int64_t a, int64_t b) {
      return values_[a] != values_[b] ? values_[a] > values_[b] : a < b;
    });
    std::size_t kept = order_.size();
    if (choice_.top_k > 0) kept = std::min<std::size_t>(kept, choice_.top_k);
    if (choice_.top_p < 1) {
      double sum = 0;
      std::size_t needed = 0;
      while (needed < kept && sum < choice_.top_p) sum += values_[order_[needed++]] / total;
      kept = std::max<std::size_t>(needed, 1);
    }
    for (std::size_t place = kept; place < order_.size(); ++place) values_[order_[place]] = 0;
  }

  Choice choice_;
  std::vector<int64_t> excluded_;
  std::vector<double> values_;
  std::vector<int64_t> order_;
};

}  // namespace
