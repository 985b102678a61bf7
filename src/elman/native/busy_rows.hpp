// Rows that all threads write to all the time.
//
// Like all of vector.hpp this is compiled once for each instruction set, and everything has internal linkage.
#pragma once

#include "window_products.hpp"

namespace {

// A thread's own copies of rows that all threads write to all the time: each write would take the row away from the
// others, which wait for it longer than a window takes. After every few changes a copy and its row exchange what is new.
template <class T>
class Busy {
 public:
  Busy(T* table, int64_t width, int64_t stride, T* copies, uint8_t* uses)
      : table_(table), width_(width), stride_(stride), copies_(copies), uses_(uses) {}

  T* copy_of(int64_t slot) const { return copies_ + 2 * slot * stride_; }

  void take(int64_t slot, int64_t row) {
    copy(table_ + row * width_, width_, copy_of(slot));
    copy(table_ + row * width_, width_, copy_of(slot) + stride_);
    uses_[slot] = 0;
  }

  void changed(int64_t slot, int64_t row) {
    if (++uses_[slot] >= exchange_after) exchange(slot, row);
  }

  void exchange(int64_t slot, int64_t row) {
    T *const own = copy_of(slot), *const before = own + stride_, *const shared = table_ + row * width_;
    int64_t k = 0;
    for (; k + lanes<T> <= width_; k += lanes<T>) {
      const Vector<T> now = load(shared + k) + (load(own + k) - load(before + k));
      store(shared + k, now), store(own + k, now), store(before + k, now);
    }
    if (k < width_) {
      const int64_t rest = width_ - k;
      const Vector<T> now = load(shared + k, rest) + (load(own + k) - load(before + k));
      store(shared + k, now, rest), store(own + k, now), store(before + k, now);
    }
    uses_[slot] = 0;
  }

 private:
  static constexpr uint8_t exchange_after = 16;
  T* const table_;
  const int64_t width_, stride_;
  T* const copies_;
  uint8_t* const uses_;
};

}  // namespace
