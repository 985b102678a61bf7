// Neural Turing machines, for one instruction set. This file is compiled once for each.
#include "turing_backward.hpp"

namespace {

template <class T>
int64_t scratch_forward(const Turing<T>& of, int threads) {
  return TuringLayout<T>(of, threads).end;
}

template <class T>
int64_t scratch_backward(const TuringGradient<T>& g, int threads) {
  return TuringBackwardLayout<T>(g, threads).end;
}

template <class T>
void forward(const Turing<T>& of, Member me) {
  TuringForward<T>(of, me).run();
}

template <class T>
void backward(const TuringGradient<T>& g, Member me) {
  TuringBackward<T>(g, me).run();
}

}  // namespace

#define ELMAN_JOINED(set, name) set##name
#define ELMAN_JOIN(set, name) ELMAN_JOINED(set, name)

namespace elman {
extern const TuringKernels ELMAN_JOIN(ELMAN_SET, _turing);
const TuringKernels ELMAN_JOIN(ELMAN_SET, _turing) = {
    {scratch_forward<float>, scratch_backward<float>, forward<float>, backward<float>},
    {scratch_forward<double>, scratch_backward<double>, forward<double>, backward<double>}};
}  // namespace elman
