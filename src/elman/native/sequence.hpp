// What a kernel is told: plain data, the same for every instruction set.
#pragma once

#include <cstdint>

#include "team.hpp"

namespace elman {

enum class Kind : int {
  lstm, peephole_lstm, coupled_lstm, layer_norm_lstm, projected_lstm, gru, reset_before_gru, tanh, relu, sigmoid,
  identity
};

// A factor for each unit of the state: nothing, one row for each sequence, or one for each packed row.
template <class T>
struct Mask {
  const T* values = nullptr;
  bool each_step = false;
};

// What layer normalization adds.
template <class T>
struct Normalization {
  const T* gain;         // (G) of the product
  const T* memory_gain;  // (H)
  const T* memory_bias;  // (H)
  T epsilon;
  T* memory;  // (N, H) normalized c, or null
  T* scales;  // (N, 2) 1 / sqrt(variance + epsilon) of the product and of c, or null
};

// One recurrence over packed rows: those of step 0, then of step 1, and so on; step t has the first sizes[t] sequences.
// Matrices are row-major. N = rows, B = batch, I = inputs, H = hidden, G = gates x H, P = outputs: H, unless h is projected.
template <class T>
struct Sequence {
  Kind kind;
  int64_t steps, batch, inputs, hidden, outputs;
  const int64_t* sizes;  // (T) sequences that are still there
  const int64_t* first;  // (T) packed row at which a step starts
  bool backwards;        // from the last step to the first

  const T* input;       // (N, I) x, or (N, G) what the cell's `project` makes of it
  const T* weight_ih;   // (G, I), null where the input is (N, G)
  const T* weight;      // (G, P) W_hh
  const T* bias;        // (G) b_ih + b_hh, of the GRU's n b_ih alone, where the input is (N, G) b_hh; or null
  const T* inner_bias;  // (H) of the GRU: b_hn, or null
  const T* peephole;    // (3, H) p_i, p_f, p_o, or null
  const T* projection;  // (P, H) W_hr, or null
  const T* h_first;     // (B, P)
  const T* c_first;     // (B, H), or null
  Normalization<T> norm;
  Mask<T> entering_mask, candidate_mask;  // recurrent dropout
  Mask<T> h_stays, c_stays;               // zoneout: 1 keeps the old value, 0 takes the new one

  T* output;    // (N, P) h
  T* memory;    // (N, H) c, or null
  T* gates;     // (N, G) after their functions, or null where nothing is learned
  T* inner;     // (N, H) of the GRU: W_hn h + b_hn, or r ⊙ h; of the projected LSTM: m; (N, G) of layer norm: the
                // normalized W_hh h; or null
  T* entering;  // (N, P) h_{t-1} as the product sees it; null where the caller has it
  T* h_last;    // (B, P)
  T* c_last;    // (B, H), or null

  T* scratch;  // aligned to 64 bytes
};

// The gradients of it. `of` holds the call that is differentiated.
template <class T>
struct Gradient {
  Sequence<T> of;
  const T* output;  // (N, P) of the output, or null
  T* h;             // (B, P) in: of the last state; out: of the first
  T* c;             // (B, H)
  T* z;             // (N, G) of the gates before their functions: of W_ih x
  T* inner;         // of what passed the product where that is not z, in the shape of `inner`; of the projected LSTM (N, P)
                    // of W_hr m; or null
  T* bias;          // (G) Σ z, or null
  T* inner_bias;    // (H) Σ of `inner`, or null
  T* peephole;      // (3, H), or null
  T* gain;          // (G), (H) and (H) of layer norm, or null
  T* memory_gain;
  T* memory_bias;
  T* scratch;
};

}  // namespace elman
