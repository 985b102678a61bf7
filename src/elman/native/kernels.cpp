// The extension module: chooses an instruction set, starts the threads, and shows both to Python. It is compiled for
// every machine; what is not lies in instructions.cpp.
#include <nanobind/nanobind.h>
#include <nanobind/ndarray.h>
#include <nanobind/stl/optional.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#ifdef _OPENMP
#include <omp.h>
#endif
#include <pthread.h>

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sequence.hpp"

namespace nb = nanobind;
using namespace nb::literals;

namespace elman {
extern const Instructions baseline;
#ifdef ELMAN_X86
extern const Instructions avx2, avx512;
#endif
}  // namespace elman

namespace {

using elman::Gradient;
using elman::Kernels;
using elman::Kind;
using elman::Member;
using elman::Sequence;

// What was compiled and this machine can run, best first.
std::vector<const elman::Instructions*> instruction_sets() {
  std::vector<const elman::Instructions*> sets;
#ifdef ELMAN_X86
  __builtin_cpu_init();
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512bw") &&
      __builtin_cpu_supports("avx512vl")) {
    sets.push_back(&elman::avx512);
  }
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) sets.push_back(&elman::avx2);
#endif
  sets.push_back(&elman::baseline);
  return sets;
}

template <class T>
const Kernels<T>& kernels(int instructions) {
  static const auto sets = instruction_sets();
  const elman::Instructions& set = *sets.at(instructions);
  if constexpr (sizeof(T) == 4) {
    return set.single;
  } else {
    return set.twice;
  }
}

// The threads of OpenMP do not live on in a forked child, and waiting for them would hang.
bool forked = false;

template <class Work>
void together(int threads, const Work& work) {
#ifdef _OPENMP
  if (threads > 1 && !forked) {
    elman::Barrier barrier;
#pragma omp parallel num_threads(threads)
    work(Member{omp_get_thread_num(), omp_get_num_threads(), &barrier});
    return;
  }
#endif
  (void)threads;
  work(Member{0, 1, nullptr});
}

// As many threads as pay: below this many multiplications a step and thread, meeting costs more than it saves.
int useful_threads(int64_t a_step, int threads) {
  constexpr int64_t worth = 50'000;
  return static_cast<int>(std::clamp<int64_t>(a_step / worth, 1, std::max(1, threads)));
}

// Memory of this thread that grows to what its largest call needed: fresh pages for every call would cost more.
template <class T>
T* scratch(int64_t values) {
  struct Free {
    void operator()(void* p) const { std::free(p); }
  };
  thread_local std::unique_ptr<void, Free> memory;
  thread_local std::size_t held = 0;
  const std::size_t bytes = (static_cast<std::size_t>(values) * sizeof(T) + 63) / 64 * 64;
  if (bytes > held) {
    memory.reset();
    memory.reset(std::aligned_alloc(64, bytes));
    held = memory ? bytes : 0;
    if (!memory) throw std::bad_alloc();
  }
  return static_cast<T*>(memory.get());
}

template <class T>
using Array = nb::ndarray<T, nb::c_contig, nb::device::cpu>;
template <class T>
using Maybe = std::optional<Array<T>>;
using Sizes = nb::ndarray<const int64_t, nb::ndim<1>, nb::c_contig, nb::device::cpu>;

template <class T>
T* pointer(const Maybe<T>& array) {
  return array ? array->data() : nullptr;
}

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
void forward(int instructions, int threads, int kind, Sizes sizes, bool backwards, Array<T> projected, Array<T> weight,
             Maybe<T> bias, Maybe<T> peephole, Array<T> h_first, Maybe<T> c_first, Maybe<T> entering_mask,
             Maybe<T> candidate_mask, Maybe<T> h_stays, Maybe<T> c_stays, Array<T> output,
             Maybe<T> memory, Maybe<T> gates, Maybe<T> inner, Maybe<T> entering, Array<T> h_last, Maybe<T> c_last) {
  nb::gil_scoped_release released;
  const auto first = starts(sizes);
  const auto rows = static_cast<int64_t>(projected.shape(0));
  Sequence<T> s = sequence<T>(kind, sizes, first, backwards, weight, h_first);
  s.projected = projected.data();
  s.bias = pointer<T>(bias);
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
              Maybe<T> d_output, Array<T> d_h, Maybe<T> d_c, Array<T> d_projected, Maybe<T> d_inner, Maybe<T> d_bias,
              Maybe<T> d_peephole) {
  nb::gil_scoped_release released;
  const auto first = starts(sizes);
  const auto rows = static_cast<int64_t>(d_projected.shape(0));
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
  g.projected = d_projected.data();
  g.inner = pointer<T>(d_inner);
  g.bias = pointer<T>(d_bias);
  g.peephole = pointer<T>(d_peephole);
  const Kernels<T>& set = kernels<T>(instructions);
  const int64_t a_step = s.batch * static_cast<int64_t>(weight.size());
  const int team = useful_threads(a_step, threads);
  g.scratch = scratch<T>(set.backward_scratch(s, team));
  together(team, [&](Member me) { set.backward(g, me); });
}

// Name and version of the compiler, for `elman doctor`.
std::string compiler() {
#if defined(__clang__)
  return "clang " __clang_version__;
#elif defined(__GNUC__)
  return "g++ " __VERSION__;
#else
  return "an unknown compiler";
#endif
}

std::vector<std::string> names() {
  std::vector<std::string> found;
  for (const auto* set : instruction_sets()) found.emplace_back(set->name);
  return found;
}

bool threaded() {
#ifdef _OPENMP
  return true;
#else
  return false;
#endif
}

template <class T>
void define(nb::module_& m) {
  m.def("forward", &forward<T>, "instructions"_a, "threads"_a, "kind"_a, "sizes"_a, "backwards"_a, "projected"_a,
        "weight"_a, "bias"_a.none(), "peephole"_a.none(), "h_first"_a, "c_first"_a.none(), "entering_mask"_a.none(),
        "candidate_mask"_a.none(), "h_stays"_a.none(), "c_stays"_a.none(), "output"_a,
        "memory"_a.none(), "gates"_a.none(), "inner"_a.none(), "entering"_a.none(), "h_last"_a, "c_last"_a.none());
  m.def("backward", &backward<T>, "instructions"_a, "threads"_a, "kind"_a, "sizes"_a, "backwards"_a, "weight"_a,
        "peephole"_a.none(), "h_first"_a, "c_first"_a.none(), "entering_mask"_a.none(), "candidate_mask"_a.none(),
        "h_stays"_a.none(), "c_stays"_a.none(), "output"_a, "memory"_a.none(), "gates"_a,
        "inner"_a.none(), "d_output"_a.none(), "d_h"_a, "d_c"_a.none(), "d_projected"_a, "d_inner"_a.none(),
        "d_bias"_a.none(), "d_peephole"_a.none());
}

}  // namespace

NB_MODULE(_kernels, m) {
  m.doc() = "Compiled parts of elman; reach them through elman.native.";
  pthread_atfork(nullptr, nullptr, [] { forked = true; });
  m.def("compiler", &compiler, "Name and version of the compiler that built this module.");
  m.def("instruction_sets", &names, "Instruction sets that were compiled and that this machine has, best first.");
  m.def("threaded", &threaded, "Whether it was built with OpenMP.");
  define<float>(m);
  define<double>(m);
}
