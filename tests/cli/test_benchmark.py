"""elman benchmark on sizes that take no time: what is shown, never how fast it is."""

import json
import os

import pytest
import torch

from elman.benchmark import machine, stepping, timing, training
from elman.native import module

needed = os.environ.get("ELMAN_KERNELS") == "native"  # then a test that skips would hide that it is missing
pytestmark = pytest.mark.skipif(module() is None and not needed, reason="the compiled module is not there")
GROUPS = [
    *("training, padded", "training, ragged", "training, kinds of LSTM", "training, projected"),
    *("one step, batch 1", "drawing text"),
]


@pytest.fixture(autouse=True)
def _small(monkeypatch):
    monkeypatch.setattr(training, "SHAPES", ((4, 3, 8), (3, 2, 5)))
    monkeypatch.setattr(training, "VARIANT_SHAPE", (4, 3, 8))
    monkeypatch.setattr(training, "PROJECTED", ((4, 3, 8, 4),))
    monkeypatch.setattr(stepping, "SIZES", (8, 9))
    monkeypatch.setattr(machine, "SIZE", 32)
    monkeypatch.setattr(timing, "LEAST", 1e-4)


def test_the_table_has_every_group(run):
    result = run("benchmark", "--repeats", 2)
    assert result.code == 0, result.err
    heading = result.out.splitlines()[0]
    assert "float32 product" in heading
    for name in ("torch", "elman"):
        assert f" by {name}" in heading
    assert "the fastest is the limit" in heading
    for group in GROUPS:
        assert f"\n{group}" in result.out
    for work in ("lstm 4x3x8", "gru 3x2x5", "layer norm 4x3x8", "lstm 4x3x8 to 4", "lstm 2x8"):
        assert f"  {work} " in result.out
    assert "GFLOP/s" in result.out


def test_json_has_every_row(run):
    result = run("benchmark", "--repeats", 2, "--json", "--threads", 1)
    found = json.loads(result.out)
    assert found["threads"] == 1
    assert found["product_flops"] == max(found["products_flops"].values())
    assert {row["group"] for row in found["rows"]} >= set(GROUPS[:5])
    for row in found["rows"]:
        assert row["ratio"] > 0
        assert row["ours_seconds"] > 0


@pytest.mark.parametrize(("cores", "names"), [(1, {"torch", "elman", "numpy"}), (2, {"torch", "elman"})])
def test_numpy_is_measured_where_it_has_as_many_threads(monkeypatch, cores, names):
    monkeypatch.setattr(machine, "cores", lambda: cores)
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        found = machine.measure(1)
    finally:
        torch.set_num_threads(before)
    assert set(found.products) == names
    assert found.product == max(found.products.values())


def test_ratios_are_of_neighbours():
    theirs, ours = timing.Timing((2.0, 20.0, 4.0)), timing.Timing((1.0, 10.0, 1.0))
    row = timing.Row("", "", "", theirs, ours)
    assert row.ratio == 2.0
    assert theirs.median == 4.0
    assert timing.Timing((1.0,)).spread is None
    assert timing.geometric_mean([1.0, 4.0]) == pytest.approx(2.0)


@pytest.mark.parametrize(
    ("options", "environment", "message"),
    [
        (["--repeats", 0], {}, "--repeats: got 0, expected 1 or more."),
        (["--threads", -1], {}, "--threads: got -1, expected 0 or more."),
        (["--threads", 100_000], {}, "--threads: got 100000, but this machine has"),
        ([], {"ELMAN_KERNELS": "reference"}, "ELMAN_KERNELS=reference leaves nothing to measure. Unset it."),
    ],
)
def test_what_cannot_be_measured(run, monkeypatch, options, environment, message):
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    result = run("benchmark", *options)
    assert result.code == 2
    assert message in result.err


def test_without_compiled_code(run, monkeypatch):
    monkeypatch.setattr("elman.benchmark.table.module", lambda: None)
    result = run("benchmark")
    assert result.code == 2
    assert "there is no compiled code to measure. Install a C++17 compiler" in result.err
