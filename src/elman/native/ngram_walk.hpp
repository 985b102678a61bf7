// Reading sequences of words by an n-gram model, many at a time.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <vector>

namespace elman {

// The n-grams of one order: see elman.ngram.backoff.Order.
struct NgramOrder {
  const uint32_t *words, *links;
  const float *log_probs, *backoffs;
  const uint32_t* starts;
  std::size_t size;
};

// As many followers as one look at memory brings: more are halved first, each half a look of its own.
constexpr uint32_t one_look = 16;

// The pairs of words whose first has many followers, by their hash: one look instead of one for each halving.
class NgramPairs {
 public:
  void build(const NgramOrder& first, const NgramOrder& second) {
    std::size_t count = 0, size = 16;
    for (std::size_t word = 0; word < first.size; ++word) {
      const uint32_t followers = first.starts[word + 1] - first.starts[word];
      count += followers > one_look ? followers : 0;
    }
    while (size < count + count / 2) size *= 2;
    slots_.assign(size, Slot{0, 0});
    for (std::size_t word = 0; word < first.size; ++word) {
      const uint32_t start = first.starts[word], stop = first.starts[word + 1];
      if (stop - start <= one_look) continue;
      for (uint32_t pair = start; pair < stop; ++pair) {
        std::size_t place = slot(static_cast<uint32_t>(word), second.words[pair]);
        while (slots_[place].pair) place = (place + 1) & (slots_.size() - 1);
        slots_[place] = {second.words[pair], pair + 1};
      }
    }
  }

  bool empty() const { return slots_.empty(); }

  std::size_t slot(uint32_t first, uint32_t word) const {
    const uint64_t hash = (static_cast<uint64_t>(first) << 32 | word) * 0x9e3779b97f4a7c15u;
    return (hash ^ hash >> 32) & (slots_.size() - 1);
  }

  void expect(std::size_t slot) const { __builtin_prefetch(slots_.data() + slot); }

  // The pair that ends with a word, one of `count` from `start` on, looked for from its slot; -1 if there is none.
  int64_t find(std::size_t slot, uint32_t word, uint32_t start, uint32_t count) const {
    for (; slots_[slot].pair; slot = (slot + 1) & (slots_.size() - 1)) {
      if (slots_[slot].word == word && slots_[slot].pair - 1 - start < count) return slots_[slot].pair - 1;
    }
    return -1;
  }

 private:
  struct Slot {
    uint32_t word, pair;  // the second word; the number of the pair + 1, 0 where the slot is free
  };
  std::vector<Slot> slots_;
};

// What is read and filled in. Sequence i has the words up to ends[i]; its state becomes the one after it.
struct NgramTexts {
  const int64_t *words, *ends;
  int64_t* states;
  double* log_probs;
  uint8_t* used;
};

// Reads sequences. One alone waits for memory nearly all of the time, so that many take turns: each asks for what it
// will look at in the next round. Readers that do the same in a round do it one after the other, so that no branch depends
// on what one of them found: a wrong guess of the processor costs as much as a look.
class NgramWalk {
 public:
  NgramWalk(const std::vector<NgramOrder>& orders, const std::vector<const uint32_t*>& after, const NgramPairs& pairs,
            bool uniform, const NgramTexts& texts)
      : orders_(orders.data()), after_(after.data()), highest_(static_cast<uint32_t>(orders.size())), pairs_(pairs),
        uniform_(uniform), texts_(texts) {}

  void read(int64_t from, int64_t to) {
    next_ = from;
    to_ = to;
    for (uint16_t i = 0; i < readers_.size() && next_ < to_; ++i) begin(i);
    while (reading_) round();
  }

 private:
  static constexpr std::size_t most = 64;

  // Where a reader stands: at a word, after a context, n-gram `node` of order k.
  struct Reader {
    int64_t sequence, place, end;
    double sum;
    const uint32_t* followers;
    std::size_t slot;
    uint32_t k, node, word, count, ngram;
    bool settled;  // the probability is known, the state after it is not
  };

  // Readers that do the same.
  struct Queue {
    std::array<uint16_t, most + 1> who;  // bytes would be taken for what may change anything
    std::size_t size = 0;

    void add(uint16_t reader, bool whether = true) {
      who[size] = reader;
      size += whether;
    }
  };

  // What readers do in a round: look where the n-grams begin that go on from the context; if the context is one word of
  // many followers, look for the pair; halve the followers; look at the last of them; take what was found.
  struct Queues {
    Queue contexts, pairs, halvings, followers, found;

    void clear() { contexts.size = pairs.size = halvings.size = followers.size = found.size = 0; }
  };

  void round() {
    now_ = 1 - now_;
    Queues& now = queues_[now_];
    next_queues_ = &queues_[1 - now_];
    next_queues_->clear();
    lost_.size = 0;
    for (std::size_t i = 0; i < now.found.size; ++i) take_found(now.found.who[i]);
    for (std::size_t i = 0; i < now.followers.size; ++i) look_at_followers(now.followers.who[i]);
    for (std::size_t i = 0; i < now.halvings.size; ++i) look_at_half(now.halvings.who[i]);
    for (std::size_t i = 0; i < now.pairs.size; ++i) look_for_pair(now.pairs.who[i]);
    for (std::size_t i = 0; i < now.contexts.size; ++i) look_at_context(now.contexts.who[i]);
    for (std::size_t i = 0; i < lost_.size; ++i) back_off(lost_.who[i]);
  }

  // Begins the next sequence that has a word, if there is one.
  void begin(uint16_t who) {
    while (next_ < to_) {
      Reader& reader = readers_[who];
      reader.sequence = next_++;
      reader.place = reader.sequence ? texts_.ends[reader.sequence - 1] : 0;
      reader.end = texts_.ends[reader.sequence];
      if (reader.place == reader.end) continue;
      ++reading_;
      take(who, texts_.states[reader.sequence]);
      return;
    }
  }

  // Takes up the next word.
  void take(uint16_t who, int64_t state) {
    Reader& reader = readers_[who];
    if (reader.place == reader.end) {
      texts_.states[reader.sequence] = state;
      --reading_;
      begin(who);
      return;
    }
    __builtin_prefetch(texts_.words + reader.place + 8);
    reader.word = static_cast<uint32_t>(texts_.words[reader.place]);
    reader.sum = 0;
    reader.settled = false;
    reader.k = static_cast<uint32_t>(state >> 32);
    arrive(who, static_cast<uint32_t>(state));
  }

  void arrive(uint16_t who, uint32_t node) {
    Reader& reader = readers_[who];
    if (reader.k == 0) {
      find(who, reader.word, true);
      return;
    }
    const NgramOrder& order = orders_[reader.k - 1];
    reader.node = node;
    __builtin_prefetch(order.starts + node);
    __builtin_prefetch(order.backoffs + node);
    __builtin_prefetch(order.links + node);
    const bool pair = reader.k == 1 && !pairs_.empty();
    reader.slot = pair ? pairs_.slot(node, reader.word) : 0;
    if (pair) pairs_.expect(reader.slot);
    next_queues_->pairs.add(who, pair);
    next_queues_->contexts.add(who, !pair);
  }

  // The next n-gram is there, or it is lost.
  void find(uint16_t who, uint32_t ngram, bool there) {
    Reader& reader = readers_[who];
    const NgramOrder& order = orders_[reader.k];
    reader.ngram = there ? ngram : 0;
    __builtin_prefetch(order.log_probs + reader.ngram);
    __builtin_prefetch(after_[reader.k] + reader.ngram);
    next_queues_->found.add(who, there);
    lost_.add(who, !there);
  }

  void back_off(uint16_t who) {
    Reader& reader = readers_[who];
    const NgramOrder& order = orders_[reader.k - 1];
    if (!reader.settled) reader.sum += below(order, reader.node, reader.settled);
    --reader.k;
    arrive(who, reader.k == 0 ? 0 : order.links[reader.node]);
  }

  double below(const NgramOrder& order, uint32_t node, bool& settled) const {
    if (!uniform_) return order.backoffs[node];
    if (order.starts[node] == order.starts[node + 1]) return 0;
    settled = true;
    return order.backoffs[node] - std::log(static_cast<double>(orders_[0].size));
  }

  void look_for_pair(uint16_t who) {
    Reader& reader = readers_[who];
    const uint32_t* const starts = orders_[0].starts + reader.node;
    if (starts[1] - starts[0] <= one_look) {
      look_at_context(who);
      return;
    }
    const int64_t pair = pairs_.find(reader.slot, reader.word, starts[0], starts[1] - starts[0]);
    find(who, static_cast<uint32_t>(pair), pair >= 0);
  }

  void look_at_context(uint16_t who) {
    Reader& reader = readers_[who];
    const uint32_t* const starts = orders_[reader.k - 1].starts + reader.node;
    reader.count = starts[1] - starts[0];
    if (reader.count == 0) {
      lost_.add(who);
      return;
    }
    reader.followers = orders_[reader.k].words + starts[0];
    expect_followers(who);
  }

  void expect_followers(uint16_t who) {
    const Reader& reader = readers_[who];
    const bool many = reader.count > one_look;
    __builtin_prefetch(reader.followers + (many ? reader.count / 2 : 0));
    __builtin_prefetch(reader.followers + (many ? reader.count / 2 : reader.count - 1));
    next_queues_->halvings.add(who, many);
    next_queues_->followers.add(who, !many);
  }

  void look_at_half(uint16_t who) {
    Reader& reader = readers_[who];
    halve(reader.followers, reader.count, reader.word);
    expect_followers(who);
  }

  void look_at_followers(uint16_t who) {
    Reader& reader = readers_[who];
    const uint32_t* follower = reader.followers;
    // As many halvings for one follower as for 16: where a loop ends cannot be foreseen either.
    for (int i = 0; i < 4; ++i) halve(follower, reader.count, reader.word);
    find(who, static_cast<uint32_t>(follower - orders_[reader.k].words), *follower == reader.word);
  }

  // Leaves the half that may have a word; of one follower, that.
  static void halve(const uint32_t*& followers, uint32_t& count, uint32_t word) {
    const uint32_t half = count / 2;
    followers += followers[half] <= word ? half : 0;
    count -= half;
  }

  void take_found(uint16_t who) {
    Reader& reader = readers_[who];
    const NgramOrder& order = orders_[reader.k];
    if (!reader.settled) reader.sum += order.log_probs[reader.ngram];
    texts_.log_probs[reader.place] = reader.sum;
    texts_.used[reader.place] = static_cast<uint8_t>(++reader.k);
    ++reader.place;
    if (reader.k < highest_) {
      take(who, static_cast<int64_t>(reader.k) << 32 | reader.ngram);
    } else {
      take(who, reader.k == 1 ? 0 : static_cast<int64_t>(reader.k - 1) << 32 | order.links[reader.ngram]);
    }
  }

  const NgramOrder* orders_;
  const uint32_t* const* after_;  // of each order, what is looked at next of an n-gram that was found
  const uint32_t highest_;
  const NgramPairs& pairs_;
  const bool uniform_;
  const NgramTexts texts_;
  int64_t next_ = 0, to_ = 0, reading_ = 0;
  std::array<Reader, most> readers_;
  std::array<Queues, 2> queues_;
  int now_ = 0;
  Queues* next_queues_ = &queues_[1];
  Queue lost_;
};

}  // namespace elman
