// Where the words of a text begin and end.
#pragma once

#include "words.hpp"

namespace elman {

// Whether words end at a byte: a blank, a tab or the end of a line. Other white space is part of a word.
inline bool is_blank(char byte) { return byte == ' ' || byte == '\t' || byte == '\n' || byte == '\r'; }

// How many of eight bytes stand before the first blank.
inline std::size_t before_blank(uint64_t eight) {
  constexpr uint64_t ones = 0x0101010101010101u, highs = 0x8080808080808080u;
  uint64_t found = 0;
  for (const uint64_t blank : {' ', '\t', '\n', '\r'}) {
    const uint64_t left = eight ^ ones * blank;  // zero where the byte is that blank
    found |= (left - ones) & ~left & highs;      // right up to the first one
  }
  return found ? static_cast<std::size_t>(__builtin_ctzll(found)) / 8 : 8;
}

// Calls word(Word) for each word of a stretch of text, and line() for each line break.
template <class OfWord, class OfLine>
void cut(const char* p, const char* end, const OfWord& word, const OfLine& line) {
  while (p < end) {
    if (is_blank(*p)) {
      if (*p++ == '\n') line();
      continue;
    }
    const auto left = static_cast<std::size_t>(end - p);
    const uint64_t eight = head_of(p, left);
    std::size_t length = std::min(before_blank(eight), left);
    const uint64_t head = length < 8 ? eight & ((uint64_t{1} << 8 * length) - 1) : eight;
    if (length == 8) {
      while (length < left && !is_blank(p[length])) ++length;
    }
    word(Word(std::string_view(p, length), head));
    p += length;
  }
}

// How often `cut` calls either.
inline std::size_t count_cuts(const char* p, const char* end) {
  if (p == end) return 0;
  const auto begins = [](const char* at) { return *at == '\n' || (!is_blank(*at) && is_blank(at[-1])); };
  std::size_t count = *p == '\n' || !is_blank(*p);
  constexpr std::ptrdiff_t block = 128;  // as many as a byte can count
  for (++p; p < end; p += std::min(block, end - p)) {
    uint8_t found = 0;
    for (std::ptrdiff_t i = 0; i < std::min(block, end - p); ++i) found += begins(p + i);
    count += found;
  }
  return count;
}

}  // namespace elman
