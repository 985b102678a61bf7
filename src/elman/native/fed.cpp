// Recurrences that are fed with what they read, as Python calls them. The shapes were checked by elman.native.fed.
#include "attention.hpp"
#include "given.hpp"

namespace {

using elman::Attention;
using elman::Fed;
using elman::FedGradient;

template <class T>
Attention<T> attention(nb::handle given) {
  const auto values = nb::cast<In<T>>(given.attr("values"), false);
  const auto keys = nb::cast<In<T>>(given.attr("keys"), false);
  Attention<T> a{};
  a.places = static_cast<int64_t>(values.shape(1));
  a.width = static_cast<int64_t>(values.shape(2));
  a.key_width = static_cast<int64_t>(keys.shape(2));
  a.lengths = nb::cast<Sizes>(given.attr("lengths"), false).data();
  a.values = values.data();
  a.keys = keys.data();
  a.weight_query = read<T>(given, "weight_query");
  a.vector = read<T>(given, "vector");
  a.scale = static_cast<T>(nb::cast<double>(given.attr("scale")));
  return a;
}

template <class T>
void put(Fed<T>& f, nb::handle given, nb::handle made) {
  f.attention = attention<T>(given.attr("sources"));
  f.after = nb::cast<bool>(given.attr("after"));
  f.weight_fed = read<T>(given, "weight_fed");
  f.weight_join = read<T>(given, "weight_join");
  f.bias_join = read<T>(given, "bias_join");
  f.y_first = read<T>(given, "y_first");
  f.queries = filled<T>(made, "queries");
  f.weights = filled<T>(made, "weights");
  f.context = filled<T>(made, "context");
  f.entering = filled<T>(made, "entering");
  f.y = filled<T>(made, "y");
  f.y_last = filled<T>(made, "y_last");
}

// As many threads as a step of the recurrence and what follows it are worth.
template <class T>
int team_of(const Fed<T>& f, nb::handle given, int threads) {
  const auto weight = nb::cast<In<T>>(given.attr("weight_fed"), false);
  const auto gate_rows = static_cast<int64_t>(weight.shape(0)), fed = static_cast<int64_t>(weight.shape(1));
  return useful_threads(f.of.batch * (gate_rows * (f.of.hidden + fed) + f.attention.places * f.attention.width), threads);
}

template <class T>
void forward(int instructions, int threads, int kind, nb::object given, nb::object made) {
  const nb::object recurrence = given.attr("recurrence");
  const auto sizes = nb::cast<Sizes>(recurrence.attr("sizes"), false);
  const auto first = starts(sizes);
  Fed<T> f{};
  f.of = sequence_forward<T>(kind, sizes, first, recurrence, made.attr("recurrence"));
  put(f, given, made);
  const elman::FedKernel<T>& kernel = typed<T>(ELMAN_FAMILY(instructions, fed));
  const int team = team_of(f, given, threads);
  nb::gil_scoped_release released;
  f.scratch = f.of.scratch = scratch<T>(kernel.forward_scratch(f, team));
  together(team, [&](Member me) { kernel.forward(f, me); });
}

template <class T>
void backward(int instructions, int threads, int kind, nb::object given, nb::object made, nb::object gradients) {
  const nb::object recurrence = given.attr("recurrence");
  const auto sizes = nb::cast<Sizes>(recurrence.attr("sizes"), false);
  const auto first = starts(sizes);
  FedGradient<T> g{};
  g.recurrence = sequence_backward<T>(kind, sizes, first, recurrence, made.attr("recurrence"), gradients.attr("recurrence"));
  g.of.of = g.recurrence.of;
  put(g.of, given, made);
  g.context = read<T>(gradients, "context");
  g.y = read<T>(gradients, "y");
  g.y_state = filled<T>(gradients, "y_state");
  g.join = filled<T>(gradients, "join");
  g.queries = filled<T>(gradients, "queries");
  g.values = filled<T>(gradients, "values");
  g.keys = filled<T>(gradients, "keys");
  g.vector = filled<T>(gradients, "vector");
  const elman::FedKernel<T>& kernel = typed<T>(ELMAN_FAMILY(instructions, fed));
  const int team = team_of(g.of, given, threads);
  nb::gil_scoped_release released;
  g.scratch = g.recurrence.scratch = scratch<T>(kernel.backward_scratch(g, team));
  together(team, [&](Member me) { kernel.backward(g, me); });
}

template <class T>
void look(int instructions, int threads, nb::object given, Sizes sources, In<T> queries, Array<T> weights, Array<T> context) {
  elman::Queries<T> q{};
  q.attention = attention<T>(given);
  q.rows = static_cast<int64_t>(queries.shape(0));
  q.sources = sources.data();
  q.queries = queries.data();
  q.weights = weights.data();
  q.context = context.data();
  const elman::FedKernel<T>& kernel = typed<T>(ELMAN_FAMILY(instructions, fed));
  const int team = useful_threads(q.rows * q.attention.places * (q.attention.key_width + q.attention.width), threads);
  nb::gil_scoped_release released;
  together(team, [&](Member me) { kernel.look(q, me); });
}

template <class T>
void rank(int instructions, int threads, In<T> logits, int64_t end, Array<double> log_probs, Array<int64_t> ids,
          Array<double> log_end) {
  elman::Likeliest<T> of{};
  of.rows = static_cast<int64_t>(logits.shape(0));
  of.classes = static_cast<int64_t>(logits.shape(1));
  of.k = static_cast<int64_t>(ids.shape(1));
  of.end = end;
  of.logits = logits.data();
  of.log_probs = log_probs.data();
  of.ids = ids.data();
  of.log_end = log_end.data();
  const elman::FedKernel<T>& kernel = typed<T>(ELMAN_FAMILY(instructions, fed));
  const int team = useful_threads(of.rows * of.classes, threads);
  nb::gil_scoped_release released;
  together(team, [&](Member me) { kernel.rank(of, me); });
}

}  // namespace

void elman::define_fed(nb::module_& m) {
  m.def("fed_forward32", &forward<float>, "instructions"_a, "threads"_a, "kind"_a, "given"_a, "made"_a);
  m.def("fed_forward64", &forward<double>, "instructions"_a, "threads"_a, "kind"_a, "given"_a, "made"_a);
  m.def("fed_backward32", &backward<float>, "instructions"_a, "threads"_a, "kind"_a, "given"_a, "made"_a, "gradients"_a);
  m.def("fed_backward64", &backward<double>, "instructions"_a, "threads"_a, "kind"_a, "given"_a, "made"_a, "gradients"_a);
  const auto define = [&m](auto look_at, auto rank_of) {
    m.def("look", look_at, "instructions"_a, "threads"_a, "given"_a, array("sources"), array("queries"), array("weights"),
          array("context"));
    m.def("rank", rank_of, "instructions"_a, "threads"_a, array("logits"), "end"_a, array("log_probs"), array("ids"),
          array("log_end"));
  };
  define(&look<float>, &rank<float>);
  define(&look<double>, &rank<double>);
}
