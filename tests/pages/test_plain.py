"""Words of users in pictures: they stand there as they are, whatever they would mean to matplotlib."""

from types import SimpleNamespace
from xml.etree import ElementTree

import numpy as np
import pytest

from elman.pages.charts import Curve, chart, plain, plotted
from elman.pages.colored_tokens import colored_tokens
from elman.pages.grid import grid
from elman.pages.heat_map import Axes, heat_map
from elman.pages.labels_over_time import labels_over_time
from elman.pages.looked_at_picture import looked_at_picture
from elman.pages.over_places import over_places
from elman.pages.piano_roll import piano_roll
from elman.pages.series_chart import series_chart
from elman.pages.word_map import word_map

NO_FORMULA, PRICE, DOLLARS, HIDDEN, ESCAPED = r"$\mbox{a}$", r"price $\foo$ up", "$5 to $6", "_rest", r"\$x\$"
WORDS = [NO_FORMULA, PRICE, DOLLARS, HIDDEN, ESCAPED]
NUMBERS = np.arange(5.0)

PICTURES = {
    "chart": lambda: chart([Curve(one, [1, 2], [3, 4]) for one in WORDS], "y", (9, 6), legend=True),
    "axes of a chart": lambda: chart([Curve(HIDDEN, [1], [2])], PRICE, (9, 6), legend=True, across=NO_FORMULA),
    "heat map": lambda: heat_map(WORDS, [[one, 1, 0, 0, 0, 0] for one in WORDS], Axes(PRICE, HIDDEN)),
    "series": lambda: series_chart([NO_FORMULA, PRICE, DOLLARS, HIDDEN, ESCAPED], [(0, 1, 2, 1, 3)]),
    "labels": lambda: labels_over_time(
        ["frame", PRICE, HIDDEN, DOLLARS, "said"], [[at, 0, 1, one, one] for at, one in enumerate(WORDS)]
    ),
    "grid": lambda: grid(WORDS, np.eye(5), 1.0, PRICE, WORDS, NO_FORMULA, DOLLARS),
    "roll": lambda: piano_roll([PRICE, DOLLARS, HIDDEN, NO_FORMULA], [(1, one, 1, 0.5) for one in WORDS]),
    "picture": lambda: looked_at_picture(["ff0000"], ["1,1"], [(one, 1.0) for one in WORDS]),
    "curves": lambda: over_places(WORDS, dict.fromkeys(WORDS, NUMBERS), PRICE, across=DOLLARS),
    "tokens": lambda: colored_tokens(WORDS, NUMBERS, 1.0, PRICE),
    "map": lambda: word_map([(one, at, at) for at, one in enumerate(WORDS)]),
}
SHOWN = {
    "axes of a chart": {HIDDEN, PRICE, NO_FORMULA},
    "series": {NO_FORMULA, PRICE, DOLLARS, f"{HIDDEN} to {ESCAPED}"},
    "map": {PRICE},  # the words of a map are placed where there is room, and the others are not shown
}


def texts(svg):
    return {node.text for node in ElementTree.fromstring(svg.partition("<p>")[0]).iter() if node.tag.endswith("text")}


@pytest.mark.parametrize("name", PICTURES)
def test_words_of_users_are_shown_as_they_are(name):
    assert texts(PICTURES[name]()) >= SHOWN.get(name, set(WORDS))


def test_so_are_they_in_a_notebook():
    picture = SimpleNamespace(title=NO_FORMULA, label=PRICE, curves=[Curve(HIDDEN, [1], [2]), Curve("b", [1], [2])])
    figure = plotted([picture])
    figure.canvas.draw()
    assert figure.axes[0].get_legend().get_texts()[0].get_text() == plain(HIDDEN)


def test_only_an_underscore_that_comes_first_is_hidden_from_a_legend():
    assert plain("a_b") == "a_b"
    assert plain("_b") == "\u2060_b"
