// The kernels for one instruction set. This file is compiled once for each, with ELMAN_SET its name.
#include "instructions.hpp"

#include "matrix_product.hpp"
#include "normalized_backward.hpp"
#include "normalized_forward.hpp"
#include "projected_backward.hpp"
#include "projected_forward.hpp"
#include "reset_before_backward.hpp"
#include "reset_before_forward.hpp"
#include "steps.hpp"

namespace {

using elman::Kind;

template <class Cell>
struct Type {
  using type = Cell;
};

// Calls work(Type<the cell of this kind>), for those that take one time step in one go.
template <class T, class Work>
auto with_cell(Kind kind, const Work& work) {
  switch (kind) {
    case Kind::lstm: return work(Type<Lstm<T, false, false>>{});
    case Kind::peephole_lstm: return work(Type<Lstm<T, true, false>>{});
    case Kind::coupled_lstm: return work(Type<Lstm<T, false, true>>{});
    case Kind::gru: return work(Type<Gru<T>>{});
    case Kind::relu: return work(Type<Elman<T, Relu>>{});
    case Kind::sigmoid: return work(Type<Elman<T, Sigmoid>>{});
    case Kind::identity: return work(Type<Elman<T, Identity>>{});
    case Kind::tanh: return work(Type<Elman<T, Tanh>>{});
    case Kind::layer_norm_lstm:
    case Kind::projected_lstm:
    case Kind::reset_before_gru: break;  // Python lets none of these come here
  }
  __builtin_unreachable();
}

template <class T>
int64_t scratch_forward(const Sequence<T>& s, int threads) {
  if (s.kind == Kind::layer_norm_lstm) return normalized_forward_scratch(s, threads);
  if (s.kind == Kind::projected_lstm) return projected_forward_scratch(s);
  if (s.kind == Kind::reset_before_gru) return reset_before_forward_scratch(s);
  return with_cell<T>(s.kind, [&](auto cell) { return forward_scratch<typename decltype(cell)::type, T>(s); });
}

template <class T>
int64_t scratch_backward(const Sequence<T>& s, int threads) {
  if (s.kind == Kind::layer_norm_lstm) return normalized_backward_scratch(s, threads);
  if (s.kind == Kind::projected_lstm) return projected_backward_scratch(s, threads);
  if (s.kind == Kind::reset_before_gru) return backward_scratch<ResetBeforeGru<T>, T>(s, threads);
  return with_cell<T>(s.kind, [&](auto cell) { return backward_scratch<typename decltype(cell)::type, T>(s, threads); });
}

template <class T>
void forward(const Sequence<T>& s, Member me) {
  if (s.kind == Kind::layer_norm_lstm) return NormalizedForward<T>(s, me).run();
  if (s.kind == Kind::projected_lstm) return ProjectedForward<T>(s, me).run();
  if (s.kind == Kind::reset_before_gru) return ResetBeforeForward<T>(s, me).run();
  with_cell<T>(s.kind, [&](auto cell) { Forward<typename decltype(cell)::type, T>(s, me).run(); });
}

template <class T>
void backward(const Gradient<T>& g, Member me) {
  if (g.of.kind == Kind::layer_norm_lstm) return NormalizedBackward<T>(g, me).run();
  if (g.of.kind == Kind::projected_lstm) return ProjectedBackward<T>(g, me).run();
  if (g.of.kind == Kind::reset_before_gru) return ResetBeforeBackward<T>(g, me).run();
  with_cell<T>(g.of.kind, [&](auto cell) { Backward<typename decltype(cell)::type, T>(g, me).run(); });
}

template <class T>
int64_t packed_size(Kind kind, int64_t units, int64_t depth) {
  return with_cell<T>(kind, [&](auto cell) {
    using Cell = typename decltype(cell)::type;
    return panels_of<T>(units, Cell::vectors).registers * lanes<T> * Cell::gates * depth;
  });
}

template <class T>
void pack(Kind kind, const T* weight, int64_t units, int64_t depth, T* out) {
  with_cell<T>(kind, [&](auto cell) {
    using Cell = typename decltype(cell)::type;
    pack_panels(out, weight, Cell::gates, panels_of<T>(units, Cell::vectors), units, depth, Member{0, 1, nullptr});
  });
}

template <class T>
void step(const Step<T>& s, Member me) {
  for (int64_t number = 0; number < s.count; ++number) {
    with_cell<T>(s.layers[number].kind,
                 [&](auto cell) { LayerStep<typename decltype(cell)::type, T>(s, number, me).run(); });
    meet(me);
  }
  if (!s.head) return;
  const T* const top = s.h[s.count - 1] + (s.turn ? 0 : s.batch * s.width);
  apply_linear(*s.head, top, s.width, s.logits, s.batch, me);
  meet(me);
}

template <class T>
constexpr elman::Kernels<T> kernels() {
  return {scratch_forward<T>, scratch_backward<T>, forward<T>, backward<T>,          packed_size<T>,
          pack<T>,            step<T>,             product_scratch<T>, multiply<T>};
}

}  // namespace

#define ELMAN_QUOTED(name) #name
#define ELMAN_QUOTE(name) ELMAN_QUOTED(name)

namespace elman {
extern const Instructions ELMAN_SET;
const Instructions ELMAN_SET = {ELMAN_QUOTE(ELMAN_SET), kernels<float>(), kernels<double>()};
}  // namespace elman
