// What every file of the extension module needs: instruction sets, threads, memory, arrays.
#pragma once

#include <nanobind/nanobind.h>
#include <nanobind/ndarray.h>
#include <nanobind/stl/optional.h>

#ifdef _OPENMP
#include <omp.h>
#endif

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <new>
#include <optional>
#include <vector>

#include "instructions.hpp"

namespace elman {
extern const Instructions baseline;
#ifdef ELMAN_X86
extern const Instructions avx2, avx512;
#endif

// Whether this process was forked: the threads of OpenMP do not live on in a child, and waiting for them would hang.
extern bool forked;

void define_recurrences(nanobind::module_& m);
void define_matrices(nanobind::module_& m);
void define_sessions(nanobind::module_& m);
void define_words(nanobind::module_& m);
void define_counting(nanobind::module_& m);
void define_checksum(nanobind::module_& m);
void define_ngrams(nanobind::module_& m);
void define_crf(nanobind::module_& m);
void define_ctc(nanobind::module_& m);
void define_embeddings(nanobind::module_& m);
void define_fed(nanobind::module_& m);
void define_masks(nanobind::module_& m);
void define_prefixes(nanobind::module_& m);
void define_turing(nanobind::module_& m);
}  // namespace elman

namespace {

namespace nb = nanobind;
using namespace nb::literals;
using elman::Kernels;
using elman::Kind;

// What was compiled and this machine can run, best first.
inline std::vector<const elman::Instructions*> instruction_sets() {
  std::vector<const elman::Instructions*> sets;
#ifdef ELMAN_X86
  __builtin_cpu_init();
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512bw") &&
      __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("fma")) {
    sets.push_back(&elman::avx512);
  }
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) sets.push_back(&elman::avx2);
#endif
  sets.push_back(&elman::baseline);
  return sets;
}

inline const elman::Instructions* set_of(int instructions) {
  static const auto sets = instruction_sets();
  return sets.at(instructions);
}

// Kernels of a family that was compiled for each instruction set, as FAMILY is of elman::baseline_FAMILY.
#ifdef ELMAN_X86
#define ELMAN_FAMILY(instructions, family)                                         \
  (set_of(instructions) == &elman::avx512 ? elman::avx512_##family                 \
   : set_of(instructions) == &elman::avx2 ? elman::avx2_##family : elman::baseline_##family)
#else
#define ELMAN_FAMILY(instructions, family) (set_of(instructions), elman::baseline_##family)
#endif

// Those of a family that compute with numbers of a type.
template <class T, class Family>
const auto& typed(const Family& family) {
  if constexpr (sizeof(T) == 4) {
    return family.single;
  } else {
    return family.twice;
  }
}

template <class T>
const Kernels<T>& kernels(int instructions) {
  return typed<T>(*set_of(instructions));
}

template <class Work>
void together(int threads, const Work& work) {
#ifdef _OPENMP
  if (threads > 1 && !elman::forked) {
    elman::Barrier barrier;
#pragma omp parallel num_threads(threads)
    work(Member{omp_get_thread_num(), omp_get_num_threads(), &barrier});
    return;
  }
#endif
  (void)threads;
  work(Member{0, 1, nullptr});
}

// As many threads as pay: below so many multiplications in a step, a thread more costs more than it saves.
inline int useful_threads(int64_t a_step, int threads, int64_t worth = 30'000) {
  return static_cast<int>(std::clamp<int64_t>(a_step / worth, 1, std::max(1, threads)));
}

struct Free {
  void operator()(void* p) const { std::free(p); }
};

// How many numbers a thread's part of memory has that holds so many: each begins where a line of memory does.
template <class T>
constexpr int64_t own_room(int64_t values) {
  constexpr int64_t line = 64 / sizeof(T);
  return (values + line - 1) / line * line;
}

// Memory of this thread that grows to what its largest call needed: fresh pages for every call would cost more.
template <class T>
T* scratch(int64_t values) {
  thread_local std::unique_ptr<void, Free> memory;
  thread_local std::size_t held = 0;
  const std::size_t bytes = static_cast<std::size_t>(values) * sizeof(T);
#ifdef __SANITIZE_ADDRESS__
  const bool fits = false;  // what a larger call left behind would hide a write past the end
#else
  const bool fits = bytes <= held;
#endif
  if (!fits) {
    memory.reset();
    void* fresh = nullptr;
    held = posix_memalign(&fresh, 64, bytes) == 0 ? bytes : 0;
    if (held == 0) throw std::bad_alloc();
    memory.reset(fresh);
  }
  return static_cast<T*>(memory.get());
}

// What is filled in, and what is only read. Nothing is converted: a copy would be filled and thrown away.
template <class T>
using Array = nb::ndarray<T, nb::c_contig, nb::device::cpu>;
template <class T>
using Maybe = std::optional<Array<T>>;
template <class T>
using In = Array<const T>;
template <class T>
using MaybeIn = std::optional<In<T>>;
using Sizes = nb::ndarray<const int64_t, nb::ndim<1>, nb::c_contig, nb::device::cpu>;

template <class A>
auto pointer(const std::optional<A>& array) {
  return array ? array->data() : nullptr;
}

inline auto array(const char* name) { return nb::arg(name).noconvert(); }
inline auto array_or_none(const char* name) { return nb::arg(name).none().noconvert(); }

}  // namespace
