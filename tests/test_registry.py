"""Finding plug-ins."""

import re
import sys
from pathlib import Path
from types import ModuleType

import pytest

import elman.cells as CELLS_PACKAGE
from elman.cells import CELLS
from elman.cells.base import Cell
from elman.cells.elman import ElmanCell
from elman.errors import ConfigError, did_you_mean
from elman.registry import Registry, only


def test_names_are_file_stems():
    files = {path.stem for path in Path(CELLS_PACKAGE.__file__).parent.glob("*.py")} - {"__init__", "base"}
    assert CELLS.names() == sorted(files)
    assert {"elman", "gru", "lstm", "peephole_lstm", "indrnn"} <= files
    assert CELLS.get("elman") is ElmanCell


def test_a_plugin_of_another_package_is_named_by_its_path(monkeypatch):
    module = ModuleType("theirs")
    module.TheirCell = type("TheirCell", (ElmanCell,), {"__module__": "theirs"})
    module.number = 3
    monkeypatch.setitem(sys.modules, "theirs", module)
    assert CELLS.get("theirs:TheirCell") is module.TheirCell
    with pytest.raises(ConfigError, match=r"cell 'theirs:number': 'number' is not a subclass of Cell\."):
        CELLS.get("theirs:number")
    with pytest.raises(ConfigError, match="cell 'nowhere:X': cannot import 'nowhere'"):
        CELLS.get("nowhere:X")


def stranger(monkeypatch, name):
    module = ModuleType(name)
    module.TheirCell = type("TheirCell", (ElmanCell,), {"__module__": name})
    monkeypatch.setitem(sys.modules, name, module)
    return f"{name}:TheirCell"


def test_a_path_that_the_user_did_not_write_is_not_imported(monkeypatch):
    path, other = stranger(monkeypatch, "unnamed_code"), stranger(monkeypatch, "named_code")
    with only([other]):
        with pytest.raises(
            ConfigError, match=r"may not import unasked.*: --plugin unnamed_code:TheirCell, or plugins="
        ):
            CELLS.get(path)
        assert CELLS.get("elman") is ElmanCell
        assert CELLS.get(other).__name__ == "TheirCell"
    with only([]), pytest.raises(ConfigError, match="may not import unasked"):
        CELLS.get(other)  # it was allowed for that call
    assert CELLS.get(path).__name__ == "TheirCell"  # by the user
    with only([]):
        assert CELLS.get(path).__name__ == "TheirCell"  # who named it before in this process


@pytest.mark.parametrize("path", ["notes.txt", "update_gate", "package.module", ""])
def test_what_is_allowed_is_code(path):
    with (
        pytest.raises(ConfigError, match=rf"plugins: got '{path}', expected code: a file\.py, or module:Class\."),
        only(["a:B", path]),
    ):
        pass


def test_paths_that_are_allowed_are_a_list():
    with (
        pytest.raises(ConfigError, match=r"plugins: got 'a:B', expected a list of paths, such as \['a:B'\]"),
        only("a:B"),
    ):
        pass


@pytest.mark.parametrize("name", ["..x", ".", ":", "../../x", "a.", ":X", "a:", "a b:X", "", "x" * 3000])
def test_what_is_no_path_is_an_unknown_name(name):
    with pytest.raises(ConfigError, match="unknown cell '") as caught:
        CELLS.get(name)
    assert len(str(caught.value)) < 400


def test_a_file_must_hold_exactly_one_plugin(monkeypatch):
    module = ModuleType("pack.two")
    for name in ("One", "Two"):
        setattr(module, name, type(name, (ElmanCell,), {"__module__": "pack.two"}))
    monkeypatch.setitem(sys.modules, "pack", ModuleType("pack"))
    monkeypatch.setitem(sys.modules, "pack.two", module)
    registry = Registry("elman.cells", "Cell", "cell")
    monkeypatch.setattr(registry, "_entry_points", lambda: {"theirs": "pack.two"})
    with pytest.raises(ConfigError, match=r"pack\.two: got 2 public subclasses of Cell, expected 1\."):
        registry.get("theirs")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("x = 1\n", r"It has no class: write class MyMetric\(Metric\), with Metric from elman\.metrics\.base; "),
        ("class Foo: pass\n", r"Its classes are Foo: write class Foo\(Metric\), with Metric from elman\.metrics\."),
        (
            "from elman.metrics.accuracy import Accuracy\nclass _Mine(Accuracy): pass\n",
            r"The name of _Mine begins with a line, which hides it: call it Mine\.",
        ),
    ],
)
def test_a_file_without_a_plugin_says_what_was_looked_for(tmp_path, content, said):
    (tmp_path / "mine.py").write_text(content)
    path = f"{tmp_path}/mine.py"
    match = rf"^metric in {re.escape(path)}: got 0 public subclasses of Metric, expected 1\. {said}"
    with pytest.raises(ConfigError, match=match):
        Registry("elman.metrics", "Metric", "metric").get(path)


def test_an_entry_point_is_a_name_too(monkeypatch):
    registry = Registry("elman.cells", "Cell", "cell")
    monkeypatch.setattr(registry, "_entry_points", lambda: {"theirs": "elman.cells.elman:ElmanCell"})
    with only([]):
        assert registry.get("theirs") is ElmanCell
    assert "theirs" in registry.names()
    assert registry.get("theirs") is ElmanCell
    assert registry.summary("theirs") == "from another package"


def test_suggestions():
    assert did_you_mean("lsmt", ["lstm", "gru"]) == "Did you mean 'lstm'?"
    assert did_you_mean("zzzzz", ["lstm", "gru"]) == "Choose one of: gru, lstm."
    assert did_you_mean("x", []) == "There is nothing to choose from."


def test_a_class_that_lacks_a_method_is_told_which(monkeypatch):
    module = ModuleType("theirs")
    module.Half = type("Half", (Cell,), {"__module__": "theirs"})
    monkeypatch.setitem(sys.modules, "theirs", module)
    with pytest.raises(ConfigError, match=r"cell 'theirs:Half': .*values.* is missing in the class\. Write it\."):
        CELLS.get("theirs:Half")
