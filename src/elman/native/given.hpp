// What a call of a recurrence is told by Python: the fields of the NamedTuples of elman.native.recurrences.
#pragma once

#include "door.hpp"

namespace {

using elman::Gradient;
using elman::Sequence;

inline std::vector<int64_t> starts(const Sizes& sizes) {
  std::vector<int64_t> first(sizes.shape(0));
  int64_t row = 0;
  for (std::size_t t = 0; t < first.size(); ++t) {
    first[t] = row;
    row += sizes.data()[t];
  }
  return first;
}

// What lies in a field of a NamedTuple of elman.native.recurrences: the memory of an array, or null for None. The tuple
// keeps it alive.
template <class T>
const T* read(nb::handle from, const char* name) {
  return pointer(nb::cast<MaybeIn<T>>(from.attr(name), false));
}
template <class T>
T* filled(nb::handle from, const char* name) {
  return pointer(nb::cast<Maybe<T>>(from.attr(name), false));
}

// What both directions read of `Given`.
template <class T>
Sequence<T> sequence(int kind, const Sizes& sizes, const std::vector<int64_t>& first, nb::handle given) {
  const auto h_first = nb::cast<In<T>>(given.attr("h_first"), false);
  const nb::object norm = given.attr("norm"), masks = given.attr("masks");
  const bool drops_each_step = nb::cast<bool>(masks.attr("drops_each_step"));
  const bool stays_each_step = nb::cast<bool>(masks.attr("stays_each_step"));
  Sequence<T> s{};
  s.kind = static_cast<Kind>(kind);
  s.steps = static_cast<int64_t>(sizes.shape(0));
  s.batch = static_cast<int64_t>(h_first.shape(0));
  s.outputs = static_cast<int64_t>(h_first.shape(1));
  const auto projection = nb::cast<MaybeIn<T>>(given.attr("projection"), false);
  s.projection = pointer(projection);
  s.hidden = projection ? static_cast<int64_t>(projection->shape(1)) : s.outputs;
  s.sizes = sizes.data();
  s.first = first.data();
  s.backwards = nb::cast<bool>(given.attr("backwards"));
  s.weight = read<T>(given, "weight_hh");
  s.peephole = read<T>(given, "peephole");
  s.h_first = h_first.data();
  s.c_first = read<T>(given, "c_first");
  s.norm.gain = read<T>(norm, "gain");
  s.norm.memory_gain = read<T>(norm, "memory_gain");
  s.norm.memory_bias = read<T>(norm, "memory_bias");
  s.norm.epsilon = static_cast<T>(nb::cast<double>(norm.attr("epsilon")));
  s.entering_mask = {read<T>(masks, "entering"), drops_each_step};
  s.candidate_mask = {read<T>(masks, "candidate"), drops_each_step};
  s.h_stays = {read<T>(masks, "h_stays"), stays_each_step};
  s.c_stays = {read<T>(masks, "c_stays"), stays_each_step};
  return s;
}

// What the way there fills in and the way back reads, of `Made`.
template <class T>
void put_made(Sequence<T>& s, nb::handle made) {
  s.output = filled<T>(made, "output");
  s.memory = filled<T>(made, "memory");
  s.gates = filled<T>(made, "gates");
  s.inner = filled<T>(made, "inner");
  s.entering = filled<T>(made, "entering");
  s.norm.memory = filled<T>(made, "normed_memory");
  s.norm.scales = filled<T>(made, "scales");
}

// A forward pass.
template <class T>
Sequence<T> sequence_forward(int kind, const Sizes& sizes, const std::vector<int64_t>& first, nb::handle given,
                             nb::handle made) {
  const auto input = nb::cast<In<T>>(given.attr("input"), false);
  Sequence<T> s = sequence<T>(kind, sizes, first, given);
  s.input = input.data();
  s.weight_ih = read<T>(given, "weight_ih");
  s.inputs = s.weight_ih ? static_cast<int64_t>(input.shape(1)) : 0;
  s.bias = read<T>(given, "bias");
  s.inner_bias = read<T>(given, "inner_bias");
  put_made(s, made);
  s.h_last = filled<T>(made, "h_last");
  s.c_last = filled<T>(made, "c_last");
  return s;
}

// A backward pass.
template <class T>
Gradient<T> sequence_backward(int kind, const Sizes& sizes, const std::vector<int64_t>& first, nb::handle given,
                              nb::handle made, nb::handle gradients) {
  Gradient<T> g{};
  g.of = sequence<T>(kind, sizes, first, given);
  put_made(g.of, made);
  g.output = read<T>(gradients, "output");
  g.h = filled<T>(gradients, "h");
  g.c = filled<T>(gradients, "c");
  g.z = filled<T>(gradients, "z");
  g.inner = filled<T>(gradients, "inner");
  g.bias = filled<T>(gradients, "bias");
  g.inner_bias = filled<T>(gradients, "inner_bias");
  g.peephole = filled<T>(gradients, "peephole");
  g.gain = filled<T>(gradients, "gain");
  g.memory_gain = filled<T>(gradients, "memory_gain");
  g.memory_bias = filled<T>(gradients, "memory_bias");
  return g;
}

}  // namespace
