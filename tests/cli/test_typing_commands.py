"""Typing from the command line: what suggestions save, what they are, and a keyboard at a pseudo-terminal."""

import json
import os
import pty
import re
import select
import signal
import subprocess
import sys
import termios
import time
from types import SimpleNamespace

import pytest

import elman
from elman.errors import ConfigError
from elman.keyboard.of_runs import evaluate_files, keyboard

LINES = ["the cat sat on the mat", "the man sat on the cat", "a cat sat", "the mat and the man"] * 12


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    """A trigram and a unigram of words, a model of characters, another vocabulary, a small LSTM."""
    folder = tmp_path_factory.mktemp("typing")
    (folder / "train.txt").write_text("\n".join(LINES) + "\n", encoding="utf-8")
    (folder / "other.txt").write_text("\n".join([*LINES, "dogs run"] * 2) + "\n", encoding="utf-8")
    (folder / "test.txt").write_text("the cat sat on the mat\n\na gnu sat\n", encoding="utf-8")

    def train(name, data="train.txt", **flags):
        path = str(folder / data)
        return elman.train("lm", train=path, valid=path, out=folder / name, **flags).path

    ngram = {"model": "ngram", "level": "word"}
    return {
        "folder": folder,
        "test": folder / "test.txt",
        "trigram": train("trigram", **ngram, settings={"model.order": 3}),
        "unigram": train("unigram", **ngram, settings={"model.order": 1}),
        "characters": train("characters", model="ngram", level="character"),
        "bytes": train("bytes", model="ngram", level="byte"),
        "other": train("other", "other.txt", **ngram),
        "lstm": train("lstm", level="word", hidden=8, steps=20, batch_size=4),
    }


def test_evaluate_typing_prints_scores_with_rule_and_k(run, runs):
    result = run("evaluate", runs["trigram"], runs["test"], "--typing", "B", "--k", 2)
    assert result.code == 0
    assert result.out.startswith("9 words  1 unknown  2 lines  31 characters\n\nrule:B|k:2|case:folded|")
    assert "  B: taking a word is a key, its blank another " in result.out
    assert re.search(r"note: \d+\.\d\d ms a key on this machine, the steps of the model included\n", result.err)


def test_evaluate_typing_as_json_is_what_python_gives(run, runs):
    result = run("evaluate", runs["trigram"], runs["test"], "--typing", "A", "--json")
    found = json.loads(result.out)
    measured = evaluate_files(elman.load(runs["trigram"]), runs["test"])
    assert [one["value"] for one in found["scores"]] == [one.value for one in measured.evaluation.scores]
    assert found["milliseconds"] > 0
    assert found["counts"] == {"words": 9, "unknown": 1, "lines": 2, "characters": 31}


def test_more_context_saves_more(runs):
    saved = [evaluate_files(elman.load(runs[name]), runs["test"]).evaluation for name in ("unigram", "trigram")]
    assert saved[0].scores[0].value < saved[1].scores[0].value


def test_files_are_read_as_those_of_the_training(run, runs):
    (runs["folder"] / "marked.txt").write_bytes(b"\xef\xbb\xbfthe cat sat  on the\tmat\r\n\r\na gnu sat")
    same = [
        run("evaluate", runs["trigram"], runs["folder"] / name, "--typing", "A") for name in ("test.txt", "marked.txt")
    ]
    assert same[0].out == same[1].out


def test_networks_and_means_of_runs_suggest(run, runs):
    both = run("evaluate", runs["trigram"], runs["lstm"], "--on", runs["test"], "--typing", "A", "--mix", "--json")
    assert json.loads(both.out)["scores"][0]["signature"].startswith("models:2|rule:A|k:3|")
    each = run("evaluate", runs["trigram"], runs["lstm"], "--on", runs["test"], "--typing", "A")
    assert each.out.count("keystrokes saved  ") == 2
    same = evaluate_files([elman.load(runs["trigram"])] * 2, runs["test"]).evaluation
    alone = evaluate_files(elman.load(runs["trigram"]), runs["test"]).evaluation
    assert [one.value for one in same.scores] == [one.value for one in alone.scores]


def test_what_the_run_has_learned_from_is_told(run, runs):
    result = run("evaluate", runs["trigram"], runs["folder"] / "train.txt", "--typing", "A")
    assert "was trained on train.txt: its scores there say nothing about other data." in result.err


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--typing", "F"], "error: rule (--typing): got 'F', expected A, B, C, D or E."),
        (
            ["--typing", "A", "--k", "0"],
            "error: k (--k): got 0, expected a whole number from 1 to 8, the words that the model",
        ),
        (["--k", "2"], "error: --k: only --typing suggests words. Leave it out."),
        (["--typing", "A", "--cache", "5"], "error: --cache: does not go with --typing. Leave it out."),
        (["--typing", "A", "--out", "x"], "error: --out: does not go with --typing. Leave it out."),
        (["--typing", "A", "--threshold", ".5"], "error: --threshold: does not go with --typing. Leave it out."),
    ],
)
def test_options_that_mean_nothing_are_refused(run, runs, options, message):
    result = run("evaluate", runs["trigram"], runs["test"], *options)
    assert (result.code, result.err.startswith(message)) == (2, True)


def test_models_that_cannot_suggest_together_or_at_all_are_refused(run, runs, tmp_path):
    message = (
        r": got a model of bytes, expected one of words or characters, to suggest words\. Train it with --level word\.$"
    )
    with pytest.raises(ConfigError, match=message):
        keyboard(elman.load(runs["bytes"]))
    message = r": has another vocabulary than .*trigram, and cannot suggest with it: only"
    with pytest.raises(ConfigError, match=message):
        keyboard(elman.load(runs["trigram"]), elman.load(runs["other"]))
    result = run("type", runs["bytes"], runs["test"])
    assert result.code == 2
    assert "expected one of words or characters" in result.err


def test_lines_are_shown_with_what_would_have_been_suggested(run, runs):
    result = run("type", runs["trigram"], runs["test"], "--k", 2)
    assert result.code == 0
    first = result.out.splitlines()[0].split()
    assert first[:3] == ["the", "0", "letters"]
    assert "(unknown)" in next(line for line in result.out.splitlines() if line.startswith("gnu"))


def test_lines_as_json(run, runs):
    found = [json.loads(line) for line in run("type", runs["trigram"], runs["test"], "--json").out.splitlines()]
    assert [one["text"] for one in found] == ["the cat sat on the mat", "", "a gnu sat"]
    assert [one["word"] for one in found[0]["words"]] == ["the", "cat", "sat", "on", "the", "mat"]
    assert found[0]["words"][0]["letters"] == 0
    assert found[2]["words"][1] | {"suggestions": 0} == {
        "word": "gnu",
        "known": False,
        "letters": None,
        "suggestions": 0,
    }


def typed(path, *sent):
    """Type at a pseudo-terminal; return the exit code, what was written, and whether the terminal is as before."""
    ours, theirs = pty.openpty()
    before = termios.tcgetattr(theirs)
    command = [sys.executable, "-m", "elman", "type", str(path)]
    process = subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs, env={**os.environ, "COLUMNS": "60"})
    seen = b""

    def wait_for(text):
        nonlocal seen
        last = time.monotonic() + 20
        while text not in seen and time.monotonic() < last and process.poll() is None:
            if select.select([ours], [], [], 0.1)[0]:
                seen += os.read(ours, 65536)
        assert text in seen, seen

    try:
        for expected, keys in sent:
            wait_for(expected)
            if isinstance(keys, bytes):
                os.write(ours, keys)
            else:
                process.send_signal(keys)
        code = process.wait(60)
    finally:
        process.kill()
        process.wait()
    while select.select([ours], [], [], 0.1)[0]:
        seen += os.read(ours, 65536)
    after = termios.tcgetattr(theirs)
    os.close(ours)
    os.close(theirs)
    return code, seen.decode(), after == before


def test_a_line_is_typed_at_a_terminal_that_is_left_as_it_was(runs):
    code, seen, same = typed(runs["trigram"], (b"1 the", b"\tc\t"), (b"the cat ", b"\r"), (b"the cat \r\n", b"\x04"))
    assert code == 0
    assert "1 the" in seen
    assert same


@pytest.mark.parametrize(("left", "code"), [(b"\x03", 0), (signal.SIGTERM, 143), (signal.SIGHUP, 129)])
def test_the_terminal_is_put_back_however_it_is_left(runs, left, code):
    found, _, same = typed(runs["trigram"], (b"1 the", b"t"), (b"\rt", left))
    assert (found, same) == (code, True)


def test_more_suggestions_than_digits_are_refused_at_the_keyboard(runs, monkeypatch, run):
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
    result = run("type", runs["trigram"], "--k", 10)
    assert result.code == 2
    assert "error: --k: got 10, expected 9 or less: a suggestion is taken by its digit." in result.err


def test_models_of_characters_spell_suggestions(run, runs):
    result = run("evaluate", runs["characters"], runs["test"], "--typing", "A")
    assert result.code == 0
    assert "9 words  1 unknown  2 lines  31 characters" in result.out  # no word of the training has a g
    result = run("type", runs["characters"], runs["test"])
    assert result.out.startswith("the  0 letters   the")


def test_a_run_of_another_task_cannot_suggest():
    tagger = SimpleNamespace(path="runs/ner", task=SimpleNamespace(verbs=("tags",), config=SimpleNamespace(name="tag")))
    expected = "^runs/ner: got a run of task 'tag', expected a language model of words or characters, to suggest words"
    with pytest.raises(ConfigError, match=expected):
        keyboard(tagger)
