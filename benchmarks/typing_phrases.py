"""Novels as text for a model that suggests words, and how much of some phrases stands in them already.

    python benchmarks/typing_phrases.py novels --phrases phrases.txt --out words

Reads every .md file of a folder except six novels whose sentences other measurements use; writes lower-case words
without punctuation, a sentence a line, each hundredth line apart: words/train.txt, words/valid.txt. Words that occur
less than three times are <unk>. Says how many runs of five words of the phrases stand in the training text.
"""

import argparse
import itertools
import re
from collections import Counter
from pathlib import Path

LEFT_OUT = {
    "Bartleby, the Scrivener",
    "Cranford",
    "Shirley",
    "The Haunted Hotel",
    "The Mayor of Casterbridge",
    "The Prince and the Pauper",
}
RAREST, APART, RUN = 3, 100, 5
ENDS = re.compile(r"(?<!\bmr)(?<!\bmrs)(?<!\bdr)(?<!\bst)[.!?]+")


def words_of(text: str) -> list[str]:
    plain = re.sub(r"[^\W\d_a-z']", "", text.lower().replace("’", "'").replace("‘", "'"))
    return [word for word in (one.strip("'") for one in re.findall(r"[a-z']+", plain)) if word]


def sentences(novel: Path) -> list[list[str]]:
    found = []
    for block in re.split(r"\n\s*\n", novel.read_text(encoding="utf-8-sig").lower()):
        if not block.startswith(("#", "---")):
            found += [words for words in map(words_of, ENDS.split(block)) if words]
    return found


def runs(words: list[str]) -> set[tuple[str, ...]]:
    return set(zip(*(itertools.islice(words, start, None) for start in range(RUN)), strict=False))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--phrases", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    given = parser.parse_args()
    novels = [path for path in sorted(given.folder.glob("*/*.md")) if path.stem.strip() not in LEFT_OUT]
    lines = [line for novel in novels for line in sentences(novel)]
    counts = Counter(itertools.chain.from_iterable(lines))
    given.out.mkdir(parents=True, exist_ok=True)
    asked = set().union(*(runs(words_of(line)) for line in given.phrases.read_text(encoding="utf-8").splitlines()))
    seen: set[tuple[str, ...]] = set()
    with (given.out / "train.txt").open("w") as train, (given.out / "valid.txt").open("w") as valid:
        for number, line in enumerate(lines):
            kept = " ".join(word if counts[word] >= RAREST else "<unk>" for word in line)
            (valid if number % APART == 0 else train).write(f"{kept}\n")
            seen |= asked & runs(line)
    known = sum(count >= RAREST for count in counts.values())
    print(f"{len(lines):,} sentences of {counts.total():,} words, {known:,} of which occur {RAREST} times or more")
    print(f"{len(seen):,} of {len(asked):,} different runs of {RUN} words of the phrases stand in them")


if __name__ == "__main__":
    main()
