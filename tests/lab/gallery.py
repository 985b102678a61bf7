"""Writes docs/lab.md: every experiment with its command and, where it was drawn, its figure.

python -m tests.lab.gallery
"""

from collections.abc import Iterator
from pathlib import Path

from elman.lab.experiments import EXPERIMENTS
from elman.lab.running import spoken

DOCS = Path(__file__).parent.parent.parent / "docs"
TARGET = DOCS / "lab.md"
HEAD = """# The lab

Every figure, number and exercise of the five decks by one command, without a trained run and without a file.

    elman lab                                    what there is: name, deck and lines, seconds
    elman lab jacobian                           every quantity with its formula, slips of the slides, a verdict
    elman lab jacobian --out jacobian.svg        the figure; .png, .html (all of it on a page), .json, .txt
    elman lab jacobian --json                    the same numbers, those of the figure included
    elman lab steps127 --seeds 5 --set lab.length=200
    elman lab adding --minutes 10                train for so long, all networks and seeds together
    elman lab --all --out lecture                everything on one page, and figures and numbers beside it

The page is in the order of the decks, with a list by deck and line before it. While it is made, standard error says
which experiment is at work, about how long it takes and how long it took. One that fails is named there and on the
page, the others are made, and the exit code is 1; after Ctrl-C the page has what was made until then (exit code 130).
All of it took 8 min 52 s of one core (AMD with AVX-512).

From Python, and shown with its figure in a notebook:

    import elman

    found = elman.lab.jacobian()
    found.values["‖∂s_4/∂s_0‖₂"]                 # 0.09863432609419477
    found.svg(), found.png(), found.facts

Theory is computed in float64. Where a deck prints something else than it should, both are computed and stand beside
each other. Decks: 000 COMP0087, 001 CSE440, 002 chapter 9 of SLP3, 003 CS224N 2019, 004 lecture 7; lines are those of
the text versions. Which row of the curriculum is shown where: [curriculum.md](curriculum.md). A figure below is what
its command draws with `--out`.

Measured with `elman lab order` (T 100, 1,000 updates, seeds 1 to 3): an LSTM and a GRU whose gates start at time scales
up to 100 (`chrono`) end at 100 % right from every seed; the LSTM with forget bias 1 at 31, 24 and 23 %, the simple
network at 28, 24 and 25 %, where chance is 25 %.

Measured with `elman lab paragraph` (adding over 50, 150 and 500 steps, 600 updates each, means of seeds 1 and 2; always
saying 1 has a mean squared error of .167): an LSTM with forget bias 1 has .094, .166 and .170, with `chrono` .0023,
.0027 and .057, and one that answers by what it looks at in all of its states .0006, .0011 and .0001.

Measured with `elman lab formal` (learned to n = 10, seeds 1 to 5, tried to n = 200): on aⁿbⁿ the LSTM of 1997 is right
up to n = 200, 200, 136, 200 and 200, with peepholes 200, 186, 72, 200, 36, the LSTM 51, 19, 50, 43, 11, the GRU 15, 0,
0, 15, 11, a hidden Markov model of 40 states 7, 6, 7, 8, 7; on aⁿbⁿcⁿ the LSTM of 1997 up to 150, 52, 40, 163 and 73.
With `elman lab bottleneck` words of 1 to 5, 6 to 10, 11 to 15 and 16 to 20 letters are right in 100, 99.7, 68.2 and
7.2 % with attention, in 23.1, 0, 0 and 0 % with one vector that every step reads.

Measured with `elman lab reber` (900 updates of 128 strings, seeds 1 to 3): an LSTM is right in 100 % of strings 51 to
100 of a stream from every seed, the LSTM of 1997 in 50, 60 and 50 %, which is chance of the second symbol; with its
state reset before each string it has 100, 92 and 99 %, and is lost from the second string of a stream on.
It is slower rather than unable: in a trial of the same setting with other streams it was right in 97 to 99 % after
1,500 updates, having learned to write against what it holds.
"""


def lines() -> Iterator[str]:
    """Yield the page."""
    yield from HEAD.splitlines()
    for name in EXPERIMENTS.names():
        kind, command = EXPERIMENTS.get(name), spoken(name)
        where = "; ".join(map(str, kind.deck))
        yield from ("", f"## {kind.title}", "", f"`elman lab {command}`: `{kind.formula}`; {where}.")
        if (DOCS / "figures" / "lab" / f"{command}.svg").exists():
            yield from ("", f"![{kind.title}](figures/lab/{command}.svg)")


if __name__ == "__main__":
    TARGET.write_text("\n".join(lines()) + "\n", encoding="utf-8")
