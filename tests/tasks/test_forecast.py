"""Forecasting: what is learned, what is scored, and what must not matter."""

import json
import math
import os
import random
import re
import signal

import numpy as np
import pytest
import torch

import elman
from elman.data import windows
from elman.data.readers import READERS
from elman.data.readers.timeline import TimelineReader
from elman.errors import CheckpointError, ConfigError, DataError
from elman.evaluation.naive import LAST
from elman.evaluation.series import worth
from elman.events import Stepped
from elman.layers.initialization import initialize
from elman.models.rnn_forecaster import RnnForecaster
from elman.runs import checkpoint as checkpoints
from elman.tasks.base import DataFiles
from elman.tasks.forecast import Forecasting
from tests.recordings import tone, wav

PERIOD, HORIZON = 6, 4
SMALL = {"task.period": PERIOD, "task.horizon": HORIZON, "task.bptt": 8, "model.hidden_size": 8}


def waves(rows, seed=1, lift=0.0):
    """Return a load with a period and a heat that follows it."""
    draw = random.Random(seed)
    loads = [10 * math.sin(2 * math.pi * row / PERIOD) + draw.gauss(0, 1) + lift * row for row in range(rows)]
    return [(load, 3 * load + draw.gauss(0, 5), float(row % PERIOD == 0)) for row, load in enumerate(loads)]


def write(folder, rows, name="load.csv"):
    path = folder / name
    lines = [",".join("" if value is None else f"{value:.4f}" for value in row) for row in rows]
    path.write_text("\n".join(["load,heat,holiday", *lines]) + "\n")
    return str(path)


def prepare(train, valid=None, held_out=0.0, reader=None, **options):
    """Return task, data and reader of some files."""
    config = Forecasting.Config(**{"period": PERIOD, "horizon": HORIZON, "bptt": 8, **options})
    found = TimelineReader(TimelineReader.Config(clock="none", **(reader or {})), ("frames",))
    files = DataFiles(found.find([train]), found.find([valid]) if valid else [], held_out)
    said: list[str] = []
    task, data = Forecasting.prepare(config, found, files, found.find([train])[0].parent, said.append)
    return task, data, found, said


def model_of(task, seed=3, **options):
    model = RnnForecaster(RnnForecaster.Config(hidden_size=8, dropout=0.0, **options), *task.outlines)
    initialize(model, seed)
    return model


def errors(name, rows, repeated):
    """Return mean squared and absolute errors of a repeated value by loops, standardised by the first 200 rows."""
    table = np.array([row[:2] for row in waves(300)])
    mean, deviation = table[:200].mean(0), table[:200].std(0)
    z = (table - mean) / deviation
    far = [
        z[origin + ahead] - z[repeated(origin, ahead)]
        for origin in range(rows - 1, 300 - HORIZON)
        for ahead in range(1, HORIZON + 1)
    ]
    return np.mean(np.square(far)), np.mean(np.abs(far))


@pytest.mark.parametrize(
    ("how", "repeated"),
    [
        ("last", lambda origin, ahead: origin),
        (f"{PERIOD} before", lambda origin, ahead: origin + ahead - PERIOD * -(-ahead // PERIOD)),
    ],
)
def test_what_is_repeated_is_scored_on_every_window_of_the_part(tmp_path, how, repeated):
    name = write(tmp_path, waves(300))
    task, data, _, _ = prepare(f"{name}#1:200", f"{name}#201:", targets=["load", "heat"])
    found = task.validate(model_of(task), data)
    assert found.counts["forecasts"] == 100 - HORIZON + 1
    squared, absolute = errors(how, 200, repeated)
    assert found.naive[how]["mean_squared_error"] == pytest.approx(squared, rel=1e-4)
    assert found.naive[how]["mean_absolute_error"] == pytest.approx(absolute, rel=1e-4)
    alone = task.trivial(data)[how]
    assert task.validate(alone, data).scores[0].value == pytest.approx(squared, rel=1e-4)


def test_errors_are_scaled_by_those_of_a_season_of_the_training_part(tmp_path):
    name = write(tmp_path, waves(300))
    task, data, _, _ = prepare(f"{name}#1:200", f"{name}#201:", targets=["load", "heat"])
    table = np.round([row[:2] for row in waves(300)], 4)
    scale = np.abs(table[PERIOD:200] - table[: 200 - PERIOD]).mean(0)
    far = [
        (table[origin + ahead] - table[origin]) / scale
        for origin in range(199, 300 - HORIZON)
        for ahead in range(1, HORIZON + 1)
    ]
    found = task.validate(model_of(task), data)
    assert found.naive["last"]["mean_absolute_scaled_error"] == pytest.approx(np.abs(far).mean(), rel=1e-6)
    mine = next(one for one in found.scores if one.name == "mean_absolute_scaled_error")
    assert mine.unit == "times that of 6 before in training"
    assert mine.signature.startswith("scaled by:training, 6 before|horizon:4|")


def test_what_errors_are_scaled_by_is_kept_and_runs_without_it_have_no_such_score(tmp_path):
    name = write(tmp_path, waves(100))
    task, data, _, _ = prepare(f"{name}#1:60", f"{name}#61:")
    task.save(tmp_path)
    again = Forecasting.load(task.config, tmp_path)
    assert again.validate(again.trivial()["last"], data) == task.validate(task.trivial()["last"], data)
    (tmp_path / "seasonal.json").write_text('{"errors": 3}')
    with pytest.raises(CheckpointError, match=r"seasonal\.json: cannot be read: .*\. Restore the file\."):
        Forecasting.load(task.config, tmp_path)
    (tmp_path / "seasonal.json").unlink()
    before = Forecasting.load(task.config, tmp_path)
    assert "mean_absolute_scaled_error" not in [one.name for one in before.validate(LAST, data).scores]


@pytest.mark.parametrize("sizes", [(1, 1), (3, 2), (50, 1), (1000, 64)])
@pytest.mark.parametrize("differences", ["none", "last", "season"])
def test_no_score_depends_on_what_is_read_side_by_side(tmp_path, monkeypatch, sizes, differences):
    names = [write(tmp_path, waves(rows, rows), f"{rows}.csv") for rows in (60, 41, 90)]
    task, _, reader, _ = prepare(write(tmp_path, waves(80)), held_out=0.3, differences=differences)
    model = model_of(task)
    data = task.encode(list(reader.read(reader.find(names))))
    expected = worth(model, task.trivial(), data, task.measured, False)
    monkeypatch.setattr(windows, "_STEPS", sizes[0])
    monkeypatch.setattr(windows, "_ROWS", sizes[1])
    found = worth(model, task.trivial(), data, task.measured, False)
    assert found.counts == expected.counts
    for one, other in zip(found.scores, expected.scores, strict=True):
        assert one.value == pytest.approx(other.value, rel=1e-5), one.name


def test_a_forecast_is_the_same_alone_and_within_all(tmp_path):
    name = write(tmp_path, waves(120))
    task, data, _, _ = prepare(f"{name}#1:80", f"{name}#81:")
    model = model_of(task)
    (one,) = model.forecasts(data.valid, data.valid.origins[5:6])
    every = type(one).joined(model.forecasts(data.valid, data.valid.origins))
    np.testing.assert_allclose(every.best[5], one.best[0], rtol=1e-5, atol=1e-6)


def test_scales_are_those_of_the_training_part_alone(tmp_path):
    table = np.array(waves(120))
    name = write(tmp_path, waves(120))
    task, _, _, _ = prepare(f"{name}#11:80", f"{name}#81:")
    np.testing.assert_allclose(task.scales.values.mean, table[10:80].mean(0), atol=1e-3)
    np.testing.assert_allclose(task.scales.values.deviation, table[10:80].std(0), atol=1e-3)
    other = write(tmp_path, [*waves(120)[:80], *[(1e6, -1e6, 7.0)] * 40], "other.csv")
    again, _, _, _ = prepare(f"{other}#11:80", f"{other}#81:")
    assert again.fingerprint == task.fingerprint


def test_padding_changes_neither_loss_nor_state(tmp_path):
    names = [write(tmp_path, waves(rows, rows), f"{rows}.csv") for rows in (60, 30)]
    task, _, reader, _ = prepare(write(tmp_path, waves(80)), held_out=0.3)
    both = task.encode(list(reader.read(reader.find(names))))
    model = model_of(task).double()
    batch = windows.SeriesStreams(both, 2, 100, True, 1, 0)[0].map(
        lambda a: a.astype(float) if a.dtype == np.float32 else a
    )
    whole = model.loss(batch, model.initial_state(2), None)
    for field in ("frames", "ahead"):
        padded = batch.fields[field]
        padded.values[~padded.mask] = 1e9
    other = model.loss(batch, model.initial_state(2), None)
    torch.testing.assert_close(other.heads["ahead"].nats, whole.heads["ahead"].nats, rtol=1e-12, atol=0)
    for one, two in zip(whole.state.tensors(), other.state.tensors(), strict=True):
        torch.testing.assert_close(one, two, rtol=1e-12, atol=0)


def test_the_end_of_a_series_validates_and_it_is_said_which_rows(tmp_path):
    _, data, _, said = prepare(write(tmp_path, waves(200)), held_out=0.2)
    assert said == [
        "validation: rows 161 to 200, 40 of 200 rows in the order of time, with those before as context; nothing is "
        "shuffled; --valid FILE gives another"
    ]
    assert (len(data.train.truth), len(data.valid.truth)) == (160, 200)
    assert data.valid.origins.tolist() == list(range(159, 196))
    np.testing.assert_array_equal(data.train.inputs.values, data.valid.inputs.values[:160])


def test_where_a_forecast_takes_more_rows_than_the_share_it_is_said(tmp_path):
    _, data, _, said = prepare(write(tmp_path, waves(200)), held_out=0.01)
    least = len(data.valid.truth) - len(data.train.truth)
    assert said == [
        f"validation: rows {201 - least} to 200, {least} of 200 rows in the order of time, since task.horizon and "
        f"task.period take {least} at least, with those before as context; nothing is shuffled; --valid FILE gives "
        "another"
    ]


def test_nothing_leaks_from_the_steps_ahead(tmp_path):
    draw = np.random.default_rng(1)
    rows = [(*one, 0.0) for one in draw.normal(size=(600, 2))]
    run = elman.train(
        "forecast", write(tmp_path, rows), out=tmp_path / "run", steps=150, threads=1, learning_rate=0.01,
        listener=elman.silent, settings={**SMALL, "task.targets": ["load"], "task.differences": "none"},
    )  # fmt: skip
    best = elman.load(run.path).evaluate(
        write(tmp_path, [(*one, 0.0) for one in draw.normal(size=(600, 2))], "new.csv")
    )
    by_name = {score.name: score.value for score in best.scores}
    assert by_name["cross_entropy"] > 1.38  # that of a standard normal is 1.4189
    assert by_name["mean_squared_error"] > 0.9


def test_what_is_known_ahead_is_read(tmp_path):
    draw = np.random.default_rng(2)
    signs = draw.choice([-1.0, 1.0], 700)
    rows = [(5 * sign, 0.0, sign) for sign in signs]
    lines = ["load,heat,holiday", *(",".join(map(str, row)) for row in rows)]
    (tmp_path / "known.csv").write_text("\n".join(lines) + "\n")
    settings = {**SMALL, "task.targets": ["load"], "task.differences": "none", "reader.values": ["load", "holiday"]}
    worths = []
    for known in ([], ["holiday"]):
        run = elman.train(
            "forecast", str(tmp_path / "known.csv"), out=tmp_path / f"run{len(known)}", steps=200, threads=1,
            learning_rate=0.02, listener=elman.silent, settings={**settings, "task.known": known},
        )  # fmt: skip
        worths.append(elman.load(run.path).evaluate(str(tmp_path / "known.csv")).scores[0].value)
    assert worths[0] > 0.9
    assert worths[1] < 0.1
    coming = tmp_path / "coming.csv"
    coming.write_text(
        "\n".join(["load,holiday", *(f"{row[0]},{row[2]}" for row in rows[:50]), ",1", ",-1", ",-1", ",1"]) + "\n"
    )
    model = elman.load(tmp_path / "run1")
    (answer,) = model.answer(list(model.read(str(coming))))
    assert np.sign(answer.value[:, 0]).tolist() == [1, -1, -1, 1]
    assert answer.facts["after"] == 50


def test_a_series_that_counts_on_is_counted_on(tmp_path):
    (tmp_path / "line.csv").write_text("\n".join(["n", *map(str, range(1, 201))]) + "\n")
    run = elman.train(
        "forecast", str(tmp_path / "line.csv"), out=tmp_path / "run", steps=200, threads=1, learning_rate=0.02,
        listener=elman.silent, settings={**SMALL, "reader.clock": "none"},
    )  # fmt: skip
    (tmp_path / "later.csv").write_text("\n".join(["n", *map(str, range(1001, 1051))]) + "\n")
    model = elman.load(run.path)
    (answer,) = model.answer(list(model.read(str(tmp_path / "later.csv"))))
    assert answer.value[:, 0] == pytest.approx([1051, 1052, 1053, 1054], abs=0.7)


def test_missing_values_are_masked_and_never_scored(tmp_path):
    rows = waves(120)
    holes = [(None, *row[1:]) if at % 7 == 3 else row for at, row in enumerate(rows)]
    name = write(tmp_path, holes)
    task, data, _, _ = prepare(f"{name}#1:80", f"{name}#81:", reader={"missing": "mask"}, targets=["load"])
    real = [row[0] for row in holes[:80] if row[0] is not None]
    assert task.scales.values.mean[0] == pytest.approx(np.mean(real), abs=1e-4)
    assert data.train.inputs.values.shape[1] == 6  # three numbers, and whether each is missing
    found = task.validate(model_of(task), data)
    truth = data.valid.targets(data.valid.origins)
    assert found.counts["values"] == int((~np.isnan(truth)).sum()) < truth.size
    assert all(np.isfinite(score.value) for score in found.scores)
    assert np.isfinite(
        model_of(task)
        .loss(task.batches(data, 2, 1, 0)[0], model_of(task).initial_state(2), None)
        .heads["ahead"]
        .nats.item()
    )


def content(run):
    lines = [json.loads(line) for line in (run / "metrics.jsonl").read_text().splitlines()]
    last = checkpoints.load(run / "checkpoints")
    kept = {name: array.tobytes() for name, array in last.arrays.items()}
    measured = [{k: v for k, v in one.items() if k not in ("seconds", "tokens_per_second")} for one in lines]
    files = [(run / name).read_bytes() for name in ("model.safetensors", "config.toml", "vocabulary/frames.json")]
    return files, kept, measured


@pytest.mark.parametrize("head", ["gaussian", "quantiles"])
def test_a_run_goes_on_exactly_in_the_middle_of_a_carried_state(tmp_path, head):
    name = write(tmp_path, waves(200))
    settings = {**SMALL, "model.head": head, "model.dropout": 0.3, "training.validate_every": 5}

    def stop(event):
        if isinstance(event, Stepped) and event.step == 7:
            os.kill(os.getpid(), signal.SIGTERM)

    for folder, listener in (("whole", elman.silent), ("parts", stop)):
        elman.train("forecast", name, out=tmp_path / folder, steps=14, batch_size=4, threads=1, listener=listener, settings=settings)  # fmt: skip  # noqa: E501
    assert elman.resume(tmp_path / "parts").finished
    assert any(key.startswith("state") for key in content(tmp_path / "whole")[1])
    assert content(tmp_path / "parts") == content(tmp_path / "whole")


def switches(folder, rows=80):
    draw = np.random.default_rng(5)
    on = draw.random((rows, 3)) < [0.5, 0.2, 0.9]
    path = folder / "lamps.csv"
    path.write_text("\n".join(["a,b,c", *(",".join(map(str, row)) for row in on.astype(int))]) + "\n")
    return str(path), on.astype(float)


def test_what_is_on_or_off_is_seen_and_summed_over_switches(tmp_path):
    name, on = switches(tmp_path)
    task, data, _, said = prepare(f"{name}#1:50", f"{name}#51:", horizon=0, period=None)
    assert said[0].startswith("binary: every number is 0 or 1")
    assert (task.config.horizon, task.config.period, task.config.differences) == (1, 0, "none")
    np.testing.assert_array_equal(data.train.inputs.values, on[:50])
    chances = (on[:50].sum(0) + 0.5) / 51
    expected = -np.where(on[50:] > 0, np.log(chances), np.log(1 - chances)).sum(1).mean()
    found = task.validate(model_of(task), data)
    assert found.naive["frequency"]["cross_entropy"] == pytest.approx(expected, rel=1e-9)
    assert (found.counts["steps"], found.scores[0].unit) == (30, "nats/step")
    assert "sum over:3|first step:not scored" in found.scores[0].signature


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"targets": ["loaf"]}, r"task\.targets: no column 'loaf'\. Did you mean 'load'\?"),
        ({"known": ["loaf"]}, r"task\.known: no column 'loaf'\. Did you mean 'load'\?"),
        (
            {"targets": ["load"], "known": ["load"]},
            r"task\.known: load is forecast and known, expected other columns than task\.targets\.",
        ),
        (
            {"known": ["load", "heat", "holiday"]},
            r"task\.known: every column is known, so that none is forecast, expected other columns than",
        ),
        (
            {"horizon": 60},
            r"load\.csv:2: 50 rows, expected 66 or more: 6 before a forecast and 60 ahead\. Give more rows, or a "
            r"smaller task\.horizon or task\.period\.",
        ),
    ],
)
def test_what_cannot_be_forecast_is_refused(tmp_path, options, message):
    name = write(tmp_path, waves(100))
    with pytest.raises(DataError, match=message):
        prepare(f"{name}#1:50", f"{name}#51:", **options)


def test_a_recording_is_no_series(tmp_path):
    sound = tmp_path / "a.wav"
    sound.write_bytes(wav(tone(400)))
    kind = READERS.get("audio")
    reader = kind(kind.Config(), ("frames",))
    message = r"a\.wav: got sound, expected numbers over time\. Give a table with a row a time step\."
    with pytest.raises(DataError, match=message):
        Forecasting.prepare(Forecasting.Config(), reader, DataFiles([sound], [], 0.1), tmp_path, print)
    task, *_ = prepare(write(tmp_path, waves(80)), held_out=0.3)
    with pytest.raises(DataError, match=message):
        task.encode(list(reader.read([sound])))


def test_a_series_too_short_to_be_cut_is_refused(tmp_path):
    message = r"load\.csv:2: 15 rows, expected 20 or more to train and validate on\. Give more rows, or a smaller"
    with pytest.raises(DataError, match=message):
        prepare(write(tmp_path, waves(15)), held_out=0.1)


def test_short_series_validate_whole(tmp_path):
    names = [write(tmp_path, waves(14, seed), f"{seed}.csv") for seed in range(10)]
    reader = TimelineReader(TimelineReader.Config(clock="none"), ("frames",))
    config, said = Forecasting.Config(period=PERIOD, horizon=HORIZON), []
    _, data = Forecasting.prepare(config, reader, DataFiles(reader.find(names), [], 0.2), tmp_path, said.append)
    assert said == [
        "validation: 2 of 10 series, drawn; they are too short to be cut in time; --valid FILE gives another"
    ]
    assert (len(data.train), len(data.valid)) == (8, 2)


def test_a_constant_target_is_refused_and_a_constant_column_is_not(tmp_path):
    rows = [(load, 4.0, day) for load, _, day in waves(100)]
    name = write(tmp_path, rows)
    message = r"load\.csv:2: column heat is 4 in every row of the training part: nothing to forecast\. Name others with"
    with pytest.raises(DataError, match=message):
        prepare(f"{name}#1:50", f"{name}#51:")
    assert prepare(f"{name}#1:50", f"{name}#51:", targets=["load"])[0].columns.targets.tolist() == [0]


def test_a_season_needs_a_period():
    message = r"differences: got season with period 0, expected a period to look back\. Set period\."
    with pytest.raises(ValueError, match=message):
        Forecasting.Config(differences="season", period=0)


def test_options_of_heads_are_checked(tmp_path):
    with pytest.raises(ValueError, match=r"unknown key 'quantile'\. Did you mean 'quantiles'\?"):
        RnnForecaster.Config(head_options={"quantile": [0.5]})
    name, _ = switches(tmp_path)
    task, *_ = prepare(f"{name}#1:50", f"{name}#51:", horizon=0, period=None)
    message = r"^model\.head_options: mean nothing to what is on or off\. Leave them out\.$"
    with pytest.raises(ConfigError, match=message):
        model_of(task, head_options={"quantiles": [0.5]})


def test_a_line_is_no_series(tmp_path):
    task, *_ = prepare(write(tmp_path, waves(80)), held_out=0.3)
    with pytest.raises(
        DataError, match=r"^a line of text is no series: expected a file like those of the training\. Na"
    ):
        task.parse("1,2,3", False)


def test_both_directions_and_attention_would_show_what_is_to_come():
    with pytest.raises(ValueError, match=re.escape("bidirectional: ")):
        RnnForecaster.Config(bidirectional=True)


def test_a_column_whose_seasons_are_alike_is_left_out_of_the_scaled_error_and_named(tmp_path):
    rows = [(one[0], float(row % PERIOD), *one[2:]) for row, one in enumerate(waves(300))]
    name = write(tmp_path, rows)
    task, data, _, _ = prepare(f"{name}#1:200", f"{name}#201:", targets=["load", "heat"])
    found = task.validate(model_of(task), data)
    [scaled] = [one for one in found.scores if one.name == "mean_absolute_scaled_error"]
    assert f"scaled by:training, {PERIOD} before, without heat, alike {PERIOD} before|" in scaled.signature
