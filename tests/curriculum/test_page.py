"""docs/curriculum.md has every row of the five decks, and what it names for each is there."""

import re
from pathlib import Path

import pytest

from elman.demos import DEMOS
from elman.lab.experiments import EXPERIMENTS

ROOT = Path(__file__).parent.parent.parent
PAGE = ROOT / "docs" / "curriculum.md"
COUNTS = {"A": 26, "B": 18, "C": 24, "D": 49, "E": 8, "F": 9, "G": 17, "H": 7, "W": 8, "X": 12}
ROWS = [*(f"{letter}{n}" for letter, count in COUNTS.items() for n in range(1, count + 1)), "I"]
SHOWN = {row: shown for row, shown in re.findall(r"^\| ([A-Z]\d*) \| [^|]* \| (.*) \|$", PAGE.read_text("utf-8"), re.M)}
COMMANDS = [path.stem for path in (ROOT / "src" / "elman" / "cli" / "commands").glob("*.py")]
SOURCES = "".join(path.read_text("utf-8") for path in ROOT.glob("tests/**/test_*.py"))
TESTS = re.findall(r"^def (test_\w+)", SOURCES, re.M)


def slug(heading):
    return re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")


def is_there(command):
    """Say whether what stands between two backticks can be run or opened."""
    if found := re.fullmatch(r'pytest -k "(.*)"', command):
        return all(any(part in name for name in TESTS) for part in found[1].split(" or "))
    if found := re.fullmatch(r"(tests/.*\.py)::(\w+)", command):
        return f"def {found[2]}(" in (ROOT / found[1]).read_text(encoding="utf-8")
    if found := re.fullmatch(r"elman lab ([\w-]+)", command):
        return found[1] in EXPERIMENTS.names()
    if found := re.fullmatch(r"elman demo ([\w-]+)", command):
        return found[1] in DEMOS.names()
    if found := re.match(r"elman (\w+)", command):
        return found[1] in COMMANDS
    if found := re.match(r"(?:python )?((?:configs|benchmarks|docs)/[\w/.]+)$", command):
        return (ROOT / found[1]).is_file()
    return True


def leads(target):
    """Say whether a link leads to a page that has such a heading."""
    name, _, anchor = target.partition("#")
    page = (PAGE.parent / name).resolve() if name else PAGE
    headings = re.findall(r"^#+ (.*)$", page.read_text(encoding="utf-8"), re.M) if page.is_file() else []
    return page.is_file() and (not anchor or anchor in map(slug, headings))


def test_every_row_stands_once_and_no_other():
    assert list(SHOWN) == ROWS


@pytest.mark.parametrize("row", ROWS)
def test_what_shows_a_row_is_there(row):
    commands, links = re.findall(r"`([^`]+)`", SHOWN[row]), re.findall(r"\]\(([^)]+)\)", SHOWN[row])
    assert commands or links
    assert [one for one in commands if not is_there(one)] == []
    assert [one for one in links if not leads(one)] == []


def test_what_is_not_there_is_seen():
    absent = [
        'pytest -k "_A99_"',
        "tests/curriculum/test_page.py::test_no",
        "elman lab no",
        "elman demo no",
        "elman no",
    ]
    assert not any(map(is_there, [*absent, "configs/no.toml", "python benchmarks/no.py"]))
    assert not leads("equations.md#no")
    assert leads("equations.md#errata-of-the-decks")
