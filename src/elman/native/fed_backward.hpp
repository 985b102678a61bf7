// The same, backwards: gradients of what was read and of the gates, then of the state before, with a barrier after each.
#pragma once

#include "backward.hpp"
#include "fed.hpp"

namespace {

using elman::FedGradient;

// Where the packed matrices of a call and the rows of its threads lie in its memory.
template <class Cell, class T>
struct FedBackwardLayout {
  int64_t fed, key_width, width, places;
  int64_t weight_fed, weight_query, join_h, join_c, context, slopes, sums, end;

  FedBackwardLayout(const FedGradient<T>& g, int threads)
      : fed(g.of.after ? g.of.of.hidden : g.of.attention.width), key_width(padded<T>(g.of.attention.key_width)),
        width(padded<T>(g.of.attention.width)), places(padded<T>(g.of.attention.places)) {
    const int64_t H = g.of.of.hidden, L = lanes<T>, columns = rounded_up(H, L), rows = Cell::gates * H;
    const auto& a = g.of.attention;
    weight_fed = padded<T>(backward_scratch<Cell, T>(g.of.of, threads));
    weight_query = weight_fed + padded<T>(rows * rounded_up(fed, L));
    join_h = weight_query + (a.weight_query ? padded<T>(a.key_width * columns) : 0);
    join_c = join_h + (g.of.after ? padded<T>(H * columns) : 0);
    context = join_c + (g.of.after ? padded<T>(H * rounded_up(a.width, L)) : 0);
    slopes = context + g.of.of.batch * width;
    sums = slopes + threads * places;
    end = sums + threads * key_width;
  }
};

template <class Cell, class T>
int64_t fed_backward_scratch(const FedGradient<T>& g, int threads) {
  return FedBackwardLayout<Cell, T>(g, threads).end + 64;
}

template <class Cell, class T>
class FedBackward : Backward<Cell, T> {
  using Base = Backward<Cell, T>;
  using Base::first_, Base::h_, Base::me_, Base::s_, Base::G, Base::L;
  using V = Vector<T>;

 public:
  FedBackward(const FedGradient<T>& g, Member me)
      : Base(g.recurrence, me), f_(g), a_(g.of.attention), looking_(g.of.attention), at_(g, me.count),
        packed_fed_(g.scratch + at_.weight_fed), packed_query_(g.scratch + at_.weight_query),
        packed_join_h_(g.scratch + at_.join_h), packed_join_c_(g.scratch + at_.join_c),
        context_(g.scratch + at_.context), slopes_(g.scratch + at_.slopes + me.id * at_.places),
        sums_(g.scratch + at_.sums) {}

  void run() {
    Base::prepare();
    prepare();
    meet(me_);
    int64_t later = 0, first_later = 0;  // the rows of the step after this one
    Base::over_time([&](int64_t rows) {
      const Share mine(rows, me_);
      if (f_.of.after) {
        join(mine, later, first_later);
        look(mine);
        gates(mine);
      } else {
        gates(mine);
        fed(mine, context_, at_.width, first_, [&](int64_t row, int64_t d) {
          return f_.context ? load(f_.context + (first_ + row) * a_.width + d, a_.width - d) : V{};
        });
        look(mine);
      }
      later = rows, first_later = first_;
    });
    Base::finish();
    finish(later, first_later);
  }

 private:
  void prepare() {
    const int64_t H = s_.hidden, D = a_.width;
    pack_columns(packed_fed_, f_.of.weight_fed, at_.fed, panels_of<T>(at_.fed, shared_vectors), at_.fed, G * H, me_);
    if (a_.weight_query) {
      pack_columns(packed_query_, a_.weight_query, H, panels_of<T>(H, shared_vectors), H, a_.key_width, me_);
    }
    if (f_.of.after) {
      pack_columns(packed_join_h_, f_.of.weight_join, H + D, panels_of<T>(H, shared_vectors), H, H, me_);
      pack_columns(packed_join_c_, f_.of.weight_join + H, H + D, panels_of<T>(D, shared_vectors), D, H, me_);
    }
    for (int64_t k = 0; k < at_.key_width; ++k) sums_[me_.id * at_.key_width + k] = 0;
  }

  // What some rows of a step were fed with has the gradient z W, which is added to `given`.
  template <class Given>
  void fed(const Share& mine, T* to, int64_t stride, int64_t first, const Given& given) const {
    own_product<T>(at_.fed, mine, f_.recurrence.z + first * G * s_.hidden, G * s_.hidden, packed_fed_, G * s_.hidden, given,
                   [&](V sum, int64_t row, int64_t k) { store(to + row * stride + k, sum, at_.fed - k); });
  }

  // The gradient of y: of the output, and of what the step after this one was fed with. Then of what was joined.
  void join(const Share& mine, int64_t later, int64_t first_later) const {
    const int64_t H = s_.hidden;
    fed(mine.up_to(later), f_.y_state, H, first_later, zero);
    for (int64_t row = mine.first; row < mine.first + mine.count; ++row) {
      T* const slopes = f_.join + (first_ + row) * H;
      for (int64_t k = 0; k < H; k += L) {
        V d = load(f_.y_state + row * H + k, H - k);
        if (f_.y) d += load(f_.y + (first_ + row) * H + k, H - k);
        const V y = load(f_.of.y + (first_ + row) * H + k, H - k);
        store(slopes + k, d * (1 - y * y), H - k);
      }
    }
    const T* const slopes = f_.join + first_ * H;
    own_product<T>(H, mine, slopes, H, packed_join_h_, H, zero, [&](V sum, int64_t row, int64_t k) { add(sum, row, k); });
    own_product<T>(a_.width, mine, slopes, H, packed_join_c_, H, zero, [&](V sum, int64_t row, int64_t d) {
      store(context_ + row * at_.width + d, sum, a_.width - d);
    });
  }

  // The gradients of the query, and through it of the state, of values and keys.
  void look(const Share& mine) const {
    const int64_t H = s_.hidden, K = a_.key_width;
    const T* const states = f_.of.after ? s_.output : s_.entering;
    for (int64_t row = mine.first; row < mine.first + mine.count; ++row) {
      const int64_t here = first_ + row;
      looking_.back(row, a_.weight_query ? f_.of.queries + here * K : states + here * H, f_.of.weights + here * a_.places,
                    context_ + row * at_.width, f_.queries + here * K, f_.values, f_.keys,
                    sums_ + me_.id * at_.key_width, slopes_);
      for (int64_t k = 0; !a_.weight_query && k < H; k += L) add(load(f_.queries + here * K + k, H - k), row, k);
    }
    if (!a_.weight_query) return;
    own_product<T>(H, mine, f_.queries + first_ * K, K, packed_query_, K, zero,
                   [&](V sum, int64_t row, int64_t k) { add(sum, row, k); });
  }

  void gates(const Share& mine) {
    for (int64_t row = mine.first; row < mine.first + mine.count; ++row) {
      for (int64_t vector = 0; vector < Base::layout_.vectors; ++vector) Base::slopes(vector * L, row);
    }
  }

  // Adds to the gradient of a state.
  void add(V sum, int64_t row, int64_t unit) const {
    T* const h = h_ + row * Base::layout_.width + unit;
    store(h, load(h) + sum);
  }

  // The gradient of the first y, and the sums of all threads.
  void finish(int64_t rows, int64_t first) const {
    if (f_.of.after) {
      fed(Share(rows, me_), f_.y_state, s_.hidden, first, zero);
    }
    if (me_.id > 0 || !f_.vector) return;
    for (int64_t k = 0; k < a_.key_width; ++k) {
      f_.vector[k] = 0;
      for (int thread = 0; thread < me_.count; ++thread) f_.vector[k] += sums_[thread * at_.key_width + k];
    }
  }

  static V zero(int64_t, int64_t) { return V{}; }

  const FedGradient<T>& f_;
  const Attention<T>& a_;
  const Looking<T> looking_;
  const FedBackwardLayout<Cell, T> at_;
  T* const packed_fed_;
  T* const packed_query_;
  T* const packed_join_h_;
  T* const packed_join_c_;
  T* const context_;  // gradients of what was read in this step
  T* const slopes_;
  T* const sums_;     // of the vector, of each thread
};

}  // namespace
