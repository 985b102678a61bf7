// Learning vectors of words from windows of text, for one instruction set. This file is compiled once for each, with
// ELMAN_SET its name.
//
// A window has inputs x_i (the words around its middle, or their mean) and outputs y_j with signs s_j: the word in the
// middle (+1) and words drawn at random (-1), or the nodes of its path.
//
//   J = Σ_i Σ_j -log σ(s_j x_i · y_j);    -dJ/d(x_i · y_j) = s_j σ(-s_j x_i · y_j) = g_ij
//   x_i += rate Σ_j g_ij y_j;             y_j += rate Σ_i g_ij x_i
//
// The inputs of one side of the middle meet the same draws (Ji et al. 2016 take one set for both), so that it is two
// small matrices that are multiplied, and k rows at random places are read for all of them and not for each. Threads
// share the tables without locks (Recht et al. 2011): a change may be lost where two write the same row at once.
#include "windows.hpp"

#include "busy_rows.hpp"
#include "window_products.hpp"

namespace {

using elman::WindowRoom;
using elman::WindowTotals;
using elman::WordVectors;

template <class T>
class Reader {
 public:
  Reader(const WordVectors<T>& of, uint64_t seed, T rate, const WindowRoom<T>& room, WindowTotals& totals)
      : of_(of),
        draws_(seed),
        rate_(rate),
        room_(room),
        totals_(totals),
        busy_inputs_(of.inputs, of.width, room.stride, room.input_copies, room.input_uses),
        busy_outputs_(of.outputs, of.width, room.stride, room.output_copies, room.output_uses) {}

  void read(const uint32_t* ids, int64_t count, uint32_t line_end) {
    for (int64_t slot = 0; slot < of_.busy; ++slot) {
      busy_inputs_.take(slot, slot), busy_outputs_.take(slot, output_of(slot));
      if (of_.part_starts) busy_inputs_.take(of_.busy + slot, of_.words + slot);
    }
    lines(ids, count, line_end);
    if (rate_ == 0) return;
    for (int64_t slot = 0; slot < of_.busy; ++slot) {
      busy_inputs_.exchange(slot, slot), busy_outputs_.exchange(slot, output_of(slot));
      if (of_.part_starts) busy_inputs_.exchange(of_.busy + slot, of_.words + slot);
    }
  }

 private:
  void lines(const uint32_t* ids, int64_t count, uint32_t line_end) {
    int64_t kept = 0;
    for (int64_t place = 0; place < count; ++place) {
      const uint32_t id = ids[place];
      if (id == line_end) {
        line(kept);
        kept = 0;
      } else if (id < of_.words && (of_.keep[id] == UINT32_MAX || draws_.bits() <= of_.keep[id])) {
        room_.kept[kept++] = id;
      }
    }
    line(kept);
  }

  // The slot of a row among the copies, negative if it has none. Of inputs the words come first, then the runs of
  // characters; the busiest nodes of a tree are its last.
  int64_t input_slot(int64_t row) const {
    if (row < of_.busy) return row;
    return of_.part_starts && row >= of_.words && row < of_.words + of_.busy ? row - of_.words + of_.busy : -1;
  }
  int64_t output_of(int64_t slot) const { return of_.negatives >= 0 ? slot : of_.nodes_in_all - 1 - slot; }
  int64_t output_slot(int64_t row) const {
    const int64_t slot = output_of(row);
    return slot < of_.busy ? slot : -1;
  }

  const T* input(int64_t row) const {
    const int64_t slot = input_slot(row);
    return slot < 0 ? of_.inputs + row * of_.width : busy_inputs_.copy_of(slot);
  }
  const T* output(int64_t row) const {
    const int64_t slot = output_slot(row);
    return slot < 0 ? of_.outputs + row * of_.width : busy_outputs_.copy_of(slot);
  }
  void change_input(int64_t row, const T* change, T scale) {
    const int64_t slot = input_slot(row);
    if (slot < 0) return add(change, scale, of_.width, of_.inputs + row * of_.width);
    add(change, scale, of_.width, busy_inputs_.copy_of(slot));
    busy_inputs_.changed(slot, row);
  }
  void change_output(int64_t row, const T* change) {
    const int64_t slot = output_slot(row);
    if (slot < 0) return add(change, T(1), of_.width, of_.outputs + row * of_.width);
    add(change, T(1), of_.width, busy_outputs_.copy_of(slot));
    busy_outputs_.changed(slot, row);
  }

  // What a window is made of besides its words.
  struct Outputs {
    int64_t count;
    uint32_t* ids;
    T* signs;
  };
  struct Middle {
    int64_t reach;
    Outputs before, after;
  };

  void line(int64_t count) {
    totals_.words += count;
    if (count < 2) return;
    const int64_t most = room_.most_outputs;
    Middle now{0, {0, room_.now, room_.now_signs}, {0, room_.now + most, room_.now_signs + most}};
    Middle next{0, {0, room_.next, room_.next_signs}, {0, room_.next + most, room_.next_signs + most}};
    draw(room_.kept[0], now);
    for (int64_t place = 0; place < count; ++place) {
      // The outputs of the next window are on their way while this one is computed.
      if (place + 1 < count) draw(room_.kept[place + 1], next);
      if (place + of_.window + 2 < count) fetch_input(room_.kept[place + of_.window + 2]);
      window(place, count, now);
      swap(now, next);
    }
  }

  static void swap(Middle& one, Middle& other) {
    const Middle kept = one;
    one = other;
    other = kept;
  }

  void fetch_input(uint32_t word) const {
    if (!of_.part_starts) return fetch(input(word), of_.width);
    for (int64_t k = of_.part_starts[word]; k < of_.part_starts[word + 1]; ++k) fetch(input(of_.parts[k]), of_.width);
  }

  // Words before and after the middle meet draws of their own; a mean has only one set, and so has a tree.
  bool has_sides() const { return !of_.averaged && of_.negatives >= 0; }

  // How far a window reaches, and its outputs.
  void draw(uint32_t word, Middle& middle) {
    middle.reach = 1 + draws_.below(of_.window);
    draw(word, middle.before);
    if (has_sides()) draw(word, middle.after);
  }

  void draw(uint32_t word, Outputs& middle) {
    int64_t count = 0;
    if (of_.negatives >= 0) {
      middle.ids[count] = word, middle.signs[count++] = 1;
      for (int64_t k = 0; k < of_.negatives; ++k) {
        const uint64_t bits = draws_.next();
        const auto slot = static_cast<uint32_t>((bits >> 32) * static_cast<uint64_t>(of_.words) >> 32);
        const uint32_t other = static_cast<uint32_t>(bits) <= of_.limits[slot] ? slot : of_.aliases[slot];
        if (other != word) middle.ids[count] = other, middle.signs[count++] = -1;
      }
    } else {
      for (int64_t k = of_.path_starts[word]; k < of_.path_starts[word + 1]; ++k) {
        middle.ids[count] = of_.nodes[k], middle.signs[count++] = of_.left[k] ? T(1) : T(-1);
      }
    }
    middle.count = count;
    for (int64_t k = 0; k < count; ++k) fetch(output(middle.ids[k]), of_.width);
  }

  void window(int64_t place, int64_t count, const Middle& middle) {
    const int64_t from = place > middle.reach ? place - middle.reach : 0;
    const int64_t to = place + middle.reach < count ? place + middle.reach : count - 1;
    if (!has_sides()) return learn(from, to, place, middle.before);
    if (from < place) learn(from, place - 1, place, middle.before);
    if (place < to) learn(place + 1, to, place, middle.after);
  }

  void learn(int64_t from, int64_t to, int64_t place, const Outputs& middle) {
    const int64_t words = to - from + (place < from || to < place), inputs = of_.averaged ? 1 : words;
    const int64_t stride = room_.stride;
    gather(from, to, place);
    for (int64_t j = 0; j < middle.count; ++j) {
      copy(output(middle.ids[j]), of_.width, room_.outputs + j * stride);
    }
    for (int64_t i = 0; i < inputs; ++i) {
      products(room_.inputs + i * stride, room_.outputs, middle.count, stride, room_.scores + i * middle.count);
      for (int64_t j = 0; j < middle.count; ++j) room_.signs[i * middle.count + j] = middle.signs[j];
    }
    totals_.nats += errors(room_.scores, room_.signs, inputs * middle.count, rate_);
    totals_.pairs += inputs;
    if (rate_ == 0) return;
    for (int64_t i = 0; i < inputs; ++i) {
      combined(room_.outputs, middle.count, stride, room_.scores + i * middle.count, 1,
               room_.input_changes + i * stride);
    }
    for (int64_t j = 0; j < middle.count; ++j) {
      combined(room_.inputs, inputs, stride, room_.scores + j, middle.count, room_.output_changes);
      change_output(middle.ids[j], room_.output_changes);
    }
    scatter(from, to, place);
  }

  // The inputs of a window: its words, or their mean.
  void gather(int64_t from, int64_t to, int64_t place) {
    T* row = room_.inputs;
    const T share = of_.averaged ? T(1) / static_cast<T>(to - from) : T(1);
    if (of_.averaged) clear(row);
    for (int64_t other = from; other <= to; ++other) {
      if (other == place) continue;
      const uint32_t word = room_.kept[other];
      if (!of_.part_starts) {
        const T* const own = input(word);
        of_.averaged ? add(own, share, of_.width, row) : copy(own, of_.width, row);
      } else {
        const int64_t first = of_.part_starts[word], last = of_.part_starts[word + 1];
        const T part = share / static_cast<T>(last - first);
        if (!of_.averaged) clear(row);
        for (int64_t k = first; k < last; ++k) add(input(of_.parts[k]), part, of_.width, row);
      }
      if (!of_.averaged) row += room_.stride;
    }
  }

  void clear(T* row) const {
    for (int64_t k = 0; k < room_.stride; k += lanes<T>) store(row + k, Vector<T>{});
  }

  void scatter(int64_t from, int64_t to, int64_t place) {
    const T* row = room_.input_changes;
    const T share = of_.averaged ? T(1) / static_cast<T>(to - from) : T(1);
    for (int64_t other = from; other <= to; ++other) {
      if (other == place) continue;
      const uint32_t word = room_.kept[other];
      if (!of_.part_starts) {
        change_input(word, row, share);
      } else {
        const int64_t first = of_.part_starts[word], last = of_.part_starts[word + 1];
        const T part = share / static_cast<T>(last - first);
        for (int64_t k = first; k < last; ++k) change_input(of_.parts[k], row, part);
      }
      if (!of_.averaged) row += room_.stride;
    }
  }

  const WordVectors<T>& of_;
  Draws draws_;
  T rate_;
  const WindowRoom<T>& room_;
  WindowTotals& totals_;
  Busy<T> busy_inputs_, busy_outputs_;
};

template <class T>
void read(const WordVectors<T>& of, const uint32_t* ids, int64_t count, uint32_t line_end, uint64_t seed, T rate,
          const WindowRoom<T>& room, WindowTotals& totals) {
  Reader<T>(of, seed, rate, room, totals).read(ids, count, line_end);
}

}  // namespace

#define ELMAN_JOINED(set, name) set##name
#define ELMAN_JOIN(set, name) ELMAN_JOINED(set, name)

namespace elman {
extern const WindowKernels ELMAN_JOIN(ELMAN_SET, _windows);
const WindowKernels ELMAN_JOIN(ELMAN_SET, _windows) = {{read<float>}, {read<double>}};
}  // namespace elman
