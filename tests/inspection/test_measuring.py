"""Looking into what says numbers: forecasts of series, points of a pen."""

import dataclasses

import numpy as np
import pytest
import torch

import elman
from elman.data.records import Padded
from elman.errors import ConfigError
from elman.inspection.measuring import OfPoints, OfSeries
from tests.inspection.runs_to_look_at import forecaster, pen

HEADS = {
    "gaussian": {},
    "with gaps": {"reader.missing": "mask"},
    "quantiles": {"model.head": "quantiles"},
    "on or off": {"task.binary": True, "task.targets": "open", "task.horizon": 1},
}


@pytest.fixture(scope="module")
def subjects(tmp_path_factory):
    folder = tmp_path_factory.mktemp("measuring")
    found = {
        name: OfSeries(elman.load(forecaster(folder, name.replace(" ", "_"), **given))) for name, given in HEADS.items()
    }
    return found | {"pen": OfPoints(elman.load(pen(folder)))}


def file_of(subject):
    """Return the file of the input."""
    return str(subject.model.path.parent / ("one.npz" if isinstance(subject, OfPoints) else "few.csv"))


def numpy_of(padded):
    """Return a field of tensors as a task makes it."""
    return padded.map(lambda one: one.numpy())


@pytest.mark.parametrize("kind", [*HEADS, "pen"])
def test_what_came_has_the_loss_of_the_training(subjects, kind):
    subject = subjects[kind]
    (example,) = subject.examples(file_of(subject))
    hidden = subject.read(example).hidden
    places = [subject.number(hidden, at, 0)[0] for at in range(len(subject.true(example)))]
    assert len(places) == {"pen": 4}.get(kind, 11)
    batch = subject.batch(example)
    fields = {name: numpy_of(one) for name, one in batch.fields.items()}
    if kind == "on or off":
        fields["ahead.weights"] = Padded(np.arange(12)[None] < 11)  # what comes behind the last step nobody knows
    batch = dataclasses.replace(batch, fields=fields)
    with torch.no_grad():
        (found,) = subject.network.loss(batch, subject.network.initial_state(1), None).heads.values()
    assert -float(sum(places)) == pytest.approx(float(found.nats), rel=1e-9)


@pytest.mark.parametrize("kind", [*HEADS, "pen"])
def test_gradients_are_finite_differences(subjects, kind):
    subject = subjects[kind]
    (example,) = subject.examples(file_of(subject))
    reading = subject.read(example, learns=True)
    for answer in range(len(subject.answers)):
        value = subject.number(reading.hidden, 2, answer)[0]
        (gradient,) = torch.autograd.grad(value, list(reading.inputs), retain_graph=True)
        read = reading.inputs[0].detach()
        way = torch.randn(read.shape, generator=torch.Generator().manual_seed(3), dtype=torch.float64)
        ends = [
            float(subject.number(subject.again(example, [read + step * way]), 2, answer)[0]) for step in (1e-5, -1e-5)
        ]
        assert float((gradient * way).sum()) == pytest.approx((ends[0] - ends[1]) / 2e-5, abs=1e-7)
        assert float(gradient[0, 3:].abs().sum()) == 0.0


def test_a_number_of_the_forecast_is_asked_about_by_its_name(subjects):
    subject = subjects["gaussian"]
    (example,) = subject.examples(file_of(subject))
    found = elman.inspect(subject.model, "saliency", file_of(subject), at=12, word="load +2").values
    head, hidden = subject.head, subject.read(example).hidden
    best = head.best(hidden).values[0, 11]
    assert subject.answers == ["what came", "load +1", "load +2", "load +3"]
    assert found["deviations"] == pytest.approx(float(best[1]), rel=1e-9)
    assert found["score"] == "load +2 less the last value at place 12, asked for"
    assert found == elman.inspect(subject.model, "saliency", file_of(subject), word="load +2").values


def test_what_is_on_is_asked_about_where_nobody_knows_what_comes(subjects):
    subject = subjects["on or off"]
    found = elman.inspect(subject.model, "saliency", file_of(subject), at=12, word="open +1").values
    assert all(one > 0 for one in found["texts"][0]["gradient"][1:])
    with pytest.raises(ConfigError, match="--at: got 12: nobody knows what comes after it"):
        elman.inspect(subject.model, "saliency", file_of(subject), at=12, word="what came")


def test_the_last_place_whose_forecast_came_is_asked_about(subjects, tmp_path):
    subject = subjects["with gaps"]
    lines = (subject.model.path.parent / "few.csv").read_text().splitlines()
    (tmp_path / "gone.csv").write_text("\n".join([*lines[:9], *(f"{hour},,0" for hour in range(8, 12))]) + "\n")
    found = elman.inspect(subject.model, "gradients", str(tmp_path / "gone.csv")).values
    assert found["at"] == 5  # 8 hours, of which three come after it


def test_a_long_series_is_shown_where_it_is_asked_about(subjects, tmp_path):
    subject = subjects["gaussian"]
    rows = [f"{hour},{hour % 5},{hour % 2}\n" for hour in range(300)]
    (tmp_path / "long.csv").write_text("hour,load,open\n" + "".join(rows))
    seen = elman.inspect(subject.model, "saliency", str(tmp_path / "long.csv"), at=290)
    assert seen.values["texts"][0]["zeroed"][89] is None
    assert seen.values["texts"][0]["zeroed"][90] is not None
    assert "and 90 places before" in seen.text
    first, last = seen.text.splitlines()[3].split()[0], seen.text.splitlines()[-2].split()[0]
    assert (first, last) == ("91", "290")


def test_how_each_head_is_asked_is_said(subjects):
    said = {}
    for kind, subject in subjects.items():
        found = elman.inspect(subject.model, "gradients", file_of(subject)).values
        said[kind] = found["loss"], "nats" in found
    assert said == {
        "gaussian": ("-log p(what came) at place 9, what comes next", True),
        "with gaps": ("-log p(what came) at place 9, what comes next", True),
        "quantiles": ("loss of what came at place 9, what comes next", False),
        "on or off": ("-log p(what came) at place 11, what comes next", True),
        "pen": ("-log p(what came) at place 4, what comes next", True),
    }


def test_steps_of_a_series_are_numbered(subjects):
    found = elman.inspect(subjects["gaussian"].model, "states", file_of(subjects["gaussian"])).values["layer 1"]
    assert found["places"] == [str(step) for step in range(1, 13)]
    assert np.array(found["h"]).shape == (12, 5)
