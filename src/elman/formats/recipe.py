"""A recipe: a dish, its ingredients, and steps that take each of them and no other."""

import re

from elman.formats.base import Format

_AMOUNT = re.compile(r"- (?:\d+ g|\d+ cups?|\d+ spoons? of|a pinch of|\d+) (?P<name>[a-z][a-z ]*)")
_STEP = re.compile(r"(?P<number>\d+)\. (?P<text>[A-Z].*\.)")
_TAKEN = re.compile(r"\bthe ([a-z]+(?: (?:milk|juice))?)")
_PEOPLE = re.compile(r"For [1-9]\d*")


class Recipe(Format):
    """A title; `For N`; ingredients, a line each; steps, numbered from 1.

        - 200 g rice              an amount and a name: g, cups, spoons of, a pinch of, or a number alone
        1. Boil the rice.         a sentence; behind `the` stands an ingredient

    No ingredient is listed twice, each is in a step, and no step takes what is not listed. All may stand on one line,
    with ` | ` between the parts: then a recipe begins and ends where its line does.
    """

    def fault(self, text: str) -> str:
        """Return what is wrong first, from above."""
        title, *rest = text.split("\n" if "\n" in text else " | ")
        if not re.fullmatch(r"[A-Z][\w ]+", title) or not rest or not _PEOPLE.fullmatch(rest[0]):
            return "no title and number of people"
        listed = [_AMOUNT.fullmatch(line) for line in rest[1:] if line.startswith("- ")]
        steps = [_STEP.fullmatch(line) for line in rest[1 + len(listed) :]]
        names = [found["name"] for found in listed if found is not None]
        if not names or len(names) < len(listed):
            return "no list of ingredients"
        if not steps or any(step is None or int(step["number"]) != n for n, step in enumerate(steps, start=1)):
            return "steps not numbered from 1"
        taken = {name for step in steps if step is not None for name in _TAKEN.findall(step["text"])}
        if len(set(names)) < len(names):
            return "an ingredient twice"
        if taken - set(names):
            return "takes what is not listed"
        return "an ingredient not used" if set(names) - taken else ""
