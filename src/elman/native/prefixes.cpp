// The prefixes of a search through frames. elman.decoding.ctc.prefixes is the definition; here is the same, frame by
// frame in the same order, without the interpreter between. A scorer is asked once for each state.
#include <cmath>
#include <limits>
#include <stdexcept>
#include <unordered_map>

#include "door.hpp"

namespace {

constexpr double never = -std::numeric_limits<double>::infinity();
constexpr int64_t nobody = -1;

using Frames = nb::ndarray<const double, nb::ndim<2>, nb::c_contig, nb::device::cpu>;
using Allowed = nb::ndarray<const uint8_t, nb::ndim<2>, nb::c_contig, nb::device::cpu>;
using Row = nb::ndarray<const double, nb::ndim<1>, nb::c_contig, nb::device::cpu>;

double log_sum(double one, double other) {
  if (one == other) return one + M_LN2;
  return std::max(one, other) + std::log1p(std::exp(-std::abs(one - other)));
}

class Prefixes {
 public:
  // `states` answers after(state, symbol) and row(state); state 0 is before any label. None adds nothing.
  Prefixes(int64_t blank, int64_t width, int64_t most, nb::object states)
      : blank_(blank), width_(width), most_(most), states_(std::move(states)), scored_(!states_.is_none()) {
    nodes_.push_back({nobody, nobody, 0, 0});
    prefixes_.push_back({0, 0.0, never, 0.0});
  }

  // Frames of V symbols each, and which of these may be a new label there.
  void read(Frames frames, Allowed allowed) {
    const auto symbols = static_cast<int64_t>(frames.shape(1));
    nb::gil_scoped_release released;
    for (std::size_t t = 0; t < frames.shape(0); ++t) {
      const double* const frame = frames.data() + t * symbols;
      choose(frame, allowed.data() + t * symbols, symbols);
      learn_rows(symbols);
      extend(frame, symbols);
    }
  }

  int64_t count() const { return static_cast<int64_t>(prefixes_.size()); }
  int64_t nodes() const { return static_cast<int64_t>(nodes_.size()); }

  // All that frames to come depend on: of each node what is above it, its symbol and its state, (nodes, 3); the node of
  // each prefix, and log p of its paths that end in a blank, of those that do not, and what the scorer added, (count, 3).
  void save(Array<int64_t> nodes, Array<int64_t> kept, Array<double> numbers) const {
    for (std::size_t i = 0; i < nodes_.size(); ++i) {
      int64_t* const row = nodes.data() + 3 * i;
      row[0] = nodes_[i].above, row[1] = nodes_[i].symbol, row[2] = nodes_[i].state;
    }
    for (std::size_t i = 0; i < prefixes_.size(); ++i) {
      double* const row = numbers.data() + 3 * i;
      kept.data()[i] = prefixes_[i].node;
      row[0] = prefixes_[i].ends_blank, row[1] = prefixes_[i].ends_label, row[2] = prefixes_[i].added;
    }
  }

  // Stands where another one was saved. What the scorer says is asked anew where it is wanted.
  void restore(In<int64_t> nodes, In<int64_t> kept, In<double> numbers) {
    nodes_.clear(), children_.clear(), prefixes_.clear();
    for (std::size_t i = 0; i < nodes.shape(0); ++i) {
      const int64_t* const row = nodes.data() + 3 * i;
      nodes_.push_back({row[0], row[1], row[2], nobody});
      if (row[0] != nobody) children_[key(row[0], row[1])] = static_cast<int64_t>(i);
    }
    for (std::size_t i = 0; i < kept.shape(0); ++i) {
      const double* const row = numbers.data() + 3 * i;
      prefixes_.push_back({kept.data()[i], row[0], row[1], row[2]});
      nodes_.at(kept.data()[i]).place = static_cast<int64_t>(i);
    }
  }

  // The node and the state of each prefix, log p of its paths, and what the scorer added, best first before this frame.
  void kept(Array<int64_t> nodes, Array<int64_t> states, Array<double> log_probs, Array<double> added) const {
    for (std::size_t i = 0; i < prefixes_.size(); ++i) {
      const Prefix& one = prefixes_[i];
      nodes.data()[i] = one.node, states.data()[i] = nodes_[one.node].state;
      log_probs.data()[i] = log_sum(one.ends_blank, one.ends_label), added.data()[i] = one.added;
    }
  }

  nb::list labels(int64_t node) const {
    std::vector<int64_t> found;
    for (; nodes_.at(node).above != nobody; node = nodes_[node].above) found.push_back(nodes_[node].symbol);
    nb::list list;
    for (auto label = found.rbegin(); label != found.rend(); ++label) list.append(*label);
    return list;
  }

 private:
  // A prefix that was ever kept: that without its last label, this label, the state of the scorer, and where it stands
  // among those that are kept now, if it does.
  struct Node {
    int64_t above, symbol, state, place;
  };

  struct Prefix {
    int64_t node;
    double ends_blank, ends_label, added;
  };

  // What may be kept behind a frame: prefix `index`, or one label more behind one, numbered after all of these.
  struct Candidate {
    double score;
    int64_t index;
    bool operator<(const Candidate& other) const {
      return score > other.score || (score == other.score && index < other.index);
    }
  };

  static int64_t key(int64_t one, int64_t symbol) { return one << 32 | symbol; }

  void choose(const double* frame, const uint8_t* allowed, int64_t symbols) {
    chosen_.clear();
    for (int64_t k = 0; k < symbols; ++k) {
      if (allowed[k]) chosen_.push_back(k);
    }
    if (static_cast<int64_t>(chosen_.size()) <= most_) return;
    std::partial_sort(chosen_.begin(), chosen_.begin() + most_, chosen_.end(), [&](int64_t one, int64_t other) {
      return frame[one] > frame[other] || (frame[one] == frame[other] && one < other);
    });
    chosen_.resize(most_);
    std::sort(chosen_.begin(), chosen_.end());
  }

  // Asks for what each symbol adds behind the prefixes that are kept, where a label may follow.
  void learn_rows(int64_t symbols) {
    if (!scored_ || chosen_.empty()) return;
    unknown_.clear();
    for (const Prefix& one : prefixes_) {
      const int64_t state = nodes_[one.node].state;
      if (state >= static_cast<int64_t>(rows_.size()) || !rows_[state].is_valid()) unknown_.push_back(state);
    }
    if (unknown_.empty()) return;
    nb::gil_scoped_acquire held;
    for (const int64_t state : unknown_) {
      if (state < static_cast<int64_t>(rows_.size()) && rows_[state].is_valid()) continue;
      Row row = nb::cast<Row>(states_.attr("row")(state));
      if (static_cast<int64_t>(row.size()) != symbols) throw std::invalid_argument("a row of another size");
      if (state >= static_cast<int64_t>(rows_.size())) rows_.resize(state + 1);
      rows_[state] = std::move(row);
    }
  }

  void extend(const double* frame, int64_t symbols) {
    const int64_t count = this->count(), wide = static_cast<int64_t>(chosen_.size());
    go_on(frame);
    candidates_.clear();
    for (int64_t i = 0; i < count; ++i) candidates_.push_back({here_[i].score, i});
    // Where as many are there as may stay, a new one has to be better than the worst of them.
    double bar = never;
    if (count >= width_) {
      for (int64_t i = 0; i < count; ++i) bar = i ? std::min(bar, here_[i].score) : here_[i].score;
    }
    columns_.assign(symbols, nobody);
    for (int64_t j = 0; j < wide; ++j) columns_[chosen_[j]] = j;
    there_.assign(count * wide, false);
    for (const Prefix& one : prefixes_) {
      const Node& node = nodes_[one.node];
      if (node.above == nobody || nodes_[node.above].place == nobody || columns_[node.symbol] == nobody) continue;
      there_[nodes_[node.above].place * wide + columns_[node.symbol]] = true;
    }
    for (int64_t i = 0; i < count; ++i) {
      for (int64_t j = 0; j < wide; ++j) {
        const double score = entered(i, chosen_[j], frame) + gained(i, chosen_[j]);
        if (score > bar && !there_[i * wide + j]) candidates_.push_back({score, count + i * wide + j});
      }
    }
    const auto best = candidates_.begin() + std::min<int64_t>(width_, static_cast<int64_t>(candidates_.size()));
    std::partial_sort(candidates_.begin(), best, candidates_.end());
    candidates_.erase(best, candidates_.end());
    learn_states(count, wide);
    keep(frame, count, wide);
  }

  // What becomes of each prefix without another label.
  void go_on(const double* frame) {
    here_.resize(prefixes_.size());
    for (std::size_t i = 0; i < prefixes_.size(); ++i) {
      here_[i].whole = log_sum(prefixes_[i].ends_blank, prefixes_[i].ends_label);
    }
    for (std::size_t i = 0; i < prefixes_.size(); ++i) {
      const Prefix& one = prefixes_[i];
      const Node& node = nodes_[one.node];
      double label = never;
      if (node.above != nobody) {
        const double own = frame[node.symbol];
        const int64_t place = nodes_[node.above].place;
        label = one.ends_label + own;
        if (place != nobody) label = log_sum(label, entered(place, node.symbol, frame));
      }
      here_[i].blank = here_[i].whole + frame[blank_], here_[i].label = label;
      here_[i].score = log_sum(here_[i].blank, label) + one.added;
    }
  }

  // log p of a prefix and one label more: behind the same label, a blank has to be between.
  double entered(int64_t i, int64_t symbol, const double* frame) const {
    const bool doubled = nodes_[prefixes_[i].node].symbol == symbol;
    return (doubled ? prefixes_[i].ends_blank : here_[i].whole) + frame[symbol];
  }

  double gained(int64_t i, int64_t symbol) const {
    const double added = prefixes_[i].added;
    return scored_ ? added + rows_[nodes_[prefixes_[i].node].state].data()[symbol] : added;
  }

  // Asks for the states behind the labels that are new, where they are not known.
  void learn_states(int64_t count, int64_t wide) {
    if (!scored_) return;
    unknown_.clear();
    for (const Candidate& one : candidates_) {
      if (one.index < count) continue;
      const int64_t row = (one.index - count) / wide, symbol = chosen_[(one.index - count) % wide];
      const int64_t move = key(nodes_[prefixes_[row].node].state, symbol);
      if (!after_.count(move)) unknown_.push_back(move);
    }
    if (unknown_.empty()) return;
    nb::gil_scoped_acquire held;
    for (const int64_t move : unknown_) {
      if (after_.count(move)) continue;
      after_[move] = nb::cast<int64_t>(states_.attr("after")(move >> 32, move & 0xFFFFFFFF));
    }
  }

  void keep(const double* frame, int64_t count, int64_t wide) {
    next_.clear();
    for (const Candidate& one : candidates_) {
      if (one.index >= count) continue;
      const Prefix& before = prefixes_[one.index];
      next_.push_back({before.node, here_[one.index].blank, here_[one.index].label, before.added});
    }
    for (const Candidate& one : candidates_) {
      if (one.index < count) continue;
      const int64_t row = (one.index - count) / wide, symbol = chosen_[(one.index - count) % wide];
      next_.push_back({child(prefixes_[row].node, symbol), never, entered(row, symbol, frame), gained(row, symbol)});
    }
    for (const Prefix& one : prefixes_) nodes_[one.node].place = nobody;
    prefixes_.swap(next_);
    for (std::size_t i = 0; i < prefixes_.size(); ++i) nodes_[prefixes_[i].node].place = static_cast<int64_t>(i);
  }

  // The node of a prefix and one label more; it is the same one if the prefix was kept before.
  int64_t child(int64_t node, int64_t symbol) {
    const auto [found, fresh] = children_.try_emplace(key(node, symbol), static_cast<int64_t>(nodes_.size()));
    if (fresh) {
      const int64_t state = scored_ ? after_.at(key(nodes_[node].state, symbol)) : 0;
      nodes_.push_back({node, symbol, state, nobody});
    }
    return found->second;
  }

  struct Here {
    double whole, blank, label, score;
  };

  int64_t blank_, width_, most_;
  nb::object states_;
  bool scored_;
  std::vector<Node> nodes_;
  std::unordered_map<int64_t, int64_t> children_, after_;  // by node or state, and symbol
  std::vector<Row> rows_;                                  // by state
  std::vector<Prefix> prefixes_, next_;
  std::vector<Here> here_;  // of the frame that is read, like all below
  std::vector<Candidate> candidates_;
  std::vector<int64_t> chosen_, columns_, unknown_;
  std::vector<bool> there_;
};

}  // namespace

void elman::define_prefixes(nb::module_& m) {
  nb::class_<Prefixes>(m, "Prefixes")
      .def(nb::init<int64_t, int64_t, int64_t, nb::object>(), "blank"_a, "width"_a, "most"_a, "states"_a.none())
      .def("read", &Prefixes::read, array("frames"), array("allowed"))
      .def("__len__", &Prefixes::count)
      .def("kept", &Prefixes::kept, array("nodes"), array("states"), array("log_probs"), array("added"))
      .def("labels", &Prefixes::labels, "node"_a)
      .def("nodes", &Prefixes::nodes)
      .def("save", &Prefixes::save, array("nodes"), array("kept"), array("numbers"))
      .def("restore", &Prefixes::restore, array("nodes"), array("kept"), array("numbers"));
}
