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


ELSEWHERE = {
    "C6": "training/test_resume.py",
    "C15": "teachers/test_teachers.py",
    "C17": "teachers/test_teachers.py",
    "C18": "teachers/test_teachers.py",
    "C21": "tasks/test_seq2seq.py",
    "D9": "`elman demo memory`; tasks/test_memory.py",
    "D10": "`elman train seq2seq`; tasks/test_seq2seq.py",
    "D11": "models/test_separator_lm.py",
    "D12": "`elman inspect RUN alignment`; inspection/test_alignment.py",
    "D13": "`elman train seq2seq`; data/readers/test_reader_aeslc.py",
    "D16": "models/test_window_lm.py",
    "D24": "models/test_window_lm.py",
    "D26": "`elman generate RUN`; cli/test_commands.py",
    "D27": "`elman train seq2seq`; contracts/test_decoders.py",
    "D28": "`elman demo ctc`; tasks/test_ctc.py",
    "D29": "`elman demo handwriting`; tasks/test_handwriting.py",
    "D30": "`elman demo caption`; tasks/test_caption.py",
    "D31": "text/test_brackets.py",
    "D32": "tasks/test_caption.py",
    "D34": "features/test_log_mel.py; tasks/test_ctc.py",
    "D35": "data/readers/test_reader_dialogue.py",
    "D36": "`elman demo pair`; tasks/test_pair.py",
    "D37": "`elman type RUN`; keyboard/test_evaluation.py",
    "D38": "`elman correct RUN`; spelling/test_corrector.py",
    "D39": "`elman attribute RUN...`; comparison/test_attribution.py",
    "D40": "`elman train seq2seq`; data/readers/test_reader_cmudict.py",
    "D42": "`elman demo transduce`; machines/test_machines.py",
    "D49": "this page",
    "E1": "contracts/test_decoders.py",
    **dict.fromkeys(("E2", "E3", "E4", "E5", "E6", "E8"), "contracts/test_attention.py; contracts/test_decoders.py"),
    "E7": "`elman inspect RUN alignment`; inspection/test_alignment.py",
    "H6": "heads/test_softmax.py",
}
"""Rows that are shown by tests which do not have their names: files, and commands."""


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
            for row in re.findall(r"(?<=_)([A-IWX]\d+b?)(?=_|$)", name):
                files = found.setdefault(row, [])
                if (told := str(path.relative_to(HERE.parent))) not in files:
                    files.append(told)
    return found


def shown() -> dict[str, str]:
    """Return what shows each row; empty where nothing does."""
    by_command, by_test = commands(), tests()
    own = {row: [ELSEWHERE[row]] for row in ELSEWHERE}
    return {
        row: "; ".join([*by_command.get(row, []), *by_test.get(row, []), *own.get(row, [])]) for row, _, _ in rows()
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
