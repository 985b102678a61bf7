"""What has to pass through one vector: exact matches by the length of the source, with attention and without.

    python benchmarks/bottleneck.py [--steps N] [--threads N]

Words of random letters are written backwards. An encoder-decoder whose decoder starts from the end of the source
(`initial`, Sutskever et al. 2014) or has it as an input at every step (`context`, Cho et al. 2014) is trained beside
one that looks back (`unfed`); all have as many units and updates. Source of the question: Cho et al. (2014), On the
properties of neural machine translation: encoder-decoder approaches, arXiv:1409.1259; Bahdanau et al. (2015), fig. 2.
"""

import argparse
import random
import tempfile
from pathlib import Path
from typing import Any

import elman
from elman.text.folding import aligned

DECODERS = ("initial", "context", "unfed")
LETTERS, LONGEST, BUCKET = "abcdefghijklmnop", 30, 5
TRAINED, TESTED = 20_000, 1_500


def pairs(count: int, seed: int) -> list[tuple[str, str]]:
    """Return words of 1 to 30 letters, each with what it is backwards."""
    draw = random.Random(seed)
    words = ["".join(draw.choices(LETTERS, k=draw.randint(1, LONGEST))) for _ in range(count)]
    return [(word, word[::-1]) for word in words]


def shares(model: Any, tests: list[tuple[str, str]]) -> list[float]:
    """Return the share of words that are exactly right, for each five lengths."""
    written = model.predict([source for source, _ in tests])
    right: list[list[bool]] = [[] for _ in range(LONGEST // BUCKET)]
    for (source, target), text in zip(tests, written, strict=True):
        right[(len(source) - 1) // BUCKET].append(text == target)
    return [sum(one) / len(one) for one in right]


def main() -> None:
    """Train, test, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--steps", type=int, default=1500, help="updates of each")
    parser.add_argument("--threads", type=int, default=1, help="of the processor")
    given = parser.parse_args()
    rows = [["letters", *(f"{first}-{first + BUCKET - 1}" for first in range(1, LONGEST, BUCKET))]]
    with tempfile.TemporaryDirectory() as folder:
        files = {}
        for name, count, seed in (("train", TRAINED, 1), ("valid", 300, 2)):
            files[name] = Path(folder) / f"{name}.tsv"
            files[name].write_text("".join(f"{x}\t{y}\n" for x, y in pairs(count, seed)))
        for decoder in DECODERS:
            made = elman.train(
                "seq2seq",
                train=files["train"],
                valid=files["valid"],
                out=Path(folder) / decoder,
                steps=given.steps,
                threads=given.threads,
                batch_size=64,
                learning_rate=0.003,
                hidden=128,
                level="character",
                settings={"model.decoder": decoder, "model.dropout": 0.0, "task.score": "exact_match"},
            )
            found = shares(elman.load(made.path), pairs(TESTED, 3))
            rows.append([decoder, *(f"{100 * share:.1f} %" for share in found)])
    print("\n".join(aligned(rows)))


if __name__ == "__main__":
    main()
