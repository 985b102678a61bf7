"""Pace, report, progress, and runs that older versions left."""

import io
import shutil
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from types import SimpleNamespace
from xml.etree import ElementTree

import pytest
from rich.console import Console

import elman
from elman.events import Notice, Planned, Sampled, Stepped, Stopped, Validated
from elman.metrics.base import Score
from elman.pages.progress import Display, duration
from elman.runs.configuration import TrainingConfig
from elman.runs.folder import RunFolder
from elman.runs.log import read_events
from elman.training import pace
from elman.training.gradients import Gradients

STORED = Path(__file__).parent.parent / "stored_runs"


@pytest.mark.parametrize(
    ("given", "speed", "expected"),
    [
        ({"steps": 1000}, None, (1000, 100, 5)),
        ({"epochs": 2.5}, None, (250, 25, 2)),
        ({"epochs": 13}, None, (1300, 100, 7)),
        ({"minutes": 1}, pace.Speed(0.1, 0.5, 5.0), (500, 50, 3)),
        ({"minutes": 1}, pace.Speed(0.1, 2.0, 5.0), (490, 245, 3)),  # and one validation at 49
        ({"minutes": 1}, pace.Speed(0.1, 3.0, 5.0), (490, 490, 3)),  # and one validation at 49
        ({"minutes": 1}, pace.Speed(0.1, 20.0, 5.0), (350, 350, 2)),  # two would take most of the time
        ({"minutes": 1, "validate_every": 50}, pace.Speed(0.1, 5.0, 5.0), (275, 50, 2)),
        ({}, pace.Speed(0.1, 0.0, 0.0), (3000, 300, 15)),
        ({"minutes": 0.01}, pace.Speed(1.0, 1.0, 1.0), (10, 10, 1)),  # the least there is
        ({"steps": 40, "validate_every": 7, "log_every": 3}, None, (40, 7, 3)),
    ],
)
def test_length_and_rhythm_are_decided_beforehand(given, speed, expected):
    decided = pace.decide(TrainingConfig(**given), 100, speed)
    assert (decided.steps, decided.validate_every, decided.log_every) == expected
    assert (decided.epochs, decided.minutes) == (None, None)


@pytest.mark.parametrize(
    ("times", "expected"),
    [
        ([3.0], 3.0),
        ([1.0, 2.0, 9.0], 2.0),
        ([1, 3, 1, 3, 1, 3, 1, 3, 50, 90], 2.0),  # a burst at the end of ten: the median of five means of two
        ([90, 1, 3, 2, 1, 3, 1, 3, 1, 3], 2.0),
    ],
)
def test_a_burst_says_little_of_an_update(times, expected):
    assert pace.typical(times) == expected


def test_a_slow_machine_measures_two_updates_and_no_more(monkeypatch):
    now, made = [0.0], []
    monkeypatch.setattr(pace.time, "perf_counter", lambda: now[0])

    def update(place):
        made.append(place)
        now[0] += 6.0

    lesson = SimpleNamespace(config=TrainingConfig(minutes=0.2))
    learner = SimpleNamespace(lesson=lesson, update=update, epoch_length=lambda epoch: 100)
    assert pace.timed(learner, 3, 4.0) == 6.0
    assert len(made) == 2


@pytest.mark.parametrize(
    ("minutes", "speed", "said"),
    [
        (1, pace.Speed(0.1, 0.1, 5.0), []),
        (
            0.2,
            pace.Speed(6.0, 0.1, 12.0),
            [
                "12 s are too few here: an update takes 6 s. The least is planned, 10 updates in about 1 min 13 s; a "
                "smaller model or batch takes less"
            ],
        ),
        (
            1,
            pace.Speed(0.1, 8.0, 10.0),
            ["a validation takes 8 s: there are 2, the first after 34 updates; fewer validation data would allow more"],
        ),
        (
            1,
            pace.Speed(0.1, 20.0, 20.0),
            [
                "measuring and validating take most of the time; --minutes gives more of it",
                "a validation takes 20 s: there is 1, at the end; fewer validation data would allow more",
            ],
        ),
    ],
)
def test_a_plan_that_is_not_as_one_may_think_is_said(minutes, speed, said):
    config = TrainingConfig(minutes=minutes)
    decided = pace.decide(config, 100, speed)
    assert list(pace.remarks(decided, speed, pace.budget(config))) == said


def test_gradient_norms_and_penalties_are_logged_and_drawn(text_file, tmp_path, pictures):
    settings = {
        "training.log_gradients": True,
        "training.log_every": 4,
        "task.bptt": 10,
        "model.regularization.activation_penalty": 2.0,
        "model.regularization.temporal_penalty": 1.0,
    }
    out = tmp_path / "run"
    elman.train("lm", str(text_file), out=out, steps=10, hidden=8, layers=2, threads=1, settings=settings)
    events = list(read_events(out / "metrics.jsonl"))
    found = [event for event in events if event["event"] == "gradients"]
    assert [event["step"] for event in found] == [4, 8, 10]
    for event in found:
        assert list(event["states"]) == ["recurrent.layers.0", "recurrent.layers.1"]
        assert [len(norms) for norms in event["states"].values()] == [10, 10]
        assert {"embedding", "recurrent.layers.0", "recurrent.layers.1", "heads.next_token"} == set(event["weights"])
        assert all(norm > 0 for norm in event["weights"].values())
    train = [event for event in events if event["event"] == "train"]
    assert all(event["penalties"].keys() == {"activation", "temporal_activation"} for event in train)
    assert all(0 < value < 2 for event in train for value in event["penalties"].values())
    page = (out / "report.html").read_text()
    assert "Gradients through time" in page
    assert "characters from the end of the batch" in page or "words from the end of the batch" in page


def test_measuring_leaves_out_the_slow_updates_that_log_gradients(text_file, tmp_path, monkeypatch):
    seen = []
    original = Gradients.update

    def update(self, at):
        found = original(self, at)
        seen.append(found.gradients is not None)
        return found

    monkeypatch.setattr(pace, "_MEASURE_SECONDS", 0.01)
    monkeypatch.setattr(Gradients, "update", update)
    settings = {"training.log_gradients": True, "training.log_every": 1}
    elman.train("lm", str(text_file), out=tmp_path / "run", minutes=0.001, hidden=8, threads=1, settings=settings)
    assert seen[0] is False
    assert seen[-1] is True


def test_measuring_changes_nothing(text_file, tmp_path, monkeypatch):
    monkeypatch.setattr(pace, "_MEASURE_SECONDS", 0.01)
    monkeypatch.setattr(pace, "decide", lambda config, *_: config.model_copy(
        update={"steps": 6, "minutes": None, "validate_every": 3, "log_every": 1}))  # fmt: skip
    options = {"hidden": 8, "threads": 1, "level": "character"}
    elman.train("lm", str(text_file), out=tmp_path / "measured", minutes=1, **options)
    settings = {"training.validate_every": 3, "training.log_every": 1}
    monkeypatch.undo()
    elman.train("lm", str(text_file), out=tmp_path / "plain", steps=6, settings=settings, **options)
    models = [(tmp_path / name / "model.safetensors").read_bytes() for name in ("measured", "plain")]
    assert models[0] == models[1]


class Tags(HTMLParser):
    """Collects what a page would load, and its text."""

    def __init__(self):
        super().__init__()
        self.loaded, self.text, self.svgs = [], [], 0

    def handle_starttag(self, tag, attributes):
        self.svgs += tag == "svg"
        named = dict(attributes)
        self.loaded += [named[key] for key in ("src",) if key in named]
        if tag == "link":
            self.loaded.append(named.get("href"))

    def handle_data(self, data):
        self.text.append(data)


def test_the_report_is_one_page_with_everything_in_it(small_run):
    page = (small_run / "report.html").read_text()
    tags = Tags()
    tags.feed(page)
    assert tags.loaded == []
    assert tags.svgs == 4
    text = " ".join(tags.text)
    for part in ("Loss", "nats a character", "learning rate", "gradient norm", "characters a second", "Samples",
                 "step 0", "step 60", "Settings", "hidden_size", "24", "unknown in validation"):  # fmt: skip
        assert part in text, part
    for start in [i for i in range(len(page)) if page.startswith("<svg", i)]:
        ElementTree.fromstring(page[start : page.index("</svg>", start) + 6])


def test_samples_cannot_inject_html(small_run, tmp_path):
    from elman.pages.report import write_report

    run = tmp_path / "run"
    shutil.copytree(small_run, run)
    with (run / "metrics.jsonl").open("a") as file:
        file.write('{"event": "sample", "step": 99, "text": "<script>alert(1)</script>"}\n')
    write_report(RunFolder(run))
    page = (run / "report.html").read_text()
    assert "<script" not in page
    assert "&lt;script&gt;" in page


def test_half_a_character_of_a_log_does_not_stop_its_page(small_run, tmp_path):
    from elman.pages.report import write_report

    run = tmp_path / "run"
    shutil.copytree(small_run, run)
    with (run / "metrics.jsonl").open("a") as file:
        file.write('{"event": "sample", "step": 99, "text": "half \\ud83d of one"}\n')
    write_report(RunFolder(run))
    assert "half \ufffd of one" in (run / "report.html").read_text(encoding="utf-8")


def test_lines_of_a_log_end_where_json_says(tmp_path):
    from elman.errors import CheckpointError
    from elman.runs.log import MetricsLog

    log = MetricsLog(tmp_path / "metrics.jsonl", 0)
    for text in ("a\u2028b\x85c", "d"):
        log.write("sample", text=text)
    assert [event["text"] for event in read_events(log.path)] == ["a\u2028b\x85c", "d"]
    log.path.write_text('{"event": "train"}\nbroken\n{"event": "train"}\n')
    with pytest.raises(CheckpointError, match=r"metrics\.jsonl:2: not JSON"):
        list(read_events(log.path))


def test_a_training_does_not_end_because_nobody_reads_its_progress():
    class Closed(io.StringIO):
        def write(self, text):
            raise BrokenPipeError

        def flush(self):
            raise BrokenPipeError

    play(Display(Closed()))


def test_a_cut_off_last_line_of_a_log_is_passed_over(tmp_path):
    path = tmp_path / "metrics.jsonl"
    path.write_text('{"event": "train"}\n{"event": "tr')
    assert list(read_events(path)) == [{"event": "train"}]
    assert list(read_events(tmp_path / "none")) == []


PLAN = Planned(0, 40, 2.0, 100, "characters", 65.0, {"model": "12 weights"})
SCORE = Score("cross_entropy", 1.5, "nats/character", "s", True)


def play(display):
    display(Notice("level: [character]"))
    display(Sampled(0, "xyz"))
    display(PLAN)
    for step in range(1, 41):
        display(Stepped(step, 2.0, "2.000 nats/character", 100, 0.01))
    display(Validated(40, [SCORE], "1.500 nats/character", True))
    display(Sampled(40, "to be"))
    display(Stopped(40, "finished", 125.0))


ON_TIME = 65 / 40


@pytest.mark.parametrize(
    ("paces", "told"),
    [
        ([ON_TIME] * 40, {}),
        ([1.29 * ON_TIME] * 40, {}),
        ([4.0] * 40, {5: "2 min 40 s"}),
        ([ON_TIME] * 20 + [6.0] * 20, {23: "1 min 28 s"}),  # a machine that becomes busy later
        ([2 * ON_TIME] + [ON_TIME] * 39, {}),  # a hiccup
    ],
)
def test_a_pace_far_from_the_plan_is_told_once_and_early(paces, told):
    stream, now = io.StringIO(), [100.0]
    display = Display(stream, clock=lambda: now[0])
    display(PLAN)
    found = {}
    for step, seconds in enumerate(paces, start=1):
        now[0] += seconds
        display(Stepped(step, 2.0, "2.000 nats/character", 100, seconds))
        lines = [line for line in stream.getvalue().splitlines() if line.startswith("slower than planned")]
        if lines and not found:
            found[step] = lines[0]
    rest = "in all, not 1 min 05 s; Ctrl-C saves what there is, and --resume goes on with it"
    assert found == {step: f"slower than planned: about {end} {rest}" for step, end in told.items()}
    assert stream.getvalue().count("slower than planned") == len(told)


def test_what_comes_once_and_an_early_validation_do_not_make_a_pace_slow():
    stream, now = io.StringIO(), [100.0]
    display = Display(stream, clock=lambda: now[0])
    display(replace(PLAN, seconds=40 + 2 * 10.0, validations=2))
    now[0] += 30  # what the untrained model gives
    for step in range(1, 41):
        now[0] += 1
        display(Stepped(step, 2.0, "2.000 nats/character", 100, 1.0))
        if step in (4, 40):
            now[0] += 10
            display(Validated(step, [], "2.000 nats/character", True))
    assert "slower than planned" not in stream.getvalue()


def test_a_slow_validation_makes_a_pace_slow():
    stream, now = io.StringIO(), [100.0]
    display = Display(stream, clock=lambda: now[0])
    display(replace(PLAN, seconds=40 + 2 * 10.0, validations=2))
    for step in range(1, 21):
        now[0] += 1
        display(Stepped(step, 2.0, "2.000 nats/character", 100, 1.0))
        if step == 4:
            now[0] += 50
            display(Validated(step, [], "2.000 nats/character", True))
    assert "slower than planned: about 2 min 20 s in all, not 1 min 00 s" in stream.getvalue()


def test_a_log_file_gets_about_twenty_lines_of_any_width():
    stream = io.StringIO()
    play(Display(stream, first_sample=True))
    lines = stream.getvalue().splitlines()
    steps = [line for line in lines if line.startswith("step") and "characters/s" in line]
    assert len(steps) == 20
    expected = "step 2 5% 2.000 nats/character 10,000 characters/s 0 s left"
    assert " ".join(steps[0].split()) == expected
    assert "plan    40 updates of 100 characters, 2.0 passes over the data, about 1 min 05 s" in lines
    assert "level: [character]" in lines
    assert "what it gives before training" in lines
    assert "finished at step 40 after 2 min 05 s of training" in lines
    assert "\x1b" not in stream.getvalue()


def test_a_terminal_gets_a_bar():
    stream = io.StringIO()
    display = Display(stream)
    display.console = Console(file=stream, force_terminal=True, width=100, color_system=None)
    play(display)
    display.close()
    text = stream.getvalue()
    assert "━" in text
    assert "2.000 nats/character" in text
    assert "validation 1.500 nats/character  best so far" in text
    assert "what it gives before training" not in text


@pytest.mark.parametrize(
    ("seconds", "text"), [(0.4, "0 s"), (59, "59 s"), (245, "4 min 05 s"), (12000, "3 h 20 min"), (59.7, "1 min 00 s")]
)
def test_durations_as_people_say_them(seconds, text):
    assert duration(seconds) == text


def test_C6_a_gradient_that_is_not_finite_is_given_up_before_the_update(text_file, tmp_path, monkeypatch):
    from elman.errors import TrainingError
    from elman.training import gradients

    monkeypatch.setattr(gradients, "clip_by_global_norm", lambda *_: float("inf"))
    with pytest.raises(TrainingError, match=r"the gradient of step 1 is not a finite number\. Nothing was saved yet"):
        elman.train("lm", str(text_file), out=tmp_path / "run", steps=5, hidden=8)


def test_the_rate_follows_the_schedule_and_the_log_says_so(small_run):
    events = [event for event in read_events(small_run / "metrics.jsonl") if event["event"] == "train"]
    rates = [event["learning_rate"] for event in events]
    assert max(rates) <= 0.003
    assert rates[-1] < 1e-5
    assert events[-1]["step"] == 60
    assert all(event["gradient_norm"] > 0 and event["tokens_per_second"] > 0 for event in events)


@pytest.mark.parametrize("path", sorted(STORED.glob("format-*")), ids=lambda path: path.name)
def test_runs_of_every_format_still_load(path, tmp_path):
    from elman.pages.report import write_report

    copy = tmp_path / "run"
    shutil.copytree(path, copy)
    write_report(RunFolder(copy))
    assert "Samples" in (copy / "report.html").read_text()
    model = elman.load(path)
    assert model.generate("anna", length=6, temperature=0) == (path / "greedy.txt").read_text()
    assert model.score(["anna sees ben ."])[0].tokens == 16


def test_a_baseline_that_is_not_beaten_is_named_once_until_that_changes():
    stream = io.StringIO()
    display = Display(stream)
    for step, unbeaten in enumerate(["0.9 (linear)", "0.9 (linear)", "0.5 (most_frequent)", "", "0.5 (most_frequent)"]):
        display(Validated(step, [], "0.4", False, unbeaten))
    display.close()
    told = [line.partition("no better than ")[2] for line in stream.getvalue().splitlines()]
    assert told == ["0.9 (linear)", "", "0.5 (most_frequent)", "", "0.5 (most_frequent)"]
