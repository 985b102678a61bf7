// Sums over all units of a sequence, which layer normalization needs before it can go on with any of them.
#pragma once

#include "product.hpp"

namespace {

// Two sums of products over the units of each sequence. Threads put down what their registers add to them; after a
// meeting each thread takes the means of all sequences for itself. In double precision: a variance is a difference.
template <class T>
class Moments {
 public:
  // Values of T that it needs.
  static int64_t size(int64_t registers, int64_t batch, int threads) {
    return 2 * batch * (registers * words + threads) + 64;
  }

  Moments(T* memory, int64_t registers, int64_t batch, Member me)
      : registers_(registers), batch_(batch), parts_(reinterpret_cast<double*>(memory)),
        means_(memory + 2 * batch * (registers * words + me.id)) {}

  // What one register of units adds.
  void put(int64_t number, int64_t row, double first, double second) {
    double* const part = parts_ + 2 * (number * batch_ + row);
    part[0] = first;
    part[1] = second;
  }

  // Takes the means over n values of the first `rows` sequences.
  void settle(int64_t rows, int64_t n) {
    for (int64_t row = 0; row < rows; ++row) {
      const Pair mean = means(row, n);
      means_[2 * row] = static_cast<T>(mean.first);
      means_[2 * row + 1] = static_cast<T>(mean.second);
    }
  }

  // The same where the sums are of x and x²: the means become those of x, and 1 / sqrt(variance + epsilon).
  void standardize(int64_t rows, int64_t n, double epsilon) {
    for (int64_t row = 0; row < rows; ++row) {
      const Pair mean = means(row, n);
      const double variance = mean.second - mean.first * mean.first;
      means_[2 * row] = static_cast<T>(mean.first);
      means_[2 * row + 1] = static_cast<T>(1 / __builtin_sqrt((variance < 0 ? 0 : variance) + epsilon));
    }
  }

  T first(int64_t row) const { return means_[2 * row]; }
  T second(int64_t row) const { return means_[2 * row + 1]; }

 private:
  static constexpr int64_t words = sizeof(double) / sizeof(T);
  struct Pair {
    double first, second;
  };

  Pair means(int64_t row, int64_t n) const {
    Pair sums{0, 0};
    for (int64_t number = 0; number < registers_; ++number) {
      const double* const part = parts_ + 2 * (number * batch_ + row);
      sums.first += part[0];
      sums.second += part[1];
    }
    return {sums.first / n, sums.second / n};
  }

  int64_t registers_, batch_;
  double* parts_;
  T* means_;
};

// Σ a and Σ a b over some registers, one lane each.
template <class T>
class Sums {
 public:
  void add(Vector<T> a, Vector<T> b) {
    const Wide wide = __builtin_convertvector(a, Wide);
    first_ += wide;
    second_ += wide * __builtin_convertvector(b, Wide);
  }

  double first() const { return total(first_); }
  double second() const { return total(second_); }

 private:
  using Wide = typename Register<T>::Wide;

  static double total(const Wide& lanes_of) {
    double sum = 0;
    for (int64_t k = 0; k < lanes<T>; ++k) sum += lanes_of[k];
    return sum;
  }

  Wide first_{}, second_{};
};

}  // namespace
