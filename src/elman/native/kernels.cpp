// The extension module: what Python sees of the compiled code.
#include <nanobind/nanobind.h>
#include <nanobind/stl/string.h>

#include <string>

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

}  // namespace

NB_MODULE(_kernels, m) {
  m.doc() = "Compiled parts of elman; reach them through elman.native.";
  m.def("compiler", &compiler, "Name and version of the compiler that built this module.");
}
