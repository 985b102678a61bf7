"""Part D: labels for words, for texts, and for pairs of texts."""

import json
import random

import numpy as np
import pytest

import elman
from elman.demos import DEMOS
from elman.flags import key_of
from elman.text.schemes import spans

pytestmark = pytest.mark.slow

CHASE = [  # deck 000, the slide on named entity recognition
    ("Chase Manhattan", "ORG"), ("and its merger partner", ""), ("J.P.Morgan", "ORG"), ("and", ""), ("Citibank", "ORG"),
    (", which was involved in moving about", ""), ("$ 100 million", "MONEY"), ("for", ""),
    ("Raul Salinas de Gortari", "PER"), (", brother of a", ""), ("former Mexican president", "PER"),
    (", to banks in", ""), ("Switzerland", "GPE"), (", are also expected to sign on .", ""),
]  # fmt: skip


def train(folder, name, steps, settings=(), data=None, only=None, **flags):
    """Return a model trained on the data of a demonstration, or on other data, which lies in the folder.

    `settings` come on top of those of the demonstration, `only` in their place.
    """
    demo = DEMOS.get(name)()
    path = folder / f"{name}.{demo.ending}"
    if data is not None or not path.exists():
        path.write_text(data if data is not None else demo.text(), encoding="utf-8")
    given = {key: value for key, value in demo.settings.items() if key != "task.name"} | dict(settings)
    if only is not None:
        given = {"reader.name": demo.settings["reader.name"], **only}
    out = folder / f"run-{len(list(folder.iterdir()))}"
    length = {} if steps is None else {"steps": steps}  # what is fitted in one go has none
    named = {"threads": 1, **length, **flags}
    once = {flag: value for flag, value in named.items() if key_of(flag) not in given}
    elman.train(name, str(path), out=out, settings=given, **once)
    return elman.load(out)


def best(run):
    """Return the first score of a run on what it held out."""
    events = [json.loads(line) for line in (run.path / "metrics.jsonl").read_text().splitlines()]
    return max(event["value"] for event in events if event["event"] == "validation")


def tagged(tokens):
    return "".join(f"{word} {tag}\n" for word, tag in tokens) + "\n"


def test_B15_D1_D5_a_recurrence_sees_further_than_a_window(tmp_path):
    """Parts of speech where only the first word tells whether `saw` is a verb or a noun, five words later."""
    draw, text = random.Random(3), ""
    for _ in range(400):
        first, tag = draw.choice([("they", "VERB"), ("the", "NOUN")])
        middle = [(draw.choice(["very", "quite", "so", "rather"]), "ADV") for _ in range(5)]
        text += tagged([(first, "PRON" if first == "they" else "DET"), *middle, ("saw", tag)])
    network = train(tmp_path, "tag", 120, data=text, hidden=24)
    window = train(tmp_path, "tag", 120, data=text, only={"model.hidden_size": 24}, model="window_tagger")
    assert best(network) == 1.0
    # The window takes one of both for every `saw`: about half of one word in seven is wrong.
    assert best(window) < 0.96
    assert network.predict("they very quite so rather very saw", split=True)[-1] == ("saw", "VERB")


@pytest.mark.parametrize("pooling", ["last", "mean", "max", "attention"])
def test_B15_D2_the_textbook_reviews_are_classified(tmp_path, pooling):
    model = train(tmp_path, "classify", 600, {"model.pooling": pooling, "training.validate_every": 600})
    reviews, kinds = DEMOS.get("classify").inputs[:3], ["positive", "negative", "positive"]
    assert [model.predict(review, k=1)[0][0] for review in reviews] == kinds


def test_D3_the_names_of_the_textbook_sentence_are_found(tmp_path):
    words, tags = [], []
    for text, kind in CHASE:
        part = text.split()
        words += part
        tags += [f"{'I' if place else 'B'}-{kind}" if kind else "O" for place in range(len(part))]
    others = DEMOS.get("tag")().text().split("\n\n")[:40]
    sentence = tagged(zip(words, tags, strict=True))
    settings = {"training.validate_every": 75, "task.unknown_rate": 0.0}
    model = train(tmp_path, "tag", 150, settings, sentence * 40 + "\n\n".join(others) + "\n\n", hidden=32)
    found = model.answer([model.task.parse(" ".join(words), True)])[0].facts["spans"]
    assert [(span["text"], span["type"]) for span in found] == [(text, kind) for text, kind in CHASE if kind]
    assert len(spans(tags)) == 7


def test_D4_characters_tell_the_type_of_names_never_seen(tmp_path):
    steps, small = 120, {"training.validate_every": 60, "model.hidden_size": 32}
    with_characters = best(train(tmp_path, "tag", steps, small))
    without = best(train(tmp_path, "tag", steps, small | {"model.characters": "none"}))
    assert with_characters > without + 0.03


@pytest.fixture(scope="module")
def pairs(tmp_path_factory):
    folder = tmp_path_factory.mktemp("pairs")
    return folder, train(folder, "pair", 1200, {"training.validate_every": 300})


def test_D6_the_six_textbook_entailments(pairs):
    _, model = pairs
    found = [model.predict(line, k=1)[0][0] for line in DEMOS.get("pair").inputs]
    assert found == ["contradiction", "neutral", "entailment", "contradiction", "neutral", "entailment"]


def test_D7_D8_reading_the_second_text_in_the_light_of_the_first_beats_two_vectors(pairs):
    folder, attentive = pairs
    settings = {"training.validate_every": 250, "model.compare": "concat", "model.pooling": "last"}
    settings |= {"model.bidirectional": False}
    independent = train(folder, "pair", 1000, settings, model="independent_pair")
    assert best(attentive) > best(independent)


def test_D8_attention_looks_at_the_word_that_decides(pairs):
    _, model = pairs
    facts = model.answer([model.task.parse(DEMOS.get("pair").inputs[2], False)])[0].facts["attention"]
    weights = np.array(facts["weights"])
    assert weights.shape == (len(facts["second"]), len(facts["first"]))
    np.testing.assert_allclose(weights.sum(1), 1, atol=1e-3)


def test_D47_hand_made_features_are_a_baseline(tmp_path):
    model = train(tmp_path, "pair", None, only={"model.strength": 1.0}, model="pair_features")
    assert best(model) > 0.9


def test_D48_more_data_helps_networks(tmp_path):
    header, *lines = DEMOS.get("pair")().text().splitlines(keepends=True)
    test = tmp_path / "test.tsv"
    test.write_text(header + "".join(lines[-600:]), encoding="utf-8")
    scores = []
    for size in (150, 1900):
        data = header + "".join(lines[:size])
        model = train(tmp_path, "pair", 800, {"training.validate_every": 800}, data=data, valid=str(test))
        scores.append(model.evaluate(test).scores[0].value)
    assert scores[1] > scores[0] + 0.1
