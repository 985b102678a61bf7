"""Writes docs/curriculum.md: every row of the lecture, and the command or test that shows it.

python -m tests.curriculum.page
"""

import re
from collections.abc import Iterator
from pathlib import Path

from elman.lab.experiments import EXPERIMENTS
from elman.lab.running import spoken

HERE = Path(__file__).parent
TARGET = HERE.parent.parent / "docs" / "curriculum.md"
PARTS = {
    "A": "Cells",
    "B": "Stacks and architectures",
    "C": "Training",
    "D": "Tasks",
    "E": "Attention",
    "F": "The table of perplexities",
    "G": "Gradients",
    "H": "Representations",
    "W": "Exercises",
    "X": "Slips of the slides",
    "I": "History",
}
HEAD = """# The lecture, row by row

Where each equation, figure, exercise and task of the five decks is shown: by a command that anybody can type, and
by tests that hold it. Deck and line are those of the text versions: 000 COMP0087, 001 CSE440, 002 chapter 9 of SLP3,
003 CS224N 2019, 004 lecture 7. This page is written by `python -m tests.curriculum.page`, and a test compares it with
what there is. [lab.md](lab.md) has the figures.
"""


TYPED = {
    "A23": "`elman inspect RUN saturation`",
    "A24": "`elman inspect RUN trace`",
    "A25": "`python benchmarks/cells.py`",
    "B15": "`elman train tag`; `elman train classify`; `elman train lm`; `elman train seq2seq`",
    "C6": "`elman train --resume RUN`",
    "C17": "`elman train seq2seq --set model.teacher=sampling`",
    "C18": "`elman train seq2seq --set model.teacher=mixer`",
    "C19": "`python benchmarks/imitation.py`",
    "C20": "`python benchmarks/imitation.py`",
    "C23": "`python benchmarks/large_vocabularies.py`",
    "D1": "`elman train configs/tag/ud_english_ewt.toml`",
    "D2": "`elman train configs/classify/sst_binary.toml`",
    "D3": "`elman train configs/tag/conll2003.toml`",
    "D7": "`elman train configs/pair/sick.toml`",
    "D9": "`elman demo qa`; `elman demo memory`",
    "D10": "`elman train configs/seq2seq/multi30k_de_en.toml`",
    "D12": "`elman inspect RUN alignment`",
    "D13": "`elman train configs/seq2seq/aeslc.toml`",
    "D14": "`elman train configs/lm/word_wikitext2.toml`",
    "D15": "`elman train configs/lm/char_shakespeare.toml`",
    "D20": "`python benchmarks/ngrams.py`",
    "D23": "`python benchmarks/word_vectors.py`",
    "D24": "`elman train configs/lm/nplm_brown.toml`",
    "D25": "`elman generate RUN`",
    "D26": "`elman generate RUN --check color`; `elman generate RUN --check meal_master`",
    "D28": "`elman demo ctc`",
    "D29": "`elman train configs/ctc/pen_words.toml`",
    "D30": "`elman demo caption`",
    "D31": "`elman train configs/seq2seq/treebank.toml`",
    "D32": "`elman train configs/classify/drawn_films.toml`",
    "D33": "`elman train configs/classify/splice.toml`",
    "D34": "`elman train configs/ctc/an4.toml`",
    "D35": "`elman train configs/seq2seq/dialogue.toml`",
    "D36": "`elman train configs/seq2seq/paraphrase.toml`",
    "D37": "`elman type RUN`",
    "D38": "`elman correct RUN`",
    "D39": "`elman attribute RUN...`",
    "D40": "`elman train configs/seq2seq/cmudict.toml`",
    "D41": "`elman demo memory`; `python benchmarks/babi.py`",
    "D42": "`elman demo transduce`; `python benchmarks/machines.py`",
    "E7": "`elman inspect RUN alignment`",
    **dict.fromkeys([f"F{number}" for number in range(1, 10)], "`python benchmarks/perplexity_table.py`"),
    "G8": "`elman inspect RUN saliency`",
}
"""Commands that show a row, beside those of the lab."""


def rows() -> list[list[str]]:
    """Return each row: its name, what it is, where it stands."""
    lines = (HERE / "rows.tsv").read_text(encoding="utf-8").splitlines()[1:]
    return [line.split("\t") for line in lines]


def commands() -> dict[str, list[str]]:
    """Return the experiments of the lab that show each row."""
    found: dict[str, list[str]] = {}
    for name in EXPERIMENTS.names():
        for row in EXPERIMENTS.get(name).rows:
            found.setdefault(row, []).append(f"`elman lab {spoken(name)}`")
    return found


def tests() -> dict[str, list[str]]:
    """Return the files with a test that names each row."""
    found: dict[str, list[str]] = {}
    for path in sorted(HERE.parent.rglob("test_*.py")):
        for name in re.findall(r"^def (test_\w+)", path.read_text(encoding="utf-8"), re.MULTILINE):
            for row in re.findall(r"(?<=_)([A-IWX]\d+b?|I)(?=_|$)", name):
                files = found.setdefault(row, [])
                if (told := str(path.relative_to(HERE.parent))) not in files:
                    files.append(told)
    return found


def shown() -> dict[str, str]:
    """Return what shows each row; empty where nothing does."""
    by_command, by_test = commands(), tests()
    typed = {row: [command] for row, command in TYPED.items()}
    return {
        row: "; ".join([*by_command.get(row, []), *typed.get(row, []), *by_test.get(row, [])]) for row, _, _ in rows()
    }


def lines() -> Iterator[str]:
    """Yield the page."""
    by = shown()
    yield from HEAD.splitlines()
    for letter, title in PARTS.items():
        yield from ("", f"## {letter}. {title}", "", "| row | what | deck | shown by |", "|---|---|---|---|")
        for row, what, where in rows():
            if row[0] == letter:
                told = what.replace("|", "\\|")
                yield f"| {row} | {told} | {where} | {by[row] or 'no command or test names it'} |"


if __name__ == "__main__":
    TARGET.write_text("\n".join(lines()) + "\n", encoding="utf-8")
