// Words of a text as ids: looked up in a table.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <vector>

namespace elman {

// The first eight bytes of a text as a number, the first the lowest; of a shorter text with zeros behind it.
inline uint64_t head_of(const char* text, std::size_t size) {
  uint64_t head = 0;
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
  if (size >= 8) {
    std::memcpy(&head, text, 8);
    return head;
  }
#endif
  for (std::size_t i = 0; i < std::min<std::size_t>(size, 8); ++i) {
    head |= static_cast<uint64_t>(static_cast<unsigned char>(text[i])) << 8 * i;
  }
  return head;
}

// A word, with what tells it from others fast.
struct Word {
  std::string_view text;
  uint64_t head = 0, hash = 0;

  Word() = default;
  explicit Word(std::string_view word) : Word(word, head_of(word.data(), word.size())) {}

  // FNV-1a over eight bytes at a time, then mixed, so that both halves may be used.
  Word(std::string_view word, uint64_t first) : text(word), head(first) {
    hash = (0xcbf29ce484222325u ^ word.size() ^ head) * 0x9e3779b97f4a7c15u;
    for (std::size_t place = 8; place < word.size(); place += 8) {
      hash ^= hash >> 32;
      hash = (hash ^ head_of(word.data() + place, word.size() - place)) * 0x9e3779b97f4a7c15u;
    }
    hash ^= hash >> 29;
  }
};

// Distinct words and their ids.
class Words {
 public:
  // Words lie one behind the other in `text`; word i ends at `ends[i]`.
  Words(const char* text, const int64_t* ends, std::size_t count) : slots_(16) {
    for (std::size_t id = 0; id < count; ++id) {
      const int64_t first = id ? ends[id - 1] : 0;
      add(Word(std::string_view(text + first, static_cast<std::size_t>(ends[id] - first))));
    }
  }

  // The id of a word, the next one if it is new.
  uint32_t add(const Word& word) {
    const int64_t known = find(word, -1);
    if (known >= 0) return static_cast<uint32_t>(known);
    text_.insert(text_.end(), word.text.begin(), word.text.end());
    ends_.push_back(text_.size());
    if (2 * ends_.size() > slots_.size()) {
      slots_.assign(2 * slots_.size(), Slot{});
      for (std::size_t id = 0; id + 1 < ends_.size(); ++id) take(Word(at(static_cast<uint32_t>(id))), id);
    }
    take(word, ends_.size() - 1);
    return static_cast<uint32_t>(ends_.size() - 1);
  }

  std::size_t size() const { return ends_.size(); }

  std::string_view at(uint32_t id) const {
    const std::size_t first = id ? ends_[id - 1] : 0;
    return {text_.data() + first, ends_[id] - first};
  }

  // Asks for the memory that `find` will look at.
  void expect(const Word& word) const { __builtin_prefetch(slots_.data() + (word.hash & (slots_.size() - 1))); }

  // The id of a word, `unknown` if it has none.
  int64_t find(const Word& word, int64_t unknown) const {
    const uint32_t mark = mark_of(word);
    const std::size_t last = slots_.size() - 1;
    for (std::size_t place = word.hash & last; slots_[place].id; place = (place + 1) & last) {
      const Slot& slot = slots_[place];
      if (slot.mark != mark || slot.head != word.head) continue;
      // The mark has the length of a short word, so that of those there is nothing left to compare.
      if (word.text.size() <= 8 || at(slot.id - 1) == word.text) return slot.id - 1;
    }
    return unknown;
  }

 private:
  struct Slot {
    uint64_t head = 0;
    uint32_t mark = 0, id = 0;  // id + 1, 0 where the slot is free
  };

  // Part of the hash, and of a short word the length.
  static uint32_t mark_of(const Word& word) {
    return static_cast<uint32_t>(word.hash >> 36 << 4 | std::min<std::size_t>(word.text.size(), 9));
  }

  // Gives a word its slot.
  void take(const Word& word, std::size_t id) {
    std::size_t place = word.hash & (slots_.size() - 1);
    while (slots_[place].id) place = (place + 1) & (slots_.size() - 1);
    slots_[place] = {word.head, mark_of(word), static_cast<uint32_t>(id) + 1};
  }

  std::vector<char> text_;
  std::vector<std::size_t> ends_;
  std::vector<Slot> slots_;
};

}  // namespace elman
