// The extension module. Its files are compiled for every machine; what is not lies in instructions.cpp.
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>
#include <pthread.h>

#include <string>

#include "door.hpp"

bool elman::forked = false;

namespace {

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

}  // namespace

NB_MODULE(_kernels, m) {
  m.doc() = "Compiled parts of elman; reach them through elman.native.";
  pthread_atfork(nullptr, nullptr, [] { elman::forked = true; });
  m.def("compiler", &compiler, "Name and version of the compiler that built this module.");
  m.def("instruction_sets", &names, "Instruction sets that were compiled and that this machine has, best first.");
  m.def("threaded", &threaded, "Whether it was built with OpenMP.");
  elman::define_recurrences(m);
  elman::define_matrices(m);
  elman::define_sessions(m);
  elman::define_words(m);
  elman::define_counting(m);
  elman::define_checksum(m);
  elman::define_ngrams(m);
  elman::define_crf(m);
  elman::define_ctc(m);
  elman::define_embeddings(m);
  elman::define_fed(m);
  elman::define_masks(m);
  elman::define_prefixes(m);
  elman::define_turing(m);
}
