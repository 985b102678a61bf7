"""Several pictures in one SVG."""

from xml.etree import ElementTree

import pytest

from elman.pages.drawings import drawings
from elman.pages.heat_map import Axes, heat_map
from elman.pages.stacked import stacked


def test_several_pictures_have_one_root_and_stand_below_each_other():
    first = heat_map(["a", "b"], [["x", 0.25, 0.75], ["y", 0.5, 0.5]], Axes("read", "written"))
    second = drawings([("drawn", "M0 0L9 9")])
    root = ElementTree.fromstring(stacked([first, second, first]))
    inside = [one for one in root if one.tag.endswith("svg")]
    tops, heights = ([float(one.get(name, 0)) for one in inside] for name in ("y", "height"))
    assert len(inside) == 3
    assert tops == pytest.approx([0, heights[0] + 12, heights[0] + heights[1] + 24])
    assert float(root.get("height")) == pytest.approx(tops[2] + heights[2])
    assert float(root.get("width")) == max(float(one.get("width")) for one in inside)


def test_one_picture_is_itself():
    assert stacked(["<svg/>"]) == "<svg/>"
    assert stacked([]) == ""
