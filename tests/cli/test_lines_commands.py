"""Lists, and texts that mark their own lines, from the command line."""

import itertools
import json
import random
import subprocess
import sys

import pytest

import elman
from elman.errors import DataError


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    from elman.cli.main import main

    folder, draw = tmp_path_factory.mktemp("lists"), random.Random(1)
    names = sorted(
        {"".join(draw.choice(["an", "be", "co", "du"]) for _ in range(draw.randint(2, 5))) for _ in range(300)}
    )
    (folder / "names.txt").write_text("".join(f"{name}\n" for name in names))
    (folder / "text.txt").write_text("".join(f"{a} und {b} , sagt {a} .\n" for a, b in itertools.pairwise(names)))
    options = ["--model", "ngram", "--level", "character", "--set", "model.order=4"]
    for name, file in (("list", "names.txt"), ("text", "text.txt")):
        assert main(["train", "lm", str(folder / file), *options, "--out", str(folder / name)]) == 0
    return folder


def test_so_many_lines_of_a_list(run, folder):
    done = run("generate", folder / "list", "--count", 5, "--seed", 3)
    assert done.code == 0
    assert len(done.out.splitlines()) == 5
    objects = [
        json.loads(line) for line in run("generate", folder / "list", "be", "--count", 3, "--json").out.splitlines()
    ]
    assert [sorted(one) for one in objects] == [["ended", "prompt", "text"]] * 3
    assert all(one["text"].startswith("be") and one["ended"] for one in objects)
    assert "\n" not in run("generate", folder / "list", "--seed", 3).out.rstrip("\n")


@pytest.mark.parametrize("options", [[], ["--json"]])
def test_lines_are_written_as_each_is_finished(run, folder, options):
    whole = run("generate", folder / "list", "--count", 300, *options).out.splitlines()
    command = [sys.executable, "-m", "elman", "generate", str(folder / "list"), "--count", "1000000000", *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as endless:
        assert [next(endless.stdout).rstrip("\n") for _ in range(300)] == whole
        endless.stdout.close()
        assert endless.wait(60) == 0


def test_so_many_lines_of_a_running_text_and_a_stop(run, folder):
    lines = run("generate", folder / "text", "--count", 4).out.splitlines()
    assert len(lines) == 4
    assert run("generate", folder / "text").out.count("\n") > 2
    whole = run("generate", folder / "text", "an", "--seed", 2).out
    assert run("generate", folder / "text", "an", "--seed", 2, "--stop", " .").out == whole.partition(" .")[0] + "\n"
    [found] = [
        json.loads(line) for line in run("generate", folder / "text", "an", "--seed", 2, "--json").out.splitlines()
    ]
    assert found == {"prompt": "an", "text": whole[:-1], "ended": False}


def test_suggestions_are_those_of_a_list(run, folder, tmp_path):
    names = folder / "names.txt"
    done = run("train", "lm", names, "--steps", 2, "--hidden", 4, "--threads", 1, "--out", tmp_path / "run")
    assert f"elman generate {tmp_path / 'run'} --count 10" in done.out
    assert "lines: each is a text of its own, guessed (short, all different)" in done.err


def test_lines_are_compared_with_running_text(run, folder):
    done = run("compare", folder / "list", folder / "text", "--on", folder / "names.txt")
    assert done.code == 0
    assert f"{folder / 'list'} reads each line as a text of its own, {folder / 'text'} a running text." in done.out


def test_caches_and_mixtures_need_one_way_to_read(run, folder):
    file = folder / "names.txt"
    done = run("evaluate", folder / "list", file, "--cache", 50, "--tune", file)
    assert f"--cache: to {folder / 'list'} each line is a text of its own, with nothing before it" in done.err
    assert done.code == 2


@pytest.mark.parametrize("marks", [("<s> ", " </s>"), ("", " <eos>")], ids=str)
def test_lines_that_are_marked_are_told_with_their_number(run, tmp_path, marks):
    text = "".join(f"{marks[0]}the {word} sleeps{marks[1]}\n" for word in ("cat", "dog", "cow", "pig") * 10)
    (tmp_path / "marked.txt").write_text(text)
    out = tmp_path / "run"
    options = ["--model", "ngram", "--level", "word", "--set", "model.order=2", "--out", out]
    said = run("train", "lm", tmp_path / "marked.txt", "--valid", tmp_path / "marked.txt", *options).err
    found = ", ".join(f"80 {mark.strip()}" for mark in marks if mark)
    assert f"the text marks its lines itself: got {found}, which count beside the ends of lines. Take them out." in said
    evaluated = run("evaluate", out, tmp_path / "marked.txt").out
    assert f"{40 * len([mark for mark in marks if mark])} marks of lines" in evaluated
    scored = run("score", out, tmp_path / "marked.txt")
    assert "note: the text marks its lines itself: got 40" in scored.err
    plain = tmp_path / "plain.txt"
    plain.write_text("the cat sleeps\nthe do<s>g\n")
    assert "marks" not in run("score", out, plain).err + run("evaluate", out, plain).out


# What numbers do not say by themselves


@pytest.fixture(scope="module")
def shares(tmp_path_factory):
    """Two runs on a text most of whose words one of them lacks, and one that lacks none."""
    from elman.cli.main import main

    folder, draw = tmp_path_factory.mktemp("unknown"), random.Random(2)

    def text(parts, count):
        words = ("".join(draw.choice(parts) for _ in range(4)) for _ in range(6 * count))
        return "".join(" ".join(itertools.islice(words, 6)) + "\n" for _ in range(count))

    (folder / "train.txt").write_text(text(["ka", "lo", "mi", "ne"], 60))
    (folder / "test.txt").write_text(text(["ka", "lo", "mi", "ki"], 30))
    for name, options in (("words", ["--level", "word"]), ("letters", ["--level", "character"])):
        command = ["train", "lm", str(folder / "train.txt"), "--valid", str(folder / "test.txt"), "--model", "ngram"]
        assert main([*command, *options, "--set", "model.order=3", "--out", str(folder / name)]) == 0
    return folder


def test_runs_whose_unknown_shares_differ_are_not_ranked(run, shares, tmp_path):
    order = ("letters", "words"), ("words", "letters")
    for names in order:
        command = ["compare", *(shares / name for name in names), "--on", shares / "test.txt"]
        done = run(*command, "--html", tmp_path / "page.html")
        rows = [line for line in done.out.splitlines() if "kB" in line]
        assert [row.split()[0] for row in rows] == [str(shares / name) for name in names]
        assert "best" not in "".join(rows)
        assert "p: how often" not in done.out
        assert "No run is called the best: 0.00% to" in done.out
        assert 'class="ranked"' not in (tmp_path / "page.html").read_text()
        assert {row["p_value"] for row in json.loads(run(*command, "--json").out)["rows"]} == {None}


def test_unknown_words_that_the_text_itself_has_are_paid_for(run, shares, tmp_path):
    text = "".join(f"kalo mine <unk> <unk> {word} kalo\n" for word in ("mimi", "lolo") * 30)
    (tmp_path / "text.txt").write_text(text)
    for name, level in (("words", "word"), ("letters", "character")):
        options = ["--model", "ngram", "--level", level, "--set", "model.order=3", "--out", tmp_path / name]
        run("train", "lm", tmp_path / "text.txt", "--valid", tmp_path / "text.txt", *options)
    done = run("compare", tmp_path / "words", tmp_path / "letters", "--on", tmp_path / "text.txt")
    assert "No run is called the best" not in done.out
    assert " best " in done.out
    assert (
        "120 unknown  60 sentences  120 written <unk>" in run("evaluate", tmp_path / "words", tmp_path / "text.txt").out
    )


def test_an_evaluation_says_that_much_is_unknown(run, shares):
    said = "of the tokens are unknown, and what is unknown costs next to nothing: bits per character do not compare"
    assert said in run("evaluate", shares / "words", shares / "test.txt").out
    assert said not in run("evaluate", shares / "letters", shares / "test.txt").out


def test_what_runs_were_validated_on_is_said_where_they_are_compared(run, shares):
    done = run("compare", shares / "words", "--on", shares / "test.txt")
    assert f"{shares / 'words'} was validated on test.txt: its scores there say nothing about other data." in done.out
    assert "was validated on" not in run("compare", shares / "words", "--on", shares / "train.txt").out


@pytest.mark.parametrize("options", [("--cache", 20), ("--mix",)], ids=str)
def test_weights_that_are_fitted_on_the_scored_text_are_said_and_signed(run, shares, options):
    runs = [shares / "words"] * (1 + ("--mix" in options))
    done = run("evaluate", *runs, "--on", shares / "test.txt", *options)
    assert (
        "note: the weights are fitted on the text that is scored: its scores say nothing about other text" in done.err
    )
    assert "|tune:same|" in done.out
    other = run("evaluate", *runs, "--on", shares / "train.txt", *options)
    assert "note:" not in other.err
    assert "tune:same" not in other.out


def test_what_is_scored_stays_on_its_line(run, folder, tmp_path):
    (tmp_path / "odd.txt").write_bytes(b"an\x0cbe\x00\n")
    assert run("score", folder / "list", tmp_path / "odd.txt").out.splitlines()[1].endswith(r"  an\x0cbe\x00")
    tokens = run("score", folder / "list", tmp_path / "odd.txt", "--tokens").out
    assert r"\x00  (unknown)" not in tokens or "\x00" not in tokens
    assert "\x0c" not in tokens


def test_few_n_grams_have_no_discounts_of_their_own(run, tmp_path):
    (tmp_path / "few.txt").write_text("a b\nb a\n" * 2)
    said = run(
        "train", "lm", tmp_path / "few.txt", "--model", "ngram", "--level", "word", "--out", tmp_path / "run"
    ).err
    assert "n-grams of order 1, 2, 3, 4: too few n-grams for discounts of their own: they are 0.5, 1 and 1.5" in said


def test_fewer_pieces_than_were_asked_for_are_said(run, tmp_path):
    (tmp_path / "few.txt").write_text("the cat sat\n" * 30)
    options = ["--model", "unigram", "--level", "bpe", "--set", "task.bpe_size=1000", "--out", tmp_path / "run"]
    said = run("train", "lm", tmp_path / "few.txt", *options).err
    assert "pieces, 1,000 asked for: the text has no more pairs that come again" in said


def test_an_infinite_perplexity_is_told_from_none(run, tmp_path):
    (tmp_path / "text.txt").write_text("a b a b b\na a b\n" * 30)
    (tmp_path / "other.txt").write_text("b b b\na b b a a\n" * 30)
    for name, smoothing in (("mle", "mle"), ("kn", "kneser_ney")):
        options = ["--level", "word", "--set", f"model.smoothing={smoothing}", "--out", tmp_path / name]
        run("train", "lm", tmp_path / "text.txt", "--valid", tmp_path / "text.txt", "--model", "ngram", *options)
    command = ["evaluate", tmp_path / "mle", tmp_path / "kn", "--on", tmp_path / "other.txt", "--mix", "--cache", 9]
    rows = [line.split()[-1] for line in run(*command).out.splitlines()[1:4]]
    assert rows[0] == "inf"
    assert rows[2] == "-"
    parts = json.loads(run(*command, "--json").out)["parts"]
    assert [part.get("infinite") for part in parts] == [True, None, None]
    assert [part["perplexity"] is None for part in parts] == [True, False, True]
    alone = json.loads(run("evaluate", tmp_path / "mle", tmp_path / "other.txt", "--json").out)["scores"][0]
    assert (alone["value"], alone["infinite"]) == (None, True)


def test_text_that_is_given_for_a_file_is_told_where_it_belongs(tmp_path):
    with pytest.raises(
        DataError,
        match=r"the cat sat: no such file\. .*Text itself is given in a file: write it to one\. In Python: path",
    ):
        elman.train("lm", train=["the cat sat", "on the mat"], out=tmp_path / "run")


def test_notes_wrap_at_words(run, shares):
    from elman.comparison.rows import compare
    from elman.comparison.text import lines

    found = compare([elman.load(shares / name) for name in ("words", "letters")], [str(shares / "test.txt")])
    whole, fitted = (list(lines(found, width)) for width in (None, 80))
    notes = fitted[len(fitted) - fitted[::-1].index("") :]  # behind the table, whose columns are in several parts
    assert max(map(len, notes)) < 80
    assert " ".join(" ".join(notes).split()) == " ".join(whole[6:])


def test_an_empty_stop_is_none(run, folder):
    assert run("generate", folder / "text", "--stop", "").err == (
        "error: --stop: got an empty text, expected some: without --stop a text goes on to its length.\n"
    )


@pytest.mark.parametrize(
    ("names", "told"),
    [
        (4, "lines: one running text, guessed (short, but many come several times); --set task.lines=true takes each "),
        (400, "lines: each is a text of its own, guessed (short, all different); --set task.lines=false reads on"),
    ],
)
def test_a_description_says_of_lines_what_a_training_says(run, tmp_path, names, told):
    path = tmp_path / "names.txt"
    path.write_text("".join(f"Name{chr(97 + i % names % 20)}{i % names // 20}\n" for i in range(400)))
    done = run("describe", path)
    assert told in " ".join(done.out.split()), done.out


def test_how_many_texts_parse(run, folder):
    done = run("generate", folder / "list", "--count", 40, "--check", "brackets", "--seed", 3)
    names, known = done.out.splitlines(), set((folder / "names.txt").read_text().split())
    copied, parsed = sum(name in known for name in names), sum(name != "" for name in names)
    assert 0 < copied < parsed < len(names) == 40
    assert done.err == (
        f"note: {parsed} of 40 texts parse as brackets ({parsed / 40:.1%}), {copied} of them stand in the training "
        f"text: {parsed - copied} are new ({(parsed - copied) / 40:.1%})\n"
        f"note: what is wrong first: empty {40 - parsed}\n"
    )
    done = run("generate", folder / "list", "--count", 2, "--check", "json", "--json")
    assert [json.loads(line)["fault"] for line in done.out.splitlines()] == ["Expecting value"] * 2
    assert done.err.startswith("note: 0 of 2 texts parse as json (0.0%), 0 of them stand in the training text: 0 are")
    assert done.err.endswith("note: what is wrong first: Expecting value 2\n")


def test_one_text_is_checked_whole_and_a_format_has_a_name(run, folder):
    done = run("generate", folder / "text", "--length", 90, "--check", "csv")
    assert done.out.count("\n") > 1
    assert "texts" not in done.err.partition("parse")[0]
    done = run("generate", folder / "list", "--check", "jsn")
    assert (done.code, done.err) == (2, "error: unknown format 'jsn'. Did you mean 'json'?\n")


def test_copies_are_looked_for_only_where_the_training_text_is(run, folder, tmp_path):
    (tmp_path / "gone.txt").write_text((folder / "names.txt").read_text())
    options = ["--model", "ngram", "--level", "character", "--out", tmp_path / "run"]
    assert run("train", "lm", tmp_path / "gone.txt", *options).code == 0
    (tmp_path / "gone.txt").unlink()
    done = run("generate", tmp_path / "run", "--count", 3, "--check", "brackets")
    assert done.err.endswith(
        "3 of 3 texts parse as brackets (100.0%); the training text is not there to look for copies\n"
    )
