"""What baselines say of the scores of a run."""

from types import SimpleNamespace

import pytest

from elman.metrics.base import Score
from elman.models import MODELS
from elman.runs.baselines import Baseline, advice, logged, unbeaten
from elman.tasks import TASKS


def baseline(model, value, lower=False, frequencies=False, unknown=0.0, seconds=2.3):
    score = Score("cross_entropy" if lower else "accuracy", value, "unit", "signature", lower)
    return Baseline(model, score, f"{value:.2f}", frequencies, unknown, seconds)


def options(task=None, model=None):
    """Return the sections of a run, of models and tasks as they are."""
    name = "tag" if not task else "classify" if "words" in task else "lm"
    task = TASKS.get(name).Config(**(task or {}))
    return SimpleNamespace(task=task, model=MODELS.get("rnn_tagger").Config(**(model or {})))


def test_a_log_gives_them_back():
    found = [baseline("most_frequent", 0.5, frequencies=True, unknown=0.25), baseline("linear", 0.75)]
    events = [{"event": "data"}, *({"event": "baseline", **one.facts()} for one in found), {"event": "sample"}]
    assert logged(events) == found
    assert logged([{"event": "baseline", **found[0].facts(), "value": None}]) == []


@pytest.mark.parametrize(
    ("lower", "value", "above"),
    [
        (False, 0.4, "linear"),
        (False, 0.5, "linear"),
        (False, 0.75, "linear"),
        (False, 0.76, None),
        (False, None, "linear"),
        (False, float("nan"), "linear"),
        (True, 0.4, None),
        (True, 0.5, "most_frequent"),
        (True, 0.6, "most_frequent"),
    ],
)
def test_the_best_that_is_not_beaten_is_named_and_an_equal_score_beats_nothing(lower, value, above):
    easy = [baseline("most_frequent", 0.5, lower), baseline("linear", 0.75, lower)]
    found = unbeaten(easy, value)
    assert (found.model if found else None) == above
    assert unbeaten([], value) is None


def test_what_to_try_depends_on_what_is_short():
    linear, easy = baseline("linear", 0.75), baseline("most_frequent", 0.5, frequencies=True)
    assert advice(linear, 0.3, "", 0.003, options()) == [
        "more --minutes: 0.3 passes over the data were made, less than one",
        "--model linear: fitted in 3 s here",
    ]
    assert advice(easy, 4.0, "it rose", 0.003, options()) == ["more --minutes: it rose, after 4.0 passes over the data"]
    assert advice(easy, 0.3, "it rose", 0.003, options()) == [
        "more --minutes: 0.3 passes over the data were made, less than one, and it rose"
    ]
    assert advice(easy, 0.3, "", 0.003, options(), 90.0) == [
        "more --minutes, about 5 for one pass: 0.3 passes over the data were made, less than one"
    ]
    assert advice(easy, 4.0, "it rose", 0.003, options(), 90.0) == [
        "more --minutes, about 3 for twice as many passes: it rose, after 4.0 passes over the data"
    ]
    assert advice(easy, 4.0, "", 0.003, options()) == ["another --learning-rate: it was 0.003; try 0.001 and 0.009"]
    assert advice(easy, 4.0, "", None, options()) == []  # what is fitted in one go learns by no rate
    unknown = baseline("most_frequent", 0.5, frequencies=True, unknown=0.6)
    words = "60% of the words of validation are unknown"
    assert advice(unknown, 4.0, "", 0.003, options(model={"characters": "none"})) == [
        f"--set model.characters=lstm: {words}"
    ]
    assert advice(unknown, 4.0, "", 0.003, options(task={"level": "word"})) == [f"--level character or bpe: {words}"]
    assert "learning-rate" in advice(unknown, 4.0, "", 0.003, options(model={"characters": "lstm"}))[0]
    for how, characters, help_ in (
        ("simple", "none", f"--set task.words=characters: {words}"),
        ("simple", "lstm", "another --learning-rate: it was 0.003; try 0.001 and 0.009"),
        ("characters", "none", "another --learning-rate: it was 0.003; try 0.001 and 0.009"),
    ):  # both together are refused, and one of them is advised
        text = options(task={"words": how}, model={"characters": characters})
        assert advice(unknown, 4.0, "", 0.003, text) == [help_]


def test_models_and_tasks_say_themselves_what_reads_smaller_parts():
    tagger, linear, text = (MODELS.get(name).Config for name in ("rnn_tagger", "linear", "unigram"))
    assert (tagger().spells, tagger().finer) == (True, "")
    assert (tagger(characters="none").spells, tagger(characters="none").finer) == (
        False,
        "--set model.characters=lstm",
    )
    assert (linear().spells, linear(characters=3).spells, text().spells) == (False, True, False)
    lm, classify = (TASKS.get(name).Config for name in ("lm", "classify"))
    plain, spelling = tagger(characters="none"), tagger()
    assert (lm(level="word").finer(text()), lm(level="bpe").finer(text())) == ("--level character or bpe", "")
    assert [classify().finer(model) for model in (plain, spelling)] == ["--set task.words=characters", ""]
    assert classify(words="characters").finer(plain) == ""
    assert TASKS.get("tag").Config().finer(plain) == "--set model.characters=lstm"
    assert classify().spelled().words == "words"
    assert classify(words="characters").spelled().words == "characters"
    assert lm().spelled() == lm()


def test_where_everything_is_right_nothing_could_be_better():
    whole = Baseline("most_frequent", Score("accuracy", 1.0, "of texts", "", False), "100 %", True, 0.0, 0.1)
    assert whole.is_beaten_by(1.0)
    assert not whole.is_beaten_by(0.99)
    assert not baseline("linear", 1.0).is_beaten_by(1.0)  # of an open scale
