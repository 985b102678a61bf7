"""Texts in a style of their own: colors, code, speeches, recipes that are made here; docs/styles.md trains on them.

    python benchmarks/styles.py colors colornames.csv --out colors.txt      # name and red, green, blue, one a line
    python benchmarks/styles.py code all.code --out code.txt                # statements of Python, each once
    python benchmarks/styles.py speeches input.txt --out speeches.txt       # NAME: and lines, an empty line between
    python benchmarks/styles.py recipes --count 30000 --out recipes.txt     # by the grammar below, each on one line

A recipe is a dish for so many people, its ingredients with amounts, and numbered steps that take each ingredient once
and none that was not listed: what a model of letters has to remember over hundreds of them. It stands on one line, a
bar between its parts, so that a model of lines begins where a recipe begins and stops where one ends.
"""

import argparse
import csv
import random
from collections.abc import Iterator
from pathlib import Path

BETWEEN = " | "
BASES = ("rice", "pasta", "lentils", "noodles", "barley", "couscous")
LIQUIDS = ("water", "milk", "stock", "tomato juice")
BITES = (
    *("apples", "beets", "carrots", "dates", "eggs", "figs", "leeks", "mushrooms", "onions", "peppers", "radishes"),
    *("shallots", "turnips", "walnuts", "zucchini"),
)
SPICES = ("basil", "cumin", "dill", "ginger", "mint", "pepper", "sage", "thyme")
CUTS = ("Chop", "Slice", "Grate", "Dice", "Peel")
HEATS = ("Fry", "Roast", "Steam", "Bake", "Brown")
MANNERS = ("until golden", "until soft", "over low heat", "over high heat", "in a covered pan", "in a little oil")


def recipe(draw: random.Random) -> str:
    """Return one recipe by its rules."""
    people = draw.choice((1, 2, 4, 6, 8))
    base, liquid = draw.choice(BASES), draw.choice(LIQUIDS)
    bites = draw.sample(BITES, draw.randint(1, 2))
    spices = draw.sample(SPICES, draw.randint(1, 2))
    listed = [f"{draw.randrange(5, 30) * 10 * people} g {base}", f"{draw.randint(1, 9)} cups {liquid}"]
    listed += [f"{draw.randint(1, 3) * people} {bite}" for bite in bites]
    listed += [f"{draw.choice(('a pinch of', '1 spoon of', '2 spoons of'))} {spice}" for spice in spices]
    steps = [f"Boil the {base} in the {liquid} for {draw.randrange(5, 50, 5)} minutes."]
    for bite in bites:
        cut = f"{draw.choice(CUTS)} the {bite}"
        steps.append(f"{cut}." if draw.random() < 0.5 else f"{cut} and {draw.choice(HEATS).lower()} them.")
    if draw.random() < 0.5:
        steps.append(f"{draw.choice(HEATS)} everything {draw.choice(MANNERS)}.")
    seasoned = " and ".join(f"the {spice}" for spice in spices)
    steps += [f"Season with {seasoned}.", draw.choice(("Serve hot.", "Serve cold.", "Serve with bread."))]
    title = f"{base.capitalize()} with {' and '.join(bites)}"
    numbered = [f"{number}. {step}" for number, step in enumerate(steps, start=1)]
    return BETWEEN.join([title, f"For {people}", *(f"- {one}" for one in listed), *numbered])


def colors(file: Path) -> Iterator[str]:
    """Yield names with red, green and blue as numbers, where the file has #rrggbb."""
    with file.open(encoding="utf-8", newline="") as rows:
        for row in csv.DictReader(rows):
            shades = bytes.fromhex(row["hex"].removeprefix("#"))
            yield f"{row['name']} {shades[0]} {shades[1]} {shades[2]}"


def code(file: Path) -> Iterator[str]:
    """Yield each different line."""
    lines = (line.strip() for line in file.read_text(encoding="utf-8").splitlines())
    yield from dict.fromkeys(line for line in lines if line)


def main() -> None:
    """Write one text."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("style", choices=["recipes", "colors", "code", "speeches"])
    parser.add_argument("file", type=Path, nargs="?")
    parser.add_argument("--count", type=int, default=30_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, required=True)
    given = parser.parse_args()
    if (given.file is None) != (given.style == "recipes"):
        parser.error("recipes are made and take no file; every other style takes one.")
    draw = random.Random(given.seed)
    if given.style == "recipes":
        found = "\n".join(recipe(draw) for _ in range(given.count))
    elif given.style == "speeches":
        found = given.file.read_text(encoding="utf-8").strip()
    else:
        lines = list(colors(given.file) if given.style == "colors" else code(given.file))
        draw.shuffle(lines)  # held out is a share of the file, and neighbours are alike
        found = "\n".join(lines)
    given.out.write_text(f"{found}\n", encoding="utf-8")
    print(f"{given.out}: {len(found):,} characters")


if __name__ == "__main__":
    main()
