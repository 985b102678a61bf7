"""Pictures of what is on or off: what is true, and on it what was expected."""

import re
from xml.etree import ElementTree

import pytest

from elman.evaluation.details import Roll
from elman.pages.details import picture
from elman.pages.piano_roll import piano_roll

COLUMNS = ["step", "key", "true", "predicted"]
PALE, INK = "var(--pale, #93b4e8)", "var(--first, #1d4ed8)"
BAR = re.compile(
    r'<path d="M ([\d.]+) ([\d.]+) \nL ([\d.]+) [\d.]+ \nL [\d.]+ ([\d.]+) [^"]*" [^>]*style="fill: ([^"]*?)"'
)


def bars(svg):
    """Return where each bar begins, how far up its middle is, how wide and how high it is, and its color."""
    return [
        (float(left), -(float(low) + float(top)) / 2, float(right) - float(left), abs(float(low) - float(top)), color)
        for left, low, right, top, color in BAR.findall(svg)
    ]


def test_ink_is_as_high_as_a_key_is_probable_and_stands_where_it_sounds():
    svg = piano_roll(COLUMNS, [(2, "60", 1, 0.5), (3, "60", 0, 0.25), (3, "67", 1, 0.0)])
    ElementTree.fromstring(svg)
    drawn = bars(svg)
    of_keys = [bar for bar in drawn if bar[4] == PALE][:2]
    of_model = [bar for bar in drawn if bar[4] == INK][:2]
    assert of_model[0][3] == pytest.approx(of_keys[0][3] / 2, rel=1e-4)
    assert of_model[1][3] == pytest.approx(of_keys[0][3] / 4, rel=1e-4)
    assert of_model[0][:2] == pytest.approx(of_keys[0][:2])
    assert of_keys[1][1] - of_keys[0][1] == pytest.approx(7 * of_keys[0][3] / 0.9, rel=1e-4)
    assert of_keys[1][0] == pytest.approx(of_model[1][0])


def test_rows_with_names_have_them_beside():
    svg = piano_roll(COLUMNS, [(1, "rain <1>", 1, 0.5), (1, "snow", 0, 0.2)])
    assert ">rain &lt;1&gt;<" in svg
    assert ">snow<" in svg


def test_nothing_that_sounds_is_an_empty_picture():
    told = Roll("a", COLUMNS, [])
    svg = picture({"kind": told.kind, "columns": told.columns, "rows": told.rows})
    ElementTree.fromstring(svg)
    assert ">step<" in svg
