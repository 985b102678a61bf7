// Whole sequences, as Python calls them. The shapes were checked by elman.native.recurrences.
#include "given.hpp"

namespace {

// The threads of a sequence meet at every step, and whoever is not running then, on a machine that others use too, keeps
// all waiting: hundreds of microseconds where a step takes two. A thread more has to save more than one microsecond of
// each, which for a row or two of a long text it does not.
template <class T>
int team_of(const Sequence<T>& s, int64_t gate_rows, int threads) {
  constexpr int64_t worth_a_meeting = 100'000;
  const int64_t projected = s.projection ? s.hidden : 0;
  return useful_threads(s.batch * (gate_rows + projected) * s.outputs, threads, worth_a_meeting);
}

template <class T>
void forward(int instructions, int threads, int kind, nb::object given, nb::object made) {
  const auto sizes = nb::cast<Sizes>(given.attr("sizes"), false);
  const auto weight = nb::cast<In<T>>(given.attr("weight_hh"), false);
  const auto first = starts(sizes);
  Sequence<T> s = sequence_forward<T>(kind, sizes, first, given, made);
  const Kernels<T>& set = kernels<T>(instructions);
  const int team = team_of(s, weight.shape(0), threads);
  nb::gil_scoped_release released;
  s.scratch = scratch<T>(set.forward_scratch(s, team));
  together(team, [&](Member me) { set.forward(s, me); });
}

template <class T>
void backward(int instructions, int threads, int kind, nb::object given, nb::object made, nb::object gradients) {
  const auto sizes = nb::cast<Sizes>(given.attr("sizes"), false);
  const auto weight = nb::cast<In<T>>(given.attr("weight_hh"), false);
  const auto first = starts(sizes);
  Gradient<T> g = sequence_backward<T>(kind, sizes, first, given, made, gradients);
  const Kernels<T>& set = kernels<T>(instructions);
  const int team = team_of(g.of, weight.shape(0), threads);
  nb::gil_scoped_release released;
  g.scratch = scratch<T>(set.backward_scratch(g.of, team));
  together(team, [&](Member me) { set.backward(g, me); });
}

}  // namespace

void elman::define_recurrences(nb::module_& m) {
  m.def("forward32", &forward<float>, "instructions"_a, "threads"_a, "kind"_a, "given"_a, "made"_a);
  m.def("forward64", &forward<double>, "instructions"_a, "threads"_a, "kind"_a, "given"_a, "made"_a);
  m.def("backward32", &backward<float>, "instructions"_a, "threads"_a, "kind"_a, "given"_a, "made"_a, "gradients"_a);
  m.def("backward64", &backward<double>, "instructions"_a, "threads"_a, "kind"_a, "given"_a, "made"_a, "gradients"_a);
}
