// Looking up n-grams, as Python calls it.
#include <cmath>

#include "door.hpp"

namespace {

using Ids = nb::ndarray<const int64_t, nb::ndim<1>, nb::c_contig, nb::device::cpu>;
using Index = nb::ndarray<const uint32_t, nb::ndim<1>, nb::c_contig, nb::device::cpu>;
using Floats = nb::ndarray<const float, nb::ndim<1>, nb::c_contig, nb::device::cpu>;

// The n-grams of one order: see elman.ngram.backoff.Order.
struct Order {
  Index words, links;
  Floats log_probs, backoffs;
  Index starts;
};

// A model with backoff weights. Its arrays belong to Python.
class Ngrams {
 public:
  explicit Ngrams(bool uniform) : uniform_(uniform) {}

  void add(Index words, Index links, Floats log_probs, Floats backoffs, Index starts) {
    orders_.push_back({words, links, log_probs, backoffs, starts});
  }

  // Reads sequences of words, sequence i up to ends[i], each from its state, which becomes the one after it. Words must
  // be below V and states those of this model: the door has looked.
  void read(Ids words, Ids ends, nb::ndarray<int64_t, nb::ndim<1>, nb::c_contig, nb::device::cpu> states,
            nb::ndarray<double, nb::ndim<1>, nb::c_contig, nb::device::cpu> log_probs,
            nb::ndarray<uint8_t, nb::ndim<1>, nb::c_contig, nb::device::cpu> used, int threads) const {
    nb::gil_scoped_release released;
    const auto sequences = static_cast<int64_t>(ends.size()), total = static_cast<int64_t>(words.size());
    const int team = static_cast<int>(std::clamp<int64_t>(total / 10'000, 1, std::max(1, threads)));
    together(team, [&](Member me) {
      const int64_t from = first_sequence(ends, sequences, total, me.id, me.count);
      const int64_t to = first_sequence(ends, sequences, total, me.id + 1, me.count);
      for (int64_t sequence = from; sequence < to; ++sequence) {
        int64_t state = states.data()[sequence];
        for (int64_t place = sequence ? ends.data()[sequence - 1] : 0; place < ends.data()[sequence]; ++place) {
          step(state, static_cast<uint32_t>(words.data()[place]), log_probs.data()[place], used.data()[place]);
        }
        states.data()[sequence] = state;
      }
    });
  }

 private:
  // Where a member begins, so that all have about as many words.
  static int64_t first_sequence(const Ids& ends, int64_t sequences, int64_t total, int member, int members) {
    if (member == members) return sequences;
    return std::lower_bound(ends.data(), ends.data() + sequences, total * member / members + (member > 0)) - ends.data();
  }

  void step(int64_t& state, uint32_t word, double& log_prob, uint8_t& used) const {
    const int64_t highest = static_cast<int64_t>(orders_.size());
    int64_t k = state >> 32;
    uint32_t node = static_cast<uint32_t>(state);
    double sum = 0;
    bool settled = false;
    for (;;) {
      const int64_t child = find(k, node, word);
      if (child >= 0) {
        const Order& order = orders_[k];
        if (!settled) sum += order.log_probs.data()[child];
        log_prob = sum;
        used = static_cast<uint8_t>(++k);
        if (k < highest) {
          state = k << 32 | child;
        } else {
          state = k == 1 ? 0 : (k - 1) << 32 | order.links.data()[child];
        }
        return;
      }
      const Order& order = orders_[k - 1];
      if (!settled) sum += below(order, node, settled);
      node = k == 1 ? 0 : order.links.data()[node];
      --k;
    }
  }

  double below(const Order& order, uint32_t node, bool& settled) const {
    if (!uniform_) return order.backoffs.data()[node];
    if (order.starts.data()[node] == order.starts.data()[node + 1]) return 0;
    settled = true;
    return order.backoffs.data()[node] - std::log(static_cast<double>(orders_[0].log_probs.size()));
  }

  // The n-gram of order k + 1 that is one of order k and a word, -1 if there is none.
  int64_t find(int64_t k, uint32_t node, uint32_t word) const {
    if (k == 0) return word;
    const uint32_t* const starts = orders_[k - 1].starts.data() + node;
    const uint32_t* const words = orders_[k].words.data();
    const uint32_t* first = words + starts[0];
    std::size_t count = starts[1] - starts[0];
    if (count == 0) return -1;
    while (count > 1) {
      const std::size_t half = count / 2;
      first += first[half] <= word ? half : 0;
      count -= half;
    }
    return *first == word ? first - words : -1;
  }

  bool uniform_;
  std::vector<Order> orders_;
};

}  // namespace

void elman::define_ngrams(nb::module_& m) {
  nb::class_<Ngrams>(m, "Ngrams")
      .def(nb::init<bool>(), "uniform"_a)
      .def("add", &Ngrams::add, array("words"), array("links"), array("log_probs"), array("backoffs"), array("starts"))
      .def("read", &Ngrams::read, array("words"), array("ends"), array("states"), array("log_probs"), array("orders"),
           "threads"_a);
}
