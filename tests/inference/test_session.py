"""Text that comes bit by bit."""

import math
from concurrent.futures import ThreadPoolExecutor

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


def test_many_texts_are_answered_as_each_alone(small_run):
    model = elman.load(small_run)
    texts = ["anna se", "", "ben likes carla .\nanna", "d", "emil follows emil"]
    together = model.predict(texts, k=3)
    for text, found in zip(texts, together, strict=True):
        alone = model.predict(text, k=3)
        assert [token for token, _ in found] == [token for token, _ in alone]
        assert [p for _, p in found] == pytest.approx([p for _, p in alone], rel=1e-5)
    assert model.predict([]) == []


def test_a_long_line_is_the_sum_of_its_tokens(small_run):
    model = elman.load(small_run)
    line = "anna sees ben . " * 3000
    [whole], [tokens] = model.score([line]), model.score_tokens([line])
    assert whole.tokens == len(tokens) == len(line) + 1
    assert sum(token.log10 for token in tokens) * math.log(10) == pytest.approx(whole.log_prob_nats, rel=1e-9)
    assert model.session().feed(line + "\n") == pytest.approx(whole.log_prob_nats, rel=1e-5)


def test_threads_share_a_model(small_run):
    model = elman.load(small_run)
    texts = [f"{name} se" for name in ("anna", "ben", "carla", "dora")]

    def asked(text):
        session = model.session()
        parts = [session.feed(text), session.likely(3), model.predict(text), model.generate(text, 30, seed=4)]
        return [*parts, model.score([text, "ben"])]

    alone = [asked(text) for text in texts]
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(asked, texts * 5)) == alone * 5


def test_slips_are_refused(small_run):
    model = elman.load(small_run)
    with pytest.raises(ConfigError, match="score: got one string, expected a list of lines"):
        model.score("anna")
    with pytest.raises(ConfigError, match="score_tokens: got a list with int, expected a list of lines"):
        model.score_tokens([1])
    for wrong in (5, {"a": 1}, None):
        with pytest.raises(ConfigError, match=r"predict: got \w+, expected a text or a list of texts\."):
            model.predict(wrong)
    with pytest.raises(ConfigError, match=r"generate: got a prompt of type list, expected one text\."):
        model.generate(["anna"])
    with pytest.raises(ConfigError, match=r"generate: got a prompt of type NoneType, expected one text\."):
        model.generate(None)
    for wrong, message in [
        ({"length": -1}, r"^length: got -1, expected 1 or more: with none there is the prompt alone\."),
        ({"length": 0}, r"^length: got 0, expected 1 or more: with none there is the prompt alone\."),
        ({"length": 3.5}, r"^length: got 3\.5, expected a whole number\."),
        ({"seed": "x"}, r"^seed: got 'x', expected a whole number\."),
        ({"beam": -2}, r"^beam: got -2, expected 0 or more\."),
        ({"count": 0}, r"^count: got 0, expected 1 or more\."),
        ({"count": "3"}, r"^count: got '3', expected a whole number\."),
        ({"seed": -1}, r"^seed: got -1, expected 0 or more\."),
        ({"stop": 3}, r"^stop: got int, expected a text\."),
        ({"temperature": "hot"}, r"^temperature: got 'hot', expected a number\."),
        ({"temprature": 1}, r"^generate: unknown keyword 'temprature'\. Did you mean 'temperature'\?"),
    ]:
        with pytest.raises(ConfigError, match=message):
            model.generate("anna", **wrong)
    with pytest.raises(ConfigError, match=r"k: got 0, expected a whole number, at least 1\."):
        model.predict("anna", k=0)
    with pytest.raises(ConfigError, match=r"k: got 1\.5, expected a whole number, at least 1\."):
        model.predict("anna", k=1.5)


def test_a_verb_that_a_task_lacks_is_named(small_run):
    model = elman.load(small_run)
    model.task = type("OtherTask", (), {"config": type("C", (), {"name": "tag"}), "verbs": ()})()
    with pytest.raises(
        ConfigError, match=r"'tag' has no generate; a run of task 'forecast', 'handwriting', 'lm' or 'strokes' has\."
    ):
        model.generate("x")
