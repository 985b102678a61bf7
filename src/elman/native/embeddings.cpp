// Learning vectors of words from text, as Python calls it.
#include <atomic>

#include "door.hpp"
#include "windows.hpp"

namespace {

using Ids = In<uint32_t>;
using Places = In<int64_t>;

// The tables and what decides which of their rows meet. All of it belongs to Python.
template <class T>
class WindowReader {
 public:
  WindowReader(int instructions, Array<T> inputs, Array<T> outputs, Ids keep, int64_t window, bool averaged)
      : kernel_(typed<T>(ELMAN_FAMILY(instructions, windows))), inputs_(inputs), outputs_(outputs), keep_(keep) {
    of_.width = static_cast<int64_t>(inputs.shape(1)), of_.words = static_cast<int64_t>(keep.size());
    of_.inputs = inputs.data(), of_.outputs = outputs.data();
    of_.nodes_in_all = static_cast<int64_t>(outputs.shape(0));
    of_.keep = keep.data(), of_.window = window, of_.averaged = averaged;
  }

  void set_parts(Places starts, Ids parts) {
    part_starts_ = starts, parts_ = parts;
    of_.part_starts = starts.data(), of_.parts = parts.data();
  }

  void set_noise(int64_t negatives, Ids limits, Ids aliases) {
    limits_ = limits, aliases_ = aliases;
    of_.negatives = negatives, of_.limits = limits.data(), of_.aliases = aliases.data();
    most_outputs_ = negatives + 1;
  }

  void set_tree(Places starts, Ids nodes, In<uint8_t> left) {
    path_starts_ = starts, nodes_ = nodes, left_ = left;
    of_.negatives = -1;
    of_.path_starts = starts.data(), of_.nodes = nodes.data(), of_.left = left.data();
    most_outputs_ = 0;
    for (std::size_t w = 0; w + 1 < starts.size(); ++w) {
      most_outputs_ = std::max(most_outputs_, starts.data()[w + 1] - starts.data()[w]);
    }
  }

  // Reads stretches of text, stretch i up to ends[i]. Whoever of the threads is free takes the next one.
  void read(Ids ids, Places ends, uint32_t line_end, In<uint64_t> seeds, In<T> rates, Array<double> nats,
            Array<int64_t> pairs, Array<int64_t> words, int threads) const {
    nb::gil_scoped_release released;
    const auto stretches = static_cast<int64_t>(ends.size());
    int64_t longest = 0;
    for (int64_t i = 0; i < stretches; ++i) {
      longest = std::max(longest, ends.data()[i] - (i ? ends.data()[i - 1] : 0));
    }
    const int team = static_cast<int>(std::clamp<int64_t>(stretches, 1, std::max(1, threads)));
    elman::WordVectors<T> of = of_;
    if (team > 1) of.busy = most_busy();
    std::atomic<int64_t> next{0};
    const RoomSizes sizes(*this, longest, of.busy);
    T* const rooms = scratch<T>(team * sizes.whole);
    together(team, [&](Member me) {
      const elman::WindowRoom<T> room = make_room(sizes, rooms + me.id * sizes.whole);
      for (int64_t i = next++; i < stretches; i = next++) {
        const int64_t first = i ? ends.data()[i - 1] : 0;
        elman::WindowTotals totals;
        kernel_.read(of, ids.data() + first, ends.data()[i] - first, line_end, seeds.data()[i], rates.data()[i], room,
                     totals);
        nats.data()[i] = totals.nats, pairs.data()[i] = totals.pairs, words.data()[i] = totals.words;
      }
    });
  }

 private:
  static constexpr int64_t busy_rows = 256;

  // How many rows of each kind may have copies.
  int64_t most_busy() const {
    int64_t most = std::min<int64_t>(busy_rows, std::min<int64_t>(of_.words, outputs_.shape(0)));
    if (of_.part_starts) most = std::min<int64_t>(most, static_cast<int64_t>(inputs_.shape(0)) - of_.words);
    return most;
  }

  // How many numbers the parts of a thread's room have.
  struct RoomSizes {
    int64_t longest, busy, stride, inputs, scores, signs, busy_inputs, rows, uses, whole;

    RoomSizes(const WindowReader& of, int64_t longest, int64_t busy)
        : longest(longest), busy(busy), stride(own_room<T>(of.of_.width)),
          inputs(of.of_.averaged ? 1 : 2 * of.of_.window), scores(own_room<T>(inputs * of.most_outputs_)),
          signs(own_room<T>(2 * of.most_outputs_)), busy_inputs(of.of_.part_starts ? 2 * busy : busy),
          rows(stride * (2 * inputs + of.most_outputs_ + 1 + 2 * (busy_inputs + busy))),
          uses(own_room<T>(busy_inputs + busy)) {
      const int64_t ids = (longest + 4 * of.most_outputs_) * static_cast<int64_t>(sizeof(uint32_t));
      whole = rows + 2 * scores + 2 * signs + uses + own_room<T>(ids);
    }
  };

  elman::WindowRoom<T> make_room(const RoomSizes& sizes, T* room) const {
    const auto& [longest, busy, stride, inputs, scores, signs, busy_inputs, rows, uses, whole] = sizes;
    std::fill_n(room, rows, T(0));  // behind D they stay 0
    const auto take = [&](int64_t values) {
      T* const here = room;
      room += values;
      return here;
    };
    elman::WindowRoom<T> made;
    made.stride = stride, made.most_outputs = most_outputs_;
    made.inputs = take(inputs * stride), made.input_changes = take(inputs * stride);
    made.outputs = take(most_outputs_ * stride), made.output_changes = take(stride);
    made.input_copies = take(2 * busy_inputs * stride), made.output_copies = take(2 * busy * stride);
    made.scores = take(scores), made.signs = take(scores);
    made.now_signs = take(signs), made.next_signs = take(signs);
    made.input_uses = reinterpret_cast<uint8_t*>(take(uses)), made.output_uses = made.input_uses + busy_inputs;
    made.kept = reinterpret_cast<uint32_t*>(room);
    made.now = made.kept + longest, made.next = made.now + 2 * most_outputs_;
    return made;
  }

  const elman::WindowKernel<T>& kernel_;
  elman::WordVectors<T> of_{};
  int64_t most_outputs_ = 0;
  Array<T> inputs_, outputs_;  // these keep the memory alive
  Ids keep_, parts_, limits_, aliases_, nodes_;
  Places part_starts_, path_starts_;
  In<uint8_t> left_;
};

template <class T>
void define(nb::module_& m, const char* name) {
  nb::class_<WindowReader<T>>(m, name)
      .def(nb::init<int, Array<T>, Array<T>, Ids, int64_t, bool>(), "instructions"_a, array("inputs"), array("outputs"),
           array("keep"), "window"_a, "averaged"_a)
      .def("set_parts", &WindowReader<T>::set_parts, array("starts"), array("parts"))
      .def("set_noise", &WindowReader<T>::set_noise, "negatives"_a, array("limits"), array("aliases"))
      .def("set_tree", &WindowReader<T>::set_tree, array("starts"), array("nodes"), array("left"))
      .def("read", &WindowReader<T>::read, array("ids"), array("ends"), "line_end"_a, array("seeds"), array("rates"),
           array("nats"), array("pairs"), array("words"), "threads"_a);
}

}  // namespace

void elman::define_embeddings(nb::module_& m) {
  define<float>(m, "WindowReader32");
  define<double>(m, "WindowReader64");
}
