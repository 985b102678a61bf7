"""Several pictures in one file."""

import re
from xml.etree import ElementTree

import pytest

from elman.pages.drawings import drawings
from elman.pages.series_chart import series_chart
from elman.pages.stacked import stacked

CHART = series_chart(["step", "load", "forecast", "low", "high"], [(0, 1, 2, 1, 3), (1, 2, 3, 2, 4)])
PEN = drawings([("a", "M0 0L7 7")])


def test_pictures_stand_below_each_other_in_one_root():
    svg = stacked([CHART, f"{PEN}<p>a note</p>", "<p>nothing</p>", PEN])
    root = ElementTree.fromstring(svg)
    assert len(root) == 3
    assert "a note" not in svg
    places = [float(place) for place in re.findall(r'<g transform="translate\(0 ([\d.]+)\)">\n<svg', svg)]
    high = 3.4 * 72 * 4 / 3
    assert places == pytest.approx([0, high, high + 168], rel=1e-4)
    assert float(root.get("height")) == pytest.approx(high + 2 * 168, rel=1e-4)
    assert float(root.get("width")) == pytest.approx(9.6 * 72 * 4 / 3, rel=1e-4)


def test_one_picture_is_as_it_was():
    assert stacked([CHART]) == CHART[: CHART.rindex("</svg>") + 6]
