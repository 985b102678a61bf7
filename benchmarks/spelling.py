"""Novels as text for a model that corrects spelling.

    python benchmarks/spelling.py novels --out words

Reads every .md file of a folder except six novels whose sentences are corrected; writes lower-case words without
punctuation, a sentence a line, each two hundredth line apart: words/train.txt, words/valid.txt. Words that occur once
are <unk>.
"""

import argparse
import itertools
from collections import Counter
from pathlib import Path

from typing_phrases import LEFT_OUT, sentences

RAREST, APART = 2, 200


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    given = parser.parse_args()
    novels = [path for path in sorted(given.folder.glob("*/*.md")) if path.stem.strip() not in LEFT_OUT]
    lines = [line for novel in novels for line in sentences(novel)]
    counts = Counter(itertools.chain.from_iterable(lines))
    given.out.mkdir(parents=True, exist_ok=True)
    with (given.out / "train.txt").open("w") as train, (given.out / "valid.txt").open("w") as valid:
        for number, line in enumerate(lines):
            kept = " ".join(word if counts[word] >= RAREST else "<unk>" for word in line)
            (valid if number % APART == 0 else train).write(f"{kept}\n")
    known = sum(count >= RAREST for count in counts.values())
    print(f"{len(novels)} novels, {len(lines):,} sentences of {counts.total():,} words, {known:,} occur twice or more")


if __name__ == "__main__":
    main()
