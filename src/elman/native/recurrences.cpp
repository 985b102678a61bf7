// Whole sequences, as Python calls them. The shapes were checked by elman.native.recurrences.
#include "door.hpp"

namespace {

using elman::Gradient;
using elman::Sequence;

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
                     const In<T>& weight, const In<T>& h_first) {
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

// The masks of a call, in their order everywhere.
template <class T>
struct Masks {
  MaybeIn<T> entering, candidate;
  bool drops_each_step;
  MaybeIn<T> h_stays, c_stays;
  bool stays_each_step;

  void put(Sequence<T>& s) const {
    s.entering_mask = {pointer(entering), drops_each_step};
    s.candidate_mask = {pointer(candidate), drops_each_step};
    s.h_stays = {pointer(h_stays), stays_each_step};
    s.c_stays = {pointer(c_stays), stays_each_step};
  }
};

template <class T>
void forward(int instructions, int threads, int kind, Sizes sizes, bool backwards, In<T> input, MaybeIn<T> weight_ih,
             In<T> weight, MaybeIn<T> bias, MaybeIn<T> inner_bias, MaybeIn<T> peephole, MaybeIn<T> gain,
             MaybeIn<T> memory_gain, MaybeIn<T> memory_bias, double epsilon, In<T> h_first, MaybeIn<T> c_first, MaybeIn<T> entering_mask, MaybeIn<T> candidate_mask, bool drops_each_step,
             MaybeIn<T> h_stays, MaybeIn<T> c_stays, bool stays_each_step, Array<T> output, Maybe<T> memory,
             Maybe<T> gates, Maybe<T> inner, Maybe<T> entering, Maybe<T> normed_memory,
             Maybe<T> scales, Array<T> h_last, Maybe<T> c_last) {
  nb::gil_scoped_release released;
  const auto first = starts(sizes);
  Sequence<T> s = sequence<T>(kind, sizes, first, backwards, weight, h_first);
  s.inputs = weight_ih ? static_cast<int64_t>(input.shape(1)) : 0;
  s.input = input.data();
  s.weight_ih = pointer(weight_ih);
  s.bias = pointer(bias);
  s.inner_bias = pointer(inner_bias);
  s.peephole = pointer(peephole);
  s.norm = {pointer(gain), pointer(memory_gain), pointer(memory_bias), static_cast<T>(epsilon), pointer(normed_memory), pointer(scales)};
  s.c_first = pointer(c_first);
  Masks<T>{entering_mask, candidate_mask, drops_each_step, h_stays, c_stays, stays_each_step}.put(s);
  s.output = output.data();
  s.memory = pointer(memory);
  s.gates = pointer(gates);
  s.inner = pointer(inner);
  s.entering = pointer(entering);
  s.h_last = h_last.data();
  s.c_last = pointer(c_last);
  const Kernels<T>& set = kernels<T>(instructions);
  const int64_t a_step = s.batch * static_cast<int64_t>(weight.size());
  const int team = useful_threads(a_step, threads);
  s.scratch = scratch<T>(set.forward_scratch(s, team));
  together(team, [&](Member me) { set.forward(s, me); });
}

template <class T>
void backward(int instructions, int threads, int kind, Sizes sizes, bool backwards, In<T> weight, MaybeIn<T> peephole, MaybeIn<T> gain, MaybeIn<T> memory_gain, MaybeIn<T> memory_bias,
              In<T> h_first, MaybeIn<T> c_first, MaybeIn<T> entering_mask, MaybeIn<T> candidate_mask,
              bool drops_each_step, MaybeIn<T> h_stays, MaybeIn<T> c_stays, bool stays_each_step, Array<T> output,
              Maybe<T> memory, Array<T> gates, Maybe<T> inner, Maybe<T> entering, Maybe<T> normed_memory, Maybe<T> scales, MaybeIn<T> d_output, Array<T> d_h, Maybe<T> d_c,
              Array<T> d_z, Maybe<T> d_inner, Maybe<T> d_bias, Maybe<T> d_inner_bias, Maybe<T> d_peephole, Maybe<T> d_gain, Maybe<T> d_memory_gain, Maybe<T> d_memory_bias) {
  nb::gil_scoped_release released;
  const auto first = starts(sizes);
  Gradient<T> g{};
  g.of = sequence<T>(kind, sizes, first, backwards, weight, h_first);
  Sequence<T>& s = g.of;
  s.peephole = pointer(peephole);
  s.norm = {pointer(gain), pointer(memory_gain), pointer(memory_bias), 0, pointer(normed_memory), pointer(scales)};
  s.c_first = pointer(c_first);
  Masks<T>{entering_mask, candidate_mask, drops_each_step, h_stays, c_stays, stays_each_step}.put(s);
  s.output = output.data();
  s.memory = pointer(memory);
  s.gates = gates.data();
  s.inner = pointer(inner);
  s.entering = pointer(entering);
  g.output = pointer(d_output);
  g.h = d_h.data();
  g.c = pointer(d_c);
  g.z = d_z.data();
  g.inner = pointer(d_inner);
  g.bias = pointer(d_bias);
  g.inner_bias = pointer(d_inner_bias);
  g.peephole = pointer(d_peephole);
  g.gain = pointer(d_gain);
  g.memory_gain = pointer(d_memory_gain);
  g.memory_bias = pointer(d_memory_bias);
  const Kernels<T>& set = kernels<T>(instructions);
  const int64_t a_step = s.batch * static_cast<int64_t>(weight.size());
  const int team = useful_threads(a_step, threads);
  g.scratch = scratch<T>(set.backward_scratch(s, team));
  together(team, [&](Member me) { set.backward(g, me); });
}

template <class T>
void define(nb::module_& m) {
  m.def("forward", &forward<T>, "instructions"_a, "threads"_a, "kind"_a, array("sizes"), "backwards"_a, array("input"),
        array_or_none("weight_ih"), array("weight"), array_or_none("bias"), array_or_none("inner_bias"),
        array_or_none("peephole"), array_or_none("gain"), array_or_none("memory_gain"), array_or_none("memory_bias"), "epsilon"_a, array("h_first"), array_or_none("c_first"), array_or_none("entering_mask"),
        array_or_none("candidate_mask"), "drops_each_step"_a, array_or_none("h_stays"), array_or_none("c_stays"),
        "stays_each_step"_a, array("output"), array_or_none("memory"), array_or_none("gates"), array_or_none("inner"),
        array_or_none("entering"), array_or_none("normed_memory"), array_or_none("scales"), array("h_last"), array_or_none("c_last"));
  m.def("backward", &backward<T>, "instructions"_a, "threads"_a, "kind"_a, array("sizes"), "backwards"_a,
        array("weight"), array_or_none("peephole"), array_or_none("gain"), array_or_none("memory_gain"), array_or_none("memory_bias"), array("h_first"), array_or_none("c_first"),
        array_or_none("entering_mask"), array_or_none("candidate_mask"), "drops_each_step"_a, array_or_none("h_stays"),
        array_or_none("c_stays"), "stays_each_step"_a, array("output"), array_or_none("memory"), array("gates"),
        array_or_none("inner"), array_or_none("entering"), array_or_none("normed_memory"), array_or_none("scales"), array_or_none("d_output"), array("d_h"), array_or_none("d_c"), array("d_z"),
        array_or_none("d_inner"), array_or_none("d_bias"), array_or_none("d_inner_bias"), array_or_none("d_peephole"), array_or_none("d_gain"), array_or_none("d_memory_gain"), array_or_none("d_memory_bias"));
}

}  // namespace

void elman::define_recurrences(nb::module_& m) {
  define<float>(m);
  define<double>(m);
}
