"""Transcription from files to scores: what fits, what is searched for, what is said of it."""

import json
from itertools import pairwise

import jiwer
import numpy as np
import pytest

import elman
from elman.cli.main import main
from elman.data.records import Example
from elman.errors import ConfigError, DataError
from elman.evaluation.mistakes import Asked
from elman.evaluation.transcripts import transcript_verdict
from tests.contracts.test_tasks import recordings
from tests.decoding.ctc import GOLDENS

SMALL = {"model.hidden_size": 24, "model.num_layers": 1, "training.learning_rate": 0.02, "training.batch_size": 8}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    path = tmp_path_factory.mktemp("ctc")
    recordings(path)
    return path


@pytest.fixture(scope="module")
def run(folder):
    data = str(folder / "recordings.jsonl")
    elman.train("ctc", data, valid=data, out=folder / "run", steps=120, threads=1, settings=SMALL)
    return folder / "run"


def written(folder, *rows, name="data.jsonl"):
    (folder / name).write_text(
        "".join(json.dumps({"text": text, "x": [0.1, *[0.5] * (n - 1)]}) + "\n" for text, n in rows)
    )
    return str(folder / name)


def told(capsys, *options):
    code = main(["train", "ctc", *map(str, options), "--steps", "1", "--set", "model.hidden_size=8"])
    return code, capsys.readouterr().err


def test_D28_it_learns_to_write_what_was_drawn(run, folder):
    found = {score.name: score.value for score in elman.load(run).evaluate(str(folder / "recordings.jsonl")).scores}
    assert found["cer"] < 0.2
    assert list(found) == ["cer", "wer", "mean_cer", "exact_match"]


def test_rows_that_cannot_fit_are_told_with_both_numbers_and_left_out(tmp_path, capsys):
    rows = [("ab", 12)] * 7 + [("abc", 6), ("aab", 9), ("ba", 9)]
    data = written(tmp_path, *rows)
    code, said = told(capsys, data, "--valid", data, "--out", tmp_path / "run")
    assert code == 0
    assert (
        f"left out: 2 of 10 texts do not fit into their recordings: {data}:8 has 3 labels, and 2 steps; {data}:9 has 3 "
        "labels and 1 between equal neighbours, and 3 steps\n"
    ) in said
    assert "plan    1 update of 16 characters, 1.0 passes over the data" in said


def test_a_corpus_of_bad_rows_stops_with_a_message(tmp_path, capsys):
    data = written(tmp_path, *[("ab", 12)] * 7, *[("abcabc", 6)] * 3)
    code, said = told(capsys, data, "--valid", data, "--out", tmp_path / "run")
    assert code == 2
    assert "3 of 10 texts do not fit into their recordings" in said
    assert said.endswith("Are they the texts of these recordings? A smaller model.stack leaves more steps.\n")
    assert told(capsys, data, "--valid", data, "--out", tmp_path / "run", "--set", "model.stack=1")[0] == 0


def test_the_progress_line_has_the_share_of_blanks(tmp_path, capsys):
    data = written(tmp_path, *[("ab", 12), ("ba", 15)] * 4)
    code, said = told(capsys, data, "--valid", data, "--out", tmp_path / "run")
    line = next(line for line in said.splitlines() if line.startswith("step       1   100%"))
    assert code == 0
    assert "nats/character   blank " in line
    assert line.partition("blank ")[2].split()[0].endswith("%")


def test_texts_that_are_written_otherwise_are_refused(run, tmp_path):
    data = tmp_path / "upper.jsonl"
    data.write_text(json.dumps({"text": "ABBA a", "x": [[0.0, 1.0]] * 40}) + "\n")
    message = (
        r"upper\.jsonl:1: 4 of 6 characters were not learned in training: [AB] [AB]\. Write texts as those of the "
        r"training are written, such as in the same case\.$"
    )
    with pytest.raises(DataError, match=message):
        elman.load(run, reader={"values": ["x"]}).evaluate(str(data))


def test_characters_that_no_training_text_had_are_counted(run, tmp_path):
    data = tmp_path / "some.jsonl"
    data.write_text(json.dumps({"text": "abbaX", "x": [[0.0, 1.0]] * 40}) + "\n")
    found = elman.load(run, reader={"values": ["x"]}).evaluate(str(data))
    assert found.counts["characters of the file that no training text had"] == 1


def test_texts_that_are_all_the_same_are_refused(tmp_path, capsys):
    data = written(tmp_path, *[("ab", 12)] * 9)
    code, said = told(capsys, data, "--out", tmp_path / "run")
    assert code == 2
    assert "texts are the same: 'ab', expected different ones. Is it the right file?" in said


def test_a_search_says_in_its_signature_what_it_knew(run, folder, tmp_path):
    data = str(folder / "recordings.jsonl")
    (tmp_path / "words.txt").write_text("a\nb\nab\n")
    cases = {
        "decoder:best path": {},
        "decoder:prefix beam|beam:4": {"beam": 4},
        "decoder:prefix beam|beam:4|lm:5-gram of labels, training|alpha:0.5|beta:1": {"beam": 4, "lm": "labels"},
        "decoder:prefix beam|beam:4|lm:2-gram of words, training|lexicon:words.txt|alpha:0.3|beta:0": {
            **{"beam": 4, "lm": "words", "lexicon": str(tmp_path / "words.txt"), "alpha": 0.3, "beta": 0.0}
        },
    }
    for signature, options in cases.items():
        score = elman.load(run, task=options).evaluate(data).scores[0]
        assert score.signature.startswith(f"{signature}|token:character|texts:pooled|elman:")
    model = elman.load(
        run, task=cases["decoder:prefix beam|beam:4|lm:2-gram of words, training|lexicon:words.txt|alpha:0.3|beta:0"]
    )
    texts = [answer.value for answer in model.answer(list(model.read(data)))]
    assert {word for text in texts for word in text.split()} <= {"a", "b", "ab"}


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"lm": "words"}, r"beam: got 0, expected 1 or more: only a search can add what is known of texts\."),
        (
            {"beam": 4, "lm_file": "x.arpa"},
            r"lm_file: got a file, but lm = none\. Set task\.lm to labels or words: what",
        ),
    ],
    ids=str,
)
def test_options_that_mean_nothing_are_refused(run, options, message):
    with pytest.raises(ConfigError, match=message):
        elman.load(run, task=options)


def test_a_list_of_words_that_is_not_there_is_named(run, folder, tmp_path):
    model = elman.load(run, task={"beam": 4, "lexicon": str(tmp_path / "none.txt")})
    message = (
        r"none\.txt: cannot be read: No such file or directory\. Give task\.lexicon a file of words, one a line\.$"
    )
    with pytest.raises(DataError, match=message):
        model.evaluate(str(folder / "recordings.jsonl"))
    (tmp_path / "none.txt").write_bytes(b"\xff\n")
    with pytest.raises(DataError, match=r"none\.txt: cannot be read: not UTF-8\. Give task\.lexicon"):
        model.evaluate(str(folder / "recordings.jsonl"))


def test_as_many_texts_as_a_search_keeps(run, folder):
    model, data = elman.load(run, task={"beam": 4}), str(folder / "recordings.jsonl")
    answer = model.answer(list(model.read(data))[:1], 3)[0]
    assert len(answer.value) == len(answer.facts["others"]) + 1 == 3
    chances = [answer.facts["log_prob"], *(one["log_prob"] for one in answer.facts["others"])]
    assert chances == sorted(chances, reverse=True)
    labels = answer.facts["labels"]
    assert "".join(one["label"] for one in labels) == answer.value[0]
    assert all(one["end"] <= other["begin"] for one, other in pairwise(labels))
    with pytest.raises(ConfigError, match=r"^k: got 5 texts of a search along 4, expected at most as many\. Set task"):
        model.answer(list(model.read(data))[:1], 5)


def test_a_run_keeps_what_was_tuned(folder, run, capsys):
    data = str(folder / "recordings.jsonl")
    assert main(["tune", str(run), data, "--set", "task.beam=3", "--set", "task.lm=labels", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    score = elman.load(run).evaluate(data).scores[0]
    assert f"beam:3|lm:5-gram of labels, training|alpha:{found['alpha']:g}|beta:{found['beta']:g}|" in score.signature
    assert score.value == found["error"]
    plain = elman.load(run, task={"beam": 3, "lm": "labels", "alpha": 0.0, "beta": 0.0}).evaluate(data).scores[0]
    assert score.value <= plain.value
    (run / "answering.json").unlink()
    assert main(["tune", str(run), data]) == 2
    assert (
        "task.lm: got none, expected labels or words: α and β say how much it counts. Give" in capsys.readouterr().err
    )


def test_a_view_has_the_frames_of_each_label(run, folder, capsys):
    first = json.loads((folder / "recordings.jsonl").read_text().splitlines()[1])
    (folder / "one.jsonl").write_text(json.dumps(first) + "\n")
    assert main(["inspect", str(run), "times", str(folder / "one.jsonl"), "--format", "json"]) == 0
    facts = json.loads(capsys.readouterr().out)
    assert facts["text"] == first["text"]
    assert [one["label"] for one in facts["labels"]] == list(first["text"])
    for place, one in enumerate(facts["labels"]):  # seven frames each
        assert abs(one["begin"] - 7 * place) <= 6
    (folder / "silent.jsonl").write_text(json.dumps({"frames": first["frames"]}) + "\n")
    assert main(["inspect", str(run), "times", str(folder / "silent.jsonl")]) == 0
    assert capsys.readouterr().out.splitlines()[1].split() == ["label", "from", "frame", "to", "confidence"]


def asked(pairs):
    examples = [Example({"text": one["reference"]}, f"file:{row}") for row, one in enumerate(pairs, 1)]
    return transcript_verdict(
        Asked(examples), [one["hypothesis"] for one in pairs], list, "character", "cer", "decoder:best path"
    )


def test_error_rates_equal_goldens_and_jiwer():
    pairs = GOLDENS["error_rates"]["pairs"]
    found = {score.name: score.value for score in asked(pairs).scores}
    assert found["wer"] == pytest.approx(GOLDENS["error_rates"]["corpus_wer"], abs=1e-12)
    assert found["cer"] == pytest.approx(GOLDENS["error_rates"]["corpus_cer"], abs=1e-12)
    references, hypotheses = ([one[key] for one in pairs] for key in ("reference", "hypothesis"))
    assert found["wer"] == pytest.approx(jiwer.wer(references, hypotheses))
    assert found["cer"] == pytest.approx(jiwer.cer(references, hypotheses))
    each = [jiwer.cer(one, other) for one, other in zip(references, hypotheses, strict=True)]
    assert found["mean_cer"] == pytest.approx(np.mean(each))
    for one in pairs:
        alone = asked([one]).observed
        assert alone["wer"][1]() == [(one["word_errors"], one["words"])]
        assert alone["cer"][1]() == [(one["character_errors"], one["characters"])]


def test_an_empty_text_adds_its_errors_and_has_no_rate_of_its_own():
    pairs = [{"reference": "", "hypothesis": "a b"}, {"reference": "ab", "hypothesis": "ab"}]
    found = {score.name: score.value for score in asked(pairs).scores}
    assert (found["cer"], found["wer"], found["mean_cer"]) == (1.5, 2.0, 0.0)
    assert np.isnan(asked(pairs[:1]).scores[0].value)


def test_rare_labels_are_read_as_unknown_where_that_is_asked_for(tmp_path):
    data = written(tmp_path, *[("ab", 12), ("ba", 12)] * 6, ("abz", 20))
    settings = {**SMALL, "model.hidden_size": 4, "task.min_count": 2}
    options = {"steps": 1, "threads": 1, "listener": elman.silent, "settings": settings}
    run = elman.train("ctc", data, valid=data, out=tmp_path / "run", **options)
    assert "z" not in elman.load(run).task.writer.names
