"""Draws how many different n-grams a text has, by n and by how much of the text is read (curriculum D21).

python docs/figures/storage.py novels.txt docs/figures/storage.svg
"""

import sys
from pathlib import Path

import numpy as np
from matplotlib import rc_context
from matplotlib.figure import Figure

from elman.ngram.counts import count
from elman.ngram.workspace import Workspace
from elman.text.vocabulary import VocabularyBuilder

ORDER, PARTS = 5, 8


def draw(text: Path, target: Path) -> None:
    """Count n-grams of parts of a text and draw how many there are."""
    builder = VocabularyBuilder()
    ids = builder.encode(text.read_text(encoding="utf-8").replace("\n", " <eos> ").split())
    line_end = int(builder.encode(["<eos>"])[0])
    lengths = [len(ids) * part // PARTS for part in range(1, PARTS + 1)]
    sizes = []
    for length in lengths:
        levels = count(ids[:length], len(builder), ORDER, line_end, Workspace())
        sizes.append([int((levels[0].counts > 0).sum()), *(len(level.words) for level in levels[1:])])
    with rc_context({"svg.fonttype": "none", "font.family": "sans-serif", "font.size": 10}):
        figure = Figure(figsize=(7.2, 3.8), layout="constrained")
        axes = figure.subplots()
        for n, column in reversed(list(enumerate(np.array(sizes).T / 1e6, start=1))):
            axes.plot(np.array(lengths) / 1e6, column, marker="o", markersize=3.5, label=f"{n}-grams")
        axes.set_xlabel("tokens of text, millions")
        axes.set_ylabel("different n-grams, millions")
        axes.set_ylim(bottom=0)
        axes.set_xlim(left=0)
        axes.grid(axis="y", color="#e5e7eb")
        axes.spines[["top", "right"]].set_visible(False)
        axes.legend(frameon=False)
        figure.savefig(target, metadata={"Date": None, "Creator": None})


if __name__ == "__main__":
    draw(Path(sys.argv[1]), Path(sys.argv[2]))
