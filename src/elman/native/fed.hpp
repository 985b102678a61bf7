// A recurrence that is fed with what it reads of a source, forwards: two barriers a time step. What a sequence reads and
// gives is made by one thread, from its own state.
#pragma once

#include "attention.hpp"
#include "forward.hpp"
#include "looking.hpp"
#include "shares.hpp"

namespace {

using elman::Fed;

// Where the packed matrices and the states of a call lie in its memory.
template <class Cell, class T>
struct FedLayout {
  int64_t fed, fed_width;  // F, and what a row of it takes
  int64_t key_width, hidden_width;
  int64_t recurrence, weight_fed, weight_query, weight_join, end;

  FedLayout(const Fed<T>& f, int64_t recurrence_scratch)
      : fed(f.after ? f.of.hidden : f.attention.width), fed_width(padded<T>(fed)),
        key_width(padded<T>(f.attention.key_width)), hidden_width(padded<T>(f.of.hidden)) {
    const int64_t H = f.of.hidden;
    recurrence = 0;
    weight_fed = padded<T>(recurrence_scratch);
    weight_query = weight_fed + padded<T>(Layout<Cell, T>(f.of).row_size * fed);
    weight_join = weight_query + (f.attention.weight_query ? padded<T>(rounded_up(f.attention.key_width, lanes<T>) * H) : 0);
    end = weight_join + (f.after ? padded<T>(rounded_up(H, lanes<T>) * (H + f.attention.width)) : 0);
  }
};

template <class Cell, class T>
int64_t fed_forward_scratch(const Fed<T>& f) {
  const FedLayout<Cell, T> layout(f, forward_scratch<Cell, T>(f.of));
  return layout.end + f.of.batch * (layout.fed_width + layout.key_width + padded<T>(f.attention.places)) + 64;
}

template <class Cell, class T>
class FedForward : Forward<Cell, T> {
  using Base = Forward<Cell, T>;
  using Base::first_, Base::h_, Base::h_next_, Base::me_, Base::s_, Base::staying_, Base::G, Base::L;
  using V = Vector<T>;

 public:
  FedForward(const Fed<T>& f, Member me)
      : Base(f.of, me), f_(f), looking_(f.attention), places_(f, forward_scratch<Cell, T>(f.of)),
        packed_fed_(f.scratch + places_.weight_fed), packed_query_(f.scratch + places_.weight_query),
        packed_join_(f.scratch + places_.weight_join), fed_(f.scratch + places_.end),
        queries_(fed_ + f.of.batch * places_.fed_width),
        weights_(queries_ + f.of.batch * places_.key_width) {}

  void run() {
    int64_t ready = 0;
    Base::prepare();
    prepare();
    meet(me_);
    Base::over_time([&](int64_t step, int64_t rows) {
      if (step == ready) ready = Base::project(step);
      if (f_.after) {
        keep(rows);
      } else {
        look(rows, h_);
        meet(me_);
      }
      for_blocks<Cell::vectors>(Base::layout_.panels, rows, me_, [&](auto vectors, int64_t first, int64_t row, int64_t count) {
        constexpr int U = decltype(vectors)::value;
        this->template block<U>(first, row, count, [&](Block<T, G * U>& block) {
          multiply<T, G * U>(block, count, fed_ + row * places_.fed_width, places_.fed_width,
                             packed_fed_ + first * G * L * places_.fed, places_.fed);
        });
      });
      if (!f_.after) return;
      meet(me_);
      look(rows, h_next_);
      join(rows);
    });
  }

 private:
  void prepare() {
    const int64_t H = s_.hidden;
    pack_panels(packed_fed_, f_.weight_fed, G, Base::layout_.panels, H, places_.fed, me_);
    if (f_.attention.weight_query) {
      const int64_t K = f_.attention.key_width;
      pack_panels(packed_query_, f_.attention.weight_query, 1, panels_of<T>(K, shared_vectors), K, H, me_);
    }
    if (!f_.after) return;
    pack_panels(packed_join_, f_.weight_join, 1, panels_of<T>(H, shared_vectors), H, H + f_.attention.width, me_);
    const Share mine(s_.batch, me_);
    for (int64_t b = mine.first; b < mine.first + mine.count; ++b) {
      __builtin_memcpy(fed_ + b * places_.fed_width, f_.y_first + b * H, H * sizeof(T));
      __builtin_memcpy(f_.y_last + b * H, f_.y_first + b * H, H * sizeof(T));
    }
  }

  // Keeps y_{t-1} for the gradient of the weights.
  void keep(int64_t rows) const {
    const Share mine(rows, me_);
    for (int64_t row = mine.first; f_.entering && row < mine.first + mine.count; ++row) {
      T* const to = f_.entering + (first_ + row) * s_.hidden;
      __builtin_memcpy(to, fed_ + row * places_.fed_width, s_.hidden * sizeof(T));
    }
  }

  // What this thread's sequences read with their states.
  void look(int64_t rows, const T* states) const {
    const Share mine(rows, me_);
    const auto& a = f_.attention;
    const int64_t width = Base::layout_.width;
    if (a.weight_query) {
      own_product<T>(a.key_width, mine, states, width, packed_query_, s_.hidden, [](int64_t, int64_t) { return V{}; },
                     [&](V sum, int64_t row, int64_t k) {
        store(queries_ + row * places_.key_width + k, sum, places_.key_width - k);
        if (f_.queries) store(f_.queries + (first_ + row) * a.key_width + k, sum, a.key_width - k);
      });
    }
    for (int64_t row = mine.first; row < mine.first + mine.count; ++row) {
      const T* const query = a.weight_query ? queries_ + row * places_.key_width : states + row * width;
      T* const weights = f_.weights ? f_.weights + (first_ + row) * a.places : weights_ + row * padded<T>(a.places);
      T* const context = f_.context + (first_ + row) * a.width;
      looking_.read(row, query, weights, context);
      if (!f_.after) __builtin_memcpy(fed_ + row * places_.fed_width, context, a.width * sizeof(T));
    }
  }

  // y of this thread's sequences.
  void join(int64_t rows) const {
    constexpr int N = shared_vectors;
    const Share mine(rows, me_);
    const int64_t H = s_.hidden, D = f_.attention.width;
    for_blocks<N>(panels_of<T>(H, N), mine.count, Member{0, 1, nullptr},
                  [&](auto vectors, int64_t first, int64_t place, int64_t count) {
      constexpr int M = decltype(vectors)::value;
      const int64_t row = mine.first + place;
      Block<T, M> block;
      for (int64_t m = 0; m < count; ++m) {
        for (int n = 0; n < M; ++n) block.sums[m][n] = load(f_.bias_join + (first + n) * L, H - (first + n) * L);
      }
      const T* const panel = packed_join_ + first * L * (H + D);
      multiply<T, M>(block, count, h_next_ + row * Base::layout_.width, Base::layout_.width, panel, H);
      multiply<T, M>(block, count, f_.context + (first_ + row) * D, D, panel + H * M * L, D);
      for (int64_t m = 0; m < count; ++m) {
        for (int n = 0; n < M; ++n) give(tanh(block.sums[m][n]), row + m, (first + n) * L);
      }
    });
  }

  void give(V y, int64_t row, int64_t unit) const {
    const int64_t H = s_.hidden, count = H - unit;
    store(fed_ + row * places_.fed_width + unit, y, places_.fed_width - unit);
    store(f_.y + (first_ + row) * H + unit, y, count);
    if (row >= staying_) store(f_.y_last + row * H + unit, y, count);
  }

  const Fed<T>& f_;
  const Looking<T> looking_;
  const FedLayout<Cell, T> places_;
  T* const packed_fed_;
  T* const packed_query_;
  T* const packed_join_;
  T* const fed_;      // what enters the next step of each sequence
  T* const queries_;
  T* const weights_;
};

}  // namespace
