// A model for one step at a time, as Python calls it: weights packed once, buffers bound once.
#include <stdexcept>

#include "door.hpp"
#include "sampling.hpp"

namespace {

using elman::Layer;
using elman::Linear;
using elman::Step;

// Zeroed memory that starts on a cache line.
template <class T>
std::unique_ptr<T[], Free> aligned(int64_t values) {
  const std::size_t bytes = (static_cast<std::size_t>(std::max<int64_t>(values, 1)) * sizeof(T) + 63) / 64 * 64;
  T* const memory = static_cast<T*>(std::aligned_alloc(64, bytes));
  if (!memory) throw std::bad_alloc();
  std::fill_n(memory, bytes / sizeof(T), T{0});
  return std::unique_ptr<T[], Free>(memory);
}

// The packed weights of a stack of layers and of what stands above it.
template <class T>
class Model {
 public:
  Model(const Model&) = delete;
  Model(int instructions, int threads) : kernels_(kernels<T>(instructions)), threads_(threads) {}

  void add_layer(int kind, bool memory, int64_t inputs, MaybeIn<T> weight_ih, In<T> weight_hh, MaybeIn<T> bias,
                 MaybeIn<T> inner_bias, MaybeIn<T> peephole, MaybeIn<T> table, double h_stays, double c_stays) {
    Layer<T> layer{};
    layer.kind = static_cast<Kind>(kind);
    layer.memory = memory;
    layer.inputs = inputs;
    layer.weights = static_cast<int64_t>(weight_hh.size() + (weight_ih ? weight_ih->size() : 0));
    layer.hidden = static_cast<int64_t>(weight_hh.shape(1));
    if (weight_ih) layer.from_input = packed(layer.kind, *weight_ih, layer.hidden, inputs);
    layer.from_state = packed(layer.kind, weight_hh, layer.hidden, layer.hidden);
    layer.bias = copied(bias);
    layer.inner_bias = copied(inner_bias);
    layer.peephole = copied(peephole);
    layer.table = copied(table);
    layer.h_stays = static_cast<T>(h_stays);
    layer.c_stays = static_cast<T>(c_stays);
    layers_.push_back(layer);
  }

  void set_head(In<T> weight, In<T> bias) {
    const auto outputs = static_cast<int64_t>(weight.shape(0)), inputs = static_cast<int64_t>(weight.shape(1));
    // A panel of one gate with several registers of units, as that of the simple recurrent network.
    head_ = {inputs, outputs, packed(Kind::tanh, weight, outputs, inputs), copied(MaybeIn<T>(bias))};
  }

  // Vectors of tokens, for a first layer without a table.
  void set_embedding(In<T> vectors) {
    embedding_ = copied(MaybeIn<T>(vectors));
  }

  const Kernels<T>& kernels_;
  const int threads_;
  std::vector<Layer<T>> layers_;
  Linear<T> head_{};
  const T* embedding_ = nullptr;

 private:
  const T* packed(Kind kind, const In<T>& weight, int64_t units, int64_t depth) {
    T* const out = keep(kernels_.packed_size(kind, units, depth));
    kernels_.pack(kind, weight.data(), units, depth, out);
    return out;
  }

  const T* copied(const MaybeIn<T>& array) {
    if (!array) return nullptr;
    T* const out = keep(static_cast<int64_t>(array->size()));
    std::copy_n(array->data(), array->size(), out);
    return out;
  }

  T* keep(int64_t values) {
    memory_.push_back(aligned<T>(values));
    return memory_.back().get();
  }

  std::vector<std::unique_ptr<T[], Free>> memory_;
};

// A model in the middle of some sequences.
template <class T>
class Session {
 public:
  Session(const Session&) = delete;
  Session(nb::object owner, int64_t batch) : owner_(owner), model_(*nb::cast<Model<T>*>(owner)) {
    int64_t widest = 0, multiplications = model_.head_.inputs * model_.head_.outputs;
    for (const Layer<T>& layer : model_.layers_) {
      widest = std::max(widest, layer.hidden);
      multiplications += layer.weights;
    }
    threads_ = useful_threads(batch * multiplications / (static_cast<int64_t>(model_.layers_.size()) + 1),
                              model_.threads_);
    step_.layers = model_.layers_.data();
    step_.count = static_cast<int64_t>(model_.layers_.size());
    step_.batch = batch;
    step_.width = (widest + 15) / 16 * 16 + 64;  // whole registers of every instruction set may be stored
    for (int64_t layer = 0; layer < step_.count; ++layer) {
      h_.push_back(keep(2 * batch * step_.width));
      c_.push_back(keep(batch * step_.width));
    }
    step_.h = h_.data();
    step_.c = c_.data();
    input_ = keep(batch * model_.layers_.front().inputs);
    step_.input = input_;
    tokens_.resize(batch);
    step_.tokens = tokens_.data();
    step_.head = model_.head_.weight ? &model_.head_ : nullptr;
    step_.logits = logits_ = keep(batch * model_.head_.outputs);
  }

  nb::ndarray<T, nb::numpy> input() {
    return view(input_, {static_cast<std::size_t>(step_.batch), static_cast<std::size_t>(step_.layers[0].inputs)});
  }

  nb::ndarray<T, nb::numpy> logits() {
    return view(logits_, {static_cast<std::size_t>(step_.batch), static_cast<std::size_t>(model_.head_.outputs)});
  }

  // Copies the state, layer by layer h and then c, from or into rows of one array (B, S).
  void set_state(In<T> state) {
    const T* rows = state.data();
    exchange([&](T* inside, int64_t count) {
      std::copy_n(rows, count, inside);
      rows += count;
    });
  }

  void get_state(Array<T> state) {
    T* rows = state.data();
    exchange([&](const T* inside, int64_t count) { rows = std::copy_n(inside, count, rows); });
  }

  void step() {
    together(threads_, [&](Member me) { model_.kernels_.step(step_, me); });
    step_.turn ^= 1;
  }

  // Reads one token a sequence. Returns false, and reads nothing, if one of them is outside 0..vocabulary - 1.
  bool advance(nb::ndarray<const int64_t, nb::ndim<1>, nb::c_contig, nb::device::cpu> tokens, int64_t vocabulary) {
    for (std::size_t b = 0; b < tokens_.size(); ++b) {
      if (tokens.data()[b] < 0 || tokens.data()[b] >= vocabulary) return false;
    }
    for (std::size_t b = 0; b < tokens_.size(); ++b) read(static_cast<int64_t>(b), tokens.data()[b]);
    step();
    return true;
  }

  // Reads a token, draws the next, reads it, and so on: one drawn token for each number of `uniforms`, of one sequence.
  // All were checked by elman.native.sessions: nothing in here may throw, because an exception must not leave a team.
  // Where the model gives no numbers, -1 is drawn, and token 0 read.
  void draw(int64_t token, nb::ndarray<const double, nb::ndim<1>, nb::c_contig, nb::device::cpu> uniforms,
            double temperature, int64_t top_k, double top_p,
            nb::ndarray<const int64_t, nb::ndim<1>, nb::c_contig, nb::device::cpu> excluded,
            nb::ndarray<int64_t, nb::ndim<1>, nb::c_contig, nb::device::cpu> drawn) {
    nb::gil_scoped_release released;
    Sampler sampler({temperature, top_k, top_p}, excluded.data(), excluded.size(), model_.head_.outputs);
    const std::size_t count = uniforms.size();
    read(0, token);
    together(threads_, [&](Member me) {
      for (std::size_t place = 0; place < count; ++place) {
        model_.kernels_.step(step_, me);
        if (me.id == 0) {
          step_.turn ^= 1;
          const int64_t found = sampler.draw(logits_, model_.head_.outputs, uniforms.data()[place]);
          drawn.data()[place] = found;
          read(0, std::max<int64_t>(found, 0));
        }
        meet(me);
      }
    });
  }

 private:
  nb::ndarray<T, nb::numpy> view(T* data, std::initializer_list<std::size_t> shape) {
    return nb::ndarray<T, nb::numpy>(data, shape, nb::find(this));
  }

  void read(int64_t b, int64_t token) {
    tokens_[b] = token;
    const int64_t size = step_.layers[0].inputs;
    if (model_.embedding_) std::copy_n(model_.embedding_ + token * size, size, input_ + b * size);
  }

  // Calls work(part, count) for each part of the state, in the order of the rows outside.
  template <class Work>
  void exchange(const Work& work) {
    for (int64_t b = 0; b < step_.batch; ++b) {
      for (int64_t layer = 0; layer < step_.count; ++layer) {
        const int64_t hidden = step_.layers[layer].hidden, place = b * step_.width;
        work(h_[layer] + (step_.turn ? step_.batch * step_.width : 0) + place, hidden);
        if (step_.layers[layer].memory) work(c_[layer] + place, hidden);
      }
    }
  }

  T* keep(int64_t values) {
    memory_.push_back(aligned<T>(values));
    return memory_.back().get();
  }

  nb::object owner_;
  Model<T>& model_;
  Step<T> step_{};
  int threads_ = 1;
  std::vector<std::unique_ptr<T[], Free>> memory_;
  std::vector<T*> h_, c_;
  std::vector<int64_t> tokens_;
  T* input_ = nullptr;
  T* logits_ = nullptr;
};

template <class T>
void define(nb::module_& m, const char* model, const char* session) {
  nb::class_<Model<T>>(m, model)
      .def(nb::init<int, int>(), "instructions"_a, "threads"_a)
      .def("add_layer", &Model<T>::add_layer, "kind"_a, "memory"_a, "inputs"_a, array_or_none("weight_ih"),
           array("weight_hh"), array_or_none("bias"), array_or_none("inner_bias"), array_or_none("peephole"),
           array_or_none("table"), "h_stays"_a, "c_stays"_a)
      .def("set_embedding", &Model<T>::set_embedding, array("vectors"))
      .def("set_head", &Model<T>::set_head, array("weight"), array("bias"));
  nb::class_<Session<T>>(m, session)
      .def(nb::init<nb::object, int64_t>(), "model"_a, "batch"_a)
      .def_prop_ro("input", &Session<T>::input)
      .def_prop_ro("logits", &Session<T>::logits)
      .def("set_state", &Session<T>::set_state, array("state"))
      .def("get_state", &Session<T>::get_state, array("state"))
      .def("step", &Session<T>::step)
      .def("advance", &Session<T>::advance, array("tokens"), "vocabulary"_a)
      .def("draw", &Session<T>::draw, "token"_a, array("uniforms"), "temperature"_a, "top_k"_a, "top_p"_a,
           array("excluded"), array("drawn"));
}

}  // namespace

void elman::define_sessions(nb::module_& m) {
  define<float>(m, "Model32", "Session32");
  define<double>(m, "Model64", "Session64");
}
