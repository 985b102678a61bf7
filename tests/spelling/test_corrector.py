"""A text gets the words that were meant, and what is right or no word stays."""

import itertools
import json

import numpy as np
import pytest

import elman
from elman.cli.main import main
from elman.errors import ConfigError, DataError
from elman.spelling.corrector import Corrector
from elman.spelling.cutting import pieces
from elman.spelling.lattice import search
from elman.spelling.outcome import Options
from elman.spelling.pairs import Pair
from elman.spelling.rates import measure, tune
from elman.spelling.reading import read_pairs
from elman.spelling.readings import choices_of

TEXT = [
    "the cat sat on the mat",
    "the dog sat on the hat",
    "a cat saw the dog",
    "we ran to the house",
    "he can hear us here",
]
PAIRS = "the cat sat on the mat\tteh cat sat no the mat\nwe ran to the house\twe ran to the huose\n"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("spelling")
    (folder / "text.txt").write_text("".join(f"{line}\n" for line in TEXT * 40))
    (folder / "pairs.tsv").write_text(PAIRS)
    for name, level in (("words", "word"), ("letters", "character")):
        settings = {"model.order": 3, "task.lines": True}
        elman.train("lm", str(folder / "text.txt"), out=folder / name, model="ngram", level=level, settings=settings)
    return folder


@pytest.fixture(scope="module")
def corrector(folder):
    return Corrector(elman.load(folder / "words"))


def test_words_are_corrected_with_their_case_and_marks(corrector):
    found = corrector.correct(["Teh cat sat no the mat.", "", "we  ran to the huose,"], explained=True)
    assert found.lines == ["The cat sat on the mat.", "", "we  ran to the house,"]
    assert [(one.typed, one.written, one.line, one.start) for one in found.changes] == [
        ("Teh", "The", 0, 0), ("no", "on", 0, 12), ("huose", "house", 2, 15),
    ]  # fmt: skip
    assert all(one.odds > 1 and one.alternatives[0] == one.written for one in found.changes)
    assert all(one.typed in one.alternatives for one in found.changes)


def test_a_right_text_is_left_alone_and_a_line_is_as_it_is_alone(corrector):
    assert corrector.correct(TEXT).lines == TEXT
    typed = ["teh cat sta on", "we rna to the huose", "hte", "the dog sat no the hta"]
    assert corrector.correct(typed).lines == [corrector.correct([one]).lines[0] for one in typed]


def test_what_is_no_word_is_left_alone_and_counted(corrector):
    line = "teh www.ex.com/teh me@teh.org 1,5 hte2 TEH fooTeh a_teh x=teh the mta"
    found = corrector.correct([line])
    assert found.lines == ["the www.ex.com/teh me@teh.org 1,5 hte2 TEH fooTeh a_teh x=teh the mat"]
    assert found.kept == {"address": 2, "number": 1, "digits": 1, "capitals": 1, "mixed case": 1, "code": 2}


def test_the_search_finds_the_best_of_all_lines(corrector):
    line = "teh cta saw teh dgo"
    corrector.correct([line])
    choices = [choices_of(some, 1.0) for some in corrector._of_line(line, pieces(line))]
    [picks] = search(corrector.language.stepper, [choices], corrector._end, 0.7, 500)
    every = list(itertools.product(*(range(len(one.ids)) for one in choices)))
    rows = [[*(c.ids[p][0] for c, p in zip(choices, some, strict=True)), corrector._end] for some in every]
    own = np.array([sum(c.scores[p] for c, p in zip(choices, some, strict=True)) for some in every])
    assert tuple(picks) == every[int((own + 0.7 * corrector._whole(rows)).argmax())]


def test_a_change_has_to_be_better_by_the_threshold(corrector):
    [change] = corrector.correct(["the cat sat no the mat"], explained=True).changes
    for threshold, changed in ((np.log(change.odds) - 0.01, True), (np.log(change.odds) + 0.01, False)):
        options = corrector.options._replace(threshold=threshold)
        assert bool(corrector.with_options(options).correct(["the cat sat no the mat"]).changes) == changed


def test_another_language_is_left_alone(corrector):
    lines = ["der hund sah die katze im haus und lief davon the mta", "wir sind alle hier und das ist gut so"]
    found = corrector.correct(lines)
    assert found.lines == lines
    assert not found.changes
    assert "20 of 21 words (95%) are unknown to" in found.remarks[0]
    assert "nothing was changed. Is it another language" in found.remarks[0]


def test_tuning_leaves_the_fewest_errors(corrector, folder):
    pairs = read_pairs(folder / "pairs.tsv").pairs
    timid = corrector.with_options(Options(threshold=1000.0))
    assert measure(timid, pairs).errors == 3
    rates = measure(tune(timid, pairs), pairs)
    assert (rates.errors, rates.fixed, rates.broken, rates.listed) == (0, 3, 0, 3)
    with pytest.raises(DataError, match=r"--tune: 0 of 3 words are wrong, expected some right and some wrong\."):
        tune(corrector, [Pair.of("the cat sat", "the cat sat")])


def test_the_mean_of_two_models_corrects_as_one(folder, corrector, capsys):
    (folder / "other.txt").write_text("the cat sat on the hat\nwe hear the house\n" * 20 + "".join(TEXT[4]))
    tokens = folder / "words" / "vocabulary" / "tokens.txt"
    settings = {"model.order": 1, "task.lines": True, "task.vocabulary": str(tokens)}
    elman.train("lm", str(folder / "other.txt"), out=folder / "other", model="ngram", level="word", settings=settings)
    words, other = (elman.load(folder / name) for name in ("words", "other"))
    both, alone = Corrector([words, other]), Corrector(other)
    rows = [[*map(both._readings.id, ["the", "cat", "sat"]), both._end]]
    mean = words.ready.start
    ids = np.array([[mean, *rows[0]]])
    nats = [one.ready.read(ids, None, one.ready.begin(np.zeros(1, np.int64))).nats for one in (words, other)]
    assert both._whole(rows) == pytest.approx(np.log(np.exp(-np.stack(nats)).mean(0)).sum(), abs=1e-9)
    assert alone._whole(rows) == pytest.approx(-nats[1].sum(), abs=1e-9)

    pairs = str(folder / "pairs.tsv")
    assert main(["correct", str(folder / "words"), "--with", str(folder / "other"), "--on", pairs]) == 0
    assert "models:2|correct:line" in capsys.readouterr().out
    runs = [str(folder / "words"), str(folder / "other")]
    assert main(["evaluate", *runs, "--on", pairs, "--spelling", "edits", "--mix"]) == 0
    assert "models:2|correct:line" in capsys.readouterr().out


def test_models_of_other_words_cannot_correct_together(folder, capsys):
    (folder / "few.txt").write_text("the cat sat on the hat\n" * 20)
    settings = {"model.order": 2, "task.lines": True}
    elman.train("lm", str(folder / "few.txt"), out=folder / "few", model="ngram", level="word", settings=settings)
    assert main(["correct", str(folder / "words"), str(folder / "few.txt"), "--with", str(folder / "few")]) == 2
    told = capsys.readouterr().err
    assert f"{folder / 'few'}: has another vocabulary than {folder / 'words'}, and cannot correct with it: only" in told


def test_a_model_of_letters_is_refused(folder):
    with pytest.raises(ConfigError, match="a language model of characters, expected a language model of words: "):
        Corrector(elman.load(folder / "letters"))


@pytest.mark.parametrize(
    ("options", "named"),
    [
        (Options(weight=-1.0), "--weight -1: expected a number"),
        (Options(threshold=-1.0), "--threshold -1: expected a number"),
        (Options(unknown=float("nan"), blank=-2.0), "--unknown nan --blank -2: expected numbers"),
    ],
)
def test_negative_options_are_refused(folder, options, named):
    with pytest.raises(ConfigError, match=f"^{named} of 0 or more\\.$"):
        Corrector(elman.load(folder / "words"), options=options)
    corrector = Corrector(elman.load(folder / "words"))
    with pytest.raises(ConfigError, match=f"^{named} of 0 or more\\.$"):
        corrector.with_options(options)


def test_command(folder, capsys):
    (folder / "in.txt").write_text("teh cat sat no the mat\nNASA ran\n")
    words = ["correct", str(folder / "words")]
    assert main([*words, str(folder / "in.txt")]) == 0
    out = capsys.readouterr()
    assert out.out == "the cat sat on the mat\nNASA ran\n"
    assert "note: 2 words changed; left alone: capitals 1" in out.err
    assert main([*words, str(folder / "in.txt"), "--json", "--uniform"]) == 0
    first = json.loads(capsys.readouterr().out.splitlines()[0])
    assert first["text"] == "the cat sat on the mat"
    assert [change["written"] for change in first["changes"]] == ["the", "on"]
    pairs = str(folder / "pairs.tsv")
    assert main([*words, "--pairs", pairs, "--tune", pairs, "--on", pairs]) == 0
    out = capsys.readouterr()
    assert "tuned: --weight" in out.err
    assert "correct:line|channel:edits,learned,keyboard|lambda:" in out.out
    assert "11 words  3 wrong" in out.out
    assert main([*words, "--on", str(folder / "in.txt")]) == 2
    assert "expected right<TAB>wrong, both with words." in capsys.readouterr().err
