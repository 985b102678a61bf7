// Products of matrices, as Python calls them. The shapes were checked by elman.native.matrices.
#include "door.hpp"

namespace {

using elman::Product;

template <class T>
using Matrix = nb::ndarray<const T, nb::ndim<2>, nb::device::cpu>;

template <class T>
void multiply(int instructions, int threads, Matrix<T> left, Matrix<T> right, Array<T> out, bool adds) {
  nb::gil_scoped_release released;
  Product<T> p{};
  p.rows = static_cast<int64_t>(left.shape(0));
  p.depth = static_cast<int64_t>(left.shape(1));
  p.columns = static_cast<int64_t>(right.shape(1));
  p.left = left.data();
  p.transposed = p.depth > 1 && left.stride(1) != 1;
  p.left_stride = left.stride(p.transposed ? 1 : 0);
  p.right = right.data();
  p.right_transposed = p.columns > 1 && right.stride(1) != 1;
  p.right_stride = right.stride(p.right_transposed ? 1 : 0);
  p.out = out.data();
  p.adds = adds;
  if (p.rows == 0 || p.columns == 0) return;
  const Kernels<T>& set = kernels<T>(instructions);
  const int team = useful_threads(p.rows * p.depth * p.columns, threads);
  p.scratch = scratch<T>(set.product_scratch(p, team));
  together(team, [&](Member me) { set.multiply(p, me); });
}

}  // namespace

void elman::define_matrices(nb::module_& m) {
  m.def("multiply", &multiply<float>, "instructions"_a, "threads"_a, array("left"), array("right"), array("out"), "adds"_a);
  m.def("multiply", &multiply<double>, "instructions"_a, "threads"_a, array("left"), array("right"), array("out"), "adds"_a);
}
