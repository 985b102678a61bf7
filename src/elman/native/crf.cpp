// Sums over all paths of a linear chain, and its best path, as Python calls them. Everything is computed in double.
#include <cmath>
#include <limits>

#include "chain_products.hpp"
#include "door.hpp"

namespace {

constexpr double never = -std::numeric_limits<double>::infinity();
// A sum below this may have lost terms that count, and is taken again term by term.
constexpr double smallest = 1e-280;

// The largest of some terms; NaN where one is.
template <class Term>
double largest(int64_t count, const Term& term) {
  double most = never;
  for (int64_t k = 0; k < count; ++k) {
    const double x = term(k);
    if (x > most || x != x) most = x;
    if (x != x) break;
  }
  return most;
}

// log Σ_k exp(term_k)
template <class Term>
double log_sum(int64_t count, const Term& term) {
  const double most = largest(count, term);
  if (most == never || most != most) return most;
  double sum = 0;
  for (int64_t k = 0; k < count; ++k) sum += std::exp(term(k) - most);
  return most + std::log(sum);
}

// What all sentences share: scores of pairs of tags, of the first and of the last one.
struct Chain {
  int64_t tags;
  const double *transitions, *starts, *ends;
  double pair(int64_t i, int64_t j) const { return transitions[i * tags + j]; }
};

// What is filled in besides the log partition functions, or nothing.
template <class T>
struct Expected {
  T* marginals;
  double *pairs, *first, *last;
};

// Forwards and backwards over one sentence after the other.
//
//   α_1 = e_1 + s;    α_t(j) = e_t(j) + log Σ_i exp(α_{t-1}(i) + A_ij);    log Z = log Σ_j exp(α_n(j) + z_j)
//   β_n = z;          β_t(i) = log Σ_j exp(A_ij + e_{t+1}(j) + β_{t+1}(j))
//
// A sum is a product of exp(α - max α) and exp(A - max A), which are kept.
template <class T>
class Sums {
 public:
  Sums(const Chain& chain, const elman::ChainProducts& products, int64_t longest)
      : chain_(chain), products_(products), K_(chain.tags), width_((chain.tags + 7) / 8 * 8) {
    const int64_t matrix = K_ * width_, steps = longest * width_;
    double* room = scratch<double>(3 * matrix + 2 * steps + (longest + 7) / 8 * 8 + 5 * width_);
    const auto take = [&](int64_t values) {
      double* const here = room;
      std::fill_n(here, values, 0.0);  // what lies behind the last tag stays 0
      room += values;
      return here;
    };
    forward_ = take(matrix), backward_ = take(matrix), pairs_ = take(matrix);
    alpha_ = take(steps), shares_ = take(steps), most_ = take((longest + 7) / 8 * 8);
    beta_ = take(width_), ahead_ = take(width_), wwidth_ = take(width_), sums_ = take(width_), now_ = take(width_);
    top_ = largest(K_ * K_, [&](int64_t k) { return chain.transitions[k]; });
    if (top_ == never) top_ = 0;
    for (int64_t i = 0; i < K_; ++i) {
      for (int64_t j = 0; j < K_; ++j) {
        forward_[i * width_ + j] = backward_[j * width_ + i] = std::exp(chain.pair(i, j) - top_);
      }
    }
  }

  double partition(const T* emissions, int64_t steps) {
    if (steps == 0) return 0;  // the empty path
    for (int64_t j = 0; j < K_; ++j) alpha_[j] = static_cast<double>(emissions[j]) + chain_.starts[j];
    for (int64_t t = 1; t < steps; ++t) {
      const double* const before = alpha_ + (t - 1) * width_;
      double* const here = alpha_ + t * width_;
      const double most = most_[t - 1] = share(before, shares_ + (t - 1) * width_);
      products_.multiply(shares_ + (t - 1) * width_, forward_, K_, width_, sums_);
      for (int64_t j = 0; j < K_; ++j) {
        const double sum = sums_[j] >= smallest
                               ? most + top_ + std::log(sums_[j])
                               : log_sum(K_, [&](int64_t i) { return before[i] + chain_.pair(i, j); });
        here[j] = sum + static_cast<double>(emissions[t * K_ + j]);
      }
    }
    const double* const last = alpha_ + (steps - 1) * width_;
    return log_sum(K_, [&](int64_t j) { return last[j] + chain_.ends[j]; });
  }

  // After `partition` of the same sentence.
  void expect(const T* emissions, int64_t steps, double log_partition, const Expected<T>& expected, T* marginals) {
    if (steps == 0) return;
    if (!(std::abs(log_partition) <= std::numeric_limits<double>::max())) {
      // No path at all has no counts; NaN stays visible in everything.
      const double value = log_partition == never ? 0.0 : std::numeric_limits<double>::quiet_NaN();
      std::fill_n(marginals, steps * K_, static_cast<T>(value));
      for (int64_t k = 0; k < K_ * K_; ++k) expected.pairs[k] += value;
      for (int64_t k = 0; k < K_; ++k) expected.first[k] += value, expected.last[k] += value;
      return;
    }
    std::copy_n(chain_.ends, K_, beta_);
    for (int64_t t = steps - 1; t >= 0; --t) {
      const double* const alpha = alpha_ + t * width_;
      for (int64_t j = 0; j < K_; ++j) now_[j] = alpha[j] + beta_[j];
      products_.shares(now_, log_partition, width_, now_);
      // Below the smallest normal number arithmetic is slow.
      for (int64_t j = 0; j < K_; ++j) {
        marginals[t * K_ + j] = now_[j] < std::numeric_limits<T>::min() ? T{0} : static_cast<T>(now_[j]);
      }
      for (int64_t j = 0; t == steps - 1 && j < K_; ++j) expected.last[j] += now_[j];
      for (int64_t j = 0; t == 0 && j < K_; ++j) expected.first[j] += now_[j];
      if (t > 0) step_back(emissions + t * K_, t, log_partition, expected.pairs);
    }
  }

  // Adds up the pairs of all sentences that came by as products.
  void finish(const Expected<T>& expected) {
    for (int64_t i = 0; i < K_; ++i) {
      for (int64_t j = 0; j < K_; ++j) {
        expected.pairs[i * K_ + j] += pairs_[i * width_ + j] * forward_[i * width_ + j];
      }
    }
  }

 private:
  // exp(x - max x), and max x.
  double share(const double* values, double* out) const {
    const double most = largest(K_, [&](int64_t k) { return values[k]; });
    // Where nothing is possible all shares are 0; those behind the last tag stay so.
    products_.shares(values, most == never ? 0.0 : most, width_, out);
    std::fill(out + K_, out + width_, 0.0);
    return most;
  }

  // From β_t to β_{t-1}, with the pairs in between.
  void step_back(const T* emissions, int64_t t, double log_partition, double* pairs) {
    const double* const before = alpha_ + (t - 1) * width_;
    for (int64_t j = 0; j < K_; ++j) ahead_[j] = static_cast<double>(emissions[j]) + beta_[j];
    const double most = share(ahead_, wwidth_);
    const double scale = most_[t - 1] + most + top_ - log_partition;
    if (scale <= 600) {  // what fell below the smallest number would be below e^-100 after this
      products_.add(shares_ + (t - 1) * width_, wwidth_, std::exp(scale), K_, width_, pairs_);
    } else {
      for (int64_t i = 0; i < K_; ++i) {
        for (int64_t j = 0; j < K_; ++j) {
          pairs[i * K_ + j] += std::exp(before[i] + chain_.pair(i, j) + ahead_[j] - log_partition);
        }
      }
    }
    products_.multiply(wwidth_, backward_, K_, width_, sums_);
    for (int64_t i = 0; i < K_; ++i) {
      beta_[i] = sums_[i] >= smallest ? most + top_ + std::log(sums_[i])
                                      : log_sum(K_, [&](int64_t j) { return chain_.pair(i, j) + ahead_[j]; });
    }
  }

  Chain chain_;
  const elman::ChainProducts& products_;
  int64_t K_, width_;
  double top_;
  double *forward_, *backward_, *pairs_, *alpha_, *shares_, *most_, *beta_, *ahead_, *wwidth_, *sums_, *now_;
};

int64_t longest_of(const Sizes& lengths) {
  int64_t longest = 0;
  for (std::size_t b = 0; b < lengths.size(); ++b) longest = std::max(longest, lengths.data()[b]);
  return longest;
}

// Sentences lie one behind the other. Lengths must add up to the rows and tags be below K: the door has looked.
template <class T>
void likelihood(int instructions, In<T> emissions, Sizes lengths, In<double> transitions, In<double> starts,
                In<double> ends, Array<double> log_partitions, Maybe<T> marginals, Maybe<double> pairs,
                Maybe<double> first, Maybe<double> last) {
  const Chain chain{static_cast<int64_t>(starts.size()), transitions.data(), starts.data(), ends.data()};
  const elman::ChainProducts& products = ELMAN_FAMILY(instructions, chains);
  const Expected<T> expected{pointer(marginals), pointer(pairs), pointer(first), pointer(last)};
  nb::gil_scoped_release released;
  Sums<T> sums(chain, products, longest_of(lengths));
  const T* rows = emissions.data();
  for (std::size_t b = 0; b < lengths.size(); ++b) {
    const int64_t steps = lengths.data()[b], done = rows - emissions.data();
    const double log_partition = log_partitions.data()[b] = sums.partition(rows, steps);
    if (expected.marginals) sums.expect(rows, steps, log_partition, expected, expected.marginals + done);
    rows += steps * chain.tags;
  }
  if (expected.marginals) sums.finish(expected);
}

// The scores of given paths.
template <class T>
void score(In<T> emissions, Sizes lengths, In<double> transitions, In<double> starts, In<double> ends,
           In<int64_t> tags, Array<double> scores) {
  const Chain chain{static_cast<int64_t>(starts.size()), transitions.data(), starts.data(), ends.data()};
  nb::gil_scoped_release released;
  const T* row = emissions.data();
  const int64_t* tag = tags.data();
  for (std::size_t b = 0; b < lengths.size(); ++b) {
    const int64_t steps = lengths.data()[b];
    double total = steps ? chain.starts[tag[0]] + chain.ends[tag[steps - 1]] : 0.0;
    for (int64_t t = 0; t < steps; ++t) {
      total += static_cast<double>(row[t * chain.tags + tag[t]]) + (t ? chain.pair(tag[t - 1], tag[t]) : 0.0);
    }
    scores.data()[b] = total;
    row += steps * chain.tags, tag += steps;
  }
}

// NaN where one of some numbers is, else 0.
template <class T>
double strange_of(const T* numbers, int64_t count) {
  bool strange = false;
  for (int64_t k = 0; k < count; ++k) strange |= numbers[k] != numbers[k];
  return strange ? std::numeric_limits<double>::quiet_NaN() : 0.0;
}

double strange_of(const In<double>& numbers) {
  return strange_of(numbers.data(), static_cast<int64_t>(numbers.size()));
}

// The best path of each sentence, of equal ones that with the smallest last tag, and so on backwards.
template <class T>
void viterbi(int instructions, In<T> emissions, Sizes lengths, In<double> transitions, In<double> starts,
             In<double> ends, Array<int64_t> tags, Array<double> scores) {
  const int64_t K = static_cast<int64_t>(starts.size()), width = (K + 7) / 8 * 8;
  const elman::ChainProducts& products = ELMAN_FAMILY(instructions, chains);
  nb::gil_scoped_release released;
  double* const matrix = scratch<double>((K + 2 + longest_of(lengths)) * width);
  double *const now = matrix + K * width, *const best = now + width;
  // Which tag came before: eight bytes each, as the scores that they are chosen with.
  auto* const origins = reinterpret_cast<int64_t*>(best + width);
  std::fill_n(matrix, (K + 2) * width, 0.0);
  for (int64_t i = 0; i < K; ++i) std::copy_n(transitions.data() + i * K, K, matrix + i * width);
  // No comparison lets NaN through: what is strange is added at the end.
  const double strange = strange_of(transitions) + strange_of(starts) + strange_of(ends);
  const T* row = emissions.data();
  int64_t* tag = tags.data();
  for (std::size_t b = 0; b < lengths.size(); ++b) {
    const int64_t steps = lengths.data()[b];
    scores.data()[b] = 0;
    if (steps == 0) continue;
    for (int64_t j = 0; j < K; ++j) now[j] = starts.data()[j] + static_cast<double>(row[j]);
    for (int64_t t = 1; t < steps; ++t) {
      products.most(now, matrix, K, width, best, origins + t * width);
      for (int64_t j = 0; j < K; ++j) now[j] = best[j] + static_cast<double>(row[t * K + j]);
    }
    int64_t last = 0;
    for (int64_t j = 0; j < K; ++j) {
      now[j] += ends.data()[j];
      if (now[j] > now[last]) last = j;
    }
    scores.data()[b] = now[last] + strange + strange_of(row, steps * K);
    for (int64_t t = steps - 1; t >= 0; --t) {
      tag[t] = last;
      if (t > 0) last = origins[t * width + last];
    }
    row += steps * K, tag += steps;
  }
}

template <class T>
void define(nb::module_& m) {
  m.def("crf_likelihood", &likelihood<T>, "instructions"_a, array("emissions"), array("lengths"), array("transitions"),
        array("starts"), array("ends"), array("log_partitions"), array_or_none("marginals"), array_or_none("pairs"),
        array_or_none("first"), array_or_none("last"));
  m.def("crf_score", &score<T>, array("emissions"), array("lengths"), array("transitions"), array("starts"),
        array("ends"), array("tags"), array("scores"));
  m.def("crf_viterbi", &viterbi<T>, "instructions"_a, array("emissions"), array("lengths"), array("transitions"),
        array("starts"), array("ends"), array("tags"), array("scores"));
}

}  // namespace

void elman::define_crf(nb::module_& m) {
  define<float>(m);
  define<double>(m);
}
