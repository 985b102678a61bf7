// Sums over all alignments of utterances, as Python calls them. The shapes were checked by elman.native.ctc.
#include "ctc_paths.hpp"
#include "door.hpp"

namespace {

using elman::Utterance;

// Utterances lie one behind the other, and so do their targets. Each is computed by one thread, whichever is free.
template <class T>
void ctc_nats(int instructions, int threads, In<T> logits, Sizes lengths, Sizes targets, Sizes target_lengths,
              int64_t blank, Array<double> found, Maybe<T> gradient) {
  const elman::CtcPaths& paths = ELMAN_FAMILY(instructions, ctc);
  const int64_t symbols = static_cast<int64_t>(logits.shape(1)), count = static_cast<int64_t>(lengths.size());
  std::vector<Utterance<T>> every;
  int64_t frames = 0, labels = 0, room = 0, work = 0;
  for (int64_t b = 0; b < count; ++b) {
    const int64_t steps = lengths.data()[b], size = target_lengths.data()[b];
    every.push_back({steps, symbols, size, blank, logits.data() + frames * symbols, targets.data() + labels,
                     gradient ? gradient->data() + frames * symbols : nullptr, nullptr});
    room = std::max(room, paths.room(steps, symbols, size, gradient.has_value()));
    frames += steps, labels += size, work += steps * (size + symbols);
  }
  nb::gil_scoped_release released;
  const int team = useful_threads(work, static_cast<int>(std::min<int64_t>(threads, count)));
  room = own_room<double>(room);
  double* const rooms = scratch<double>(team * room);
  int64_t next = 0;
  together(team, [&](Member me) {
    double* const mine = rooms + me.id * room;
    for (int64_t b; (b = __atomic_fetch_add(&next, 1, __ATOMIC_RELAXED)) < count;) {
      every[b].scratch = mine;
      if constexpr (sizeof(T) == 4) {
        found.data()[b] = paths.single(every[b]);
      } else {
        found.data()[b] = paths.twice(every[b]);
      }
    }
  });
}

template <class T>
void define(nb::module_& m) {
  m.def("ctc_nats", &ctc_nats<T>, "instructions"_a, "threads"_a, array("logits"), array("lengths"), array("targets"),
        array("target_lengths"), "blank"_a, array("nats"), array_or_none("gradient"));
}

}  // namespace

void elman::define_ctc(nb::module_& m) {
  define<float>(m);
  define<double>(m);
}
