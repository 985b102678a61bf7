"""What `predict` and `evaluate` are asked for and tell: thresholds, ranks, places in the text, unknown words."""

import json

import pytest

import elman
from elman.errors import ConfigError


@pytest.fixture(scope="module")
def several(tmp_path_factory):
    """A linear model of several labels a text."""
    folder = tmp_path_factory.mktemp("several")
    words = {"sun": "warm", "snow": "cold", "rain": "wet"}
    texts = [(one, other) for one in words for other in words] * 4
    lines = [
        f"{' '.join(f'__label__{words[name]}' for name in dict.fromkeys((one, other)))} {one} and {other}\n"
        for one, other in texts
    ]
    data = folder / "weather.txt"
    data.write_text("".join(lines))
    run = elman.train("classify", data, valid=data, out=folder / "run", model="linear").path
    return run, data


@pytest.fixture(scope="module")
def tagger(tmp_path_factory):
    """A small tagger of names."""
    folder = tmp_path_factory.mktemp("tagger")
    sentence = "Anna B-PER\nKohl I-PER\nsees O\nBonn B-LOC\n. O\n\n"
    data = folder / "names.conll"
    data.write_text(sentence * 30)
    small = {"model.hidden_size": 8, "model.embedding_size": 8, "model.dropout": 0.0, "training.learning_rate": 0.03}
    return elman.train(
        "tag", data, valid=data, out=folder / "run", steps=100, settings={**small, "training.threads": 1}
    ).path


def test_a_threshold_decides_what_is_given_and_signs_the_scores(run, several, tmp_path):
    path, data = several
    text = asked(tmp_path, "snow and sun\n")
    ranked = json.loads(run("predict", path, text, "--input", "text", "--json", "--k", "3").out)["labels"]
    assert [one["label"] for one in ranked[2:]] == ["wet"]
    above = json.loads(run("predict", path, text, "--input", "text", "--json", "--threshold", "0.0001").out)["labels"]
    assert above == ranked
    assert run("predict", path, text, "--input", "text", "--threshold", "0.9999").out == "(none)\tsnow and sun\n"
    found = json.loads(run("evaluate", path, data, "--threshold", "0.0001", "--json").out)
    assert found["scores"][0]["signature"].startswith("labels:several|threshold:0.0001|elman:")
    plain = json.loads(run("evaluate", path, data, "--json").out)
    assert plain["scores"][0]["signature"].startswith("labels:several|threshold:0.5|elman:")
    assert plain["scores"][0]["value"] == 1 > found["scores"][0]["value"]


def test_from_python_too(several):
    model = elman.load(several[0])
    assert [label for label, _ in model.predict("rain and snow")] in (["wet", "cold"], ["cold", "wet"])
    assert len(model.predict("rain and snow", k=2, threshold=0.999)) == 2
    assert model.predict("rain and snow", threshold=0.9999) == []
    with pytest.raises(ConfigError, match=r"threshold: got 1, expected a probability above 0 and below 1\."):
        model.predict("rain", threshold=1)


def asked(folder, text):
    """Return a file with lines of raw text."""
    path = folder / "asked.txt"
    path.write_text(text)
    return path


def test_a_threshold_for_what_has_none(run, tagger, tmp_path):
    result = run("predict", tagger, asked(tmp_path, "a\n"), "--threshold", "0.3")
    assert (result.code, result.out) == (2, "")
    assert result.err.endswith(
        "error: threshold: got 0.3, but only a run whose texts may have several labels has one; this run of task tag "
        "has not. Leave it out.\n"
    )


def test_json_of_tags_can_be_put_back_into_the_text(run, tagger, tmp_path):
    result = run("predict", tagger, asked(tmp_path, "Anna  Kohl sees Bonn.\n"), "--json")
    found = json.loads(result.out)
    assert found["text"] == "Anna  Kohl sees Bonn."
    assert [found["text"][slice(*place)] for place in found["offsets"]] == ["Anna", "Kohl", "sees", "Bonn", "."]
    first, second = found["spans"]
    assert (first["text"], first["start"], first["stop"]) == ("Anna  Kohl", 0, 2)
    assert (first["start_char"], first["end_char"]) == (0, 10)
    assert (second["text"], second["start_char"]) == ("Bonn", 16)
    # Both words together are at most as likely as each of them.
    assert 0 < first["confidence"] <= min(found["probabilities"][:2]) + 1e-4
    assert second["confidence"] == found["probabilities"][3]


def test_input_that_is_mostly_unknown_is_told(run, tagger, tmp_path):
    result = run("predict", tagger, asked(tmp_path, "Karl Otto sees\n"))
    assert result.err == "note: 2 of 3 words of the input are unknown to the model\n"
    assert "unknown" not in run("predict", tagger, asked(tmp_path, "Karl sees\n")).err
