// Counting the n-grams of a text, and the sorting that it is made of, as Python calls them.
#include "door.hpp"

namespace {

// Sorts numbers by their bits from `low` to below `high`; equal ones stay as they are. Digit by digit, the lowest
// first: for many numbers some times faster than comparing them. `other` has room for as many.
template <int digit>
void sort_by_digits(uint64_t* numbers, uint64_t* other, std::size_t count, int low, int high) {
  constexpr std::size_t values = std::size_t{1} << digit;
  uint64_t *from = numbers, *to = other;
  for (int first = low; first < high; first += digit) {
    const uint64_t mask = (uint64_t{1} << std::min(digit, high - first)) - 1;
    std::size_t starts[values + 1] = {};
    for (std::size_t i = 0; i < count; ++i) ++starts[(from[i] >> first & mask) + 1];
    if (starts[(from[0] >> first & mask) + 1] == count) continue;  // all have the same digit
    for (std::size_t value = 0; value < values; ++value) starts[value + 1] += starts[value];
    for (std::size_t i = 0; i < count; ++i) to[starts[from[i] >> first & mask]++] = from[i];
    std::swap(from, to);
  }
  if (from != numbers) std::copy_n(from, count, numbers);
}

constexpr int wide = 11;

using Numbers = nb::ndarray<const uint32_t, nb::ndim<1>, nb::c_contig, nb::device::cpu>;
using Filled = nb::ndarray<uint32_t, nb::ndim<1>, nb::c_contig, nb::device::cpu>;
using Columns = nb::ndarray<uint32_t, nb::shape<5, -1>, nb::c_contig, nb::device::cpu>;

// Numbers that are made one by one, in memory that others hold.
class Column {
 public:
  explicit Column(uint32_t* values) : values_(values) {}

  void push(uint32_t value) { values_[size_++] = value; }
  uint32_t operator[](std::size_t i) const { return values_[i]; }
  std::size_t size() const { return size_; }

 private:
  uint32_t* values_;
  std::size_t size_ = 0;
};

constexpr std::size_t ahead = 24;  // places whose memory is asked for before they are looked at

// The k-grams of a text as elman.ngram.counts has them, in their order.
class Grams {
 public:
  Grams(const Numbers& ids, const Numbers& nodes, int64_t k, int64_t line_end, const Columns& made)
      : places(&made(0, 0)), words(&made(1, 0)), contexts(&made(2, 0)), links(&made(3, 0)), counts(&made(4, 0)),
        text_(ids.data()), nodes_(nodes.data()), total_(static_cast<int64_t>(ids.size())), k_(k),
        line_end_(k > 2 ? line_end : -1) {}

  Column places, words, contexts, links, counts;

  // Adds the k-grams that start at places of the text where the same (k - 1)-grams start, sizes[i] places for each.
  void add(const uint32_t* place, std::size_t count, const Numbers& sizes, uint32_t first_context) {
    const std::size_t most = sizes.size() ? *std::max_element(sizes.data(), sizes.data() + sizes.size()) : 0;
    uint64_t* const starts = scratch<uint64_t>(2 * static_cast<int64_t>(most));
    std::size_t i = 0;
    for (std::size_t context = 0; context < sizes.size(); ++context) {
      std::size_t found = 0;
      for (const std::size_t stop = i + sizes.data()[context]; i < stop; ++i) {
        if (i + ahead < count) __builtin_prefetch(text_ + place[i + ahead] + k_ - 2);
        if (goes_on(place[i])) starts[found++] = static_cast<uint64_t>(text_[place[i] + k_ - 1]) << 32 | place[i];
      }
      sort(starts, starts + most, found);
      count_equal(starts, found, first_context + static_cast<uint32_t>(context));
    }
    link();
  }

 private:
  bool goes_on(uint32_t place) const {
    return place + k_ <= total_ && (line_end_ < 0 || text_[place + k_ - 2] != line_end_);
  }

  // Sorts starts by their word; they are in the order of the text, and stay so where words are equal.
  static void sort(uint64_t* starts, uint64_t* other, std::size_t count) {
    if (count <= 24) {
      for (std::size_t i = 1; i < count; ++i) {
        const uint64_t one = starts[i];
        std::size_t to = i;
        for (; to > 0 && starts[to - 1] > one; --to) starts[to] = starts[to - 1];
        starts[to] = one;
      }
    } else {
      const uint64_t most = *std::max_element(starts, starts + count);
      const int high = 64 - __builtin_clzll(most | 1);
      if (count < 4096) {
        sort_by_digits<8>(starts, other, count, 32, high);
      } else {
        sort_by_digits<wide>(starts, other, count, 32, high);
      }
    }
  }

  void count_equal(const uint64_t* starts, std::size_t count, uint32_t context) {
    for (std::size_t i = 0; i < count;) {
      const uint32_t word = static_cast<uint32_t>(starts[i] >> 32);
      const std::size_t first = i;
      do {
        places.push(static_cast<uint32_t>(starts[i]));
      } while (++i < count && starts[i] >> 32 == word);
      words.push(word);
      contexts.push(context);
      counts.push(static_cast<uint32_t>(i - first));
    }
  }

  // What starts a place later is the k-gram without its first word.
  void link() {
    std::size_t at = 0, soon = 0;
    for (std::size_t gram = 0; gram < words.size(); ++gram) {
      for (; soon < places.size() && soon < at + ahead; ++soon) __builtin_prefetch(nodes_ + places[soon] + 1);
      links.push(nodes_[places[at] + 1]);
      at += counts[gram];
    }
  }

  const uint32_t *text_, *nodes_;
  int64_t total_, k_, line_end_;
};

// The k-grams that start at places of a text which are sorted by their (k - 1)-grams: fills in places, words, contexts,
// links and counts, and says how many places and k-grams there are.
nb::tuple refine(Numbers ids, Numbers nodes, Numbers places, Numbers sizes, uint32_t first_context, int64_t k,
                 int64_t line_end, Columns made) {
  Grams grams(ids, nodes, k, line_end, made);
  {
    nb::gil_scoped_release released;
    grams.add(places.data(), places.size(), sizes, first_context);
  }
  return nb::make_tuple(grams.places.size(), grams.words.size());
}

// Writes down which n-gram starts at each place: the next number for each, counts[i] places for the i-th.
void number(Numbers places, Numbers counts, uint32_t first, Filled nodes) {
  nb::gil_scoped_release released;
  const uint32_t* const place = places.data();
  std::size_t i = 0;
  for (std::size_t gram = 0; gram < counts.size(); ++gram, ++first) {
    for (const std::size_t stop = i + counts.data()[gram]; i < stop; ++i) {
      if (i + ahead < places.size()) __builtin_prefetch(nodes.data() + place[i + ahead], 1);
      nodes.data()[place[i]] = first;
    }
  }
}

// Adds to counts[i] how often number i occurs.
void tally(Numbers numbers, Filled counts) {
  nb::gil_scoped_release released;
  const uint32_t* const number = numbers.data();
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    if (i + ahead < numbers.size()) __builtin_prefetch(counts.data() + number[i + ahead], 1);
    ++counts.data()[number[i]];
  }
}

// Fills in the places of numbers, sorted by the number there and then by themselves. `starts` says where those of each
// number begin, and then where they end.
void sort_places(Numbers numbers, Filled starts, Filled places) {
  nb::gil_scoped_release released;
  uint32_t* const next = starts.data();
  for (std::size_t i = 0; i < numbers.size(); ++i) places.data()[next[numbers.data()[i]]++] = static_cast<uint32_t>(i);
}

}  // namespace

void elman::define_counting(nb::module_& m) {
  m.def("number", &number, array("places"), array("counts"), "first"_a, array("nodes"));
  m.def("refine", &refine, array("ids"), array("nodes"), array("places"), array("sizes"), "first_context"_a, "k"_a,
        "line_end"_a, array("made"));
  m.def("sort_places", &sort_places, array("numbers"), array("starts"), array("places"));
  m.def("tally", &tally, array("numbers"), array("counts"));
}
