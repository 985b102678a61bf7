"""Which examples are held out: shares of classes counted by hand, whatever the order of the data."""

import hashlib
import random
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from elman.data.holding_out import Groups, stratified
from elman.errors import DataError


def keys_of(count):
    """Return a key for each example."""
    return [hashlib.blake2b(str(number).encode(), digest_size=8).digest() for number in range(count)]


def held(classes, share):
    """Return the classes of the examples that are held out, and of those that stay."""
    train, out = stratified(classes, keys_of(len(classes)), share)
    assert sorted([*train, *out]) == list(range(len(classes)))
    every = ([name for row in rows for name in classes[row]] for rows in (out, train))
    return [Counter(names) for names in every]


def test_each_class_has_its_share_rounded_so_that_all_have_theirs():
    out, train = held([["a"]] * 60 + [["b"]] * 37 + [["c"]] * 3, 0.1)
    assert out == {"a": 6, "b": 4}  # 6, 3.7, 0.3
    assert train == {"a": 54, "b": 33, "c": 3}
    out, train = held([["a"]] * 10 + [["b"]] * 4 + [["c"]], 0.5)
    assert out == {"a": 6, "b": 2}  # 5, 2, 0.5 of a class that must stay
    assert train["c"] == 1


def test_of_many_rare_classes_some_are_held_out():
    classes = [[f"c{number % 100}"] for number in range(300)]
    out, train = held(classes, 0.1)
    assert sum(out.values()) == 30
    assert set(out.values()) == {1}
    assert len(train) == 100


def test_nothing_is_held_out_where_every_class_comes_once():
    out, _ = held([["a"], ["b"], ["c"]], 0.4)
    assert not out


def test_at_least_one_is_held_out():
    out, _ = held([["a"]] * 3 + [["b"]] * 2, 0.01)
    assert sum(out.values()) == 1


some = st.lists(st.lists(st.sampled_from("abcdef"), min_size=1, max_size=4, unique=True), min_size=1, max_size=60)


@given(classes=some, share=st.floats(0.01, 0.5))
def test_no_class_leaves_training(classes, share):
    _, train = held(classes, share)
    assert train.keys() == {name for names in classes for name in names}


@given(classes=some, seed=st.integers(0, 99))
def test_the_order_of_the_data_decides_nothing(classes, seed):
    keys, order = keys_of(len(classes)), list(range(len(classes)))
    random.Random(seed).shuffle(order)
    _, out = stratified(classes, keys, 0.3)
    _, mixed = stratified([classes[row] for row in order], [keys[row] for row in order], 0.3)
    assert sorted(order[row] for row in mixed) == out.tolist()


@pytest.mark.parametrize("share", [0.1, 0.3])
def test_shares_of_several_labels_are_about_right(share):
    draw = random.Random(3)
    rates = {"common": 0.6, "middle": 0.3, "rare": 0.05}
    classes = [[name for name, rate in rates.items() if draw.random() < rate] or ["none"] for _ in range(2000)]
    out, train = held(classes, share)
    for name in rates:
        assert out[name] / (out[name] + train[name]) == pytest.approx(share, abs=0.02)


SAID = [f"data_a_b/{digit}_{name}_0.wav" for name in ("ann", "bob", "eve", "joe", "kim") for digit in range(4)]


def test_groups_are_held_out_whole_and_the_last_find_counts():
    rows, shown = Groups("_([a-z]+)_").held(SAID, 0.4)
    names = {SAID[row].split("_")[-2] for row in rows}
    assert rows == [row for row, place in enumerate(SAID) if place.split("_")[-2] in names]
    assert shown == f"held out: 2 of 5 groups, 8 of 20 examples: {', '.join(sorted(names))}"
    again = Groups("(?<=_)[a-z]+(?=_)").held([str(Path(place).absolute()) for place in SAID], 0.4)
    assert again == (rows, shown)


def test_groups_are_held_out_by_name():
    rows, shown = Groups("_([a-z]+)_", ("kim", "ann")).held(SAID, 0.1)
    assert rows == [0, 1, 2, 3, 16, 17, 18, 19]
    assert shown == "held out: 2 of 5 groups, 8 of 20 examples: ann, kim"


@pytest.mark.parametrize(
    ("groups", "message"),
    [
        (Groups("_([0-9]+)_"), r"^data_a_b/0_ann_0\.wav: data\.group: nothing here is '_\(\[0-9\]\+\)_', expecte"),
        (Groups("wav"), r"wav: data\.group: every example is of the group 'wav', expected two groups or more\. Mend"),
        (Groups("_([a-z]+)_", ("jim",)), r"data\.held: no group 'jim', expected some of 'ann', 'bob', 'eve', 'joe'"),
        (
            Groups("_([a-z]+)_", ("ann", "bob", "eve", "joe", "kim")),
            r"data\.held: all groups, so none is left to train on, expected some of 'ann'",
        ),
    ],
)
def test_groups_that_are_none(groups, message):
    with pytest.raises(DataError, match=message):
        groups.held(SAID, 0.1)
