"""Whether texts parse: known texts of each format, and what is wrong first in others."""

import ast
import json
import random
import runpy
from pathlib import Path

import pytest

from elman.formats import FORMATS
from elman.formats.base import Tally

RECIPE = "Rice with figs\nFor 2\n- 200 g rice\n- 1 cup milk\n- 2 figs\n1. Boil the rice in the milk.\n2. Chop the figs."
MEAL = """Title: CHOCOLATE RANCH BARBECUE
Categories: Game, Casseroles, Cookies, Cookies
Yield: 6 Servings

2 tb Parmesan cheese -- chopped
1 c Coconut milk
3 Eggs, beaten

Place each pasta over layers of lumps. Shape mixture into the moderate oven and simmer until firm.

Combine the cheese and salt together the dough in a large skillet."""
BROKEN = {
    "brackets": {
        "a)": "closes nothing",
        "(a]": "closes another kind",
        "([a)": "closes another kind",
        "{[a]": "open at the end",
    },
    "color": {
        "1 2 3": "no name and three numbers",
        "Old Gold 207 181": "no name and three numbers",
        "Old Gold 207 181 059": "no name and three numbers",
        "Old Gold 207 181 59 ": "no name and three numbers",
        "Old Gold 207 256 59": "a number above 255",
        f"Old Gold 207 {'9' * 5000} 59": "a number above 255",
        "a 1 2 3\nb 1 2 3": "no name and three numbers",
    },
    "csv": {"a": "one value a row", "a,b\nc": "rows of different lengths", '"a,b': "unexpected end of data"},
    "json": {
        "{'a': 1}": "Expecting property name enclosed in double quotes",
        "[1] 2": "Extra data",
        "[NaN]": "NaN is no number",
        "[" * 100_000: "nested too deeply",
    },
    "meal_master": {
        MEAL.replace("Title: C", "C"): "no title",
        MEAL.replace("Categories:", "Category:"): "no categories",
        MEAL.replace("Yield: 6 Servings", "Yield:"): "no yield",
        "Title: Rice": "no categories",
        MEAL.replace("Yield", "Title: Rice\nYield"): "no yield",
        MEAL.replace("\n\n2", "\n2"): "more than three fields",
        MEAL.replace("6 Servings", "a lot"): "a yield without a number",
        MEAL.replace("3 Eggs", "Eggs"): "no list of ingredients",
        MEAL.partition("\n\n2")[0]: "no list of ingredients",
        MEAL.partition("\n\nPlace")[0]: "no directions",
    },
    "python": {"x = = 1": "invalid syntax", "def f(:": "invalid syntax", "els:": "invalid syntax"},
    "recipe": {
        "Rice": "no title and number of people",
        RECIPE.replace("For 2", "For 0"): "no title and number of people",
        "Rice\nFor 2\n1. Boil the rice.": "no list of ingredients",
        RECIPE.replace("200 g", "some"): "no list of ingredients",
        RECIPE.replace("2. Chop", "3. Chop"): "steps not numbered from 1",
        RECIPE.partition("\n1.")[0]: "steps not numbered from 1",
        RECIPE.replace("- 2 figs", "- 2 figs\n- 3 figs"): "an ingredient twice",
        RECIPE.replace("the figs", "the plums"): "takes what is not listed",
        RECIPE.replace("Chop the figs", "Serve"): "an ingredient not used",
        RECIPE.replace("\n", " | ").replace("2. Chop", "3. Chop"): "steps not numbered from 1",
        RECIPE.replace("\n", "|"): "no title and number of people",
    },
    "speech": {
        "Who is there?": "begins without a name",
        "ROMEO:": "a name, and nothing said",
        "ROMEO:\nAy.\n\nNo.": "begins without a name",
    },
    "xml": {
        "<a><b></a></b>": "mismatched tag",
        "<a>": "no element found",
        "<a/><b/>": "junk after document element",
        '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>': "entities declared",
    },
}
WHOLE = {
    "brackets": ["no brackets", "f(a[1], {b: (2)})"],
    "color": ["Old Gold 207 181 59", "18th Century Green 165 147 68", "Route 66 0 0 255"],
    "csv": ["a,b", 'name,notes\nx,"1, 2"\ny,"two\nlines"'],
    "json": ['{"a": [1, 2.5e3, null]}', "3", '"\\u00e9"'],
    "meal_master": [MEAL, "Title: Rice\nCategories: Rice\nYield: 2\n\n1/2 c Rice\n\nBoil."],
    "python": [
        "x = 1",
        "if x :",
        "def f(a) :",
        "else :",
        "elif x :",
        "except KeyError :",
        "finally :",
        "case 1:",
        "@wraps(f)",
        "def f():\n  return 1",
    ],
    "recipe": [RECIPE, RECIPE.replace("\n", " | ")],
    "speech": ["ROMEO:\nAy me.", "First Citizen:\nYou all.\nAll.\n\nAll:\nResolved."],
    "xml": ["<a/>", '<a b="c">d<e/></a>'],
}
each = pytest.mark.parametrize("name", FORMATS.names())


@each
def test_known_texts(name):
    form = FORMATS.get(name)()
    assert [form.fault(text) for text in WHOLE[name]] == [""] * len(WHOLE[name])
    found = {text: form.fault(text) for text in BROKEN[name]}
    assert found == BROKEN[name]


@each
def test_any_text_is_answered(name):
    draw, form = random.Random(1), FORMATS.get(name)()
    signs = "ab(){}[]<>/:,\"'\\01 9\n\t=@#-.&;é\ud800\0"
    for text in ("".join(draw.choices(signs, k=draw.randint(1, 12))).strip() or "x" for _ in range(500)):
        fault = form.fault(text)
        assert isinstance(fault, str)
        assert "\n" not in fault


def test_json_and_python_agree_with_their_parsers_on_what_was_changed_by_a_letter():
    draw = random.Random(2)
    for name, text, parser in (
        ("json", '{"a": [1, {"b": null}], "c": "d"}', json.loads),
        ("python", "x = f(a, [1, 2]) + {3: b}", ast.parse),
    ):
        form = FORMATS.get(name)()
        for _ in range(300):
            place = draw.randrange(len(text))
            changed = (text[:place] + draw.choice(['"', "]", ",", "", "(", "1"]) + text[place + 1 :]).strip()
            try:
                parser(changed)
            except (SyntaxError, ValueError):
                assert form.fault(changed)
            else:
                assert form.fault(changed) == ""


def test_a_copy_is_several_lines_in_a_row():
    tally = Tally(FORMATS.get("brackets")(), "a\nb\nc\nd")
    for text in ("b\nc\n", "a\nc", "b", "bc", "d\na"):
        tally.add(text)
    assert (tally.texts, tally.parsed, tally.copied) == (5, 5, 2)


def test_recipes_that_are_made_are_recipes():
    made = runpy.run_path(str(Path(__file__).parents[2] / "benchmarks" / "styles.py"))["recipe"]
    draw, form = random.Random(1), FORMATS.get("recipe")()
    texts = [made(draw) for _ in range(200)]
    assert [form.fault(text) for text in texts] == [""] * 200
    assert len(set(texts)) == 200
