// Recurrences that look at a source: plain data, the same for every instruction set.
#pragma once

#include "sequence.hpp"

namespace elman {

// How places of sources fit queries, and what is read there. B sources of at most S places.
//   e_j = vector · tanh(q + k_j), or scale q · k_j without a vector;    α = softmax(e);    c = Σ_j α_j v_j
template <class T>
struct Attention {
  int64_t places, width, key_width;  // S, D numbers of a value, K of a key
  const int64_t* lengths;            // (B) real places
  const T* values;                   // (B, S, D) v
  const T* keys;                     // (B, S, K) k
  const T* weight_query;             // (K, H): q is W h; null: q is h
  const T* vector;                   // (K), or null
  T scale;
};

// A recurrence that is fed with what it reads. It looks with the state before each step, and reads c_t in it; or with the
// state after it, and reads y_{t-1} in it, y_t = tanh(W [h_t; c_t] + b). N, B, H, G as in Sequence; F = D or H.
template <class T>
struct Fed {
  Sequence<T> of;         // its input is that of the tokens
  Attention<T> attention;
  bool after;             // whether it looks with the state after the step
  const T* weight_fed;    // (G, F)
  const T* weight_join;   // (H, H + D), or null, as all that follows which has to do with y
  const T* bias_join;     // (H)
  const T* y_first;       // (B, H) before the first step

  T* queries;             // (N, K) q, or null where it is the state or nothing is learned
  T* weights;             // (N, S) α, or null where nothing is learned
  T* context;             // (N, D) c
  T* entering;            // (N, H) y_{t-1}, or null where nothing is learned
  T* y;                   // (N, H)
  T* y_last;              // (B, H)
  T* scratch;             // aligned to 64 bytes; that of `of` lies in it
};

// The gradients of it.
template <class T>
struct FedGradient {
  Fed<T> of;
  Gradient<T> recurrence;  // its z is the gradient of W_ih x and of W_fed y, too
  const T* context;        // (N, D) of c, or null
  const T* y;              // (N, H) of y, or null
  T* y_state;              // (B, H) in: of the last y; out: of the first
  T* join;                 // (N, H) filled in: of W [h; c] + b
  T* queries;              // (N, K) filled in: of q
  T* values;               // (B, S, D) added to
  T* keys;                 // (B, S, K) added to
  T* vector;               // (K) filled in, or null
  T* scratch;
};

// Rows of logits, and what is wanted of them. No number is written for `end`, but how likely it is.
template <class T>
struct Likeliest {
  int64_t rows, classes, k, end;  // end: -1 where there is none
  const T* logits;                // (rows, classes)
  double* log_probs;              // (rows, k) nats, largest first
  int64_t* ids;                   // (rows, k)
  double* log_end;                // (rows)
};

// Queries that read sources, each a source of its own or one of many that look at it.
template <class T>
struct Queries {
  Attention<T> attention;
  int64_t rows;
  const int64_t* sources;  // (rows) of each
  const T* queries;        // (rows, K) q
  T* weights;              // (rows, S)
  T* context;              // (rows, D)
};

template <class T>
struct FedKernel {
  int64_t (*forward_scratch)(const Fed<T>&, int threads);
  int64_t (*backward_scratch)(const FedGradient<T>&, int threads);
  void (*forward)(const Fed<T>&, Member);
  void (*backward)(const FedGradient<T>&, Member);
  void (*look)(const Queries<T>&, Member);
  void (*rank)(const Likeliest<T>&, Member);
};

struct FedKernels {
  FedKernel<float> single;
  FedKernel<double> twice;
};

extern const FedKernels baseline_fed;
#ifdef ELMAN_X86
extern const FedKernels avx2_fed, avx512_fed;
#endif

}  // namespace elman
