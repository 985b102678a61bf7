// Neural Turing machines, as Python calls them. The shapes were checked by elman.native.turing.
#include "turing.hpp"
#include "given.hpp"

namespace {

using elman::Turing;
using elman::TuringGradient;

template <class T>
Turing<T> turing(const Sizes& sizes, const std::vector<int64_t>& first, nb::handle given, nb::handle made) {
  const auto c_first = nb::cast<In<T>>(given.attr("c_first"), false);
  const auto memory_first = nb::cast<In<T>>(given.attr("memory_first"), false);
  Turing<T> of{};
  of.steps = static_cast<int64_t>(sizes.shape(0));
  of.batch = static_cast<int64_t>(c_first.shape(0));
  of.hidden = static_cast<int64_t>(c_first.shape(1));
  of.width = static_cast<int64_t>(memory_first.shape(1));
  of.stride = static_cast<int64_t>(memory_first.shape(2));
  of.places = nb::cast<int64_t>(given.attr("places"));
  of.reads = nb::cast<int64_t>(given.attr("reads"));
  of.writes = nb::cast<int64_t>(given.attr("writes"));
  of.sizes = sizes.data();
  of.first = first.data();
  of.input = read<T>(given, "input");
  of.weight_state = read<T>(given, "weight_state");
  of.weight_said = read<T>(given, "weight_said");
  of.bias_said = read<T>(given, "bias_said");
  of.state_first = read<T>(given, "state_first");
  of.c_first = c_first.data();
  of.memory_first = memory_first.data();
  of.heads_first = read<T>(given, "heads_first");
  of.output = filled<T>(made, "output");
  of.state_last = filled<T>(made, "state_last");
  of.c_last = filled<T>(made, "c_last");
  of.memory_last = filled<T>(made, "memory_last");
  of.heads_last = filled<T>(made, "heads_last");
  of.gates = filled<T>(made, "gates");
  of.cells = filled<T>(made, "cells");
  of.said = filled<T>(made, "said");
  of.cosines = filled<T>(made, "cosines");
  of.content = filled<T>(made, "content");
  of.heads = filled<T>(made, "heads");
  of.memory = filled<T>(made, "memory");
  return of;
}

// As many threads as the steps of all sequences are worth: they meet only at the start.
template <class T>
int team_of(const Turing<T>& of, int threads) {
  const int64_t a_row = 4 * of.hidden * of.state_size() + of.said_size() * of.hidden +
                        of.units() * of.stride * (2 * of.width + 40);
  return std::min(useful_threads(of.batch * of.steps * a_row, threads), static_cast<int>(std::max<int64_t>(1, of.batch)));
}

template <class T>
void forward(int instructions, int threads, nb::object given, nb::object made) {
  const auto sizes = nb::cast<Sizes>(given.attr("sizes"), false);
  const auto first = starts(sizes);
  Turing<T> of = turing<T>(sizes, first, given, made);
  const elman::TuringKernel<T>& kernel = typed<T>(ELMAN_FAMILY(instructions, turing));
  const int team = team_of(of, threads);
  nb::gil_scoped_release released;
  of.scratch = scratch<T>(kernel.forward_scratch(of, team));
  together(team, [&](Member me) { kernel.forward(of, me); });
}

template <class T>
void backward(int instructions, int threads, nb::object given, nb::object made, nb::object gradients) {
  const auto sizes = nb::cast<Sizes>(given.attr("sizes"), false);
  const auto first = starts(sizes);
  TuringGradient<T> g{};
  g.of = turing<T>(sizes, first, given, made);
  g.output = read<T>(gradients, "output");
  g.state = filled<T>(gradients, "state");
  g.c = filled<T>(gradients, "c");
  g.memory = filled<T>(gradients, "memory");
  g.heads = filled<T>(gradients, "heads");
  g.z = filled<T>(gradients, "z");
  g.said = filled<T>(gradients, "said");
  const elman::TuringKernel<T>& kernel = typed<T>(ELMAN_FAMILY(instructions, turing));
  const int team = team_of(g.of, threads);
  nb::gil_scoped_release released;
  g.scratch = scratch<T>(kernel.backward_scratch(g, team));
  together(team, [&](Member me) { kernel.backward(g, me); });
}

}  // namespace

void elman::define_turing(nb::module_& m) {
  m.def("turing_forward32", &forward<float>, "instructions"_a, "threads"_a, "given"_a, "made"_a);
  m.def("turing_forward64", &forward<double>, "instructions"_a, "threads"_a, "given"_a, "made"_a);
  m.def("turing_backward32", &backward<float>, "instructions"_a, "threads"_a, "given"_a, "made"_a, "gradients"_a);
  m.def("turing_backward64", &backward<double>, "instructions"_a, "threads"_a, "given"_a, "made"_a, "gradients"_a);
}
