"""Whose text is this: novels by a model an author, and the Federalist papers.

    python benchmarks/authorship.py novels FOLDER
    python benchmarks/authorship.py federalist federalist.csv

FOLDER has a folder for each author, with texts of theirs. The shortest of each author that has 10,000 words is nobody's
to learn from; all authors have as many characters of the others. Of the papers of Hamilton and Madison
each is left out in turn, and Hamilton has as many of his, drawn by seed, as make up Madison's length.
"""

import argparse
import contextlib
import csv
import io
import re
import tempfile
from pathlib import Path

import numpy as np

import elman
from elman.comparison.attribution import attribute

LEAST = 10_000
WORDS = (50, 100, 200, 500, 1000, 2000)
MARKS = {"c": ",", "p": ".", "S": ":", "l": ";", "d": "-", "Q": "?"}
OPENING = re.compile(r"^\s*To the People of the State of New York\s*[:;]?")


def model(folder: Path, name: str, text: str, order: int):
    """Return an n-gram model of the bytes of a text; a tenth is held out."""
    path = folder / f"{name}.txt"
    path.write_text(text, encoding="utf-8")
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        settings = {"model.order": order}
        elman.train("lm", str(path), out=folder / name, model="ngram", level="byte", settings=settings, overwrite=True)
    return elman.load(folder / name)


def novels(folder: Path, order: int) -> None:
    """Print the share of passages of unseen novels that go to their author."""
    with tempfile.TemporaryDirectory() as scratch:
        there = Path(scratch)
        texts, unseen = {}, {}
        for author in sorted(path for path in folder.iterdir() if path.is_dir()):
            found = sorted((path.read_text(encoding="utf-8", errors="replace") for path in author.glob("*")), key=len)
            long = [number for number, text in enumerate(found) if len(text.split()) >= LEAST]
            if len(found) > 1 and long:
                unseen[author.name] = found.pop(long[0])
                texts[author.name] = "".join(found)
        size = min(map(len, texts.values()))
        runs = [model(there, name, text[:size], order) for name, text in texts.items()]
        for name, text in unseen.items():
            (there / f"unseen {name}.txt").write_text(text, encoding="utf-8")
        files = [str(there / f"unseen {name}.txt") for name in unseen]
        print(f"{len(runs)} authors, {size:,} characters of each, {order}-grams of bytes")
        for words in WORDS:
            found = attribute(runs, files, words)
            judged = []
            for number, one in enumerate(sorted(found.texts, key=lambda one: files.index(one.file))):
                whole = [piece for piece in one.passages if piece.words >= words]
                judged += [int(np.argmax(piece.log_probs_nats)) == number for piece in whole]
            known = found.known or (0, 0)
            held_out = known[1] / max(1, known[0])
            print(f"{words:>5} words: {np.mean(judged):6.1%} of {len(judged):,} passages; held out {held_out:.1%}")


def clean(text: str) -> str:
    """Return a paper with its marks as they are written, without the opening that all share."""
    text = OPENING.sub("", re.sub(r"<(\w)>", lambda found: MARKS.get(found[1], found[0]), text))
    return re.sub(r" ([,.:;?])", r"\1", text).strip() + "\n"


def federalist(file: Path, order: int, seed: int, shuffled: bool = False) -> None:
    """Print who wrote the papers, each left out in turn."""
    with file.open(encoding="utf-8", newline="") as lines:
        rows = [(row["number"], row["author"], clean(row["text"])) for row in csv.DictReader(lines)]
    draw = np.random.default_rng(seed)
    own = {name: [row for row in rows if row[1] == name] for name in ("HAMILTON", "MADISON")}
    if shuffled:
        both = [row for papers in own.values() for row in papers]
        draw.shuffle(both)
        own = {"HAMILTON": both[:51], "MADISON": both[51:]}
    size = sum(len(text) for _, _, text in own["MADISON"])
    disputed = [row for row in rows if row[1] == "HAMILTON OR MADISON"]
    with tempfile.TemporaryDirectory() as scratch:
        there = Path(scratch)

        def judged(paper: tuple[str, str, str]) -> str:
            left = {name: [row for row in papers if row is not paper] for name, papers in own.items()}
            texts = {}
            for name, papers in left.items():
                order_of = draw.permutation(len(papers)) if name == "HAMILTON" else range(len(papers))
                texts[name] = "".join(papers[number][2] for number in order_of)
            least = min(size, *map(len, texts.values()))
            runs = [model(there, name, text[:least], order) for name, text in texts.items()]
            (there / "paper.txt").write_text(paper[2], encoding="utf-8")
            author: str = attribute(runs, [str(there / "paper.txt")], 300).texts[0].author
            return author

        for name, papers in own.items():
            found = [judged(paper) == name for paper in papers]
            print(f"{name.title()}: {sum(found)} of {len(found)} papers, each left out")
        found = [judged(paper) == "MADISON" for paper in disputed]
        print(f"disputed: {sum(found)} of {len(found)} to Madison")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["novels", "federalist"])
    parser.add_argument("path", type=Path)
    parser.add_argument("--order", type=int, default=5)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--shuffled", action="store_true", help="Federalist: authors at random, for chance.")
    given = parser.parse_args()
    if given.what == "novels":
        novels(given.path, given.order)
    else:
        federalist(given.path, given.order, given.seed, given.shuffled)


if __name__ == "__main__":
    main()
