"""docs/lab.md has every experiment, and its figures are pictures."""

from xml.etree import ElementTree

from elman.lab.experiments import EXPERIMENTS
from elman.lab.running import spoken
from tests.lab import gallery


def test_the_page_is_what_is_written_from_the_experiments():
    assert gallery.TARGET.read_text(encoding="utf-8") == "\n".join(gallery.lines()) + "\n"


def test_every_experiment_has_its_figure_which_is_svg_and_small():
    names = {spoken(name) for name in EXPERIMENTS.names()}
    found = sorted((gallery.DOCS / "figures" / "lab").glob("*.svg"))
    assert names == {path.stem for path in found}
    for path in found:
        ElementTree.parse(path)
        assert path.stat().st_size < 250_000
