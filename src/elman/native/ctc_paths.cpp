// Sums over all alignments of an utterance for one instruction set. This file is compiled once for each, with ELMAN_SET
// its name.
//
//   B_t(u) = p_t(blank) (B(u) + L(u))                           all of u labels, then a blank
//   L_t(u) = p_t(y_u) (L(u) + B(u-1) + [y_u != y_{u-1}] L(u-1))    ending with label u
//   P = B_T(U) + L_T(U)
//
// A number is m 2^e with a whole e of its own, each in a double: no sum needs a logarithm, none underflows, and labels
// and blanks lie in registers apart, so that nothing is gathered but the probabilities of the labels.
#include "ctc_paths.hpp"

#include "vector.hpp"

#include <cmath>

namespace {

using elman::Utterance;
using V = Vector<double>;
using Bits = Register<double>::I;
constexpr int64_t L = lanes<double>, pad = 8;

// The exponent of what cannot be: that of no product of probabilities comes near.
constexpr double never = -1e15, possible = -1e14;
constexpr double magic = 6755399441055744.0;  // 1.5 x 2^52: adding it rounds to an integer, which then stands in the low bits
constexpr int64_t between_normalizing = 16;   // m grows at most by 9 a step

struct Scaled {
  V m, e;
};

// Some numbers side by side, with `pad` places before the first and behind the last.
struct Numbers {
  double *m, *e;
  Scaled at(int64_t u) const { return {load(m + u), load(e + u)}; }
  void put(int64_t u, Scaled x) const { store(m + u, x.m), store(e + u, x.e); }
};

inline V larger(V a, V b) { return a > b ? a : b; }

// 2^e for a whole e below 1000; 2^-1000 for all that are less.
inline V power(V e) {
  const V moved = larger(e, splat(-1000.0)) + magic;
  return reinterpret_cast<V>((reinterpret_cast<Bits>(moved) + 1023) << 52);
}

inline Scaled sum(Scaled a, Scaled b) {
  const V e = larger(a.e, b.e);
  return {a.m * power(a.e - e) + b.m * power(b.e - e), e};
}

inline Scaled sum(Scaled a, Scaled b, Scaled c) {
  const V e = larger(larger(a.e, b.e), c.e);
  return {a.m * power(a.e - e) + b.m * power(b.e - e) + c.m * power(c.e - e), e};
}

inline Scaled product(Scaled a, Scaled b) { return {a.m * b.m, a.e + b.e}; }

// The same number with 1 <= m < 2.
inline Scaled normalized(Scaled x) {
  const Bits bits = reinterpret_cast<Bits>(x.m), exponent = (bits >> 52) - 1023;
  const Bits whole = exponent + 0x4338000000000000;
  return {reinterpret_cast<V>(bits - (exponent << 52)), x.e + (reinterpret_cast<V>(whole) - magic)};
}

// e^x
inline Scaled scaled_exp(V x) {
  const V y = larger(x * 1.4426950408889634, splat(never));
  const V e = (y + magic) - magic;
  const auto fine = exponential((y - e) * 0.6931471805599453);
  return {fine.scale + fine.scale * fine.rest, e};
}

inline int64_t up(int64_t count) { return (count + 7) / 8 * 8; }

template <class T>
class Paths {
 public:
  explicit Paths(const Utterance<T>& of)
      : of_(of), width_(up(of.labels + 1)), stride_(width_ + 2 * pad), wide_(up(of.symbols)) {
    double* room = of.scratch;
    const auto take = [&](int64_t count) {
      double* const here = room;
      room += count;
      return here;
    };
    row_ = take(wide_), normalizers_ = take(up(of.frames)), skips_ = take(stride_) + pad, gammas_ = take(stride_);
    labels_ = numbers(take(2 * stride_));
    history_ = room;
    for (int64_t u = -pad; u < width_ + pad; ++u) {
      skips_[u] = u > 1 && u <= of.labels && of.target[u - 1] != of.target[u - 2] ? 0.0 : never;
    }
    for (int64_t k = of.symbols; k < wide_; ++k) row_[k] = -INFINITY;
  }

  static int64_t room(int64_t frames, int64_t symbols, int64_t labels, bool learns) {
    const int64_t stride = up(labels + 1) + 2 * pad, steps = learns ? frames + 3 : 2;
    return up(symbols) + up(frames) + 4 * stride + 4 * steps * stride;
  }

  double run() {
    const int64_t frames = of_.frames;
    clear(0, 0);
    for (int64_t t = 0; t < frames; ++t) {
      if (!read(t)) return refused(NAN);
      emit(t);
      forward(t);
    }
    double m, e;
    const int64_t last = place(frames);
    total(blanks(last), states(last), &m, &e);
    if (e < possible) return refused(INFINITY);
    if (of_.gradient) {
      for (int64_t t = frames - 1, now = frames + 1; t >= 0; --t, now = 2 * frames + 3 - now) {
        if (t == frames - 1) clear(now, of_.labels);
        emit(t);
        backward(t, now, 2 * frames + 3 - now, m, e);
      }
    }
    return -(std::log(m) + e * 0.6931471805599453);
  }

 private:
  static constexpr int halves[] = {0, 2};  // where blanks and labels of a step lie

  Numbers numbers(double* here) const { return {here + pad, here + stride_ + pad}; }
  Numbers blanks(int64_t step) const { return numbers(history_ + 4 * step * stride_); }
  Numbers states(int64_t step) const { return numbers(history_ + (4 * step + 2) * stride_); }
  int64_t place(int64_t step) const { return of_.gradient ? step : step % 2; }

  // Nothing is possible in a step, but that `u` labels are there and a blank follows.
  void clear(int64_t step, int64_t u) const {
    for (const int half : halves) {
      const Numbers some = numbers(history_ + (4 * step + half) * stride_);
      for (int64_t v = -pad; v < width_ + pad; ++v) some.m[v] = 1.0, some.e[v] = never;
    }
    blanks(step).e[u] = 0.0;
  }

  void clear_sides(int64_t step) const {
    const Scaled nothing{splat(1.0), splat(never)};
    for (const int half : halves) {
      const Numbers some = numbers(history_ + (4 * step + half) * stride_);
      for (int64_t u = 0; u < pad; u += L) some.put(u - pad, nothing), some.put(width_ + u, nothing);
    }
  }

  // Takes the logits of a frame: log Σ exp, and the softmax where the gradient will be.
  bool read(int64_t t) const {
    const T* const logits = of_.logits + t * of_.symbols;
    for (int64_t k = 0; k < of_.symbols; ++k) row_[k] = static_cast<double>(logits[k]);
    V most = load(row_), sum{};
    for (int64_t k = L; k < wide_; k += L) most = larger(load(row_ + k), most);
    double largest = most[0], rest = 0;
    for (int64_t j = 1; j < L; ++j) largest = most[j] > largest ? most[j] : largest;
    for (int64_t k = 0; k < wide_; k += L) {
      const auto e = exponential(load(row_ + k) - largest);
      const V share = e.scale + e.scale * e.rest;
      store(row_ + k, share);
      sum += share;
    }
    for (int64_t j = 0; j < L; ++j) rest += sum[j];
    normalizers_[t] = largest + std::log(rest);
    if (of_.gradient) {
      T* const out = of_.gradient + t * of_.symbols;
      const double scale = 1.0 / rest;
      for (int64_t k = 0; k < of_.symbols; ++k) out[k] = static_cast<T>(row_[k] * scale);
    }
    for (int64_t k = of_.symbols; k < wide_; ++k) row_[k] = -INFINITY;
    return normalizers_[t] - normalizers_[t] == 0.0;
  }

  // Takes the probabilities of blank and labels at a frame.
  void emit(int64_t t) {
    const T* const logits = of_.logits + t * of_.symbols;
    const double normalizer = normalizers_[t];
    double* const x = labels_.m;
    x[0] = -INFINITY;
    for (int64_t u = 0; u < of_.labels; ++u) x[u + 1] = static_cast<double>(logits[of_.target[u]]) - normalizer;
    for (int64_t u = of_.labels + 1; u < width_; ++u) x[u] = -INFINITY;
    for (int64_t u = 0; u < width_; u += L) labels_.put(u, scaled_exp(load(x + u)));
    blank_ = scaled_exp(splat(static_cast<double>(logits[of_.blank]) - normalizer));
  }

  void forward(int64_t t) const {
    const int64_t from = place(t), to = place(t + 1);
    const Numbers b = blanks(from), l = states(from), blanks_to = blanks(to), labels_to = states(to);
    const bool normalizes = t % between_normalizing == 0;
    clear_sides(to);
    for (int64_t u = 0; u < width_; u += L) {
      Scaled skipped = l.at(u - 1);
      skipped.e += load(skips_ + u);
      Scaled blank = product(sum(b.at(u), l.at(u)), blank_);
      Scaled label = product(sum(l.at(u), b.at(u - 1), skipped), labels_.at(u));
      if (normalizes) blank = normalized(blank), label = normalized(label);
      blanks_to.put(u, blank);
      labels_to.put(u, label);
    }
  }

  // B_T(U) + L_T(U) as m 2^e.
  void total(Numbers b, Numbers l, double* m, double* e) const {
    const int64_t u = of_.labels;
    *e = b.e[u] > l.e[u] ? b.e[u] : l.e[u];
    *m = std::ldexp(b.m[u], shift(b.e[u] - *e)) + std::ldexp(l.m[u], shift(l.e[u] - *e));
  }

  static int shift(double e) { return e < -2000.0 ? -2000 : static_cast<int>(e); }

  // One step back: what follows each state, times what led there, is its share of P; it leaves the gradient.
  void backward(int64_t t, int64_t from, int64_t to, double m, double e) {
    const Numbers b = blanks(from), l = states(from), blanks_to = blanks(to), labels_to = states(to);
    const Numbers seen_blanks = blanks(t + 1), seen_labels = states(t + 1);
    const bool normalizes = t % between_normalizing == 0;
    const V scale = splat(1.0 / m);
    V share{};
    clear_sides(to);
    for (int64_t u = 0; u < width_; u += L) {
      Scaled skipped = l.at(u + 1);
      const Scaled next = skipped;
      skipped.e += load(skips_ + u + 1);
      Scaled blank = sum(b.at(u), next), label = sum(l.at(u), b.at(u), skipped);
      const Scaled both = product(blank, seen_blanks.at(u)), gamma = product(label, seen_labels.at(u));
      share += both.m * power(both.e - e) * scale;
      store(gammas_ + u, gamma.m * power(gamma.e - e) * scale);
      blank = product(blank, blank_), label = product(label, labels_.at(u));
      if (normalizes) blank = normalized(blank), label = normalized(label);
      blanks_to.put(u, blank);
      labels_to.put(u, label);
    }
    T* const out = of_.gradient + t * of_.symbols;
    double every = 0;
    for (int64_t j = 0; j < L; ++j) every += share[j];
    out[of_.blank] -= static_cast<T>(every);
    for (int64_t u = 0; u < of_.labels; ++u) out[of_.target[u]] -= static_cast<T>(gammas_[u + 1]);
  }

  double refused(double nats) const {
    const T value = nats == nats ? T(0) : static_cast<T>(NAN);
    for (int64_t k = 0; of_.gradient && k < of_.frames * of_.symbols; ++k) of_.gradient[k] = value;
    return nats;
  }

  const Utterance<T>& of_;
  const int64_t width_, stride_, wide_;
  double *row_, *normalizers_, *skips_, *gammas_, *history_;
  Numbers labels_;
  Scaled blank_;
};

template <class T>
double nats(const Utterance<T>& of) {
  return Paths<T>(of).run();
}

}  // namespace

#define ELMAN_JOINED(set, name) set##name
#define ELMAN_JOIN(set, name) ELMAN_JOINED(set, name)

namespace elman {
extern const CtcPaths ELMAN_JOIN(ELMAN_SET, _ctc);
const CtcPaths ELMAN_JOIN(ELMAN_SET, _ctc) = {Paths<double>::room, nats<float>, nats<double>};
}  // namespace elman
