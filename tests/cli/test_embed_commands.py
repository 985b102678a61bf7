"""Word vectors from the command line: one command trains, and what it gives is asked, scored and written."""

import io
import json
import random
import shutil
import sys

import numpy as np
import pytest

import elman
from elman.vectors.formats import read_vectors

KINDS = [(["king", "queen", "prince"], ["rules", "crowns"]), (["cat", "dog", "horse"], ["eats", "chases"])]
ENDINGS = ["v.txt", "v.vec", "v.glove", "v.bin", "v.npy", "v.txt.gz", "v.glove.gz", "v.bin.gz"]
FEW = ["--epochs", 4, "--threads", 1, "--learning-rate", 0.1, "--set", "model.embedding_size=8"]


def written(path, text):
    path.write_text(text, encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def text(tmp_path_factory):
    draw, lines = random.Random(1), []
    for _ in range(400):
        who, does = draw.choice(KINDS)
        lines.append(f"The {draw.choice(who)} {draw.choice(does)}, and the {draw.choice(who)} {draw.choice(does)}.\n")
    return written(tmp_path_factory.mktemp("text") / "court.txt", "".join(lines))


@pytest.fixture(scope="module")
def trained(tmp_path_factory, text):
    out = tmp_path_factory.mktemp("runs") / "court"
    settings = {"model.embedding_size": 8, "model.subsample": 0, "training.learning_rate": 0.1}
    return elman.train("embed", str(text), out=out, epochs=15, threads=1, settings=settings).path


@pytest.fixture
def typed(monkeypatch):
    """Return a function that lets a command read lines from standard input."""
    return lambda lines: monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(lines.encode())))


def test_one_command_trains(run, text, tmp_path):
    result = run("train", "embed", text, "--out", tmp_path / "run", *FEW)
    assert result.code == 0, result.err
    for said in (
        "words: simple, guessed: punctuation is cut off; --set task.words=simple or blanks decides it",
        "validation: 1% of the data, held out; --valid FILE gives another",
        "threads: 1: the same numbers each time",
        "skip-gram, 5 negatives, 8 numbers",
    ):
        assert said in " ".join(result.err.split()), said
    for suggested in ("echo WORD | elman predict", "elman export", "--resume"):
        assert suggested in result.out


def test_predict_reads_words_of_lines(run, trained, typed):
    typed("king\nCat\nxyz\n\n")
    result = run("predict", trained, "--k", 2)
    assert result.code == 0, result.err
    king, cat, unknown, empty = result.out.splitlines()
    assert king.startswith("king -> ")
    assert {king.split()[2], king.split()[4]} <= {*KINDS[0][0], *KINDS[0][1]}
    assert cat.startswith("Cat -> ")
    assert (unknown, empty) == ("xyz -> (no vector)", " -> (no vector)")


def test_predict_as_json(run, trained, tmp_path):
    result = run("predict", trained, written(tmp_path / "words.txt", "king\nxyz\n"), "--k", 3, "--json")
    king, unknown = map(json.loads, result.out.splitlines())
    assert (king["word"], king["known"], len(king["nearest"])) == ("king", True, 3)
    assert set(king["nearest"][0]) == {"word", "cosine"}
    assert unknown == {"word": "xyz", "known": False, "nearest": []}


def test_predict_of_data_is_refused(run, trained, text):
    result = run("predict", trained, text, "--input", "data")
    assert result.code == 2
    assert "--input data: task embed reads lines of text. Leave it out." in result.err


def test_analogies(run, trained, small_run):
    words = ["--analogy", "king", "rules", "cat"]
    shown = run("predict", trained, *words, "--k", 2)
    assert shown.out.startswith("king : rules = cat : ")
    assert len(shown.out.split()) == 6 + 4
    found = json.loads(run("predict", trained, *words, "--k", 2, "--json").out)
    assert [found[name] for name in "abc"] == words[1:]
    assert [near["word"] for near in found["nearest"]] == shown.out.split()[6::2]
    unknown = run("predict", trained, "--analogy", "king", "emperor", "cat")
    assert unknown.code == 2
    assert "'emperor': not among the 12 words of this run." in " ".join(unknown.err.split())
    other = run("predict", small_run, *words)
    assert other.code == 2
    assert "task 'lm' has no analogy; a run of task 'embed' has." in " ".join(other.err.split())


def test_evaluate_tells_what_a_file_asks(run, trained, text, tmp_path):
    pairs = written(tmp_path / "pairs.csv", "king,queen,9\nking,cat,1\ncat,dog,8\nqueen,horse,2\nxyz,cat,3\n")
    analogies = written(tmp_path / "asked.txt", ": doing\nking rules cat eats\nking rules xyz eats\n")
    for file, names, counted in (
        (pairs, ["spearman_pairs"], {"pairs of pairs": 5, "answered of pairs": 4}),
        (analogies, ["accuracy_asked"], {"questions of asked": 2, "answered of asked": 1}),
        (text, ["cross_entropy", "cloze_accuracy"], {"words": 2800, "gaps": 2000}),
    ):
        found = json.loads(run("evaluate", trained, file, "--json").out)
        assert [score["name"] for score in found["scores"]] == names
        assert found["counts"].items() >= counted.items()
        shown = run("evaluate", trained, file)
        assert shown.code == 0, shown.err
        assert all(name.replace("_", " ") in shown.out for name in names)
    both = json.loads(run("evaluate", trained, pairs, analogies, "--json").out)
    assert [score["name"] for score in both["scores"]] == ["spearman_pairs", "accuracy_asked"]
    assert both["scores"][0]["value"] > 0.5
    mixed = run("evaluate", trained, pairs, text)
    assert mixed.code == 2
    assert "has questions and" in mixed.err


@pytest.mark.parametrize("name", ENDINGS)
def test_every_format_is_written_and_read(run, trained, tmp_path, name):
    result = run("export", trained, tmp_path / name)
    assert result.code == 0, result.err
    beside = ", words in v.words.txt" if name == "v.npy" else ""
    assert result.out == f"{tmp_path / name}: 12 vectors of 8 numbers{beside}\n"
    model = elman.load(trained)
    found = read_vectors(tmp_path / name)
    assert found.words == list(model.task.vocabulary.tokens)
    np.testing.assert_array_equal(found.matrix, model.model.vectors)
    assert not list(tmp_path.glob(".*"))


def test_files_are_converted(run, trained, tmp_path):
    run("export", trained, tmp_path / ENDINGS[0])
    before = read_vectors(tmp_path / ENDINGS[0])
    for source, target in zip(ENDINGS, [*ENDINGS[1:], "last.vec.gz"], strict=True):
        result = run("export", tmp_path / source, tmp_path / target)
        assert result.code == 0, result.err
        assert "12 vectors of 8 numbers" in result.out
        after = read_vectors(tmp_path / target)
        assert after.words == before.words
        np.testing.assert_array_equal(after.matrix, before.matrix)


def test_a_file_that_is_there_stays_unless_told_otherwise(run, trained, tmp_path):
    file = written(tmp_path / "v.txt", "mine")
    refused = run("export", trained, file)
    assert refused.code == 2
    message = f"{file}: there is a file already. Give another name, or replace it with --overwrite."
    assert message in " ".join(refused.err.split())
    assert file.read_text() == "mine"
    assert run("export", trained, file, "--overwrite").code == 0
    assert len(read_vectors(file).words) == 12
    beside = written(tmp_path / "a.words.txt", "mine")
    assert run("export", trained, tmp_path / "a.npy").code == 2
    assert beside.read_text() == "mine"
    assert not (tmp_path / "a.npy").exists()


def test_an_analogy_goes_without_a_file(run, trained, text):
    result = run("predict", trained, text, "--analogy", "king", "queen", "cat")
    assert result.code == 2
    assert "--analogy: has its three words itself. Leave out the file and --input." in " ".join(result.err.split())


def test_what_cannot_be_exported(run, trained, small_run, tmp_path):
    endings = ".txt, .vec, .glove, .bin, .npy"
    for source, name, message in (
        (trained, "v.csv", f"its ending names no format of vectors. Expected one of: {endings}, with or without .gz."),
        (trained, "v.npy.gz", f"its ending names no format of vectors. Expected one of: {endings}, with or without"),
        (trained, "no/such/v.txt", "cannot be written: No such file or directory."),
        (trained, "v.arpa", f"v.arpa: {trained} has word vectors, which end in {endings}, with or without .gz."),
        (
            small_run,
            "v.txt",
            f"{small_run}: a run of model 'rnn_lm' (task 'lm') has no format that other programs read: n-grams (model "
            f"'ngram') have .arpa, word vectors (task 'embed') {endings}. To use it elsewhere, copy the folder: elman "
            "predict and elman.load read it anywhere, and model.safetensors has its weights by name.",
        ),
        (written(tmp_path / "bad.txt", "a 1 2\nb 1\n"), "v.bin", "bad.txt:2: 1 number, expected 2"),
    ):
        result = run("export", source, tmp_path / name)
        assert result.code == 2, name
        assert message in " ".join(result.err.split()), result.err
        assert not (tmp_path / name).exists()


def test_words_that_a_format_cannot_hold_are_named(run, tmp_path):
    np.save(tmp_path / "v.npy", np.ones((2, 3), np.float32))
    written(tmp_path / "v.words.txt", "one\nNew York\n")
    result = run("export", tmp_path / "v.npy", tmp_path / "v.txt")
    assert result.code == 2
    message = "v.txt: .txt cannot hold the word 'New York'. Export to .npy, or leave it out."
    assert message in " ".join(result.err.split())


def test_keys_of_networks_are_refused_with_their_flag(run, text, text_file, tmp_path):
    result = run("train", "embed", text, "--batch-size", 4, "--out", tmp_path / "run")
    assert result.code == 2
    assert "--batch-size: means nothing to model word2vec. Leave it out" in " ".join(result.err.split())
    result = run("train", "lm", text_file, "--model", "ngram", "--steps", 4, "--out", tmp_path / "run")
    assert result.code == 2
    message = "--steps: means nothing to model ngram. Leave it out: of [training] it takes seed, threads."
    assert message in " ".join(result.err.split())


def test_a_validation_without_a_number_ends_well(run, text, tmp_path):
    few = tmp_path / "few.txt"
    few.write_text("king\n")
    result = run("train", "embed", text, "--valid", few, "--epochs", 1, "--threads", 1, "--out", tmp_path / "run")
    assert result.code == 0, result.err
    assert "on validation: no pair of words to validate on, at step" in result.out


@pytest.mark.parametrize("between", [" ", ";", "\t", ","])
def test_pairs_are_pairs_whatever_stands_between(run, trained, tmp_path, between):
    rows = [("king", "queen", "9.5"), ("cat", "dog", "9"), ("king", "cat", "1")]
    file = written(tmp_path / "men.txt", "".join(f"{between.join(row)}\n" for row in rows))
    found = json.loads(run("evaluate", trained, file, "--json").out)
    [score] = [one for one in found["scores"] if "pairs:3|answered:3" in one["signature"]]
    assert score["value"] is not None


def test_a_score_that_is_no_number_is_said_in_words(run, trained, tmp_path):
    shown = run("evaluate", trained, written(tmp_path / "odd.txt", "king\n\nqueen\n")).out
    assert "nan" not in shown
    assert "note: -: nothing to score, or all values are the same: cross entropy. Is it the right file?" in shown


def test_going_on_says_that_the_rate_rises(run, trained, tmp_path):
    shutil.copytree(trained, tmp_path / "run")
    said = run("train", "--resume", tmp_path / "run", "--epochs", 20).err
    assert "the rate rises again: it now falls over 20 stretches" in " ".join(said.split())


def test_an_export_says_that_parts_stay_behind(run, text, tmp_path):
    run("train", "embed", text, "--out", tmp_path / "run", "--set", "model.subwords=[3, 4]", *FEW)
    said = run("export", tmp_path / "run", tmp_path / "v.txt").out
    assert "The vectors of parts of words stay in the run: other words have none in the file" in said
