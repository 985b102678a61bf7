"""Labels under what was measured: a bar as wide as each stretch, in the color of its label."""

import re
from xml.etree import ElementTree

import pytest

from elman.evaluation.details import Stretches
from elman.pages.details import picture
from elman.pages.labels_over_time import labels_over_time

COLUMNS = ["frame", "x", "in the file", "predicted"]
ROWS = [[1, 0.5, "sit", "sit"], [2, 1.5, "sit", "walk"], [3, -1.0, "walk", "walk"], [4, 0.0, "sit", "walk"]]
BAR = re.compile(
    r'<path d="M ([\d.]+) ([\d.]+) \nL ([\d.]+) [\d.]+ \nL [\d.]+ ([\d.]+) [^"]*" [^>]*style="fill: ([^"]*?)"'
)


def bars(svg):
    """Return the width, the middle from above, and the color of each bar but those of the legend, as drawn."""
    return [
        (float(right) - float(left), (float(low) + float(top)) / 2, color)
        for left, low, right, top, color in BAR.findall(svg)
        if abs(float(low) - float(top)) > 1 and float(right) - float(left) > 30 and color.startswith("var")
    ]


def test_a_bar_is_as_wide_as_its_stretch_and_has_the_color_of_its_label():
    svg = labels_over_time(COLUMNS, ROWS)
    ElementTree.fromstring(svg)
    true_sit, true_walk, again, said_sit, said_walk = bars(svg)
    assert true_sit[0] == pytest.approx(2 * true_walk[0], rel=1e-4)
    assert said_walk[0] == pytest.approx(3 * said_sit[0], rel=1e-4)
    assert true_sit[2] == again[2] == said_sit[2] != true_walk[2] == said_walk[2]
    assert true_sit[1] == true_walk[1] == again[1] < said_sit[1] == said_walk[1]
    assert svg.count(">sit<") == svg.count(">walk<") == svg.count(">in the file<") == svg.count(">predicted<") == 1


def test_without_true_labels_there_is_one_band_and_missing_numbers_are_gaps():
    svg = labels_over_time(COLUMNS, [[at, None, None, said] for at, _, _, said in ROWS])
    assert len(bars(svg)) == 2
    assert ">in the file<" not in svg


def test_a_detail_of_that_kind_is_drawn():
    assert ">predicted<" in picture({"title": "a", "columns": COLUMNS, "rows": ROWS, "kind": "stretches"})
    assert Stretches("a", COLUMNS, ROWS).lines()[1].split() == ["1", "50.00", "sit", "sit"]
