// Counting the n-grams of a text, and the sorting that it is made of, as Python calls them.
#include "door.hpp"

namespace {

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

// The k-grams of a text as elman.ngram.counts has them, in their order.
struct Grams {
  std::vector<uint32_t> places, words, contexts, links, counts;
};

// The places at which a k-gram starts, each with the number of its (k - 1)-gram, from `least` on, and its last word.
struct Starts {
  std::vector<uint32_t> places;
  std::vector<uint64_t> pairs;  // node - least in the upper half, the word in the lower
  uint32_t least = 0, most_node = 0, most_word = 0;
};

Starts starts_of(const Places& ids, const Places& nodes, const Places& places, int64_t k, int64_t line_end) {
  const auto total = static_cast<int64_t>(ids.size()), count = static_cast<int64_t>(places.size());
  const uint32_t *const text = ids.data(), *const node = nodes.data(), *const place = places.data();
  Starts found;
  for (int64_t i = 0; i < count; ++i) {
    if (i + 16 < count) {
      __builtin_prefetch(text + place[i + 16] + k - 2);
      __builtin_prefetch(node + place[i + 16]);
    }
    const int64_t p = place[i];
    if (p + k > total || (line_end >= 0 && k > 2 && text[p + k - 2] == line_end)) continue;
    if (found.places.empty()) found.least = node[p];
    found.places.push_back(place[i]);
    found.pairs.push_back(static_cast<uint64_t>(node[p] - found.least) << 32 | text[p + k - 1]);
    found.most_node = node[p] - found.least;
    found.most_word = std::max(found.most_word, text[p + k - 1]);
  }
  return found;
}

// Sorts starts by node and word and counts those that are equal; nothing where node, word and place do not fit into
// one number.
std::optional<Grams> grams_of(Starts& starts, const uint32_t* node) {
  const std::size_t count = starts.places.size();
  const int word_bits = bits_of(starts.most_word), place_bits = bits_of(count ? count - 1 : 0);
  const int all = bits_of(starts.most_node) + word_bits + place_bits;
  if (all > 64) return std::nullopt;
  std::vector<uint64_t>& packed = starts.pairs;
  for (std::size_t i = 0; i < count; ++i) {
    packed[i] = ((packed[i] >> 32) << word_bits | (packed[i] & 0xffffffff)) << place_bits | i;
  }
  sort_by_digits(packed.data(), count, place_bits, all);
  Grams found;
  found.places.resize(count);
  uint64_t before = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const uint64_t pair = packed[i] >> place_bits;
    found.places[i] = starts.places[packed[i] & ((uint64_t{1} << place_bits) - 1)];
    if (i == 0 || pair != before) {
      found.words.push_back(static_cast<uint32_t>(pair & ((uint64_t{1} << word_bits) - 1)));
      found.contexts.push_back(static_cast<uint32_t>(pair >> word_bits) + starts.least);
      found.links.push_back(node[found.places[i] + 1]);
      found.counts.push_back(0);
      before = pair;
    }
    ++found.counts.back();
  }
  return found;
}

// The k-grams that start at places of a text which are sorted by their (k - 1)-grams: places, words, contexts, links and
// counts; nothing where `grams_of` finds none.
nb::object refine(Places ids, Places nodes, Places places, int64_t k, int64_t line_end) {
  std::optional<Grams> found;
  {
    nb::gil_scoped_release released;
    Starts starts = starts_of(ids, nodes, places, k, line_end);
    found = grams_of(starts, nodes.data());
  }
  if (!found) return nb::none();
  const auto give = [](std::vector<uint32_t>& values) { return owned(new std::vector<uint32_t>(std::move(values))); };
  return nb::make_tuple(give(found->places), give(found->words), give(found->contexts), give(found->links),
                        give(found->counts));
}

}  // namespace

void elman::define_counting(nb::module_& m) {
  m.def("refine", &refine, array("ids"), array("nodes"), array("places"), "k"_a, "line_end"_a);
  m.def("sort_bits", &sort_bits, array("numbers"), "low"_a, "high"_a);
}
