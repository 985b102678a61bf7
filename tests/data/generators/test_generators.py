"""Every generated source: what it makes is what it says, and the same each time."""

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from elman.config import check_table
from elman.data.generators import GENERATORS
from elman.data.readers.generated import GeneratedReader, generator
from elman.errors import ConfigError, DataError

OPTIONS = {
    "copy": {"length": [1, 6], "width": 3},
    "repeat_copy": {"length": [1, 4], "repeats": [1, 3], "width": 3},
    "recall": {"length": [2, 4], "vectors": 2, "width": 3},
    "sort": {"length": [5, 9], "asked": 4, "width": 3},
    "dyck": {"length": [2, 20], "depth": [1, 4]},
    "counters": {"length": [1, 5], "letters": 3},
}


def make(task, **options):
    kind = GENERATORS.get(task)
    return list(kind(kind.Config(task=task, **{**OPTIONS[task], "count": 50, **options})).sequences())


@pytest.fixture(params=GENERATORS.names())
def task(request):
    return request.param


def asked(bits):
    return ~np.isnan(bits).any(1)


def test_every_source_has_a_case():
    assert set(OPTIONS) == set(GENERATORS.names())


def test_a_sequence_hangs_on_the_seed_and_its_number_alone(task):
    some, more, other = make(task), make(task, count=80), make(task, seed=2)
    assert len(some) == 50
    for one, same in zip(some, more, strict=False):
        np.testing.assert_equal(one, same)
    assert any(
        one.steps.shape != two.steps.shape or (one.steps != two.steps).any()
        for one, two in zip(some, other, strict=True)
    )


def test_what_is_asked_is_0_or_1_at_whole_steps(task):
    for steps, bits in make(task):
        assert len(steps) == len(bits)
        assert not np.isnan(steps).any()
        assert np.isin(bits[asked(bits)], (0, 1)).all()
        assert np.isnan(bits[~asked(bits)]).all()
        assert steps.dtype == bits.dtype == np.float32


def test_nothing_is_shown_while_copies_are_asked():
    for task in ("copy", "repeat_copy", "recall", "sort"):
        for steps, bits in make(task):
            assert asked(bits).any()
            assert not steps[asked(bits)].any()  # trap 31: nothing is asked while something is read


def test_copies_are_copies():
    for steps, bits in make("copy"):
        length = len(steps) // 2
        np.testing.assert_equal(bits[length + 1 :], steps[:length, :3])
        assert steps[length].tolist() == [0, 0, 0, 1]


def test_repeated_copies_come_as_often_as_was_said_and_end():
    seen = []
    for steps, bits in make("repeat_copy", count=300):
        length = int(steps[:, 3].argmax())
        times = round(float(steps[length, 4]) * ((3**2 - 1) / 12) ** 0.5 + 2)
        np.testing.assert_equal(bits[length + 1 : -1, :3], np.tile(steps[:length, :3], (times, 1)))
        assert bits[-1].tolist() == [0, 0, 0, 1]
        seen.append(steps[length, 4])
    assert {round(float(one), 4) for one in seen} == {-1.2247, 0.0, 1.2247}  # mean 0 and variance 1 over 1, 2, 3


def test_longer_tests_write_repeats_as_training_did():
    steps, _ = make("repeat_copy", repeats=[20, 20], scale=[1, 3], count=1)[0]
    assert steps[:, 4].max() == pytest.approx((20 - 2) / (2 / 3) ** 0.5)


def test_what_is_recalled_came_after_what_was_asked():
    for steps, bits in make("recall"):
        starts = np.flatnonzero(steps[:, 3])
        items = [steps[start + 1 : start + 3, :3] for start in starts]
        query = int(np.flatnonzero(steps[:, 4])[0])
        assert np.flatnonzero(steps[:, 4]).tolist() == [query, query + 3]
        answers = [after for before, after in pairwise(items) if (before == steps[query + 1 : query + 3, :3]).all()]
        assert any((one == bits[asked(bits)]).all() for one in answers)


def test_what_is_sorted_is_in_the_order_of_priorities():
    for steps, bits in make("sort"):
        length = int(steps[:, 4].argmax())
        order = sorted(range(length), key=lambda place: -steps[place, 3])[:4]
        np.testing.assert_equal(bits[asked(bits)], steps[order, :3])
        assert (np.abs(steps[:length, 3]) < 1).all()


def test_brackets_fit_and_the_one_on_top_is_asked():
    deepest = 0
    for steps, bits in make("dyck", count=300):
        open_ = []
        for step, answer in zip(steps, bits, strict=True):
            kind, closes = int(step.argmax()) % 2, step.argmax() >= 2
            assert step.sum() == 1
            if closes:
                assert open_.pop() == kind
            else:
                open_.append(kind)
            deepest = max(deepest, len(open_))
            assert np.isnan(answer).all() if not open_ else answer.tolist() == np.eye(2)[open_[-1]].tolist()
        assert not open_
        assert len(steps) % 2 == 0 < len(steps) <= 20
    assert deepest == 4


def test_words_can_be_asked_to_be_deep():
    for steps, _ in make("dyck", length=[60, 60], depth=[11, 20], count=20):
        turns = np.where(steps[:, :2].any(1), 1, -1)
        assert 11 <= np.cumsum(turns).max() <= 20


def test_only_what_follows_is_asked_of_counted_letters():
    steps, bits = make("counters", length=[2, 2], count=1)[0]
    assert steps.argmax(1).tolist() == [0, 0, 1, 1, 2, 2]
    assert asked(bits).tolist() == [False, False, True, True, True, True]  # trap 41: the first b cannot be known
    assert bits[2:].argmax(1).tolist() == [1, 2, 2, 3]


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ("width = 3\n", r'a\.toml: no task: got width, expected task = "NAME": one of copy, counters, dyck,'),
        ('task = "copi"\n', r"a\.toml: unknown generator .?copi.*copy"),
        ('task = "copy"\nlength = [5, 2]\n', r"a\.toml: length: .*got \[5, 2\], expected two numbers from 1 on"),
        ('task = "copy"\nlength = [1, 99999999999999999999]\n', r"a\.toml: length: .*and none above 100,000"),
        ('task = "copy"\nwidht = 2\n', r"a\.toml: unknown key 'widht'\. Did you mean 'width'\?"),
        ("task = \n", r"a\.toml: cannot be read as TOML: "),
    ],
)
def test_a_file_of_options_that_is_wrong_is_refused(table, message, tmp_path):
    (tmp_path / "a.toml").write_text(table)
    with pytest.raises(DataError, match=message):
        generator(tmp_path / "a.toml")


def test_a_length_of_nothing_is_refused():
    with pytest.raises(
        ConfigError, match=r"length: .*expected two numbers from 1 on, the smaller first, such as \[1, 20\]"
    ):
        check_table(GENERATORS.get("copy").Config, {"task": "copy", "length": [0, 3]})


def test_it_is_known_by_its_task_and_nothing_else():
    seen = GeneratedReader.recognizes
    assert seen(Path("a.toml"), 'task = "copy"\n', ("steps", "bits")) == 3
    assert seen(Path("a.toml"), "[task]\n", ("steps", "bits")) == 0
    assert seen(Path("a.txt"), 'task = "copy"\n', ("steps", "bits")) == 0


def test_words_that_cannot_be_as_deep_as_is_wanted_are_refused():
    with pytest.raises(ValueError, match="got 11 at least, but a word of 2 brackets goes 1 deep, expected a"):
        list(make("dyck", length=[2, 8], depth=[11, 20], count=1))
    with pytest.raises(DataError, match="dyck: depth: none of 200 words of 50 brackets goes 10 deep"):
        list(make("dyck", length=[50, 50], depth=[10, 10], opens=0.05, count=1))
