// The checksum of some bytes, as Python calls it.
#include <cstring>

#include "door.hpp"

namespace {

// Σ w_i (2 i + 1) over the 64-bit words of some bytes: see elman.native.checksum.
uint64_t checksum(nb::ndarray<const uint8_t, nb::ndim<1>, nb::c_contig, nb::device::cpu> bytes) {
  nb::gil_scoped_release released;
  const std::size_t size = bytes.size(), words = size / 8;
  uint64_t total = 0, word;
  for (std::size_t i = 0; i < words; ++i) {
    std::memcpy(&word, bytes.data() + 8 * i, 8);
    total += word * (2 * i + 1);
  }
  word = 0;
  if (size % 8) std::memcpy(&word, bytes.data() + 8 * words, size % 8);
  return total + word * (2 * words + 1);
}

}  // namespace

void elman::define_checksum(nb::module_& m) { m.def("checksum", &checksum, array("bytes")); }
