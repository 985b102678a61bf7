// Whole sequences, as Python calls them. The shapes were checked by elman.native.recurrences.
#include "door.hpp"

namespace {

using elman::Gradient;
using elman::Sequence;

template <class T>
elman::Mask<T> mask(const Maybe<T>& values, int64_t rows) {
  return {pointer<T>(values), values && static_cast<int64_t>(values->shape(0)) == rows};
}

std::vector<int64_t> starts(const Sizes& sizes) {
  std::vector<int64_t> first(sizes.shape(0));
  int64_t row = 0;
  for (std::size_t t = 0; t < first.size(); ++t) {
    first[t] = row;
    row += sizes.data()[t];
  }
  return first;
}

template <class T>
Sequence<T> sequence(int kind, const Sizes& sizes, const std::vector<int64_t>& first, bool backwards,
                     const Array<T>& weight, const Array<T>& h_first) {
  Sequence<T> s{};
  s.kind = static_cast<Kind>(kind);
  s.steps = static_cast<int64_t>(sizes.shape(0));
  s.batch = static_cast<int64_t>(h_first.shape(0));
  s.hidden = static_cast<int64_t>(h_first.shape(1));
  s.sizes = sizes.data();
  s.first = first.data();
  s.backwards = backwards;
  s.weight = weight.data();
  s.h_first = h_first.data();
  return s;
}

template <class T>
void forward(int instructions, int threads, int kind, Sizes sizes, bool backwards, Array<T> input, Array<T> weight_ih,
             Array<T> weight, Maybe<T> bias, Maybe<T> inner_bias, Maybe<T> peephole, Array<T> h_first, Maybe<T> c_first, Maybe<T> entering_mask,
             Maybe<T> candidate_mask, Maybe<T> h_stays, Maybe<T> c_stays, Array<T> output,
             Maybe<T> memory, Maybe<T> gates, Maybe<T> inner, Maybe<T> entering, Array<T> h_last, Maybe<T> c_last) {
  nb::gil_scoped_release released;
  const auto first = starts(sizes);
  const auto rows = static_cast<int64_t>(input.shape(0));
  Sequence<T> s = sequence<T>(kind, sizes, first, backwards, weight, h_first);
  s.inputs = static_cast<int64_t>(input.shape(1));
  s.input = input.data();
  s.weight_ih = weight_ih.data();
  s.bias = pointer<T>(bias);
  s.inner_bias = pointer<T>(inner_bias);
  s.peephole = pointer<T>(peephole);
  s.c_first = pointer<T>(c_first);
  s.entering_mask = mask<T>(entering_mask, rows);
  s.candidate_mask = mask<T>(candidate_mask, rows);
  s.h_stays = mask<T>(h_stays, rows);
  s.c_stays = mask<T>(c_stays, rows);
  s.output = output.data();
  s.memory = pointer<T>(memory);
  s.gates = pointer<T>(gates);
  s.inner = pointer<T>(inner);
  s.entering = pointer<T>(entering);
  s.h_last = h_last.data();
  s.c_last = pointer<T>(c_last);
  const Kernels<T>& set = kernels<T>(instructions);
  s.scratch = scratch<T>(set.forward_scratch(s));
  const int64_t a_step = s.batch * static_cast<int64_t>(weight.size());
  together(useful_threads(a_step, threads), [&](Member me) { set.forward(s, me); });
}

template <class T>
void backward(int instructions, int threads, int kind, Sizes sizes, bool backwards, Array<T> weight, Maybe<T> peephole,
              Array<T> h_first, Maybe<T> c_first, Maybe<T> entering_mask, Maybe<T> candidate_mask, Maybe<T> h_stays,
              Maybe<T> c_stays, Array<T> output, Maybe<T> memory, Array<T> gates, Maybe<T> inner,
              Maybe<T> d_output, Array<T> d_h, Maybe<T> d_c, Array<T> d_z, Maybe<T> d_inner, Maybe<T> d_bias,
              Maybe<T> d_inner_bias, Maybe<T> d_peephole) {
  nb::gil_scoped_release released;
  const auto first = starts(sizes);
  const auto rows = static_cast<int64_t>(d_z.shape(0));
  Gradient<T> g{};
  g.of = sequence<T>(kind, sizes, first, backwards, weight, h_first);
  Sequence<T>& s = g.of;
  s.peephole = pointer<T>(peephole);
  s.c_first = pointer<T>(c_first);
  s.entering_mask = mask<T>(entering_mask, rows);
  s.candidate_mask = mask<T>(candidate_mask, rows);
  s.h_stays = mask<T>(h_stays, rows);
  s.c_stays = mask<T>(c_stays, rows);
  s.output = output.data();
  s.memory = pointer<T>(memory);
  s.gates = gates.data();
  s.inner = pointer<T>(inner);
  g.output = pointer<T>(d_output);
  g.h = d_h.data();
  g.c = pointer<T>(d_c);
  g.z = d_z.data();
  g.inner = pointer<T>(d_inner);
  g.bias = pointer<T>(d_bias);
  g.inner_bias = pointer<T>(d_inner_bias);
  g.peephole = pointer<T>(d_peephole);
  const Kernels<T>& set = kernels<T>(instructions);
  const int64_t a_step = s.batch * static_cast<int64_t>(weight.size());
  const int team = useful_threads(a_step, threads);
  g.scratch = scratch<T>(set.backward_scratch(s, team));
  together(team, [&](Member me) { set.backward(g, me); });
}

template <class T>
void define(nb::module_& m) {
  m.def("forward", &forward<T>, "instructions"_a, "threads"_a, "kind"_a, "sizes"_a, "backwards"_a, "input"_a,
        "weight_ih"_a, "weight"_a, "bias"_a.none(), "inner_bias"_a.none(), "peephole"_a.none(), "h_first"_a, "c_first"_a.none(), "entering_mask"_a.none(),
        "candidate_mask"_a.none(), "h_stays"_a.none(), "c_stays"_a.none(), "output"_a,
        "memory"_a.none(), "gates"_a.none(), "inner"_a.none(), "entering"_a.none(), "h_last"_a, "c_last"_a.none());
  m.def("backward", &backward<T>, "instructions"_a, "threads"_a, "kind"_a, "sizes"_a, "backwards"_a, "weight"_a,
        "peephole"_a.none(), "h_first"_a, "c_first"_a.none(), "entering_mask"_a.none(), "candidate_mask"_a.none(),
        "h_stays"_a.none(), "c_stays"_a.none(), "output"_a, "memory"_a.none(), "gates"_a,
        "inner"_a.none(), "d_output"_a.none(), "d_h"_a, "d_c"_a.none(), "d_z"_a, "d_inner"_a.none(),
        "d_bias"_a.none(), "d_inner_bias"_a.none(), "d_peephole"_a.none());
}

}  // namespace

void elman::define_recurrences(nb::module_& m) {
  define<float>(m);
  define<double>(m);
}
