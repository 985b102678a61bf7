// The kernels for one instruction set. This file is compiled once for each, with ELMAN_SET its name.
#include "backward.hpp"

namespace {

using elman::Kind;

template <template <class, class> class Run, class Call, class T>
void run(Kind kind, const Call& call, Member me) {
  switch (kind) {
    case Kind::lstm: return Run<Lstm<T, false, false>, T>(call, me).run();
    case Kind::peephole_lstm: return Run<Lstm<T, true, false>, T>(call, me).run();
    case Kind::coupled_lstm: return Run<Lstm<T, false, true>, T>(call, me).run();
    case Kind::gru: return Run<Gru<T>, T>(call, me).run();
    case Kind::tanh: return Run<Elman<T, Tanh>, T>(call, me).run();
    case Kind::relu: return Run<Elman<T, Relu>, T>(call, me).run();
    case Kind::sigmoid: return Run<Elman<T, Sigmoid>, T>(call, me).run();
    case Kind::identity: return Run<Elman<T, Identity>, T>(call, me).run();
  }
}

// Scratch depends on the shape of a cell only, so one cell of each shape stands for all.
template <class T>
int64_t scratch_forward(const Sequence<T>& s) {
  switch (s.kind) {
    case Kind::lstm:
    case Kind::peephole_lstm: return forward_scratch<Lstm<T, true, false>, T>(s);
    case Kind::coupled_lstm: return forward_scratch<Lstm<T, false, true>, T>(s);
    case Kind::gru: return forward_scratch<Gru<T>, T>(s);
    default: return forward_scratch<Elman<T, Tanh>, T>(s);
  }
}

template <class T>
int64_t scratch_backward(const Sequence<T>& s, int threads) {
  switch (s.kind) {
    case Kind::lstm:
    case Kind::peephole_lstm: return backward_scratch<Lstm<T, true, false>, T>(s, threads);
    case Kind::coupled_lstm: return backward_scratch<Lstm<T, false, true>, T>(s, threads);
    case Kind::gru: return backward_scratch<Gru<T>, T>(s, threads);
    default: return backward_scratch<Elman<T, Tanh>, T>(s, threads);
  }
}

template <class T>
void forward(const Sequence<T>& s, Member me) {
  run<Forward, Sequence<T>, T>(s.kind, s, me);
}

template <class T>
void backward(const Gradient<T>& g, Member me) {
  run<Backward, Gradient<T>, T>(g.of.kind, g, me);
}

template <class T>
constexpr elman::Kernels<T> kernels() {
  return {scratch_forward<T>, scratch_backward<T>, forward<T>, backward<T>};
}

}  // namespace

#define ELMAN_QUOTED(name) #name
#define ELMAN_QUOTE(name) ELMAN_QUOTED(name)

namespace elman {
extern const Instructions ELMAN_SET;
const Instructions ELMAN_SET = {ELMAN_QUOTE(ELMAN_SET), kernels<float>(), kernels<double>()};
}  // namespace elman
