"""How many times faster than speech a prefix search is: `python benchmarks/ctc_search.py [--width 25]`.

100 frames a second, 29 symbols, words of a list of 500, a bigram over them. What a network says is drawn: `sure` is one
that has learned (most frames are blank beyond doubt), `torn` one that has not (four symbols share each frame).
"""

import argparse
import time
from random import Random

import numpy as np

from elman.decoding.ctc.beam import Limits, PrefixBeam
from elman.decoding.ctc.scorer import Labels, Lexicon, Weights, Words
from elman.ngram.language import Ngrams

NAMES = ["\n", " ", *"abcdefghijklmnopqrstuvwxyz'"]
SECONDS, RATE, REPEATS = 20, 100, 5


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


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--width", type=int, default=25)
    width = parser.parse_args().width
    draw = Random(1)
    words = drawn_words(draw)
    lines = [[draw.choice(words[: draw.randint(5, 500)]) for _ in range(6)] for _ in range(1000)]
    bigram, labels = Ngrams.learn(lines, 2), Ngrams.learn([" ".join(line) for line in lines], 5)
    lexicon = Lexicon([(word, [NAMES.index(one) for one in word]) for word in words], len(NAMES), 1)
    weights = Weights(0.5, 1.0)
    scorers = {
        "no model": lambda: None,
        "5-gram of labels": lambda: Labels(NAMES, 0, labels, weights),
        "bigram of words": lambda: Words(NAMES, 1, weights, bigram),
        "bigram and list of words": lambda: Words(NAMES, 1, weights, bigram, lexicon),
    }
    text = " ".join(" ".join(line) for line in lines[:100])
    for name, scorer in scorers.items():
        for torn in (False, True):
            log_probs, took = heard(text, torn, 1), []
            for _ in range(REPEATS):
                begun = time.perf_counter()
                search = PrefixBeam(0, Limits(width), scorer())
                search.read(log_probs)
                search.found()
                took.append(time.perf_counter() - begun)
            usual, best = SECONDS / np.median(took), SECONDS / min(took)
            which = "torn" if torn else "sure"
            print(f"beam {width}, {name:25} {which}  {usual:5.0f} x real time, {best:5.0f} x at best")


if __name__ == "__main__":
    main()
