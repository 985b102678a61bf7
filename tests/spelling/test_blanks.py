"""Words that were joined or split are candidates, and lines of other lengths are compared as wholes."""

import itertools

import numpy as np
import pytest

import elman
from elman.spelling.corrector import Corrector, Spot
from elman.spelling.cutting import pieces
from elman.spelling.lattice import search
from elman.spelling.outcome import Options
from elman.spelling.pairs import Pair, Unit
from elman.spelling.rates import measure
from elman.spelling.readings import choices_of

TEXT = [
    "we have to go to the house",
    "he goes there sometimes",
    "some dogs sat on the mat",
    "times have been hard",
    "a lot of cats sat there",
]
TYPED = "He goes there some  times."


@pytest.fixture(scope="module")
def corrector(tmp_path_factory):
    folder = tmp_path_factory.mktemp("blanks")
    (folder / "text.txt").write_text("".join(f"{line}\n" for line in TEXT * 40))
    settings = {"model.order": 3, "task.lines": True}
    elman.train("lm", str(folder / "text.txt"), out=folder / "run", model="ngram", level="word", settings=settings)
    return Corrector(elman.load(folder / "run"), options=Options(blank=4.0))


def test_words_are_joined_and_split_with_their_case_and_marks(corrector):
    found = corrector.correct([TYPED, "We haveto go,", "Alot of cats"], explained=True)
    assert found.lines == ["He goes there sometimes.", "We have to go,", "A lot of cats"]
    assert [(one.line, one.start, one.typed, one.written) for one in found.changes] == [
        (0, 14, "some  times", "sometimes"), (1, 3, "haveto", "have to"), (2, 0, "Alot", "A lot"),
    ]  # fmt: skip
    assert all(one.odds > 1 and one.alternatives[0] == one.written for one in found.changes)
    assert found.changes[0].alternatives == ["sometimes", "some  times"]


def test_marks_stand_between_words_and_right_words_stay(corrector):
    lines = ["some, times", "some 12 times", "(some) times", *TEXT]
    assert corrector.correct(lines).lines == lines


def test_without_blanks_nothing_is_joined_or_split(corrector):
    typed = ["we haveto go", "he goes there some times"]
    options = corrector.options._replace(blank=np.inf)
    found = corrector.with_options(options).correct(typed)
    assert not [one for one in found.changes if " " in one.typed + one.written]


def readings_of(corrector, line):
    corrector.correct([line])
    return corrector._of_line(line, pieces(line))


def walks(readings, place=0):
    """Yield every way through a line: a reading at each place that none goes over."""
    if place == len(readings):
        yield []
    for pick, one in enumerate(readings[place] if place < len(readings) else ()):
        yield from ([(place, pick, one), *rest] for rest in walks(readings, place + one.span))


@pytest.mark.parametrize("line", ["we haveto go", "some times alot"])
@pytest.mark.parametrize("weight", [0.3, 1.0])
def test_t38_the_search_finds_the_best_whole_line_of_any_length(corrector, line, weight):
    corrector = corrector.with_options(corrector.options._replace(candidates=3))
    readings = readings_of(corrector, line)
    lattice = [choices_of(some, 0.5) for some in readings]
    [picks] = search(corrector.language.stepper, [lattice], corrector._end, weight, 5000)
    every = list(walks(readings))
    assert len({sum(len(one.ids) for _, _, one in walk) for walk in every}) > 1
    rows = [[*itertools.chain.from_iterable(one.ids for _, _, one in walk), corrector._end] for walk in every]
    own = np.array([sum(lattice[place].scores[pick] for place, pick, _ in walk) for walk in every])
    best = every[int((own + weight * corrector._whole(rows)).argmax())]
    expected = [-1] * len(readings)
    for place, pick, _ in best:
        expected[place] = pick
    assert picks == expected


def test_t38_a_longer_line_does_not_win_by_its_mean(corrector):
    """The mean over tokens prefers "a lot of" to one unknown word; what it costs altogether decides."""
    ids = corrector._readings.id
    two, one = [ids(word) for word in ("a", "lot", "of")], [ids("alot"), ids("of")]
    totals = corrector._whole([[*two, corrector._end], [*one, corrector._end]])
    scores = dict(corrector.ranked(["alot of"], [], [Spot(0, 0)])[0])
    options = corrector.options
    assert scores["a lot"] == pytest.approx(
        2 * np.log1p(-corrector._readings.channel.error) - options.blank + options.weight * totals[0]
    )
    own = np.log1p(-corrector._readings.channel.error) - options.weight * options.unknown * 4
    assert scores["alot"] == pytest.approx(own + options.weight * totals[1])


def test_lines_side_by_side_are_as_alone(corrector):
    lines = [TYPED, "haveto", "some times", "he goes there some times", "alot of cats", ""]
    assert corrector.correct(lines).lines == [corrector.correct([line]).lines[0] for line in lines]


def test_rates_of_joined_and_split_words(corrector):
    pairs = [
        Pair.of("we have to go", "we haveto go"),
        Pair.of("he goes there sometimes", "he goes there some times"),
        Pair.of("he goes there some times", "he goes there some times"),
        Pair("haveto go", [Unit(None, "haveto", 0), Unit("go", "go", 7)]),
    ]
    rates = measure(corrector, pairs)
    # Words that were right and were made one are both broken; the fixed ones are a unit each.
    assert rates == (13, 2, 2, 4, 2, 2)
