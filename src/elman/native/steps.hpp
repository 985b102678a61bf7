// One step of a stack of layers, for few sequences at a time: every weight is read once.
#pragma once

#include "product.hpp"
#include "stack.hpp"
#include "units.hpp"

namespace {

using elman::Layer;
using elman::Linear;
using elman::Step;

template <class Cell, class T>
class LayerStep {
 public:
  LayerStep(const Step<T>& step, int64_t number, Member me)
      : step_(step), layer_(step.layers[number]), number_(number), me_(me),
        h_(step.h[number] + (step.turn ? step.batch * step.width : 0)),
        h_next_(step.h[number] + (step.turn ? 0 : step.batch * step.width)), c_(step.c[number]) {}

  void run() {
    const Panels panels = panels_of<T>(layer_.hidden, Cell::vectors);
    for_blocks<Cell::vectors>(panels, step_.batch, me_, [&](auto vectors, int64_t first, int64_t row, int64_t count) {
      this->template block<decltype(vectors)::value>(first, row, count);
    });
  }

 private:
  using V = Vector<T>;
  static constexpr int G = Cell::gates;
  static constexpr int64_t L = lanes<T>;

  template <int U>
  void block(int64_t first, int64_t row, int64_t count) {
    constexpr int N = G * U;
    const int64_t H = layer_.hidden;
    Block<T, N> block;
    V x[most_rows]{};  // of the GRU: the input's part of n
    for (int64_t m = 0; m < count; ++m) {
      const T* const start = layer_.table ? layer_.table + step_.tokens[row + m] * G * H : layer_.bias;
      for (int n = 0; n < N; ++n) {
        const int64_t unit = (first + n % U) * L;
        block.sums[m][n] = load(start + (n / U) * H + unit, H - unit);
      }
    }
    if (!layer_.table) {
      const int64_t stride = number_ == 0 ? layer_.inputs : step_.width;
      const T* const input = number_ == 0 ? step_.input : below();
      multiply<T, N>(block, count, input + row * stride, stride, layer_.from_input + first * G * L * layer_.inputs,
                     layer_.inputs);
    }
    if constexpr (Cell::has_inner) {
      for (int64_t m = 0; m < count; ++m) {
        x[m] = block.sums[m][N - 1];
        block.sums[m][N - 1] = load(layer_.inner_bias + first * L, H - first * L);
      }
    }
    multiply<T, N>(block, count, h_ + row * step_.width, step_.width, layer_.from_state + first * G * L * H, H);
    for (int64_t m = 0; m < count; ++m) {
      for (int u = 0; u < U; ++u) {
        V z[G];
        for (int g = 0; g < G; ++g) z[g] = block.sums[m][g * U + u];
        finish(z, x[m], (first + u) * L, (row + m) * step_.width);
      }
    }
  }

  const T* below() const {
    return step_.h[number_ - 1] + (step_.turn ? 0 : step_.batch * step_.width);
  }

  void finish(V (&z)[G], V x, int64_t unit, int64_t row) {
    const int64_t count = layer_.hidden - unit, place = row + unit;
    Units<T> u;
    u.h_old = load(h_ + place);
    if constexpr (Cell::has_memory) u.c_old = load(c_ + place);
    if constexpr (Cell::has_inner) u.x = x;
    if constexpr (Cell::has_peepholes) {
      for (int p = 0; p < 3; ++p) u.peephole[p] = load(layer_.peephole + p * layer_.hidden + unit, count);
    }
    Cell::forward(z, u);
    store(h_next_ + place, layer_.h_stays * u.h_old + (1 - layer_.h_stays) * u.h);
    if constexpr (Cell::has_memory) store(c_ + place, layer_.c_stays * u.c_old + (1 - layer_.c_stays) * u.c);
  }

  const Step<T>& step_;
  const Layer<T>& layer_;
  const int64_t number_;
  const Member me_;
  const T* const h_;
  T* const h_next_;
  T* const c_;
};

template <class T>
void apply_linear(const Linear<T>& linear, const T* input, int64_t stride, T* out, int64_t batch, Member me) {
  constexpr int64_t L = lanes<T>;
  for_blocks<4>(panels_of<T>(linear.outputs, 4), batch, me, [&](auto vectors, int64_t first, int64_t row, int64_t count) {
    constexpr int N = decltype(vectors)::value;
    Block<T, N> block;
    for (int64_t m = 0; m < count; ++m) {
      for (int n = 0; n < N; ++n) block.sums[m][n] = load(linear.bias + (first + n) * L, linear.outputs - (first + n) * L);
    }
    multiply<T, N>(block, count, input + row * stride, stride, linear.weight + first * L * linear.inputs, linear.inputs);
    for (int64_t m = 0; m < count; ++m) {
      for (int n = 0; n < N; ++n) {
        const int64_t unit = (first + n) * L;
        store(out + (row + m) * linear.outputs + unit, block.sums[m][n], linear.outputs - unit);
      }
    }
  });
}

}  // namespace
