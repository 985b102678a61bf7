// The words of a text as ids, as Python calls it.
#include <cstring>
#include <string>
#include <string_view>

#include "door.hpp"
#include "words.hpp"

namespace {

using elman::Words;
using Ends = nb::ndarray<const int64_t, nb::ndim<1>, nb::c_contig, nb::device::cpu>;

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

// The words from id `first` on, each with a line break behind it: there is none in a word that was cut from a text.
nb::bytes learned(const Words& words, std::size_t first) {
  std::string text;
  for (std::size_t id = first; id < words.size(); ++id) text.append(words.at(static_cast<uint32_t>(id))) += '\n';
  return nb::bytes(text.data(), text.size());
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
