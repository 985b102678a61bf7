"""How many times faster than speech a prefix search is: `python benchmarks/ctc_search.py [--run RUN FILE]`.

100 frames a second, 29 symbols, words of a list of 500, a bigram over them. What a network says is drawn: `sure` is one
that has learned (most frames are blank beyond doubt), `torn` one that has not (four symbols share each frame). With
`--run`, what a run of task ctc says of recordings, its own n-grams and its own words. The compiled search and its
definition in NumPy in turn, each drawn one with empty caches.
"""

import argparse
import os
import time
from random import Random

import numpy as np

from elman.decoding.ctc.beam import Limits, PrefixBeam
from elman.decoding.ctc.scorer import Labels, Lexicon, Weights, Words
from elman.ngram.language import Ngrams

NAMES = ["\n", " ", *"abcdefghijklmnopqrstuvwxyz'"]
SECONDS, RATE, REPEATS = 20, 100, 7
SHOWN = {"reference": "NumPy", "auto": "compiled"}
MODES = tuple(SHOWN)
WEIGHTS = Weights(0.5, 1.0)


def drawn_words(draw):
    return ["".join(draw.choice(NAMES[2:]) for _ in range(draw.randint(2, 8))) for _ in range(500)]


def heard(text, torn, seed):
    """Return log p of symbols: each label of a text at one frame of seven, the blank between them."""
    noise = np.random.default_rng(seed)
    logits = noise.normal(0, 1.5 if torn else 0.5, (SECONDS * RATE, len(NAMES)))
    logits[:, 0] += 2.0 if torn else 11.0
    for place, label in enumerate(text[: SECONDS * RATE // 7]):
        logits[7 * place + 3, NAMES.index(label)] += 4.0 if torn else 13.0
    return logits - np.log(np.exp(logits).sum(1, keepdims=True))


def started(mode, make):
    """Return a new search; n-grams are looked up in compiled code by both."""
    os.environ["ELMAN_KERNELS"] = mode
    search = make()
    os.environ["ELMAN_KERNELS"] = "auto"
    return search


def measured(which, seconds, search):
    """Time a search by both in turn, and print how many times faster than speech each is, by the clock and by CPU."""
    took = {mode: [] for mode in MODES}
    for _ in range(REPEATS):
        for mode in MODES:
            begun = time.perf_counter(), time.process_time()
            search(mode)
            took[mode].append((time.perf_counter() - begun[0], time.process_time() - begun[1]))
    usual = {mode: seconds / np.median(took[mode], axis=0) for mode in MODES}
    told = ", ".join(f"{SHOWN[mode]} {usual[mode][0]:6,.0f} x (CPU {usual[mode][1]:6,.0f})" for mode in MODES)
    print(f"{which:42} {told}", flush=True)


def drawn(width):
    draw = Random(1)
    words = drawn_words(draw)
    lines = [[draw.choice(words[: draw.randint(5, 500)]) for _ in range(6)] for _ in range(1000)]
    bigram, labels = Ngrams.learn(lines, 2), Ngrams.learn([" ".join(line) for line in lines], 5)
    lexicon = Lexicon([(word, [NAMES.index(one) for one in word]) for word in words], len(NAMES), 1)
    scorers = {
        "no model": lambda: None,
        "5-gram of labels": lambda: Labels(NAMES, 0, labels, WEIGHTS),
        "bigram of words": lambda: Words(NAMES, 1, WEIGHTS, bigram),
        "bigram and list of words": lambda: Words(NAMES, 1, WEIGHTS, bigram, lexicon),
    }
    text = " ".join(" ".join(line) for line in lines[:100])
    for name, scorer in scorers.items():
        for torn in (False, True):
            log_probs = heard(text, torn, 1)

            def search(mode, scorer=scorer, log_probs=log_probs):
                found = started(mode, lambda: PrefixBeam(0, Limits(width), scorer()))
                found.read(log_probs)
                found.found()

            measured(f"{name}, {'torn' if torn else 'sure'}", SECONDS, search)


def of_run(width, run, file):
    import elman
    from elman.tasks.base.framing import frames_of

    model = elman.load(run)
    examples = frames_of(model.task, model.task.examples(model.reader, model.reader.find([file])))
    every = [log_probs for _, log_probs in model.task.log_probs(model.model, model.task.encode(examples))]
    seconds = sum(len(one.fields[model.task.field]) for one in examples) / 100  # a frame each 10 ms
    print(f"{len(every)} recordings, {seconds:,.0f} s, {sum(map(len, every)) / seconds:.0f} steps a second")
    for lm, lexicon in (("none", ""), ("labels", ""), ("words", ""), ("words", "training")):
        task = model.task.asked({"beam": width, "lm": lm, "lexicon": lexicon})
        task.search()  # the n-grams are read once

        def search(mode, task=task):
            for log_probs in every:
                found = started(mode, task.search)
                found.read(log_probs)
                found.found()

        measured(f"lm {lm}, lexicon {lexicon or 'none'}", seconds, search)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--width", type=int, default=25)
    parser.add_argument("--run", nargs=2)
    given = parser.parse_args()
    if given.run:
        of_run(given.width, *given.run)
    else:
        drawn(given.width)


if __name__ == "__main__":
    main()
