// Looking up n-grams, as Python calls it.
#include <mutex>

#include "door.hpp"
#include "ngram_walk.hpp"

namespace {

using Ids = nb::ndarray<const int64_t, nb::ndim<1>, nb::c_contig, nb::device::cpu>;
using Index = nb::ndarray<const uint32_t, nb::ndim<1>, nb::c_contig, nb::device::cpu>;
using Floats = nb::ndarray<const float, nb::ndim<1>, nb::c_contig, nb::device::cpu>;

// So many words are worth a table of pairs, and a thread of their own.
constexpr int64_t many = 10'000;

// A model with backoff weights. Its arrays belong to Python.
class Ngrams {
 public:
  explicit Ngrams(bool uniform) : uniform_(uniform) {}

  void add(Index words, Index links, Floats log_probs, Floats backoffs, Index starts) {
    orders_.push_back({words.data(), links.data(), log_probs.data(), backoffs.data(), starts.data(), log_probs.size()});
    arrays_.push_back({words, links, log_probs, backoffs, starts});
  }

  // Reads sequences of words, sequence i up to ends[i], each from its state, which becomes the one after it. Words must
  // be below V and states those of this model: the door has looked.
  void read(Ids words, Ids ends, nb::ndarray<int64_t, nb::ndim<1>, nb::c_contig, nb::device::cpu> states,
            nb::ndarray<double, nb::ndim<1>, nb::c_contig, nb::device::cpu> log_probs,
            nb::ndarray<uint8_t, nb::ndim<1>, nb::c_contig, nb::device::cpu> used, int threads) {
    nb::gil_scoped_release released;
    const auto sequences = static_cast<int64_t>(ends.size()), total = static_cast<int64_t>(words.size());
    if (total >= many && orders_.size() > 1) {
      std::call_once(paired_, [&] { pairs_.build(orders_[0], orders_[1]); });
    }
    const NgramPairs& pairs = total >= many ? pairs_ : no_pairs_;  // another thread may be at work at the table
    const elman::NgramTexts texts{words.data(), ends.data(), states.data(), log_probs.data(), used.data()};
    const int team = static_cast<int>(std::clamp<int64_t>(total / many, 1, std::max(1, threads)));
    const std::vector<const uint32_t*> after = looked_at_after();
    together(team, [&](Member me) {
      elman::NgramWalk walk(orders_, after, pairs, uniform_, texts);
      walk.read(first_sequence(ends, sequences, total, me.id, me.count),
                first_sequence(ends, sequences, total, me.id + 1, me.count));
    });
  }

 private:
  using NgramPairs = elman::NgramPairs;

  struct Arrays {
    Index words, links;
    Floats log_probs, backoffs;
    Index starts;
  };

  // Of each order, what is looked at next of an n-gram that was found.
  std::vector<const uint32_t*> looked_at_after() const {
    std::vector<const uint32_t*> after;
    for (const elman::NgramOrder& order : orders_) after.push_back(order.starts);
    after.back() = orders_.back().links;
    return after;
  }

  // Where a member begins, so that all have about as many words.
  static int64_t first_sequence(const Ids& ends, int64_t sequences, int64_t total, int member, int members) {
    if (member == members) return sequences;
    return std::lower_bound(ends.data(), ends.data() + sequences, total * member / members + (member > 0)) - ends.data();
  }

  bool uniform_;
  std::vector<elman::NgramOrder> orders_;
  std::vector<Arrays> arrays_;
  std::once_flag paired_;
  NgramPairs pairs_, no_pairs_;
};

}  // namespace

void elman::define_ngrams(nb::module_& m) {
  nb::class_<Ngrams>(m, "Ngrams")
      .def(nb::init<bool>(), "uniform"_a)
      .def("add", &Ngrams::add, array("words"), array("links"), array("log_probs"), array("backoffs"), array("starts"))
      .def("read", &Ngrams::read, array("words"), array("ends"), array("states"), array("log_probs"), array("orders"),
           "threads"_a);
}
