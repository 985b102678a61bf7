// The words of a text as ids, as Python calls it.
#include <array>
#include <cstring>
#include <string>
#include <string_view>

#include "cutting.hpp"
#include "door.hpp"

namespace {

using elman::Word;
using elman::Words;
using Ends = nb::ndarray<const int64_t, nb::ndim<1>, nb::c_contig, nb::device::cpu>;

// The ids of the words of a text; a word that is new gets the next id, and so does what a line break stands for.
nb::ndarray<nb::numpy, uint32_t, nb::ndim<1>> learn(Words& words, nb::bytes text, nb::bytes line_end) {
  const std::string_view newline(line_end.c_str(), line_end.size());
  auto* const ids = new std::vector<uint32_t>;
  nb::capsule owner(ids, [](void* p) noexcept { delete static_cast<std::vector<uint32_t>*>(p); });
  const char *const data = text.c_str(), *const end = data + text.size();
  ids->reserve(elman::count_cuts(data, end));
  elman::cut(data, end, [&](const Word& word) { ids->push_back(words.add(word)); },
             [&] { ids->push_back(words.add(Word(newline))); });
  return nb::ndarray<nb::numpy, uint32_t, nb::ndim<1>>(ids->data(), {ids->size()}, owner);
}

// The words from id `first` on, each with a line break behind it: there is none in a word that was cut from a text.
nb::bytes learned(const Words& words, std::size_t first) {
  std::string text;
  for (std::size_t id = first; id < words.size(); ++id) text.append(words.at(static_cast<uint32_t>(id))) += '\n';
  return nb::bytes(text.data(), text.size());
}

// Fills in the ids of the words of a stretch of text and of its line breaks. Some words are cut before the first of
// them is looked up, so that what the table has of it is there by then.
void look_up(const Words& words, const char* p, const char* end, int64_t unknown, int64_t line_end, int64_t* ids) {
  std::array<Word, 16> waiting;
  std::size_t count = 0;
  const auto finish = [&] {
    for (std::size_t i = 0; i < count; ++i) {
      *ids++ = waiting[i].text.data() ? words.find(waiting[i], unknown) : line_end;
    }
    count = 0;
  };
  const auto wait = [&](const Word& word) {
    waiting[count++] = word;
    if (count == waiting.size()) finish();
  };
  const auto expect = [&](const Word& word) {
    words.expect(word);
    wait(word);
  };
  elman::cut(p, end, expect, [&] { wait(Word()); });
  finish();
}

// Where each of some parts of a text begins, and the last ends: behind line breaks, so that no word is cut in two.
std::vector<const char*> borders_of(const char* data, std::size_t size, int parts) {
  std::vector<const char*> borders(parts + 1, data + size);
  borders[0] = data;
  for (int part = 1; part < parts; ++part) {
    const std::size_t from = std::max(size * part / parts, static_cast<std::size_t>(borders[part - 1] - data));
    const void* const found = std::memchr(data + from, '\n', size - from);
    if (found) borders[part] = static_cast<const char*>(found) + 1;
  }
  return borders;
}

// The ids of the words of a text and of its line breaks.
nb::ndarray<nb::numpy, int64_t, nb::ndim<1>> encode(const Words& words, nb::bytes text, int64_t unknown,
                                                    int64_t line_end, int threads) {
  const int team =
      static_cast<int>(std::clamp<int64_t>(static_cast<int64_t>(text.size()) / 100'000, 1, std::max(1, threads)));
  const std::vector<const char*> borders = borders_of(text.c_str(), text.size(), team);
  std::vector<std::size_t> firsts(team + 1, 0);
  int64_t* ids = nullptr;
  {
    nb::gil_scoped_release released;
    const auto each_part = [&](const auto& work) {
      together(team, [&](Member me) {
        for (int part = me.id; part < team; part += me.count) work(part);
      });
    };
    // Counted before they are looked up, for an array that need not grow: fresh memory costs more than to look twice.
    each_part([&](int part) { firsts[part + 1] = elman::count_cuts(borders[part], borders[part + 1]); });
    for (int part = 0; part < team; ++part) firsts[part + 1] += firsts[part];
    ids = new int64_t[firsts[team] + 1];
    each_part([&](int part) {
      look_up(words, borders[part], borders[part + 1], unknown, line_end, ids + firsts[part]);
    });
  }
  nb::capsule owner(ids, [](void* p) noexcept { delete[] static_cast<int64_t*>(p); });
  return nb::ndarray<nb::numpy, int64_t, nb::ndim<1>>(ids, {firsts[team]}, owner);
}

}  // namespace

void elman::define_words(nb::module_& m) {
  nb::class_<Words>(m, "Words")
      .def("__init__",
           [](Words* words, nb::bytes text, Ends ends) { new (words) Words(text.c_str(), ends.data(), ends.size()); },
           "text"_a, array("ends"))
      .def("encode", &encode, "text"_a, "unknown"_a, "line_end"_a, "threads"_a)
      .def("learn", &learn, "text"_a, "line_end"_a)
      .def("__len__", &Words::size)
      .def("learned", &learned, "first"_a);
}
