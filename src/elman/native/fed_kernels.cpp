// Recurrences that are fed with what they read, for one instruction set. This file is compiled once for each.
#include "fed_backward.hpp"
#include "likeliest.hpp"

namespace {

using elman::Kind;

template <class Cell>
struct Type {
  using type = Cell;
};

// Calls work(Type<the cell of this kind>). Python lets no other kind come here.
template <class T, class Work>
auto with_fed_cell(Kind kind, const Work& work) {
  if (kind == Kind::lstm) return work(Type<Lstm<T, false, false>>{});
  if (kind == Kind::gru) return work(Type<Gru<T>>{});
  return work(Type<Elman<T, Tanh>>{});
}

template <class T>
int64_t scratch_forward(const Fed<T>& f, int) {
  return with_fed_cell<T>(f.of.kind, [&](auto cell) { return fed_forward_scratch<typename decltype(cell)::type, T>(f); });
}

template <class T>
int64_t scratch_backward(const FedGradient<T>& g, int threads) {
  return with_fed_cell<T>(g.of.of.kind,
                          [&](auto cell) { return fed_backward_scratch<typename decltype(cell)::type, T>(g, threads); });
}

template <class T>
void forward(const Fed<T>& f, Member me) {
  with_fed_cell<T>(f.of.kind, [&](auto cell) { FedForward<typename decltype(cell)::type, T>(f, me).run(); });
}

template <class T>
void backward(const FedGradient<T>& g, Member me) {
  with_fed_cell<T>(g.of.of.kind, [&](auto cell) { FedBackward<typename decltype(cell)::type, T>(g, me).run(); });
}

template <class T>
void look(const elman::Queries<T>& q, Member me) {
  const Looking<T> looking(q.attention);
  const Share mine(q.rows, me);
  for (int64_t row = mine.first; row < mine.first + mine.count; ++row) {
    looking.read(q.sources[row], q.queries + row * q.attention.key_width, q.weights + row * q.attention.places,
                 q.context + row * q.attention.width);
  }
}

template <class T>
void rank(const Likeliest<T>& of, Member me) {
  Ranking<T>(of).run(me);
}

}  // namespace

#define ELMAN_JOINED(set, name) set##name
#define ELMAN_JOIN(set, name) ELMAN_JOINED(set, name)

namespace elman {
extern const FedKernels ELMAN_JOIN(ELMAN_SET, _fed);
const FedKernels ELMAN_JOIN(ELMAN_SET, _fed) = {
    {scratch_forward<float>, scratch_backward<float>, forward<float>, backward<float>, look<float>, rank<float>},
    {scratch_forward<double>, scratch_backward<double>, forward<double>, backward<double>, look<double>, rank<double>}};
}  // namespace elman
