// Looking up n-grams, and the words of a text before that, as Python calls them.
#include <cmath>
#include <string_view>

#include "door.hpp"
#include "words.hpp"

namespace {

using elman::Words;
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

// Calls word(text) for each word of a stretch of text, and line() for each line break.
template <class Word, class Line>
void cut(const unsigned char* p, const unsigned char* end, const Word& word, const Line& line) {
  const unsigned char* start = p;
  const auto finish = [&] {
    if (p > start) word(std::string_view(reinterpret_cast<const char*>(start), static_cast<std::size_t>(p - start)));
  };
  while (p < end) {
    if (!elman::is_blank(*p)) {
      ++p;
      continue;
    }
    finish();
    if (*p == '\n') line();
    start = ++p;
  }
  finish();
}

// The ids of the words of a text; a word that is new gets the next id, and so does what a line break stands for.
nb::ndarray<nb::numpy, uint32_t, nb::ndim<1>> learn(Words& words, nb::bytes text, nb::bytes line_end) {
  const auto* const data = reinterpret_cast<const unsigned char*>(text.c_str());
  const std::string_view newline(line_end.c_str(), line_end.size());
  auto* const ids = new std::vector<uint32_t>;
  nb::capsule owner(ids, [](void* p) noexcept { delete static_cast<std::vector<uint32_t>*>(p); });
  cut(data, data + text.size(), [&](std::string_view word) { ids->push_back(words.add(word)); },
      [&] { ids->push_back(words.add(newline)); });
  return nb::ndarray<nb::numpy, uint32_t, nb::ndim<1>>(ids->data(), {ids->size()}, owner);
}

// The ids of the words of a text and of its line breaks.
nb::ndarray<nb::numpy, int64_t, nb::ndim<1>> encode(const Words& words, nb::bytes text, int64_t unknown,
                                                    int64_t line_end, int threads) {
  const auto* const data = reinterpret_cast<const unsigned char*>(text.c_str());
  const std::size_t size = text.size();
  const int team = static_cast<int>(std::clamp<int64_t>(static_cast<int64_t>(size) / 100'000, 1, std::max(1, threads)));
  std::vector<std::vector<int64_t>> parts(team);
  {
    nb::gil_scoped_release released;
    // Stretches begin behind line breaks: no word is cut.
    std::vector<std::size_t> borders(team + 1, size);
    borders[0] = 0;
    for (int part = 1; part < team; ++part) {
      const void* const found = std::memchr(data + size * part / team, '\n', size - size * part / team);
      borders[part] = found ? static_cast<const unsigned char*>(found) - data + 1 : size;
    }
    together(team, [&](Member me) {
      for (int part = me.id; part < team; part += me.count) {
        std::vector<int64_t>& ids = parts[part];
        cut(data + borders[part], data + std::max(borders[part], borders[part + 1]),
            [&](std::string_view word) { ids.push_back(words.find(word, unknown)); },
            [&] { ids.push_back(line_end); });
      }
    });
  }
  std::size_t total = 0;
  for (const auto& part : parts) total += part.size();
  auto* const ids = new int64_t[total + 1];
  int64_t* out = ids;
  for (const auto& part : parts) out = std::copy(part.begin(), part.end(), out);
  nb::capsule owner(ids, [](void* p) noexcept { delete[] static_cast<int64_t*>(p); });
  return nb::ndarray<nb::numpy, int64_t, nb::ndim<1>>(ids, {total}, owner);
}

// Σ w_i (2 i + 1) over the 64-bit words of some bytes: see elman.native.checksum.
uint64_t checksum(nb::ndarray<const uint8_t, nb::ndim<1>, nb::c_contig, nb::device::cpu> bytes) {
  nb::gil_scoped_release released;
  const std::size_t size = bytes.size(), words = size / 8;
  uint64_t total = 0, word;
  for (std::size_t i = 0; i < words; ++i) {
    std::memcpy(&word, bytes.data() + 8 * i, 8);
    total += word * (2 * i + 1);
  }
  word = 0;
  if (size % 8) std::memcpy(&word, bytes.data() + 8 * words, size % 8);
  return total + word * (2 * words + 1);
}

// Sorts numbers by their bits from `low` to below `high`; equal ones stay as they are. Digit by digit, the lowest first:
// for a million numbers some times faster than comparing them.
void sort_by_digits(uint64_t* numbers, std::size_t count, int low, int high) {
  constexpr int digit = 11;
  constexpr std::size_t values = std::size_t{1} << digit;
  std::vector<uint64_t> other(count);
  uint64_t *from = numbers, *to = other.data();
  for (int first = low; first < high; first += digit) {
    const uint64_t mask = (uint64_t{1} << std::min(digit, high - first)) - 1;
    std::size_t starts[values + 1] = {};
    for (std::size_t i = 0; i < count; ++i) ++starts[(from[i] >> first & mask) + 1];
    if (std::find(starts, starts + values + 1, count) != starts + values + 1) continue;  // all have the same digit
    for (std::size_t value = 0; value < values; ++value) starts[value + 1] += starts[value];
    for (std::size_t i = 0; i < count; ++i) to[starts[from[i] >> first & mask]++] = from[i];
    std::swap(from, to);
  }
  if (from != numbers) std::copy_n(from, count, numbers);
}

void sort_bits(nb::ndarray<uint64_t, nb::ndim<1>, nb::c_contig, nb::device::cpu> numbers, int low, int high) {
  nb::gil_scoped_release released;
  sort_by_digits(numbers.data(), numbers.size(), low, high);
}

using Places = nb::ndarray<const uint32_t, nb::ndim<1>, nb::c_contig, nb::device::cpu>;
using Made = nb::ndarray<nb::numpy, uint32_t, nb::ndim<1>>;

Made owned(std::vector<uint32_t>* values) {
  nb::capsule owner(values, [](void* p) noexcept { delete static_cast<std::vector<uint32_t>*>(p); });
  return Made(values->data(), {values->size()}, owner);
}

int bits_of(uint64_t most) { return most ? 64 - __builtin_clzll(most) : 0; }

// The k-grams that start at places of a text which are sorted by their (k - 1)-grams: places, words, contexts, links and
// counts, as elman.ngram.counts has them; nothing where node, word and place do not fit into one number.
nb::object refine(Places ids, Places nodes, Places places, int64_t k, int64_t line_end) {
  const auto total = static_cast<int64_t>(ids.size()), count = static_cast<int64_t>(places.size());
  std::vector<uint64_t> packed;
  std::vector<uint32_t> kept, words, contexts, links, counts;
  bool fits = true;
  {
    nb::gil_scoped_release released;
    const uint32_t *const text = ids.data(), *const node = nodes.data(), *const place = places.data();
    uint32_t least = 0, most_node = 0, most_word = 0;
    for (int64_t i = 0; i < count; ++i) {
      if (i + 16 < count) {
        __builtin_prefetch(text + place[i + 16] + k - 2);
        __builtin_prefetch(node + place[i + 16]);
      }
      const int64_t p = place[i];
      if (p + k > total || (line_end >= 0 && k > 2 && text[p + k - 2] == line_end)) continue;
      if (kept.empty()) least = node[p];
      kept.push_back(place[i]);
      packed.push_back(static_cast<uint64_t>(node[p] - least) << 32 | text[p + k - 1]);
      most_node = node[p] - least;
      most_word = std::max(most_word, text[p + k - 1]);
    }
    const int word_bits = bits_of(most_word), place_bits = bits_of(kept.empty() ? 0 : kept.size() - 1);
    const int all = bits_of(most_node) + word_bits + place_bits;
    fits = all <= 64;
    for (std::size_t i = 0; fits && i < packed.size(); ++i) {
      packed[i] = ((packed[i] >> 32) << word_bits | (packed[i] & 0xffffffff)) << place_bits | i;
    }
    if (fits) sort_by_digits(packed.data(), packed.size(), place_bits, all);
    std::vector<uint32_t> sorted(fits ? packed.size() : 0);
    uint64_t before = 0;
    for (std::size_t i = 0; i < sorted.size(); ++i) {
      const uint64_t pair = packed[i] >> place_bits;
      sorted[i] = kept[packed[i] & ((uint64_t{1} << place_bits) - 1)];
      if (i == 0 || pair != before) {
        words.push_back(static_cast<uint32_t>(pair & ((uint64_t{1} << word_bits) - 1)));
        contexts.push_back(static_cast<uint32_t>(pair >> word_bits) + least);
        links.push_back(node[sorted[i] + 1]);
        counts.push_back(0);
        before = pair;
      }
      ++counts.back();
    }
    kept.swap(sorted);
  }
  if (!fits) return nb::none();
  const auto give = [](std::vector<uint32_t>& values) { return owned(new std::vector<uint32_t>(std::move(values))); };
  return nb::make_tuple(give(kept), give(words), give(contexts), give(links), give(counts));
}

}  // namespace

void elman::define_ngrams(nb::module_& m) {
  nb::class_<Ngrams>(m, "Ngrams")
      .def(nb::init<bool>(), "uniform"_a)
      .def("add", &Ngrams::add, array("words"), array("links"), array("log_probs"), array("backoffs"), array("starts"))
      .def("read", &Ngrams::read, array("words"), array("ends"), array("states"), array("log_probs"), array("orders"),
           "threads"_a);
  m.def("checksum", &checksum, array("bytes"));
  m.def("refine", &refine, array("ids"), array("nodes"), array("places"), "k"_a, "line_end"_a);
  m.def("sort_bits", &sort_bits, array("numbers"), "low"_a, "high"_a);
  nb::class_<Words>(m, "Words")
      .def("__init__",
           [](Words* words, nb::bytes text, Ids ends) { new (words) Words(text.c_str(), ends.data(), ends.size()); },
           "text"_a, array("ends"))
      .def("encode", &encode, "text"_a, "unknown"_a, "line_end"_a, "threads"_a)
      .def("learn", &learn, "text"_a, "line_end"_a)
      .def("__len__", &Words::size)
      .def("__getitem__", [](const Words& words, std::size_t id) {
        if (id >= words.size()) throw nb::index_error();
        const std::string_view word = words.at(static_cast<uint32_t>(id));
        return nb::bytes(word.data(), word.size());
      });
}
