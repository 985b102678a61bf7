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

// The words of one stretch of text.
void cut(const Words& words, const unsigned char* p, const unsigned char* end, int64_t unknown, int64_t line_end,
         std::vector<int64_t>& ids) {
  const unsigned char* start = p;
  while (p < end) {
    const std::size_t space = elman::white_space(p, end);
    if (!space) {
      ++p;
      continue;
    }
    if (p > start) {
      ids.push_back(words.find({reinterpret_cast<const char*>(start), static_cast<std::size_t>(p - start)}, unknown));
    }
    if (*p == '\n') ids.push_back(line_end);
    p += space;
    start = p;
  }
  if (p > start) {
    ids.push_back(words.find({reinterpret_cast<const char*>(start), static_cast<std::size_t>(p - start)}, unknown));
  }
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
        cut(words, data + borders[part], data + std::max(borders[part], borders[part + 1]), unknown, line_end,
            parts[part]);
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
void sort_bits(nb::ndarray<uint64_t, nb::ndim<1>, nb::c_contig, nb::device::cpu> numbers, int low, int high) {
  nb::gil_scoped_release released;
  constexpr int digit = 11;
  constexpr std::size_t values = std::size_t{1} << digit;
  const std::size_t count = numbers.size();
  std::vector<uint64_t> other(count);
  uint64_t *from = numbers.data(), *to = other.data();
  for (int first = low; first < high; first += digit) {
    const uint64_t mask = (uint64_t{1} << std::min(digit, high - first)) - 1;
    std::size_t starts[values + 1] = {};
    for (std::size_t i = 0; i < count; ++i) ++starts[(from[i] >> first & mask) + 1];
    if (std::find(starts, starts + values + 1, count) != starts + values + 1) continue;  // all have the same digit
    for (std::size_t value = 0; value < values; ++value) starts[value + 1] += starts[value];
    for (std::size_t i = 0; i < count; ++i) to[starts[from[i] >> first & mask]++] = from[i];
    std::swap(from, to);
  }
  if (from != numbers.data()) std::copy_n(from, count, numbers.data());
}

}  // namespace

void elman::define_ngrams(nb::module_& m) {
  nb::class_<Ngrams>(m, "Ngrams")
      .def(nb::init<bool>(), "uniform"_a)
      .def("add", &Ngrams::add, array("words"), array("links"), array("log_probs"), array("backoffs"), array("starts"))
      .def("read", &Ngrams::read, array("words"), array("ends"), array("states"), array("log_probs"), array("orders"),
           "threads"_a);
  m.def("checksum", &checksum, array("bytes"));
  m.def("sort_bits", &sort_bits, array("numbers"), "low"_a, "high"_a);
  nb::class_<Words>(m, "Words")
      .def("__init__",
           [](Words* words, nb::bytes text, Ids ends) { new (words) Words(text.c_str(), ends.data(), ends.size()); },
           "text"_a, array("ends"))
      .def("encode", &encode, "text"_a, "unknown"_a, "line_end"_a, "threads"_a);
}
