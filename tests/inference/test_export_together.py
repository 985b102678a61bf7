"""Files that belong together appear together, and what a run and the package say of themselves."""

import errno
import re
from pathlib import Path

import numpy as np
import pytest

import elman
from elman.errors import ConfigError
from elman.inference.export import convert
from elman.vectors.formats import read_vectors

WORDS = {"old": "a 1 2\nb 3 4\n", "new": "c 5 6\nd 7 8\n"}


@pytest.fixture
def sources(tmp_path):
    for name, text in WORDS.items():
        (tmp_path / f"{name}.vec").write_text("2 2\n" + text)
    return tmp_path


@pytest.mark.parametrize("place", range(4))
@pytest.mark.parametrize("there", [False, True])
def test_an_array_and_its_words_are_exchanged_together(sources, monkeypatch, place, there):
    out = sources / "vectors.npy"
    if there:
        convert(sources / "old.vec", out)
    before = {path.name: path.read_bytes() for path in sources.iterdir()}
    left, original = [place], {"rename": Path.rename, "replace": Path.replace}

    def stops(name):
        def call(self, target):
            left[0] -= 1
            if left[0] == -1:
                raise OSError(errno.ENOSPC, "No space left on device")
            return original[name](self, target)

        return call

    with monkeypatch.context() as patch:
        for name in original:
            patch.setattr(Path, name, stops(name))
        if place >= (4 if there else 2):
            assert convert(sources / "new.vec", out, overwrite=there)
            return
        with pytest.raises(ConfigError, match=r"vectors\.npy: cannot be written: No space left on device"):
            convert(sources / "new.vec", out, overwrite=there)
    assert {path.name: path.read_bytes() for path in sources.iterdir()} == before
    convert(sources / "new.vec", out, overwrite=there)
    assert read_vectors(out).words == ["c", "d"]
    assert np.array_equal(read_vectors(out).matrix, [[5, 6], [7, 8]])
    assert not list(sources.glob(".*"))


def test_the_package_lists_what_is_public():
    errors = ["CheckpointError", "ConfigError", "DataError", "ElmanError", "KernelError", "NotWrittenError"]
    errors += ["ShapeError", "TrainingError"]
    assert dir(elman) == [*errors, "__version__", "inspect", "lab", "load", "resume", "silent", "train"]


def test_every_error_is_caught_by_a_name_of_the_package(tmp_path):
    for name in (name for name in dir(elman) if name.endswith("Error")):
        assert issubclass(getattr(elman, name), elman.ElmanError)
    with pytest.raises(elman.DataError, match=r"none\.txt: no such file"):
        elman.train("lm", tmp_path / "none.txt")


def test_a_model_says_what_it_is(small_run):
    shown = repr(elman.load(small_run))
    assert re.fullmatch(r"<elman model '.*small': task lm, .*, [\d,]+ weights, validation .*\d.*>", shown), shown
