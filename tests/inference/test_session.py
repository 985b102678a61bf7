"""Text that comes bit by bit."""

import pytest

import elman
from elman.errors import ConfigError


def test_a_session_adds_up_to_the_score_of_a_line(small_run):
    model = elman.load(small_run)
    session = model.session()
    total = sum(session.feed(part) for part in ("anna ", "sees", "", " ben .\n"))
    assert total == pytest.approx(model.score(["anna sees ben ."])[0].log_prob_nats, rel=1e-5)


def test_what_is_likely_is_what_predict_says(small_run):
    model = elman.load(small_run)
    session = model.session()
    session.feed("anna se")
    found, expected = session.likely(4), model.predict("anna se", 4)
    assert [token for token, _ in found] == [token for token, _ in expected]
    assert [p for _, p in found] == pytest.approx([p for _, p in expected], rel=1e-5)


def test_slips_are_refused(small_run):
    model = elman.load(small_run)
    with pytest.raises(ConfigError, match="score: got one string, expected a list of lines"):
        model.score("anna")
    with pytest.raises(ConfigError, match=r"k: got 0, expected at least 1\."):
        model.predict("anna", k=0)


def test_a_verb_that_a_task_lacks_is_named(small_run):
    model = elman.load(small_run)
    model.task = type("OtherTask", (), {"config": type("C", (), {"name": "tag"})})()
    with pytest.raises(ConfigError, match=r"task 'tag' has no generate; a run of task 'lm' has\."):
        model.generate("x")
