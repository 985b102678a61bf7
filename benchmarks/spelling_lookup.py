"""What a list of misspellings mends and breaks: codespell's dictionary, or another of its kind.

    pip install codespell                                             # its list: codespell_lib/data/dictionary.txt
    python benchmarks/spelling_lookup.py dictionary.txt --on test.keyboard.tsv test.dat rest.dat
    python benchmarks/spelling_lookup.py dictionary.txt --list codespell.dat --every 20

Lines of the list are `wrong->right` or `wrong->right, other,`. A word is replaced as `codespell --write-changes` does:
where there is one correction, never where there are several or a reason stands behind; `--first` takes the first of
several. `--list` writes each so many of the entries with one correction as `$right` and its misspellings, for
`elman correct --on`.
"""

import argparse
from collections.abc import Mapping
from pathlib import Path

from elman.spelling.pairs import MARKS
from elman.spelling.rates import rates_of
from elman.spelling.reading import read_pairs


def entries(dictionary: Path) -> dict[str, list[str]]:
    """Return the corrections of each misspelling; those of more than one where nobody can tell which is meant."""
    found = {}
    for line in dictionary.read_text(encoding="utf-8").splitlines():
        wrong, arrow, right = line.partition("->")
        if arrow:
            found[wrong.lower()] = [one.strip() for one in right.split(",")]
    return found


def looked_up(typed: str, known: Mapping[str, list[str]], first: bool) -> str:
    """Return what is written for what was typed, its words one by one, with the marks around them."""
    written = []
    for chunk in typed.split():
        word = chunk.strip(MARKS)
        corrections = known.get(word.lower(), [word])
        kept = word if len(corrections) > 1 and not first else corrections[0]
        written.append(chunk.replace(word, kept) if word else chunk)
    return " ".join(written)


def main() -> None:
    """Measure, or write a list."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("dictionary", type=Path)
    parser.add_argument("--on", type=Path, nargs="+", default=[])
    parser.add_argument("--first", action="store_true")
    parser.add_argument("--list", type=Path)
    parser.add_argument("--every", type=int, default=1)
    given = parser.parse_args()
    known = entries(given.dictionary)
    for file in given.on:
        units = [unit for pair in read_pairs(file).pairs for unit in pair.units if unit.right is not None]
        rates = rates_of((str(unit.right), unit.typed, looked_up(unit.typed, known, given.first)) for unit in units)
        print(f"{file}: {rates.words:,} words, {rates.wrong:,} wrong, {rates.changed:,} changed")
        for score in rates.scores(""):
            print(f"  {score}")
    if given.list is not None:
        single = [(right[0], wrong) for wrong, right in known.items() if len(right) == 1][:: given.every]
        given.list.write_text("".join(f"${right.replace(' ', '_')}\n{wrong}\n" for right, wrong in single))
        print(f"{given.list}: {len(single):,} misspellings")


if __name__ == "__main__":
    main()
