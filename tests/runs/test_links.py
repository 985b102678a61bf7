"""A run lies in one folder: nothing is written, moved or removed where a link in it leads."""

import os
import shutil

import pytest

import elman
from elman.errors import CheckpointError

pytestmark = pytest.mark.skipif(os.name != "posix", reason="links")


@pytest.fixture
def run(small_run, tmp_path):
    return shutil.copytree(small_run, tmp_path / "run")


@pytest.fixture
def outside(tmp_path):
    folder = tmp_path / "outside"
    (folder / "checkpoints").mkdir(parents=True)
    for name in ("config.toml", "model.safetensors", ".x.partial", "checkpoints/kept"):
        (folder / name).write_text("kept")
    return folder


def content(folder):
    return {path.name: path.read_text() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("part", ["checkpoints", "vocabulary", "metrics.jsonl"])
def test_going_on_writes_nothing_where_a_link_leads(run, outside, part):
    before = content(outside)
    path = run / part
    shutil.rmtree(path) if path.is_dir() else path.unlink()
    path.symlink_to(outside if path.suffix == "" else outside / "config.toml")
    (run / "model.safetensors").unlink()
    with pytest.raises(
        CheckpointError, match=rf"{part}: a link, and a run lies in one folder\. Put there what it leads"
    ):
        elman.resume(run)
    assert content(outside) == before


@pytest.mark.parametrize("state", [".new-whole", ".new-alone"])
def test_a_link_is_no_new_run_that_counts(run, outside, state):
    before = content(outside)
    (run / state).symlink_to(outside)
    assert elman.load(run).score(["anna sees ben ."])
    elman.resume(run)
    assert content(outside) == before


def test_replacing_a_run_touches_nothing_where_a_link_leads(run, outside, text_file):
    before = content(outside)
    shutil.rmtree(run / "checkpoints")
    (run / "checkpoints").symlink_to(outside)
    (run / ".new").symlink_to(outside)
    elman.train("lm", str(text_file), out=run, overwrite=True, steps=2, hidden=4, level="character", threads=1)
    assert not (run / "checkpoints").is_symlink()
    assert [path.name for path in run.glob(".*")] == []
    assert content(outside) == before
