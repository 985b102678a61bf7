// Words of a text as ids: cut at blanks and tabs, looked up in a table.
#pragma once

#include <cstdint>
#include <cstring>
#include <string_view>
#include <vector>

namespace elman {

// Whether words end at a byte: a blank, a tab or the end of a line. Other white space is part of a word.
inline bool is_blank(unsigned char byte) { return byte == ' ' || byte == '\t' || byte == '\n' || byte == '\r'; }

// Distinct words and their ids.
class Words {
 public:
  // Words lie one behind the other in `text`; word i ends at `ends[i]`.
  Words(const char* text, const int64_t* ends, std::size_t count) : slots_(16) {
    for (std::size_t id = 0; id < count; ++id) {
      const int64_t first = id ? ends[id - 1] : 0;
      add({text + first, static_cast<std::size_t>(ends[id] - first)});
    }
  }

  // The id of a word, the next one if it is new.
  uint32_t add(std::string_view word) {
    const int64_t known = find(word, -1);
    if (known >= 0) return static_cast<uint32_t>(known);
    text_.insert(text_.end(), word.begin(), word.end());
    ends_.push_back(text_.size());
    if (2 * ends_.size() > slots_.size()) {
      slots_.assign(2 * slots_.size(), Slot{});
      for (std::size_t id = 0; id + 1 < ends_.size(); ++id) take(static_cast<uint32_t>(id));
    }
    take(static_cast<uint32_t>(ends_.size() - 1));
    return static_cast<uint32_t>(ends_.size() - 1);
  }

  std::size_t size() const { return ends_.size(); }

  std::string_view at(uint32_t id) const {
    const std::size_t first = id ? ends_[id - 1] : 0;
    return {text_.data() + first, ends_[id] - first};
  }

  // The id of a word, `unknown` if it has none.
  int64_t find(std::string_view word, int64_t unknown) const {
    const uint64_t hash = hashed(word);
    const uint32_t mark = static_cast<uint32_t>(hash >> 32);
    for (std::size_t place = hash & (slots_.size() - 1); slots_[place].id; place = (place + 1) & (slots_.size() - 1)) {
      if (slots_[place].mark == mark && at(slots_[place].id - 1) == word) return slots_[place].id - 1;
    }
    return unknown;
  }

 private:
  struct Slot {
    uint32_t mark = 0, id = 0;  // part of the hash; id + 1, 0 where the slot is free
  };

  // Gives a word its slot.
  void take(uint32_t id) {
    const uint64_t hash = hashed(at(id));
    std::size_t place = hash & (slots_.size() - 1);
    while (slots_[place].id) place = (place + 1) & (slots_.size() - 1);
    slots_[place] = {static_cast<uint32_t>(hash >> 32), id + 1};
  }

  // FNV-1a over eight bytes at a time, then mixed, so that both halves may be used.
  static uint64_t hashed(std::string_view word) {
    uint64_t hash = 0xcbf29ce484222325u ^ word.size();
    const char* p = word.data();
    std::size_t left = word.size();
    for (; left >= 8; p += 8, left -= 8) {
      uint64_t eight;
      std::memcpy(&eight, p, 8);
      hash = (hash ^ eight) * 0x9e3779b97f4a7c15u;
      hash ^= hash >> 32;
    }
    uint64_t rest = 0;
    std::memcpy(&rest, p, left);
    hash = (hash ^ rest) * 0x9e3779b97f4a7c15u;
    return hash ^ hash >> 29;
  }

  std::vector<char> text_;
  std::vector<std::size_t> ends_;
  std::vector<Slot> slots_;
};

}  // namespace elman
