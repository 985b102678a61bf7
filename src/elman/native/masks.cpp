// Masks of dropout: the numbers that torch's generator on a CPU draws for a seed, several times faster.
#include "door.hpp"

namespace {

// The Mersenne Twister, mt19937, in blocks of 624 numbers. Source: Matsumoto & Nishimura (1998), ACM TOMACS 8(1).
class Twister {
 public:
  explicit Twister(uint32_t seed) {
    state_[0] = seed;
    for (uint32_t i = 1; i < size; ++i) state_[i] = 1812433253u * (state_[i - 1] ^ (state_[i - 1] >> 30)) + i;
  }

  // Fills the next block.
  void block(uint32_t (&out)[624]) {
    for (int i = 0; i < size - shift; ++i) state_[i] = state_[i + shift] ^ twisted(state_[i], state_[i + 1]);
    for (int i = size - shift; i < size - 1; ++i) state_[i] = state_[i + shift - size] ^ twisted(state_[i], state_[i + 1]);
    state_[size - 1] = state_[shift - 1] ^ twisted(state_[size - 1], state_[0]);
    for (int i = 0; i < size; ++i) {
      uint32_t y = state_[i];
      y ^= y >> 11;
      y ^= (y << 7) & 0x9d2c5680u;
      y ^= (y << 15) & 0xefc60000u;
      out[i] = y ^ (y >> 18);
    }
  }

 private:
  static constexpr int size = 624, shift = 397;

  static uint32_t twisted(uint32_t high, uint32_t low) {
    return (((high & 0x80000000u) | (low & 0x7fffffffu)) >> 1) ^ (-(low & 1u) & 0x9908b0dfu);
  }

  uint32_t state_[size];
};

// A number of 53 bits from two of 32, the first of them above; `value` where it is below the limit, else 0.
template <class T>
void keep(Array<T> mask, uint32_t seed, uint64_t limit, double value) {
  nb::gil_scoped_release released;
  Twister twister(seed);
  const int64_t count = static_cast<int64_t>(mask.size());
  T* const out = mask.data();
  uint32_t bits[624];
  const T kept = static_cast<T>(value);
  for (int64_t first = 0; first < count; first += 312) {
    twister.block(bits);
    const int64_t some = std::min<int64_t>(312, count - first);
    for (int64_t i = 0; i < some; ++i) {
      const uint64_t number = (static_cast<uint64_t>(bits[2 * i] & 0x1fffffu) << 32) | bits[2 * i + 1];
      out[first + i] = number < limit ? kept : T(0);
    }
  }
}

}  // namespace

void elman::define_masks(nb::module_& m) {
  m.def("keep_mask", &keep<float>, array("mask"), "seed"_a, "limit"_a, "value"_a);
  m.def("keep_mask", &keep<double>, array("mask"), "seed"_a, "limit"_a, "value"_a);
}
