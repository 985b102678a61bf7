"""Drawings: the next point from those before, what that is worth, and what is drawn."""

import json

import numpy as np
import pytest
import torch

import elman
from elman.answers.sketched import sketched
from elman.data.drawings import Drawings, strokes_of
from elman.data.outlines import Frames, Points
from elman.data.recordings import Medium, Recording
from elman.data.records import Example
from elman.errors import CheckpointError, ConfigError, DataError
from elman.evaluation.drawings import OneGaussian, path_of
from elman.inference.drawing import drawings
from elman.layers.initialization import initialize
from elman.models.rnn_pen import RnnPen
from elman.pages.drawings import drawings as picture
from elman.tasks.base.pens import Pen

SQUARE = np.array([[9, 0, 0], [0, 7, 0], [-9, 0, 0], [0, -7, 1]])


def write(path, drawn, part="train"):
    """Write drawings to a file."""
    arrays = {f"{part}_strokes": np.concatenate(drawn), f"{part}_len": np.array([len(one) for one in drawn])}
    np.savez(path, **arrays)
    return str(path)


def squares(count=40, seed=1):
    """Return squares, each a little different, of which some are cut off."""
    draw, found = np.random.default_rng(seed), []
    for number in range(count):
        one = np.resize(SQUARE, (4 + number % 4, 3))
        one[:, :2] += draw.integers(-1, 2, (len(one), 2))
        found.append(one)
    return found


def examples(drawn):
    return [Example({"frames": Recording(one, Medium.PEN)}, f"x:{at}") for at, one in enumerate(drawn)]


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    folder = tmp_path_factory.mktemp("pen")
    path = write(folder / "squares.npz", squares())
    run = elman.train("strokes", path, out=folder / "run", steps=60, hidden=16, threads=1, learning_rate=0.02)
    return elman.load(run), path, folder


def test_the_scale_is_one_deviation_of_both_and_no_mean():
    drawn = squares()
    pen = Pen.learn(examples(drawn))
    every = np.concatenate(drawn)
    assert pen.deviation == pytest.approx(every[:, :2].std())
    points = pen.encode(examples(drawn)).points
    assert np.allclose(points.values, every / [pen.deviation, pen.deviation, 1], atol=1e-6)
    assert pen.usual == 5


def test_what_is_read_is_the_point_before_and_nothing_before_the_first():
    data = Pen.learn(examples(squares())).encode(examples([SQUARE, SQUARE[:2]]))
    batch = data.batch(np.array([0, 1]))
    read, said = batch.fields["frames"], batch.fields["point"]
    assert not read.values[:, 0].any()
    assert np.array_equal(read.values[0, 1:], said.values[0, :-1])
    assert np.array_equal(read.values[1, 1], said.values[1, 0])
    assert said.lengths.tolist() == read.lengths.tolist() == [4, 2]


def test_no_point_is_seen_before_it_is_predicted():
    data = Pen.learn(examples(squares())).encode(examples([SQUARE]))
    model = network()
    before = model.nats(data)
    data.points.values[2] += 1
    after = model.nats(data)
    assert np.array_equal(before[:2], after[:2])
    assert (before[2:] != after[2:]).all()


def network():
    model = RnnPen(RnnPen.Config(hidden_size=8, components=3), {"frames": Frames((3,))}, {"point": Points()})
    initialize(model, 3)
    return model


def test_on_points_drawn_at_random_no_model_beats_their_entropy():
    draw = np.random.default_rng(5)
    points = [np.c_[draw.normal(size=(60, 2)), draw.random(60) < 0.3] for _ in range(30)]
    pen = Pen.learn(examples(points))
    data = pen.encode(examples(points))
    entropy = 1 + np.log(2 * np.pi) - 2 * np.log(pen.deviation) - 0.3 * np.log(0.3) - 0.7 * np.log(0.7)
    assert pen.gaussian.nats(data).mean() == pytest.approx(entropy, abs=0.05)
    model = network()
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
    batch = data.batch(np.arange(30))
    for _ in range(60):
        optimizer.zero_grad()
        loss = model.loss(batch, (), None).heads["point"]
        (loss.nats / loss.targets).backward()
        optimizer.step()
    assert (loss.nats / loss.targets).item() > entropy - 0.1


def test_one_gaussian_has_the_nats_that_scipy_would_give():
    points = np.array([[1.0, 0.0, 0], [0.0, 2.0, 1], [-1.0, 1.0, 0], [2.0, -1.0, 0]])
    found = OneGaussian.of(points)
    data = Drawings(Pen.learn(examples([points])).encode(examples([points])).points._replace(values=points), ["x"])
    torch_says = torch.distributions.MultivariateNormal(torch.tensor(found.mean), torch.tensor(found.covariance))
    lifts = np.where(points[:, 2] > 0, np.log(found.lifted), np.log(1 - found.lifted))
    assert np.allclose(found.nats(data), -torch_says.log_prob(torch.tensor(points[:, :2])).numpy() - lifts, atol=1e-12)


def test_a_pen_that_repeats_one_step_has_a_scale_and_a_baseline():
    steps = [np.array([[3, 3, 0], [3, 3, 1]]) for _ in range(4)]
    pen = Pen.learn(examples(steps))
    assert np.isfinite(pen.gaussian.nats(pen.encode(examples(steps)))).all()


def test_scores_are_in_scaled_units_and_in_those_of_the_data(trained):
    model, path, _ = trained
    found = model.evaluate(path)
    first, own = found.scores
    assert (first.name, first.unit) == ("cross_entropy", "nats/point")
    assert own.value == pytest.approx(first.value + 2 * np.log(model.task.pen.deviation), abs=1e-9)
    assert found.counts == {"drawings": 40, "points": 220}
    assert first.value < found.naive["one Gaussian"]["cross_entropy"] - 1
    assert "first point:scored|values:dx and dy by one deviation of training" in first.signature
    assert "(one Gaussian " in str(found)


def test_neighbours_in_a_batch_change_no_score(trained):
    model, path, _ = trained
    inputs = list(model.read(path))
    whole = [answer.facts["nats"] for answer in model.answer(inputs)]
    alone = [model.answer([one])[0].facts["nats"] for one in inputs]
    assert whole == pytest.approx(alone, abs=2e-4)
    assert model.answer(inputs[:1])[0].shown.startswith("squares.npz:1: 4 points, ")
    assert model.answer(inputs[:1])[0].facts["next"][2] in (0.0, 1.0)


def test_a_drawing_depends_on_seed_and_number_alone(trained):
    model, _, _ = trained
    many, few = drawings(model, 3, 6, 0.5, 7), drawings(model, 1, 6, 0.5, 7)
    assert np.allclose(many[0], few[0], atol=1e-4)
    assert [one.shape for one in many] == [(6, 3)] * 3
    assert not np.allclose(many[0], many[1])
    assert not np.allclose(drawings(model, 1, 6, 0.5, 8)[0], few[0])
    assert drawings(model)[0].shape == (model.task.pen.usual, 3)
    assert set(np.concatenate(many)[:, 2]) <= {0.0, 1.0}


def test_first_points_that_are_drawn_are_as_far_as_true_ones(trained):
    model, _, _ = trained
    first = np.array([one[0] for one in drawings(model, 10, 1)])
    assert 1 < np.abs(first).max() < 20  # true ones go 8 to 10 to the side, and no further than others


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"count": 0}, r"^count: got 0, expected 1 or more\.$"),
        ({"length": 0}, r"^length: got 0, expected 1 or more\.$"),
        ({"seed": -1}, r"^seed: got -1, expected 0 or more\.$"),
        ({"count": 1.5}, r"^count: got 1\.5, expected a whole number\.$"),
        ({"bias": -1.0}, r"^bias: got -1, expected a number from 0 to 100\.$"),
        ({"bias": float("nan")}, r"^bias: got nan, expected a number from 0 to 100\.$"),
        ({"bias": "much"}, r"^bias: got 'much', expected a number from 0 to 100\.$"),
    ],
)
def test_what_means_nothing_is_refused(trained, options, message):
    with pytest.raises(ConfigError, match=message):
        drawings(trained[0], **options)


def test_a_run_that_draws_has_no_text(trained):
    with pytest.raises(ConfigError, match=r"task 'strokes' has no generate of text\. Its drawings: elman\.inference\."):
        trained[0].generate("a")
    with pytest.raises(DataError, match=r"^this run reads drawings, not lines of text\. Give a file with --input data"):
        trained[0].predict("a b")


def test_what_is_no_drawing_is_refused(tmp_path):
    sound = [Example({"frames": Recording(np.zeros(9), Medium.SOUND, 8000)}, "a.wav")]
    with pytest.raises(DataError, match=r"^a\.wav: got sound, expected drawings: points \(dx, dy, up\)\.$"):
        Pen.learn(sound)
    wide = [Example({"frames": np.zeros((4, 2))}, "a.csv")]
    with pytest.raises(DataError, match=r"^a\.csv: points of shape \(4, 2\), expected \(T, 3\): dx, dy, up\.$"):
        Pen.learn(wide)
    still = [np.array([[0, 0, 0], [0, 0, 1]])] * 3
    with pytest.raises(DataError, match=r"^x:0: the pen never moves in the training part\. Is it the right file\?$"):
        Pen.learn(examples(still))
    with pytest.raises(DataError, match=r"the only drawing, so none can be held out\. Give --valid FILE\.$"):
        elman.train("strokes", write(tmp_path / "one.npz", squares(1)), out=tmp_path / "r", steps=1)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda facts: facts.pop("lifted"), "'lifted'"),
        (lambda facts: facts.update(lifted=1.5), "its numbers do not fit each other"),
        (lambda facts: facts.update(covariance=[[1, 1], [1, 1]]), "its numbers are none of a normal distribution"),
    ],
)
def test_a_broken_file_of_a_run_is_named(tmp_path, change, message):
    Pen.learn(examples(squares())).save(tmp_path)
    facts = json.loads((tmp_path / "drawings.json").read_text())
    change(facts)
    (tmp_path / "drawings.json").write_text(json.dumps(facts))
    with pytest.raises(CheckpointError, match=rf"drawings\.json: cannot be read: {message}\. Restore the file\.$"):
        Pen.load(tmp_path)


def test_strokes_are_cut_where_the_pen_is_lifted():
    found = strokes_of(np.array([[1, 2, 0], [3, 0, 1], [0, 5, 1], [1, 1, 0]]))
    assert [one.tolist() for one in found] == [[[1, 2], [4, 2]], [[4, 7]], [[5, 8]]]
    assert strokes_of(np.zeros((0, 3))) == []


def test_a_picture_has_every_drawing_and_what_it_is():
    svg = picture([("true <1>", path_of(SQUARE)), ("drawn", path_of(SQUARE[:2])), ("none", "")])
    assert svg.count("<path ") == 2
    assert "true &lt;1&gt;" in svg
    assert 'd="M9 0L9 7 0 7 0 0"' in svg


def test_a_drawing_in_characters_is_as_large_as_fits():
    lines = sketched(SQUARE, 10, 5).split("\n")
    assert len(lines) <= 5
    assert max(map(len, lines)) <= 10
    assert sketched(np.zeros((0, 3))) == sketched(np.full((2, 3), np.nan)) == ""
    assert sketched(np.array([[5, 5, 1]])) == "\u2801"


def test_a_run_goes_on_where_it_stopped_bit_for_bit(tmp_path):
    path = write(tmp_path / "squares.npz", squares())
    often = {"training.checkpoint_every": 3, "training.log_every": 1}
    options = {"steps": 8, "hidden": 8, "threads": 1, "batch_size": 8, "settings": often}
    elman.train("strokes", path, out=tmp_path / "whole", **options)

    def stop(event):
        if getattr(event, "step", 0) >= 5:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        elman.train("strokes", path, out=tmp_path / "parts", listener=stop, **options)
    elman.resume(tmp_path / "parts")
    whole, parts = ((tmp_path / name / "model.safetensors").read_bytes() for name in ("whole", "parts"))
    assert whole == parts
