// The recurrences themselves, forwards and backwards, for one register of units of one sequence; of those that wait for
// all units in the middle of a step, the parts. The letters are those of the Python cells, which are the definition.
#pragma once

#include "vector.hpp"

namespace {

// What a step finds and what it leaves, for one register of units.
template <class T>
struct Units {
  using V = Vector<T>;
  V h_old{}, c_old{};  // the state before
  V x{};               // of the GRU: the input's part of n
  V write = splat(T(1));  // mask of what is written into the state
  V peephole[3]{};
  V inner{};  // of the GRU: the state's part of n
  V h{}, c{};
};

// The gradients of a step. In: of h and c after it. Out: of the state before, as far as it did not pass the product.
template <class T>
struct Slopes {
  using V = Vector<T>;
  V h{}, c{};
  V h_old{}, c_old{};
  V inner{};
  V peephole[3]{};
};

template <class T, bool with_peepholes, bool coupled>
struct Lstm {
  using V = Vector<T>;
  static constexpr int gates = coupled ? 3 : 4, vectors = 1;
  static constexpr bool has_memory = true, has_inner = false, sees_h = false, has_peepholes = with_peepholes,
                        writes = true;
  static constexpr int at_f = coupled ? 0 : 1, at_g = at_f + 1, at_o = at_g + 1;

  static void forward(V (&z)[gates], Units<T>& u) {
    if constexpr (with_peepholes) {
      z[0] += u.peephole[0] * u.c_old;
      z[at_f] += u.peephole[1] * u.c_old;
    }
    const V f = sigmoid(z[at_f]), g = tanh(z[at_g]);
    const V i = coupled ? 1 - f : sigmoid(z[0]);
    u.c = f * u.c_old + i * (g * u.write);
    if constexpr (with_peepholes) z[at_o] += u.peephole[2] * u.c;
    const V o = sigmoid(z[at_o]);
    u.h = o * tanh(u.c);
    if constexpr (!coupled) z[0] = i;
    z[at_f] = f, z[at_g] = g, z[at_o] = o;
  }

  static void backward(V (&z)[gates], const Units<T>& u, Slopes<T>& d) {
    const V f = z[at_f], g = z[at_g], o = z[at_o];
    const V i = coupled ? 1 - f : z[0];
    const V tanh_c = tanh(f * u.c_old + i * (g * u.write));
    const V z_o = d.h * tanh_c * (o * (1 - o));
    V c = d.c + d.h * o * (1 - tanh_c * tanh_c);
    if constexpr (with_peepholes) {
      c += z_o * u.peephole[2];
      d.peephole[2] = z_o * (f * u.c_old + i * (g * u.write));
    }
    const V i_slope = c * (g * u.write), f_slope = c * u.c_old;
    const V z_f = (coupled ? f_slope - i_slope : f_slope) * (f * (1 - f));
    d.c_old = c * f;
    if constexpr (!coupled) z[0] = i_slope * (i * (1 - i));
    if constexpr (with_peepholes) {
      d.c_old += z[0] * u.peephole[0] + z_f * u.peephole[1];
      d.peephole[0] = z[0] * u.c_old;
      d.peephole[1] = z_f * u.c_old;
    }
    z[at_f] = z_f;
    z[at_g] = c * i * u.write * (1 - g * g);
    z[at_o] = z_o;
  }
};

// The LSTM whose h is narrower than its memory, h = W_hr m: what the step above calls h is m.
template <class T>
struct ProjectedLstm : Lstm<T, false, false> {};

// The parts of the layer-normed LSTM that see one unit at a time. It takes its input as W_ih x + b_ih, normalized.
template <class T>
struct NormalizedLstm {
  using V = Vector<T>;
  static constexpr int gates = 4, vectors = 1;
  static constexpr bool has_memory = true, has_inner = false, has_peepholes = false, writes = true;

  static void remember(V (&z)[gates], Units<T>& u) {
    const V i = sigmoid(z[0]), f = sigmoid(z[1]), g = tanh(z[2]), o = sigmoid(z[3]);
    u.c = f * u.c_old + i * (g * u.write);
    z[0] = i, z[1] = f, z[2] = g, z[3] = o;
  }

  // From the gradient of c; that of o is made with the output.
  static void backward(V (&z)[gates], const Units<T>& u, Slopes<T>& d) {
    const V i = z[0], f = z[1], g = z[2];
    z[0] = d.c * (g * u.write) * (i * (1 - i));
    z[1] = d.c * u.c_old * (f * (1 - f));
    z[2] = d.c * i * u.write * (1 - g * g);
    d.c_old = d.c * f;
  }
};

// The new state of a GRU, between the old one and the candidate.
template <class T>
inline void mix(Vector<T> z, Vector<T> n, Units<T>& u) {
  u.h = (1 - z) * (n * u.write) + z * u.h_old;
}

// Its gradients: z and n become those before their functions.
template <class T>
inline void unmix(Vector<T>& z, Vector<T>& n, const Units<T>& u, Slopes<T>& d) {
  const Vector<T> gate = z, candidate = n;
  n = d.h * (1 - gate) * u.write * (1 - candidate * candidate);
  z = d.h * (u.h_old - candidate * u.write) * (gate * (1 - gate));
  d.h_old = d.h * gate;
}

// Reset before the product: n = tanh(x + W_hn (r ⊙ h)). It takes its input as W_ih x + b_ih.
template <class T>
struct ResetBeforeGru {
  static constexpr int gates = 3, vectors = 1;
  static constexpr bool has_memory = false, has_inner = false, has_peepholes = false, writes = true;
};

template <class Cell>
constexpr bool is_normalized = false;
template <class T>
constexpr bool is_normalized<NormalizedLstm<T>> = true;

template <class Cell>
constexpr bool is_projected = false;
template <class T>
constexpr bool is_projected<ProjectedLstm<T>> = true;

template <class Cell>
constexpr bool resets_before = false;
template <class T>
constexpr bool resets_before<ResetBeforeGru<T>> = true;

// Reset after the product, as in torch: n = tanh(x + r ⊙ inner) with inner = W_hn h + b_hn.
template <class T>
struct Gru {
  using V = Vector<T>;
  static constexpr int gates = 3, vectors = 1;
  static constexpr bool has_memory = false, has_inner = true, sees_h = true, has_peepholes = false,
                        writes = true;

  static void forward(V (&v)[gates], Units<T>& u) {
    const V r = sigmoid(v[0]), z = sigmoid(v[1]);
    u.inner = v[2];
    const V n = tanh(u.x + r * u.inner);
    mix(z, n, u);
    v[0] = r, v[1] = z, v[2] = n;
  }

  static void backward(V (&v)[gates], const Units<T>& u, Slopes<T>& d) {
    const V r = v[0];
    unmix(v[1], v[2], u, d);
    v[0] = v[2] * u.inner * (r * (1 - r));
    d.inner = v[2] * r;
  }
};

struct Tanh {
  template <class V>
  static V value(V a) { return tanh(a); }
  template <class V>
  static V slope(V h) { return 1 - h * h; }
};

struct Relu {
  template <class V>
  static V value(V a) { return a < 0 ? V{} : a; }  // NaN stays NaN
  template <class V>
  static V slope(V h) { return h > 0 ? V{} + 1 : V{}; }
};

struct Sigmoid {
  template <class V>
  static V value(V a) { return sigmoid(a); }
  template <class V>
  static V slope(V h) { return h * (1 - h); }
};

struct Identity {
  template <class V>
  static V value(V a) { return a; }
  template <class V>
  static V slope(V) { return V{} + 1; }
};

template <class T, class Activation>
struct Elman {
  using V = Vector<T>;
  static constexpr int gates = 1, vectors = 4;
  static constexpr bool has_memory = false, has_inner = false, sees_h = false, has_peepholes = false,
                        writes = false;  // nothing is kept, so both masks act on h_{t-1} in the product

  static void forward(V (&a)[gates], Units<T>& u) { a[0] = u.h = Activation::value(a[0]); }

  static void backward(V (&a)[gates], const Units<T>&, Slopes<T>& d) { a[0] = d.h * Activation::slope(a[0]); }
};

}  // namespace
