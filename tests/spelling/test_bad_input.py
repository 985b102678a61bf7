"""Correction from the command line where the input is not what one would wish for."""

import json

import pytest

import elman
from elman.cli.main import main

TEXT = [
    "the cat sat on the mat",
    "we have to go to the house",
    "he goes there sometimes",
    "some dogs sat on the mat",
    "times have been hard",
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("bad")
    (folder / "text.txt").write_text("".join(f"{line}\n" for line in TEXT * 40))
    settings = {"model.order": 3, "task.lines": True}
    elman.train("lm", str(folder / "text.txt"), out=folder / "run", model="ngram", level="word", settings=settings)
    (folder / "passages.ERR").write_text(
        "we <ERR targ=have to> haveto </ERR> go <ERR targ=there> thear </ERR> <ERR targ=?> xq </ERR>\n"
        "he goes there <ERR targ=sometimes> some times </ERR>\n"
        "the <ERR targ=cat> cta </ERR> sat on the <ERR targ=mat> mta </ERR>\n"
    )
    return folder


@pytest.fixture
def run(capsys):
    def run_command(*given):
        code = main([str(one) for one in given])
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return run_command


def test_marks_of_files_are_dropped_and_told_and_reserved_words_stay(folder, run):
    (folder / "in.txt").write_bytes(b"\xef\xbb\xbfteh cat\tsat <unk> on\r\n\r\n<eos> teh cat </s> <s>\r\n")
    code, out, err = run("correct", folder / "run", folder / "in.txt")
    assert code == 0
    assert out == "the cat\tsat <unk> on\n\n<eos> the cat </s> <s>\n"
    assert "in.txt: a byte order mark and carriage returns at the ends of lines: left out" in err.replace("\n", " ")
    assert "left alone: code 4" in err


def test_typing_tells_the_same(folder, run):
    (folder / "marked.txt").write_bytes(b"the cat\r\n")
    for given in (("type", folder / "run", folder / "marked.txt"),
                  ("evaluate", folder / "run", folder / "marked.txt", "--typing", "A")):  # fmt: skip
        code, _, err = run(*given)
        assert code == 0
        assert "marked.txt: carriage returns at the ends of lines: left out" in err.replace("\n", " ")


def test_what_is_no_word_is_counted_and_another_language_is_told(folder, run):
    (folder / "code.txt").write_text("teh www.a.com/teh m@teh.org 12 teh2 TEH fooTeh teh_cta() cat\n")
    code, out, err = run("correct", folder / "run", folder / "code.txt")
    assert (code, out) == (0, "the www.a.com/teh m@teh.org 12 teh2 TEH fooTeh teh_cta() cat\n")
    for told in ("address 2", "number 1", "digits 1", "capitals 1", "mixed case 1", "code 1"):
        assert told in err
    (folder / "german.txt").write_text("wir haben dort teh Haus gesehen und die Katze\n" * 3)
    code, out, err = run("correct", folder / "run", folder / "german.txt")
    assert (code, out) == (0, (folder / "german.txt").read_text())
    assert "nothing was changed. Is it another language" in err.replace("\n", " ")


def test_lines_of_other_lengths_are_told_or_refused(folder, run):
    (folder / "pairs.tsv").write_text("the cat sat on the mat\tteh cat sat onthe mat\n")
    code, out, err = run("correct", folder / "run", "--on", folder / "pairs.tsv")
    assert code == 0
    assert "5 words  2 wrong" in out
    assert "1 of 1 lines have not as many words on both sides: aligned" in err.replace("\n", " ")
    code, _, err = run("correct", folder / "run", "--on", folder / "pairs.tsv", "--aligned")
    assert code == 2
    assert "pairs.tsv:1: got 6 words that are right and 5 that were typed, expected as many." in err


def test_tagged_text_is_measured_learned_from_and_tuned_on(folder, run):
    file = folder / "passages.ERR"
    code, out, err = run("evaluate", folder / "run", file, "--spelling", "edits", "--json")
    assert code == 0
    assert "3 lines with 6 tagged errors" in err
    assert "1 error with targ=? left out" in err
    found = json.loads(out)
    assert {name: found["counts"][name] for name in ("words", "wrong")} == {"words": 14, "wrong": 5}
    names = [score["name"] for score in found["scores"]]
    assert names == ["errors", "errors_if_nothing_is_done", "fixed", "fixed_by_one_of_7", "broken", "precision", "F0.5"]
    code, out, err = run("correct", folder / "run", "--on", file, "--channel", "brill_moore", "--pairs", file,
                         "--tune", file)  # fmt: skip
    assert code == 0
    assert "tuned: --weight" in err
    assert "correct:line|channel:brill_moore,learned,keyboard|lambda:" in out
    assert "14 words  5 wrong  5 changed" in out
    assert "fixed                       100.00 % of wrong words" in out


def test_wrong_tags_are_refused(folder, run):
    (folder / "wrong.ERR").write_text("a\nthe <ERR targ=cat> cta\n")
    code, _, err = run("evaluate", folder / "run", folder / "wrong.ERR", "--spelling", "edits")
    assert code == 2
    assert "wrong.ERR:2:5: the tag is not closed on its line, expected </ERR>." in err


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--spelling", "brill_moore"], "channel brill_moore: is learned from what was typed. Give --pairs FILE"),
        (["--spelling", "edit"], "unknown channel 'edit'. Did you mean 'edits'"),
        (["--pairs", "x"], "--pairs: only --spelling learns from pairs. Leave it out."),
        (["--spelling", "edits", "--typing", "A"], "--spelling: does not go with --typing. Leave it out."),
        (["--spelling", "edits", "--cache", "5"], "--cache: does not go with --spelling. Leave it out."),
    ],
)
def test_options_that_do_not_go_together(folder, run, options, message):
    code, _, err = run("evaluate", folder / "run", folder / "passages.ERR", *options)
    assert code == 2
    assert message in err.replace("\n", " ")


def test_a_channel_of_ones_own(folder, run):
    (folder / "as_typed.py").write_text(
        "import numpy as np\n"
        "from elman.spelling.channels.base import Channel\n\n\n"
        "class AsTyped(Channel):\n"
        "    error = 0.1\n\n"
        "    @classmethod\n"
        "    def learned(cls, pairs, letters, keyboard=True):\n"
        "        return cls()\n\n"
        "    assumed = classmethod(lambda cls, letters, keyboard=True: cls())\n\n"
        "    def log_probs(self, words, typed):\n"
        "        return np.full(len(words), -np.inf)\n"
    )
    given = ("evaluate", folder / "run", folder / "passages.ERR", "--json", "--spelling", folder / "as_typed.py")
    code, out, _ = run(*given)
    found = json.loads(out)
    assert code == 0
    assert "as_typed.py,keyboard|" in found["scores"][0]["signature"]
    assert found["counts"]["fixed"] <= 2  # blanks alone
