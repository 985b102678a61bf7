// A product of two matrices: plain data, the same for every instruction set.
#pragma once

#include "team.hpp"

#include <cstdint>

namespace elman {

// out = left right, with (rows, depth) and (depth, columns). Strides are in numbers.
template <class T>
struct Product {
  int64_t rows, depth, columns;
  const T* left;
  int64_t left_stride;   // from row to row; where it is transposed, from one place of the depth to the next
  bool transposed;       // whether left lies as (depth, rows)
  const T* right;
  int64_t right_stride;   // from row to row; where it is transposed, from one column to the next
  bool right_transposed;  // whether right lies as (columns, depth)
  T* out;                 // row after row
  bool adds;              // to what is in out
  T* scratch;            // aligned to 64 bytes
};

}  // namespace elman
