// A whole model for one step at a time: plain data, the same for every instruction set.
#pragma once

#include "sequence.hpp"

namespace elman {

// One recurrent layer, its weights packed. All arrays are aligned to 64 bytes.
template <class T>
struct Layer {
  Kind kind;
  int64_t inputs, hidden;
  const T* from_input;  // panels of W_ih; null where `table` has what they would give
  const T* from_state;  // panels of W_hh
  const T* bias;        // (G) b_ih + b_hh; of the GRU b_ih + b_hh of r and z, then b_in
  const T* inner_bias;  // (H) of the GRU: b_hn
  const T* peephole;    // (3, H), or null
  const T* table;       // (tokens, G) W_ih e + bias of each token, or null
  T h_stays, c_stays;   // expectation of zoneout
  bool memory;          // whether the state has a c
  int64_t weights;      // that a step of one sequence reads
};

// One linear layer: y = W x + b.
template <class T>
struct Linear {
  int64_t inputs, outputs;
  const T* weight;  // panels
  const T* bias;    // (outputs)
};

// What a step reads and writes. Rows of a state are `width` apart.
template <class T>
struct Step {
  const Layer<T>* layers;
  int64_t count, batch, width;
  const Linear<T>* head;  // or null
  const int64_t* tokens;  // (B), for layers with a table
  const T* input;         // (B, inputs), for those without
  T* const* h;            // of each layer: (B, width) before, then (B, width) after
  T* const* c;            // of each layer: (B, width)
  int turn;               // which half of h is before
  T* logits;              // (B, outputs)
};

}  // namespace elman
