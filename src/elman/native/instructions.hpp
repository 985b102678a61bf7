// What each instruction set offers.
#pragma once

#include "matrices.hpp"
#include "stack.hpp"

namespace elman {

template <class T>
struct Kernels {
  // Sequences: values that `scratch` must hold, and both directions.
  int64_t (*forward_scratch)(const Sequence<T>&, int threads);
  int64_t (*backward_scratch)(const Sequence<T>&, int threads);
  void (*forward)(const Sequence<T>&, Member);
  void (*backward)(const Gradient<T>&, Member);
  // Steps: values of a packed matrix (gates x units, depth) of a kind, packing it, and one step of a model.
  int64_t (*packed_size)(Kind, int64_t units, int64_t depth);
  void (*pack)(Kind, const T* weight, int64_t units, int64_t depth, T* out);
  void (*step)(const Step<T>&, Member);
  // Products of matrices: values that `scratch` must hold, and the product.
  int64_t (*product_scratch)(const Product<T>&, int threads);
  void (*multiply)(const Product<T>&, Member);
};

struct Instructions {
  const char* name;
  Kernels<float> single;
  Kernels<double> twice;
};

}  // namespace elman
