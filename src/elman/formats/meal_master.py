"""A recipe as collections of them write it: fields, ingredients, directions."""

import re

from elman.formats.base import Format

_FIELDS = ("Title", "Categories", "Yield")
_INGREDIENT = re.compile(r"\d[\d/. ]* \S.*")


class MealMaster(Format):
    """`Title:`, `Categories:`, `Yield:`, an empty line, ingredients, an empty line, directions.

        Title: CHOCOLATE RANCH BARBECUE
        Categories: Game, Casseroles
        Yield: 6 Servings

        2 tb Parmesan cheese -- chopped      an amount and what it is of, a line each

        Combine the cheese and salt.         the rest

    Blanks before a field or an ingredient do not count. The layout is that of the program Meal-Master (1980s), in which
    large collections are written; the models of the lecture learned from one.
    """

    def fault(self, text: str) -> str:
        """Return what is wrong first, from above."""
        head, _, rest = text.partition("\n\n")
        lines = [line.strip() for line in head.split("\n")]
        for place, name in enumerate(_FIELDS):
            if place >= len(lines) or not re.fullmatch(rf"{name}:\s*\S.*", lines[place]):
                return f"no {name.lower()}"
        if len(lines) > len(_FIELDS):
            return "more than three fields"
        if not re.search(r"\d", lines[2]):
            return "a yield without a number"
        listed, _, directions = rest.partition("\n\n")
        if not listed or not all(_INGREDIENT.fullmatch(line.strip()) for line in listed.split("\n")):
            return "no list of ingredients"
        return "" if directions.strip() else "no directions"
